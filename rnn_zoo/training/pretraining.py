"""Pretraining: a classifier's embedding and recurrent layers first learn to predict the next and the previous word."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from rnn_zoo.layers.sampled_softmax import SampledSoftmaxLoss
from rnn_zoo.training.checkpoint import TrainingState
from rnn_zoo.training.distribution import is_distributed
from rnn_zoo.training.loop import adamw


def pretrain_language_model(
    task,
    texts,
    *,
    epochs,
    learning_rate=3e-3,
    batch_size=128,
    timesteps=100,
    dropout=0.2,
    num_sampled=512,
    seed=0,
    output=None,
    resume=False,
    verbose="auto",
):
    """Train the embedding and the recurrent layer of a text Task as a language model, in both directions.

    The forward layer predicts every next symbol and the backward layer every previous one, through an output that is
    tied to the embedding. No labels are used.

    Args:
        task: a Task with the layers "embedding", "<core>_0" and, if bidirectional, "<core>_0_backward"; it is changed.
        texts: a list of strings.
        epochs: passes over the texts; 0 does nothing.
        learning_rate: the highest one.
        batch_size: pieces of text a batch.
        timesteps: length of a piece.
        dropout: rate on embeddings and outputs, in [0, 1).
        num_sampled: symbols that each step is scored against.
        seed: of order, cuts and dropout.
        output: folder for the checkpoint; None writes nothing.
        resume: go on from the checkpoint in `output`, if there is one.
        verbose: as in Keras' `fit`.

    Returns:
        The loss of every epoch, in nats a symbol against the sample, summed over directions.

    Raises:
        ValueError: for a Task with other layers, one that is distributed, or fewer symbols than one batch holds.

    Source: Dai & Le, "Semi-supervised sequence learning", NeurIPS 2015; Howard & Ruder, "Universal language model
    fine-tuning for text classification", ACL 2018.
    """
    if not epochs:
        return []
    if is_distributed(task):
        raise ValueError(f"pretraining needs distribute='none', or epochs=0 here. Received: epochs={epochs}")
    encoded = whole_texts(task).encode(texts)
    network = _language_model(task, timesteps, dropout, num_sampled, seed)
    steps = (sum(len(ids) + 1 for ids in encoded) // timesteps - 1) // batch_size
    if steps < 1:
        raise ValueError(f"texts must hold more than {timesteps * batch_size} symbols. Received: {len(texts)} texts")
    network.compile(adamw(steps, epochs, learning_rate, weight_decay=1e-5, averaging=0.0), loss=None)
    network.optimizer.build(network.trainable_variables)
    state = TrainingState(Path(output) / "pretraining.npz", seconds=None) if output else None
    epochs_done = state.restore(network) if state and resume else 0
    losses = state.history.get("loss", []) if state else []
    for epoch in range(epochs_done, epochs):
        pieces = _pieces(encoded, timesteps, np.random.default_rng([seed, epoch]))
        dataset = tf.data.Dataset.from_tensor_slices(pieces).batch(batch_size, drop_remainder=True).prefetch(2)
        fitted = network.fit(
            dataset,
            shuffle=False,
            epochs=epoch + 1,
            initial_epoch=epoch,
            callbacks=[state] if state else [],
            verbose=verbose,
        )
        losses = [*losses, *fitted.history["loss"]] if state is None else state.history["loss"]
    return losses


def whole_texts(task):
    """The Task's preprocessor without truncation."""
    preprocessor = task.preprocessor
    return type(preprocessor).from_config({**preprocessor.get_config(), "max_timesteps": None})


def _language_model(task, timesteps, dropout, num_sampled, seed):
    embedding = task.get_layer("embedding")
    recurrent = sorted((layer for layer in task.layers if isinstance(layer, layers.RNN)), key=lambda layer: layer.name)
    if not 1 <= len(recurrent) <= 2 or (len(recurrent) == 2 and not recurrent[1].name.endswith("_backward")):
        names = [layer.name for layer in recurrent]
        raise ValueError(f"pretraining takes one recurrent layer, in one or both directions. Received: {names}")
    if recurrent[0].cell.kernel.shape[0] != embedding.output_dim:
        raise ValueError(
            "pretraining takes a recurrent layer that reads the embedding and nothing beside it, so no bigrams "
            f"(--num-bigrams 0). Received: {recurrent[0].cell.kernel.shape[0]} inputs, {embedding.output_dim} of them "
            "from the embedding"
        )
    token_ids = keras.Input((timesteps,), dtype="int32")
    outputs = []
    for index, layer in enumerate(recurrent):
        ids = token_ids if index == 0 else ops.flip(token_ids, axis=1)
        x = layers.SpatialDropout1D(dropout, seed=seed + index)(embedding(ids))
        x = layers.Dropout(dropout, seed=seed + index)(layer(x))
        x = layers.Dense(embedding.output_dim, name=f"to_embedding_{index}")(x)
        outputs.append(_TiedLoss(embedding, num_sampled, seed + index, name=f"loss_{index}")(x[:, :-1], ids[:, 1:]))
    return keras.Model(token_ids, outputs)


class _TiedLoss(SampledSoftmaxLoss):
    """The sampled softmax with the weights of an Embedding layer."""

    def __init__(self, embedding, num_sampled, seed, name):
        super().__init__(embedding.input_dim, num_sampled, seed, name=name)
        self.embedding = embedding

    def call(self, hidden, targets):
        return super().call(hidden, targets, self.embedding.embeddings)


def _pieces(encoded, timesteps, rng):
    order = rng.permutation(len(encoded))
    stream = np.concatenate([part for place in order for part in (encoded[place], [0])]).astype("int32")
    stream = stream[rng.integers(timesteps) :]
    pieces = stream[: len(stream) // timesteps * timesteps].reshape(-1, timesteps)
    return pieces[rng.permutation(len(pieces))]
