"""Fine-tuning: a trained Task learns other examples, its head first and its first layers last and least.

Howard & Ruder, "Universal language model fine-tuning for text classification" (ULMFiT), ACL 2018: slanted triangular
learning rates (equation 3), a smaller rate for each group of layers further down (section 3.2), gradual unfreezing
(section 3.3).
"""

import math
import re
from operator import attrgetter

import keras

from rnn_zoo.checks import check_positive
from rnn_zoo.heads import feature_extractor
from rnn_zoo.pipeline import batches
from rnn_zoo.schedules import SlantedTriangular

MIN_EPOCHS, MIN_STEPS = 4, 300
"""Of the stage that trains all layers, where no number of epochs is given."""


def layer_groups(task):
    """The layers with weights, in groups from the input to the head, which is the last one.

    A group begins at each recurrent layer, whose two directions stay together, and at the head; what stands before the
    first recurrent layer, embeddings for example, is one group.

    Args:
        task: a Task whose network has a layer named "features", as all of the zoo have but those that write.

    Returns:
        A list of lists of layers. A Task without that layer has as many groups as layers with weights.

    Example:
        >>> task = rnn_zoo.sentiment_lstm()
        >>> [[layer.name for layer in group] for group in layer_groups(task)]
        [['bigram_embedding', 'bigram_ids', 'embedding'], ['lstm_0', 'lstm_0_backward'], ['logits']]
    """
    layers = [layer for layer in task.layers if layer.weights]
    if all(layer.name != "features" for layer in task.layers):
        return [[layer] for layer in layers]
    body = {layer.name for layer in feature_extractor(task).layers}
    groups, head, begun = [[]], [layer for layer in layers if layer.name not in body], set()
    for layer in layers:
        if layer in head:
            continue
        name = layer.name.removesuffix("_backward")
        if isinstance(layer, keras.layers.RNN) and name not in begun:
            begun.add(name)
            groups.append([])
        groups[-1].append(layer)
    return [sorted(group, key=attrgetter("name")) for group in [*groups, head] if group]


def freeze_to(task, n):
    """Train the groups of layers from the n-th on; those before it keep their weights. Compile afterwards.

    Args:
        task: a Task; it is changed.
        n: place in `layer_groups(task)`: 0 trains everything, -1 the head alone, -2 also the group before it.

    Returns:
        The groups that are trained.

    Example:
        >>> task = rnn_zoo.replace_head(rnn_zoo.sentiment_lstm(), ["bad", "fair", "good"])
        >>> _ = freeze_to(task, -1)
        >>> [variable.path for variable in task.trainable_variables]
        ['logits/kernel', 'logits/bias']

    Source: Howard & Ruder, ACL 2018, section 3.3.
    """
    groups = layer_groups(task)
    if not -len(groups) <= n < len(groups):
        raise ValueError(f"n must be in [{-len(groups)}, {len(groups) - 1}]. Received: {n=}")
    first = n % len(groups)
    for place, group in enumerate(groups):
        for layer in group:  # one by one: TensorFlow ignores setting a whole model to what it is
            layer.trainable = place >= first
    return groups[first:]


def discriminative_optimizer(groups, learning_rate, steps, *, factor=2.6, weight_decay=0.01, cut_fraction=0.1):
    """An optimizer with a rate for each group of layers, the smaller the further from the head.

    Each group has an AdamW of its own whose rate is slanted triangular with the peak `learning_rate / factor**k`, k
    being the group's distance from the head, and whose gradient is clipped to norm 1.

    Args:
        groups: lists of layers, the head last, from `freeze_to` or `layer_groups`.
        learning_rate: the peak of the head's rate.
        steps: of the training.
        factor: by which the rate falls from group to group, at least 1; 1 for the same rate everywhere.
        weight_decay: of AdamW, on weight matrices only.
        cut_fraction: share of the steps in which the rates rise.

    Returns:
        A `keras.optimizers.MultiOptimizer`, which is saved with the Task. Weights of other layers take the rate of the
        head.

    Example:
        >>> task = rnn_zoo.sentiment_lstm()
        >>> optimizer = discriminative_optimizer(layer_groups(task), 0.01, steps=100)
        >>> first, *_, head = optimizer.optimizers
        >>> round(float(head.learning_rate / first.learning_rate), 2)  # 2.6 * 2.6
        6.76

    Source: Howard & Ruder, ACL 2018, equation 2 and the factor of section 3.2.
    """
    if not (factor >= 1 and weight_decay >= 0):
        raise ValueError(
            f"factor must be at least 1, and weight_decay not negative. Received: {factor=}, {weight_decay=}"
        )
    optimizers = {}
    for distance, group in enumerate(reversed(groups)):
        schedule = SlantedTriangular(learning_rate / factor**distance, steps, cut_fraction=cut_fraction)
        optimizer = keras.optimizers.AdamW(schedule, weight_decay=weight_decay, global_clipnorm=1.0)
        optimizer.exclude_from_weight_decay(var_names=["bias"])
        optimizers[f"({'|'.join(re.escape(layer.name) for layer in group)})/.*"] = optimizer
    from_the_input = dict(reversed(optimizers.items()))
    head = next(iter(optimizers.values()))
    return keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(head, from_the_input))


def fine_tune(
    task,
    training,
    validation=None,
    *,
    epochs=None,
    learning_rate=None,
    batch_size=32,
    gradual=True,
    factor=2.6,
    weight_decay=0.01,
    seed=0,
    verbose="auto",
):
    """Go on training a Task on other examples; the weights of the best epoch remain.

    With `gradual`, the head is trained alone for one epoch, then with the group of layers before it for one more, and
    so on; then all of it for `epochs`. Each of these stages has slanted triangular rates, see
    `discriminative_optimizer`. The best epoch is the one with the lowest loss on the validation examples, and training
    ends early once a quarter of the epochs, three at least, lowered it by less than 0.001. Without validation examples
    the last epoch is the best one.

    Args:
        task: a Task with the classes of the examples, see `rnn_zoo.replace_head`; it is changed and compiled here.
        training: raw examples and their labels, as `rnn_zoo.load_dataset` gives them.
        validation: examples to choose the best epoch with, or None.
        epochs: passes over the training data once all layers are trained, at least 1; None for 4, and for more if these
            are fewer than 300 steps.
        learning_rate: the highest one, of the head; `find_learning_rate` helps to choose it. None for 1e-2 up to 2,000
            examples, then falling with the root of their number, to 2e-3 from 50,000 on.
        batch_size: examples a batch.
        gradual: unfreeze the groups of layers one after another.
        factor: by which the rate falls from group to group.
        weight_decay: of AdamW, on weight matrices only.
        seed: of the order of the examples.
        verbose: as in Keras' `fit`.

    Returns:
        The history: a dictionary of lists, one value an epoch.

    Raises:
        ValueError: for less than one epoch, or no examples.
        FloatingPointError: when the loss is no longer a number.
        KeyboardInterrupt: for Ctrl-C; the weights of the best epoch so far are back, and the exception's argument is
            the history, empty if no epoch had ended.

    Example:
        >>> texts, labels = ["Awful.", "A masterpiece!"] * 8, ["negative", "positive"] * 8
        >>> task = rnn_zoo.sentiment_lstm()
        >>> history = fine_tune(task, (texts, labels), (texts[:2], labels[:2]), epochs=1, gradual=False, verbose=0)
        >>> len(history["val_loss"])
        1

    Source: Howard & Ruder, ACL 2018.
    """
    check_positive(batch_size=batch_size)
    num_examples = len(training[0])
    steps = math.ceil(num_examples / batch_size)
    epochs = max(MIN_EPOCHS, math.ceil(MIN_STEPS / max(steps, 1))) if epochs is None else epochs
    check_positive(epochs=epochs, num_examples=num_examples)
    if learning_rate is None:
        learning_rate = 1e-2 * min(1.0, max(0.2, math.sqrt(2000 / max(num_examples, 1))))
    stages = [(-place, 1) for place in range(1, len(layer_groups(task)))] if gradual else []
    best, done = _BestEpoch(patience=max(3, epochs // 4)), 0
    held_out = None if validation is None else batches(task, *validation, batch_size=128)
    try:
        for n, stage_epochs in [*stages, (0, epochs)]:
            optimizer = discriminative_optimizer(
                freeze_to(task, n), learning_rate, steps * stage_epochs, factor=factor, weight_decay=weight_decay
            )
            task.compile(optimizer)
            task.fit(
                batches(task, *training, batch_size=batch_size, shuffle=True, seed=seed, initial_epoch=done),
                validation_data=held_out,
                initial_epoch=done,
                epochs=done + stage_epochs,
                callbacks=[best, keras.callbacks.TerminateOnNaN()],
                verbose=verbose,
            )
            done += stage_epochs
            if task.stop_training:  # the loss is no number any more, or gets no better
                break
    except KeyboardInterrupt:
        raise KeyboardInterrupt(best.history) from None
    finally:
        freeze_to(task, 0)
        best.restore(task)
    if best.history["loss"][-1] != best.history["loss"][-1]:
        raise FloatingPointError("the loss is not a number: lower learning_rate; the best epoch so far was kept.")
    return best.history


class _BestEpoch(keras.callbacks.Callback):
    """Keeps the weights of the epoch with the lowest validation loss, or of the last one, over several `fit`s.

    It ends a `fit` after `patience` epochs in which the loss fell by less than a thousandth.
    """

    def __init__(self, patience):
        super().__init__()
        self.history, self.loss, self.weights, self.patience, self.waited = {}, float("inf"), None, patience, 0

    def on_train_begin(self, logs=None):
        self.waited = 0

    def on_epoch_end(self, epoch, logs=None):
        for name, value in logs.items():
            self.history.setdefault(name, []).append(float(value))
        loss = logs.get("val_loss", -epoch)  # without validation the later epoch is the better one
        self.waited = 0 if loss < self.loss - 1e-3 else self.waited + 1
        if loss < self.loss:
            self.loss, self.weights = loss, self.model.get_weights()
        if self.waited >= self.patience:
            self.model.stop_training = True

    def restore(self, task):
        if self.weights is not None:
            task.set_weights(self.weights)
