"""Text to tokens, tokens to ids, ids to tensors."""

import unicodedata

import keras
import numpy as np
import pytest

from rnn_zoo.preprocessors import Characters, Jamo, Words

ALL = [Words, Characters, Jamo]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("A great FILM!", ["a", "great", "film", "!"]),
        ("Don't; it’s O'Neil's.", ["don't", ";", "it’s", "o'neil's", "."]),
        ("10/10<br /><br/>Yes<BR>no", ["10", "/", "10", "yes", "no"]),
        ("snake_case 'quoted'", ["snake", "_", "case", "'", "quoted", "'"]),
        ("정말 좋아!!", ["정말", "좋아", "!", "!"]),
        ("naïve\tÉTÉ\n", ["naïve", "été"]),
        (" \n\t", []),
        ("", []),
    ],
)
def test_words_are_lower_case_with_marks_of_their_own(text, tokens):
    assert Words.split(text) == tokens


def test_characters_are_composed_and_keep_case_and_spaces():
    assert Characters.split("A é") == ["A", " ", "é"]
    assert Characters.split(unicodedata.normalize("NFD", "좋é")) == ["좋", "é"]


def test_jamo_are_the_letters_of_a_syllable_and_compose_to_the_text_again():
    assert Jamo.split("한") == ["\u1112", "\u1161", "\u11ab"]
    text = "정말 재미있는 영화! 10/10 été"
    assert len(Jamo.split(text)) > len(text)
    assert unicodedata.normalize("NFC", "".join(Jamo.split(text))) == text


def test_the_vocabulary_is_sorted_by_count_and_ties_by_the_alphabet():
    texts = ["b a c", "c b", "c d"]
    assert Words.build_vocabulary(texts) == ["c", "b", "a", "d"]
    assert Words.build_vocabulary(reversed(texts)) == ["c", "b", "a", "d"]
    assert Words.build_vocabulary(texts, size=3) == ["c", "b", "a"]
    assert Words.build_vocabulary(texts, min_count=2) == ["c", "b"]
    assert Words.build_vocabulary(texts, size=1, min_count=2) == ["c"]


def test_the_vocabulary_counts_ngrams_within_a_text_only():
    assert Words.build_vocabulary(["a b a b", "b a"], ngrams=2) == ["a", "b", "a b", "b a"]
    assert "a b c" in Words.build_vocabulary(["a b c"], ngrams=3)


def test_bigrams_are_those_of_most_texts():
    texts = ["a b a b a b", "c a", "c a", "b c"]
    words = Words(["a", "b", "c"])
    assert words.build_bigrams(texts) == [("c", "a"), ("a", "b"), ("b", "a"), ("b", "c")]
    assert words.build_bigrams(texts, size=1) == words.build_bigrams(texts, min_count=2) == [("c", "a")]
    assert words.build_bigrams(texts, size=0) == words.build_bigrams(["a"]) == []
    with pytest.raises(ValueError, match="num_bigrams must be None, or 0 or more. Received: -5"):
        words.build_bigrams(texts, size=-5)
    assert Words(["a", "c"]).bigram_ids([("c", "a"), ("a", "b")]).tolist() == [[3, 2]]
    with pytest.raises(ValueError, match=r"pairs of tokens. Received: bigrams\[1\]='ab'"):
        Words(["a"]).bigram_ids([("a", "a"), "ab"])


@pytest.mark.parametrize("texts", [["a b"], (text for text in ["a b"])], ids=["list", "generator"])
def test_a_vocabulary_without_tokens_is_refused(texts):
    with pytest.raises(ValueError, match="no token comes 2 times. Received: 2 tokens, min_count=2"):
        Words.build_vocabulary(texts, min_count=2)


def test_ids_start_at_two_after_padding_and_unknown():
    words = Words(["film", "great"])
    assert words.vocabulary_size == 4
    assert words.tokens == ["", "<unk>", "film", "great"]
    encoded = words.encode(["great film", "great new film great"])
    assert [ids.tolist() for ids in encoded] == [[3, 2], [3, 1, 2, 3]]
    assert {ids.dtype for ids in encoded} == {np.dtype("int32")}


def test_ids_are_padded_on_the_right_to_the_longest_or_to_a_given_width():
    words = Words(["film", "great"])
    padded = words(["great film", "great new film"])
    assert padded.dtype == np.int32
    assert padded.tolist() == [[3, 2, 0], [3, 1, 2]]
    assert words.pad(words.encode(["film"]), 4).tolist() == [[2, 0, 0, 0]]


def test_one_hot_has_one_in_the_column_of_the_id_and_nothing_at_padding():
    vectors = Words(["film", "great"], encoding="one_hot")(["great new", "film"])
    assert vectors.dtype == np.float32
    assert vectors.tolist() == [[[0, 0, 0, 1], [0, 1, 0, 0]], [[0, 0, 1, 0], [0, 0, 0, 0]]]


def test_a_bag_of_words_says_which_tokens_are_there_once():
    bags = Words(["film", "great", "great film"], encoding="bag_of_words", ngrams=2)
    found = bags(["great great film", "film great", "film film"])
    assert found.dtype == np.float32
    # Columns: padding, unknown (here the pairs "great great", "film great" and "film film"), film, great, great film.
    assert found.tolist() == [[0, 1, 1, 1, 1], [0, 1, 1, 1, 0], [0, 1, 1, 0, 0]]


@pytest.mark.parametrize(
    ("truncation", "limit", "kept"),
    [
        ("start", 3, "abc"),
        ("end", 3, "efg"),
        ("start_and_end", 4, "abfg"),
        ("start_and_end", 3, "abg"),
        ("start", 1, "a"),
        ("end", 1, "g"),
        ("start_and_end", 1, "a"),
        ("start", 7, "abcdefg"),
        ("end", 8, "abcdefg"),
        ("start_and_end", None, "abcdefg"),
    ],
)
def test_truncation_keeps_its_part_of_a_longer_text(truncation, limit, kept):
    characters = Characters(list("abcdefg"), limit, truncation=truncation)
    (ids,) = characters.encode(["abcdefg"])
    assert "".join(characters.tokens[index] for index in ids) == kept


@pytest.mark.parametrize("encoding", ["ids", "one_hot", "bag_of_words"])
@pytest.mark.parametrize("text", ["", "   ", "zebra"])
def test_an_empty_text_and_one_of_unknown_words_are_one_unknown_token(text, encoding):
    words = Words(["film"], encoding=encoding)
    expected = {"ids": [[1]], "one_hot": [[[0, 1, 0]]], "bag_of_words": [[0, 1, 0]]}
    assert words([text]).tolist() == expected[encoding]


def test_no_texts_are_no_rows():
    assert Words(["film"]).encode([]) == []
    assert Words(["film"])([]).shape[0] == 0
    assert Words(["film"], encoding="bag_of_words")([]).shape == (0, 3)


def test_a_text_of_a_hundred_thousand_words_is_cut_or_kept_whole():
    text = "great film " * 50_000
    assert Words(["great", "film"], 400)([text]).shape == (1, 400)
    assert Words(["great", "film"])([text]).shape == (1, 100_000)


@pytest.mark.parametrize("preprocessor", ALL)
@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("a film", "must be a list: write .text. for a single one. Received: 'a film'"),
        (b"a film", "must be a list"),
        (None, "must be a list.*Received: None"),
        (3, "must be a list.*Received: 3"),
        (["good", 3.5], r"must be strings. Received: texts\[1\]=3.5"),
        (["good", "bad", None], r"must be strings. Received: texts\[2\]=None"),
        ([b"good"], r"must be strings; decode bytes first.*Received: texts\[0\]=b'good'"),
    ],
)
def test_what_is_no_list_of_strings_is_refused_with_its_place(preprocessor, texts, message):
    with pytest.raises(ValueError, match=message):
        preprocessor(["a"]).encode(texts)
    with pytest.raises(ValueError, match=message):
        preprocessor.build_vocabulary(texts)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"vocabulary": []}, "vocabulary must be a list of strings, not empty"),
        ({"vocabulary": "abc"}, "vocabulary must be a list of strings"),
        ({"vocabulary": None}, "vocabulary must be a list of strings"),
        ({"vocabulary": ["a", 3]}, "vocabulary must be a list of strings"),
        ({"vocabulary": ["a", "b", "a"]}, "must not repeat a token. Received twice: 'a'"),
        ({"max_timesteps": 0}, "max_timesteps must be positive"),
        ({"truncation": "middle"}, "truncation must be one of .*Received: truncation='middle'"),
        ({"encoding": "tf_idf"}, "encoding must be one of .*Received: encoding='tf_idf'"),
        ({"ngrams": 2}, "ngrams above 1 need encoding='bag_of_words'"),
        ({"ngrams": 0}, "Received: ngrams=0"),
    ],
)
def test_settings_outside_their_legal_values_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Words(**{"vocabulary": ["a"], **arguments})


@pytest.mark.parametrize("preprocessor", ALL)
@pytest.mark.parametrize(
    "settings",
    [
        {"max_timesteps": 3, "truncation": "end"},
        {"encoding": "one_hot"},
        {"encoding": "bag_of_words", "ngrams": 3, "max_timesteps": 9, "truncation": "start"},
    ],
)
def test_a_preprocessor_is_rebuilt_from_its_config(preprocessor, settings):
    text = "좋아 good 좋아"
    original = preprocessor(preprocessor.build_vocabulary([text]), **settings)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(original))
    assert type(again) is preprocessor
    assert again.get_config() == original.get_config()
    np.testing.assert_array_equal(again([text, "good?"]), original([text, "good?"]))


def test_words_do_not_depend_on_how_accents_are_written():
    assert Words.split("cafe\u0301") == Words.split("caf\u00e9") == ["caf\u00e9"]


MARKED_WORDS = ["हिन्दी", "ภาษาไทยที่", "நான்", "ہَمَارِی", "בַּיִת", "می\u200cخواهم"]
MARKED_WORDS += ["İstanbul", "क्\u200dष", "𑄌𑄋𑄴𑄟𑄳𑄦"]


@pytest.mark.parametrize("word", MARKED_WORDS)
def test_a_word_does_not_fall_apart_at_its_marks(word):
    assert len(Words.split(f"{word}, {word}!")) == 4
    for form in ("NFC", "NFD"):
        assert Words.split(unicodedata.normalize(form, word)) == Words.split(word)


def test_what_is_not_seen_changes_no_word():
    assert Words.split("co\u00adoperate ❤\ufe0f 👍\ufe0e") == ["cooperate", "❤", "👍"]
    assert Words.split("q\u0338b \u0301 =\u0338") == ["q\u0338b", "\u0301", "≠"]


@pytest.mark.parametrize("piece", ["-", "'", "a'", "\u0301", "a\u0301", "_", "é\u200d", "<br"])
def test_many_equal_pieces_are_split_at_once(piece):
    """A search that begins anew at every place would take minutes."""
    assert Words.split(piece * 300_000)
