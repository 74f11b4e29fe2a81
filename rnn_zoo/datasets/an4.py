"""AN4: what does somebody say, who spells names and says numbers, dates and commands?

1,078 utterances of 84 people in English, recorded at Carnegie Mellon University about 1991 with a close-talking
microphone, of 0.7 to 6.4 seconds; 948 of them, of 74 people, are the official training half. Not sound but features:
`<float32>[frames, 13]`, mel cepstra, 100 frames a second. Targets are texts in capital letters, spelled words letter by
letter: "U M N Y H SIX".

Source, the `source=` of `rnn_zoo.load_dataset` and of `An4`: a folder, or a tar archive (`.tar`, `.tar.gz`,
`.tar.xz`) in it or by itself, with `etc/an4_train.fileids`, `etc/an4_train.transcription` and the feature files that
they name below `feat/` (CMU Sphinx, `.mfc`); with `an4_test.*` too if there are any. There is no default source.

Splits: by person, so that nobody is in two parts. People of the training half are put in the order of their names; of
every ten the fifth is validation. If the official test half is there, it is test; otherwise the tenth of every ten is
test. Without the test half that makes 60, 7 and 7 people, 768, 89 and 91 utterances. "all_train" is the training half.

Source: Acero, "Acoustical and environmental robustness in automatic speech recognition", Kluwer 1993. Licence: free for
any purpose, the notice to be kept (AN4 License Terms, Carnegie Mellon University).
"""

import re
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np
import tensorflow_datasets as tfds

from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder
from rnn_zoo.datasets.sources import files_of_archive, named_source
from rnn_zoo.files import decode_text
from rnn_zoo.formats.sounds import read_cepstra

CLASS_NAMES = (" ", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""The characters of the transcripts."""
NUM_FEATURES = 13
HOMEPAGE = "http://www.speech.cs.cmu.edu/databases/an4/"
LICENCE = "AN4 License Terms: free for any purpose, the notice to be kept."
CITATION = """@book{acero1993acoustical,
  author = {Acero, Alejandro},
  title = {Acoustical and environmental robustness in automatic speech recognition},
  publisher = {Kluwer},
  year = {1993}
}"""
KNOWN_FILES = re.compile(r"(etc/an4_(train|test)\.(fileids|transcription)|\.mfc)$")
LINE = re.compile(r"(?:<s> )?([A-Z][A-Z' ]*?)(?: </s>)? \((\S+)\)")


class Utterance(NamedTuple):
    """What somebody says: frames `<float32>[frames, 13]`, the text, and who it is."""

    frames: np.ndarray
    text: str
    speaker: str


def read_splits(source=None, manager=None):
    """All splits of AN4.

    Args:
        source: a path, see the top of this module.
        manager: not used: there is nothing to download.

    Returns:
        A dictionary of `Examples`: "train", "validation", "test" and "all_train". Labels are texts.

    Raises:
        ValueError: for damaged files, or if a part is empty; the message names file and place.
        FileNotFoundError: for missing files, or without a source.
    """
    contents = {}
    for path in original_files(source):
        contents |= _contents(path)
    training = read_half(contents, "train", source)
    test = read_half(contents, "test", source) if _named(contents, "test", "fileids") else None
    return cut_by_speaker(training, test)


def read_half(contents, half, place):
    """The utterances of an official half.

    Args:
        contents: names of files, and their bytes.
        half: "train" or "test".
        place: what to call the source in an error.

    Returns:
        A list of `Utterance`.

    Raises:
        ValueError: for a list and transcripts that do not fit together, or a damaged file.
        FileNotFoundError: for files that are missing.
    """
    lists = {}
    for ending in ("fileids", "transcription"):
        name = _named(contents, half, ending)
        if name is None:
            raise FileNotFoundError(f"{place} must hold etc/an4_{half}.{ending}, in a folder or an archive.")
        lists[ending] = decode_text(contents[name], f"{place}: {name}").splitlines()
    names, lines = lists["fileids"], lists["transcription"]
    if len(names) != len(lines):
        raise ValueError(
            f"{place}: etc/an4_{half}.transcription must have one line a file. Received: {len(names)} files and "
            f"{len(lines)} lines"
        )
    features = {str(PurePosixPath(*PurePosixPath(name).parts[-3:])): name for name in contents}
    found = []
    for number, (name, line) in enumerate(zip(names, lines, strict=True), start=1):
        file = PurePosixPath(name.strip())
        matched = LINE.fullmatch(line.strip())
        if not matched or matched[2] != file.name:
            raise ValueError(
                f"{place}: etc/an4_{half}.transcription, line {number}: a line must be WORDS ({file.name}), in capital "
                f"letters. Received: {line.strip()!r:.80}"
            )
        stored = features.get(f"{file}.mfc")
        if stored is None:
            raise FileNotFoundError(f"{place} must hold feat/{file}.mfc, which etc/an4_{half}.fileids names.")
        frames = read_cepstra(contents[stored], NUM_FEATURES, f"{place}/{stored}")
        found.append(Utterance(frames, matched[1], file.parent.name))
    return found


def cut_by_speaker(training, test=None):
    """Share out utterances by who speaks.

    Args:
        training: the `Utterance`s of the training half.
        test: those of the test half, or None.

    Returns:
        A dictionary of `Examples`, see the top of this module.

    Raises:
        ValueError: for so few people that a part is empty, or people of the test half in the training half.
    """
    speakers = sorted({one.speaker for one in training})
    twice = sorted({one.speaker for one in test or []} & set(speakers))
    if twice:
        raise ValueError(f"Nobody must be in both halves. Received: {twice[0]!r} in train and test")
    digits = {speaker: place % 10 for place, speaker in enumerate(speakers)}
    kept = (4,) if test else (4, 9)
    parts = {
        "train": [one for one in training if digits[one.speaker] not in kept],
        "validation": [one for one in training if digits[one.speaker] == 4],
        "test": test or [one for one in training if digits[one.speaker] == 9],
        "all_train": training,
    }
    for name, part in parts.items():
        if not part:
            raise ValueError(f"There must be people enough, 10 at least. Received: {len(speakers)}, none for {name!r}")
    return {name: Examples([one.frames for one in part], [one.text for one in part]) for name, part in parts.items()}


def original_files(source):
    """The folder of etc/ and feat/, or the archives of it, that a path stands for.

    Raises:
        FileNotFoundError: if there is nothing.
    """
    path = named_source(source, "AN4", f"the folder of etc/ and feat/, or its archive ({HOMEPAGE}),")
    if path.is_file():
        return [path]
    found = sorted(one for one in path.rglob("*") if one.is_file() and KNOWN_FILES.search(one.as_posix()))
    found += sorted(one for ending in ("tar", "tar.gz", "tar.xz") for one in path.glob(f"*.{ending}"))
    if not found:
        raise FileNotFoundError(f"{path} must be a folder with etc/an4_train.fileids and feat/, or an archive of it.")
    return found


def _contents(path):
    """Names and bytes of the files of an archive, or of the one file."""
    if KNOWN_FILES.search(path.as_posix()):
        return {path.as_posix(): path.read_bytes()}
    return dict(files_of_archive(path, KNOWN_FILES))


def _named(contents, half, ending):
    return next((name for name in contents if name.endswith(f"etc/an4_{half}.{ending}")), None)


class An4(OriginalFilesBuilder):
    """The tensorflow-datasets builder of AN4; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import An4
        >>> builder = An4(source="data/an4", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = {
        "frames": tfds.features.Tensor(shape=(None, NUM_FEATURES), dtype=np.float32),
        "text": tfds.features.Text(),
    }
