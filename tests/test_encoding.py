"""Encoding in worker processes: what comes out is what one process gives, and no process stays."""

import itertools
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.encoding import encode_each

TEXTS = [f"w{number % 7} w{number % 3}" for number in range(200)]
EXAMPLES = [(f"rows.csv, line {number}", text, "even" if number % 2 else "odd") for number, text in enumerate(TEXTS)]


class Pids(rnn_zoo.Words):
    """Encodes a text as the number of the process that does it."""

    def encode(self, raw):
        assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
        return [np.array([os.getpid()]) for _ in raw]


def are_gone(pids):
    for pid, _ in itertools.product(pids, range(200)):
        try:
            os.kill(pid, 0)
            time.sleep(0.02)
        except ProcessLookupError:
            continue
    return not any(os.path.exists(f"/proc/{pid}") for pid in pids)


def plain(found):
    return [(encoded.tolist(), int(target)) for encoded, target in found]


@pytest.fixture
def parts():
    return rnn_zoo.Words(["w0", "w1", "w2"]), rnn_zoo.Classes(["even", "odd"])


def test_workers_encode_in_order_what_one_process_encodes_and_name_what_they_cannot(parts):
    assert plain(encode_each(*parts, iter(EXAMPLES), workers=2, piece=9)) == plain(encode_each(*parts, iter(EXAMPLES)))
    wrong = [*EXAMPLES[:50], ("rows.csv, line 50", 7, "even"), *EXAMPLES[50:]]
    found = encode_each(*parts, iter(wrong), workers=2, piece=8)
    assert len(list(itertools.islice(found, 48))) == 48
    with pytest.raises(ValueError, match="^rows.csv, line 50: texts must be strings"):
        next(found)


def test_fewer_than_no_workers_are_refused(parts):
    with pytest.raises(ValueError, match="workers=-1"):
        list(encode_each(*parts, iter(EXAMPLES), workers=-1))
    with pytest.raises(ValueError, match="workers=-1"):
        rnn_zoo.sentiment_gru.from_examples(rnn_zoo.Stream([("good", "yes"), ("bad", "no")], workers=-1))


def test_an_abandoned_iterator_leaves_no_process_behind_and_reads_little_ahead(parts):
    read = []
    examples = (read.append(1) or one for one in itertools.cycle(EXAMPLES))
    found = encode_each(Pids(["w0"]), parts[1], examples, workers=2, piece=5)
    pids = {int(encoded[0]) for encoded, _ in itertools.islice(found, 40)}
    assert pids and os.getpid() not in pids
    assert len(read) <= 40 + 3 * 2 * 5
    found.close()
    assert are_gone(pids)


def test_workers_end_with_a_killed_parent():
    code = (
        "import itertools, rnn_zoo, test_encoding as t; from rnn_zoo.encoding import encode_each\n"
        "parts = t.Pids(['w0']), rnn_zoo.Classes(['even', 'odd'])\n"
        "found = encode_each(*parts, itertools.cycle(t.EXAMPLES), workers=1)\n"
        "print(int(next(found)[0][0]), flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parent, stdin=-1, stdout=-1) as parent:
        worker = int(parent.stdout.readline())
        parent.kill()
    assert are_gone([worker])


def test_a_killed_worker_is_told(parts):
    found = encode_each(Pids(["w0"]), parts[1], itertools.cycle(EXAMPLES), workers=1, piece=2)
    os.kill(int(next(found)[0][0]), 9)
    with pytest.raises(OSError, match="a worker process was ended from outside"):
        list(itertools.islice(found, 1000))


def test_batches_by_workers_are_those_of_one_process_from_a_stream_and_from_memory(parts):
    task = rnn_zoo.sentiment_gru(*parts, embedding_dim=2, units=2)
    raw, labels = TEXTS, [label for _, _, label in EXAMPLES]
    stream, soft = rnn_zoo.Stream(list(zip(raw, labels, strict=True))), np.eye(2, dtype="float32")[[0, 1] * 100]
    for examples in ((stream,), (raw, labels), (raw, soft)):
        one, other = (
            [[array.tolist() for array in batch] for batch in dataset.as_numpy_iterator()]
            for dataset in (rnn_zoo.batches(task, *examples, shuffle=True, workers=workers) for workers in (0, 1))
        )
        assert one == other
