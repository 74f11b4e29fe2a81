"""Training speed of LSTM and GRU stacks: our model, plain Keras and PyTorch, on the device that is there, in one run.

    python recipes/benchmarks/gpu_speed.py --json speed.json                            # the whole grid, for a GPU
    KERAS_BACKEND=jax python recipes/benchmarks/gpu_speed.py --cores lstm --units 512
    python recipes/benchmarks/gpu_speed.py --units 128 --batch-sizes 64 --layers 1 --precisions float32 --timesteps 100

All three train the same network: embedding, recurrent layers in one direction, maximum and mean over time, two classes,
Adam. Ids are random and all sequences have one length, so nothing is masked. Counted are tokens a second of whole
training steps, after a warm-up; the three take turns, so that a slow minute of the machine falls on all of them.

  rnn_zoo   rnn_zoo.sentiment_lstm or _gru, on the backend that KERAS_BACKEND names
  keras     the same from Keras' own layers, on the same backend
  torch     nn.LSTM or nn.GRU, in float16, on a GPU only, with autocast and GradScaler; if torch is installed

Where a row says "loop", `rnn-zoo explain` says why the backend has no fused kernel there.
"""

import itertools
import os
import statistics
import time

import keras
import numpy as np
from measuring import write_json

import rnn_zoo
from rnn_zoo.devices import accelerators
from rnn_zoo.training import script_command

VOCABULARY_SIZE, EMBEDDING_DIM = 10_000, 256
CORES, PRECISIONS = ("lstm", "gru"), ("float32", "float16")
COLUMNS = ("rnn_zoo", "keras", "torch")
WARM_UP = 3


def ours(core, num_layers, units):
    """The zoo's network, without dropout, to be fed token ids."""
    build = getattr(rnn_zoo, f"sentiment_{core}")
    words = rnn_zoo.Words([str(index) for index in range(VOCABULARY_SIZE - 2)])
    task = build(
        words, rnn_zoo.Classes(["0", "1"]), embedding_dim=EMBEDDING_DIM, units=units, num_layers=num_layers,
        bidirectional=False, word_dropout=0.0, embedding_dropout=0.0, dropout=0.0,
    )  # fmt: skip
    return keras.Model(task.input, task.output)


def plain_keras(core, num_layers, units):
    """The same from Keras' layers."""
    layers = keras.layers
    token_ids = keras.Input((None,), dtype="int32")
    x = layers.Embedding(VOCABULARY_SIZE, EMBEDDING_DIM)(token_ids)
    for _ in range(num_layers):
        x = {"lstm": layers.LSTM, "gru": layers.GRU}[core](units, return_sequences=True)(x)
    x = layers.Concatenate()([layers.GlobalMaxPooling1D()(x), layers.GlobalAveragePooling1D()(x)])
    return keras.Model(token_ids, layers.Dense(2, dtype="float32")(x))


def fit_of(model, token_ids, labels, batch_size):
    """A function that trains the model so many steps with `fit`, and returns how long one took."""
    model.compile(keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    began = {}

    def start_the_clock(step, logs=None):
        if step == WARM_UP:  # the beginning of a fit costs a moment of its own
            began[0] = time.perf_counter()

    def run(steps):
        rows = np.arange((WARM_UP + steps) * batch_size) % len(token_ids)
        clock = keras.callbacks.LambdaCallback(on_train_batch_begin=start_the_clock)
        model.fit(token_ids[rows], labels[rows], batch_size=batch_size, shuffle=False, verbose=0, callbacks=[clock])
        return (time.perf_counter() - began[0]) / steps

    return run


def steps_of_torch(core, num_layers, units, precision, token_ids, labels, batch_size):
    """The same function for PyTorch."""
    import torch
    from torch import nn

    device = "cuda" if torch.cuda.is_available() else "cpu"
    recurrent_class = {"lstm": nn.LSTM, "gru": nn.GRU}[core]
    embedding = nn.Embedding(VOCABULARY_SIZE, EMBEDDING_DIM).to(device)
    recurrent = recurrent_class(EMBEDDING_DIM, units, num_layers, batch_first=True).to(device)
    head = nn.Linear(2 * units, 2).to(device)
    parts = nn.ModuleList([embedding, recurrent, head])
    optimizer = torch.optim.Adam(parts.parameters(), 1e-3)
    half = precision == "float16"
    scaler = torch.amp.GradScaler(device, enabled=half)

    def step(inputs, targets):
        optimizer.zero_grad()
        with torch.autocast(device, torch.float16, enabled=half):
            outputs, _ = recurrent(embedding(inputs))
            logits = head(torch.cat([outputs.amax(1), outputs.mean(1)], 1))
        scaler.scale(nn.functional.cross_entropy(logits.float(), targets)).backward()
        scaler.step(optimizer)
        scaler.update()

    def run(steps):
        batches = [slice(begin, begin + batch_size) for begin in range(0, len(token_ids), batch_size)]
        began = time.perf_counter()
        for rows in itertools.islice(itertools.cycle(batches), steps):
            step(torch.from_numpy(token_ids[rows]).to(device), torch.from_numpy(labels[rows]).long().to(device))
        if device == "cuda":
            torch.cuda.synchronize()
        return (time.perf_counter() - began) / steps

    return run


def measure(core, num_layers, units, batch_size, precision, timesteps, steps, rounds):
    """Tokens a second of the three, medians of all rounds.

    Returns:
        A dictionary, with the setting and the kernel that our layers use.
    """
    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy("mixed_float16" if precision == "float16" else "float32")
    rng = np.random.default_rng(0)
    token_ids = rng.integers(2, VOCABULARY_SIZE, (4 * batch_size, timesteps), dtype="int32")
    labels = rng.integers(0, 2, len(token_ids), dtype="int32")
    data, network = (token_ids, labels, batch_size), ours(core, num_layers, units)
    runs = {"rnn_zoo": fit_of(network, *data)}
    if not (keras.backend.backend() == "jax" and core == "lstm" and precision == "float16" and accelerators()):
        runs["keras"] = fit_of(plain_keras(core, num_layers, units), *data)  # there it asks cuDNN for what JAX lacks
    if has_torch(precision):
        runs["torch"] = steps_of_torch(core, num_layers, units, precision, *data)
    seconds = {name: [] for name in runs}
    for run in runs.values():
        run(1)
    for _ in range(rounds):
        for name, run in runs.items():
            seconds[name].append(run(steps))
    speeds = {name: batch_size * timesteps / statistics.median(each) for name, each in seconds.items()}
    on_a_gpu = {one.kernel for one in rnn_zoo.explain_fast_path(network, keras.backend.backend())}
    kernel = "CPU" if device_name().startswith("CPU") else "/".join(sorted(on_a_gpu))
    return {
        "core": core, "layers": num_layers, "units": units, "batch_size": batch_size, "precision": precision,
        "timesteps": timesteps, "kernel": kernel, "tokens_a_second": speeds,
    }  # fmt: skip


def has_torch(precision):
    """Whether PyTorch is installed, and computes recurrent layers in that precision here."""
    try:
        import torch
    except ImportError:
        return False
    return precision == "float32" or torch.cuda.is_available()


def device_name():
    """The GPU's name, or the number of processor cores."""
    return ", ".join(accelerators()) or f"CPU, {os.cpu_count()} cores"


def run(
    *, cores=CORES, layers=(1, 2), units=(256, 512, 1024), batch_sizes=(64, 256, 512), precisions=PRECISIONS,
    timesteps=200, steps=40, rounds=3, json: str | None = None,
):  # fmt: skip
    """Measure every combination and print a table.

    Args:
        cores: cells.
        layers: recurrent layers.
        units: of each layer.
        batch_sizes: sequences a batch.
        precisions: of computation; weights stay in float32.
        timesteps: length of all sequences.
        steps: training steps that count of one turn.
        rounds: turns that each of the three takes.
    """
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # the GPU is shared with torch
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    print(f"{device_name()}; Keras {keras.__version__} on {keras.backend.backend()}; {timesteps} timesteps")
    print("core layers units batch precision kernel    rnn_zoo      keras      torch tokens/s  /keras  /torch")
    found = []
    for setting in itertools.product(cores, layers, units, batch_sizes, precisions):
        one = measure(*setting, timesteps, steps, rounds)
        found.append(one)
        speeds = one["tokens_a_second"]
        numbers = "".join(f"{speeds[name]:>11,.0f}" if name in speeds else f"{'-':>11}" for name in COLUMNS)
        ratios = [f"{speeds['rnn_zoo'] / speeds[name]:.2f}" if name in speeds else "-" for name in COLUMNS[1:]]
        print(
            f"{one['core']:<4} {one['layers']:>6} {one['units']:>5} {one['batch_size']:>5} {one['precision']:<9} "
            f"{one['kernel']:<6}{numbers}{'':>9}{ratios[0]:>8}{ratios[1]:>8}"
        )
        about = {"device": device_name(), "keras": keras.__version__, "backend": keras.backend.backend()}
        write_json(json, {**about, "rows": found})


main = script_command(globals(), run, choices={"cores": CORES, "precisions": PRECISIONS})
