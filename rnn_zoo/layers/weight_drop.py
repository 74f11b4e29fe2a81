"""Weight drop: connections from state to state go missing while training, and the fused kernels stay."""

from functools import partial

import keras
from keras import layers

from rnn_zoo.layers.recurrent import lstm_with_a_kernel


class _WeightDrop:
    """What the three layers below share.

    The recurrent kernel is thinned out once a batch, before the layer is computed, so that whatever computes it (cuDNN,
    a backend's own loop) gets it as it would get any kernel. Keras' `recurrent_dropout` works inside the loop instead,
    which turns the fused kernels off.
    """

    def __init__(self, units, *, weight_drop, **kwargs):
        super().__init__(units, **kwargs)
        if not 0 <= weight_drop < 1:
            raise ValueError(f"weight_drop must be in [0, 1). Received: weight_drop={weight_drop}")
        self.weight_drop = weight_drop
        self.weight_seed = keras.random.SeedGenerator()

    def inner_loop(self, sequences, initial_state, mask, training=False):
        """As Keras does it, with a thinned-out recurrent kernel while training."""
        if not training or self.weight_drop == 0:
            return super().inner_loop(sequences, initial_state, mask, training=training)
        whole = self.cell.recurrent_kernel
        self.cell.recurrent_kernel = keras.random.dropout(
            keras.ops.convert_to_tensor(whole), self.weight_drop, seed=self.weight_seed
        )
        try:
            return super().inner_loop(sequences, initial_state, mask, training=training)
        finally:
            self.cell.recurrent_kernel = whole

    def get_config(self):
        """Arguments that rebuild the layer."""
        return {**super().get_config(), "weight_drop": self.weight_drop}


@keras.saving.register_keras_serializable("rnn_zoo")
class WeightDropSimpleRNN(_WeightDrop, layers.SimpleRNN):
    """`keras.layers.SimpleRNN` with weight drop, see `WeightDropLSTM`."""


@keras.saving.register_keras_serializable("rnn_zoo")
class WeightDropGRU(_WeightDrop, layers.GRU):
    """`keras.layers.GRU` with weight drop, see `WeightDropLSTM`."""


@keras.saving.register_keras_serializable("rnn_zoo")
class WeightDropLSTM(_WeightDrop, layers.LSTM):
    """`keras.layers.LSTM` some of whose connections from state to state are missing while it is trained.

    Args:
        units: size of the hidden state.
        weight_drop: rate at which entries of the recurrent kernel are 0, drawn anew for each batch and the same for all
            its examples and timesteps, in [0, 1); the others grow by 1 / (1 - weight_drop).
        **kwargs: all that `keras.layers.LSTM` takes.

    Raises:
        ValueError: for a rate outside [0, 1).

    Example:
        >>> WeightDropLSTM(3, weight_drop=0.5)(np.ones((2, 4, 5), "float32")).shape
        TensorShape([2, 3])

    Source: Merity, Keskar & Socher, "Regularizing and optimizing LSTM language models", ICLR 2018, section 2; Wan et
    al., "Regularization of neural networks using DropConnect", ICML 2013.
    """


WEIGHT_DROP_CORES = {
    "simple_rnn": WeightDropSimpleRNN,
    "irnn": partial(WeightDropSimpleRNN, activation="relu", recurrent_initializer="identity"),
    "gru": WeightDropGRU,
    "lstm": partial(lstm_with_a_kernel, layer_class=WeightDropLSTM),
}
"""The layers by core name."""
