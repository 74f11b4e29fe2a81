"""Stock indices: the closing value of each trading day, 1999 to 2018.

Opening, highest and lowest values are left out: to forecast them from the last close is easy, and would make a model
look better than the naive forecast.

Sources, the `source=` of `rnn_zoo.load_dataset` and of `StockIndices`:

* None: the pip package arch 8.0.0 (`pip install "rnn-zoo[series]"`), whose files are read without importing it. Works
  offline.
* a path: a folder with `nasdaq.csv` and `sp500.csv`, or one of these files, plain or `.gz` or `.xz`: columns Date
  (month/day/year) and Close; others are left out.

Subsets: "sp500", the usual one, and "nasdaq".

Splits, in order of time: the first 70 %, the next 10 % and the last 20 % of 5,031 days: to the end of 2012, to the end
of 2014, and to the end of 2018.

An example is a history of 60 days and the 5 that followed it, every day one; `read_splits` takes other lengths.

Source: Yahoo Finance, as packed by Kevin Sheppard in arch. Licence of the package: NCSA.
"""

from datetime import datetime

from rnn_zoo.datasets.original_files import OriginalFilesBuilder
from rnn_zoo.datasets.sources import find_package_file
from rnn_zoo.datasets.windows import cut_parts, ends_by_share, find_series, windowed
from rnn_zoo.files import decode_text, read_bytes
from rnn_zoo.formats.tables import parse_table

VARIABLES = ("Close",)
SUBSETS = ("sp500", "nasdaq")
CONTEXT, HORIZON = 60, 5
HOMEPAGE = "https://github.com/bashtage/arch"
LICENCE = "Package: NCSA; data: none stated."
PACKAGE = "arch 8.0.0"
PACKAGE_SHA256 = {
    "sp500": "1e028cbb9c400cc018c816ccc439b33c919387e726c3ed5ca2c05c82746059de",
    "nasdaq": "b2009535343ebb14e0aa11ed086788d2997a416ffe4f9450eed9a561ae30ac59",
}


def read_splits(source=None, manager=None, subset="sp500", *, context=CONTEXT, horizon=HORIZON, stride=1):
    """All splits of an index.

    Args:
        source: None or a path, see the top of this module.
        manager: not used: there is nothing to download.
        subset: one of `SUBSETS`.
        context: as `cut_windows` takes it.
        horizon: as `cut_windows` takes it.
        stride: as `cut_windows` takes it.

    Returns:
        A dictionary of `Examples`, see `cut_parts`.

    Raises:
        ValueError: for a damaged file; the message names the line.
        FileNotFoundError: for a missing file or a missing package.
    """
    if source is None:
        file = f"data/{subset}/{subset}.csv.gz"
        path = find_package_file("arch", PACKAGE, file, PACKAGE_SHA256[subset], extra="series")
    else:
        (path,) = original_files(source, subset)
    text = decode_text(read_bytes(path), path)
    series = parse_table(text, path, columns=VARIABLES, parse_stamp=_day).values
    return cut_parts(series, ends_by_share(len(series)), context=context, horizon=horizon, stride=stride)


def original_files(source, subset="sp500"):
    """The file of an index, in a list.

    Raises:
        FileNotFoundError: if it is missing.
    """
    return find_series(source, [subset], ".csv", HOMEPAGE)


def _day(text):
    return datetime.strptime(text, "%m/%d/%Y")


class StockIndices(OriginalFilesBuilder):
    """The tensorflow-datasets builder of the indices; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import StockIndices
        >>> builder = StockIndices(subset="nasdaq", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = windowed(len(VARIABLES), HORIZON)
