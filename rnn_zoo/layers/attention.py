"""Attention: which timesteps of the source matter now?"""

import keras
from keras import layers, ops

from rnn_zoo.checks import check_choice
from rnn_zoo.layers.base import Layer
from rnn_zoo.layers.lengths import RealTimesteps
from rnn_zoo.layers.pooling import EndStates

ATTENTIONS = ("luong_dot", "luong_general", "bahdanau")


def decoder_context(sequence, lengths, dropout):
    """The context that a `RecurrentDecoder` with attention is told of a sequence that was read in both directions.

    "memory" is `<float>[batch, timesteps, 2 * units]`, its "mask" `<float32>[batch, timesteps]`, and the "summary"
    `<float>[batch, 2 * units]`, the last state of each direction.
    """
    return {
        "memory": layers.SpatialDropout1D(dropout, name="memory")(sequence),
        "mask": RealTimesteps(name="mask")(sequence, lengths),
        "summary": EndStates(name="summary")(sequence, lengths),
    }


@keras.saving.register_keras_serializable("rnn_zoo")
class Attention(Layer):
    """A weighted mean of the memory, with weights from how well each of its timesteps fits the query.

    With query h and memory timestep m, the score is

    * "luong_dot": h . m, so both must be of one size;
    * "luong_general": h . W m;
    * "bahdanau": v . tanh(W h + U m).

    Args:
        kind: one of these.
        units: size of the space that "bahdanau" compares in.

    Call arguments:
        query: `<float>[batch, timesteps, feature]`.
        memory: `<float>[batch, source, feature]`.
        mask: `<float>[batch, source]`, 1 where the memory is real.
        keys: `keys_of(memory)`, for those who look at one memory many times; None to compute them.

    Returns:
        The weighted means `<float>[batch, timesteps, memory feature]`, and the weights
        `<float>[batch, timesteps, source]`.

    Example:
        >>> seen, weights = Attention("luong_dot", 1)(np.ones((1, 1, 1)), np.array([[[0.0], [50.0]]]), np.ones((1, 2)))
        >>> weights.numpy().round(3).tolist()
        [[[0.0, 1.0]]]

    Source: Bahdanau, Cho & Bengio, "Neural machine translation by jointly learning to align and translate", ICLR 2015,
    section A.1.2; Luong, Pham & Manning, "Effective approaches to attention-based neural machine translation", EMNLP
    2015, equation 8.
    """

    def __init__(self, kind, units, **kwargs):
        super().__init__(**kwargs)
        check_choice("kind", kind, ATTENTIONS)
        self.kind = kind
        self.units = units

    def build(self, query_shape, memory_shape, mask_shape=None):
        query, memory = query_shape[-1], memory_shape[-1]
        if self.kind == "luong_dot" and query != memory:
            raise ValueError(
                "attention 'luong_dot' needs a query and a memory of one size; 'luong_general' does not. "
                f"Received: {query} and {memory}"
            )
        if self.kind == "luong_general":
            self.memory_kernel = self.add_weight(shape=(memory, query), name="memory_kernel")
        if self.kind == "bahdanau":
            self.memory_kernel = self.add_weight(shape=(memory, self.units), name="memory_kernel")
            self.query_kernel = self.add_weight(shape=(query, self.units), name="query_kernel")
            self.score_kernel = self.add_weight(shape=(self.units, 1), name="score_kernel")

    def keys_of(self, memory):
        """What queries are compared with, `<float>[batch, source, size]`."""
        return memory if self.kind == "luong_dot" else ops.matmul(memory, self.memory_kernel)

    def call(self, query, memory, mask, keys=None):
        memory = ops.cast(memory, query.dtype)
        keys = self.keys_of(memory) if keys is None else ops.cast(keys, query.dtype)
        if self.kind == "bahdanau":
            sums = keys[:, None] + ops.matmul(query, self.query_kernel)[:, :, None]
            scores = ops.squeeze(ops.matmul(ops.tanh(sums), self.score_kernel), axis=-1)
        else:
            scores = ops.matmul(query, ops.swapaxes(keys, 1, 2))
        scores = ops.where(mask[:, None] > 0, ops.cast(scores, "float32"), -1e9)
        weights = ops.cast(ops.softmax(scores, axis=-1), query.dtype)
        return ops.matmul(weights, memory), weights
