"""Tokens and their characters; word vectors from files."""

import gzip
import unicodedata

import keras
import numpy as np
import pytest

from rnn_zoo.formats.word_vectors import read_word_vectors
from rnn_zoo.preprocessors import CharacterTokens, Tokens

SENTENCES = [["Ann", "sings", "3.5", "songs"], ["ann", "sings"]]


@pytest.fixture
def tokens():
    return Tokens.from_examples(SENTENCES, max_characters=5)


def test_words_are_known_by_lower_case_and_shape_of_numbers_and_characters_as_they_are(tokens):
    assert tokens.vocabulary == ["ann", "sings", "0.0", "songs"]
    inputs = tokens([["ANN", "9.9", "Zyx"], ["songs"]])
    assert inputs["word_ids"].tolist() == [[2, 4, 1], [5, 0, 0]]
    assert inputs["character_ids"].shape == (2, 3, 8)
    spelled = [[tokens.characters[index - 2] for index in row if index > 1] for row in inputs["character_ids"][0]]
    assert spelled == [["A"], ["."], []]
    assert inputs["character_ids"][0, 2].tolist() == [1, 1, 1, 0, 0, 0, 0, 0]
    assert not inputs["character_ids"][1, 1:].any()


def test_a_long_word_keeps_its_head_and_its_tail(tokens):
    ids = tokens.encode([["singsongs"]])[0].character_ids[0]
    assert [tokens.characters[index - 2] for index in ids] == list("sings")  # "sin" + "gs"


@pytest.mark.parametrize(
    "text",
    [
        "It's 3.5 km to the U.S. border, isn't it?",
        "Mail ann.lee@mail.org or see https://ann.org/a_b?c=1 #now @ann...",
        "  a state-of-the-art  film’s   «end»",
        "좋은 영화!",
    ],
)
def test_places_of_tokens_cover_all_but_space(tokens, text):
    (sentence,) = tokens.encode([text])
    assert [text[start:end] for start, end in sentence.offsets] == sentence.tokens
    left_over = list(text)
    for start, end in sentence.offsets:
        left_over[start:end] = [" "] * (end - start)
    assert not "".join(left_over).strip()
    assert sentence.text == text and len(sentence) == len(sentence.tokens)


def test_splitting_follows_english_treebanks():
    text = "I don't like Ann's 1,000-page book; it's the U.S. at 12:30, can't you see?"
    expected = "I do n't like Ann 's 1,000 - page book ; it 's the U.S. at 12:30 , ca n't you see ?".split()
    assert [token for token, _ in Tokens.split(text)] == expected


def test_a_string_without_tokens_is_one_unknown_word(tokens):
    (sentence,) = tokens.encode([" \n"])
    assert sentence.tokens == [] and len(sentence) == 1
    inputs = tokens.pad([sentence])
    assert inputs["word_ids"].tolist() == [[1]]
    assert inputs["character_ids"].tolist() == [[[1, 0, 0, 0]]]


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        ("Ann sings", r"must be a list: write .sentence. for a single one"),
        ([["Ann"], 3], r"Received: sentences\[1\]=3"),
        ([[]], r"Received: sentences\[0\]=\[\]"),
        ([["Ann", ""]], r"Received: sentences\[0\]\[1\]=''"),
        ([["Ann", None]], r"Received: sentences\[0\]\[1\]=None"),
    ],
)
def test_bad_sentences_are_refused_with_their_place(tokens, sentences, message):
    with pytest.raises(ValueError, match=message):
        tokens.encode(sentences)


def test_tokens_are_rebuilt_from_their_config(tokens):
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(tokens))
    assert type(again) is Tokens and again.get_config() == tokens.get_config()
    with pytest.raises(ValueError, match="max_characters=0"):
        Tokens(["a"], ["a"], max_characters=0)
    with pytest.raises(ValueError, match="characters must not repeat a token. Received twice: 'a'"):
        Tokens(["a"], ["a", "a"])


def test_characters_as_tokens_have_places_in_the_string_whatever_its_form():
    composed, decomposed = "서울 é", "\u1109\u1165\u110b\u116e\u11af e\u0301"
    characters = CharacterTokens(CharacterTokens.build_vocabulary([composed]))
    first, second = characters.encode([composed, decomposed])
    assert first.word_ids.tolist() == second.word_ids.tolist() and len(first) == 4
    assert first.tokens == list(composed) and second.offsets == [(0, 2), (2, 5), (5, 6), (6, 8)]
    assert [decomposed[start:end] for start, end in second.offsets] == second.tokens


def test_characters_as_tokens_give_word_ids_only_and_are_rebuilt_from_their_config():
    characters = CharacterTokens(["서", "울", "0"])
    inputs = characters([list("서울"), "7", ""])
    assert {name: ids.tolist() for name, ids in inputs.items()} == {"word_ids": [[2, 3], [4, 0], [1, 0]]}
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(characters))
    assert type(again) is CharacterTokens and again.get_config() == {"vocabulary": ["서", "울", "0"]}
    with pytest.raises(ValueError, match=r"must be single characters. Received: sentences\[1\]\[0\]='서울'"):
        characters.encode(["서", ["서울"]])


def test_pairs_of_words_are_counted_by_their_forms(tokens):
    assert tokens.build_bigrams(SENTENCES, min_count=2) == [("ann", "sings")]
    assert tokens.bigram_ids([("ann", "sings"), ("ann", "nobody")]).tolist() == [[2, 3]]


SCRIPTS = [
    "हिन्दी में लिखा",
    "ภาษาไทยที่ดี",
    "தமிழ் நான்",
    "بِسْمِ اللَّهِ",
    "é café naïve",
    "İstanbul",
    "co\u00adoperate",
    "می\u200cخواهم",
]


@pytest.mark.parametrize("text", SCRIPTS)
def test_a_string_and_its_list_of_words_are_read_alike_in_every_form(text):
    known = Tokens.from_examples([text.split()])
    forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD")]
    first, *others = known.encode([*forms, *(form.split() for form in forms)])
    assert first.tokens == forms[0].split() and 1 not in first.word_ids
    for other in others:
        np.testing.assert_array_equal(other.word_ids, first.word_ids)
        assert [ids.tolist() for ids in other.character_ids] == [ids.tolist() for ids in first.character_ids]


@pytest.mark.parametrize("piece", ["-", "a-", "é\u0301", "\u0301", "@", "a@", ".", "1.", "'", "n't", "#a"])
def test_many_equal_pieces_are_split_at_once(piece):
    """A search that begins anew at every place would take minutes."""
    assert Tokens.split(piece * 300_000)


def test_marks_stay_with_the_character_before_them():
    assert [one for one, _ in CharacterTokens.split("が\u304b\u3099नि")] == ["が", "\u304b\u3099", "नि"]
    characters = CharacterTokens.from_examples(["が"])
    assert characters(["\u304b\u3099", ["が"]])["word_ids"].tolist() == [[2], [2]]


CONLLU = "# text = Ann is\n1-2\tAnn's\t_\t_\t_\t_\t_\t_\t_\t_\n" + "".join(
    f"{place}\t{word}\t_\t_\t_\t_\t_\t_\t_\t_\n" for place, word in ((1, "Ann"), (2, "'s"), ("2.1", "x"))
)


@pytest.mark.parametrize(
    ("content", "sentences"),
    [
        ("Ann\tB-PER\nsings\tO\n\n\nYes\tO\n", [["Ann", "sings"], ["Yes"]]),
        ("-DOCSTART- -X- O O\r\n\r\nEU NNP I-NP I-ORG\r\nno DT O O\r\n", [["EU", "no"]]),
        ("Ann\nsings", [["Ann", "sings"]]),
        (CONLLU, [["Ann", "'s"]]),
        ("\ufeff-DOCSTART- -X- O O\n\nAnn NNP\n", [["Ann"]]),
    ],
)
def test_sentences_of_conll_files(tmp_path, content, sentences):
    path = tmp_path / "a.conll.gz"
    path.write_bytes(gzip.compress(content.encode()))
    assert Tokens.read_file(path) == Tokens.read_file(str(path)) == sentences


def test_conll_files_of_characters_hold_spaces_and_refuse_words(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("## a\t<b>\n#\tO\n \tO\n", encoding="utf-8")
    assert CharacterTokens.read_file(path) == [["#", " "]]
    path.write_text("서\tO\n울시\tO\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.tsv, line 2=.*'울시'"):
        CharacterTokens.read_file(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Ann\tO\n\tO\n", "line 2=''"),
        ("# only\n# comments\n", "must hold tokens, one a line"),
        ("\n", "must hold text"),
        (b"Ann\tO\n\xff\tO\n", "line 2: text must be UTF-8"),
    ],
)
def test_a_bad_conll_file_is_named_with_its_line(tmp_path, content, message):
    path = tmp_path / "bad.conll"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=rf"bad\.conll.*{message}"):
        Tokens.read_file(path)


@pytest.fixture
def vectors(tmp_path):
    def write(content, name="vectors.txt"):
        path = tmp_path / name
        data = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return write


@pytest.mark.parametrize("header", ["", "4 3\n"])
@pytest.mark.parametrize("name", ["vectors.txt", "vectors.txt.gz"])
def test_both_formats_of_word_vectors_are_read(vectors, header, name):
    path = vectors(header + "the 0.5 1 -2\nan apple 1 2 3\nsong 1e-1 0 4 \nthe 9 9 9\n", name)
    found, dim = read_word_vectors(path, ["the", "song", "an apple", "none"])
    assert dim == 3 and set(found) == {"the", "song", "an apple"}
    np.testing.assert_allclose(found["the"], [0.5, 1, -2])
    np.testing.assert_allclose(found["song"], [0.1, 0, 4])
    assert found["the"].dtype == np.float32


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("the 1 2 3\nsong 1 2\n", "line 2: a word and 3 numbers expected. Received: 3 parts"),
        ("the 1 2 x\n", "line 1: values must be numbers"),
        ("song 1 2 3\nthe 1 2 nan\n", "line 2: values must be finite"),
        (b"song 1 2 3\nthe\xff 1 2 3\n", "line 2: text must be UTF-8"),
        ("", "must hold word vectors. Received: an empty file"),
    ],
)
def test_a_bad_line_of_word_vectors_is_named(vectors, content, message):
    with pytest.raises(ValueError, match=message):
        read_word_vectors(vectors(content), ["the"])
