"""Truncated backpropagation through time: a long text read window by window, with what is remembered carried over."""

import itertools

import keras
import numpy as np
from keras import layers, ops

from rnn_zoo.checks import check_positive
from rnn_zoo.pipeline import dataset_of


@keras.saving.register_keras_serializable("rnn_zoo")
class CarriedStates(layers.Layer):
    """A decoder without attention that begins each batch, of a fixed size, with the states of the one before.

    It has no weights of its own: what it learns, the decoder has learned. Gradients end where a window begins.

    Source: Williams & Peng, "An efficient gradient-based algorithm for on-line training of recurrent network
    trajectories", Neural Computation 1990.
    """

    fallback_reason = None  # for `rnn_zoo.explain_fast_path`: the decoder's layers keep their fused kernels

    def __init__(self, decoder, name="carried_states", **kwargs):
        super().__init__(name=name, **kwargs)
        self.decoder = decoder
        self.states = []

    def build(self, previous_ids_shape):
        self.states = [
            self.add_weight(
                shape=(previous_ids_shape[0], size), initializer="zeros", trainable=False,
                dtype=self.decoder.compute_dtype, name=f"state_{index}",
            )
            for index, size in enumerate(keras.tree.flatten(self.decoder.state_sizes))
        ]  # fmt: skip

    def call(self, previous_ids, training=False):
        carried = iter(self.states)
        states = keras.tree.map_structure(
            lambda _: ops.convert_to_tensor(next(carried)), self.decoder.start(None, previous_ids.shape[0])
        )
        logits, states = self.decoder.read(previous_ids, states, training=training)
        for variable, state in zip(self.states, keras.tree.flatten(states), strict=True):
            variable.assign(ops.stop_gradient(state))
        return logits

    def compute_output_spec(self, previous_ids, training=False):
        return keras.KerasTensor((*previous_ids.shape, self.decoder.vocabulary_size), dtype="float32")

    def reset(self):
        """Forget everything."""
        for variable in self.states:
            variable.assign(ops.zeros(variable.shape, variable.dtype))

    def get_config(self):
        return {**super().get_config(), "decoder": keras.saving.serialize_keras_object(self.decoder)}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "decoder": keras.saving.deserialize_keras_object(config["decoder"])})


class ForgetAtTheStart(keras.callbacks.Callback):
    """States are zero at the start of each pass over a text, in training and in validation."""

    def on_epoch_begin(self, epoch, logs=None):
        self.model.get_layer("carried_states").reset()

    def on_test_begin(self, logs=None):
        self.model.get_layer("carried_states").reset()


def text_reader(task, batch_size, timesteps):
    """A model for training that reads a text in windows, `<int32>[batch_size, timesteps]`, with a task's weights.

    The task is a language model. Train it on `text_windows`, with `ForgetAtTheStart` among the callbacks.
    """
    if getattr(task, "has_encoder", True):
        raise ValueError(f"timesteps must be None: {task.name} is no language model. Received: {timesteps=}")
    check_positive(batch_size=batch_size, timesteps=timesteps)
    previous_ids = keras.Input(batch_shape=(batch_size, timesteps), dtype="int32", name="previous_ids")
    logits = CarriedStates(task.get_layer("decoder"))(previous_ids)
    return keras.Model(previous_ids, logits, name=task.name)


def text_windows(
    task, raw, labels=None, *, batch_size, timesteps, shuffle=False, seed=0, initial_epoch=0, initial_step=0
):
    """Windows of a long text, as a `text_reader` takes them: a `tf.data.Dataset` of known cardinality.

    It yields `(previous_ids, targets)`, both `<int32>[batch_size, timesteps]`, padded with 0 on the right. Texts follow
    one another; what they make up is cut into `batch_size` parts of one length, which lie side by side in a batch, and
    each batch goes on where the one before ended. At most `batch_size - 1` tokens at the end are left out.

    With `shuffle` each pass begins somewhere else in the first window, drawn from the seed and the number of the pass,
    so that windows do not always begin at the same tokens. The number of the first pass is given as in
    `rnn_zoo.batches`; `initial_step` batches are left out of it, and such a dataset is for one pass.

    Example:
        >>> task = rnn_zoo.language_model_gru.from_examples((["abcde"], ["abcde"]), units=4)
        >>> dataset = text_windows(task, ["abcde"], batch_size=2, timesteps=2)
        >>> [(previous.numpy().tolist(), targets.numpy().tolist()) for previous, targets in dataset]
        [([[7, 2], [4, 5]], [[2, 3], [5, 6]]), ([[3, 0], [6, 0]], [[4, 0], [7, 0]])]
    """
    import tensorflow as tf

    check_positive(batch_size=batch_size, timesteps=timesteps)
    tokens = np.concatenate([np.zeros(0, "int32"), *task.codec.encode(raw)])
    previous = task.codec.previous(tokens[None])[0]
    spare = timesteps if shuffle and len(tokens) >= 2 * timesteps * batch_size else 1  # short texts are read whole
    columns = (len(tokens) - spare + 1) // batch_size
    if columns < 1:
        raise ValueError(f"texts must hold {batch_size} tokens, one a part. Received: {len(tokens)}")
    epoch_of_pass = initial_epoch if callable(initial_epoch) else itertools.count(initial_epoch).__next__

    def one_pass():
        first = int(np.random.default_rng([seed, epoch_of_pass()]).integers(spare)) if shuffle else 0
        both = np.stack(
            [one[first : first + batch_size * columns].reshape(batch_size, -1) for one in (previous, tokens)]
        )
        for start in range(initial_step * timesteps, columns, timesteps):
            window = both[:, :, start : start + timesteps]
            yield tuple(np.pad(window, [(0, 0), (0, 0), (0, timesteps - window.shape[2])]))

    signature = (tf.TensorSpec([batch_size, timesteps], "int32"),) * 2
    return dataset_of(one_pass, signature, -(-columns // timesteps) - initial_step)
