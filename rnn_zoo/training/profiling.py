"""Whether the pipeline keeps the device fed: how long training steps wait for their data."""

import time

import click
import keras
import numpy as np

TRACED_STEPS = 10
_SLOW = 5  # times the median: such a step compiled something first


class DataWait(keras.callbacks.Callback):
    """Measure the share of step time that is spent waiting for data, and print it when training ends.

    Steps are told apart at their ends, when what they computed has arrived; so the device's own queue of steps is
    empty, and a step takes a little longer than without measuring.

    Example:
        >>> task = rnn_zoo.digits_dense()
        >>> images = [np.full((8, 8), value) for value in (0, 8, 16)]
        >>> wait = DataWait()
        >>> dataset = wait.watch(rnn_zoo.batches(task, images, ["0", "1", "2"], batch_size=1))
        >>> task.compile()
        >>> history = task.fit(dataset, epochs=2, callbacks=[wait], verbose=0)  # doctest: +ELLIPSIS
        Profile: 6 steps...% of step time spent waiting for data.
    """

    def __init__(self):
        super().__init__()
        self.waited = 0.0
        self.steps = []
        self._mark = None

    def watch(self, dataset):
        """A dataset that yields the same, and whose readers' waiting is measured.

        Args:
            dataset: a `tf.data.Dataset` of known cardinality.

        Returns:
            A `tf.data.Dataset`.
        """
        import tensorflow as tf

        def measured():
            batches = iter(dataset)
            while True:
                began = time.perf_counter()
                batch = next(batches, None)
                self.waited += time.perf_counter() - began
                if batch is None:
                    return
                yield batch

        watched = tf.data.Dataset.from_generator(measured, output_signature=dataset.element_spec)
        options = tf.data.Options()
        options.experimental_optimization.inject_prefetch = False  # it would read ahead, and nobody would wait
        return watched.apply(tf.data.experimental.assert_cardinality(dataset.cardinality())).with_options(options)

    def on_epoch_begin(self, epoch, logs=None):
        """Begin to measure; what happens between epochs is no step."""
        self._mark = time.perf_counter(), self.waited

    def on_train_batch_end(self, batch, logs=None):
        """A step is done once its loss has arrived."""
        for value in (logs or {}).values():
            keras.ops.convert_to_numpy(value)
        began, waited = self._mark
        self._mark = time.perf_counter(), self.waited
        self.steps.append((self._mark[0] - began, self.waited - waited))

    def on_train_end(self, logs=None):
        """Say what was found."""
        if self.steps:
            click.echo(self.summary())

    def share(self):
        """Waiting as a share of step time, in [0, 1], without the steps that compiled; None before the first step."""
        counted = self._counted()
        return float(counted[:, 1].sum() / counted[:, 0].sum()) if len(counted) else None

    def summary(self):
        """One line: time of a step, and how much of it was waiting."""
        counted = self._counted()
        step, wait = np.median(counted, axis=0) * 1000
        left_out = len(self.steps) - len(counted)
        without = f" ({left_out} that compiled left out)" if left_out else ""
        return (
            f"Profile: {len(self.steps)} steps{without}, {step:.2f} ms each (median), {wait:.2f} ms of it waiting; "
            f"{100 * self.share():.1f} % of step time spent waiting for data."
        )

    def _counted(self):
        steps = np.array(self.steps).reshape(-1, 2)
        return steps[steps[:, 0] <= _SLOW * np.median(steps[:, 0])] if len(steps) else steps


def traced_steps(num_steps):
    """Which steps TensorBoard shall trace: ten, after ten others if there are as many; 0 where Keras cannot trace."""
    if keras.backend.backend() == "torch":
        click.echo("No trace for TensorBoard: Keras has none for torch.", err=True)
        return 0
    last = min(2 * TRACED_STEPS, num_steps)
    return max(1, last - TRACED_STEPS + 1), last
