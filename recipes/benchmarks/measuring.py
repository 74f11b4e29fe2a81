"""What the benchmarks share: clocks that take turns, processes of their own, recipes by name, files of numbers."""

import contextlib
import json
import os
import resource
import runpy
import statistics
import subprocess
import sys
import time
from pathlib import Path

RECIPES = Path(__file__).parents[1]
NAMES = sorted(path.stem for path in RECIPES.glob("*.py") if "\nmain = Recipe" in path.read_text(encoding="utf-8"))


def recipe_of(name):
    """The recipe of that name."""
    return runpy.run_path(str(RECIPES / f"{name}.py"))["main"]


def write_json(path, content):
    """Write the numbers, if a file was asked for."""
    if path:
        Path(path).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


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
    if Path("/proc/self/status").exists():  # what `resource` says there includes the process that started this one
        return _peak_of("self")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _peak_of(process):
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) * 1024


def of_all_processes():
    """Seconds that this process and those it started computed, and bytes that all still running held at most.

    Linux tells; elsewhere processes that still run count nothing.
    """
    over = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds, peak = time.process_time() + over.ru_utime + over.ru_stime, peak_of_process()
    for path in Path("/proc/self/task").glob("*/children"):
        for pid in path.read_text().split():
            with contextlib.suppress(OSError, KeyError):  # it has just ended
                times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
                seconds += sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
                peak += _peak_of(pid)
    return seconds, peak


def apart(script, function, **settings):
    """What a function of a script returns in a process of its own; settings and result are such as JSON holds."""
    command = [sys.executable, __file__, script, function, json.dumps(settings)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


class Runner:
    """What a function of a script returns, a function of a number, in a process of its own that waits for its turns."""

    def __init__(self, script, function, *, environment=(), **settings):
        command = [sys.executable, __file__, script, function, json.dumps(settings), "turns"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **dict(environment)}
        )

    def __call__(self, number):
        print(number, file=self.process.stdin, flush=True)
        if not (line := self.process.stdout.readline()):
            raise OSError(f"the process ended with status {self.process.wait()}")
        return json.loads(line)

    def close(self):
        """End the process."""
        with self.process:  # closes its pipes, and waits for it
            self.process.stdin.close()


if __name__ == "__main__":
    path, name, given, *takes_turns = sys.argv[1:]
    answers = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        result = runpy.run_path(path)[name](**json.loads(given))
        for line in sys.stdin if takes_turns else ():
            print(json.dumps(result(int(line))), file=answers, flush=True)
    if not takes_turns:
        print(json.dumps(result))
