"""The recurrent core of every model: SimpleRNN, IRNN, GRU or LSTM layers over right-padded sequences."""

from functools import partial

import keras
import numpy as np
from keras import layers, ops

from rnn_zoo.layers.lengths import MaskedMaxPooling, MaskedMeanPooling, ReverseByLength
from rnn_zoo.layers.positions import PlaceWeightedPooling

GATED = ("gru", "lstm")


def lstm_with_a_kernel(units, *, layer_class=layers.LSTM, **options):
    """An LSTM layer whose fused kernel the backend has: that of JAX takes float32 alone, so in mixed precision too.

    Args:
        units: size of the hidden state.
        layer_class: `keras.layers.LSTM` or one made of it.
        **options: of the layer.
    """
    if keras.backend.backend() == "jax" and keras.config.dtype_policy().compute_dtype != "float32":
        options.setdefault("dtype", "float32")
    return layer_class(units, **options)


CORES = {
    "simple_rnn": layers.SimpleRNN,
    "irnn": partial(layers.SimpleRNN, activation="relu", recurrent_initializer="identity"),
    "gru": layers.GRU,
    "lstm": lstm_with_a_kernel,
}
"""Keras' layers by core name. Their equations, with Keras' `kernel` W, `recurrent_kernel` U and `bias` b:

SimpleRNN (Elman, Cognitive Science 1990): h_t = tanh(x_t W + h_{t-1} U + b).
IRNN (Le, Jaitly & Hinton, arXiv:1504.00941, 2015): h_t = relu(x_t W + h_{t-1} U + b),
    U starting as the identity, b as 0.
GRU (Cho et al., EMNLP 2014; the `reset_after` form of cuDNN, with a bias c on the recurrent side):
    z_t = sigmoid(x_t W_z + b_z + h_{t-1} U_z + c_z)
    r_t = sigmoid(x_t W_r + b_r + h_{t-1} U_r + c_r)
    g_t = tanh(x_t W_h + b_h + r_t * (h_{t-1} U_h + c_h))
    h_t = z_t * h_{t-1} + (1 - z_t) * g_t
LSTM (Hochreiter & Schmidhuber, Neural Computation 1997; forget gate: Gers et al. 2000), forget bias starting as 1:
    i_t, f_t, o_t = sigmoid(x_t W + h_{t-1} U + b), each with its own columns
    g_t = tanh(x_t W_c + h_{t-1} U_c + b_c)
    c_t = f_t * c_{t-1} + i_t * g_t
    h_t = o_t * tanh(c_t)
"""


def recurrent_stack(
    sequence, lengths, core, units, num_layers=1, *, bidirectional=False, dropout=0.0, prefix="",
    last_only=False, memory=None,
):  # fmt: skip
    """Run recurrent layers over right-padded sequences; padding never changes the outputs of real timesteps.

    No mask is involved, so LSTM and GRU keep their fused GPU kernels on every backend. The backward direction reads
    each sequence reversed by its own length, and its outputs are reversed back. Outputs at padded timesteps are
    meaningless: pool them with the layers of `rnn_zoo.layers.lengths`.

    Args:
        sequence: `<float>[batch, timesteps, feature]`, right-padded.
        lengths: `<int32>[batch]`, from `SequenceLengths`; None for sequences that are never padded.
        core: "simple_rnn", "irnn", "gru" or "lstm".
        units: size of the hidden state of one direction.
        num_layers: layers on top of one another.
        bidirectional: also read from the last real timestep to the first; outputs are concatenated.
        dropout: rate in [0, 1) on what one layer hands to the next, one mask for all timesteps.
        prefix: of the layers' names, for a network with several stacks.
        last_only: give the last output alone, which is cheaper than picking it out; only for sequences that are never
            padded, read in one direction.
        memory: timesteps that gated cells should be able to remember from the start, see `ChronoBias`; None for Keras'
            initial biases. Cores without gates do as without it.

    Returns:
        `<float>[batch, timesteps, units]`, or `2 * units` if bidirectional; `[batch, units]` for the last output.

    Raises:
        ValueError: for an unknown core, less than one layer, or `last_only` or no lengths in both directions.

    Example:
        >>> token_ids = keras.Input((None,), dtype="int32")
        >>> x = keras.layers.Embedding(100, 16)(token_ids)
        >>> lengths = rnn_zoo.layers.SequenceLengths()(token_ids)
        >>> recurrent_stack(x, lengths, "lstm", 8, bidirectional=True).shape
        (None, None, 16)

    Source: Schuster & Paliwal, "Bidirectional recurrent neural networks", IEEE Transactions on Signal Processing 1997.
    """
    if bidirectional and (last_only or lengths is None):
        raise ValueError(f"bidirectional needs lengths and all outputs. Received: {last_only=}, lengths={lengths}")
    options = {"bidirectional": bidirectional, "dropout": dropout, "prefix": prefix, "memory": memory}
    directions = _directions(sequence, lengths, core, units, num_layers, last_only=last_only, **options)
    return _in_time_order(directions, lengths, num_layers - 1, prefix)


def pooled_recurrent_stack(sequence, lengths, core, units, num_layers=1, *, places=0, **options):
    """Run recurrent layers as `recurrent_stack` does; then maximum and mean over the real timesteps.

    Each direction is pooled by itself, in whatever order it read: neither the reversal nor the joined sequence is
    needed, which saves a twelfth of a training step.

    Args:
        sequence: `<float>[batch, timesteps, feature]`, right-padded.
        lengths: `<int32>[batch]`, from `SequenceLengths`.
        core: "simple_rnn", "irnn", "gru" or "lstm".
        units: size of the hidden state of one direction.
        num_layers: layers on top of one another.
        places: beside maximum and mean, a sum with trained weights for so many places, counted from where a direction
            begins, see `PlaceWeightedPooling`; 0 for none.
        **options: `bidirectional`, `dropout`, `prefix` and `memory`, as for `recurrent_stack`.

    Returns:
        `<float>[batch, 2 * units]`, or `4 * units` if bidirectional: the maxima, the means and, with places, half as
        many sums.

    Raises:
        ValueError: for an unknown core, or less than one layer.

    Source: Johnson & Zhang, "Supervised and semi-supervised text categorization using LSTM for region embeddings", ICML
    2016.
    """
    prefix = options.get("prefix", "")
    directions = _directions(sequence, lengths, core, units, num_layers, **options)
    poolings = [(MaskedMaxPooling, "maximum"), (MaskedMeanPooling, "mean")]
    if places:
        poolings.append((partial(PlaceWeightedPooling, places), "by_place"))
    pooled = [
        pooling(name=f"{prefix}{name}_{index}")(direction, lengths)
        for pooling, name in poolings
        for index, direction in enumerate(directions)
    ]
    return layers.Concatenate(name=f"{prefix}maximum_and_mean")(pooled)


def _directions(
    sequence, lengths, core, units, num_layers, *, bidirectional=False, dropout=0.0, prefix="", memory=None,
    last_only=False,
):  # fmt: skip
    """The outputs of the last forward layer and, if bidirectional, of the backward one, in the order that it reads."""
    if core not in CORES:
        raise ValueError(f"core must be one of {list(CORES)}. Received: core={core!r}")
    if num_layers < 1:
        raise ValueError(f"num_layers must be positive. Received: num_layers={num_layers}")
    options = _remembering(core, memory)
    outputs = [sequence]
    for index in range(num_layers):
        if index:
            sequence = _in_time_order(outputs, lengths, index - 1, prefix)
            if dropout:
                between = f"{prefix}between_{index - 1}_and_{index}"
                sequence = layers.SpatialDropout1D(dropout, name=between)(sequence)
        returns = not (last_only and index == num_layers - 1)
        outputs = [CORES[core](units, return_sequences=returns, name=f"{prefix}{core}_{index}", **options)(sequence)]
        if bidirectional:
            backward = CORES[core](units, return_sequences=True, name=f"{prefix}{core}_{index}_backward", **options)
            outputs.append(backward(ReverseByLength(name=f"{prefix}reverse_{index}")(sequence, lengths)))
    return outputs


def _in_time_order(directions, lengths, index, prefix):
    if len(directions) == 1:
        return directions[0]
    forward, from_the_end = directions
    backward = ReverseByLength(name=f"{prefix}restore_{index}")(from_the_end, lengths)
    return layers.Concatenate(name=f"{prefix}both_directions_{index}")([forward, backward])


@keras.saving.register_keras_serializable("rnn_zoo")
class ChronoBias(keras.initializers.Initializer):
    """Biases with which the units of an LSTM or GRU remember for 1 to `memory` timesteps, before anything is learned.

    A gate that keeps a share sigmoid(b) of the state at each timestep remembers for about 1 + exp(b) of them. The
    paper draws exp(b) from the interval [1, memory - 1]; here the units are spread over it evenly, which needs no seed.
    The LSTM's forget gates get b and its input gates -b, the GRU's update gates, which keep the state, get b.

    Args:
        memory: the longest time to remember, in timesteps, at least 2.

    Raises:
        ValueError: for a shorter time, or when called for the biases of another layer.

    Example:
        >>> biases = ChronoBias(8)((8,))  # LSTM(2): i, f, c, o
        >>> [round(float(bias), 2) for bias in biases]
        [-0.0, -1.95, 0.0, 1.95, 0.0, 0.0, 0.0, 0.0]

    Source: Tallec & Ollivier, "Can recurrent neural networks warp time?", ICLR 2018, equations 14 and 16.
    """

    def __init__(self, memory):
        if memory < 2:
            raise ValueError(f"memory must be at least 2 timesteps. Received: memory={memory}")
        self.memory = memory

    def __call__(self, shape, dtype=None):
        """Biases `[4 * units]` of an LSTM, or `[2, 3 * units]` of a GRU, input side and recurrent side."""
        shape = tuple(shape)
        if len(shape) == 1 and shape[0] % 4 == 0:
            keep = self._spread(shape[0] // 4)
            biases = [-keep, keep, 0 * keep, 0 * keep]
        elif len(shape) == 2 and shape[0] == 2 and shape[1] % 3 == 0:
            keep = self._spread(shape[1] // 3)
            biases = [np.stack([keep, 0 * keep]), *np.zeros((2, 2, len(keep)))]
        else:
            raise ValueError(f"shape must be that of the biases of an LSTM or a GRU. Received: shape={shape}")
        return ops.convert_to_tensor(np.concatenate(biases, axis=-1), dtype=dtype)

    def get_config(self):
        """Arguments that rebuild the initializer."""
        return {"memory": self.memory}

    def _spread(self, units):
        return np.log(np.linspace(1.0, self.memory - 1.0, units, dtype="float32"))


def _remembering(core, memory):
    """Arguments of a gated layer that begins with chrono biases."""
    if memory is None or core not in GATED:
        return {}
    own = {"unit_forget_bias": False} if core == "lstm" else {}
    return {"bias_initializer": ChronoBias(memory), **own}
