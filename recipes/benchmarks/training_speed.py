"""Training speed of the sentiment LSTM: our pipeline, the usual Keras way, JAX and PyTorch.

    python recipes/benchmarks/training_speed.py --data-dir data/imdb --json speed.json
    python recipes/benchmarks/training_speed.py --ways rnn_zoo,keras --steps 80

The same network (embedding 128, bidirectional LSTM 128, maximum and mean over time), the same reviews of at most 400
words, the same batch size and optimizer. Counted are real words a second, padding left out, after a warm-up:

  rnn_zoo         batches of about equal length, no mask
  keras           shuffled, padded to 400, Embedding(mask_zero=True)
  jax             our pipeline and network under KERAS_BACKEND=jax, which compiles every step
  torch_packed    nn.LSTM with packed sequences
  torch_bucketed  nn.LSTM on batches of about equal length, the padding seen by the LSTM and left out of the pooling
  torch_compiled  the same through torch.compile

Each is a process of its own, with a thread a core. They take turns, so that a slow minute of the machine falls on all;
what is not installed is left out.
"""

import itertools
import os
import statistics
import time
from importlib.util import find_spec

import keras
import numpy as np
from keras import layers
from measuring import Runner, write_json

import rnn_zoo
from rnn_zoo.buckets import length_buckets
from rnn_zoo.training import script_command

MAX_TIMESTEPS, EMBEDDING_DIM, UNITS = 400, 128, 128
WAYS = ("rnn_zoo", "keras", "jax", "torch_packed", "torch_bucketed", "torch_compiled")


def ours(task, reviews, batch_size):
    """Yield training steps of our pipeline: functions that train one batch, with their number of real words."""
    task.compile(keras.optimizers.Adam(1e-3))
    for batch in rnn_zoo.batches(task, *reviews, batch_size=batch_size, shuffle=True):
        inputs, targets = keras.tree.map_structure(np.asarray, batch)  # which all backends take
        yield lambda x=inputs, y=targets: task.train_on_batch(x, y), int(np.count_nonzero(inputs))


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


def with_torch(vocabulary_size, encoded, labels, batch_size, rng, way):
    """Yield training steps of PyTorch, with packed sequences or on batches of about equal length."""
    import torch
    from torch import nn

    torch.set_num_threads(os.cpu_count())
    embedding = nn.Embedding(vocabulary_size, EMBEDDING_DIM, padding_idx=0)
    lstm = nn.LSTM(EMBEDDING_DIM, UNITS, batch_first=True, bidirectional=True)
    head = nn.Linear(4 * UNITS, 2)
    optimizer = torch.optim.Adam([*embedding.parameters(), *lstm.parameters(), *head.parameters()], 1e-3)

    def loss(inputs, lengths, targets):
        x = nn.functional.dropout1d(embedding(inputs).transpose(1, 2), 0.5).transpose(1, 2)
        if way == "torch_packed":
            packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            x, _ = nn.utils.rnn.pad_packed_sequence(lstm(packed)[0], batch_first=True)
        else:
            x, _ = lstm(x)
        real = torch.arange(x.shape[1])[None, :, None] < lengths[:, None, None]
        mean = x.masked_fill(~real, 0.0).sum(1) / lengths[:, None]
        pooled = torch.cat([x.masked_fill(~real, -1e9).amax(1), mean], 1)
        return nn.functional.cross_entropy(head(nn.functional.dropout(pooled, 0.5)), targets)

    loss = torch.compile(loss, dynamic=True) if way == "torch_compiled" else loss

    def step(*batch):
        optimizer.zero_grad()
        loss(*batch).backward()
        optimizer.step()

    if way == "torch_packed":
        groups = np.array_split(rng.permutation(len(encoded)), len(encoded) // batch_size)
    else:
        groups = [positions for positions, _ in length_buckets(encoded, batch_size, 5, rng)]
    for positions in groups:
        lengths = torch.tensor([len(encoded[place]) for place in positions])
        inputs = nn.utils.rnn.pad_sequence([torch.from_numpy(encoded[place]).long() for place in positions], True)
        targets = torch.from_numpy(labels[positions]).long()
        yield lambda x=inputs, n=lengths, y=targets: step(x, n, y), int(lengths.sum())


def speed_of(way, batch_size, vocabulary_size, data_dir):
    """A function of a number of steps: real words a second over so many."""
    reviews = rnn_zoo.load_dataset("imdb", "train", source=data_dir)
    task = rnn_zoo.sentiment_lstm.from_examples(
        reviews, vocabulary_size=vocabulary_size, min_count=1, num_bigrams=0, embedding_dim=EMBEDDING_DIM, units=UNITS,
        max_timesteps=MAX_TIMESTEPS, word_dropout=0.0,
    )  # fmt: skip
    data = vocabulary_size, task.preprocessor.encode(reviews.raw), task.codec.encode(reviews.labels), batch_size

    def steps():
        for seed in itertools.count():
            if way in ("rnn_zoo", "jax"):
                yield from ours(task, reviews, batch_size)
            elif way == "keras":
                yield from usual_keras(*data, np.random.default_rng(seed))
            else:
                yield from with_torch(*data, np.random.default_rng(seed), way)

    endless = steps()

    def measure(count):
        num_words, began = 0, time.perf_counter()
        for step, words in itertools.islice(endless, count):
            step()
            num_words += words
        return num_words / (time.perf_counter() - began)

    return measure


def run(
    *, ways=WAYS, batch_size=64, steps=40, rounds=5, warm_up=10, vocabulary_size=20_000, data_dir: str | None = None,
    json: str | None = None,
):  # fmt: skip
    """Let the ways take turns and print words a second.

    Args:
        ways: which to compare, "rnn_zoo" first.
        steps: training steps of one turn; an eighth of them with PyTorch.
        rounds: turns that each of them takes.
        warm_up: steps before anything is counted; JAX compiles each width anew in them, and takes ten times as many.
        vocabulary_size: words known to the model.
    """
    ways = [way for way in ways if find_spec({"rnn_zoo": "keras"}.get(way, way.partition("_")[0]))]
    runners = {}
    for way in ways:
        environment = {"KERAS_BACKEND": "jax" if way == "jax" else "tensorflow", "OMP_NUM_THREADS": str(os.cpu_count())}
        settings = {"batch_size": batch_size, "vocabulary_size": vocabulary_size, "data_dir": data_dir}
        runners[way] = Runner(__file__, "speed_of", environment=environment, way=way, **settings)
        runners[way](10 * warm_up if way == "jax" else warm_up)
    speeds = {way: [] for way in ways}
    for _ in range(rounds):
        for way, runner in runners.items():
            speeds[way].append(runner(max(3, steps // 8) if way.startswith("torch") else steps))
    for runner in runners.values():
        runner.close()
    medians = {way: statistics.median(values) for way, values in speeds.items()}
    for way, value in medians.items():
        print(f"{way:<15} {value:>9,.0f} real words/s   ours is {medians[ways[0]] / value:.2f}x")
    write_json(json, {"batch_size": batch_size, "words_a_second": medians, "turns": speeds})


main = script_command(globals(), run, choices={"ways": WAYS})
