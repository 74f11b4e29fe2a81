"""Learning rates over the steps of a training, for what Keras has none."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("rnn_zoo")
class SlantedTriangular(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that rises quickly and falls slowly, both in a straight line.

    With T steps, cut = floor(T * cut_frac) and p = t / cut before cut, 1 - (t - cut) / (cut * (1 / cut_frac - 1))
    after it, the rate at step t is eta_max * (1 + p * (ratio - 1)) / ratio. Past the last step it stays at its lowest.

    Args:
        peak: eta_max, the highest rate.
        steps: T, how many steps the training has.
        cut_fraction: cut_frac, the share of them in which the rate rises, in (0, 1).
        ratio: how much lower than the peak the rate begins and ends, at least 1.

    Example:
        >>> schedule = SlantedTriangular(0.01, steps=100)
        >>> [round(float(schedule(step)), 4) for step in (0, 10, 55, 100)]
        [0.0003, 0.01, 0.0052, 0.0003]

    Source: Howard & Ruder, "Universal language model fine-tuning for text classification", ACL 2018, equation 3.
    """

    def __init__(self, peak, steps, *, cut_fraction=0.1, ratio=32.0, name="slanted_triangular"):
        super().__init__()
        if peak <= 0 or steps < 1 or not 0 < cut_fraction < 1 or ratio < 1:
            raise ValueError(
                "peak must be above 0, steps positive, cut_fraction in (0, 1) and ratio at least 1. "
                f"Received: {peak=}, {steps=}, {cut_fraction=}, {ratio=}"
            )
        self.peak, self.steps, self.cut_fraction, self.ratio, self.name = peak, steps, cut_fraction, ratio, name

    def __call__(self, step):
        step = ops.cast(step, "float32")
        cut = float(max(int(self.steps * self.cut_fraction), 1))
        rising = step / cut
        falling = 1 - (step - cut) / (cut * (1 / self.cut_fraction - 1))
        share = ops.maximum(ops.minimum(rising, falling), 0.0)
        return self.peak * (1 + share * (self.ratio - 1)) / self.ratio

    def get_config(self):
        names = ("peak", "steps", "cut_fraction", "ratio", "name")
        return {name: getattr(self, name) for name in names}
