"""Training speed of the sentiment LSTM: our pipeline, the usual Keras way and PyTorch, in one run.

    python recipes/benchmarks/training_speed.py
    python recipes/benchmarks/training_speed.py --json speed.json --steps 80

The same network (embedding 128, bidirectional LSTM 128, maximum and mean over time), the same reviews of at most 400
words, the same batch size. Counted are real words a second, padding left out, after a warm-up:

  rnn_zoo   batches of about equal length, no mask
  keras     shuffled, padded to 400, Embedding(mask_zero=True)
  torch     nn.LSTM with packed sequences, if torch is installed

The three take turns, several times, so that a slow minute of the machine falls on all of them.
"""

import statistics
import time

import keras
import numpy as np
from keras import layers
from measuring import write_json

import rnn_zoo
from rnn_zoo.training import script_command

MAX_TIMESTEPS, EMBEDDING_DIM, UNITS = 400, 128, 128


def ours(task, reviews, batch_size):
    """Yield training steps of our pipeline: functions that train one batch, with their number of real words."""
    task.compile(keras.optimizers.Adam(1e-3))
    for inputs, targets in rnn_zoo.batches(task, *reviews, batch_size=batch_size, shuffle=True):
        yield lambda x=inputs, y=targets: task.train_on_batch(x, y), np.count_nonzero(inputs)


def usual_keras(vocabulary_size, encoded, labels, batch_size, rng):
    """Yield training steps of the tutorials' way: one width for all, and a mask."""
    token_ids = keras.Input((MAX_TIMESTEPS,), dtype="int32")
    x = layers.Embedding(vocabulary_size, EMBEDDING_DIM, mask_zero=True)(token_ids)
    x = layers.SpatialDropout1D(0.5)(x)
    x = layers.Bidirectional(layers.LSTM(UNITS, return_sequences=True))(x)
    pooled = [keras.ops.max(x, axis=1), layers.GlobalAveragePooling1D()(x)]  # padded steps repeat the last real one
    logits = layers.Dense(2)(layers.Dropout(0.5)(layers.Concatenate()(pooled)))
    model = keras.Model(token_ids, logits)
    model.compile(keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    padded = keras.utils.pad_sequences(encoded, MAX_TIMESTEPS, padding="post", truncating="post")
    order = rng.permutation(len(encoded))
    for begin in range(0, len(order) - batch_size + 1, batch_size):
        positions = order[begin : begin + batch_size]
        inputs = padded[positions]
        yield lambda x=inputs, y=labels[positions]: model.train_on_batch(x, y), (inputs != 0).sum()


def packed_torch(vocabulary_size, encoded, labels, batch_size, rng):
    """Yield training steps of PyTorch with packed sequences."""
    import torch
    from torch import nn

    embedding = nn.Embedding(vocabulary_size, EMBEDDING_DIM, padding_idx=0)
    lstm = nn.LSTM(EMBEDDING_DIM, UNITS, batch_first=True, bidirectional=True)
    head = nn.Linear(4 * UNITS, 2)
    parameters = [*embedding.parameters(), *lstm.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(parameters, 1e-3)

    def step(inputs, lengths, targets):
        optimizer.zero_grad()
        x = nn.functional.dropout1d(embedding(inputs).transpose(1, 2), 0.5).transpose(1, 2)
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        x, _ = nn.utils.rnn.pad_packed_sequence(lstm(packed)[0], batch_first=True)
        real = torch.arange(x.shape[1])[None, :, None] < lengths[:, None, None]
        mean = x.sum(1) / lengths[:, None]
        pooled = torch.cat([x.masked_fill(~real, -1e9).amax(1), mean], 1)
        nn.functional.cross_entropy(head(nn.functional.dropout(pooled, 0.5)), targets).backward()
        optimizer.step()

    order = rng.permutation(len(encoded))
    for begin in range(0, len(order) - batch_size + 1, batch_size):
        positions = order[begin : begin + batch_size]
        lengths = torch.tensor([len(encoded[place]) for place in positions])
        inputs = nn.utils.rnn.pad_sequence([torch.from_numpy(encoded[place]).long() for place in positions], True)
        targets = torch.from_numpy(labels[positions]).long()
        yield lambda x=inputs, n=lengths, y=targets: step(x, n, y), int(lengths.sum())


def measure(steps, num_steps):
    """Real words a second over that many steps."""
    num_words, began = 0, time.perf_counter()
    for _ in range(num_steps):
        step, words = next(steps)
        step()
        num_words += words
    return float(num_words / (time.perf_counter() - began))


def run(
    *, batch_size=64, steps=40, rounds=5, warm_up=10, vocabulary_size=20_000, data_dir: str | None = None,
    json: str | None = None,
):  # fmt: skip
    """Let the three take turns and print words a second.

    Args:
        steps: training steps of one turn.
        rounds: turns that each of them takes.
        warm_up: steps before anything is counted.
        vocabulary_size: words known to the model.
    """
    reviews = rnn_zoo.load_dataset("imdb", "train", source=data_dir)
    task = rnn_zoo.sentiment_lstm.from_examples(
        reviews, vocabulary_size=vocabulary_size, min_count=1, num_bigrams=0, embedding_dim=EMBEDDING_DIM, units=UNITS,
        max_timesteps=MAX_TIMESTEPS, word_dropout=0.0,
    )  # fmt: skip
    data = task.preprocessor.encode(reviews.raw), task.codec.encode(reviews.labels), batch_size
    runs = {
        "rnn_zoo": ours(task, reviews, batch_size),
        "keras": usual_keras(vocabulary_size, *data, np.random.default_rng(0)),
    }
    try:
        import torch

        runs["torch"] = packed_torch(vocabulary_size, *data, np.random.default_rng(0))
        print(f"torch {torch.__version__}")
    except ImportError:
        print("torch is not installed: left out (pip install torch==2.13.0)")
    speeds = {name: [] for name in runs}
    for name, run in runs.items():
        measure(run, 3 if name == "torch" else warm_up)
    for _ in range(rounds):
        for name, run in runs.items():
            speeds[name].append(measure(run, max(3, steps // 8) if name == "torch" else steps))
    medians = {name: statistics.median(values) for name, values in speeds.items()}
    for name, value in medians.items():
        print(f"{name:<8} {value:>9,.0f} real words/s   ours is {medians['rnn_zoo'] / value:.2f}x")
    content = {
        "batch_size": batch_size,
        "backend": keras.backend.backend(),
        "words_a_second": medians,
        "turns": speeds,
    }
    write_json(json, content)


main = script_command(globals(), run)
