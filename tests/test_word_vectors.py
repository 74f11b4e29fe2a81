"""Vectors from a file for every kind of model of words."""

import numpy as np
import pytest

import rnn_zoo
from rnn_zoo import Words

ENGLISH, GERMAN = ["dog", "a", "red"], ["hund", "ein", "a"]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("vectors") / "vectors.txt"
    path.write_text("4 2\na 1 2\ndog 3 4\nhund 5 6\ncat 7 8\n", encoding="utf-8")
    return path


def tiny(name, *arguments, **settings):
    return getattr(rnn_zoo, name)(*arguments, embedding_dim=2, units=3, **settings)


MODELS = {
    "sentiment": lambda: tiny("sentiment_gru", Words(ENGLISH), rnn_zoo.Classes(["negative", "positive"])),
    "rating": lambda: tiny("rating_gru", Words(ENGLISH), rnn_zoo.Ratings(["1", "2", "3"])),
    "vqa": lambda: tiny("vqa_gru", rnn_zoo.ImageQuestions(ENGLISH, 16, 16), rnn_zoo.Classes(["yes", "no"])),
    "translation": lambda: tiny("translation_gru", Words(ENGLISH), rnn_zoo.Sequences(Words(GERMAN))),
    "language_model": lambda: tiny("language_model_gru", Words(ENGLISH), rnn_zoo.Texts(Words(ENGLISH))),
    "caption": lambda: tiny("caption_gru", rnn_zoo.Photos(32, 32), rnn_zoo.Captions(Words(ENGLISH))),
}


def embedding_of(task, side):
    if side == "output":
        return task.get_layer("decoder").embedding
    encoder = [layer for layer in task.layers if layer.name == "encoder"]
    return (encoder or [task])[0].get_layer("embedding")


@pytest.mark.parametrize(
    ("name", "side", "known"),
    [
        ("sentiment", "input", {"dog": [3, 4], "a": [1, 2]}),
        ("rating", "input", {"dog": [3, 4], "a": [1, 2]}),
        ("vqa", "input", {"dog": [3, 4], "a": [1, 2]}),
        ("translation", "input", {"dog": [3, 4], "a": [1, 2]}),
        ("translation", "output", {"hund": [5, 6], "a": [1, 2]}),
        ("language_model", "output", {"dog": [3, 4], "a": [1, 2]}),
        ("caption", "output", {"dog": [3, 4], "a": [1, 2]}),
    ],
)
def test_every_model_of_words_starts_from_the_vectors_of_a_file(name, side, known, path):
    task = MODELS[name]()
    before = np.array(embedding_of(task, side).get_weights()[0])
    given = None if name != "translation" or side == "input" else side  # the side that is meant without a word
    assert rnn_zoo.start_from_word_vectors(task, path, side=given) == len(known)
    after = embedding_of(task, side).get_weights()[0]
    words = GERMAN if (name, side) == ("translation", "output") else ENGLISH
    rows = {words.index(word) + 2: vector for word, vector in known.items()}
    for row in range(len(after)):
        np.testing.assert_array_equal(after[row], rows.get(row, before[row]))


def test_a_side_without_words_is_refused(path):
    with pytest.raises(ValueError, match="as output. Received: sentiment_gru"):
        rnn_zoo.start_from_word_vectors(MODELS["sentiment"](), path, side="output")
    with pytest.raises(ValueError, match="as input. Received: digits_dense"):
        rnn_zoo.start_from_word_vectors(rnn_zoo.digits_dense(), path)
    with pytest.raises(ValueError, match="side must be"):
        rnn_zoo.start_from_word_vectors(MODELS["sentiment"](), path, side="left")


def test_words_of_the_vectors_that_no_example_has_are_known_to_a_tagger(path):
    examples = [["The", "dog"]], [["O", "B-PET"]]
    settings = {"min_count": 1, "min_character_count": 1, "embedding_dim": 2, "units": 3, "word_vectors": str(path)}
    task = rnn_zoo.ner_gru.from_examples(examples, num_vector_words=4, **settings)
    assert task.preprocessor.vocabulary == ["dog", "the", "a", "hund", "cat"]
    rows = embedding_of(task, "input").get_weights()[0]
    assert rows[[2, 4, 5, 6]].tolist() == [[3, 4], [1, 2], [5, 6], [7, 8]]
    with pytest.raises(ValueError, match="num_vector_words=4, word_vectors=None"):
        rnn_zoo.ner_gru.from_examples(examples, num_vector_words=4)
