"""Data larger than memory: models train on examples in memory, and on the same ones in a stream.

    python recipes/benchmarks/large_data.py
    python recipes/benchmarks/large_data.py --rows 5_000_000 --hours 20 --steps 500 --json large.json  # 5 GB, an hour

Reviews are made by recombining sentences of real ones of the same class, and written to files of 25,000 rows in a
temporary folder; sounds are tones in noise, made anew for every pass. Each line of the table is a process of its own:
it learns its vocabulary, trains some steps, then only makes batches for a while. Printed as JSON and as a table:
seconds to learn the vocabulary and from there to the end of the first step, real timesteps a second (padding left out)
after a warm-up, the memory of all processes at most; and examples a second and cores busy while batches are only made.
In memory are no more than `--memory-rows` reviews, and a twentieth of the hours of sound.
"""

import csv
import re
import tempfile
import time
from json import dumps
from pathlib import Path

import keras
import numpy as np
from measuring import apart, of_all_processes, write_json

import rnn_zoo
from rnn_zoo.training import script_command

ROWS_A_FILE = 25_000
SIZES = (25_000, 100_000, 500_000, 2_000_000)
CLASSES = ("negative", "positive")
RATE_HZ = 16_000
COLUMNS = {
    "of": "of", "way": "way", "examples": "examples", "seconds_to_learn": "s to learn",
    "seconds_to_first_step": "s to first step", "timesteps_a_second": "timesteps/s", "peak_memory_gib": "GiB",
    "encoded_a_second": "examples/s encoded", "cores_busy": "cores",
}  # fmt: skip


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
        with open(folder / f"{first // ROWS_A_FILE:05}.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("text", "label"))
            writer.writerows(next(rows) for _ in range(min(ROWS_A_FILE, num_rows - first)))
    (folder / "complete").touch()


def made_sounds(num_seconds):
    """Yield `((samples, sample_rate_hz), pitch)`, a second each."""
    times = np.arange(RATE_HZ, dtype="float32") * np.float32(2 * np.pi / RATE_HZ)
    for number in range(num_seconds):
        rng, pitch = np.random.default_rng(number), number % 10
        yield (np.sin(200 * (pitch + 1) * times) / 9 + rng.normal(0, 0.03, RATE_HZ), RATE_HZ), f"pitch {pitch}"


def measure(of, way, source, examples, *, steps, warm_up, batch_size, units, workers, seconds):
    """Train a few steps from memory or from a stream, then only make batches; a dictionary of what they cost."""
    if of == "reviews":
        stream = rnn_zoo.Stream(sorted(Path(source).glob("*.csv"))[: -(-examples // ROWS_A_FILE)])
        builder, settings, window = rnn_zoo.sentiment_lstm, {"num_bigrams": 0, "class_names": CLASSES}, None
    else:
        stream = rnn_zoo.Stream(lambda: made_sounds(examples))
        builder, settings, window = rnn_zoo.keyword_gru, {}, 10 * batch_size
    began = time.perf_counter()
    data = stream.take(examples) if way == "memory" else (stream,)
    task = builder.from_examples(data if way == "memory" else stream, units=units, **settings)
    learned = time.perf_counter()
    task.compile()
    workers = {"workers": workers} if "workers" in way else {}
    batches = _passes(rnn_zoo.batches(task, *data, batch_size=batch_size, shuffle=True, window=window, **workers))
    timesteps = 0
    for step in range(warm_up + steps):
        if step == warm_up:
            warm = time.perf_counter()
        inputs, targets = next(batches)
        task.train_on_batch(inputs, targets)
        if step == 0:
            first_step = time.perf_counter()
        if step >= warm_up:
            timesteps += int(np.sum(inputs["lengths"]) if isinstance(inputs, dict) else np.count_nonzero(inputs))
    found = {
        "of": of, "way": way, "examples": len(data[0]) if way == "memory" else examples,
        "seconds_to_learn": learned - began, "seconds_to_first_step": first_step - learned,
        "timesteps_a_second": timesteps / (time.perf_counter() - warm),
    }  # fmt: skip
    if way != "memory":
        count, (computed, _), began = 0, of_all_processes(), time.perf_counter()
        while time.perf_counter() < began + seconds:
            count += len(next(batches)[1])
        taken = time.perf_counter() - began
        found |= {"encoded_a_second": count / taken, "cores_busy": (of_all_processes()[0] - computed) / taken}
    return found | {"peak_memory_gib": of_all_processes()[1] / 2**30}


def _passes(dataset):
    while True:
        yield from dataset


def table(found):
    """The measurements as a table in Markdown."""
    rows = [[_said(one.get(key)) for key in COLUMNS] for one in found]
    lines = [list(COLUMNS.values()), ["---"] * len(COLUMNS), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _said(value):
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
    return "" if value is None else f"{value:,}" if isinstance(value, int) else value


def run(
    *, rows=2_000, memory_rows=25_000, hours=0.02, steps=20, warm_up=5, batch_size=64, units=128, workers=2,
    seconds=10.0, folder: str | None = None, data_dir: str | None = None, json: str | None = None,
):  # fmt: skip
    """Let each way train in a process of its own, and print what it cost.

    Args:
        rows: reviews in the files.
        memory_rows: reviews in memory, at most.
        hours: of sound; 0 for none.
        steps: training steps that are counted.
        warm_up: steps before these, 1 at least.
        units: size of the hidden state of one direction.
        workers: processes that encode, where a way says so.
        seconds: for which batches are only made.
        folder: where to keep the files for another time; None for a temporary folder.
    """
    settings = {"steps": steps, "warm_up": warm_up, "batch_size": batch_size, "units": units}
    settings |= {"workers": workers, "seconds": seconds}
    by_workers, sounds = f"stream, {workers} workers", int(hours * 3600)
    sizes = [*(size for size in SIZES if size < rows), rows]
    plan = [("reviews", "memory", min(rows, memory_rows)), ("reviews", "stream", rows)]
    plan += [("reviews", by_workers, size) for size in sizes]
    if sounds:
        plan += [("sounds", "memory", -(-sounds // 20)), ("sounds", "stream", sounds), ("sounds", by_workers, sounds)]
    ways = []
    with tempfile.TemporaryDirectory() as scratch:
        shards = Path(folder or scratch) / f"reviews_{rows}"
        write_shards(shards, rnn_zoo.load_dataset("imdb", "train", source=data_dir), rows)
        size_gb = sum(path.stat().st_size for path in shards.glob("*.csv")) / 1e9
        content = {"backend": keras.backend.backend(), "rows": rows, "gigabytes": size_gb, "hours": hours, **settings}
        for of, way, examples in plan:
            ways.append(apart(__file__, "measure", of=of, way=way, source=str(shards), examples=examples, **settings))
            print(dumps(ways[-1]), flush=True)
            write_json(json, content | {"ways": ways})
    speeds = {of: [one["timesteps_a_second"] for one in ways if one["of"] == of] for of, *_ in plan}
    content |= {"ways": ways, "stream_over_memory": {of: max(one[1], one[-1]) / one[0] for of, one in speeds.items()}}
    print(f"{dumps(content, indent=2)}\n\n{table(ways)}")
    write_json(json, content)


main = script_command(globals(), run)
