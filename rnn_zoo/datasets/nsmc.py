"""NSMC: Korean film reviews, negative or positive.

The Naver sentiment movie corpus v1.0 has 150,000 reviews in `ratings_train.txt` and 50,000 in `ratings_test.txt`, both
balanced. Labels come from stars (1-4 negative, 9-10 positive), so some contradict the text. A review has at most some
140 characters. A few documents are empty; we drop those rows, as everybody does.

Files are UTF-8 with tab-separated columns `id document label` and no quoting.

Sources, the `source=` of `rnn_zoo.load_dataset` and of `Nsmc`:

* None or "tfds": downloads the two original files through tensorflow-datasets, 19.5 MB.
* a folder with both original files, plain or compressed (`.gz`, `.xz`), or with `ratings_train.rebuilt.txt`: 150,000
  reviews picked anew from the raw crawl by the same rules, for those who have no originals. With a rebuilt file, a
  `ratings_test.txt` beside it is left alone, because the two overlap.
* one file of such rows.

Splits: the files are in random order already, so we cut by row, after empty documents are dropped.

* With both original files, train is the first 90 % of each class in `ratings_train`, validation the last 10 %, test is
  `ratings_test`.
* With one file, train is the first 80 % of each class, validation the next 10 %, test the last 10 %: 120,000, 15,000
  and 15,000 reviews of the rebuilt file. These test figures are not those of the official test file.

Source: Lucy Park, "Naver sentiment movie corpus v1.0", 2015. Licence CC0 1.0.
"""

import tensorflow_datasets as tfds

from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder, cut_splits, labelled, read_label
from rnn_zoo.datasets.sources import Download, download, find_source
from rnn_zoo.files import decode_text, read_bytes

CLASS_NAMES = ("negative", "positive")
HOMEPAGE = "https://github.com/e9t/nsmc"
LICENCE = "CC0 1.0"
CITATION = """@misc{park2015nsmc,
  author = {Park, Lucy},
  title = {Naver sentiment movie corpus v1.0},
  year = {2015},
  url = {https://github.com/e9t/nsmc}
}"""
DOWNLOADS = (
    Download(
        "https://raw.githubusercontent.com/e9t/nsmc/master/ratings_train.txt",
        14_628_807,
        "e03b7d14e9e41be8d464a28057cd25d7396c53e67aa7fd5f7e552c59b0ee2940",
    ),
    Download(
        "https://raw.githubusercontent.com/e9t/nsmc/master/ratings_test.txt",
        4_893_335,
        "8ac9f64052f11dbf6ae0acb5e038f03d90a76f0eda7820cfb3a92d02edfcebda",
    ),
)
COLUMNS = ["id", "document", "label"]


def read_splits(source=None, manager=None):
    """All splits of NSMC.

    Args:
        source: None, "tfds" or a path, see the top of this module.
        manager: a `tfds.download.DownloadManager`; None for the usual one.

    Returns:
        A dictionary of `Examples`, see `cut_splits`.

    Raises:
        ValueError: for damaged files; the message names the line.
        FileNotFoundError: for missing files.
        ConnectionError: for a download that fails.
    """
    paths = download(DOWNLOADS, "nsmc", manager) if source in (None, "tfds") else original_files(source)
    return cut_splits(*map(read_ratings, paths))


def original_files(source):
    """The train file and the test file of a folder, or the one file that has to do for both.

    Raises:
        FileNotFoundError: for files that are missing.
    """
    folder = find_source(source)
    if folder.is_file():
        return [folder]
    train, test, rebuilt = (
        next((path for ending in ("", ".gz", ".xz") if (path := folder / f"{name}.txt{ending}").is_file()), None)
        for name in ("ratings_train", "ratings_test", "ratings_train.rebuilt")
    )
    if rebuilt and not train:
        return [rebuilt]
    if train and test:
        return [train, test]
    missing = " and ".join(f"ratings_{half}.txt" for half, path in (("train", train), ("test", test)) if not path)
    raise FileNotFoundError(
        f"{folder} must hold ratings_train.txt and ratings_test.txt (or .gz, .xz), or ratings_train.rebuilt.txt. "
        f"Missing: {missing}"
    )


def read_ratings(path, num_classes=2, first=0):
    """The reviews of one file, in its order, without empty documents.

    Args:
        path: of the file.
        num_classes: how many labels there are.
        first: what the file calls label 0.

    Raises:
        ValueError: for a damaged file, a row without three columns or a label that is none.
    """
    text = decode_text(read_bytes(path), path)
    # Not splitlines(): it would also cut at rarer separators inside a review.
    header, *rows = text.removesuffix("\n").replace("\r\n", "\n").split("\n")
    if header.split("\t") != COLUMNS:
        raise ValueError(f"{path}, line 1: columns must be {COLUMNS}, with tabs between. Received: {header[:100]!r}")
    examples = Examples([], [])
    for line, row in enumerate(rows, start=2):
        columns = row.split("\t")
        if len(columns) != len(COLUMNS):
            raise ValueError(f"{path}, line {line}: a row must have {len(COLUMNS)} columns. Received: {len(columns)}")
        label = read_label(columns[2], num_classes, f"{path}, line {line}", first=first)
        if columns[1].strip():
            examples.raw.append(columns[1])
            examples.labels.append(label)
    if not examples.raw:
        raise ValueError(f"{path} must hold reviews. Received: a header and {len(rows)} rows without text")
    return examples


class Nsmc(OriginalFilesBuilder):
    """The tensorflow-datasets builder of NSMC; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import Nsmc
        >>> builder = Nsmc(source="data/nsmc", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = labelled("text", tfds.features.Text(), CLASS_NAMES)
