"""Does the way of training change what is learned? A recipe in float32, in mixed precision, and on two devices.

    python recipes/benchmarks/same_accuracy.py                               # sentiment_imdb.py, 3 ways, 3 seeds
    python recipes/benchmarks/same_accuracy.py --ways mirrored --seeds 1
    python recipes/benchmarks/same_accuracy.py --recipe digits --smoke

Every run is a process of its own and leaves its result in --output; a run whose result is there is not repeated.
Where there are fewer than two GPUs, the two devices are halves of the processor.
"""

import json
from pathlib import Path

import tensorflow as tf
from measuring import NAMES, apart, recipe_of

from rnn_zoo.training import script_command
from rnn_zoo.training.report import say_runs

WAYS = {
    "float32": {},
    "mixed_precision": {"mixed_precision": True},
    "mirrored": {"distribute": "mirrored"},
}


def train(recipe, way, **settings):
    """Run the recipe in this process."""
    if way == "mirrored" and len(tf.config.list_physical_devices("GPU")) < 2:
        (processor,) = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 2)
    recipe_of(recipe)(**WAYS[way], **settings)


def run(
    *, recipe="sentiment_imdb", ways=tuple(WAYS), seeds=3, split="test", metric="accuracy", data_dir: str | None = None,
    output="runs/same_accuracy", smoke=False,
):  # fmt: skip
    """Run all that is missing and print a table.

    Args:
        recipe: the name of its file.
        ways: of training.
        seeds: runs of each.
        split: to compare.
        metric: one that the recipe measures.
        output: folder for all results.
    """
    scores = {}
    for way in ways:
        for seed in range(seeds):
            folder = Path(output) / f"{recipe}_{way}_{seed}"
            if not (folder / "result.json").exists():
                settings = {"data_dir": data_dir, "output": str(folder), "smoke": smoke, "seed": seed, "resume": True}
                apart(__file__, "train", recipe=recipe, way=way, **settings)
            result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
            measured = result["validation_metrics" if split == "validation" else "metrics"]
            if metric not in measured:
                raise ValueError(f"--metric must be one of {sorted(measured)}. Received: {metric}")
            scores.setdefault(way, []).append(measured[metric])
            print(f"{way}, seed {seed}: {split} {metric} {measured[metric]:.4f}")
    for way, values in scores.items():
        print(f"{way:<16} {say_runs(values)}")


main = script_command(globals(), run, choices={"recipe": NAMES, "ways": tuple(WAYS), "split": ("validation", "test")})
