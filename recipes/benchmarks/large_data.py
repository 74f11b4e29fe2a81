"""Data larger than memory: models train on examples in memory, and on the same ones in a stream.

    python recipes/benchmarks/large_data.py
    python recipes/benchmarks/large_data.py --rows 5_000_000 --hours 20 --steps 500 --folder large --json large.json

Reviews are made by recombining sentences of real ones of the same class, and written to files of 25,000 rows; sounds
are tones in noise, made anew for every pass. Each line of the table is made by processes of their own: one learns the
vocabulary and keeps the model in the folder, one trains some steps and then only makes batches for a while. At last one
process takes turns, some steps from memory and some from the stream, so that whatever else the machine does slows down
both. What is in the folder and in the file of --json is not made again, and --parts does a part of it.

Printed as JSON and as a table: seconds to learn the vocabulary, by the clock and of processors; seconds from the stored
model to the end of the first step; real timesteps a second (padding left out) after a warm-up; memory of all processes
at most, while learning and while training; examples a second and cores busy while batches are only made. In memory are
no more than `--memory-rows` reviews, and a twentieth of the hours of sound.
"""

import csv
import itertools
import re
import statistics
import tempfile
import threading
import time
from json import dumps, loads
from pathlib import Path

import keras
import numpy as np
from measuring import apart, of_all_processes, write_json

import rnn_zoo
from rnn_zoo.training import script_command

ROWS_A_FILE = 25_000
SIZES = (25_000, 100_000, 500_000, 2_000_000)
CLASSES = ("negative", "positive")
RATE_HZ, NUM_PITCHES = 16_000, 10
PARTS = ("rows", "learning", "steps", "turns")
COLUMNS = {
    "of": "of", "way": "way", "examples": "examples", "seconds_to_learn": "s to learn",
    "processor_seconds_to_learn": "processor s", "gib_to_learn": "GiB to learn",
    "seconds_to_first_step": "s to first step", "timesteps_a_second": "timesteps/s", "gib_to_train": "GiB to train",
    "encoded_a_second": "examples/s encoded", "cores_busy": "cores",
}  # fmt: skip


def write_shards(folder, reviews, num_rows):
    """Write the files that are missing, of reviews with as many sentences as a real one, each from any of its class."""
    folder.mkdir(parents=True, exist_ok=True)
    split = [re.split(r"(?<=[.!?]) +", text) for text in reviews.raw]
    pools = [
        [one for sentences, label in zip(split, reviews.labels, strict=True) if label == wanted for one in sentences]
        for wanted in range(len(CLASSES))
    ]
    for shard in range(-(-num_rows // ROWS_A_FILE)):
        path, rng = folder / f"{shard:05}.csv", np.random.default_rng(shard)
        if path.exists():
            continue
        with open(path.with_suffix(".part"), "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("text", "label"))
            for index in rng.integers(len(split), size=min(ROWS_A_FILE, num_rows - shard * ROWS_A_FILE)):
                pool = pools[reviews.labels[index]]
                places = rng.integers(len(pool), size=len(split[index])).tolist()
                writer.writerow((" ".join([pool[place] for place in places]), CLASSES[reviews.labels[index]]))
        path.with_suffix(".part").rename(path)


def made_sounds(num_seconds):
    """Yield `((samples, sample_rate_hz), pitch)`, a second each."""
    times = np.arange(RATE_HZ, dtype="float32") * np.float32(2 * np.pi / RATE_HZ)
    noise = np.random.default_rng(0).normal(0, 0.03, 60 * RATE_HZ).astype("float32")  # new draws would take the time
    tones = [np.sin(200 * (pitch + 1) * times) / 9 for pitch in range(NUM_PITCHES)]
    for number in range(num_seconds):
        begin = 7919 * number % (len(noise) - RATE_HZ)
        yield (tones[number % NUM_PITCHES] + noise[begin : begin + RATE_HZ], RATE_HZ), f"pitch {number % NUM_PITCHES}"


def stream_of(of, source, examples, workers=0):
    """That many reviews in files, or seconds of sound."""
    if of == "sounds":
        return rnn_zoo.Stream(lambda: made_sounds(examples), workers=workers)
    return rnn_zoo.Stream(sorted(Path(source).glob("*.csv"))[: -(-examples // ROWS_A_FILE)], workers=workers)


def learn(of, way, source, examples, *, units, workers, model):
    """Make a model that fits the examples, and keep it; a dictionary of what that cost."""
    stream = stream_of(of, source, examples, workers if "workers" in way else 0)
    settings = {"num_bigrams": 0, "class_names": CLASSES} if of == "reviews" else {}
    builder = rnn_zoo.sentiment_lstm if of == "reviews" else rnn_zoo.keyword_gru
    began, (computed, _), peaks, ended = time.perf_counter(), of_all_processes(), [], threading.Event()
    threading.Thread(target=_watch, args=(peaks, ended)).start()
    task = builder.from_examples(stream.take(examples) if way == "memory" else stream, units=units, **settings)
    seconds, computed = time.perf_counter() - began, of_all_processes()[0] - computed
    ended.set()
    task.save(model)
    return {
        "seconds_to_learn": seconds, "processor_seconds_to_learn": computed, "gib_to_learn": max(peaks) / 2**30
    }  # fmt: skip


def _watch(peaks, ended):
    """Note the memory of all processes, also of workers that will have ended, twice a second."""
    peaks.append(of_all_processes()[1])
    while not ended.wait(0.5):
        peaks.append(of_all_processes()[1])


class Feed:
    """Trains a model on batches from memory or from a stream."""

    def __init__(self, task, of, way, source, examples, *, batch_size, workers):
        self.task, stream = task, stream_of(of, source, examples)
        data = stream.take(examples) if way == "memory" else (stream,)
        more = {"workers": workers} if "workers" in way else {}
        buffer_size = 10 * batch_size if of == "sounds" else None
        dataset = rnn_zoo.batches(task, *data, batch_size=batch_size, shuffle=True, buffer_size=buffer_size, **more)
        self.batches = (batch for _ in itertools.count() for batch in dataset)

    def train(self, steps):
        """Seconds that some steps took, and their timesteps without padding."""
        began, timesteps = time.perf_counter(), 0
        for inputs, targets in itertools.islice(self.batches, steps):
            self.task.train_on_batch(inputs, targets)
            timesteps += int(np.sum(inputs["lengths"]) if isinstance(inputs, dict) else np.count_nonzero(inputs))
        return time.perf_counter() - began, timesteps


def measure(of, way, source, examples, *, model, steps, warm_up, seconds, **settings):
    """Train a few steps from memory or from a stream, then only make batches; a dictionary of what they cost."""
    began = time.perf_counter()
    task = keras.saving.load_model(model)
    task.compile()
    feed = Feed(task, of, way, source, examples, **settings)
    feed.train(1)
    found = {"seconds_to_first_step": time.perf_counter() - began}
    feed.train(warm_up)
    taken, timesteps = feed.train(steps)
    found["timesteps_a_second"] = timesteps / taken
    if way != "memory":
        count, (computed, _), began = 0, of_all_processes(), time.perf_counter()
        while time.perf_counter() < began + seconds:
            count += len(next(feed.batches)[1])
        taken = time.perf_counter() - began
        found |= {"encoded_a_second": count / taken, "cores_busy": (of_all_processes()[0] - computed) / taken}
    return found | {"gib_to_train": of_all_processes()[1] / 2**30}


def take_turns(of, ways, source, *, model, steps, warm_up, rounds=9, **settings):
    """How fast each way trains one model in the median of its turns, as a share of the first one: `{way: ratio}`.

    Ways are `[way, examples]`.
    """
    task = keras.saving.load_model(model)
    task.compile()
    feeds = {way: Feed(task, of, way, source, examples, **settings) for way, examples in ways}
    for feed in feeds.values():
        feed.train(1 + warm_up)
    turns = [{way: feed.train(max(1, steps // rounds)) for way, feed in feeds.items()} for _ in range(rounds)]
    speeds = {way: statistics.median(turn[way][1] / turn[way][0] for turn in turns) for way in feeds}
    return {way: speed / speeds[ways[0][0]] for way, speed in speeds.items()}


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
    seconds=10.0, parts=PARTS, folder: str | None = None, data_dir: str | None = None, json: str | None = None,
):  # fmt: skip
    """Let each way learn and train in processes of its own, and print what it cost.

    Args:
        rows: reviews in the files.
        memory_rows: reviews in memory, at most.
        hours: of sound; 0 for none.
        steps: training steps that are counted.
        warm_up: steps before these, 1 at least.
        units: size of the hidden state of one direction.
        workers: processes that learn and encode, where a way says so.
        seconds: for which batches are only made.
        parts: what to do: "rows", "learning", "steps", "turns".
        folder: where to keep files and models for another time; None for a temporary folder.
    """
    feeding = {"batch_size": batch_size, "workers": workers}
    training = {"steps": steps, "warm_up": warm_up, "seconds": seconds, **feeding}
    by_workers, sounds = f"stream, {workers} workers", int(hours * 3600)
    plan = [("reviews", "memory", min(rows, memory_rows)), ("reviews", "stream", rows)]
    plan += [("reviews", by_workers, size) for size in [*(size for size in SIZES if size < rows), rows]]
    if sounds:
        in_memory = min(sounds, max(NUM_PITCHES, -(-sounds // 20)))
        plan += [("sounds", "memory", in_memory), ("sounds", "stream", sounds), ("sounds", by_workers, sounds)]
    content = {"backend": keras.backend.backend(), "units": units, **training, "ways": {}, "stream_over_memory": {}}
    content |= loads(Path(json).read_text()) if json and Path(json).exists() else {}
    with tempfile.TemporaryDirectory() as scratch:
        shards = Path(folder or scratch) / f"reviews_{rows}"
        if "rows" in parts:
            write_shards(shards, rnn_zoo.load_dataset("imdb", "train", source=data_dir), rows)
            content["gigabytes"] = sum(path.stat().st_size for path in shards.glob("*.csv")) / 1e9
        for of, way, examples in plan:
            name = f"{of}, {way}, {examples}"
            one = content["ways"].setdefault(name, {"of": of, "way": way, "examples": examples})
            what = {"of": of, "way": way, "source": str(shards), "examples": examples}
            what["model"] = str(shards / f"{name}.keras")
            if "learning" in parts and "seconds_to_learn" not in one:
                one |= apart(__file__, "learn", units=units, workers=workers, **what)
            if "steps" in parts and "timesteps_a_second" not in one and Path(what["model"]).exists():
                one |= apart(__file__, "measure", **training, **what)
            print(dumps(one), flush=True)
            write_json(json, content)
        for of in dict.fromkeys(of for of, *_ in plan) if "turns" in parts else ():
            ways = [(way, examples) for kind, way, examples in plan if kind == of and way != by_workers]
            model = str(shards / f"{of}, {ways[0][0]}, {ways[0][1]}.keras")
            ways.append((by_workers, ways[-1][1]))
            what = {"of": of, "ways": ways, "source": str(shards), "model": model, "steps": steps, "warm_up": warm_up}
            content["stream_over_memory"][of] = apart(__file__, "take_turns", **what, **feeding)
    print(f"{dumps(content, indent=2)}\n\n{table(content['ways'].values())}")
    write_json(json, content)


main = script_command(globals(), run, choices={"parts": PARTS})
