"""Training on long sequences: how fast each cell reads images pixel by pixel, and how much memory that takes.

    python recipes/benchmarks/long_sequences.py
    python recipes/benchmarks/long_sequences.py --cores lstm --batch-sizes 64,256 --json long.json
    python recipes/benchmarks/long_sequences.py --cores gru,min_gru --sides 16,32,64,128

Every cell, batch size and number of pixels runs in a process of its own, so that its peak of memory is its own: the
GPU's if there is one, else all that the process held, TensorFlow itself (about 0.6 GiB) included. Pixels are random:
only their number counts. Two clocks: that on the wall, and that of the processor, which other programs on the machine
disturb less.
"""

import itertools

import keras
import numpy as np
import tensorflow as tf
from measuring import apart, clocked, peak_of_process, write_json

import rnn_zoo
from rnn_zoo.layers import CELLS
from rnn_zoo.training import script_command

NUM_IMAGES = 47_995


def measure(core, batch_size, side, units, steps, xla):
    """Train on random images of side x side pixels, one pixel a timestep.

    Returns:
        A dictionary: seconds a training step by both clocks, timesteps a second, peak memory in GiB, minutes an epoch.
    """
    builder = getattr(rnn_zoo, f"sequential_image_{core}")
    task = builder(rnn_zoo.PixelSequence(side, side), rnn_zoo.Classes("0123456789"), units=units)
    task.compile(keras.optimizers.AdamW(1e-3, global_clipnorm=1.0), jit_compile=True if xla else "auto")
    rng = np.random.default_rng(0)
    pixels = rng.random((batch_size, side * side, 1), "float32")
    labels = rng.integers(0, 10, batch_size)
    seconds, processor = clocked({"step": lambda: task.train_on_batch(pixels, labels)}, steps)["step"]
    return {
        "core": core,
        "batch_size": batch_size,
        "xla": xla,
        "timesteps": side * side,
        "units": units,
        "seconds_a_step": seconds,
        "processor_seconds_a_step": processor,
        "timesteps_a_second": batch_size * side * side / seconds,
        "peak_memory_gib": peak_memory() / 2**30,
        "minutes_an_epoch": NUM_IMAGES / batch_size * seconds / 60,
    }


def peak_memory():
    """Bytes that were held at most, of the GPU if there is one, else of this process."""
    if tf.config.list_physical_devices("GPU"):
        return tf.config.experimental.get_memory_info("GPU:0")["peak"]
    return peak_of_process()


def run(
    *, cores=tuple(CELLS), batch_sizes=(128,), sides=(28,), units=128, steps=8, xla="both", json: str | None = None
):
    """Measure every cell with every batch size and number of pixels, one after the other.

    Args:
        cores: cells.
        batch_sizes: images a batch.
        sides: pixels of an image in each direction.
        units: size of the hidden state.
        steps: training steps, after a first one that does not count.
        xla: compile the training step with XLA, as --xla of the recipes does.
    """
    print("core             batch  timesteps  XLA  s/step  processor  timesteps/s     peak  epoch of MNIST")
    found = []
    compilations = ("no", "yes") if xla == "both" else (xla,)
    for core, batch_size, side, compiled in itertools.product(cores, batch_sizes, sides, compilations):
        settings = {"core": core, "batch_size": batch_size, "side": side, "units": units, "steps": steps}
        one = apart(__file__, "measure", **settings, xla=compiled == "yes")
        found.append(one)
        print(
            f"{core:<15} {batch_size:>6} {side * side:>10} {compiled:>4} {one['seconds_a_step']:>7.3f} "
            f"{one['processor_seconds_a_step']:>10.3f} {one['timesteps_a_second']:>12,.0f} "
            f"{one['peak_memory_gib']:>4.1f} GiB {one['minutes_an_epoch']:>7.1f} minutes"
        )
    write_json(json, found)


main = script_command(globals(), run, choices={"cores": tuple(CELLS), "xla": ("no", "yes", "both")})
