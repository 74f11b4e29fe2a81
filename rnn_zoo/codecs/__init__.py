"""Codecs: label encoders and postprocessors, the only place that knows what a model's targets mean.

`encode` is for training, `decode` for answers; `to_text` and `to_json` say how an answer reads. They are NumPy and
Python: what Keras needs for a codec is in `rnn_zoo.losses`, `rnn_zoo.metrics` and `rnn_zoo.heads`.
"""

import lazy_loader

MODULES = {
    "classes": ["Classes", "Ratings"],
    "drawings": ["Drawings"],
    "entities": ["EntityTags", "Requests"],
    "forecasts": ["Forecast"],
    "notes": ["NoteSequences"],
    "sequences": ["Captions", "Phonemes", "Sequences"],
    "tags": ["Tags"],
    "texts": ["Texts"],
    "transcripts": ["Transcripts", "WrittenTranscripts"],
}

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs=MODULES)
