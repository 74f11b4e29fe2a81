"""What all preprocessors share: how they are made from examples, what a list is, and that they need no Keras."""

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from preprocessor_cases import CASES, PHOTO, SENTENCES, SOUND, TEXTS, VIDEO, WAVES, make

from rnn_zoo import preprocessors


def arrays(padded):
    return padded if isinstance(padded, dict) else {"": padded}


def test_every_preprocessor_has_a_case():
    assert set(CASES) == {name for name in preprocessors.__all__ if name[0].isupper()}


@pytest.mark.parametrize("name", CASES)
def test_a_preprocessor_made_from_examples_encodes_them_and_is_rebuilt_from_json(name):
    made, raw = make(name)
    expected = arrays(made(raw))
    assert all(len(array) == len(raw) for array in expected.values())
    rebuilt = type(made).from_config(json.loads(json.dumps(made.get_config())))
    registered = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(made))
    for again in (rebuilt, registered):
        assert type(again) is type(made) and again.get_config() == made.get_config()
        for key, array in arrays(again(raw)).items():
            np.testing.assert_array_equal(array, expected[key])
    assert isinstance(made.bucket_width, int)


@pytest.mark.parametrize("name", CASES)
def test_one_example_is_told_from_a_list(name):
    made, raw = make(name)
    assert not made.is_single(raw) and not made.is_single([])
    assert made.is_single(raw[0]) == (name not in ("Tokens", "CharacterTokens") or isinstance(raw[0], str))
    for wrong in ({"unknown": raw}, {1, 2}, pd.DataFrame({"unknown": [1]}), None, 3):
        if not made.is_single(wrong):
            with pytest.raises(ValueError, match=f"{made.plural} must be a list: .* Received: "):
                made.encode(wrong)


@pytest.mark.parametrize(
    ("name", "single"),
    [
        ("Words", "text"),
        ("Words", b"text"),
        ("Tokens", "Ann sings"),
        ("Pixels", Path("digit.png")),
        ("Pixels", [[0, 1], [2, 3]]),
        ("Pixels", Image.new("L", (2, 2))),
        ("Photos", Image.new("RGB", (2, 2))),
        ("Photos", "photo.png"),
        ("Videos", "video.gif"),
        ("Videos", VIDEO[..., None]),
        ("LogMel", (np.zeros(5), 8000)),
        ("LogMel", {"array": np.zeros(5), "sampling_rate": 8000}),
        ("Frames", [[1, 2], [3, 4]]),
        ("Series", pd.DataFrame(WAVES, columns=["a", "b"])),
        ("Series", WAVES.tolist()),
        ("Series", "history.csv"),
        ("Genres", None),
        ("ImageQuestions", (PHOTO, "is it red?")),
        ("ImageQuestions", ("photo.png", "is it red?")),
    ],
)
def test_what_is_a_single_example(name, single):
    made, _ = make(name)
    assert made.is_single(single) and not made.is_single([single]) and not made.is_single([single, single])


@pytest.mark.parametrize(
    ("name", "several"),
    [
        ("Photos", np.zeros((2, 6, 8, 3), "uint8")),
        ("Pixels", np.zeros((2, 3, 3))),
        ("Videos", np.zeros((2, 3, 4, 5), "uint8")),
        ("Frames", np.zeros((2, 7, 2))),
        ("Series", np.zeros((3, 20, 2))),
        ("LogMel", [SOUND]),
        ("ImageQuestions", ((PHOTO, "red?"), (PHOTO, "is it?"))),
        ("Words", np.array(TEXTS)),
        ("Words", tuple(TEXTS)),
        ("Words", pd.Series(TEXTS, index=[5, 6, 7])),
    ],
)
def test_arrays_tuples_and_columns_are_lists(name, several):
    made, _ = make(name)
    assert not made.is_single(several)
    assert len(made.encode(several)) == len(several)


def test_a_series_of_one_variable_may_have_a_column_or_none():
    one = preprocessors.Series(["a"], 5)
    assert one.is_single(np.zeros(9)) and one.is_single(np.zeros((9, 1))) and one.is_single([0.0, 1.0])
    assert not one.is_single(np.zeros((3, 9))) and not one.is_single([np.zeros(9)])


def test_generators_are_lists_and_are_gone_through_once():
    words = preprocessors.Words.from_examples(text for text in TEXTS)
    assert len(words.encode(text for text in TEXTS)) == 3


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (
            pd.DataFrame({"text": TEXTS, "label": 1}),
            r"give one column, frame\['text'\]. Received: a table of .'text', 'l",
        ),
        (pd.DataFrame({"review": TEXTS}), r"give one column, frame\['review'\]"),
        ({"label": [1], "text": TEXTS}, r"give one entry, data\['text'\]. Received: a dictionary of .'label', 'text'"),
        ({"b", "a"}, "a set has no order. Received: a set of 2"),
        (np.array("text"), r"write \[text\] for a single one"),
        (pd.Series([*TEXTS, None]), r"texts must be strings. Received: texts\[3\]="),
    ],
)
def test_tables_and_sets_are_refused_with_a_remedy(raw, message):
    with pytest.raises(ValueError, match=message):
        preprocessors.Words(["a"]).encode(raw)
    with pytest.raises(ValueError, match=message):
        preprocessors.Words.from_examples(raw)


@pytest.mark.parametrize("name", ["Pixels", "Videos", "Frames", "Series", "ImageQuestions", "Words", "Tokens"])
def test_nothing_is_learned_from_no_examples(name):
    with pytest.raises(ValueError, match="at least one example|no token comes"):
        getattr(preprocessors, name).from_examples([])


def test_what_is_given_is_not_learned():
    assert preprocessors.Pixels.from_examples([], height=2, width=3).get_config()["width"] == 3
    assert preprocessors.Videos.from_examples([VIDEO], channels=3).get_config()["channels"] == 3
    assert preprocessors.Series.from_examples([WAVES], mean=[1, 2]).mean == [1.0, 2.0]
    assert preprocessors.Genres.from_examples(["jig"], class_names=["reel", "jig"]).class_names == ["reel", "jig"]


def test_sizes_of_vocabularies_count_padding_and_unknown():
    assert preprocessors.Words.from_examples(TEXTS, vocabulary_size=4).vocabulary_size == 4
    assert preprocessors.Tokens.from_examples(SENTENCES, vocabulary_size=3).vocabulary == ["ann"]
    with pytest.raises(ValueError, match="vocabulary_size must be above 2.*Received: vocabulary_size=2"):
        preprocessors.Words.from_examples(TEXTS, vocabulary_size=2)


def test_subwords_are_learned_from_all_lines_of_texts_however_long_and_leave_out_rare_characters():
    document = "\n".join(["the dog runs " * 400, *["a cat sleeps"] * 50, "ж"])
    whole = preprocessors.Subwords.from_examples([document] * 2, vocabulary_size=60)
    assert {"▁dog", "▁runs", "▁cat", "▁sleeps", "ж"} <= set(whole.tokens)
    most = preprocessors.Subwords.from_examples([document] * 2, vocabulary_size=60, character_coverage=0.999)
    assert "ж" not in most.tokens and 1 in most.encode(["a ж"])[0] and 1 not in most.encode(["a cat"])[0]
    with pytest.raises(ValueError, match=r"character_coverage must be in \[0.98, 1\].*0.5"):
        preprocessors.Subwords.from_examples(["a"], character_coverage=0.5)


def test_subwords_tell_texts_of_which_they_know_nothing():
    subwords = preprocessors.Subwords.from_examples(TEXTS * 10, vocabulary_size=15)
    found = [subwords.knows(one) for one in subwords.encode(["漢字", "", "漢 字.", f"{TEXTS[0]} 漢字", TEXTS[0]])]
    assert found == [False, False, False, True, True]


def test_a_known_full_stop_does_not_make_a_text_known():
    words, tokens = preprocessors.Words(["dogs", "."]), preprocessors.Tokens(["dogs", "."], ["d", "."])
    characters = preprocessors.CharacterTokens(["d", "."])
    for preprocessor in (words, tokens, characters, preprocessors.Characters(["d", "."])):
        found = preprocessor.encode(["две собаки.", "две!", "...", "две d."])
        assert [preprocessor.knows(one) for one in found] == [False, False, True, preprocessor is not words]


def test_letters_and_phonemes_stand_in_the_order_of_the_alphabet():
    assert preprocessors.Letters.from_examples(["noon", "café"]).vocabulary == list("acefno")
    assert preprocessors.SpacedTokens.from_examples(["OW OW", "AH"]).vocabulary == ["AH", "OW"]


def test_a_series_learns_names_of_columns_and_the_shortest_window():
    frame = pd.DataFrame(WAVES, columns=["b", "a"])
    found = preprocessors.Series.from_examples([frame, frame[:7]])
    assert found.variables == ["b", "a"] and found.window == 7
    assert preprocessors.Series.from_examples([WAVES]).variables == ["0", "1"]


def test_no_preprocessor_needs_keras_or_tensorflow():
    code = (
        "import sys; sys.modules['keras'] = sys.modules['tensorflow'] = None; "
        "sys.path.insert(0, sys.argv[1]); import preprocessor_cases; print(preprocessor_cases.run_all())"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.stdout.split() == [str(len(CASES))], result.stderr
