"""What the benchmarks share: clocks that take turns, the recipes by name, the command, and the file of numbers."""

import json
import resource
import statistics
import sys
import time
from pathlib import Path

import click

RECIPES = Path(__file__).parents[1]
NAMES = sorted(path.stem for path in RECIPES.glob("*.py") if "\nmain = Recipe.of(" in path.read_text(encoding="utf-8"))

json_option = click.option("--json", "json_path", default=None, help="Also write the numbers to this file.")


def benchmark_command(text):
    """A click command whose help is the docstring of its module."""
    return click.command(help=(text or "").replace("\n\n", "\n\n\b\n"))


def write_json(json_path, content):
    """Write the numbers, if a file was asked for."""
    if json_path:
        Path(json_path).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def clocked(functions, rounds):
    """Median seconds of each function, `{name: (wall, processor)}`; they take turns, and a first one does not count."""
    found = {name: [] for name in functions}
    for turn in range(rounds + 1):
        for name, function in functions.items():
            wall, processor = time.perf_counter(), time.process_time()
            function()
            if turn:
                found[name].append((time.perf_counter() - wall, time.process_time() - processor))
    return {name: tuple(map(statistics.median, zip(*times, strict=True))) for name, times in found.items()}


def peak_of_process():
    """Bytes of memory that this process held at most."""
    status = Path("/proc/self/status")  # what `resource` says there includes the process that started this one
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        return int(lines["VmHWM"].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
