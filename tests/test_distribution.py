"""Training on many devices: two logical CPU devices of one process, two processes on loopback."""

import concurrent.futures
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import keras
import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.datasets import Examples
from rnn_zoo.training import Share, distribution, loop, start, train

TOLERANCE = 1e-5  # of weights and losses after 15 steps; float32 sums in another order
SCRIPT = Path(__file__).with_name("distributed_run.py")
TEXTS = ["a good film", "a bad film", "the film", "good", "bad"]


def tiny_task():
    return rnn_zoo.sentiment_gru(
        rnn_zoo.Words(["good", "bad", "film"]), rnn_zoo.Classes(["negative", "positive"]), units=2, embedding_dim=2
    )


def started(mode, folder, *of, backend, address=None, process=0):
    paths = os.pathsep.join([str(SCRIPT.parent.parent), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": paths}
    if address:
        values = (address, "2", str(process))
        environment |= dict(zip(distribution.CLUSTER, values, strict=True))
    command = [sys.executable, str(SCRIPT), mode, str(folder), *of]
    with Path(f"{folder}_{process}.log").open("a") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)


def ended(process, folder, number=0):
    assert process.wait(1200) == 0, Path(f"{folder}_{number}.log").read_text()[-3000:]


def two_processes(folder, *of):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    return [started("worker", folder, *of, backend="jax", address=address, process=process) for process in (0, 1)]


def weights_in(folder):
    with np.load(folder / "weights.npz") as saved:
        return [saved[f"arr_{index}"] for index in range(len(saved.files))]


def compare(one, other):
    assert len(weights_in(one)) == len(weights_in(other)) > 4
    for first, second in zip(weights_in(one), weights_in(other), strict=True):
        np.testing.assert_allclose(first, second, rtol=TOLERANCE, atol=TOLERANCE)
    histories = [json.loads((folder / "history.json").read_text()) for folder in (one, other)]
    assert histories[0].keys() == histories[1].keys() >= {"loss", "val_loss", "answers"}
    for name in histories[0]:  # val_loss is that of averaged weights
        np.testing.assert_allclose(histories[0][name], histories[1][name], rtol=TOLERANCE, atol=TOLERANCE, err_msg=name)


@pytest.mark.slow
def test_two_mirrored_devices_learn_what_one_learns_and_resume(tmp_path):
    for _ in range(2):  # the second process goes on where the first one was interrupted
        ended(started("mirrored", tmp_path, backend="tensorflow"), tmp_path)
    compare(tmp_path / "one", tmp_path / "two")
    compare(tmp_path / "two", tmp_path / "resumed")


@pytest.mark.slow
@pytest.mark.parametrize("of", [[], ["stream"]])
def test_two_processes_learn_what_one_learns_even_if_killed(tmp_path, of):
    """Of a stream each has its own shard, so that its batches are others than those of one process."""
    pytest.importorskip("jax")
    one, two, broken = tmp_path / "one", tmp_path / "two", tmp_path / "broken"
    workers = two_processes(two, *of)
    if not of:
        ended(started("single", one, backend="jax"), one)
    for number, worker in enumerate(workers):
        ended(worker, two, number)
    if not of:
        compare(one, two)
    first, second = two_processes(broken, *of)
    while not (broken / "state.npz").exists():
        assert (first.poll(), second.poll()) == (None, None), Path(f"{broken}_0.log").read_text()[-3000:]
        time.sleep(0.005)
    second.kill()
    assert second.wait() == -9, "the run ended before it was killed"
    first.kill()  # it waits for the other one; a scheduler ends it
    first.wait()
    assert not (broken / "weights.npz").exists()
    for number, worker in enumerate(two_processes(broken, *of)):
        ended(worker, broken, number)
    compare(two, broken)


def test_shares_of_a_batch_have_one_shape_and_make_up_the_whole():
    task = tiny_task()
    order = {"batch_size": 4, "shuffle": True, "seed": 3, "bucket_width": 2}
    whole = list(rnn_zoo.batches(task, TEXTS, [1, 0, 1, 1, 0], **order))
    shares = [list(rnn_zoo.batches(task, TEXTS, [1, 0, 1, 1, 0], share=Share(4, p, 2), **order)) for p in (0, 1)]
    assert sorted(len(targets) for _, targets in whole) == [1, 4]
    for (inputs, targets), (inputs_0, targets_0), (inputs_1, targets_1) in zip(whole, *shares, strict=True):
        assert inputs_0.shape == inputs_1.shape == (2, inputs.shape[1])
        filled = np.resize(targets, 4)  # one example alone is read four times
        np.testing.assert_array_equal(np.concatenate([targets_0, targets_1]), filled)
        np.testing.assert_array_equal(np.concatenate([inputs_0, inputs_1]), np.resize(inputs, (4, inputs.shape[1])))


@pytest.fixture
def processes(monkeypatch):
    """What an exchange between threads, a process each, needs."""
    said, changed = {}, threading.Condition()

    def exchange(share, key, value):
        key = key.partition("/")[2]  # without the number of the dataset: here both are made in one process
        with changed:
            said[key, share.process] = value
            changed.notify_all()
            keys = [(key, process) for process in range(share.num_processes)]
            changed.wait_for(lambda: said.keys() >= set(keys), timeout=20)
            return [said[one] for one in keys]

    monkeypatch.setattr(Share, "exchange", exchange)
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        yield lambda function: list(threads.map(function, range(2)))


def shares_of(task, stream, process, **settings):
    dataset = rnn_zoo.batches(task, stream, share=Share(4, process, 2), batch_size=8, buffer_size=16, **settings)
    return [keras.tree.map_structure(np.asarray, batch) for batch in dataset]


@pytest.mark.parametrize("first_step", [0, 1, 3])
def test_processes_read_their_own_shards_of_a_stream_and_feed_one_shape(tmp_path, processes, first_step):
    sizes, numbers = {"a": 22, "b": 5}, iter(range(27))
    words = [f"w{number}" for number in range(27)]
    for name, size in sizes.items():
        rows = [{"text": f"{words[next(numbers)]} " * (1 + row), "label": "positive"} for row in range(size)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    task = rnn_zoo.sentiment_gru(rnn_zoo.Words(words), rnn_zoo.Classes(["negative", "positive"]), units=2)
    stream = rnn_zoo.Stream(tmp_path)
    shared = processes(lambda process: shares_of(task, stream, process, initial_step=first_step))
    assert [len(batches) for batches in shared] == [6 - first_step] * 2  # 22 rows by 4
    for (one, _), (other, _) in zip(*shared, strict=True):
        assert one.shape == other.shape and one.shape[0] in (2, 4)
    seen = [set(np.concatenate([ids[:, 0] - 2 for ids, _ in batches]).tolist()) for batches in shared]
    if first_step == 0:
        assert seen == [set(range(22)), set(range(22, 27))]
    whole = processes(lambda process: shares_of(task, stream, process))
    for some, all_of in zip(shared, whole, strict=True):
        keras.tree.map_structure(np.testing.assert_array_equal, some, all_of[first_step:])


def test_tags_of_processes_are_padded_as_their_codec_does(processes):
    sentences = [["in"] * (1 + number) for number in range(12)]
    tags = [["O"] * (len(tokens) - 1) + ["B-A"] for tokens in sentences]
    task = rnn_zoo.ner_gru.from_examples((sentences, tags), min_count=1, min_character_count=1, units=2)
    stream = rnn_zoo.Stream(list(zip(sentences, tags, strict=True)))
    of_one, of_other = processes(lambda process: shares_of(task, stream, process))
    for (one, tags_of_one), (other, tags_of_other) in zip(of_one, of_other, strict=True):
        assert {name: array.shape for name, array in one.items()} == {name: x.shape for name, x in other.items()}
        for inputs, padded in ((one, tags_of_one), (other, tags_of_other)):
            np.testing.assert_array_equal(padded == -1, inputs["word_ids"] == 0)


def test_looking_at_a_batch_does_not_change_the_order_of_epochs():
    task, epoch = tiny_task(), 5
    options = {"batch_size": 1, "shuffle": True, "seed": 3}
    first = [ids.numpy().tolist() for ids in rnn_zoo.batches(task, TEXTS, initial_epoch=5, **options)]
    dataset = rnn_zoo.batches(task, TEXTS, initial_epoch=lambda: epoch, **options)
    next(iter(dataset))
    assert [ids.numpy().tolist() for ids in dataset] == first
    epoch = 6
    assert [ids.numpy().tolist() for ids in dataset] != first


def test_multiworker_says_why_tensorflow_cannot():
    with pytest.raises(
        ValueError, match=r"KERAS_BACKEND=jax.*MultiWorkerMirroredStrategy.*20585.*Received: tensorflow"
    ):
        start(0, distribute="multiworker")


@pytest.mark.parametrize(
    ("distribute", "variables", "message"),
    [
        ("mirrored", {}, "needs KERAS_BACKEND=tensorflow"),
        ("mirorred", {}, "Did you mean 'mirrored'"),
        ("multiworker", {}, "Missing: KERAS_DISTRIBUTION_JOB_ADDRESSES, KERAS_DISTRIBUTION_NUM_PROCESSES"),
        ("multiworker", {"JOB_ADDRESSES": "a:1", "NUM_PROCESSES": "2"}, "Missing: KERAS_DISTRIBUTION_PROCESS_ID"),
        ("multiworker", {"JOB_ADDRESSES": "a:1", "NUM_PROCESSES": "2", "PROCESS_ID": "2"}, "from 0 to .* - 1"),
        ("multiworker", {"JOB_ADDRESSES": "a:1", "NUM_PROCESSES": "two", "PROCESS_ID": "0"}, "NUM_PROCESSES=two"),
    ],
)
def test_what_is_missing_is_named(monkeypatch, distribute, variables, message):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    for name in distribution.CLUSTER:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(f"KERAS_DISTRIBUTION_{name}", value)
    with pytest.raises(ValueError, match=message):
        distribution.join(distribute, seed=0)


@pytest.mark.parametrize("batch_size", [2, 6])
def test_a_batch_must_be_a_multiple_of_the_devices(monkeypatch, batch_size):
    monkeypatch.setattr(loop, "share_of", lambda task: Share(4))
    with pytest.raises(ValueError, match=f"multiple of the number of devices, 4. Received: batch_size={batch_size}"):
        train(tiny_task(), Examples(["good"], [1]), epochs=1, learning_rate=1e-3, batch_size=batch_size)


def test_what_needs_one_device_says_so(monkeypatch):
    monkeypatch.setattr(loop, "is_distributed", lambda task: True)
    with pytest.raises(ValueError, match="timesteps needs distribute='none'"):
        train(tiny_task(), Examples(["good"], [1]), epochs=1, learning_rate=1e-3, batch_size=1, timesteps=2)
