"""Does the way of training change what is learned? A recipe in float32, in mixed precision, and on two devices.

    python recipes/benchmarks/same_accuracy.py                               # sentiment_imdb.py, 3 ways, 3 seeds
    python recipes/benchmarks/same_accuracy.py --way mirrored --seeds 1
    python recipes/benchmarks/same_accuracy.py --recipe digits --smoke

Every run is a process of its own and leaves its result in --output; a run whose result is there is not repeated.
Where there are fewer than two GPUs, the two devices are halves of the processor.
"""

import json
import statistics
import subprocess
import sys
from pathlib import Path

import click
from measuring import NAMES, RECIPES, benchmark_command

WAYS = {
    "float32": {},
    "mixed_precision": {"mixed_precision": True},
    "mirrored": {"distribute": "mirrored"},
}


def train(recipe, way, **settings):
    """Run the recipe in this process."""
    import runpy

    import tensorflow as tf

    if way == "mirrored" and len(tf.config.list_physical_devices("GPU")) < 2:
        (processor,) = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 2)
    run = runpy.run_path(str(RECIPES / f"{recipe}.py"))["main"]
    run(**WAYS[way], **settings)


@benchmark_command(__doc__)
@click.option("--recipe", type=click.Choice(NAMES), metavar="NAME", default="sentiment_imdb", show_default=True,
              help="The name of its file.")  # fmt: skip
@click.option("--way", "ways", multiple=True, type=click.Choice(list(WAYS)), default=tuple(WAYS), help="All of them.")
@click.option("--seeds", type=click.IntRange(1), default=3, show_default=True, help="Runs of each.")
@click.option(
    "--split", type=click.Choice(["validation", "test"]), default="test", show_default=True, help="To compare."
)
@click.option("--metric", default="accuracy", show_default=True, help="One that the recipe measures.")
@click.option("--data-dir", default=None, help="As of the recipe.")
@click.option("--output", default="runs/same_accuracy", show_default=True, help="Folder for all results.")
@click.option("--smoke", is_flag=True, help="Runs of seconds.")
@click.option("--here", type=int, default=None, hidden=True, help="Run one way with this seed in this process.")
def main(recipe, ways, seeds, split, metric, data_dir, output, smoke, here):
    """Run all that is missing and print a table."""
    if here is not None:
        train(recipe, ways[0], seed=here, output=output, data_dir=data_dir, smoke=smoke, resume=True)
        return
    scores = {}
    for way in ways:
        for seed in range(seeds):
            folder = Path(output) / f"{recipe}_{way}_{seed}"
            if not (folder / "result.json").exists():
                flags = ["--recipe", recipe, "--way", way, "--here", str(seed), "--output", str(folder)]
                flags += ["--smoke"] * smoke + (["--data-dir", data_dir] if data_dir else [])
                subprocess.run([sys.executable, __file__, *flags], check=True)
            result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
            measured = result["validation_metrics" if split == "validation" else "metrics"]
            if metric not in measured:
                raise click.BadParameter(
                    f"must be one of {sorted(measured)}. Received: {metric}", param_hint="--metric"
                )
            found = measured[metric]
            scores.setdefault(way, []).append(found)
            click.echo(f"{way}, seed {seed}: {split} {metric} {found:.4f}")
    for way, values in scores.items():
        spread = f" ± {statistics.stdev(values):.4f}" if len(values) > 1 else ""
        click.echo(f"{way:<16} {statistics.mean(values):.4f}{spread}")


if __name__ == "__main__":
    main()
