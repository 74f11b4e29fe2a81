"""Phrases that a traveller says, in English, French and Korean, written for this package."""

import itertools
import re
from pathlib import Path

import numpy as np

from rnn_zoo.checks import check_choice
from rnn_zoo.datasets.translation import plain
from rnn_zoo.formats.tables import read_cells

LANGUAGES = ("en", "fr", "ko")
AFTER_CONSONANTS = {"예요": "이에요", "라고": "이라고"}
"""Endings of Korean, which phrases hold as they are after vowels."""
SLOT = re.compile(r"\{(\w+)\}(예요|라고)?")
MOST = 80
"""So many sentences are made of one phrase, at most."""


def phrases(target, held_out=()):
    """Greetings, questions, directions, times, prices: 750 phrases, their slots filled, and as they are typed in haste.

    Args:
        target: "fr" or "ko".
        held_out: texts that are measured on; what is among them, but for case and punctuation, is left out.

    Returns:
        Pairs of an English sentence and its translation, a list, the same every time; each English sentence comes as it
        is and in small letters without what closes it.

    Example:
        >>> import rnn_zoo
        >>> pairs = rnn_zoo.datasets.phrases("fr")
        >>> pairs[0], pairs[1]
        (('Hello.', 'Bonjour.'), ('hello', 'Bonjour.'))
        >>> dict(pairs)["It is half past five."]
        'Il est cinq heures et demie.'
    """
    check_choice("target", target, LANGUAGES[1:])
    texts = [None] if isinstance(held_out, str) else list(held_out)
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(f"held_out must be texts: write [text] for a single one. Received: {held_out=}")
    column, words, held_out = LANGUAGES.index(target), {}, set(map(plain, texts))
    for _, (slot, *forms) in read_cells(_file("phrase_words.tsv"), header=["slot", *LANGUAGES], tabs=True):
        words.setdefault(slot, []).append(forms)
    rng, pairs = np.random.default_rng(0), {}
    for _, forms in read_cells(_file("phrases.tsv"), header=list(LANGUAGES), tabs=True):
        slots = list(dict.fromkeys(match[1].lower() for match in SLOT.finditer("".join(forms))))
        fillings = list(itertools.product(*(words[slot] for slot in slots)))
        for index in sorted(rng.permutation(len(fillings))[:MOST]):
            filling = dict(zip(slots, fillings[index], strict=True))
            english, translation = (_filled(forms[side], filling, side) for side in (0, column))
            if not held_out.isdisjoint(map(plain, (english, translation))):
                continue
            pairs.setdefault(english, translation)
            pairs.setdefault(re.sub(r"[.?!]$", "", english).lower(), translation)
    return list(pairs.items())


def _filled(text, filling, side):
    def word(match):
        found, ending = filling[match[1].lower()][side], match[2] or ""
        if ending and (ord(found[-1]) - ord("가")) % 28:  # the last of a syllable's letters, 0 where it ends in a vowel
            ending = AFTER_CONSONANTS[ending]
        return (found[0].upper() + found[1:] if match[1][0].isupper() else found) + ending

    return SLOT.sub(word, text)


def _file(name):
    return Path(__file__).with_name(name)
