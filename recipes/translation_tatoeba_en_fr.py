"""Translation: learn from 108,000 everyday sentences to translate English into French: greetings, questions, prices.

python recipes/translation_tatoeba_en_fr.py --data-dir tatoeba_fra_eng  # a folder with fra_train.txt, or fra.txt
python recipes/translation_tatoeba_en_fr.py  # downloads fra-eng.zip
python recipes/translation_tatoeba_en_fr.py --data-dir tatoeba_fra_eng --core lstm
python recipes/translation_tatoeba_en_fr.py --data-dir tatoeba_fra_eng --phrases-an-epoch 3  # also 750 phrases of ours

One English sentence has several translations, of which a sentence of the test part is compared with one at a time: BLEU
is lower than readers would have it. Nearly all English sentences there say "I'm" and "don't"; so that "I am" and "do
not" are understood too, each is also learned written out, and short exclamations with a full stop.
"""

import re

from rnn_zoo.checks import check_below
from rnn_zoo.datasets import Examples, load_splits, phrases
from rnn_zoo.training import Recipe

SHORT = 4
"""Words of an exclamation that is also learned with a full stop, at most."""
ASKED = r"(?! (?:I|you|he|she|it|we|they|this|that|there|the|[A-Z]\w+)\b)"
WRITTEN_OUT = (
    (rf"\b([Cc])an't\b{ASKED}", r"\1annot"),
    (rf"\b([Ww])on't\b{ASKED}", r"\1ill not"),
    (rf"(?<!\b[Cc]a)(?<!\b[Ww]o)n't\b{ASKED}", " not"),
    (r"\b([Ll])et's\b", r"\1et us"),
    (r"'m\b", " am"),
    (r"'re\b", " are"),
    (r"'ll\b", " will"),
    (r"'ve\b", " have"),
    (r"\b((?i:it|he|she|that|what|where|who|when|how|there|here))'s(?! (?:\w+e[dn]|got|had|become|gone)\b)", r"\1 is"),
)
"""Contractions and what they stand for; "'s" before a participle may be "has", "don't you" is a question."""


def written_out(text):
    """A sentence with its contractions written out."""
    for pattern, replacement in WRITTEN_OUT:
        text = re.sub(pattern, replacement, text)
    return text


def load(source, *, phrases_an_epoch=0):
    """Read the sentences, and the phrases of the package that are not among those which are measured on.

    Args:
        source: a folder with the file, None for its download.
        phrases_an_epoch: how often an epoch goes through the phrases of a traveller.
    """
    splits = load_splits("tatoeba_en_fr", source=source)
    held_out = [text for name in ("validation", "test") for text in splits[name].raw]
    more = phrases("fr", held_out) * check_below(100, phrases_an_epoch=phrases_an_epoch)
    return splits | {name: Examples.of([*zip(*splits[name], strict=True), *more]) for name in ("train", "all_train")}


def prepare(task, examples, run, *, variants=True):
    """Add other ways to write the same.

    Args:
        variants: also learn English sentences with their contractions written out, and short exclamations as sentences.
    """
    found = []
    for english, french in zip(*examples, strict=True) if variants else ():
        if (longer := written_out(english)) != english:
            found.append((longer, french))
        if english.endswith("!") and french.endswith("!") and len(english.split()) <= SHORT:
            found.append((f"{english[:-1]}.", f"{french[:-1].rstrip()}."))
    return Examples.of([*zip(*examples, strict=True), *found])


main = Recipe.of(
    globals(), "translation", "tatoeba_en_fr", load=load, prepare=prepare, vocabulary_size=6_000, joint_vocabulary=True,
    embedding_dim=256, units=512, epochs=25, batch_size=256, learning_rate=3e-3, num_answers=0,
)  # fmt: skip
