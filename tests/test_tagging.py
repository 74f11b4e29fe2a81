"""Taggers from end to end: pipeline, training, answers, word vectors, new heads."""

import keras
import numpy as np
import pytest
from tiny_models import ENTITIES, SENTENCES

import rnn_zoo

SIZES = {"embedding_dim": 8, "character_dim": 8, "character_units": 8, "units": 8}


@pytest.fixture(scope="module")
def make():
    def make(codec=None, name="ner_gru", **settings):
        codec = codec or rnn_zoo.EntityTags(["PER", "LOC"])
        arguments = {"word_dropout": 0.0, "dropout": 0.0, **SIZES, **settings}
        return getattr(rnn_zoo, name)(rnn_zoo.Tokens.from_examples(SENTENCES), codec, **arguments)

    return make


@pytest.fixture(scope="module")
def trained_file(make, tmp_path_factory):
    task = make()
    task.compile(keras.optimizers.Adam(0.03))
    task.fit(rnn_zoo.batches(task, SENTENCES, ENTITIES, batch_size=3, shuffle=True), epochs=25, verbose=0)
    path = tmp_path_factory.mktemp("trained") / "task.keras"
    task.save(path)
    return path


@pytest.fixture
def trained(trained_file):
    return keras.saving.load_model(trained_file)


def test_a_tagger_of_characters_finds_entities_in_strings_by_their_characters(tmp_path):
    texts = ["김하늘은 서울에 산다", "서울에서 이바다", "이바다는 김하늘", "나는 서울"]
    names = {"김하늘": "PER", "이바다": "PER", "서울": "LOC"}
    labels = []
    for text in texts:
        tags = ["O"] * len(text)
        for name, kind in names.items():
            if (start := text.find(name)) >= 0:
                tags[start : start + len(name)] = [f"B-{kind}"] + [f"I-{kind}"] * (len(name) - 1)
        labels.append(tags)
    characters = rnn_zoo.CharacterTokens.from_examples(texts)
    task = rnn_zoo.ner_gru(
        characters, rnn_zoo.EntityTags.from_examples(labels), characters.build_bigrams(texts), units=8,
        embedding_dim=8, bigram_dim=4, word_dropout=0.0, dropout=0.0,
    )  # fmt: skip
    assert list(task.input) == ["word_ids"]
    task.compile(keras.optimizers.Adam(0.05))
    task.fit(rnn_zoo.batches(task, [list(text) for text in texts], labels, batch_size=4), epochs=40, verbose=0)
    task.save(tmp_path / "characters.keras")
    loaded = keras.saving.load_model(tmp_path / "characters.keras")
    assert loaded.infer([list(text) for text in texts]) == labels
    (entities,) = loaded.infer([texts[0]])
    found = [(one["text"], one["label"], one["start"], one["end"]) for one in entities]
    assert found == [("김하늘", "PER", 0, 3), ("서울", "LOC", 5, 7)]


def test_batches_hold_words_characters_and_tags_of_one_width(make):
    task = make()
    dataset = rnn_zoo.batches(task, SENTENCES, ENTITIES, batch_size=4, shuffle=True)
    assert int(dataset.cardinality()) == 3
    seen = []
    for inputs, targets in dataset.as_numpy_iterator():
        assert inputs["word_ids"].shape == inputs["character_ids"].shape[:2] == targets.shape
        assert ((inputs["word_ids"] == 0) == (targets == -1)).all()
        seen += [tuple(row[row > 0]) for row in inputs["word_ids"]]
    assert sorted(seen) == sorted(tuple(one.word_ids) for one in task.preprocessor.encode(SENTENCES))
    lines = rnn_zoo.describe_batches(rnn_zoo.batches(task, SENTENCES, ENTITIES)).splitlines()
    assert [line.split()[0] for line in lines] == ["word_ids", "character_ids", "targets", "padding"]


def test_more_tags_than_tokens_are_refused(make):
    with pytest.raises(ValueError, match=r"Expected 5 tags. Received: labels\[0\] of length 1"):
        rnn_zoo.batches(make(), SENTENCES, [["O"], *ENTITIES[1:]])


def test_answers_come_in_order_as_tags_for_tokens_and_as_entities_for_strings(trained):
    assert trained.infer(SENTENCES, batch_size=2) == ENTITIES
    text = "In Rome nobody hears Ann Lee"
    answers = trained.infer([text, "", ["Lee", "sings"]], batch_size=2)
    assert all(text[one["start"] : one["end"]] == one["text"] and 0 <= one["score"] <= 1 for one in answers[0])
    assert ("Ann Lee", "PER") in [(one["text"], one["label"]) for one in answers[0]]
    assert answers[1:] == [[], ["B-PER", "O"]]


def test_a_compiled_tagger_goes_on_after_loading(trained, tmp_path):
    trained.save(tmp_path / "task.keras")
    loaded = keras.saving.load_model(tmp_path / "task.keras")
    assert loaded.infer(SENTENCES) == ENTITIES
    data = trained.preprocessor(SENTENCES), trained.codec(ENTITIES)
    trained.run_eagerly = loaded.run_eagerly = True
    results = [model.train_on_batch(*data, return_dict=True) for model in (loaded, trained)]
    assert results[0]["loss"] == pytest.approx(results[1]["loss"], abs=1e-5)


def test_a_new_head_has_other_entities_and_the_same_body(trained):
    new = rnn_zoo.replace_head(trained, ["ANIMAL", "TOOL", "PLANT"])
    assert type(new.codec) is rnn_zoo.EntityTags
    assert new.get_layer("logits").units == 13
    np.testing.assert_array_equal(
        new.get_layer("embedding").get_weights()[0], trained.get_layer("embedding").get_weights()[0]
    )
    assert len(new.infer(SENTENCES)) == len(SENTENCES)


def test_word_vectors_fill_the_rows_of_known_words_only(make, tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("rome 1 2 3 4\nelsewhere 9 9 9 9\nsings 5 6 7 8\n", encoding="utf-8")
    keras.utils.set_random_seed(3)
    fresh = make(embedding_dim=4).get_layer("embedding").get_weights()[0]
    keras.utils.set_random_seed(3)
    task = make(embedding_dim=4, word_vectors=path)
    filled = task.get_layer("embedding").get_weights()[0]
    known = {word: row for row, word in enumerate(task.preprocessor.vocabulary, start=2)}
    np.testing.assert_array_equal(filled[known["rome"]], [1, 2, 3, 4])
    np.testing.assert_array_equal(filled[known["sings"]], [5, 6, 7, 8])
    others = [row for row in range(len(filled)) if row not in (known["rome"], known["sings"])]
    np.testing.assert_array_equal(filled[others], fresh[others])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("rome 1 2 3\n", "embedding_dim must be 3 as in .* Received: embedding_dim=8"),
        ("elsewhere 1 2 3 4 5 6 7 8\n", "must know words of the vocabulary"),
        ("rome 1 2 3 4 5 6 7 8\nann 1\n", "line 2: a word and 8 numbers"),
    ],
)
def test_word_vectors_that_do_not_fit_are_refused(make, tmp_path, content, message):
    path = tmp_path / "vectors.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        make(word_vectors=path)


@pytest.mark.parametrize(
    ("name", "codec", "transitions"),
    [
        ("pos_gru", rnn_zoo.Tags(["PER", "LOC"], crf=True), 2),
        ("pos_gru", rnn_zoo.Tags(["PER", "LOC"]), 0),
        ("ner_gru", rnn_zoo.EntityTags(["PER", "LOC"], crf=False), 0),
    ],
)
def test_either_tagger_takes_either_head(make, name, codec, transitions):
    task = make(codec, name)
    assert task(task.preprocessor([["Ann", "sings", "in"]])).shape[1] == 3 + transitions
    task.compile(keras.optimizers.Adam(0.03), run_eagerly=True)
    labels = ENTITIES if name == "ner_gru" else [[tag[2:] or "LOC" for tag in tags] for tags in ENTITIES]
    data = task.preprocessor(SENTENCES), task.codec(labels)
    losses = [task.train_on_batch(*data)[0] for _ in range(6)]
    assert losses[-1] < losses[0]
