"""Data larger than memory: a sentiment model trains on reviews in memory, and on the same reviews in files.

    python recipes/benchmarks/large_data.py
    python recipes/benchmarks/large_data.py --rows 5_000_000 --steps 1000 --folder shards --json large.json  # 5 GB

Reviews are made by recombining sentences of real ones of the same class, and written to files of 50,000 rows. Each way
has a process of its own, learns its vocabulary, and trains some steps. Printed as JSON for each: seconds to learn the
vocabulary and from there to the end of the first step, real tokens a second (padding left out) after a warm-up, and the
peak of its memory. In memory are no more than `--memory-rows`.
"""

import csv
import re
import tempfile
import time
from json import dumps
from pathlib import Path

import numpy as np
from measuring import apart, peak_of_process, write_json

import rnn_zoo
from rnn_zoo.training import script_command

ROWS_A_FILE = 50_000
CLASSES = ("negative", "positive")


def made_reviews(reviews, num_rows, rng):
    """Yield `(text, class name)`: as many sentences as a real review has, each from any review of its class."""
    split = [re.split(r"(?<=[.!?]) +", text) for text in reviews.raw]
    pools = [
        [one for sentences, label in zip(split, reviews.labels, strict=True) if label == wanted for one in sentences]
        for wanted in range(len(CLASSES))
    ]
    for index in rng.integers(len(split), size=num_rows):
        label = reviews.labels[index]
        places = rng.integers(len(pools[label]), size=len(split[index]))
        yield " ".join(pools[label][place] for place in places), CLASSES[label]


def write_shards(folder, reviews, num_rows):
    """Write the reviews to CSV files; those of the same number that are there already stay."""
    if (folder / "complete").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    rows = made_reviews(reviews, num_rows, np.random.default_rng(0))
    for first in range(0, num_rows, ROWS_A_FILE):
        path = folder / f"{first // ROWS_A_FILE:05}.csv"
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("text", "label"))
            writer.writerows(next(rows) for _ in range(min(ROWS_A_FILE, num_rows - first)))
    (folder / "complete").touch()


def measure(way, folder, *, memory_rows, steps, warm_up, batch_size, units):
    """Train a few steps from memory or from shards; a dictionary of what they cost."""
    stream, began = rnn_zoo.Stream(folder), time.perf_counter()
    examples = stream if way == "shards" else stream.take(memory_rows)
    task = rnn_zoo.sentiment_lstm.from_examples(examples, num_bigrams=0, units=units, class_names=CLASSES)
    learned = time.perf_counter()
    task.compile()
    data = (stream,) if way == "shards" else examples
    batches = _passes(rnn_zoo.batches(task, *data, batch_size=batch_size, shuffle=True))
    num_tokens = 0
    for step in range(warm_up + steps):
        if step == warm_up:
            warm = time.perf_counter()
        inputs, targets = next(batches)
        task.train_on_batch(inputs, targets)
        if step == 0:
            first_step = time.perf_counter()
        if step >= warm_up:
            num_tokens += int(np.count_nonzero(inputs))
    return {
        "way": way,
        "seconds_to_learn": learned - began,
        "seconds_to_first_step": first_step - learned,
        "tokens_a_second": num_tokens / (time.perf_counter() - warm),
        "peak_memory_gib": peak_of_process() / 2**30,
    }


def _passes(dataset):
    while True:
        yield from dataset


def run(
    *, rows=2_000, memory_rows=25_000, steps=20, warm_up=5, batch_size=64, units=128, folder: str | None = None,
    data_dir: str | None = None, json: str | None = None,
):  # fmt: skip
    """Let each way train in a process of its own, and print what it cost.

    Args:
        rows: reviews in the files.
        memory_rows: reviews in memory, at most.
        steps: training steps that are counted.
        warm_up: steps before these, 1 at least.
        units: size of the hidden state of one direction.
        folder: where to keep the files for another time; None for a temporary folder.
    """
    settings = {"memory_rows": memory_rows, "steps": steps, "warm_up": warm_up}
    settings |= {"batch_size": batch_size, "units": units}
    with tempfile.TemporaryDirectory() as scratch:
        shards = Path(folder or scratch) / f"reviews_{rows}"
        write_shards(shards, rnn_zoo.load_dataset("imdb", "train", source=data_dir), rows)
        size_gb = sum(path.stat().st_size for path in shards.glob("*.csv")) / 1e9
        ways = ("memory", "shards")
        found = [apart(__file__, "measure", way=way, folder=str(shards), **settings) for way in ways]
    ratio = found[1]["tokens_a_second"] / found[0]["tokens_a_second"]
    content = {"rows": rows, "gigabytes": size_gb, **settings, "ways": found, "shards_over_memory": ratio}
    print(dumps(content, indent=2))
    write_json(json, content)


main = script_command(globals(), run)
