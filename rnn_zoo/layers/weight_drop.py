"""Weight drop: connections from state to state go missing while training, and the fused kernels stay."""

import functools

import keras

from rnn_zoo.checks import check_below
from rnn_zoo.layers.base import Configured


@keras.saving.register_keras_serializable("rnn_zoo")
class WeightDrop(Configured, keras.layers.Wrapper):
    """A recurrent layer some of whose connections from state to state are missing while it is trained.

    The recurrent kernel is thinned out once a batch, before the layer is computed, so that whatever computes it (cuDNN,
    a backend's own loop) gets it as it would get any kernel. Keras' `recurrent_dropout` works inside the loop instead,
    which turns the fused kernels off.

    Args:
        layer: a recurrent layer, see `rnn_zoo.layers.cells`.
        rate: share of the entries of the kernel that are 0, drawn anew for each batch and the same for all its examples
            and timesteps, in [0, 1); the others grow by 1 / (1 - rate).
        kernel: name of the weight of `layer.cell` that connects states with states.

    Call arguments:
        As of the layer.

    Returns:
        What the layer returns.

    Example:
        >>> layer = WeightDrop(keras.layers.LSTM(3), 0.5)
        >>> layer(np.ones((2, 4, 5), "float32"), training=True).shape
        TensorShape([2, 3])

    Source: Merity, Keskar & Socher, "Regularizing and optimizing LSTM language models", ICLR 2018, section 2; Wan et
    al., "Regularization of neural networks using DropConnect", ICML 2013.
    """

    def __init__(self, layer, rate, kernel="recurrent_kernel", seed=None, **kwargs):
        check_below(1, weight_drop=rate)
        super().__init__(layer, **{"name": layer.name, "dtype": layer.dtype_policy, **kwargs})
        self.rate, self.kernel, self.seed = rate, kernel, seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    @property
    def cell(self):
        """The step of the layer, whose kernel is whole."""
        return self.layer.cell

    def build(self, sequence_shape, initial_state_shape=None):
        super().build(sequence_shape)

    def call(self, sequence, initial_state=None, training=False):
        run = functools.partial(self.layer, sequence, initial_state=initial_state, training=training)
        if not training or not self.rate:
            return run()
        whole = getattr(self.cell, self.kernel)
        thinned = keras.random.dropout(keras.ops.convert_to_tensor(whole), self.rate, seed=self.seed_generator)
        setattr(self.cell, self.kernel, thinned)
        try:
            return run()
        finally:
            setattr(self.cell, self.kernel, whole)

    def compute_output_spec(self, sequence, initial_state=None, training=False):
        return self.layer.compute_output_spec(sequence, initial_state=initial_state)
