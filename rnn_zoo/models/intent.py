"""Intents: what does somebody want, and which words say of what?"""

from rnn_zoo.codecs import Requests
from rnn_zoo.models.ner import CHOICES
from rnn_zoo.models.tagging import bigrams, build, tokens_of

LEARN = {"preprocessor": tokens_of, "codec": Requests, "bigrams": bigrams}

__all__ = ["CHOICES", "LEARN", "build"]
