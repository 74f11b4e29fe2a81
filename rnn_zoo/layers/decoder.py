"""The recurrent decoder: next tokens from the tokens before them and from what an encoder read.

While training it reads whole sequences with the fused kernels; while generating it takes one step at a time with the
cells of the same layers. Both give the same numbers.
"""

import keras
from keras import layers, ops

from rnn_zoo.checks import check_choice, check_positive
from rnn_zoo.layers.attention import ATTENTIONS, Attention
from rnn_zoo.layers.cells import find_cell, state_sizes
from rnn_zoo.layers.scheduled_sampling import ScheduledSampling
from rnn_zoo.layers.tokens import VectorDropout

CONDITIONS = ("state", "inputs", "both")


@keras.saving.register_keras_serializable("rnn_zoo")
class RecurrentDecoder(layers.Layer):
    """Embedding -> recurrent layers, beginning with what the encoder read, -> attention -> logits.

    Args:
        vocabulary_size: number of tokens.
        embedding_dim: size of a token's vector.
        core: name of a cell in `rnn_zoo.layers.CELLS`.
        units: size of the hidden state.
        num_layers: recurrent layers on top of one another.
        attention: "luong_dot" or "luong_general" attend to the memory after the recurrent layers, which leaves these
            their fused kernel; "bahdanau" attends first, with the output of the timestep before, and feeds the
            recurrent layers what it saw, a loop of its own; None attends to nothing, the summary is all there is.
        condition: where the summary goes: to the first "state", beside the "inputs" of every timestep, or "both".
        dropout: rate between layers and before the logits, in [0, 1), the same for all timesteps of a sequence.
        embedding_dropout: rate at which features of embedded tokens go missing for a whole sequence, in [0, 1).
        word_dropout: rate at which tokens lose their whole vector wherever they come in a batch, in [0, 1) (Merity et
            al. 2018, section 4.3).
        weight_drop: rate at which connections from state to state go missing for a batch, in [0, 1), see
            `rnn_zoo.layers.WeightDrop`.
        tied: logits are products with the embedding's own vectors (Press & Wolf 2017; Inan et al. 2017).
        scheduled_sampling: share of the tokens read while training that the decoder writes itself, at the end of the
            schedule, in [0, 1], see `rnn_zoo.layers.ScheduledSampling`; 0 is teacher forcing.
        unread_ids: tokens that never stand before another, which scheduled sampling leaves out.

    Call arguments:
        previous_ids: `<int32>[batch, timesteps]`, the token before each one that is to be predicted.
        context: None, or a dictionary with what an encoder read, as needed: "summary" `<float>[batch, feature]`,
            "memory" `<float>[batch, source, feature]` and its "mask" `<float>[batch, source]`.

    Returns:
        Logits `<float32>[batch, timesteps, vocabulary_size]`.

    Example:
        >>> decoder = RecurrentDecoder(30, 8, core="gru", units=16)
        >>> decoder(np.array([[2, 5, 7]]), {"summary": np.ones((1, 4), "float32")}).shape
        TensorShape([1, 3, 30])

    Source: Cho et al., "Learning phrase representations using RNN encoder-decoder for statistical machine translation",
    EMNLP 2014; Sutskever et al., NIPS 2014; Bahdanau et al., ICLR 2015; Luong et al., EMNLP 2015.
    """

    def __init__(
        self, vocabulary_size, embedding_dim, *, core, units, num_layers=1, attention=None, condition="state",
        dropout=0.0, embedding_dropout=0.0, word_dropout=0.0, weight_drop=0.0, tied=False, scheduled_sampling=0.0,
        unread_ids=(), name="decoder", **kwargs,
    ):  # fmt: skip
        super().__init__(name=name, **kwargs)
        cell = find_cell(core)
        check_choice("attention", attention, (None, *ATTENTIONS))
        check_choice("condition", condition, CONDITIONS)
        check_positive(num_layers=num_layers)
        if weight_drop and attention == "bahdanau":
            raise ValueError(f"weight_drop must be 0 with bahdanau attention. Received: {weight_drop=}")
        self.settings = {
            "vocabulary_size": vocabulary_size, "embedding_dim": embedding_dim, "core": core, "units": units,
            "num_layers": num_layers, "attention": attention, "condition": condition, "dropout": dropout,
            "embedding_dropout": embedding_dropout, "word_dropout": word_dropout, "weight_drop": weight_drop,
            "tied": tied, "scheduled_sampling": scheduled_sampling, "unread_ids": list(unread_ids),
        }  # fmt: skip
        self.vocabulary_size, self.units, self.condition, self.tied = vocabulary_size, units, condition, tied
        self.attends_first = attention == "bahdanau"
        own = {"dtype": self.dtype_policy}
        self.embedding = self.make_embedding()
        self.drop_words = VectorDropout(word_dropout, vocabulary_size, name="word_dropout", **own)
        self.drop_embedding = layers.SpatialDropout1D(embedding_dropout, name="embedding_dropout", **own)
        options = {"weight_drop": weight_drop, "return_sequences": True, "return_state": True, **own}
        self.recurrent_layers = [
            cell.make_layer(units, name=f"{core}_{index}", **options) for index in range(num_layers)
        ]
        self.drop = layers.SpatialDropout1D(dropout, name="dropout", **own)
        self.attention = None if attention is None else Attention(attention, units, name="attention", **own)
        self.combine = layers.Dense(embedding_dim if tied else units, "tanh", name="combine", **own)
        self.has_combine = attention is not None or (tied and embedding_dim != units)
        self.bridges = []
        self.logits = layers.Dense(vocabulary_size, name="logits", **own)
        self.sampling = ScheduledSampling(scheduled_sampling, unread_ids) if scheduled_sampling else None

    @property
    def fallback_reason(self):
        """Why `rnn_zoo.explain_fast_path` finds no fused kernels in here; None where the recurrent layers have them."""
        return "bahdanau attention comes before each timestep" if self.attends_first else None

    @property
    def state_sizes(self):
        """A list for each recurrent layer with the sizes of its states."""
        return [state_sizes(layer.cell) for layer in self.recurrent_layers]

    def make_embedding(self):
        """What makes vectors of the tokens that are read."""
        size = self.settings["embedding_dim"]
        scale = keras.initializers.RandomNormal(stddev=size**-0.5)  # logits of about 1 where they are tied
        return layers.Embedding(self.vocabulary_size, size, scale, name="embedding", dtype=self.dtype_policy)

    def build(self, previous_ids_shape, context_shape=None):
        shapes = context_shape or {}
        wanted = {"memory", "mask"} if self.attention else set()
        if not wanted <= set(shapes):
            raise ValueError(f"context must hold {sorted(wanted)} for attention. Received: {sorted(shapes)}")
        settings, summary, memory = self.settings, shapes.get("summary"), shapes.get("memory")
        units, width = settings["units"], settings["embedding_dim"]
        self.embedding.build(previous_ids_shape)
        if summary is not None and self.condition != "inputs":
            for layer, sizes in zip(self.recurrent_layers, self.state_sizes, strict=True):
                for part, size in enumerate(sizes):
                    if not self._is_read(layer, part):
                        continue
                    bridge = layers.Dense(size, "tanh", name=f"bridge_{layer.name}_{part}", dtype=self.dtype_policy)
                    bridge.build(summary)
                    self.bridges.append(bridge)
        if summary is not None and self.condition != "state":
            width += summary[-1]
        if self.attends_first:
            width += memory[-1]
        for layer in self.recurrent_layers:
            layer.build((*previous_ids_shape[:2], width))
            width = units
        if self.attention:
            self.attention.build((*previous_ids_shape[:2], units), memory)
            width += memory[-1]
        if self.has_combine:
            self.combine.build((*previous_ids_shape[:2], width))
            width = self.combine.units
        if self.tied:
            self.logits_bias = self.add_weight(shape=(self.vocabulary_size,), initializer="zeros", name="logits_bias")
        else:
            self.logits.build((*previous_ids_shape[:2], width))
        if self.sampling is not None:
            self.sampling.build(previous_ids_shape, (*previous_ids_shape, self.vocabulary_size))

    def call(self, previous_ids, context=None, training=False):
        """Whole sequences at once; with scheduled sampling twice while training, first without dropout."""
        if training and self.sampling is not None:
            guesses = self._taught(previous_ids, context, False)
            previous_ids = self.sampling(previous_ids, guesses)
        return self._taught(previous_ids, context, training)

    def read(self, previous_ids, states, context=None, training=False):
        """Whole sequences at once, from any states: those of `start`, or that an earlier part ended with.

        Gives logits `<float32>[batch, timesteps, vocabulary_size]` and what is remembered at the end; not for attention
        before the recurrent layers.
        """
        x = self.drop_embedding(self._embedded(previous_ids, context, training), training=training)
        after = []
        for index, (layer, before) in enumerate(zip(self.recurrent_layers, states, strict=True)):
            if index:
                x = self.drop(x, training=training)
            x, *last = layer(x, initial_state=before, training=training)
            after.append(last)
        seen = None if self.attention is None else self.attention(x, context["memory"], context["mask"])[0]
        return self._to_logits(x, seen, training), after

    def start(self, context, batch):
        """A list of states `<float>[batch, size]` for each recurrent layer, before the first token."""
        bridges, dtype = iter(self.bridges), self.recurrent_layers[0].compute_dtype

        def first(layer, part, size):
            if self.bridges and self._is_read(layer, part):
                return ops.cast(next(bridges)(context["summary"]), dtype)
            return ops.zeros((batch, size), dtype)

        every = zip(self.recurrent_layers, self.state_sizes, strict=True)
        return [[first(layer, *one) for one in enumerate(sizes)] for layer, sizes in every]

    def prepare(self, context):
        """A context with what every step needs of it, computed once: the "keys" of the memory."""
        if self.attention is None:
            return context
        return {**context, "keys": self.attention.keys_of(ops.cast(context["memory"], self.compute_dtype))}

    def step(self, previous_ids, states, context=None):
        """One token more, without dropout: `<int32>[rows]` to logits, attention (`[rows, source]` or None) and states.

        Several rows may write about one example, beside one another: "summary" of the context has rows, "memory" and
        "mask" have examples.
        """
        x = self._embedded(previous_ids[:, None], context)[:, 0]
        x, seen, weights, states = self._advance(x, states, context)
        if self.attention and not self.attends_first:
            seen, weights = self._attend(x, context)
        return self._to_logits(x, seen, False), weights, states

    def get_config(self):
        return {**super().get_config(), **self.settings}

    def compute_output_spec(self, previous_ids, context=None, training=False):
        return keras.KerasTensor((*previous_ids.shape[:2], self.vocabulary_size), dtype="float32")

    def _is_read(self, layer, part):
        """Whether a state at the start changes anything: some steps do not read the output before, the first state."""
        return (
            part > 0
            or getattr(layer.cell, "reads_output", True)
            or (self.attends_first and layer is self.recurrent_layers[-1])
        )

    def _taught(self, previous_ids, context, training):
        """Logits of whole sequences, from the beginning."""
        states = self.start(context, ops.shape(previous_ids)[0])
        if self.attends_first:
            x = self.drop_embedding(self._embedded(previous_ids, context, training), training=training)
            x, seen = self._loop(x, states, context, training)
            return self._to_logits(x, seen, training)
        return self.read(previous_ids, states, context, training)[0]

    def _embedded(self, previous_ids, context, training=False):
        """Vectors of the tokens, with the summary beside them if that is where it goes."""
        x = self.drop_words(self.embedding(previous_ids), previous_ids, training=training)
        if self.condition == "state" or not context or "summary" not in context:
            return x
        summary = ops.cast(context["summary"], x.dtype)
        timesteps = ops.shape(previous_ids)[1]
        return ops.concatenate([x, ops.repeat(summary[:, None], timesteps, axis=1)], axis=-1)

    def _advance(self, x, states, context, training=False, drops=None):
        """All recurrent layers by one timestep; with attention before them, what it saw and its weights."""
        seen = weights = None
        if self.attends_first:
            seen, weights = self._attend(states[-1][0], context)
            x = ops.concatenate([x, ops.cast(seen, x.dtype)], axis=-1)
        after = []
        for index, (layer, before) in enumerate(zip(self.recurrent_layers, states, strict=True)):
            if index and drops is not None:
                x = x * drops
            x, new = layer.cell(x, list(before))
            after.append(list(new))
        return x, seen, weights, after

    def _attend(self, query, context):
        """What rows see, and their weights; the rows of one example share its memory."""
        memory, rows = context["memory"], ops.shape(query)[0]
        together = ops.reshape(query, (ops.shape(memory)[0], -1, query.shape[-1]))
        seen, weights = self.attention(together, memory, context["mask"], context.get("keys"))
        return ops.reshape(seen, (rows, memory.shape[-1])), ops.reshape(weights, (rows, ops.shape(memory)[1]))

    def _loop(self, x, states, context, training):
        """Attention before the recurrent layers: one timestep after the other."""
        batch, units = ops.shape(x)[0], self.settings["units"]
        drops = self.drop(ops.ones((batch, 1, units), x.dtype), training=training)[:, 0] if training else None
        context, memory = self.prepare(context), context["memory"]

        def one(carry, inputs):
            _, seen, _, after = self._advance(inputs, carry[0], context, training, drops)
            carry = (after, ops.cast(seen, memory.dtype))
            return carry, carry  # TensorFlow's scan wants outputs shaped as what is carried

        nothing_seen = ops.zeros((batch, memory.shape[-1]), memory.dtype)
        _, (after, seen) = ops.scan(one, (states, nothing_seen), ops.swapaxes(x, 0, 1))
        return ops.swapaxes(after[-1][0], 0, 1), ops.swapaxes(seen, 0, 1)

    def _to_logits(self, x, seen, training):
        """Logits from outputs and what attention saw, `[batch, timesteps, ...]` or of one timestep."""
        if seen is not None:
            x = ops.concatenate([ops.cast(seen, x.dtype), x], axis=-1)
        if self.has_combine:
            x = self.combine(x)
        if training:
            x = self.drop(x, training=training)
        if self.tied:
            x = ops.matmul(x, ops.transpose(ops.cast(self.embedding.embeddings, x.dtype))) + self.logits_bias
        else:
            x = self.logits(x)
        return ops.cast(x, "float32")


@keras.saving.register_keras_serializable("rnn_zoo")
class PointEmbedding(layers.Dense):
    """Vectors of points `<float32>[..., 3]`: a linear map of the step and of whether the pen is down or lifted."""

    def build(self, points_shape):
        super().build((*points_shape[:-1], 4))
        self.input_spec = None  # which would ask for what Dense reads

    def call(self, points, training=None):
        state = ops.equal(ops.cast(points[..., 2:], "int32"), ops.convert_to_tensor([1, 2], "int32"))
        return super().call(ops.concatenate([points[..., :2], ops.cast(state, points.dtype)], axis=-1))


@keras.saving.register_keras_serializable("rnn_zoo")
class PenDecoder(RecurrentDecoder):
    """A `RecurrentDecoder` over points: its previous tokens are `<float32>[batch, points, 3]`.

    The vocabulary size is that of `rnn_zoo.Drawings`, and its logits are what `point_losses` takes.
    """

    def make_embedding(self):
        return PointEmbedding(self.settings["embedding_dim"], name="embedding", dtype=self.dtype_policy)
