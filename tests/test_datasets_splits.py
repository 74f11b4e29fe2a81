"""How examples are shared out, whatever the dataset."""

import collections

import numpy as np
import pytest

from rnn_zoo.datasets import Examples
from rnn_zoo.datasets.motion import cut_by_subject
from rnn_zoo.datasets.sound import cut_by_speaker
from rnn_zoo.datasets.splits import (
    cut_by_content,
    cut_by_document,
    cut_every_tenth,
    cut_series,
    cut_splits,
    cut_windows,
)
from rnn_zoo.formats.conll import Sentence

PARTS = ("train", "validation", "test")
SERIES = np.arange(100, dtype="float32")[:, None] * [1, 10]


def pairs(*examples):
    return collections.Counter(pair for part in examples for pair in zip(*part, strict=True))


@pytest.mark.parametrize("with_test", [True, False])
def test_blocks_are_contiguous_do_not_overlap_and_cover_everything(with_test):
    labelled = Examples([f"review {place}" for place in range(137)], [place * place % 3 % 2 for place in range(137)])
    official_test = Examples(["held out"], [1]) if with_test else None
    splits = cut_splits(labelled, official_test)
    cut = [splits[name] for name in (PARTS[:2] if with_test else PARTS)]
    assert sum(len(part.raw) for part in cut) == 137
    assert pairs(*cut) == pairs(splits["all_train"]) == pairs(labelled)
    for label in (0, 1):
        texts = [text for part in cut for text, found in zip(*part, strict=True) if found == label]
        assert texts == [text for text, found in zip(*labelled, strict=True) if found == label]
    if with_test:
        assert splits["test"] == official_test


def test_equal_texts_never_straddle_parts_whatever_file_they_are_in():
    sequences = [f"{'ACGT'[place % 4]}{'A' * (place % 40)}" for place in range(300)]
    splits = cut_by_content(Examples(sequences, list(range(300))))
    assert len(splits["all_train"].raw) == sum(len(splits[name].raw) for name in PARTS) == 300
    parts = [set(splits[name].raw) for name in PARTS]
    assert not parts[0] & parts[1] and not parts[0] & parts[2] and not parts[1] & parts[2]
    backwards = cut_by_content(Examples(sequences[::-1], list(range(300))))
    assert [set(backwards[name].raw) for name in PARTS] == parts
    # sha1("A") = 0x6dcd4ce23d88e2ee9568ba546c007c63d9131c1b
    assert int("6dcd4ce23d88e2ee9568ba546c007c63d9131c1b", 16) // 5 % 10 == 5
    assert "A" in parts[0]


def sentences_of(*texts, documents):
    return [Sentence(list(text), ["O"] * len(text), document) for text, document in zip(texts, documents, strict=True)]


def test_of_ten_documents_the_ninth_is_validation_and_the_tenth_test_and_repeats_stay_where_they_came_first():
    texts = [f"{place}" * 3 for place in range(10)] + ["000", "999", "888"]
    splits = cut_every_tenth(sentences_of(*texts, documents=["a", *"bcdefghij", "j", "a", "b"]))
    found = {part: ["".join(tokens) for tokens in splits[part].raw] for part in splits}
    assert found["train"] == texts[:8] and found["validation"] == ["888"] and found["test"] == ["999"]
    assert found["all_train"] == texts[:10]


def test_with_an_official_test_part_only_validation_is_cut():
    texts = [f"{place}" * 3 for place in range(20)]
    test = sentences_of("xxx", "444", documents="xy")
    splits = cut_every_tenth(sentences_of(*texts, documents=map(str, range(20))), test=test)
    assert splits["test"].raw == [list("xxx"), list("444")]
    assert list("444") not in splits["all_train"].raw and len(splits["all_train"].raw) == 19
    assert len(splits["train"].raw) == 17 and splits["validation"].raw == [list("999"), list("191919")]


def test_nobody_is_in_two_parts():
    def people(*subjects, **options):
        takes = [(np.full((2, 20, 3), subject), 0, subject) for subject in subjects]
        found = cut_by_subject(takes, **options)
        return {name: [int(frames[0, 0, 0]) for frames in part.raw] for name, part in found.items()}

    assert people(1, 1, 3, 5, 7, 9) == {
        "train": [1, 1, 3, 5], "validation": [7], "test": [9], "all_train": [1, 1, 3, 5, 7, 9],
    }  # fmt: skip
    assert people(1, 2, 7, 8, 9) == {"train": [1, 9], "validation": [7], "test": [2, 8], "all_train": [1, 7, 9]}
    assert people(1, 3, 9, validation_subject=3, test_subject=1)["train"] == [9]
    with pytest.raises(ValueError, match="Received: 3, none of them for 'validation'"):
        people(1, 3, 9)
    with pytest.raises(ValueError, match="must differ. Received: validation_subject=9"):
        people(1, 7, 9, validation_subject=9)


@pytest.mark.parametrize(("context", "horizon", "stride"), [(1, 1, 1), (6, 4, 1), (20, 3, 7)])
def test_windows_are_views_that_follow_one_another(context, horizon, stride):
    found = cut_windows(SERIES, (0, 100), context=context, horizon=horizon, stride=stride)
    assert len(found.raw) == len(range(context, 100 - horizon + 1, stride))
    for index, (history, future) in enumerate(zip(*found, strict=True)):
        assert np.shares_memory(history, SERIES) and np.shares_memory(future, SERIES)
        assert history[:, 0].tolist() == list(range(index * stride, index * stride + context))
        assert future[:, 1].tolist() == [10 * (history[-1, 0] + 1 + step) for step in range(horizon)]


def test_a_future_never_leaves_its_part_and_a_history_may_reach_back():
    splits = cut_series(SERIES, (60, 80, 1.0), context=30, horizon=5)
    ranges = {name: (part.labels[0][0, 0], part.labels[-1][-1, 0]) for name, part in splits.items()}
    assert ranges == {"train": (30, 59), "validation": (60, 79), "test": (80, 99), "all_train": (30, 99)}
    assert splits["test"].raw[0][:, 0].tolist() == list(range(50, 80))
    with_official_test = cut_series(SERIES, (60, 80, 100), official_test=True, context=30, horizon=5)
    assert with_official_test["all_train"].labels[-1][-1, 0] == 79


def test_a_stride_thins_what_is_trained_on_and_nothing_else():
    thinned, whole = (cut_series(SERIES, (0.6, 0.8, 1.0), context=30, horizon=5, stride=one) for one in (3, 1))
    for part in ("train", "all_train"):
        np.testing.assert_array_equal(thinned[part].labels, whole[part].labels[::3])
    for part in ("validation", "test"):
        np.testing.assert_array_equal(thinned[part].labels, whole[part].labels)


@pytest.mark.parametrize(
    ("cut", "message"),
    [
        (lambda: cut_splits(Examples(list("abcd"), [0, 0, 1, 1])), "10 of a class at least. Received: 4 examples"),
        (
            lambda: cut_by_content(Examples(["A", "CGGTTAGTTTGGCCTTTGCTGGGCGCACCA"], [0, 1])),
            "examples enough. Received: 2, none of them for 'validation'",
        ),
        (
            lambda: cut_every_tenth(sentences_of(*"abcdefghi", documents="abcdefghi")),
            "ten documents or more to cut. Received: 9",
        ),
        (
            lambda: cut_by_document(sentences_of("a", documents="a"), []),
            "There must be a test file, or documents enough",
        ),
        (lambda: cut_by_speaker([("", "A", "ann")]), "enough. Received: 1, none of them for 'validation'"),
        (lambda: cut_by_speaker([("", "A", "ann")], [("", "A", "ann")]), "in both halves. Received: 'ann'"),
        (
            lambda: cut_series(SERIES, (60, 64, 100), context=10, horizon=5),
            "Received: rows 60 to 64 for 'validation', context=10, horizon=5",
        ),
        (
            lambda: cut_windows(SERIES, (0, 100), context=3, horizon=0),
            "must be positive. Received: context=3, horizon=0, stride=1",
        ),
    ],
)
def test_too_little_to_cut_gets_a_clear_error(cut, message):
    with pytest.raises(ValueError, match=message):
        cut()
