"""What is special about keywords: nothing looks ahead, and recordings are learned in other voices too."""

import importlib.util
from pathlib import Path

import keras
import numpy as np
import pytest
from tiny_models import tiny_keyword

import rnn_zoo

RECIPE = Path(__file__).parent.parent / "recipes" / "keyword_speech_commands.py"


def test_sound_can_be_read_as_it_comes():
    tiny = tiny_keyword("gru")
    settings = {**tiny.settings, "scaling": "training", "num_layers": 2}
    task = rnn_zoo.keyword_gru.from_examples(tiny.examples, **settings)
    states = keras.Model(task.input, task.get_layer("gru_1").output)
    inputs = task.preprocessor(tiny.inputs[4:5])
    whole = np.array(states.predict(inputs, verbose=0))
    for frames in (2, 4, 8):
        begin = {"frames": inputs["frames"][:, :frames], "lengths": np.array([frames], "int32")}
        np.testing.assert_allclose(states.predict(begin, verbose=0), whole[:, : frames // 2], atol=1e-5)
    assert np.ptp(whole, axis=1).max() > 1e-3


def test_other_voices_say_the_same_word_higher_or_lower():
    spec = importlib.util.spec_from_file_location("recipe", RECIPE)
    recipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recipe)
    tone = (np.sin(2 * np.pi * 500 * np.arange(8000) / 8000) * 8000).astype("int16")
    one = rnn_zoo.datasets.Examples([(tone, 8000)], ["yes"])
    raw, labels = recipe.prepare(None, one, {"seed": 0}, copies=20)
    assert labels == ["yes"] * 21 and raw[0][0] is tone
    peaks = [np.abs(np.fft.rfft(samples)).argmax() for samples, _ in raw[1:]]
    assert {samples.shape for samples, _ in raw} == {(8000,)} and len(set(peaks)) > 10
    assert min(peaks) == pytest.approx(425, abs=30) and max(peaks) == pytest.approx(600, abs=30)
    assert recipe.prepare(None, one, {"seed": 0}, copies=0) == one
