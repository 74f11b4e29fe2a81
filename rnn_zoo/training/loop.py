"""The fit loop of the recipes: AdamW with warm-up and cosine decay, averaged weights, resume."""

import contextlib
import sys
from functools import partial
from pathlib import Path

import keras
import numpy as np

from rnn_zoo.checks import check_below, check_positive
from rnn_zoo.fast_path import lost_fast_paths
from rnn_zoo.losses import SequenceLoss, loss_of
from rnn_zoo.metrics import metrics_of
from rnn_zoo.pipeline import batches
from rnn_zoo.streams import Stream, is_source, stream_of
from rnn_zoo.training.checkpoint import TrainingState
from rnn_zoo.training.distribution import (
    MirroredAdamW,
    is_distributed,
    is_first_process,
    share_of,
    strategy_of,
    wait_for_all,
)
from rnn_zoo.training.frozen import on_computed_maps
from rnn_zoo.training.own_answers import OwnAnswers
from rnn_zoo.training.text_windows import ForgetAtTheStart, text_reader, text_windows

TRACED_STEPS = 10


def train(
    task,
    training,
    validation=None,
    *,
    epochs,
    learning_rate,
    batch_size=64,
    seed=0,
    weight_decay=0.02,
    averaging=0.15,
    output=None,
    resume=False,
    xla=False,
    timesteps=None,
    num_answers=0,
    checkpoint_seconds=60.0,
    profile=False,
    workers=0,
    buffer_size=None,
    verbose="auto",
):
    """Fit a Task the way the recipes do.

    AdamW (Loshchilov & Hutter, ICLR 2019) with gradients clipped to norm 1, half an epoch of linear warm-up, cosine
    decay, and an exponential moving average of the weights, which is what is validated and what remains at the end.

    Args:
        task: a Task; it is compiled here.
        training: raw examples and their labels, as `rnn_zoo.load_dataset` gives them; labels may be probabilities,
            `<float32>[examples, classes]`. Or a `rnn_zoo.Stream`, which is gone through once more to count it if no
            pass has.
        validation: examples to evaluate after each epoch, or None.
        epochs: passes over the training data, at least 1.
        learning_rate: the highest one, reached after warm-up.
        batch_size: examples a batch, those of all devices together: a multiple of their number.
        seed: of the order of the examples.
        weight_decay: of AdamW, on weight matrices only.
        averaging: how far back the moving average of the weights reaches, as a share of all steps, in [0, 1); 0 turns
            it off.
        output: folder for the checkpoint, the TensorBoard log and history; None writes nothing.
        resume: go on from the checkpoint in `output`, if there is one.
        xla: compile the training step with XLA. That can pay for long sequences of one length: 784 timesteps of a GRU
            are 1.5 times as fast on one CPU core, and no faster on two. Each new length costs a compilation of seconds.
            False leaves it to Keras.
        timesteps: read the texts of a language model as one long text, in windows of that many tokens, `batch_size` of
            them side by side, with what is remembered carried from window to window. None trains on examples.
        num_answers: teach a model that has learned to write by the scores of so many answers of its own to each
            example, drawn every 50 batches, see `rnn_zoo.training.own_answers`; an epoch of the history is then those
            batches, has their mean "score", and is not validated. 0 teaches the labels.
        checkpoint_seconds: time between checkpoints within an epoch; each epoch ends with one.
        workers: processes that encode, as of `rnn_zoo.batches`.
        buffer_size: examples of a stream that are shuffled together, as of `rnn_zoo.batches`.
        profile: trace ten steps for TensorBoard into `output`: where time goes, waiting for data among it.
        verbose: as in Keras' `fit`.

    Returns:
        The history: a dictionary of lists, one value an epoch, epochs before a resume included.

    Raises:
        ValueError: for `resume` without `output`, a checkpoint that does not fit, a batch that cannot be shared out
            evenly to the devices, `timesteps` under a strategy, or `num_answers` where answers cannot be drawn and
            scored.
        FloatingPointError: when the loss is no longer a number; the last checkpoint stays.
        OSError: for an output folder that cannot be written to, at the start; or a full disk: the last checkpoint
            stays.
    """
    if resume and output is None:
        raise ValueError("resume=True needs the output folder of the interrupted run. Received: output=None")
    check_positive(epochs=epochs, batch_size=batch_size)
    check_below(1, averaging=averaging)
    if not (learning_rate > 0 and weight_decay >= 0):
        raise ValueError(
            f"learning_rate must be above 0, and weight_decay not negative. Received: {learning_rate=}, {weight_decay=}"
        )
    share = share_of(task)
    if batch_size % share.num_devices:
        raise ValueError(
            f"batch_size must be a multiple of the number of devices, {share.num_devices}. Received: {batch_size=}"
        )
    training = (stream_of(training),) if is_source(training) else training
    soft = isinstance(training[-1], np.ndarray) and training[-1].ndim == 2
    if soft and validation is not None:
        one_hot = np.eye(len(task.codec.class_names), dtype="float32")
        validation = (validation.raw, one_hot[task.codec.encode(validation.labels)])
    feeding = {"share": share, "workers": workers, "buffer_size": buffer_size}
    network, feed, steps, callbacks = _network_and_feed(task, training, batch_size, timesteps, feeding, verbose)
    own = None
    if num_answers:
        if share.num_devices > 1 or isinstance(training[0], Stream):
            raise ValueError(f"num_answers must be 0 for a stream, or several devices. Received: {num_answers=}")
        own = OwnAnswers(network, *training, batch_size=batch_size, num_answers=num_answers, seed=seed)
        steps, epochs, callbacks = own.steps, epochs * own.rounds_an_epoch, [own]
        validation, checkpoint_seconds = None, None
    make_optimizer = partial(adamw, steps, epochs, learning_rate, weight_decay, averaging)
    _compile(task, network, make_optimizer, soft, xla, taught=own is None)
    if lost := lost_fast_paths(network):
        print(lost, file=sys.stderr)
    # of examples, a multiple of the devices; a reader of a text has one size
    validation_batch_size = -(-128 // share.num_devices) * share.num_devices if timesteps is None else batch_size
    callbacks.append(keras.callbacks.TerminateOnNaN())
    if averaging:
        callbacks.append(keras.callbacks.SwapEMAWeights())
    callbacks.append(clock := _Clock())
    state = None
    if output is not None:
        state = TrainingState(Path(output) / "state.npz", seconds=checkpoint_seconds, writes=is_first_process())
        if resume:
            state.restore(network)
        traced = traced_steps(steps * (epochs - state.epochs_done) - state.steps_done) if profile else 0
        if is_first_process():
            callbacks.append(keras.callbacks.TensorBoard(Path(output) / "tensorboard", profile_batch=traced))
        callbacks.append(state)
    held_out = None if validation is None else feed(*validation, batch_size=validation_batch_size)

    def fit(first_epoch, last_epoch, first_step=0):
        clock.epoch = first_epoch
        order = {"shuffle": True, "seed": seed, "initial_epoch": lambda: clock.epoch, "initial_step": first_step}
        dataset = own.dataset(first_epoch) if own else feed(*training, batch_size=batch_size, **order)
        fitted = network.fit(
            dataset,
            validation_data=held_out,
            epochs=last_epoch,
            initial_epoch=first_epoch,
            callbacks=callbacks,
            shuffle=False,  # the batches come shuffled
            verbose=verbose if is_first_process() else 0,
        )
        losses = fitted.history.get("loss", [])
        if losses and losses[-1] != losses[-1]:
            raise FloatingPointError("the loss is not a number: lower learning_rate; the last checkpoint was kept.")
        return fitted.history

    if state is None:
        return fit(0, epochs)
    with _checkpoint_at_the_end(state):
        epoch = state.epochs_done
        if state.steps_done:  # the rest of the epoch that was interrupted is a fit of its own
            few = training[0].take(batch_size) if isinstance(training[0], Stream) else training
            network.evaluate(feed(*few, batch_size=batch_size).take(1), verbose=0)  # builds the metrics
            fit(epoch, epoch + 1, state.steps_done)
            if epoch + 1 == epochs:
                return state.history
            wait_for_all()  # the first process has written what all read now
            epoch = state.restore(network)
        fit(epoch, epochs)
    return state.history


def traced_steps(num_steps):
    """Which steps TensorBoard shall trace: ten, after ten others if there are as many; 0 where Keras cannot trace."""
    if keras.backend.backend() == "torch":
        print("No trace for TensorBoard: Keras has none for torch.", file=sys.stderr)
        return 0
    last = min(2 * TRACED_STEPS, num_steps)
    return max(1, last - TRACED_STEPS + 1), last


def _network_and_feed(task, training, batch_size, timesteps, feeding, verbose):
    """What is fitted, what makes its batches, the steps of an epoch, and the callbacks that go with it."""
    if timesteps is None:
        is_stream = isinstance(training[0], Stream)
        size = training[0].count() if is_stream else len(training[0])
        as_it_is = is_stream or feeding["workers"] or is_distributed(task)
        network = task if as_it_is else on_computed_maps(task, verbose)
        return network, partial(batches, network, **feeding), -(-size // batch_size), []
    if isinstance(training[0], Stream):
        raise ValueError(f"timesteps read one long text, and a stream holds many: give timesteps=None. {timesteps=}")
    if is_distributed(task):
        raise ValueError(
            "timesteps needs distribute='none': what is remembered cannot be shared out. "
            f"Received: {timesteps=} and {feeding['share'].num_devices} devices under a strategy"
        )
    feed = partial(text_windows, task, timesteps=timesteps)
    steps = len(feed(*training, batch_size=batch_size, shuffle=True))
    return text_reader(task, batch_size, timesteps), feed, steps, [ForgetAtTheStart()]


def _compile(task, network, make_optimizer, soft, xla, *, taught):
    """Compile for hard or soft labels, or none, with an optimizer built at once, so that a checkpoint fits it."""
    kind = {"soft": True} if soft else {}
    strategy = strategy_of(task)
    with strategy.scope() if strategy else contextlib.nullcontext():
        optimizer = make_optimizer(MirroredAdamW if strategy else keras.optimizers.AdamW)
        loss, metrics = (
            (loss_of(task.codec, **kind), metrics_of(task.codec, **kind)) if taught else (SequenceLoss(), [])
        )
        network.compile(optimizer, loss, metrics=metrics, jit_compile=True if xla else "auto")
        network.optimizer.build(network.trainable_variables)


class _Clock(keras.callbacks.Callback):
    """Tells the pipeline the epoch, whatever batches Keras looks at before the first one."""

    epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch


@contextlib.contextmanager
def _checkpoint_at_the_end(state):
    """Who interrupts the run is told how to go on."""
    try:
        with state.stopping_gently():
            yield
    except KeyboardInterrupt:
        if state.path.exists():
            print(f"\nInterrupted. {state.path} holds what was learned: go on with --resume.", file=sys.stderr)
        raise


def adamw(steps, epochs, learning_rate, weight_decay, averaging, adam=keras.optimizers.AdamW):
    """AdamW with clipping, half an epoch of warm-up, cosine decay and, if averaging is above 0, averaged weights."""
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, max(steps * epochs, 1), alpha=0.02, warmup_target=learning_rate, warmup_steps=max(steps // 2, 1)
    )
    window = averaging * steps * epochs
    optimizer = adam(
        schedule,
        weight_decay=weight_decay,
        global_clipnorm=1.0,
        use_ema=averaging > 0,
        ema_momentum=1 - 1 / max(window, 1.0),
    )
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer
