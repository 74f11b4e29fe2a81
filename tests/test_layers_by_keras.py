"""Keras' own checks of a layer, over every layer of ours, and what a layer says of its outputs against tracing it."""

import inspect

import keras
import numpy as np
import pytest
from keras.src.testing import TestCase

import rnn_zoo.layers as zoo
from rnn_zoo.layers.steps import IndRNNCell, LayerNormLSTMCell

pytestmark = [
    pytest.mark.filterwarnings("ignore:The model does not have any trainable weights"),
    pytest.mark.filterwarnings("ignore:.shuffle=True. was passed, but will be ignored"),
]
RNG = np.random.default_rng(0)
SEQUENCE = RNG.normal(size=(2, 5, 6)).astype("float32")
IDS = np.array([[4, 2, 3, 1, 0], [5, 0, 0, 0, 0]], "int32")
LENGTHS = np.array([4, 1], "int32")
CONTEXT = {"summary": np.ones((2, 3), "float32"), "memory": SEQUENCE, "mask": np.ones((2, 5), "float32")}
DECODER = {"vocabulary_size": 6, "embedding_dim": 4, "core": "gru", "units": 6}
CASES = [
    (zoo.Attention, {"kind": "bahdanau", "units": 3}, [SEQUENCE[:, :2], SEQUENCE, np.ones((2, 5), "int32")]),
    (zoo.Attention, {"kind": "luong_dot", "units": 3}, [SEQUENCE[:, :2], SEQUENCE, np.ones((2, 5), "int32")]),
    (zoo.BigramIds, {"num_bigrams": 2, "vocabulary_size": 6}, [IDS]),
    (zoo.BlankPadding, {"stride": 2}, [SEQUENCE, 2 * LENGTHS]),
    (zoo.CRF, {"forbidden": None}, [SEQUENCE, LENGTHS]),
    (zoo.ClearPadding, {}, [SEQUENCE, LENGTHS]),
    (zoo.CumulativeLogits, {"num_classes": 4}, [SEQUENCE[:, 0]]),
    (zoo.EndStates, {}, [SEQUENCE, LENGTHS]),
    (zoo.FoldTimesteps, {}, [SEQUENCE[..., None]]),
    (zoo.FrameDropout, {"rate": 0.5, "seed": 1}, [SEQUENCE]),
    (zoo.MaskedMaxPooling, {}, [SEQUENCE, LENGTHS]),
    (zoo.MaskedMeanPooling, {}, [SEQUENCE, LENGTHS]),
    (zoo.LRU, {"units": 4, "return_sequences": True}, [SEQUENCE]),
    (zoo.MinGRU, {"units": 4}, [SEQUENCE]),
    (zoo.MinLSTM, {"units": 4, "return_sequences": True, "longest_memory": 9}, [SEQUENCE]),
    (zoo.OneHot, {"vocabulary_size": 6}, [IDS]),
    (zoo.PositionWeightedPooling, {"num_positions": 3}, [SEQUENCE, LENGTHS]),
    (zoo.QRNN, {"units": 4, "longest_memory": 9}, [SEQUENCE]),
    (zoo.RandomReverseComplement, {"k": 1, "rate": 0.5, "seed": 1}, [IDS, LENGTHS]),
    (zoo.RandomScale, {"spread": 0.5, "seed": 1}, [SEQUENCE]),
    (zoo.RandomTimeWarp, {"strength": 0.5, "seed": 1}, [SEQUENCE, LENGTHS]),
    (zoo.RandomTurn, {"degrees": 30, "seed": 1}, [SEQUENCE]),
    (zoo.RealTimesteps, {}, [SEQUENCE]),
    (zoo.RealTimesteps, {}, [SEQUENCE, LENGTHS]),
    (zoo.RecurrentDecoder, {**DECODER, "tied": True, "condition": "both"}, [IDS, CONTEXT]),
    (zoo.RecurrentDecoder, {**DECODER, "attention": "bahdanau", "scheduled_sampling": 0.5}, [IDS, CONTEXT]),
    (zoo.RecurrentDecoder, {**DECODER, "attention": "luong_general", "weight_drop": 0.5}, [IDS, CONTEXT]),
    (zoo.RecurrentDecoder, {**DECODER, "word_dropout": 0.5, "dropout": 0.5}, [IDS]),
    (zoo.ReverseByLength, {}, [SEQUENCE, LENGTHS]),
    (zoo.Rollout, {"core": "lstm", "units": 4, "horizon": 3}, [SEQUENCE[:, 0], SEQUENCE[:, 0, :2]]),
    (zoo.RowBefore, {}, [SEQUENCE[:, 0, :4], SEQUENCE]),
    (zoo.ScheduledSampling, {"final_share": 0.5, "unread_ids": [0], "seed": 1}, [IDS, SEQUENCE]),
    (zoo.SequenceLengths, {}, [IDS]),
    (zoo.SpecAugment, {"time_masks": 1, "longest_time_mask": 2, "seed": 1}, [SEQUENCE, LENGTHS]),
    (zoo.StackFrames, {"size": 2}, [SEQUENCE]),
    (zoo.StackedLengths, {"size": 2}, [LENGTHS]),
    (zoo.TakeLast, {}, [SEQUENCE, LENGTHS]),
    (zoo.UnfoldTimesteps, {}, [SEQUENCE.reshape(10, 6), SEQUENCE]),
    (zoo.VectorDropout, {"rate": 0.5, "vocabulary_size": 6, "seed": 1}, [SEQUENCE, IDS]),
    (zoo.WeightDrop, {"layer": keras.layers.LSTM(3), "rate": 0.5, "seed": 1}, [SEQUENCE]),
    (zoo.WordDropout, {"rate": 0.5, "seed": 1}, [IDS]),
    (keras.layers.RNN, {"cell": IndRNNCell(4, longest_memory=9)}, [SEQUENCE]),
    (keras.layers.RNN, {"cell": LayerNormLSTMCell(4)}, [SEQUENCE]),
]
NAMES = [f"{layer_class.__name__}_{index}" for index, (layer_class, *_) in enumerate(CASES)]


@keras.saving.register_keras_serializable("rnn_zoo_tests")
class Fed(keras.layers.Layer):
    """A layer of several inputs as a layer of one tuple, which is what the harness feeds."""

    def __init__(self, name_of_class, settings, **kwargs):
        super().__init__(**kwargs)
        self.name_of_class, self.settings = name_of_class, settings
        self.layer = getattr(zoo, name_of_class)(**settings, dtype=self.dtype_policy, name="layer")

    def build(self, shapes):
        self.layer.build(*shapes[: len(inspect.signature(self.layer.build).parameters)])

    def call(self, inputs, training=False):
        takes_training = "training" in inspect.signature(self.layer.call).parameters
        return self.layer(*inputs, **({"training": training} if takes_training else {}))

    def compute_output_spec(self, inputs, training=False):
        return self.layer(*inputs)  # which casts them as it does in a network

    def get_config(self):
        return {**super().get_config(), "name_of_class": self.name_of_class, "settings": dict(self.settings)}


def test_every_layer_has_a_case():
    public = [getattr(zoo, name) for name in zoo.__all__]  # they are imported when they are asked for
    layers = {one for one in public if isinstance(one, type) and issubclass(one, keras.layers.Layer)}
    assert len(layers) > 30 and layers <= {layer_class for layer_class, *_ in CASES}


@pytest.mark.parametrize(("layer_class", "settings", "inputs"), CASES, ids=NAMES)
def test_a_layer_passes_the_checks_of_keras(layer_class, settings, inputs, monkeypatch):
    """Config, symbolic and eager calls, one step of training, half precision; without XLA, which takes seconds."""
    monkeypatch.setattr("keras.src.trainers.trainer.model_supports_jit", lambda model: False)
    name = layer_class.__name__
    chosen = (layer_class, settings) if len(inputs) == 1 else (Fed, {"name_of_class": name, "settings": settings})
    TestCase("run_layer_test").run_layer_test(*chosen, input_data=inputs[0] if len(inputs) == 1 else tuple(inputs))


@pytest.mark.parametrize(("layer_class", "settings", "inputs"), CASES, ids=NAMES)
def test_outputs_are_as_declared_for_batches_and_lengths_that_are_not_known(layer_class, settings, inputs):
    def unknown(array):
        known = array.shape[1:] if array.ndim == 2 and array.dtype == "float32" else array.shape[2:]
        return keras.KerasTensor((None,) * (array.ndim - len(known)) + known, dtype=array.dtype.name)

    layer, specs = layer_class(**settings), [keras.tree.map_structure(unknown, one) for one in inputs]
    declared = keras.tree.flatten(layer(*specs))
    if keras.backend.backend() != "tensorflow":
        return  # the others trace with numbers in the place of sizes that are not known
    traced = keras.tree.flatten(keras.src.backend.compute_output_spec(layer.call, *specs))
    for one, other in zip(declared, traced, strict=True):
        assert one.dtype == other.dtype and len(one.shape) == len(other.shape)
        assert all(said is None or size in (None, said) for said, size in zip(one.shape, other.shape, strict=True))
