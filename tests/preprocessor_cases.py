"""Training examples for every preprocessor, and settings of its `from_examples`; nothing here needs Keras."""

import numpy as np

from rnn_zoo import preprocessors

RNG = np.random.default_rng(0)
TEXTS = ["a good film", "a bad film", "good good"]
SENTENCES = [["Ann", "sings"], ["Bob", "sings", "3"], "Ann is here."]
PHOTO = RNG.integers(0, 256, (6, 8, 3)).astype("uint8")
VIDEO = RNG.integers(0, 256, (3, 4, 5)).astype("uint8")
SOUND = (RNG.normal(size=2000).astype("float32") * 0.1, 8000)
WAVES = np.sin(np.arange(40.0)).reshape(20, 2)

CASES = {
    "Words": ({"vocabulary_size": 5, "max_timesteps": 4}, TEXTS),
    "SpacedWords": ({"min_count": 2}, TEXTS),
    "Characters": ({"truncation": "end", "max_timesteps": 2}, TEXTS),
    "Jamo": ({"encoding": "bag_of_words", "ngrams": 2}, TEXTS),
    "Letters": ({}, ["film", "good"]),
    "SpacedTokens": ({}, ["HH AH L OW"]),
    "Subwords": ({"vocabulary_size": 15, "kind": "unigram"}, TEXTS * 10),
    "Tokens": ({"vocabulary_size": 4, "min_character_count": 2}, SENTENCES),
    "CharacterTokens": ({"min_count": 1}, ["서울 7", ["울"]]),
    "DNA": ({"k": 2}, ["ACGT", "TTN"]),
    "Pixels": ({"scale": 16}, [np.eye(3), np.zeros((3, 3))]),
    "PixelSequence": ({"permutation": 1, "pixels_per_step": 3, "scale": 1}, [np.eye(3)]),
    "Photos": ({"height": 4, "width": 4}, [PHOTO, PHOTO[..., 0]]),
    "Videos": ({"max_timesteps": 2}, [VIDEO, VIDEO[:1]]),
    "Frames": ({"velocities": True}, [WAVES, WAVES[:7]]),
    "LogMel": ({"sample_rate_hz": 8000, "mel_bins": 20, "scaling": "training"}, [SOUND, SOUND]),
    "Cepstra": ({"num_features": 2}, [WAVES]),
    "Series": ({"variables": ["a", "b"], "window": 5}, [WAVES, WAVES[3:]]),
    "Genres": ({}, ["jig", None, "reel"]),
    "Subjects": ({}, ["cat", None, 7]),
    "Pieces": ({}, [[[60], [-60], []]]),
    "ImageQuestions": ({"min_count": 1}, [(PHOTO, "is it red?"), (PHOTO, "red?")]),
}


def make(name):
    settings, raw = CASES[name]
    return getattr(preprocessors, name).from_examples(raw, **settings), raw


def run_all():
    """Make every preprocessor, encode and pad; returns how many."""
    for name in CASES:
        made, raw = make(name)
        made.pad(made.encode(raw))
    return len(CASES)
