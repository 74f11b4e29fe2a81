"""How many reviews a second are answered from raw strings: by Keras, and by ONNX files of float32 and int8.

python recipes/benchmarks/inference_speed.py
python recipes/benchmarks/inference_speed.py --name sentiment_gru --json speed.json
python recipes/benchmarks/inference_speed.py --name translation_gru --dataset multi30k --num-examples 1000

All take turns in one process, with many examples (`infer`, batches of 64) and one by one. Ratios above 1 are faster
than Keras. Needs the extra `onnx`.
"""

import tempfile
from pathlib import Path

from measuring import clocked, write_json

import rnn_zoo
from rnn_zoo import runtime
from rnn_zoo.training import script_command

SINGLE = 20
"""Examples that are answered one by one in a turn, at most."""


def run(
    *, name="sentiment_lstm", dataset="imdb", num_examples=2_000, rounds=5, data_dir: str | None = None,
    json: str | None = None,
):  # fmt: skip
    """Answer examples in turns and print the median speeds.

    Args:
        name: a builder with trained weights.
        dataset: whose training examples are answered.
        num_examples: answered in a turn, after a warm-up.
        rounds: turns; the median counts.
    """
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
    write_json(json, found)


main = script_command(globals(), run)
