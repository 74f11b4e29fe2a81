"""Long-memory probes: how far back can SimpleRNN, IRNN, GRU and LSTM remember? Two problems made for the question.

    python recipes/memory_probes.py
    python recipes/memory_probes.py --probes copy --length 100 --steps 3000 --cores gru,lstm

Adding: the timesteps hold random numbers in [0, 1), two of them, one in each half, with a mark. After the last one the
network says the sum of the two. Who always says 1 has a mean squared error of 1/6.

Copying: first 10 symbols of 8 kinds, then blanks, then a mark at which the 10 symbols are to be said in their order.
Who says blanks until the mark and guesses then has a cross-entropy of 10 ln 8 / (length + 20), over all timesteps.

Every cell sees the same batches, new ones at each step, so nothing can be learned by heart. GRU and LSTM also begin
with chrono biases (`recurrent_stack(..., longest_memory=...)`), with which units keep their state for up to so many
timesteps before anything is learned.

Sources: adding: Hochreiter & Schmidhuber, "Long short-term memory", Neural Computation 1997, in the form of Le, Jaitly
& Hinton, arXiv:1504.00941, 2015; copying: Arjovsky, Shah & Bengio, "Unitary evolution recurrent neural networks", ICML
2016; chrono biases: Tallec & Ollivier, "Can recurrent neural networks warp time?", ICLR 2018.
"""

import time
from pathlib import Path

import keras
import numpy as np

from rnn_zoo import plots
from rnn_zoo.layers import recurrent_stack
from rnn_zoo.training import script_command
from rnn_zoo.training.report import write_json

NUM_COPIED, NUM_KINDS = 10, 8
BLANK, MARK = 0, NUM_KINDS + 1  # between them the kinds of symbols
EVERY = 10
CORES = ("simple_rnn", "irnn", "gru", "lstm")
CELLS = {
    "SimpleRNN": ("simple_rnn", False), "IRNN": ("irnn", False), "GRU": ("gru", False), "GRU, chrono": ("gru", True),
    "LSTM": ("lstm", False), "LSTM, chrono": ("lstm", True),
}  # fmt: skip


def adding(rng, batch_size, length):
    """Numbers and marks `<float32>[batch, timesteps, 2]`, and the sums of the marked ones `<float32>[batch, 1]`."""
    numbers, marks, half = rng.random((batch_size, length)), np.zeros((batch_size, length)), length // 2
    rows = np.arange(batch_size)
    marks[rows, rng.integers(0, half, batch_size)] = 1
    marks[rows, rng.integers(half, length, batch_size)] = 1
    inputs = np.stack([numbers, marks], axis=-1)
    return inputs.astype("float32"), (numbers * marks).sum(axis=1, keepdims=True).astype("float32")


def copying(rng, batch_size, length):
    """Symbols and blanks, one-hot `<float32>[batch, timesteps, 10]`, and what to say, `<int32>[batch, timesteps]`."""
    symbols = rng.integers(1, NUM_KINDS + 1, (batch_size, NUM_COPIED))
    read = np.full((batch_size, length + 2 * NUM_COPIED), BLANK)
    said = read.copy()
    read[:, :NUM_COPIED], read[:, NUM_COPIED + length - 1], said[:, -NUM_COPIED:] = symbols, MARK, symbols
    return np.eye(MARK + 1, dtype="float32")[read], said.astype("int32")


PROBES = {"adding": adding, "copy": copying}


def baseline(probe, length):
    """The loss of the best that can be said without memory."""
    return 1 / 6 if probe == "adding" else NUM_COPIED * np.log(NUM_KINDS) / (length + 2 * NUM_COPIED)


def build(probe, core, units, memory, num_layers=1):
    """A network for the probe, of one recurrent layer if nothing else is said."""
    x = inputs = keras.Input((None, 2 if probe == "adding" else MARK + 1))
    x = recurrent_stack(x, None, core, units, num_layers, last_only=probe == "adding", longest_memory=memory)
    outputs = keras.layers.Dense(1 if probe == "adding" else MARK)(x)
    return keras.Model(inputs, outputs)


def learn(model, probe, length, steps, batch_size, learning_rate, seed):
    """Train on new batches; returns the mean loss of each ten steps."""
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    loss = "mse" if probe == "adding" else cross_entropy
    model.compile(keras.optimizers.Adam(learning_rate, global_clipnorm=1.0), loss)
    losses = []
    for step in range(steps):
        inputs, targets = PROBES[probe](np.random.default_rng([seed, step]), batch_size, length)
        losses.append(float(model.train_on_batch(inputs, targets)))
        model.reset_metrics()
    return [float(np.mean(losses[place : place + EVERY])) for place in range(0, steps, EVERY)]


def run(
    *, probes=tuple(PROBES), cores=CORES, length=60, units=64, steps=600, batch_size=32, learning_rate=5e-3, seed=0,
    output="runs/memory_probes", smoke=False,
):  # fmt: skip
    """Teach every cell every problem, and draw the losses.

    Args:
        probes: problems.
        cores: cells.
        length: timesteps of adding; blanks of copying.
        units: size of the hidden state.
        steps: training steps.
        learning_rate: of Adam; the gradient is clipped to norm 1.
        output: folder for picture and numbers.
    """
    if length < 2 or steps < 1:
        raise ValueError(f"--length must be 2 or more, --steps 1 or more. Received: {length} and {steps}")
    if smoke:
        length, units, steps, batch_size = min(length, 10), 8, 20, 8
    losses, baselines = {}, {}
    for probe in probes:
        heading = f"{probe}, {length} timesteps" if probe == "adding" else f"{probe}, {length} blanks"
        losses[heading], baselines[heading] = {}, baseline(probe, length)
        for name, (core, chrono) in CELLS.items():
            if core not in cores:
                continue
            keras.utils.set_random_seed(seed)
            began = time.time()
            model = build(probe, core, units, memory=length if chrono else None)
            found = learn(model, probe, length, steps, batch_size, learning_rate, seed)
            losses[heading][name] = found
            print(
                f"{heading:<22} {name:<13} loss {found[-1]:.4f}, without memory {baselines[heading]:.4f}, "
                f"{time.time() - began:.0f} s"
            )
            write_json(Path(output) / "losses.json", {"losses": losses, "baselines": baselines, "every": EVERY})
    title = f"{units} units, batches of {batch_size}, Adam {learning_rate:g}"
    path = plots.training_losses(losses, Path(output) / "memory_probes.png", title, every=EVERY, baselines=baselines)
    print(f"Saved {path} and losses.json.")


main = script_command(globals(), run, choices={"probes": tuple(PROBES), "cores": CORES})
