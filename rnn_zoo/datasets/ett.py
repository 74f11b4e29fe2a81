"""ETT: load and oil temperature of electricity transformers in China, hour by hour from July 2016.

Seven variables: six loads (high, middle and low; useful and useless) and the oil temperature, OT.

Source, the `source=` of `rnn_zoo.load_dataset` and of `Ett`: a folder with `ETTh1.csv` and `ETTh2.csv`, as in the
repository zhouhaoyi/ETDataset (also `.train-valid.csv`, plain or `.gz` or `.xz`), or one of these files. There is no
default source.

Subsets: "etth1", the usual one, and "etth2", another transformer.

Splits, in order of time; months of 30 days:

* The whole file, 17,420 hours: the customary 12, 4 and 4 months, rows 1 to 8,640, to 11,520 and to 14,400.
* The file cut after 16 months, 11,520 hours: the same 12 months for training; the next 2 for validation and the last 2
  for test, rows 8,641 to 10,080 and to 11,520, which others validate on. So these test figures are not the customary
  ones.
* A file of another length: the first 75 %, the next 12.5 % and the last 12.5 %.

An example is a history of 96 hours and the 24 hours that followed it, every hour one; `read_splits` takes other
lengths. Scaling is no matter of the dataset.

Source: Zhou et al., "Informer: beyond efficient transformer for long sequence time-series forecasting", AAAI 2021.
Licence: CC BY-ND 4.0.
"""

from rnn_zoo.datasets.original_files import OriginalFilesBuilder
from rnn_zoo.datasets.windows import cut_parts, ends_by_share, find_series, windowed
from rnn_zoo.files import decode_text, read_bytes
from rnn_zoo.formats.tables import parse_table

VARIABLES = ("HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT")
FILES = {"etth1": "ETTh1", "etth2": "ETTh2"}
SUBSETS = tuple(FILES)
WHOLE, CUT = 17_420, 11_520
HOMEPAGE = "https://github.com/zhouhaoyi/ETDataset"
LICENCE = "CC BY-ND 4.0"
CITATION = """@inproceedings{zhou2021informer,
  author = {Zhou, Haoyi and Zhang, Shanghang and Peng, Jieqi and Zhang, Shuai and Li, Jianxin and Xiong, Hui and
    Zhang, Wancai},
  title = {Informer: Beyond Efficient Transformer for Long Sequence Time-Series Forecasting},
  booktitle = {AAAI},
  year = {2021}
}"""


def read_splits(source=None, manager=None, subset="etth1", **settings):
    """All splits of a transformer's series.

    Args:
        source: a path, see the top of this module.
        manager: not used: there is nothing to download.
        subset: one of `SUBSETS`.
        settings: `context`, `horizon` and `stride` of `cut_windows`.

    Returns:
        A dictionary of `Examples`, see `cut_parts`.

    Raises:
        ValueError: for damaged files; the message names file and line.
        FileNotFoundError: for missing files, or without a source.
    """
    (path,) = original_files(source, subset)
    series = parse_table(decode_text(read_bytes(path), path), path, columns=VARIABLES).values
    if len(series) == WHOLE:
        ends = {"train": 8640, "validation": 11_520, "test": 14_400}
    elif len(series) == CUT:
        ends = {"train": 8640, "validation": 10_080, "test": 11_520}
    else:
        ends = ends_by_share(len(series), {"train": 0.75, "validation": 0.875, "test": 1.0})
    return cut_parts(series, ends, official_test=len(series) == WHOLE, **settings)


def original_files(source, subset="etth1"):
    """The file of a transformer, in a list.

    Raises:
        FileNotFoundError: if it is missing.
    """
    return find_series(source, (FILES[subset], f"{FILES[subset]}.train-valid"), ".csv", HOMEPAGE)


class Ett(OriginalFilesBuilder):
    """The tensorflow-datasets builder of ETT; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import Ett
        >>> builder = Ett(source="data/ett", subset="etth2", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = windowed(len(VARIABLES))
