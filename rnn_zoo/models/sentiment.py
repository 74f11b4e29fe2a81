"""Sentiment: is a text negative or positive?"""

from rnn_zoo.codecs import Classes
from rnn_zoo.models.texts import CHOICES, bigrams, build, tokenizer

LEARN = {"preprocessor": tokenizer, "codec": Classes, "bigrams": bigrams}

__all__ = ["CHOICES", "LEARN", "build"]
