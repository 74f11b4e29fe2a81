"""JSB Chorales: hymns in four voices by Johann Sebastian Bach, as piano rolls.

A piece is a list of frames, a frame what sounds at that moment: MIDI pitches from high to low, at most four. Two voices
on one pitch are one pitch, and held notes are not told apart from repeated ones. The only genre is "chorale".

Source, the `source=` of `rnn_zoo.load_dataset` and of `JsbChorales`: a folder with the JSON files of the repository
czhuang/JSB-Chorales-dataset, `{"train": [...], "valid": [...], "test": [...]}`, plain or compressed (`.gz`, `.xz`);
names may have `.train-valid` before `.json`. There is no default source.

Subsets, by the grid; the splits of all of them are 229 chorales for training, 76 for validation and 77 for testing:

* "quarter", the usual one: quarter notes, all in C major or C minor, 43 to 96, 60 frames a chorale
* "8th" and "16th": eighth and sixteenth notes in the keys of the scores, 36 to 81, 121 and 241 frames a chorale; they
  are in another order than those of quarter notes

Splits: validation is the official valid. Without a test part in the file, test is every sixth chorale of train, 38 of
229, and train is the other 191: the figures are then not those of the official test part.

Source: Boulanger-Lewandowski, Bengio & Vincent, "Modeling temporal dependencies in high-dimensional sequences:
application to polyphonic music generation and transcription", ICML 2012; harmonizations from Allan & Williams, NIPS
2004. Licence: not stated.
"""

import json

from rnn_zoo.datasets.column_files import find_file
from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder
from rnn_zoo.datasets.pieces import PIECE
from rnn_zoo.datasets.sources import named_source
from rnn_zoo.files import decode_text, read_bytes
from rnn_zoo.formats.midi import checked_piece

CLASS_NAMES = ("chorale",)
FRAMES_PER_QUARTER = {"quarter": 1, "8th": 2, "16th": 4}
SUBSETS = tuple(FRAMES_PER_QUARTER)
HOMEPAGE = "https://github.com/czhuang/JSB-Chorales-dataset"
LICENCE = "None stated."
CITATION = """@inproceedings{boulanger2012modeling,
  author = {Boulanger-Lewandowski, Nicolas and Bengio, Yoshua and Vincent, Pascal},
  title = {Modeling temporal dependencies in high-dimensional sequences: application to polyphonic music generation and
           transcription},
  booktitle = {Proceedings of the 29th International Conference on Machine Learning},
  pages = {1159--1166},
  year = {2012}
}"""
NTH_IS_TEST = 6


def read_splits(source=None, manager=None, subset="quarter"):
    """All splits of the chorales.

    Args:
        source: a folder, see the top of this module.
        manager: not used: nothing is downloaded.
        subset: one of `SUBSETS`.

    Returns:
        A dictionary of `Examples`: genres, all of them "chorale", and pieces.

    Raises:
        ValueError: for a damaged file; the message names the place.
        FileNotFoundError: for a missing file, or without a source.
    """
    (path,) = original_files(source, subset)
    try:
        content = json.loads(decode_text(read_bytes(path), path), parse_float=_pitch)
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}, line {error.lineno}: the file is damaged or cut short: {error.msg}") from error
    parts = {name: _read_part(path, content, name) for name in ("train", "valid")}
    train, validation = parts["train"], parts["valid"]
    official = isinstance(content, dict) and "test" in content
    test = _read_part(path, content, "test") if official else train[NTH_IS_TEST - 1 :: NTH_IS_TEST]
    if not official:
        train = [piece for place, piece in enumerate(train) if place % NTH_IS_TEST != NTH_IS_TEST - 1]
    found = {"train": train, "validation": validation, "test": test, "all_train": parts["train"] + validation}
    if not test:
        raise ValueError(f"{path} must hold {NTH_IS_TEST} chorales to cut a test part. Received: {len(train)}")
    return {name: Examples(["chorale"] * len(pieces), pieces) for name, pieces in found.items()}


def _pitch(text):
    """The files write some pitches as 67.0."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _read_part(path, content, name):
    if not isinstance(content, dict) or not isinstance(content.get(name), list) or not content[name]:
        raise ValueError(f"{path} must hold a list {name!r} of chorales. Received: {str(content)[:60]}")
    return [checked_piece(piece, f"{path}, {name}[{place}]") for place, piece in enumerate(content[name])]


def original_files(source, subset="quarter"):
    """The file of a subset, a list of one path.

    Raises:
        FileNotFoundError: if it is missing.
    """
    named_source(source, "The set of chorales", f"the folder of jsb-chorales-{subset}.json ({HOMEPAGE})")
    path = find_file(source, [f"jsb-chorales-{subset}.json", f"jsb-chorales-{subset}.train-valid.json"])
    if path is None:
        raise FileNotFoundError(f"{source} must be a folder with jsb-chorales-{subset}.json (or .gz, .xz).")
    return [path]


class JsbChorales(OriginalFilesBuilder):
    """The tensorflow-datasets builder of the chorales; the top of this module describes source and splits.

    Example:
        >>> from rnn_zoo.datasets import JsbChorales
        >>> builder = JsbChorales(source="data/jsb_chorales", subset="16th", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = PIECE
