"""Exchange rates: eight currencies in US dollars, day by day from 1990 to 2016.

Australia, Great Britain, Canada, Switzerland, China, Japan, New Zealand and Singapore. The file says neither which
column is which nor the dates; the names are those of the paper, in its order.

Source, the `source=` of `rnn_zoo.load_dataset` and of `ExchangeRate`: `exchange_rate.txt`, as in the repository
laiguokun/multivariate-time-series-data (also `.train-valid.txt`, plain or `.gz` or `.xz`), or its folder. There is no
default source.

Splits, in order of time:

* The whole file, 7,588 days: the customary 60 %, 20 % and 20 %.
* A shorter file: the first 75 %, the next 12.5 % and the last 12.5 %. Of the first 6,070 days of the file, which others
  train and validate on, these are 4,552, 759 and 759. So these test figures are not the customary ones.

An example is a history of 96 days and the 24 that followed it, every day one; `read_splits` takes other lengths.

Source: Lai, Chang, Yang & Liu, "Modeling long- and short-term temporal patterns with deep neural networks", SIGIR 2018.
Licence: not stated.
"""

from rnn_zoo.datasets.original_files import OriginalFilesBuilder
from rnn_zoo.datasets.windows import cut_parts, ends_by_share, find_series, windowed
from rnn_zoo.files import decode_text, read_bytes
from rnn_zoo.formats.tables import parse_table

VARIABLES = (
    "Australia", "Great Britain", "Canada", "Switzerland", "China", "Japan", "New Zealand", "Singapore",
)  # fmt: skip
WHOLE = 7588
HOMEPAGE = "https://github.com/laiguokun/multivariate-time-series-data"
LICENCE = "None stated."
CITATION = """@inproceedings{lai2018modeling,
  author = {Lai, Guokun and Chang, Wei-Cheng and Yang, Yiming and Liu, Hanxiao},
  title = {Modeling Long- and Short-Term Temporal Patterns with Deep Neural Networks},
  booktitle = {SIGIR},
  year = {2018}
}"""


def read_splits(source=None, manager=None, **settings):
    """All splits of the exchange rates.

    Args:
        source: a path, see the top of this module.
        manager: not used: there is nothing to download.
        settings: `context`, `horizon` and `stride` of `cut_windows`.

    Returns:
        A dictionary of `Examples`, see `cut_parts`.

    Raises:
        ValueError: for a damaged file; the message names the line.
        FileNotFoundError: for a missing file, or without a source.
    """
    (path,) = original_files(source)
    series = parse_table(decode_text(read_bytes(path), path), path, has_header=False).values
    if series.shape[1] != len(VARIABLES):
        raise ValueError(f"{path}, line 1: a line must have {len(VARIABLES)} columns. Received: {series.shape[1]}")
    whole = len(series) == WHOLE
    shares = (0.6, 0.8, 1.0) if whole else (0.75, 0.875, 1.0)
    ends = ends_by_share(len(series), dict(zip(("train", "validation", "test"), shares, strict=True)))
    return cut_parts(series, ends, official_test=whole, **settings)


def original_files(source):
    """The file, in a list.

    Raises:
        FileNotFoundError: if it is missing.
    """
    return find_series(source, ("exchange_rate", "exchange_rate.train-valid"), ".txt", HOMEPAGE)


class ExchangeRate(OriginalFilesBuilder):
    """The tensorflow-datasets builder of the exchange rates; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import ExchangeRate
        >>> builder = ExchangeRate(source="data/exchange_rate", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = windowed(len(VARIABLES))
