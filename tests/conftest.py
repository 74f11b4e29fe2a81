"""Every test starts from the same seed, the float32 policy and an empty Keras session."""

import functools
import gc
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")  # each core has a worker of its own
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

import pytest

if os.environ.get("KERAS_BACKEND") == "torch":  # what a model computed is read as an array, as under the other backends
    import torch

    read = torch.Tensor.__array__
    torch.Tensor.__array__ = lambda tensor, dtype=None, copy=None: read(tensor.detach(), dtype)

TEXTS = [
    "a great film, funny and moving",
    "great great great",
    "funny film",
    "moving and warm!",
    "a warm, funny story",
    "a great story",
    "a dull film, slow and empty",
    "dull dull dull",
    "slow film",
    "empty and cold!",
    "a cold, slow story",
    "a dull story",
]
LABELS = ["positive"] * 6 + ["negative"] * 6


gc.disable()  # what is imported stays: to search it for garbage takes a fifth of the time that importing takes


def pytest_collection_finish():
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _same_start_for_every_test():
    import keras  # not by the process that hands tests out and runs none

    keras.utils.set_random_seed(0)
    yield
    keras.config.set_dtype_policy("float32")
    keras.utils.clear_session(free_memory=False)
    if keras.backend.backend() == "tensorflow":
        # Keras' optimizers leave each traced training step here, and with it a graph, for good
        from tensorflow.python.framework import ops

        registry = ops.gradient_registry._registry
        for name in [name for name in registry if name.startswith("CustomGradient-")]:
            del registry[name]


@pytest.fixture
def texts():
    """A dozen short texts, half of them positive."""
    return list(TEXTS)


@pytest.fixture
def labels():
    """The classes of `texts`."""
    return list(LABELS)


@pytest.fixture
def vocabulary(texts):
    """The words of `texts`."""
    from rnn_zoo import Words

    return Words.build_vocabulary(texts)


@pytest.fixture
def tiny_task(vocabulary):
    """Make a sentiment model small enough to build and run in a second."""

    def make(core="gru", **settings):
        import rnn_zoo

        small = {"embedding_dim": 8, "units": 8, "bidirectional": False, **settings}
        codec = rnn_zoo.Classes(["negative", "positive"])
        return getattr(rnn_zoo, f"sentiment_{core}")(rnn_zoo.Words(vocabulary), codec, **small)

    return make


@pytest.fixture
def eager_training(monkeypatch):
    """Training without graphs, whose tracing takes longer than a few small steps."""
    import keras

    monkeypatch.setattr(keras.Model, "compile", functools.partialmethod(keras.Model.compile, run_eagerly=True))


@pytest.fixture(scope="module")
def loaded_once():
    """Files of models are loaded once, so that commands that are tried one after another share a graph."""
    from rnn_zoo import catalogue

    load = catalogue.load_task
    kept = functools.cache(lambda path, written_at: load(path))

    def load_once(path):
        return kept(str(path), Path(path).stat().st_mtime_ns) if Path(path).is_file() else load(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "load_task", load_once)
        yield


@pytest.fixture
def aclimdb(tmp_path):
    """A folder laid out as the original, test half included."""
    for half in ("train", "test"):
        for label, word in (("neg", "awful"), ("pos", "lovely")):
            folder = tmp_path / "aclImdb" / half / label
            folder.mkdir(parents=True)
            for place in range(20):
                text = f"film number {place % 7} was {word} in scene {place % 3} " * 25
                (folder / f"{place}_{9 if label == 'pos' else 2}.txt").write_text(text, encoding="utf-8")
    return tmp_path / "aclImdb"
