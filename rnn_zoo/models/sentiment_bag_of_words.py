"""Sentiment without the order of tokens."""

from rnn_zoo.codecs import Classes
from rnn_zoo.models.bags import CHOICES, bag_of_tokens, build

LEARN = {"preprocessor": bag_of_tokens, "codec": Classes}

__all__ = ["CHOICES", "LEARN", "build"]
