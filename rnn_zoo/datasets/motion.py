"""Skeletons and sensors of people who move or speak, and what they do."""

import re

from rnn_zoo.datasets.records import CLASS, NAMES, Dataset, Examples, Feature
from rnn_zoo.datasets.sources import files_of
from rnn_zoo.datasets.splits import cut_by_group, cut_splits, part_by_part
from rnn_zoo.formats.arrays import read_skeleton, read_ts

ACTIONS, JOINTS = NAMES["actions"], NAMES["joints"]
SKELETON_FILE = re.compile(r"(?:^|/)(a(\d\d)_s(\d\d)_e(\d\d)_skeleton\.txt)$")
NUM_SUBJECTS = 10


def read_takes(paths):
    """All takes with a skeleton: `(frames, label, subject)`, in the order of action, subject and take."""
    found = {}
    for match, data, place in files_of(paths, SKELETON_FILE):
        action, subject, take = map(int, match.groups()[1:])
        if not (1 <= action <= len(ACTIONS) and 1 <= subject <= NUM_SUBJECTS):
            raise ValueError(
                f"{place}: actions are 01 to {len(ACTIONS)}, subjects 01 to {NUM_SUBJECTS}. Received: {match[1]}"
            )
        found[action, subject, take] = read_skeleton(data, place, len(JOINTS))
    return [(found[key], key[0] - 1, key[1]) for key in sorted(found) if found[key].any()]


def cut_by_subject(takes, validation_subject=7, test_subject=9):
    """Share out takes by who is in them; `test_subject` is for data without even subjects, who are test otherwise."""
    if validation_subject == test_subject:
        raise ValueError(
            f"validation_subject and test_subject must differ. Received: {validation_subject=}, {test_subject=}"
        )
    odd = sorted({subject for *_, subject in takes if subject % 2})
    even = sorted({subject for *_, subject in takes} - set(odd))
    test = even or [test_subject]
    train = [subject for subject in odd if subject not in (validation_subject, *test)]
    subjects = {"train": train, "validation": [validation_subject], "test": test, "all_train": odd}
    return cut_by_group(Examples.of(take[:2] for take in takes), [subject for *_, subject in takes], subjects)


def of_aeon(name, class_names, num_features):
    """The record of a dataset in `.ts` files, which the package aeon holds: one for training and one for testing."""
    return Dataset(
        name=name,
        class_names=class_names,
        features={"frames": Feature("array", (None, num_features)), "label": CLASS},
        read=part_by_part(lambda path: Examples(*read_ts(path, class_names, num_features)), cut_splits),
    )


MSR_ACTION3D = Dataset(
    name="msr_action3d",
    class_names=ACTIONS,
    features={"frames": Feature("array", (None, len(JOINTS), 3)), "label": CLASS},
    pattern=SKELETON_FILE,
    wanted="the folder of files aAA_sSS_eEE_skeleton.txt, or of tar archives of them",
    read=lambda paths, *, validation_subject=7, test_subject=9: cut_by_subject(
        read_takes(paths), validation_subject, test_subject
    ),
)
JAPANESE_VOWELS = of_aeon("japanese_vowels", tuple("123456789"), 12)
BASIC_MOTIONS = of_aeon("basic_motions", ("Standing", "Running", "Walking", "Badminton"), 6)
