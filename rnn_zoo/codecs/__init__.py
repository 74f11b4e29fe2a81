"""Codecs: the only place that knows what a model's targets mean. `encode` for training, `decode` for answers.

What every codec has, besides: `pad` turns encoded targets into one tensor, `head` is the end of a network that fits it,
`loss` and `metrics` serve training, `measure`, `baselines`, `draw` and `describe` serve the report on a test part,
`renamed` serves fine-tuning.
"""

from rnn_zoo.codecs.classes import Classes
from rnn_zoo.codecs.entities import EntityTags
from rnn_zoo.codecs.phonemes import Phonemes
from rnn_zoo.codecs.pieces import PieceSequences
from rnn_zoo.codecs.ratings import Ratings
from rnn_zoo.codecs.sequences import Captions, Sequences
from rnn_zoo.codecs.series import Forecast
from rnn_zoo.codecs.tags import Tags
from rnn_zoo.codecs.texts import Texts
from rnn_zoo.codecs.transcripts import Transcripts, WrittenTranscripts

__all__ = [
    "Captions",
    "Classes",
    "EntityTags",
    "Forecast",
    "Phonemes",
    "PieceSequences",
    "Ratings",
    "Sequences",
    "Tags",
    "Texts",
    "Transcripts",
    "WrittenTranscripts",
]
