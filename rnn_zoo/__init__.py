"""Recurrent networks for Keras 3: prebuilt models, the pipelines that feed them, recipes and trained weights.

>>> import rnn_zoo
>>> "sentiment_lstm" in rnn_zoo.list_models(io_type="many_to_one")
True

Every name is imported when it is first used, so that `import rnn_zoo` and `rnn-zoo list` are quick.
"""

import importlib

import wrapt

from rnn_zoo import registry
from rnn_zoo.registry import list_models, list_weights, read_card

__version__ = "0.1.0"

_ROOMS = (
    "codecs",
    "datasets",
    "fast_path",
    "generation",
    "inspection",
    "layers",
    "models",
    "music",
    "pipeline",
    "plots",
    "preprocessors",
    "schedules",
    "task",
    "training",
    "word_vectors",
)
_HOMES = {
    "Task": "task",
    "GenerativeTask": "generation.task",
    "replace_head": "task",
    "feature_extractor": "task",
    "batches": "pipeline",
    "describe_batches": "pipeline",
    "explain_fast_path": "fast_path",
    "start_from_word_vectors": "word_vectors",
    "Words": "preprocessors",
    "Characters": "preprocessors",
    "Jamo": "preprocessors",
    "Letters": "preprocessors",
    "DNA": "preprocessors",
    "Pixels": "preprocessors",
    "Photos": "preprocessors",
    "Frames": "preprocessors",
    "Cepstra": "preprocessors",
    "LogMel": "preprocessors",
    "CharacterTokens": "preprocessors",
    "Films": "preprocessors",
    "Genres": "preprocessors",
    "ImageQuestions": "preprocessors",
    "Pieces": "preprocessors",
    "PixelSequence": "preprocessors",
    "Series": "preprocessors",
    "SpacedWords": "preprocessors",
    "Subwords": "preprocessors",
    "Symbols": "preprocessors",
    "Tokens": "preprocessors",
    "Captions": "codecs",
    "Classes": "codecs",
    "EntityTags": "codecs",
    "Ratings": "codecs",
    "Forecast": "codecs",
    "PieceSequences": "codecs",
    "Phonemes": "codecs",
    "Sequences": "codecs",
    "Tags": "codecs",
    "Transcripts": "codecs",
    "Texts": "codecs",
    "WrittenTranscripts": "codecs",
    "load_dataset": "datasets",
}
__all__ = ["list_models", "list_weights", "read_card", *_HOMES, *registry.ROWS]


def __getattr__(name):
    """Import a public name from its room on first use."""
    if name in registry.ROWS:
        return registry.find_builder(name)
    if name in _HOMES:
        return getattr(importlib.import_module(f"rnn_zoo.{_HOMES[name]}"), name)
    if name in _ROOMS:
        return importlib.import_module(f"rnn_zoo.{name}")
    raise AttributeError(f"module 'rnn_zoo' has no attribute {name!r}")


def __dir__():
    """Public names, for completion."""
    return sorted([*__all__, *_ROOMS])


@wrapt.when_imported("keras")
def _register_classes(_keras):
    """Make `keras.saving.load_model` know our classes as soon as Keras is there, in either import order."""
    for room in ("layers", "preprocessors", "codecs", "schedules", "task", "generation.task"):
        importlib.import_module(f"rnn_zoo.{room}")
