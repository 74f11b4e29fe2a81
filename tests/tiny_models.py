"""The smallest model of every builder, and data for it: what the tests of all builders train and ask."""

from typing import Any, NamedTuple

import numpy as np
from conftest import LABELS, TEXTS

from rnn_zoo.formats.tag_schemes import forbidden_transitions


class Tiny(NamedTuple):
    """How to make a builder's smallest model, and data for it.

    The model is made from the examples that `learned` counts, so that those behind hold an unknown token; the data
    touches every token. `never_seen` names the weights with rows that cannot learn, and those rows: that of padding,
    which reaches no answer, and those of what a scheme of tags forbids.
    """

    settings: dict
    inputs: list
    targets: list
    bad_inputs: Any
    never_seen: dict
    bad_target: Any = "no such class"
    learned: int | None = None

    @property
    def examples(self):
        """What the model is made from."""
        return self.inputs[: self.learned], self.targets[: self.learned]


def tiny_sentiment(core):
    texts = [*TEXTS, "an unforeseen film"]
    if core == "bag_of_words":
        settings = {"min_count": 1, "dropout": 0.0}
        return Tiny(settings, texts, [*LABELS, "negative"], ["good", None], {"logits/kernel": {0}}, learned=-1)
    settings = {
        "min_count": 1,
        "bigram_min_count": 1,
        "embedding_dim": 8,
        "bigram_dim": 4,
        "units": 8,
        "word_dropout": 0.0,
        "embedding_dropout": 0.0,
        "dropout": 0.0,
    }
    return Tiny(
        settings,
        texts,
        [*LABELS, "negative"],
        ["good", None],
        {f"{name}/embeddings": {0} for name in ("embedding", "bigram_embedding")},
        learned=-1,
    )


def tiny_rating(core):
    tiny = tiny_sentiment(core)
    targets = [{"negative": "1", "positive": "3"}[label] for label in tiny.targets]
    targets[2::4] = ["2"] * len(targets[2::4])
    return tiny._replace(targets=targets)


def tiny_dna(core):
    sequences = ["GCGCGGCCG", "ATTATAATT", "ggccgagc", "TTAATATA", "CGGTGGCCAG", "tatcaaagnt", "GCACGGGT", "AATGACTTAC"]
    settings = {
        "class_names": ["rich in GC", "rich in AT"],
        "k": 2,
        "num_positions": 9,
        "motifs": 8,
        "motif_length": 3,
        "embedding_dim": 8,
        "units": 8,
        "kmer_dropout": 0.0,
        "embedding_dropout": 0.0,
        "dropout": 0.0,
    }
    targets = ["rich in GC", "rich in AT"] * 4
    return Tiny(settings, sequences, targets, ["ACGT", "ACXT"], {"embedding/embeddings": {0}})


def tiny_forecast(core):
    """Waves of two variables, which start everywhere; what followed is the second one."""
    times = np.arange(9)[:, None] * 0.7 + np.arange(14)
    waves = np.stack([np.sin(times), 3 + np.cos(times)], axis=-1)
    settings = {
        "variables": ["sine", "cosine"],
        "window": 8,
        "targets": ["cosine"],
        "units": 8,
        "dropout": 0.0,
    }
    broken = np.where(times[0, :10, None] < 3, waves[0, :10], np.nan)
    histories = list(waves[:, :10])
    return Tiny(settings, histories, list(waves[:, 10:13, 1:]), [histories[0], broken], {})


def tiny_digits(core):
    """Four bright pixels an image, each pixel in one of the images; ReLU units are alive then."""
    images = np.zeros((16, 64))
    np.put_along_axis(images, np.random.default_rng(0).permutation(64).reshape(16, 4), 16, axis=1)
    settings = {"class_names": ["even", "odd"], "scale": 16.0, "units": 8, "dropout": 0.0}
    images = list(images.reshape(16, 8, 8))
    return Tiny(settings, images, ["even", "odd"] * 8, [images[0], images[1] - 99], {})


def tiny_activity(core):
    """Skeletons of three joints, of 1 to 9 frames."""
    rng = np.random.default_rng(0)
    skeletons = [rng.normal(size=(length, 3, 3)) for length in (4, 1, 9, 6, 2, 7, 3, 5)]
    settings = {
        "unit_joints": (0, 2),
        "velocities": True,
        "class_names": ["wave", "bend"],
        "projection_dim": 8,
        "units": 8,
        "dropout": 0.0,
    }
    without_a_number = np.where(np.arange(18).reshape(2, 3, 3) == 7, np.nan, 1.0)
    return Tiny(settings, skeletons, ["wave", "bend"] * 4, [skeletons[0], without_a_number], {})


def tiny_vqa(core):
    """Noise in every pixel, so that every unit of the network is alive in one of the images."""
    rng = np.random.default_rng(0)
    images = list(rng.integers(0, 256, (4, 8, 8, 3)).astype("uint8"))
    questions = ["is it red ?", "red", "is it blue", "an unforeseen word"]
    pairs = [(image, question) for image in images for question in questions]
    settings = {
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
    return Tiny(settings, pairs, targets, [pairs[0], (images[0], None)], {"embedding/embeddings": {0}}, learned=3)


def tiny_video(core):
    """Noise in every pixel, as for images."""
    rng = np.random.default_rng(0)
    videos = [rng.integers(0, 256, (frames, 8, 8)).astype("uint8") for frames in (3, 5, 1, 4, 6, 2, 5, 3)]
    settings = {
        "class_names": ["still", "moving"],
        "filters": (4,),
        "frame_dim": 16,
        "units": 8,
        "dropout": 0.0,
    }
    return Tiny(settings, videos, ["still", "moving"] * 4, [videos[0], videos[1][:, :7]], {})


def tiny_sequential_image(core):
    return tiny_digits(core)._replace(
        settings={
            "class_names": ["even", "odd"], "scale": 16.0, "pixels_per_step": 8, "permutation": 1, "units": 12
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
    settings = {
        "min_count": 1,
        "min_character_count": 1,
        "class_names": class_names,
        "embedding_dim": 8,
        "character_dim": 8,
        "character_units": 8,
        "units": 8,
        "word_dropout": 0.0,
        "dropout": 0.0,
    }
    padding = {"embedding/embeddings": {0}, "character_embedding/embeddings": {0}}
    return Tiny(settings, SENTENCES, targets, [["good"], None], {**padding, **never_seen}, learned=-1)


def tiny_pos(core):
    targets = [[PARTS.get(word, "PROPN") for word in sentence] for sentence in SENTENCES]
    return tiny_tagger(core, ["ADP", "PRON", "PROPN", "VERB"], targets, {})


def tiny_ner(core):
    forbidden = forbidden_transitions(["PER", "LOC"], "BIOES")
    never = {"crf/start": set(np.flatnonzero(forbidden[-1])), "crf/end": set(np.flatnonzero(forbidden[:, -1]))}
    assert all(never.values())
    return tiny_tagger(core, ["PER", "LOC"], ENTITIES, never)


def tiny_intent(core):
    targets = [
        ("where" if "in" in sentence else "who", tags) for sentence, tags in zip(SENTENCES, ENTITIES, strict=True)
    ]
    return tiny_tagger(core, ["PER", "LOC"], targets, {})


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
    settings = {
        "token_type": "words",
        "min_count": 1,
        "embedding_dim": 16,
        "units": 16,
        "embedding_dropout": 0.0,
        "dropout": 0.0,
        "label_smoothing": 0.0,
    }
    return Tiny(settings, source, target, ["good", None], {"embedding/embeddings": {0}}, bad_target=7, learned=-1)


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
    settings = {
        "class_names": list("abcdefg"),  # a genre each, so that the pieces can be memorized
        "lowest": 60,
        "highest": 65,
        "genre_dim": 8,
        "embedding_dim": 16,
        "units": 16,
        "genre_dropout": 0.0,
        "embedding_dropout": 0.0,
        "dropout": 0.0,
        "max_tokens": 20,
    }
    never_seen = {"embedding/embeddings": {0}, "decoder/embedding/embeddings": {0, 1, 10}}
    return Tiny(
        settings, [*"abcdefg", None], pieces, ["a", "march"], never_seen,
        bad_target=[[20]],
    )  # fmt: skip


def tiny_sketch(core):
    """Drawings of one or two strokes, a subject each."""
    rng = np.random.default_rng(0)
    drawings = [np.round(rng.normal(scale=20, size=(length, 3))) for length in (3, 5, 2, 4, 6, 3, 5, 4)]
    for place, points in enumerate(drawings):
        points[0], points[:, 2] = 0, np.arange(len(points)) == 1 + place % 2
        points[-1, 2] = 1
    settings = {
        "num_mixtures": 2,
        "max_points": 10,
        "subject_dim": 8,
        "embedding_dim": 16,
        "units": 16,
        "subject_dropout": 0.0,
        "dropout": 0.0,
        "class_names": list("abcdefg"),
    }
    subjects = [*"abcdefg", None]
    return Tiny(settings, subjects, drawings, ["a", "z"], {"embedding/embeddings": {0}}, bad_target=[[0, 0, 7]])


def tiny_language_model(core):
    """The eight texts that are memorized are one text, so that all but its beginning can be told."""
    line = "the cat saw the dog and the dog saw a strange thing"
    others = ["the cat", "a dog", "saw", "the dog saw the cat and a thing", "thing"]
    texts = [line] * 3 + others + [line] * 5
    settings = {
        "token_type": "words",
        "vocabulary_size": 9,
        "embedding_dim": 16,
        "units": 16,
        "dropout": 0.0,
        "decoding": {"method": "sample", "max_length": 10},
    }
    return Tiny(settings, texts, texts, ["good", None], {"decoder/embedding/embeddings": {0}}, bad_target=7)


def tiny_caption(core):
    """Noise in every pixel, so that every unit of the network is alive in one of the images."""
    images = list(np.random.default_rng(0).integers(0, 256, (8, 8, 8, 3)).astype("uint8"))
    captions = ["a dog runs", "a cat", "two dogs run", "a cat sleeps", "dogs", "the dog sleeps", "two cats", "a bird"]
    settings = {
        "min_count": 1,
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
    end_id = 2 + len({word for text in captions[:-1] for word in text.split()}) + 1  # written, never read
    return Tiny(
        settings, images, captions, [images[0], None], {"decoder/embedding/embeddings": {0, end_id}}, bad_target=7,
        learned=-1,
    )  # fmt: skip


def tiny_pronunciation(core):
    words = ["bad", "dab", "cab", "add", "Dad", "baccad", "aba", "cada"]
    spoken = ["B AE D", ["D AE B"], "K AE B", ["AE D", "EY D IY D IY"], "D AE D", "B AE K AE D", "AA B AH", "K EY D AH"]
    settings = {
        "embedding_dim": 64,
        "units": 16,
        "dropout": 0.0,
    }
    never = {"embedding/embeddings": {0, 1}, "decoder/embedding/embeddings": {0, 1, 10}}  # none is unknown; 10 ends
    return Tiny(settings, words, spoken, ["bad", None], never, bad_target="B AX D")


def tiny_speech(core):
    """Features of 4 to 11 frames; the texts fit in half as many timesteps."""
    rng = np.random.default_rng(0)
    recordings = [rng.normal(size=(length, 6)) for length in (9, 4, 7, 10, 11, 5, 8, 6)]
    settings = {
        "velocities": True,
        "stack": 2,
        "units": 8,
        "num_layers": 1,
        "dropout": 0.0,
    }
    texts = ["ab a", "b", "aa", "b a", "ba b", "a", "ab", "bb"]
    without_a_number = np.where(np.arange(24).reshape(4, 6) == 7, np.nan, 1.0)
    return Tiny(settings, recordings, texts, [recordings[0], without_a_number], {})


def tiny_keyword(core):
    tiny, settings = tiny_speech(core), {"class_names": ["yes", "no"], "filters": 8, "filter_stride": 4}
    return tiny._replace(settings={**tiny.settings, **settings}, targets=["yes", "no"] * 4, bad_target="no such class")


def tiny_speech_with_attention(core):
    tiny = tiny_speech(core)
    settings = {**tiny.settings, "decoder": "attention", "units": 16}
    return tiny._replace(settings=settings, never_seen={"decoder/embedding/embeddings": {0, 1, 6}})  # 6 ends


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
    "intent": tiny_intent,
    "caption": tiny_caption,
    "music": tiny_music,
    "sketch": tiny_sketch,
    "translation": tiny_translation,
    "pronunciation": tiny_pronunciation,
    "speech": tiny_speech,
    "keyword": tiny_keyword,
    "speech with attention": tiny_speech_with_attention,
    "language_model": tiny_language_model,
}
