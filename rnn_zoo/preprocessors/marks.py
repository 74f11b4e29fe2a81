r"""Characters that belong to the one before them, as patterns for `re`, which knows no `\p{M}`.

They are vowels and tones in the scripts of India and Southeast Asia, vowels in Arabic and Hebrew, accents that are
written as characters of their own, and what joins or parts letters without being seen.
"""

import itertools
import sys
import unicodedata

SOFT_HYPHEN = "\u00ad"
_JOINERS = "\u200c\u200d"


def _marks(first, last):
    """Unicode's marks from first to last, as ranges of a character class."""
    codes = [code for code in range(first, last) if unicodedata.category(chr(code)).startswith("M")]
    runs = [list(run) for _, run in itertools.groupby(enumerate(codes), lambda pair: pair[1] - pair[0])]
    return "".join(f"{chr(run[0][1])}-{chr(run[-1][1])}" for run in runs)


_FIRST_RARE = 0x10000
_COMMON = _marks(0x300, _FIRST_RARE)
_RARE = f"(?=[{chr(_FIRST_RARE)}-{chr(sys.maxunicode)}])[{_marks(_FIRST_RARE, 0x1F000)}\U000e0100-\U000e01ef]"
"""`re` goes through characters above 16 bits one by one, so others are told apart before."""

MARK = f"(?:[{_COMMON}]|{_RARE})"
"""A mark."""

INNER = f"(?:[{_COMMON}{_JOINERS}{SOFT_HYPHEN}]|{_RARE})"
"""What stands within words beside letters: a mark, a joiner or a soft hyphen."""
