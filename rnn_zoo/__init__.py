"""Recurrent networks for Keras 3: prebuilt models, the pipelines that feed them, recipes and trained weights.

>>> import rnn_zoo
>>> "sentiment_lstm" in rnn_zoo.list_models(io_type="many_to_one")
True

Every name is imported when it is first used, so that `import rnn_zoo` and `rnn-zoo list` are quick.
"""

import difflib
import importlib
import sys
from pathlib import Path

import lazy_loader
import wrapt

from rnn_zoo import catalogue, codecs, preprocessors
from rnn_zoo.catalogue import list_models, list_weights, read_card

__version__ = "0.1.0"

_ROOMS = (
    "answering", "buckets", "builders", "calibration", "codecs", "datasets", "encoding", "exporting", "fast_path",
    "formats", "generation", "heads", "inspection", "layers", "losses", "metrics", "models", "pipeline", "plots",
    "preprocessors", "pretrained_embeddings", "runtime", "schedules", "streaming", "streams", "task", "training",
)  # fmt: skip
_NAMES = {
    "answering": ["predict"],
    "calibration": ["calibrate"],
    "heads": ["feature_extractor", "replace_head"],
    "task": ["Task"],
    "exporting": ["export"],
    "generation.task": ["GenerativeTask"],
    "pipeline": ["batches", "describe_batches"],
    "streaming": ["to_streaming"],
    "streams": ["Stream"],
    "fast_path": ["explain_fast_path"],
    "pretrained_embeddings": ["start_from_word_vectors"],
    "datasets": ["load_dataset"],
    "preprocessors": preprocessors.__all__,
    "codecs": codecs.__all__,
    "builders": list(catalogue.ROWS),
}

_attribute, __dir__, __all__ = lazy_loader.attach(__name__, _ROOMS, _NAMES)
__all__ += ["list_models", "list_weights", "read_card"]


def __getattr__(name):
    try:
        return _attribute(name)
    except AttributeError:
        if name in __all__:  # it is there, and is itself at fault
            raise
        near = difflib.get_close_matches(name, __all__, n=1, cutoff=0.75)
        hint = f". Did you mean {near[0]!r}?" if near and not name.startswith("_") else ""
        raise AttributeError(f"rnn_zoo has no {name!r}{hint}", name=name) from None


_FOLDER = Path(__file__).parent
_OF_KERAS = [
    *(
        f"rnn_zoo.{room}.{path.stem}"
        for room in ("generation", "layers")
        for path in (_FOLDER / room).glob("[a-z]*.py")
    ),
    *(f"rnn_zoo.{room}" for room in ("heads", "losses", "metrics", "pipeline", "schedules", "task")),
]
"""Modules with classes that Keras must know, and those that they need."""
_imported = set()


def _note_import(module):
    """Make Keras' `load_model` know our classes once Keras, which one of ours may have imported, and ours are whole."""
    _imported.add(module.__name__)
    if "keras" not in _imported or any(name in sys.modules and name not in _imported for name in _OF_KERAS):
        return
    _imported.remove("keras")  # what follows happens once
    for name in _OF_KERAS:
        importlib.import_module(name)
    for room in ("preprocessors", "codecs"):  # they know nothing of Keras
        for name in _NAMES[room]:
            found = getattr(importlib.import_module(f"rnn_zoo.{room}"), name)
            sys.modules["keras"].saving.register_keras_serializable("rnn_zoo")(found)


for _name in ("keras", *_OF_KERAS):
    wrapt.register_post_import_hook(_note_import, _name)
