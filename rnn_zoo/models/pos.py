"""Parts of speech: is a word a noun, a verb, an adjective ...?"""

from rnn_zoo.codecs import Tags
from rnn_zoo.models.tagging import CHOICES, bigrams, build, tokens_of

LEARN = {"preprocessor": tokens_of, "codec": Tags, "bigrams": bigrams}

__all__ = ["CHOICES", "LEARN", "build"]
