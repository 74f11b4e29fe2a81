"""Named entities: which words name a person, a place, an organization ...?"""

from rnn_zoo.codecs import EntityTags
from rnn_zoo.formats.tag_schemes import PREFIXES
from rnn_zoo.models.tagging import CHOICES as TOKENS
from rnn_zoo.models.tagging import bigrams, build, tokens_of

LEARN = {"preprocessor": tokens_of, "codec": EntityTags, "bigrams": bigrams}
CHOICES = {**TOKENS, "scheme": tuple(PREFIXES)}

__all__ = ["CHOICES", "LEARN", "build"]
