"""UD English EWT: English web texts with a part of speech for every word.

The English Web Treebank in Universal Dependencies: weblogs, newsgroups, e-mails, reviews and answers, 254,820 words in
its official parts train (12,544 sentences), dev (2,001) and test (2,077). Tags are the 17 universal parts of speech.

Files are CoNLL-U: ten tab-separated columns a word, of which we read the 2nd, the form, and the 4th, the tag. Lines of
multiword tokens (`3-4`) and of words that are not written (`8.1`) are left out, as everybody does.

Source, the `source=` of `rnn_zoo.load_dataset` and of `UdEnglishEwt`: a folder with `en_ewt-ud-train.conllu` and
`en_ewt-ud-dev.conllu`, and `en_ewt-ud-test.conllu` if there is one, plain or compressed (`.gz`, `.xz`).

Splits: train, validation and test are the official train, dev and test. Without a test file, test is the last
documents of each genre of train, about a tenth of its sentences: the figures are then not those of the official test
part.

Source: Silveira et al., "A gold standard dependency corpus for English", LREC 2014. Licence CC BY-SA 4.0.
"""

from rnn_zoo.datasets.column_files import (
    Sentence,
    checked_tag,
    cut_by_document,
    find_files,
    split_columns,
    tagged,
)
from rnn_zoo.datasets.original_files import OriginalFilesBuilder
from rnn_zoo.files import read_rows

CLASS_NAMES = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM",
    "VERB", "X",
)  # fmt: skip
HOMEPAGE = "https://github.com/UniversalDependencies/UD_English-EWT"
LICENCE = "CC BY-SA 4.0"
CITATION = """@inproceedings{silveira14gold,
  author = {Natalia Silveira and Timothy Dozat and Marie-Catherine de Marneffe and Samuel Bowman and Miriam Connor and
            John Bauer and Christopher D. Manning},
  title = {A Gold Standard Dependency Corpus for {E}nglish},
  booktitle = {Proceedings of the Ninth International Conference on Language Resources and Evaluation (LREC-2014)},
  year = {2014}
}"""
FILES = {
    "train": ["en_ewt-ud-train.conllu"],
    "validation": ["en_ewt-ud-dev.conllu"],
    "test": ["en_ewt-ud-test.conllu"],
}
NEW_DOCUMENT = "# newdoc id = "


def read_splits(source=None, manager=None):
    """All splits of UD English EWT.

    Args:
        source: a folder, see the top of this module.
        manager: not used: nothing is downloaded.

    Returns:
        A dictionary of `Examples`: lists of tokens and lists of tags.

    Raises:
        ValueError: for damaged files; the message names the line.
        FileNotFoundError: for missing files.
    """
    parts = {name: read_sentences(path) for name, path in find_files(source, FILES, HOMEPAGE).items()}
    return cut_by_document(**parts, group=lambda document: document.partition("-")[0])


def read_sentences(path):
    """The sentences of one CoNLL-U file, in its order.

    Raises:
        ValueError: for a damaged file, a line without ten columns, or an unknown tag.
    """
    sentences, document = [], ""
    for rows in read_rows(path):
        tokens, tags = [], []
        for number, line in rows:
            if line.startswith("#"):
                document = line.removeprefix(NEW_DOCUMENT) if line.startswith(NEW_DOCUMENT) else document
                continue
            place = f"{path}, line {number}"
            index, form, _, tag, *_ = split_columns(line, 10, place, "\t")
            if index.isdigit():
                tokens.append(form)
                tags.append(checked_tag(tag, CLASS_NAMES, place))
        if tokens:
            sentences.append(Sentence(tokens, tags, document))
    return sentences


def original_files(source):
    """The paths of the files of a folder."""
    return list(find_files(source, FILES, HOMEPAGE).values())


class UdEnglishEwt(OriginalFilesBuilder):
    """The tensorflow-datasets builder of UD English EWT; the top of this module describes source and splits.

    Example:
        >>> from rnn_zoo.datasets import UdEnglishEwt
        >>> builder = UdEnglishEwt(source="data/ud_english_ewt", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = tagged(CLASS_NAMES)
