"""Preprocessors: raw examples in, right-padded tensors out."""

from rnn_zoo.preprocessors.audio import Cepstra, LogMel
from rnn_zoo.preprocessors.character_tokens import CharacterTokens
from rnn_zoo.preprocessors.dna import DNA
from rnn_zoo.preprocessors.films import Films
from rnn_zoo.preprocessors.frames import Frames
from rnn_zoo.preprocessors.image import Pixels, PixelSequence, shuffled_order
from rnn_zoo.preprocessors.image_questions import ImageQuestions
from rnn_zoo.preprocessors.photos import Photos
from rnn_zoo.preprocessors.pieces import Genres, Pieces
from rnn_zoo.preprocessors.series import Series
from rnn_zoo.preprocessors.spelling import Letters, Symbols
from rnn_zoo.preprocessors.subwords import Subwords
from rnn_zoo.preprocessors.text import Characters, Jamo, SpacedWords, Words
from rnn_zoo.preprocessors.tokens import Tokens
from rnn_zoo.preprocessors.word_vectors import read_word_vectors

__all__ = [
    "DNA",
    "Cepstra",
    "CharacterTokens",
    "Characters",
    "Films",
    "Frames",
    "Genres",
    "ImageQuestions",
    "Jamo",
    "Letters",
    "Photos",
    "Pieces",
    "LogMel",
    "PixelSequence",
    "Pixels",
    "Series",
    "SpacedWords",
    "Subwords",
    "Symbols",
    "Tokens",
    "Words",
    "read_word_vectors",
    "shuffled_order",
]
