"""Codecs: label encoders and postprocessors, the only place that knows what a model's targets mean.

`encode` is for training, `decode` for answers; `to_text` and `to_json` say how an answer reads. They are NumPy and
Python: what Keras needs for a codec is in `rnn_zoo.losses`, `rnn_zoo.metrics` and `rnn_zoo.heads`.
"""

from rnn_zoo.codecs.classes import Classes
from rnn_zoo.codecs.entities import EntityTags
from rnn_zoo.codecs.forecasts import Forecast
from rnn_zoo.codecs.notes import NoteSequences
from rnn_zoo.codecs.phonemes import Phonemes
from rnn_zoo.codecs.ratings import Ratings
from rnn_zoo.codecs.sequences import Captions, Sequences
from rnn_zoo.codecs.tags import Tags
from rnn_zoo.codecs.texts import Texts
from rnn_zoo.codecs.transcripts import Transcripts, WrittenTranscripts

__all__ = [
    "Captions",
    "Classes",
    "EntityTags",
    "Forecast",
    "NoteSequences",
    "Phonemes",
    "Ratings",
    "Sequences",
    "Tags",
    "Texts",
    "Transcripts",
    "WrittenTranscripts",
]
