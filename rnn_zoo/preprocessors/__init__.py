"""Preprocessors: raw examples in, right-padded tensors out."""

from rnn_zoo.preprocessors.dna import DNA
from rnn_zoo.preprocessors.films import Films
from rnn_zoo.preprocessors.frames import Frames
from rnn_zoo.preprocessors.image import Pixels, PixelSequence, shuffled_order
from rnn_zoo.preprocessors.image_questions import ImageQuestions
from rnn_zoo.preprocessors.photos import Photos
from rnn_zoo.preprocessors.series import Series
from rnn_zoo.preprocessors.subwords import Subwords
from rnn_zoo.preprocessors.text import Characters, Jamo, SpacedWords, Words
from rnn_zoo.preprocessors.tokens import CharacterTokens, Tokens
from rnn_zoo.preprocessors.word_vectors import read_word_vectors

__all__ = [
    "DNA",
    "CharacterTokens",
    "Characters",
    "Films",
    "Frames",
    "ImageQuestions",
    "Jamo",
    "Photos",
    "PixelSequence",
    "Pixels",
    "Series",
    "SpacedWords",
    "Subwords",
    "Tokens",
    "Words",
    "read_word_vectors",
    "shuffled_order",
]
