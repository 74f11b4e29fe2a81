"""MSR-Action3D: which of twenty actions does somebody perform in front of a depth camera?

Skeletons of ten people, 20 actions, up to three takes each: 567 sequences of 13 to 255 frames, 15 frames a second,
`<float32>[frames, 20, 3]`. A joint is (column, row, depth) as the camera sees it: pixels of an image of 320 x 240 from
its upper left corner, and a depth that grows with the distance. Joints that were not found are 0, 0, 0; the files also
write 2147483647 in one of their columns, which is read as 0, 0, 0. `JOINTS` names the joints; we call right the side
that one-handed actions are performed with, which is on the right of the image.

Source, the `source=` of `rnn_zoo.load_dataset` and of `MsrAction3d`: a folder with the files `aAA_sSS_eEE_skeleton.txt`
(action, subject, take), in it or below, or with tar archives (`.tar`, `.tar.gz`, `.tar.xz`) of them; or one archive.
There is no default source.

Splits: by person, so that nobody is in two parts. The customary test part is that of subjects 2, 4, 6, 8 and 10. If the
files have any of them, they are test, and subjects 1, 3, 5 and 9 are train; otherwise subject 9 is test, and 1, 3 and 5
are train. Subject 7 is validation. Sequences without any joint (one of the odd subjects, a13_s09_e02) are left out:
173 of train, 59 of validation and 59 of test where there are odd subjects only. "all_train" is all odd subjects.

Source: Li, Zhang & Liu, "Action recognition based on a bag of 3D points", CVPR Workshops 2010. Licence: not stated.
"""

import re
from typing import NamedTuple

import numpy as np
import tensorflow_datasets as tfds

from rnn_zoo.datasets.named_files import contents, named_files
from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder, labelled
from rnn_zoo.files import decode_text

CLASS_NAMES = (
    "high arm wave", "horizontal arm wave", "hammer", "hand catch", "forward punch", "high throw", "draw x",
    "draw tick", "draw circle", "hand clap", "two hand wave", "side boxing", "bend", "forward kick", "side kick",
    "jogging", "tennis swing", "tennis serve", "golf swing", "pick up and throw",
)  # fmt: skip
JOINTS = (
    "left shoulder", "right shoulder", "neck", "spine", "left hip", "right hip", "hip", "left elbow", "right elbow",
    "left wrist", "right wrist", "left hand", "right hand", "left knee", "right knee", "left ankle", "right ankle",
    "left foot", "right foot", "head",
)  # fmt: skip
SUBJECTS = range(1, 11)
VALIDATION_SUBJECT, TEST_SUBJECT = 7, 9
HOMEPAGE = "https://sites.google.com/view/wanqingli/data-sets/msr-action3d"
LICENCE = "None stated."
CITATION = """@inproceedings{li2010action,
  author = {Li, Wanqing and Zhang, Zhengyou and Liu, Zicheng},
  title = {Action recognition based on a bag of 3D points},
  booktitle = {CVPR Workshops},
  pages = {9--14},
  year = {2010}
}"""
FILE_NAME = re.compile(r"a(\d\d)_s(\d\d)_e(\d\d)_skeleton\.txt")
COLUMNS = 4
HIGHEST = 10_000
"""Larger numbers are no coordinates: the files hold the largest 32-bit integer where a joint was lost."""


class Recording(NamedTuple):
    """One take: frames `<float32>[frames, 20, 3]`, the label of the action, and who it is."""

    frames: np.ndarray
    label: int
    subject: int


def read_splits(source=None, manager=None):
    """All splits of the actions.

    Args:
        source: a path, see the top of this module.
        manager: not used: there is nothing to download.

    Returns:
        A dictionary of `Examples`: "train", "validation", "test" and "all_train".

    Raises:
        ValueError: for damaged files, or if a part is empty; the message names file and place.
        FileNotFoundError: for missing files, or without a source.
    """
    return cut_by_subject(read_recordings(source))


def read_recordings(source):
    """All takes with a skeleton, in the order of action, subject and take.

    Returns:
        A list of `Recording`.

    Raises:
        ValueError: for damaged files.
        FileNotFoundError: for missing files, or without a source.
    """
    found = {}
    for path in original_files(source):
        for name, data, place in contents(path, FILE_NAME):
            action, subject, take = map(int, FILE_NAME.fullmatch(name).groups())
            if not 1 <= action <= len(CLASS_NAMES) or subject not in SUBJECTS:
                raise ValueError(
                    f"{place}: actions are 01 to {len(CLASS_NAMES)}, subjects 01 to {len(SUBJECTS)}. Received: {name}"
                )
            found[action, subject, take] = read_skeleton(data, place)
    return [Recording(found[key], key[0] - 1, key[1]) for key in sorted(found) if found[key].any()]


def cut_by_subject(recordings, validation_subject=VALIDATION_SUBJECT, test_subject=TEST_SUBJECT):
    """Share out recordings by who is in them.

    Args:
        recordings: a list of `Recording`.
        validation_subject: the odd subject to choose settings on.
        test_subject: the odd subject to test on, where there is no even subject.

    Returns:
        A dictionary of `Examples`, see the top of this module.

    Raises:
        ValueError: for subjects that are equal, or have no recording.
    """
    if validation_subject == test_subject:
        raise ValueError(
            f"validation_subject and test_subject must differ. Received: {validation_subject=}, {test_subject=}"
        )
    odd = sorted({one.subject for one in recordings if one.subject % 2})
    even = sorted({one.subject for one in recordings} - set(odd))
    test = even or [test_subject]
    train = [subject for subject in odd if subject not in (validation_subject, *test)]
    subjects = {"train": train, "validation": [validation_subject], "test": test, "all_train": odd}
    splits = {}
    for name, chosen in subjects.items():
        part = [one for one in recordings if one.subject in chosen]
        if not part:
            raise ValueError(f"There must be recordings for {name!r}. Received: subjects {[*odd, *even]} only")
        splits[name] = Examples([one.frames for one in part], [one.label for one in part])
    return splits


def original_files(source):
    """The files of skeletons, or the archives of them, that a path stands for.

    Raises:
        FileNotFoundError: if there are none.
    """
    return named_files(
        source, FILE_NAME, "MSR-Action3D", "aAA_sSS_eEE_skeleton.txt", "a01_s01_e01_skeleton.txt", HOMEPAGE
    )


def read_skeleton(data, place):
    """The frames of a file of skeletons: a line a joint, 20 lines a frame, `column row depth confidence` a line.

    Args:
        data: the bytes of the file.
        place: what to call it in an error.

    Returns:
        `<float32>[frames, 20, 3]`; the confidence is left out.

    Raises:
        ValueError: for a line without four finite numbers, or a part of a frame; the message names the line.
    """
    joints = []
    for number, line in enumerate(decode_text(data, place).splitlines(), start=1):
        try:
            values = [float(column) for column in line.split()]
        except ValueError:
            values = []
        if len(values) != COLUMNS or not np.isfinite(values).all():
            raise ValueError(
                f"{place}, line {number}: a joint must be {COLUMNS} numbers. Received: {line.strip()!r:.60}"
            )
        joints.append([0.0, 0.0, 0.0] if max(map(abs, values)) > HIGHEST else values[:3])
    if len(joints) % len(JOINTS):
        raise ValueError(f"{place}: a frame must have {len(JOINTS)} joints. Received: {len(joints)} lines in all")
    return np.array(joints, "float32").reshape(-1, len(JOINTS), 3)


class MsrAction3d(OriginalFilesBuilder):
    """The tensorflow-datasets builder of MSR-Action3D; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import MsrAction3d
        >>> builder = MsrAction3d(source="data/msr_action3d", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = labelled("frames", tfds.features.Tensor(shape=(None, len(JOINTS), 3), dtype=np.float32), CLASS_NAMES)
