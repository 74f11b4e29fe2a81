"""Weight drop: which connections go missing, when, and what computes the layer nevertheless."""

import sys

import keras
import numpy as np
import pytest
from keras import ops

from rnn_zoo.layers import CELLS, RecurrentDecoder, WeightDrop


@pytest.mark.parametrize("core", [core for core, cell in CELLS.items() if cell.recurrent_kernel])
def test_weight_drop_thins_the_recurrent_kernel_while_training_only(core):
    x = np.random.default_rng(0).normal(size=(2, 5, 4)).astype("float32")
    plain = CELLS[core].make_layer(6, return_sequences=True, name="plain")
    layer = WeightDrop(plain, 0.5)
    answer = ops.convert_to_numpy(layer(x))
    np.testing.assert_array_equal(answer, ops.convert_to_numpy(plain(x)))
    whole = layer.cell.recurrent_kernel
    first, second = (ops.convert_to_numpy(layer(x, training=True)) for _ in range(2))
    assert layer.cell.recurrent_kernel is whole and layer.name == "plain"
    assert [id(one) for one in layer.trainable_weights] == [id(one) for one in plain.trainable_weights]
    np.testing.assert_allclose(first[:, 0], answer[:, 0], atol=1e-6)  # no state yet to be connected
    assert np.abs(first[:, 1:] - second[:, 1:]).max() > 1e-3 < np.abs(first[:, 1:] - answer[:, 1:]).max()


def test_weight_drop_learns_the_whole_kernel_and_survives_saving(tmp_path):
    sequence = keras.Input((None, 4))
    outputs, *states = WeightDrop(keras.layers.LSTM(6, return_state=True, name="lstm"), 0.5, seed=1)(sequence)
    model = keras.Model(sequence, [outputs, *states])
    model.compile("sgd", "mse", jit_compile=False)
    x = np.random.default_rng(0).normal(size=(2, 5, 4)).astype("float32")
    before = [weight.copy() for weight in model.get_weights()]
    model.fit(x, [np.ones((2, 6))] * 3, verbose=0)
    assert all(np.abs(one - old).max() > 0 for one, old in zip(model.get_weights(), before, strict=True))
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(x, verbose=0)[0], model.predict(x, verbose=0)[0])


@pytest.mark.parametrize("core", ["gru", "lstm"])
def test_weight_drop_hands_the_thinned_kernel_to_the_fused_call(core, monkeypatch):
    kernels = []

    def fused(*arguments, recurrent_kernel, **options):
        kernels.append(ops.convert_to_numpy(ops.convert_to_tensor(recurrent_kernel)))
        raise NotImplementedError

    module = sys.modules[type(CELLS[core].make_layer(2)).__module__]
    monkeypatch.setattr(module.backend, core, fused)
    decoder = RecurrentDecoder(9, 8, core=core, units=20, weight_drop=0.3)
    ids = np.array([[2, 3, 4]])
    decoder(ids)
    kernels.clear()
    decoder(ids)
    decoder(ids, training=True)
    whole, thinned = kernels
    kept = thinned != 0
    assert (whole != 0).all() and 0.6 < kept.mean() < 0.8
    np.testing.assert_allclose(thinned[kept], whole[kept] / 0.7, rtol=1e-5)


def test_illegal_rates_and_cells_without_a_recurrent_kernel_are_refused():
    with pytest.raises(ValueError, match=r"must be in \[0, 1\). Received: weight_drop=1"):
        WeightDrop(keras.layers.GRU(6), 1)
    diagonal = CELLS["simple_rnn"]._replace(recurrent_kernel=None)
    with pytest.raises(ValueError, match="0 for SimpleRNN, without a recurrent kernel. Received: weight_drop=0.5"):
        diagonal.make_layer(6, weight_drop=0.5)
