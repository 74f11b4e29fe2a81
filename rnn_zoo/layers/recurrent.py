"""The recurrent core of every model: layers of one cell on top of one another, over right-padded sequences."""

from functools import partial

from keras import layers

from rnn_zoo.checks import check_positive
from rnn_zoo.layers.cells import find_cell
from rnn_zoo.layers.lengths import ReverseByLength
from rnn_zoo.layers.pooling import MaskedMaxPooling, MaskedMeanPooling, PositionWeightedPooling


def recurrent_stack(
    sequence, lengths, core, units, num_layers=1, *, bidirectional=False, dropout=0.0, prefix="",
    last_only=False, longest_memory=None,
):  # fmt: skip
    """Run recurrent layers over right-padded sequences; padding never changes the outputs of real timesteps.

    No mask is involved, so LSTM and GRU keep their fused GPU kernels on every backend. The backward direction reads
    each sequence reversed by its own length, and its outputs are reversed back. Outputs at padded timesteps are
    meaningless: pool them with the layers of `rnn_zoo.layers.pooling`.

    Args:
        sequence: `<float>[batch, timesteps, feature]`, right-padded.
        lengths: `<int32>[batch]`, from `SequenceLengths`; None for sequences that are never padded.
        core: name of a cell in `rnn_zoo.layers.CELLS`, for example "gru".
        units: size of the hidden state of one direction.
        num_layers: layers on top of one another.
        bidirectional: also read from the last real timestep to the first; outputs are concatenated.
        dropout: rate in [0, 1) on what one layer hands to the next, one mask for all timesteps.
        prefix: of the layers' names, for a network with several stacks.
        last_only: give the last output alone, which is cheaper than picking it out; only for sequences that are never
            padded, read in one direction.
        longest_memory: timesteps that gated cells should be able to remember from the start, see `ChronoBias`; None for
            Keras' initial biases. Cells without gates do as without it.

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
        raise ValueError(f"bidirectional needs lengths and all outputs. Received: {last_only=}, {lengths=}")
    options = {"bidirectional": bidirectional, "dropout": dropout, "prefix": prefix, "longest_memory": longest_memory}
    directions = _directions(sequence, lengths, core, units, num_layers, last_only=last_only, **options)
    return _in_time_order(directions, lengths, num_layers - 1, prefix)


def pooled_recurrent_stack(sequence, lengths, core, units, num_layers=1, *, num_positions=0, **options):
    """Run recurrent layers as `recurrent_stack` does; then maximum and mean over the real timesteps.

    Each direction is pooled by itself, in whatever order it read: neither the reversal nor the joined sequence is
    needed, which saves a twelfth of a training step.

    Args:
        sequence: `<float>[batch, timesteps, feature]`, right-padded.
        lengths: `<int32>[batch]`, from `SequenceLengths`.
        core: name of a cell in `rnn_zoo.layers.CELLS`.
        units: size of the hidden state of one direction.
        num_layers: layers on top of one another.
        num_positions: beside maximum and mean, a sum with trained weights for so many positions, counted from where a
            direction begins, see `PositionWeightedPooling`; 0 for none.
        **options: `bidirectional`, `dropout`, `prefix` and `longest_memory`, as for `recurrent_stack`.

    Returns:
        `<float>[batch, 2 * units]`, or `4 * units` if bidirectional: the maxima, the means and, with positions, half as
        many sums.

    Source: Johnson & Zhang, "Supervised and semi-supervised text categorization using LSTM for region embeddings", ICML
    2016.
    """
    prefix = options.get("prefix", "")
    directions = _directions(sequence, lengths, core, units, num_layers, **options)
    poolings = [(MaskedMaxPooling, "maximum"), (MaskedMeanPooling, "mean")]
    if num_positions:
        poolings.append((partial(PositionWeightedPooling, num_positions), "position_weighted"))
    pooled = [
        pooling(name=f"{prefix}{name}_{index}")(direction, lengths)
        for pooling, name in poolings
        for index, direction in enumerate(directions)
    ]
    return layers.Concatenate(name=f"{prefix}maximum_and_mean")(pooled)


def _directions(
    sequence, lengths, core, units, num_layers, *, bidirectional=False, dropout=0.0, prefix="", longest_memory=None,
    last_only=False,
):  # fmt: skip
    """The outputs of the last forward layer and, if bidirectional, of the backward one, in the order that it reads."""
    make_layer = partial(find_cell(core).make_layer, units, longest_memory=longest_memory)
    check_positive(num_layers=num_layers)
    outputs = [sequence]
    for index in range(num_layers):
        if index:
            sequence = _in_time_order(outputs, lengths, index - 1, prefix)
            if dropout:
                between = f"{prefix}between_{index - 1}_and_{index}"
                sequence = layers.SpatialDropout1D(dropout, name=between)(sequence)
        returns = not (last_only and index == num_layers - 1)
        name = f"{prefix}{core}_{index}"
        outputs = [make_layer(return_sequences=returns, name=name)(sequence)]
        if bidirectional:
            backward = make_layer(return_sequences=True, name=f"{name}_backward")
            outputs.append(backward(ReverseByLength(name=f"{prefix}reverse_{index}")(sequence, lengths)))
    return outputs


def _in_time_order(directions, lengths, index, prefix):
    if len(directions) == 1:
        return directions[0]
    forward, from_the_end = directions
    backward = ReverseByLength(name=f"{prefix}restore_{index}")(from_the_end, lengths)
    return layers.Concatenate(name=f"{prefix}both_directions_{index}")([forward, backward])
