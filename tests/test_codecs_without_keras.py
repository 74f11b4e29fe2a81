"""Codecs need NumPy and Python alone: they encode and decode where there is no Keras and no TensorFlow."""

import subprocess
import sys

PROGRAM = """
import sys
sys.modules |= dict.fromkeys(["keras", "tensorflow", "jax", "torch"])  # an import of any of them fails
import numpy as np
import rnn_zoo
from rnn_zoo import codecs

words, tokens = rnn_zoo.Words(["a", "dog"]), rnn_zoo.SpacedTokens(["D", "R"])
sentences = rnn_zoo.Tokens(["ann"], list("An")).encode([["Ann", "sings"], "Ann sings"])
scores = np.random.default_rng(0).normal(size=(2, 5 + 2, 5))  # of a CRF
labels = {
    codecs.Classes(["no", "yes"]): ["yes", 0],
    codecs.Ratings(["1", "2"], ordinal=True): [1, 2],
    codecs.Tags(["N", "V"]): [["N", "V"], ["V"]],
    codecs.EntityTags(["PER"]): [["B-PER", "O"], ["O"]],
    codecs.Requests(["city"], ["fare", "flight"]): [("fare", ["B-city", "O"]), ("flight", ["O"])],
    codecs.Forecast(["load"], 2): [[1.0, 2.0], [3.0, 4.0]],
    codecs.Transcripts("ab"): ["ab", "b"],
    codecs.WrittenTranscripts("ab"): ["ab", "b"],
    codecs.Sequences(words): ["a dog", "dog"],
    codecs.Captions(words): [["a dog", "dog"], "dog"],
    codecs.Texts(words): ["a dog", "dog"],
    codecs.Phonemes(tokens): [["D R", "R"], "R"],
    codecs.Drawings(): [[[0, 0, 0], [5, 0, 1]], [[0, 0, 0], [5, 1, 0], [2, 1, 1]]],
    codecs.NoteSequences(rnn_zoo.Pieces()): [[[60], [62]], [[64, 60]]],
}
assert {type(codec).__name__ for codec in labels} == set(codecs.__all__)
outputs = {
    "Classes": np.zeros((2, 2)), "Ratings": np.zeros((2, 2)), "Tags": np.zeros((2, 2, 2)), "EntityTags": scores,
    "Requests": np.zeros((2, 3, 3)), "Forecast": np.zeros((2, 2, 1)), "Transcripts": np.zeros((2, 3, 3)),
}
for codec, given in labels.items():
    targets, name = codec(given), type(codec).__name__
    assert len(targets) == 2 and codec.from_config(codec.get_config()).get_config() == codec.get_config()
    if name in outputs:
        answers = codec.decode(outputs[name], sentences)
    else:
        answers = [codec.answer(row[(row > 0).reshape(len(row), -1).any(axis=1)]) for row in targets]
    for raw, answer in zip([sentence.text or sentence.tokens for sentence in sentences], answers, strict=True):
        assert isinstance(codec.to_text(raw, answer), str) and isinstance(codec.to_json(answer), (dict, list))
assert not [name for name in sys.modules if name.startswith(("keras.", "tensorflow."))]
print("all of them")
"""


def test_every_codec_encodes_and_decodes_without_keras_and_tensorflow():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.stdout == "all of them\n", done.stderr
