"""Promoters: does transcription of a gene start in this piece of DNA?

Sequences of 81 bases (bacteria; transcription starts at the 61st) or 251 bases (eukaryotes; at the 201st), promoters
from RegulonDB, DBTBS and EPDnew, others from inside genes, of the bacteria from the opposite strand. The files that we
know hold four of five sequences: one is left out if its sha1 is divisible by 5.

Source, the `source=` of `rnn_zoo.load_dataset` and of `Promoters`: a folder with the two FASTA files of an organism, as
in the repository solovictor/CNNPromoterData (`Ecoli_prom.fa`, `Ecoli_non_prom.fa` and so on; also `.train.fa`, plain or
`.gz` or `.xz`). There is no default source.

Subsets, with the sequences of the files that we know, non-promoters first:

* "ecoli", the usual one: 2,382 and 660, sigma-70 promoters of Escherichia coli
* "bacillus": 790 and 303, Bacillus subtilis
* "arabidopsis_tata" and "arabidopsis_non_tata": 2,259, and 1,181 with or 4,729 without a TATA box
* "mouse_tata": 2,791 and 1,017

Splits: by the sha1 of the sequence, see `cut_by_content`, so that the few that occur twice never straddle parts.

Source: Umarov & Solovyev, "Recognition of prokaryotic and eukaryotic promoters using convolutional deep learning neural
networks", PLoS ONE 2017. Licence: not stated.
"""

import tensorflow_datasets as tfds

from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder, cut_by_content, labelled
from rnn_zoo.datasets.sources import named_source
from rnn_zoo.formats.fasta import read_fasta

CLASS_NAMES = ("non-promoter", "promoter")
FILES = {
    "ecoli": ("Ecoli_non_prom", "Ecoli_prom"),
    "bacillus": ("Bacillus_non_prom", "Bacillus_prom"),
    "arabidopsis_tata": ("Arabidopsis_non_prom", "Arabidopsis_tata"),
    "arabidopsis_non_tata": ("Arabidopsis_non_prom", "Arabidopsis_non_tata"),
    "mouse_tata": ("Mouse_nonprom", "Mouse_tata"),
}
SUBSETS = tuple(FILES)
HOMEPAGE = "https://github.com/solovictor/CNNPromoterData"
LICENCE = "None stated."
CITATION = """@article{umarov2017recognition,
  author = {Umarov, Ramzan Kh. and Solovyev, Victor V.},
  title = {Recognition of prokaryotic and eukaryotic promoters using convolutional deep learning neural networks},
  journal = {PLoS ONE},
  volume = {12},
  number = {2},
  pages = {e0171410},
  year = {2017}
}"""


def read_splits(source=None, manager=None, subset="ecoli"):
    """All splits of the promoters of an organism.

    Args:
        source: a path, see the top of this module.
        manager: not used: there is nothing to download.
        subset: one of `SUBSETS`.

    Returns:
        A dictionary of `Examples`, see `cut_by_content`. Label 1 is a promoter.

    Raises:
        ValueError: for damaged files, or sequences of different lengths; the message names file and place.
        FileNotFoundError: for missing files, or without a source.
    """
    examples = Examples([], [])
    for label, path in enumerate(original_files(source, subset)):
        records = read_fasta(path)
        expected = len(records[0][1])
        for header, sequence in records:
            if len(sequence) != expected:
                raise ValueError(
                    f"{path}: sequences must be of one length, {expected} bases as the first one: the file is "
                    f"damaged or cut short. Received: {len(sequence)} bases after {header[:60]!r}"
                )
        examples.raw.extend(sequence for _, sequence in records)
        examples.labels.extend([label] * len(records))
    return cut_by_content(examples)


def original_files(source, subset="ecoli"):
    """The file of non-promoters and that of promoters.

    Raises:
        FileNotFoundError: for files that are missing.
    """
    wanted = f"the folder of Ecoli_prom.fa and the others ({HOMEPAGE})"
    folder = named_source(source, "The set of promoters", wanted)
    paths = [_file_of(folder, stem) for stem in FILES[subset]]
    missing = [stem for stem, path in zip(FILES[subset], paths, strict=True) if path is None]
    if missing:
        raise FileNotFoundError(f"{folder} must be a folder with {' and '.join(missing)}.fa (or .fa.gz, .fa.xz).")
    return paths


def _file_of(folder, stem):
    names = [f"{stem}{part}.fa{end}" for part in ("", ".train") for end in ("", ".gz", ".xz")]
    return next((folder / name for name in names if (folder / name).is_file()), None)


class Promoters(OriginalFilesBuilder):
    """The tensorflow-datasets builder of the promoters; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import Promoters
        >>> builder = Promoters(source="data/promoters", subset="bacillus", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = labelled("sequence", tfds.features.Text(), CLASS_NAMES)
