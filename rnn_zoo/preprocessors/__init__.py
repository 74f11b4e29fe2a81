"""Preprocessors: raw examples in, right-padded arrays out. They need neither Keras nor TensorFlow."""

from rnn_zoo.preprocessors.audio import Cepstra, LogMel
from rnn_zoo.preprocessors.character_tokens import CharacterTokens
from rnn_zoo.preprocessors.frames import Frames
from rnn_zoo.preprocessors.histories import Series
from rnn_zoo.preprocessors.image_questions import ImageQuestions
from rnn_zoo.preprocessors.kmers import DNA
from rnn_zoo.preprocessors.photos import Photos
from rnn_zoo.preprocessors.pitches import Genres, Pieces
from rnn_zoo.preprocessors.pixels import Pixels, PixelSequence, shuffled_order
from rnn_zoo.preprocessors.spelling import Letters, SpacedTokens
from rnn_zoo.preprocessors.subwords import Subwords
from rnn_zoo.preprocessors.text import Characters, Jamo, SpacedWords, Words
from rnn_zoo.preprocessors.tokens import Tokens
from rnn_zoo.preprocessors.videos import Videos

__all__ = [
    "DNA",
    "Cepstra",
    "CharacterTokens",
    "Characters",
    "Frames",
    "Genres",
    "ImageQuestions",
    "Jamo",
    "Letters",
    "LogMel",
    "Photos",
    "Pieces",
    "PixelSequence",
    "Pixels",
    "Series",
    "SpacedTokens",
    "SpacedWords",
    "Subwords",
    "Tokens",
    "Videos",
    "Words",
    "shuffled_order",
]
