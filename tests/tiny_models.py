"""The smallest model of every builder, and data for it: what the tests of all builders train and ask."""

from typing import Any, NamedTuple

import numpy as np
from conftest import LABELS, TEXTS

from rnn_zoo.formats.tag_schemes import forbidden_transitions
from rnn_zoo.preprocessors import Cepstra, Frames, Tokens, Words


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
