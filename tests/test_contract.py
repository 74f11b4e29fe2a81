"""What every builder of the zoo promises. A new task is one row in TINY."""

from typing import Any, NamedTuple

import keras
import numpy as np
import pytest
from conftest import LABELS, TEXTS

import rnn_zoo
from rnn_zoo import registry
from rnn_zoo.codecs import Transcripts
from rnn_zoo.codecs.schemes import forbidden_transitions
from rnn_zoo.layers.ctc import CERTAIN_LOGIT
from rnn_zoo.preprocessors import Cepstra, Frames, Tokens, Words

TOLERANCE = 1e-5


class Tiny(NamedTuple):
    """How to make a builder's smallest model, and data for it.

    The data touches every symbol: `inputs` hold each word of the vocabulary and one that is unknown.
    `never_seen` names the weights with rows that cannot learn, and those rows: that of padding, which reaches no
    answer, and those of what a scheme of tags forbids.
    """

    arguments: dict
    inputs: list
    targets: list
    bad_inputs: Any
    never_seen: dict
    bad_target: Any = "no such class"


def tiny_sentiment(core):
    texts = [*TEXTS, "an unforeseen film"]
    if core == "bag_of_words":
        arguments = {"vocabulary": Words.build_vocabulary(TEXTS, ngrams=2), "dropout": 0.0}
        return Tiny(arguments, texts, [*LABELS, "negative"], ["good", None], {"logits/kernel": {0}})
    arguments = {
        "vocabulary": Words.build_vocabulary(TEXTS),
        "bigrams": Words.build_bigrams(TEXTS),
        "embedding_dim": 8,
        "bigram_dim": 4,
        "units": 8,
        "word_dropout": 0.0,
        "embedding_dropout": 0.0,
        "dropout": 0.0,
    }
    return Tiny(
        arguments,
        texts,
        [*LABELS, "negative"],
        ["good", None],
        {f"{name}/embeddings": {0} for name in ("embedding", "bigram_embedding")},
    )


def tiny_rating(core):
    tiny = tiny_sentiment(core)
    stars = {"class_names": ["1", "2", "3"], "text": Words}
    targets = [{"negative": "1", "positive": "3"}[label] for label in tiny.targets]
    targets[2::4] = ["2"] * len(targets[2::4])
    return tiny._replace(arguments={**tiny.arguments, **stars}, targets=targets)


def tiny_dna(core):
    sequences = ["GCGCGGCCG", "ATTATAATT", "ggccgagc", "TTAATATA", "CGGTGGCCAG", "tatcaaagnt", "GCACGGGT", "AATGACTTAC"]
    arguments = {
        "class_names": ["rich in GC", "rich in AT"],
        "k": 2,
        "places": 9,
        "motifs": 8,
        "motif_length": 3,
        "embedding_dim": 8,
        "units": 8,
        "kmer_dropout": 0.0,
        "embedding_dropout": 0.0,
        "dropout": 0.0,
    }
    targets = ["rich in GC", "rich in AT"] * 4
    return Tiny(arguments, sequences, targets, ["ACGT", "ACXT"], {"embedding/embeddings": {0}})


def tiny_forecast(core):
    """Waves of two variables, which start everywhere; what followed is the second one."""
    times = np.arange(9)[:, None] * 0.7 + np.arange(14)
    waves = np.stack([np.sin(times), 3 + np.cos(times)], axis=-1)
    arguments = {
        "variables": ["sine", "cosine"],
        "window": 8,
        "horizon": 3,
        "targets": ["cosine"],
        "mean": [0.0, 3.0],
        "std": [0.7, 0.7],
        "units": 8,
        "dropout": 0.0,
    }
    broken = np.where(times[0, :10, None] < 3, waves[0, :10], np.nan)
    histories = list(waves[:, :10])
    return Tiny(arguments, histories, list(waves[:, 10:13, 1:]), [histories[0], broken], {})


def tiny_digits(core):
    """Four bright pixels an image, each pixel in one of the images; ReLU units are alive then."""
    images = np.zeros((16, 64))
    np.put_along_axis(images, np.random.default_rng(0).permutation(64).reshape(16, 4), 16, axis=1)
    arguments = {"class_names": ["even", "odd"], "units": 8, "dropout": 0.0}
    images = list(images.reshape(16, 8, 8))
    return Tiny(arguments, images, ["even", "odd"] * 8, [images[0], images[1][:7]], {})


def tiny_activity(core):
    """Skeletons of three joints, of 1 to 9 frames."""
    rng = np.random.default_rng(0)
    skeletons = [rng.normal(size=(length, 3, 3)) for length in (4, 1, 9, 6, 2, 7, 3, 5)]
    settings = {"unit": (0, 2), "velocities": True}
    scaling = Frames.build_scaling(skeletons, [3, 3], **settings)
    arguments = {
        "frames": Frames([3, 3], scaling=scaling, **settings),
        "class_names": ["wave", "bend"],
        "projection_dim": 8,
        "units": 8,
        "dropout": 0.0,
    }
    without_a_number = np.where(np.arange(18).reshape(2, 3, 3) == 7, np.nan, 1.0)
    return Tiny(arguments, skeletons, ["wave", "bend"] * 4, [skeletons[0], without_a_number], {})


def tiny_vqa(core):
    """Noise in every pixel, so that every unit of the network is alive in one of the images."""
    rng = np.random.default_rng(0)
    images = list(rng.integers(0, 256, (4, 8, 8, 3)).astype("uint8"))
    questions = ["is it red ?", "red", "is it blue", "an unforeseen word"]
    pairs = [(image, question) for image in images for question in questions]
    arguments = {
        "vocabulary": Words.build_vocabulary(questions[:3]),
        "class_names": ["no", "yes"],
        "height": 8,
        "width": 8,
        "filters": (4, 4),
        "embedding_dim": 8,
        "units": 8,
        "fusion_dim": 16,
        "fusion": "product",
        "dropout": 0.0,
    }
    targets = ["no", "yes", "yes", "no", "yes", "yes", "no", "no"] * 2
    return Tiny(arguments, pairs, targets, [pairs[0], (images[0], None)], {"embedding/embeddings": {0}})


def tiny_video(core):
    """Noise in every pixel, as for images."""
    rng = np.random.default_rng(0)
    films = [rng.integers(0, 256, (frames, 8, 8)).astype("uint8") for frames in (3, 5, 1, 4, 6, 2, 5, 3)]
    arguments = {
        "class_names": ["still", "moving"],
        "height": 8,
        "width": 8,
        "filters": (4,),
        "frame_dim": 16,
        "units": 8,
        "dropout": 0.0,
    }
    return Tiny(arguments, films, ["still", "moving"] * 4, [films[0], films[1][:, :7]], {})


def tiny_sequential_image(core):
    return tiny_digits(core)._replace(
        arguments={
            "class_names": ["even", "odd"], "height": 8, "width": 8, "scale": 16, "pixels_per_step": 8,
            "permutation": 1, "units": 12,
        }
    )  # fmt: skip


SENTENCES = [
    ["Ann", "Lee", "sings", "in", "Rome"],
    ["Rome", "hears", "Ann"],
    ["nobody", "hears", "Lee"],
    ["Lee", "sings"],
    ["in", "Rome", "nobody", "sings"],
    ["Ann", "hears", "Ann", "Lee"],
    ["New", "Rome", "sings"],
    ["nobody"],
    ["Ann", "in", "Xanthi"],
]
ENTITIES = [
    ["B-PER", "I-PER", "O", "O", "B-LOC"],
    ["B-LOC", "O", "B-PER"],
    ["O", "O", "B-PER"],
    ["B-PER", "O"],
    ["O", "B-LOC", "O", "O"],
    ["B-PER", "O", "B-PER", "I-PER"],
    ["B-LOC", "I-LOC", "O"],
    ["O"],
    ["B-PER", "O", "B-LOC"],
]
PARTS = {"sings": "VERB", "hears": "VERB", "in": "ADP", "nobody": "PRON"}


def tiny_tagger(core, class_names, targets, never_seen):
    arguments = {
        "vocabulary": Tokens.build_vocabulary(SENTENCES[:-1]),
        "characters": Tokens.build_characters(SENTENCES[:-1]),
        "class_names": class_names,
        "embedding_dim": 8,
        "character_dim": 8,
        "character_units": 8,
        "units": 8,
        "word_dropout": 0.0,
        "dropout": 0.0,
    }
    padding = {"embedding/embeddings": {0}, "character_embedding/embeddings": {0}}
    return Tiny(arguments, SENTENCES, targets, [["good"], None], {**padding, **never_seen})


def tiny_pos(core):
    targets = [[PARTS.get(word, "PROPN") for word in sentence] for sentence in SENTENCES]
    return tiny_tagger(core, ["ADP", "PRON", "PROPN", "VERB"], targets, {})


def tiny_ner(core):
    forbidden = forbidden_transitions(["PER", "LOC"], "BIOES")
    never = {"crf/start": set(np.flatnonzero(forbidden[-1])), "crf/end": set(np.flatnonzero(forbidden[:, -1]))}
    assert all(never.values())
    return tiny_tagger(core, ["PER", "LOC"], ENTITIES, never)


def tiny_translation(core):
    source = [
        "a dog runs",
        "a cat sleeps",
        "two dogs",
        "dogs run",
        "the cat runs",
        "two cats sleep",
        "a cat",
        "no bird",
    ]
    target = ["ein hund rennt", "eine katze schläft", "zwei hunde", "hunde rennen", "die katze rennt",
              "zwei katzen schlafen", "eine katze", "kein vogel"]  # fmt: skip
    arguments = {
        "source_tokenizer": Words(Words.build_vocabulary(source[:-1])),
        "target_tokenizer": Words(Words.build_vocabulary(target[:-1])),
        "embedding_dim": 16,
        "units": 16,
        "embedding_dropout": 0.0,
        "dropout": 0.0,
        "label_smoothing": 0.0,
    }
    return Tiny(arguments, source, target, ["good", None], {"embedding/embeddings": {0}}, bad_target=7)


def tiny_music(core):
    """Melodies of six pitches; an end, a rest and chords."""
    pieces = [
        [[60], [62], [64]],
        [[65, 60], []],
        [[61]],
        [[63], [60]],
        [[62, 61], [65]],
        [[64], [63, 62]],
        [[60]] * 4,
        [],
    ]
    arguments = {
        "class_names": list("abcdefg"),  # a genre each, so that the pieces can be memorized
        "lowest": 60,
        "highest": 65,
        "genre_dim": 8,
        "embedding_dim": 16,
        "units": 16,
        "genre_dropout": 0.0,
        "embedding_dropout": 0.0,
        "dropout": 0.0,
        "max_symbols": 20,
    }
    never_seen = {"embedding/embeddings": {0}, "decoder/embedding/embeddings": {0, 1, 10}}
    return Tiny(
        arguments, [*"abcdefg", None], pieces, ["a", "march"], never_seen,
        bad_target=[[20]],
    )  # fmt: skip


def tiny_language_model(core):
    """The eight texts that are memorized are one text, so that all but its beginning can be told."""
    line = "the cat saw the dog and the dog saw a strange thing"
    others = ["the cat", "a dog", "saw", "the dog saw the cat and a thing", "thing"]
    texts = [line] * 3 + others + [line] * 5
    arguments = {
        "tokenizer": Words([word for word in Words.build_vocabulary(texts) if word != "strange"]),
        "embedding_dim": 16,
        "units": 16,
        "dropout": 0.0,
        "decoding": {"method": "sample", "max_length": 10},
    }
    return Tiny(arguments, texts, texts, ["good", None], {"decoder/embedding/embeddings": {0}}, bad_target=7)


def tiny_caption(core):
    """Noise in every pixel, so that every unit of the network is alive in one of the images."""
    images = list(np.random.default_rng(0).integers(0, 256, (8, 8, 8, 3)).astype("uint8"))
    captions = ["a dog runs", "a cat", "two dogs run", "a cat sleeps", "dogs", "the dog sleeps", "two cats", "a bird"]
    arguments = {
        "tokenizer": Words(Words.build_vocabulary(captions[:-1])),
        "height": 8,
        "width": 8,
        "filters": (8,),
        "attention": "luong_general",
        "condition": "both",
        "image_dropout": 0.0,
        "embedding_dim": 8,
        "units": 16,
        "embedding_dropout": 0.0,
        "dropout": 0.0,
    }
    end_id = len(arguments["tokenizer"].symbols) + 1  # written, never read
    return Tiny(
        arguments, images, captions, [images[0], None], {"decoder/embedding/embeddings": {0, end_id}}, bad_target=7
    )


def tiny_pronunciation(core):
    words = ["bad", "dab", "cab", "add", "Dad", "baccad", "aba", "cada"]
    spoken = ["B AE D", ["D AE B"], "K AE B", ["AE D", "EY D IY D IY"], "D AE D", "B AE K AE D", "AA B AH", "K EY D AH"]
    arguments = {
        "letters": list("abcd"),
        "phonemes": ["AA", "AE", "AH", "B", "D", "EY", "K"],
        "embedding_dim": 64,
        "units": 16,
        "dropout": 0.0,
    }
    never = {"embedding/embeddings": {0, 1}, "decoder/embedding/embeddings": {0, 1, 10}}  # none is unknown; 10 ends
    return Tiny(arguments, words, spoken, ["bad", None], never, bad_target="B AX D")


def tiny_speech(core):
    """Features of 4 to 11 frames; the texts fit in half as many timesteps."""
    rng = np.random.default_rng(0)
    recordings = [rng.normal(size=(length, 6)) for length in (9, 4, 7, 10, 11, 5, 8, 6)]
    arguments = {
        "preprocessor": Cepstra(6, velocities=True),
        "symbols": "ab ",
        "stack": 2,
        "units": 8,
        "num_layers": 1,
        "dropout": 0.0,
    }
    texts = ["ab a", "b", "aa", "b a", "ba b", "a", "ab", "bb"]
    without_a_number = np.where(np.arange(24).reshape(4, 6) == 7, np.nan, 1.0)
    return Tiny(arguments, recordings, texts, [recordings[0], without_a_number], {})


def tiny_speech_with_attention(core):
    tiny = tiny_speech(core)
    arguments = {**tiny.arguments, "decoder": "attention", "units": 16}
    return tiny._replace(arguments=arguments, never_seen={"decoder/embedding/embeddings": {0, 1, 6}})  # 6 ends


TINY = {
    "digits": tiny_digits,
    "sentiment": tiny_sentiment,
    "dna": tiny_dna,
    "activity": tiny_activity,
    "rating": tiny_rating,
    "vqa": tiny_vqa,
    "video": tiny_video,
    "sequential_image": tiny_sequential_image,
    "forecast": tiny_forecast,
    "pos": tiny_pos,
    "ner": tiny_ner,
    "caption": tiny_caption,
    "music": tiny_music,
    "translation": tiny_translation,
    "pronunciation": tiny_pronunciation,
    "speech": tiny_speech,
    "speech with attention": tiny_speech_with_attention,
    "language_model": tiny_language_model,
}
BUILDERS = rnn_zoo.list_models()
VARIANTS = {"speech": ["speech with attention"]}
"""Other rows of the table for the builders of a task, whose networks differ much."""
CASES = [
    (name, row) for name in BUILDERS for row in [registry.ROWS[name].task, *VARIANTS.get(registry.ROWS[name].task, ())]
]
FUSED = (keras.layers.LSTM, keras.layers.GRU)


@pytest.fixture(params=CASES, ids=lambda case: case[0] + case[1].removeprefix(registry.ROWS[case[0]].task))
def case(request):
    return request.param


@pytest.fixture
def name(case):
    return case[0]


@pytest.fixture
def tiny(case):
    name, row = case
    return TINY[row](name.removeprefix(f"{registry.ROWS[name].task}_"))


@pytest.fixture
def build(name, tiny):
    return lambda: getattr(rnn_zoo, name)(**tiny.arguments, weights=None)


def answers_of(task, inputs):
    return keras.ops.convert_to_numpy(task(inputs))


def fed(task, tiny, places=slice(None)):
    """What the network takes to be taught these examples, and their targets."""
    targets = task.codec(tiny.targets[places])
    return task.teacher_forced(task.preprocessor(tiny.inputs[places]), targets), targets


def real_answers(task, encoded, targets, timesteps=None):
    """Outputs of encoded examples, one array each; where there is one a timestep, those of real timesteps only."""
    inputs = task.teacher_forced(task.preprocessor.pad(encoded, timesteps), task.codec.pad(targets, timesteps))
    outputs = answers_of(task, inputs)
    if writes(task):
        return [row[: len(one)] for row, one in zip(outputs, targets, strict=True)]
    if isinstance(task.codec, Transcripts):
        real = [-(-len(one) // task.codec.stride) for one in encoded]
        for row, length in zip(outputs, real, strict=True):
            assert (row[length:, 0] == 0).all() and (row[length:, 1:] == CERTAIN_LOGIT).all()
        return [row[:length] for row, length in zip(outputs, real, strict=True)]
    per_timestep = registry.ROWS[task.name].io_type == "many_to_many"
    before = outputs.shape[-1] if getattr(task.codec, "crf", False) else 0  # transitions stand before the timesteps
    return [row[: before + len(one)] if per_timestep else row for row, one in zip(outputs, encoded, strict=True)]


def writes(task):
    return isinstance(task, rnn_zoo.GenerativeTask)


def assert_all_close(found, expected, tolerance):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


def test_the_table_covers_every_registered_task():
    assert set(TINY) == {row for _, row in CASES}
    assert {name for name, _ in CASES} == set(BUILDERS)


def test_the_output_has_a_row_an_example_and_the_shape_that_the_model_declares(build, tiny):
    task = build()
    outputs = answers_of(task, fed(task, tiny)[0])
    assert outputs.dtype == np.float32
    assert outputs.shape[0] == len(tiny.inputs)
    declared = task.output_shape[1:]
    assert all(size in (None, found) for size, found in zip(declared, outputs.shape[1:], strict=True))
    assert len(task.infer(tiny.inputs)) == len(tiny.inputs)


def test_padding_does_not_change_the_answer(build, tiny):
    task = build()
    encoded = task.preprocessor.encode(tiny.inputs)
    targets = task.codec.encode(tiny.targets)
    longest = max(map(len, encoded))
    expected = real_answers(task, encoded, targets, longest)
    for more in (1, 5, 40):
        assert_all_close(real_answers(task, encoded, targets, longest + more), expected, TOLERANCE)
    alone = [real_answers(task, [one], [target])[0] for one, target in zip(encoded, targets, strict=True)]
    assert_all_close(alone, expected, TOLERANCE)


def test_a_saved_model_answers_the_same_after_loading(build, tiny, name, tmp_path):
    task = build()
    task.save(tmp_path / "task.keras")
    loaded = getattr(rnn_zoo, name)(weights=tmp_path / "task.keras")
    assert type(loaded) is type(task)
    inputs = fed(task, tiny)[0]
    again = keras.tree.flatten(fed(loaded, tiny)[0])
    for one, other in zip(again, keras.tree.flatten(inputs), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_allclose(answers_of(loaded, inputs), answers_of(task, inputs), rtol=1e-6, atol=1e-6)


def test_one_step_moves_every_row_of_every_trainable_weight_but_that_of_padding(build, tiny):
    task = build()
    task.compile(keras.optimizers.Adam(0.01))
    before = {weight.path: keras.ops.convert_to_numpy(weight).copy() for weight in task.trainable_weights}
    assert set(tiny.never_seen) <= set(before)
    task.train_on_batch(*fed(task, tiny))
    for weight in task.trainable_weights:
        moved = np.abs(keras.ops.convert_to_numpy(weight) - before[weight.path]) > 1e-4
        moved = moved.reshape(len(moved), -1).any(axis=1)
        never = tiny.never_seen.get(weight.path, ())
        expected = [row not in never for row in range(len(moved))]
        assert moved.tolist() == expected, weight.path


def test_eight_examples_are_memorized(build, tiny):
    task = build()
    task.compile(keras.optimizers.Adam(0.03))
    chosen = tiny._replace(inputs=tiny.inputs[:3] + tiny.inputs[-5:], targets=tiny.targets[:3] + tiny.targets[-5:])
    inputs, targets = fed(task, chosen)
    for _ in range(80):
        loss = task.train_on_batch(inputs, targets)[0]
        task.reset_metrics()
    assert loss < 0.05


def test_half_precision_training_stays_finite(build, tiny):
    keras.config.set_dtype_policy("mixed_float16")
    task = build()
    task.compile(keras.optimizers.Adam(0.01))
    before = answers_of(task, fed(task, tiny)[0])
    assert before.dtype == np.float32
    task.fit(rnn_zoo.batches(task, tiny.inputs, tiny.targets), epochs=2, verbose=0)
    after = answers_of(task, fed(task, tiny)[0])
    assert np.isfinite(before).all() and np.isfinite(after).all()
    assert all(np.isfinite(weight).all() for weight in task.get_weights())
    assert np.abs(after - before).max() > 1e-4


def test_bad_input_is_refused_with_its_place(build, tiny):
    task = build()
    with pytest.raises(ValueError, match=r"Received: \w+\[1\]="):
        task.infer(tiny.bad_inputs)
    with pytest.raises(ValueError, match=r"Received: \w+\[1\]="):
        rnn_zoo.batches(task, tiny.bad_inputs, tiny.targets[:2])
    with pytest.raises(ValueError, match=r"Received: (labels|texts|pieces)\[0\]"):
        rnn_zoo.batches(task, tiny.inputs[:1], [tiny.bad_target])


def test_features_come_before_the_head_of_every_model(build, tiny):
    task = build()
    if writes(task):
        pytest.skip("a model that writes has an encoder and a decoder instead")
    features = rnn_zoo.feature_extractor(task)(task.preprocessor(tiny.inputs))
    assert features.shape[0] == len(tiny.inputs)
    has_timesteps = registry.ROWS[task.name].io_type in ("many_to_many", "encoder_decoder")
    assert len(features.shape) == (3 if has_timesteps else 2)


@pytest.fixture
def masks(monkeypatch):
    """The masks that reach LSTM and GRU layers, in the order of the calls."""
    seen = []
    for layer_class in FUSED:

        def spy(self, sequences, initial_state, mask, training=False, _original=layer_class.inner_loop):
            seen.append(mask)
            return _original(self, sequences, initial_state, mask, training=training)

        monkeypatch.setattr(layer_class, "inner_loop", spy)
    return seen


def test_a_mask_that_reaches_a_layer_would_be_noticed(masks):
    embedded = keras.layers.Embedding(5, 4, mask_zero=True)(np.array([[1, 2, 0]]))
    for layer_class in FUSED:
        layer_class(3)(embedded)
    assert len(masks) == 2 and all(mask is not None for mask in masks)


def test_lstm_and_gru_layers_meet_the_conditions_of_the_fused_kernels(build, tiny, masks):
    task = build()
    fused = [layer for layer in task._flatten_layers() if isinstance(layer, FUSED)]
    for layer in fused:
        assert layer.cell.activation is keras.activations.tanh
        assert layer.cell.recurrent_activation is keras.activations.sigmoid
        assert layer.use_bias and not layer.unroll and not layer.go_backwards and not layer.stateful
        assert layer.recurrent_dropout == 0
        assert layer.use_cudnn in ("auto", True)
        assert getattr(layer.cell, "reset_after", True)
    task(fed(task, tiny)[0])
    assert len(masks) == len(fused)
    assert all(mask is None for mask in masks)


def test_the_gated_builders_are_those_with_layers_that_can_be_fused():
    """Keeps the test above from passing because it looks at no layer."""
    for name in BUILDERS:
        task = registry.ROWS[name].task
        core = name.removeprefix(f"{task}_")
        layers = getattr(rnn_zoo, name)(**TINY[task](core).arguments, weights=None)._flatten_layers()
        assert any(isinstance(layer, FUSED) for layer in layers) == (core in ("gru", "lstm"))
