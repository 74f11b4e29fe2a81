"""Speech Commands: learn which of ten words somebody says, from other people than those it is tried on.

python recipes/keyword_speech_commands.py --data-dir data/speech_commands  # WORD/SPEAKER_TAKE.wav, or archives of them
python recipes/keyword_speech_commands.py --data-dir data/speech_commands --core lstm
python recipes/keyword_speech_commands.py --data-dir tfds --copies 0       # all of it, 2.4 GiB
"""

import numpy as np

from rnn_zoo.datasets import Examples
from rnn_zoo.training import Recipe


def prepare(task, examples, run, *, copies=4):
    """Recordings as other people might have made them.

    Args:
        copies: of each recording, that are also learned: faster with a higher voice or slower with a lower one, earlier
            or later by up to 0.1 s, with noise.
    """
    rng = np.random.default_rng(run["seed"])
    varied = [(vary(samples, rate, rng), rate) for _ in range(copies) for samples, rate in examples.raw]
    return Examples([*examples.raw, *varied], [*examples.labels] * (1 + copies))


def vary(samples, rate, rng):
    """Another recording of the same length, `<int16>[samples]`."""
    times = np.arange(len(samples)) * rng.uniform(0.85, 1.2) + rng.uniform(-0.1, 0.1) * rate
    varied = np.interp(times, np.arange(len(samples)), samples, left=0, right=0)
    noise = rng.normal(0, (1 + varied.std()) * 10 ** rng.uniform(-3.5, -0.7), len(varied))
    return np.clip(varied + noise, -(2**15), 2**15 - 1).astype("int16")


main = Recipe.of(
    globals(), "keyword", "speech_commands", prepare=prepare, sample_rate_hz=16_000, scaling="training", time_warp=0.2,
    time_masks=2, longest_time_mask=12, feature_masks=1, noise=0.15, epochs=10, batch_size=64, learning_rate=3e-3,
)  # fmt: skip
