"""Gradient flow: how far back the loss of SimpleRNN, IRNN, GRU and LSTM reaches, with and without clipping.

    python recipes/gradient_flow.py
    python recipes/gradient_flow.py --dataset mnist --data-dir data/mnist --pixels-per-step 4 --batch-size 64

Images are read pixel by pixel, 64 timesteps for digits, and their class is said after the last one. Every cell trains
twice from the same weights by plain gradient descent: with the gradient of all weights clipped to a norm, and without.
Drawn are |dL/dh_t| over the timesteps, before and after training, and the norm of the gradient at every training step.
"""

import json
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

import rnn_zoo
from rnn_zoo import inspection, plots
from rnn_zoo.heads import copy_of
from rnn_zoo.losses import loss_of
from rnn_zoo.training import script_command

FULL_INK = {"digits": 16.0, "mnist": 255.0}
CORES = {"simple_rnn": "SimpleRNN", "irnn": "IRNN", "gru": "GRU", "lstm": "LSTM"}


def flow_of(task, examples):
    """Mean |dL/dh_t| of the examples, `<float32>[timesteps]`; of an LSTM |dL/dc_t| too."""
    flow = inspection.gradient_flow(task, *examples)
    return {name: values.mean(axis=0) for name, values in flow.items()}


def descend(task, examples, steps, batch_size, optimizer, seed):
    """Train in place; returns the norm of the gradient of all weights at every step, until it is no number any more."""
    inputs, targets = task.preprocessor(examples.raw), task.codec(examples.labels)
    loss, rng, norms = loss_of(task.codec), np.random.default_rng(seed), []

    @tf.function
    def step(pixels, classes):
        with tf.GradientTape() as tape:
            value = loss(classes, task(pixels, training=True))
        gradients = tape.gradient(value, task.trainable_variables)
        optimizer.apply(gradients, task.trainable_variables)
        return tf.linalg.global_norm(gradients)

    optimizer.build(task.trainable_variables)
    for _ in range(steps):
        positions = rng.choice(len(inputs), batch_size, replace=False)
        norms.append(float(step(tf.constant(inputs[positions]), tf.constant(targets[positions]))))
        if not np.isfinite(norms[-1]):
            break
    return norms


def run(
    *, cores=tuple(CORES), dataset="digits", data_dir: str | None = None, pixels_per_step=1, units=64, steps=150,
    batch_size=32, learning_rate=0.1, clip_norm=1.0, seed=0, output="runs/gradient_flow",
):  # fmt: skip
    """Train every cell with and without clipping, measure the gradients and draw them.

    Args:
        cores: cells.
        dataset: images.
        pixels_per_step: pixels a timestep.
        units: size of the hidden state.
        steps: training steps.
        learning_rate: of gradient descent; a high one shows more.
        clip_norm: what the gradient of all weights is clipped to.
        output: folder for the pictures and the numbers.
    """
    training, held_out = (rnn_zoo.load_dataset(dataset, part, source=data_dir) for part in ("train", "validation"))
    shown = type(held_out)(held_out.raw[:100], held_out.labels[:100])
    panels = ["at the start", f"after {steps} steps without clipping", f"after {steps} steps with clipping"]
    flows, norms = {panel: {} for panel in panels}, {panel: {} for panel in ("without clipping", "with clipping")}
    for core in cores:
        name = CORES[core]
        keras.utils.set_random_seed(seed)
        start = getattr(rnn_zoo, f"sequential_image_{core}").from_examples(
            training, scale=FULL_INK[dataset], units=units, pixels_per_step=pixels_per_step, chrono=False
        )
        flows[panels[0]][name] = flow_of(start, shown)["hidden_state"]
        for way, panel, limit in zip(norms, panels[1:], (None, clip_norm), strict=True):
            task = copy_of(start)
            optimizer = keras.optimizers.SGD(learning_rate, global_clipnorm=limit)
            norms[way][name] = descend(task, training, steps, batch_size, optimizer, seed)
            flows[panel][name] = flow_of(task, shown)["hidden_state"]
            reach = flows[panel][name][0] / flows[panel][name][-1]
            print(
                f"{name:<10} {way:<17} {len(norms[way][name]):>4} steps, "
                f"largest gradient {np.nanmax(norms[way][name]):10.3g}, "
                f"|dL/dh_1| / |dL/dh_T| = {reach:.2g}"
            )
    title = f"{dataset}, {pixels_per_step} pixel(s) a timestep, {units} units, learning rate {learning_rate:g}"
    plots.gradient_flow(flows, Path(output) / "gradient_flow.png", title)
    plots.gradient_norms(norms, Path(output) / "gradient_norms.png", title, threshold=clip_norm)
    content = {"gradient_flow": flows, "gradient_norms": norms}
    plain = keras.tree.map_structure(lambda one: np.asarray(one).tolist(), content)
    (Path(output) / "gradients.json").write_text(json.dumps(plain) + "\n", encoding="utf-8")
    print(f"Saved {output}/gradient_flow.png, gradient_norms.png and gradients.json.")


main = script_command(globals(), run, choices={"cores": tuple(CORES), "dataset": ("digits", "mnist")})
