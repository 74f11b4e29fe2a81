"""Star reviews: texts with 1 to 5 stars, of any table, or Amazon's product reviews.

Label 0 is one star.

Sources, the `source=` of `rnn_zoo.load_dataset` and of `StarReviews`:

* a path: a table in UTF-8 with stars and texts, plain or compressed (`.gz`, `.xz`), or a folder with `train` and `test`
  of it: `.tsv` has tabs between columns and no quoting, `.csv` commas and double quotes. A first line with names says
  where stars (`stars`, `star_rating`, `rating`, `label`) and texts (`text`, `review_body`, `review`) stand; without
  one, stars are the first column and texts the last, as in Yelp's and Amazon's "full" files of Zhang et al.
* "tfds", for `load_dataset` only: TFDS's `amazon_us_reviews`, which may no longer be downloadable, see
  `rnn_zoo.datasets.from_tfds`. Its subsets are the products, for example "Musical_Instruments_v1_00".

Splits: by the sha1 of the text, about 80 %, 10 % and 10 %, so that equal texts are in one part (see `cut_by_content`).
Of a folder with a test table, test is that; train and validation are all others by the sha1.

Source: your own; Zhang, Zhao & LeCun, "Character-level convolutional networks for text classification", NeurIPS 2015;
TFDS. Licence: that of the reviews.
"""

import csv
import io

import tensorflow_datasets as tfds

from rnn_zoo.datasets.column_files import find_file
from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder, cut_by_content, labelled, read_label
from rnn_zoo.datasets.sources import named_source
from rnn_zoo.files import decode_text, read_bytes

CLASS_NAMES = tuple("12345")
HOMEPAGE = "https://www.tensorflow.org/datasets/catalog/amazon_us_reviews"
LICENCE = "That of the reviews."
STARS_COLUMNS = ("stars", "star_rating", "rating", "label")
TEXT_COLUMNS = ("text", "review_body", "review")


def read_splits(source=None, manager=None):
    """All splits of a table of reviews.

    Args:
        source: a path, see the top of this module.
        manager: not used: nothing is downloaded.

    Returns:
        A dictionary of `Examples`, see `cut_by_content`.

    Raises:
        ValueError: for a damaged file; the message names the line.
        FileNotFoundError: for missing files.
    """
    labelled_reviews, *test = map(read_table, original_files(source))
    splits = cut_by_content(labelled_reviews)
    if test:
        rest = [splits["train"], splits["test"]]
        train = Examples(*([one for part in rest for one in part[column]] for column in range(2)))
        splits = {**splits, "train": train, "test": test[0]}
    return splits


def original_files(source):
    """The table of a path, or of a folder `train` and, if it is there, `test`.

    Raises:
        FileNotFoundError: if they are missing.
    """
    wanted = "a .csv or .tsv file of stars and texts, or its folder,"
    path = named_source(source, "The set of star reviews", wanted)
    if path.is_file():
        return [path]
    found = [find_file(path, [f"{part}.csv", f"{part}.tsv"]) for part in ("train", "test")]
    if found[0] is None:
        raise FileNotFoundError(f"{path} must hold train.csv or train.tsv (or .gz, .xz).")
    return [one for one in found if one]


def read_table(path):
    """The reviews of one file, in its order, without empty texts.

    Raises:
        ValueError: for a damaged file, a row with fewer columns than the first one, or stars other than 1 to 5.
    """
    text = io.StringIO(decode_text(read_bytes(path), path), newline="")
    tabs = ".tsv" in path.suffixes
    rows = csv.reader(text, delimiter="\t" if tabs else ",", quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL)
    examples, places = Examples([], []), None
    try:
        for row in rows:
            if places is None:
                places, is_header = _places(row)
                if is_header:
                    continue
            place = f"{path}, line {rows.line_num}"
            if len(row) <= max(places):
                raise ValueError(f"{place}: a row must have {max(places) + 1} columns or more. Received: {len(row)}")
            stars = read_label(row[places[0]].strip(), len(CLASS_NAMES), place, "stars", first=1)
            if row[places[1]].strip():
                examples.raw.append(row[places[1]])
                examples.labels.append(stars)
    except csv.Error as error:
        raise ValueError(f"{path}, line {rows.line_num}: {error}") from error
    return examples


def _places(row):
    """Where stars and texts stand, and whether the row says so."""
    names = [name.strip().lower() for name in row]
    found = [
        next((names.index(one) for one in wanted if one in names), None) for wanted in (STARS_COLUMNS, TEXT_COLUMNS)
    ]
    return (found, True) if None not in found else ((0, max(len(row) - 1, 1)), False)


class StarReviews(OriginalFilesBuilder):
    """The tensorflow-datasets builder of star reviews; the top of this module describes source and splits.

    Example:
        >>> from rnn_zoo.datasets import StarReviews
        >>> builder = StarReviews(source="data/yelp_review_full_csv", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = labelled("text", tfds.features.Text(), CLASS_NAMES)
