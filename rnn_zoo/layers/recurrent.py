"""The recurrent core of every model: SimpleRNN, IRNN, GRU or LSTM layers over right-padded sequences."""

from functools import partial

from keras import layers

from rnn_zoo.layers.lengths import MaskedMaxPooling, MaskedMeanPooling, ReverseByLength

CORES = {
    "simple_rnn": layers.SimpleRNN,
    "irnn": partial(layers.SimpleRNN, activation="relu", recurrent_initializer="identity"),
    "gru": layers.GRU,
    "lstm": layers.LSTM,
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


def recurrent_stack(sequence, lengths, core, units, num_layers=1, *, bidirectional=False, dropout=0.0, prefix=""):
    """Run recurrent layers over right-padded sequences; padding never changes the outputs of real timesteps.

    No mask is involved, so LSTM and GRU keep their fused GPU kernels on every backend. The backward direction reads
    each sequence reversed by its own length, and its outputs are reversed back. Outputs at padded timesteps are
    meaningless: pool them with the layers of `rnn_zoo.layers.lengths`.

    Args:
        sequence: `<float>[batch, timesteps, feature]`, right-padded.
        lengths: `<int32>[batch]`, from `SequenceLengths`.
        core: "simple_rnn", "irnn", "gru" or "lstm".
        units: size of the hidden state of one direction.
        num_layers: layers on top of one another.
        bidirectional: also read from the last real timestep to the first; outputs are concatenated.
        dropout: rate in [0, 1) on what one layer hands to the next, one mask for all timesteps.
        prefix: of the layers' names, for a network with several stacks.

    Returns:
        `<float>[batch, timesteps, units]`, or `2 * units` if bidirectional.

    Raises:
        ValueError: for an unknown core, or less than one layer.

    Example:
        >>> token_ids = keras.Input((None,), dtype="int32")
        >>> x = keras.layers.Embedding(100, 16)(token_ids)
        >>> lengths = rnn_zoo.layers.SequenceLengths()(token_ids)
        >>> recurrent_stack(x, lengths, "lstm", 8, bidirectional=True).shape
        (None, None, 16)

    Source: Schuster & Paliwal, "Bidirectional recurrent neural networks", IEEE Transactions on Signal Processing 1997.
    """
    directions = _directions(sequence, lengths, core, units, num_layers, bidirectional, dropout, prefix)
    return _in_time_order(directions, lengths, num_layers - 1, prefix)


def pooled_recurrent_stack(sequence, lengths, core, units, num_layers=1, **options):
    """Run recurrent layers as `recurrent_stack` does; then maximum and mean over the real timesteps.

    Each direction is pooled by itself, in whatever order it read: neither the reversal nor the joined sequence is
    needed, which saves a twelfth of a training step.

    Args:
        sequence: `<float>[batch, timesteps, feature]`, right-padded.
        lengths: `<int32>[batch]`, from `SequenceLengths`.
        core: "simple_rnn", "irnn", "gru" or "lstm".
        units: size of the hidden state of one direction.
        num_layers: layers on top of one another.
        **options: `bidirectional`, `dropout` and `prefix`, as for `recurrent_stack`.

    Returns:
        `<float>[batch, 2 * units]`, or `4 * units` if bidirectional: the maxima, then the means.

    Raises:
        ValueError: for an unknown core, or less than one layer.

    Source: Johnson & Zhang, "Supervised and semi-supervised text categorization using LSTM for region embeddings", ICML
    2016.
    """
    prefix = options.get("prefix", "")
    directions = _directions(sequence, lengths, core, units, num_layers, **options)
    pooled = [
        pooling(name=f"{prefix}{name}_{index}")(direction, lengths)
        for pooling, name in ((MaskedMaxPooling, "maximum"), (MaskedMeanPooling, "mean"))
        for index, direction in enumerate(directions)
    ]
    return layers.Concatenate(name=f"{prefix}maximum_and_mean")(pooled)


def _directions(sequence, lengths, core, units, num_layers, bidirectional=False, dropout=0.0, prefix=""):
    """The outputs of the last forward layer and, if bidirectional, of the backward one, in the order that it reads."""
    if core not in CORES:
        raise ValueError(f"core must be one of {list(CORES)}. Received: core={core!r}")
    if num_layers < 1:
        raise ValueError(f"num_layers must be positive. Received: num_layers={num_layers}")
    outputs = [sequence]
    for index in range(num_layers):
        if index:
            sequence = _in_time_order(outputs, lengths, index - 1, prefix)
            if dropout:
                between = f"{prefix}between_{index - 1}_and_{index}"
                sequence = layers.SpatialDropout1D(dropout, name=between)(sequence)
        outputs = [CORES[core](units, return_sequences=True, name=f"{prefix}{core}_{index}")(sequence)]
        if bidirectional:
            backward = CORES[core](units, return_sequences=True, name=f"{prefix}{core}_{index}_backward")
            outputs.append(backward(ReverseByLength(name=f"{prefix}reverse_{index}")(sequence, lengths)))
    return outputs


def _in_time_order(directions, lengths, index, prefix):
    if len(directions) == 1:
        return directions[0]
    forward, from_the_end = directions
    backward = ReverseByLength(name=f"{prefix}restore_{index}")(from_the_end, lengths)
    return layers.Concatenate(name=f"{prefix}both_directions_{index}")([forward, backward])
