"""Rating without the order of tokens."""

from rnn_zoo.codecs import Ratings
from rnn_zoo.models.bags import CHOICES, bag_of_tokens, build

LEARN = {"preprocessor": bag_of_tokens, "codec": Ratings}

__all__ = ["CHOICES", "LEARN", "build"]
