"""Preprocessors: raw examples in, right-padded arrays out. They need neither Keras nor TensorFlow."""

import lazy_loader

MODULES = {
    "audio": ["Cepstra", "LogMel"],
    "frames": ["Frames"],
    "histories": ["Series"],
    "kmers": ["DNA"],
    "pictures": ["ImageQuestions", "Photos", "Videos"],
    "pitches": ["Genres", "Pieces", "Subjects"],
    "pixels": ["Pixels", "PixelSequence"],
    "spelling": ["Letters", "SpacedTokens"],
    "subwords": ["Subwords"],
    "text": ["Characters", "Jamo", "SpacedWords", "Words"],
    "tokens": ["CharacterTokens", "Tokens"],
}

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs=MODULES)
