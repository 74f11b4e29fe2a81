"""CoNLL-2003: English newswire with persons, places, organizations and other names.

The English part of the shared task: Reuters stories of 1996 and 1997. Its official parts are train (14,041 sentences of
946 documents), testa (3,250 sentences, 216 documents) and testb (3,453 sentences). Tags here are BIO.

Files have one token a line, in four columns: word, part of speech, chunk and entity, of which we read the first and the
last; a line `-DOCSTART-` opens a document. Entities are spelled in IOB1 in the original files and in BIO in many
copies: we read both, and give BIO.

Source, the `source=` of `rnn_zoo.load_dataset` and of `Conll2003`: a folder with `eng.train` and `eng.testa`, and
`eng.testb` if there is one, plain or compressed (`.gz`, `.xz`).

Splits: train, validation and test are the official train, testa and testb. Without testb, test is the last documents
of train, about a tenth of its sentences: the figures are then not those of the official test part.

Source: Tjong Kim Sang & De Meulder, "Introduction to the CoNLL-2003 shared task: language-independent named entity
recognition", CoNLL 2003. The annotation is free; the text is of the Reuters Corpus, licensed for research only.
"""

from rnn_zoo.codecs.schemes import convert, tag_names
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

CLASS_NAMES = ("PER", "LOC", "ORG", "MISC")
TAGS = tag_names(CLASS_NAMES, "BIO")
HOMEPAGE = "https://www.clips.uantwerpen.be/conll2003/ner/"
LICENCE = "The Reuters Corpus is licensed for research only; do not redistribute it."
CITATION = """@inproceedings{tjong-kim-sang-de-meulder-2003-introduction,
  author = {Tjong Kim Sang, Erik F. and De Meulder, Fien},
  title = {Introduction to the {C}o{NLL}-2003 Shared Task: Language-Independent Named Entity Recognition},
  booktitle = {Proceedings of the Seventh Conference on Natural Language Learning at {HLT}-{NAACL} 2003},
  year = {2003},
  pages = {142--147},
  url = {https://aclanthology.org/W03-0419}
}"""
FILES = {
    "train": ["eng.train", "train.txt"],
    "validation": ["eng.testa", "valid.txt"],
    "test": ["eng.testb", "test.txt"],
}
NEW_DOCUMENT = "-DOCSTART-"


def read_splits(source=None, manager=None):
    """All splits of CoNLL-2003.

    Args:
        source: a folder, see the top of this module.
        manager: not used: nothing is downloaded.

    Returns:
        A dictionary of `Examples`: lists of tokens and lists of BIO tags.

    Raises:
        ValueError: for damaged files; the message names the line.
        FileNotFoundError: for missing files.
    """
    return cut_by_document(**{name: read_sentences(path) for name, path in find_files(source, FILES, HOMEPAGE).items()})


def read_sentences(path):
    """The sentences of one file, in its order.

    Raises:
        ValueError: for a damaged file, a line without four columns, or an unknown tag.
    """
    sentences, num_documents = [], 0
    for rows in read_rows(path):
        tokens, tags = [], []
        for number, line in rows:
            place = f"{path}, line {number}"
            if line.startswith(NEW_DOCUMENT):
                num_documents += 1
                continue
            word, _, _, tag = split_columns(line, 4, place)
            tokens.append(word)
            tags.append(checked_tag(tag, TAGS, place))
        if tokens:
            sentences.append(Sentence(tokens, convert(tags, "BIO"), str(num_documents)))
    return sentences


def original_files(source):
    """The paths of the files of a folder."""
    return list(find_files(source, FILES, HOMEPAGE).values())


class Conll2003(OriginalFilesBuilder):
    """The tensorflow-datasets builder of CoNLL-2003; the top of this module describes source and splits.

    Example:
        >>> from rnn_zoo.datasets import Conll2003
        >>> builder = Conll2003(source="data/conll2003", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = tagged(TAGS)
