"""Rating: how many stars does the author of a text give? The network is that of sentiment."""

from rnn_zoo.codecs import Ratings
from rnn_zoo.models.texts import CHOICES, bigrams, build, tokenizer

LEARN = {"preprocessor": tokenizer, "codec": Ratings, "bigrams": bigrams}

__all__ = ["CHOICES", "LEARN", "build"]
