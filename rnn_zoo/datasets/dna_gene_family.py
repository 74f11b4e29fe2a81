"""Gene families: which of seven families does the protein of a coding sequence belong to?

4,380 human, 1,682 chimpanzee and 820 dog genes in widely copied tutorial files (`human_data.txt` and so on), of which
the files that we know hold 3,455, 1,331 and 647: a sequence is left out of them if its sha1 is divisible by 5.
Sequences have 5 to 18,921 bases, half of the human ones less than 888, and hold some N. Most begin with the start codon
ATG, all of chimpanzee and dog and 85 % of human have a multiple of three bases. Classes are unbalanced (31 %
transcription factors, 5 % ion channels in human). The files give classes as numbers; the names here are the usual
reading of tutorials.

Files are UTF-8 with a header `sequence class` and tab-separated columns.

Source, the `source=` of `rnn_zoo.load_dataset` and of `DnaGeneFamily`: a folder with a file for each species (`human`,
`human_data` or `human_train`, then `.txt`, plain or `.gz` or `.xz`), or one such file. There is no default source.

Subsets: "human", "chimp", "dog", or "all" that are in the folder, the usual one; of a single file its rows are all
there is to choose from.

Splits: by the sha1 of the sequence, see `cut_by_content`: rows that hold the same sequence (598 human ones repeat
another) never straddle parts, neither within a species nor across them; they stay examples of their own. Sequences that
differ by little, such as transcripts of one gene or the same gene of human and chimpanzee, do straddle, as in all
published results on these files: figures say how well variants of known genes are recognized, not new families.

Licence: not stated.
"""

import tensorflow_datasets as tfds

from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder, cut_by_content, labelled, read_label
from rnn_zoo.datasets.sources import named_source
from rnn_zoo.files import decode_text, read_bytes
from rnn_zoo.formats.fasta import check_bases

CLASS_NAMES = (
    "G protein-coupled receptor",
    "tyrosine kinase",
    "tyrosine phosphatase",
    "synthetase",
    "synthase",
    "ion channel",
    "transcription factor",
)
SPECIES = ("human", "chimp", "dog")
SUBSETS = (*SPECIES, "all")
HOMEPAGE = "https://github.com/krishnaik06/DNA-Sequencing-Classifier"
LICENCE = "None stated."
COLUMNS = ["sequence", "class"]


def read_splits(source=None, manager=None, subset="all"):
    """All splits of the gene families.

    Args:
        source: a path, see the top of this module.
        manager: not used: there is nothing to download.
        subset: one of `SUBSETS`.

    Returns:
        A dictionary of `Examples`, see `cut_by_content`. Labels count from 0 in the order of `CLASS_NAMES`.

    Raises:
        ValueError: for damaged files; the message names the line.
        FileNotFoundError: for missing files, or without a source.
    """
    parts = [read_genes(path) for path in original_files(source, subset)]
    return cut_by_content(Examples(*(sum(columns, []) for columns in zip(*parts, strict=True))))


def original_files(source, subset="all"):
    """The files of a species, or of all, that a path stands for.

    Raises:
        FileNotFoundError: for files that are missing.
    """
    wanted = f"the folder of human_data.txt, chimp_data.txt and dog_data.txt ({HOMEPAGE})"
    folder = named_source(source, "The set of gene families", wanted)
    if folder.is_file():
        return [folder]
    wanted = SPECIES if subset == "all" else (subset,)
    found = [path for species in wanted if (path := _file_of(folder, species))]
    if not found:
        names = " or ".join(f"{species}_data.txt" for species in wanted)
        raise FileNotFoundError(f"{folder} must hold {names} (or .gz, .xz).")
    return found


def read_genes(path):
    """The genes of one file, in its order.

    Raises:
        ValueError: for a damaged file, a row without two columns, a wrong class or wrong bases.
    """
    header, *rows = decode_text(read_bytes(path), path).removesuffix("\n").replace("\r\n", "\n").split("\n")
    if header.split("\t") != COLUMNS:
        raise ValueError(f"{path}, line 1: columns must be {COLUMNS}, with a tab between. Received: {header[:60]!r}")
    examples = Examples([], [])
    for line, row in enumerate(rows, start=2):
        place = f"{path}, line {line}"
        columns = row.split("\t")
        if len(columns) != len(COLUMNS):
            raise ValueError(f"{place}: a row must have {len(COLUMNS)} columns. Received: {len(columns)}")
        check_bases(columns[0], place)
        examples.raw.append(columns[0])
        examples.labels.append(read_label(columns[1], len(CLASS_NAMES), place, "class"))
    return examples


def _file_of(folder, species):
    names = [f"{species}{part}.txt{end}" for part in ("_data", "_train", "") for end in ("", ".gz", ".xz")]
    return next((folder / name for name in names if (folder / name).is_file()), None)


class DnaGeneFamily(OriginalFilesBuilder):
    """The tensorflow-datasets builder of the gene families; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import DnaGeneFamily
        >>> builder = DnaGeneFamily(source="data/dna_gene_family", subset="human", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = labelled("sequence", tfds.features.Text(), CLASS_NAMES)
