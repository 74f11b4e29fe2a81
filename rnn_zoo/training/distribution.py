"""Training on many devices, each with a part of every batch: `tf.distribute` on one machine, JAX on several."""

import contextlib
import os

import keras

from rnn_zoo.checks import check_choice
from rnn_zoo.heads import copy_of
from rnn_zoo.shares import Share

STRATEGIES = ("none", "mirrored", "multiworker")
ADDRESS, NUM_PROCESSES, PROCESS_ID = CLUSTER = tuple(
    f"KERAS_DISTRIBUTION_{name}" for name in ("JOB_ADDRESSES", "NUM_PROCESSES", "PROCESS_ID")
)
_NOT_CARRIED = (
    "Keras 3 does not carry tf.distribute.MultiWorkerMirroredStrategy: its fit takes the parts of the first batch for "
    "tensors and fails before the first step (keras-team/keras#20585); so TF_CONFIG is not read"
)


def join(distribute, seed):
    """Check that the backend can do it and, for "multiworker", meet the other processes; before anything is computed.

    Where they are is read from the environment, as `keras.distribution.initialize` reads it:
    `KERAS_DISTRIBUTION_JOB_ADDRESSES` is host:port of process 0, `KERAS_DISTRIBUTION_NUM_PROCESSES` their number,
    `KERAS_DISTRIBUTION_PROCESS_ID` the number of this one. All need a seed: without one Keras would draw it, computing
    on every device.
    """
    backend = keras.backend.backend()
    check_choice("distribute", distribute, STRATEGIES)
    if distribute == "mirrored" and backend != "tensorflow":
        raise ValueError(
            "distribute='mirrored' needs KERAS_BACKEND=tensorflow; under jax, 'multiworker' also serves the devices of "
            f"one machine. Received: KERAS_BACKEND={backend}"
        )
    if distribute != "multiworker":
        return
    if backend != "jax":
        raise ValueError(f"distribute='multiworker' needs KERAS_BACKEND=jax. {_NOT_CARRIED}. Received: {backend}")
    _check_cluster()
    keras.utils.set_random_seed(seed)
    keras.distribution.initialize()


def _check_cluster():
    if missing := [name for name in CLUSTER if not os.environ.get(name)]:
        raise ValueError(
            f"distribute='multiworker' needs the environment variables {ADDRESS} (host:port of process 0), "
            f"{NUM_PROCESSES} and {PROCESS_ID}. Missing: {', '.join(missing)}"
        )
    count, number = os.environ[NUM_PROCESSES], os.environ[PROCESS_ID]
    if not (count.isdecimal() and number.isdecimal() and int(number) < int(count)):
        raise ValueError(
            f"{PROCESS_ID} must be a number from 0 to {NUM_PROCESSES} - 1. "
            f"Received: {PROCESS_ID}={number}, {NUM_PROCESSES}={count}"
        )


def scope_of(distribute):
    """Where to build a Task; for "multiworker" all that follows is distributed, until `alone`."""
    if distribute == "mirrored":
        import tensorflow as tf

        return tf.distribute.MirroredStrategy().scope()
    if distribute == "multiworker":  # each process feeds its own part: see `Share`
        keras.distribution.set_distribution(keras.distribution.DataParallel(auto_shard_dataset=False))
    return contextlib.nullcontext()


def strategy_of(task):
    """The `tf.distribute.MirroredStrategy` that a Task was built in, or None."""
    strategy = getattr(task, "distribute_strategy", None)
    return strategy if "Mirrored" in type(strategy).__name__ else None


def is_distributed(task):
    """Whether a Task trains under one of the strategies, be it on a single device."""
    return strategy_of(task) is not None or keras.distribution.distribution() is not None


def share_of(task=None):
    """The `Share` of this process in the training of a Task; without one, as if none were in a `MirroredStrategy`."""
    if strategy := strategy_of(task):
        return Share(strategy.num_replicas_in_sync)
    if keras.distribution.distribution() is None:
        return Share()
    import jax

    return Share(jax.device_count(), jax.process_index(), jax.process_count())


def is_first_process():
    """Whether this process is the one that writes; the only one always is."""
    return share_of().process == 0


def wait_for_all():
    """Go on when all processes have come here."""
    if keras.distribution.distribution() is not None:
        from jax.experimental import multihost_utils

        multihost_utils.sync_global_devices("rnn_zoo")


def alone(task):
    """The trained Task on a device of this process, where `infer` works; ends what `scope_of` began.

    Args:
        task: trained on many devices.

    Returns:
        A copy with the same weights; the task itself if it was not distributed.
    """
    if not is_distributed(task):
        return task
    if keras.distribution.distribution() is not None:
        import jax

        wait_for_all()
        keras.distribution.set_distribution(None)
        copy = copy_of(task)
        jax.distributed.shutdown()  # the first process goes on alone, for as long as it likes
        return copy
    return copy_of(task)


@keras.saving.register_keras_serializable("rnn_zoo")
class MirroredAdamW(keras.optimizers.AdamW):
    """AdamW that clips the gradient of the whole batch, as on one device; Keras clips the part of each device.

    Arguments are those of `keras.optimizers.AdamW`.
    """

    def _clip_gradients(self, grads):
        if hasattr(super(), "_all_reduce_sum_gradients"):  # TensorFlow
            pairs = super()._all_reduce_sum_gradients(zip(grads, self._trainable_variables, strict=True))
            grads = [grad for grad, _ in pairs]
        return super()._clip_gradients(grads)

    def _all_reduce_sum_gradients(self, grads_and_vars):
        return list(grads_and_vars)  # clipping summed them up
