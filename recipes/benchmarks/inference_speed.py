"""How fast exported files answer: from raw examples against `Task.infer`, and the network alone against its peers.

python recipes/benchmarks/inference_speed.py
python recipes/benchmarks/inference_speed.py --name sentiment_gru --json speed.json
python recipes/benchmarks/inference_speed.py --name translation_gru --dataset multi30k --num-examples 1000
python recipes/benchmarks/inference_speed.py --network --json network.json

All take turns in one process, with many examples (`infer`, batches of 64) and one by one. `--network` times an
embedding, an LSTM of 128 units in both directions, and maximum and mean over time on token ids of 200 timesteps: Keras
(`predict_on_batch`, which is compiled, and the graph by itself), ONNX files of float32 and int8, and PyTorch if it is
installed, each in a process of its own. Ratios above 1 are faster than Keras. Needs the extra `onnx`.
"""

import os
import statistics
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from measuring import Runner, clocked, write_json

import rnn_zoo
from rnn_zoo import runtime
from rnn_zoo.training import script_command

SINGLE = 20
"""Examples that are answered one by one in a turn, at most."""
WORDS, DIM, UNITS, TIMESTEPS = 20_000, 128, 128, 200
WAYS = ("keras", "graph", "onnx", "onnx_int8", "torch")


def examples_a_second(name, dataset, num_examples, rounds, data_dir):
    """Answers from raw examples, in batches and one by one, by Keras and by exported files."""
    examples = rnn_zoo.load_dataset(dataset, "train", source=data_dir).raw
    examples = examples[:: max(1, len(examples) // num_examples)][:num_examples]
    systems = {"keras": getattr(rnn_zoo, name)()}
    with tempfile.TemporaryDirectory() as folder:
        for kind, quantize in (("onnx", None), ("onnx_int8", "int8")):
            path = Path(folder, f"{kind}.onnx")
            rnn_zoo.export(systems["keras"], path, quantize=quantize)
            systems[kind] = runtime.load(path)
    found = {"name": name, "num_examples": len(examples)}
    for label, asked in (("batches", [examples]), ("one_by_one", [[one] for one in examples[:SINGLE]])):
        times = clocked(
            {kind: lambda model=model, asked=asked: [model.infer(one) for one in asked]
             for kind, model in systems.items()}, rounds,
        )  # fmt: skip
        count = sum(map(len, asked))
        found[label] = {
            kind: {"examples_a_second": count / wall, "ratio_to_keras": times["keras"][0] / wall}
            for kind, (wall, _) in times.items()
        }
        print(f"{name}, {count} examples, {label.replace('_', ' ')}, median of {rounds} turns")
        for kind, one in found[label].items():
            print(f"{kind:>10} {one['examples_a_second']:10,.0f} examples/s {one['ratio_to_keras']:6.2f} x Keras")
    return found


def fresh():
    """The Task whose network is timed, with random weights."""
    words = rnn_zoo.Words([f"word{index}" for index in range(WORDS - 2)])
    return rnn_zoo.sentiment_lstm(
        preprocessor=words, codec=rnn_zoo.Classes(["no", "yes"]), weights=None, embedding_dim=DIM, units=UNITS
    )


def network_of(way, folder):
    """A function from token ids `<int32>[batch, 200]` to logits."""
    if way == "torch":
        import torch
        from torch import nn

        torch.set_num_threads(os.cpu_count())
        torch.set_grad_enabled(False)
        embedding, head = nn.Embedding(WORDS, DIM), nn.Linear(4 * UNITS, 2)
        lstm = nn.LSTM(DIM, UNITS, batch_first=True, bidirectional=True)

        def logits(token_ids):
            outputs, _ = lstm(embedding(torch.from_numpy(token_ids).long()))
            return head(torch.cat([outputs.amax(1), outputs.mean(1)], 1)).numpy()

        return logits
    if way.startswith("onnx"):
        return runtime.load(Path(folder, f"{way}.onnx")).compute
    task = fresh()
    if way == "keras":
        return task.predict_on_batch
    import tensorflow as tf

    graph = tf.function(task, reduce_retracing=True)
    return lambda token_ids: graph(token_ids, training=False).numpy()


def seconds_of(way, folder):
    """A function of a batch size: seconds for a batch."""
    network = network_of(way, folder)
    token_ids = np.random.default_rng(0).integers(2, WORDS, (64, TIMESTEPS)).astype("int32")

    def measure(batch_size):
        given, count = token_ids[:batch_size], max(10, 128 // batch_size)
        for _ in range(3):
            network(given)
        began = time.perf_counter()
        for _ in range(count):
            network(given)
        return (time.perf_counter() - began) / count

    return measure


def network_speed(rounds):
    """Milliseconds for a batch of each way of computing the same network, that take turns."""
    ways = [way for way in WAYS if way != "torch" or find_spec("torch")]
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind, quantize in (("onnx", None), ("onnx_int8", "int8")):
            rnn_zoo.export(fresh(), Path(folder, f"{kind}.onnx"), quantize=quantize)
        runners = {way: Runner(__file__, "seconds_of", way=way, folder=folder) for way in ways}
        for batch_size in (64, 1):
            turns = [{way: runner(batch_size) for way, runner in runners.items()} for _ in range(rounds + 1)][1:]
            medians = {way: statistics.median(turn[way] for turn in turns) for way in ways}
            found[f"batch_{batch_size}"] = {way: 1000 * value for way, value in medians.items()}
            print(f"{TIMESTEPS} timesteps, {UNITS} units in both directions, batch {batch_size}, {rounds} turns")
            for way, value in medians.items():
                print(f"{way:>10} {1000 * value:8.2f} ms {medians['keras'] / value:6.2f} x Keras")
        for runner in runners.values():
            runner.close()
    return found


def run(
    *, name="sentiment_lstm", dataset="imdb", num_examples=2_000, rounds=5, network=False, data_dir: str | None = None,
    json: str | None = None,
):  # fmt: skip
    """Let the ways take turns and print median speeds.

    Args:
        name: a builder with trained weights.
        dataset: whose training examples are answered.
        num_examples: answered in a turn, after a warm-up.
        rounds: turns; the median counts.
        network: time the network alone instead.
    """
    given = (rounds,) if network else (name, dataset, num_examples, rounds, data_dir)
    write_json(json, (network_speed if network else examples_a_second)(*given))


main = script_command(globals(), run)
