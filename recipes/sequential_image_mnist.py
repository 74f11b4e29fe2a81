"""Sequential MNIST: learn which digit an image shows that is read pixel by pixel, 784 timesteps.

python recipes/sequential_image_mnist.py --data-dir data/mnist --xla  # about 2.5 processor minutes an epoch
python recipes/sequential_image_mnist.py --data-dir data/mnist --permutation 1 --xla --output runs/permuted_mnist
python recipes/sequential_image_mnist.py --data-dir data/mnist --core irnn --learning-rate 2e-4 --xla
python recipes/sequential_image_mnist.py --data-dir data/mnist --distorted 4 --epochs 7 --xla

The last command also teaches four copies of each image, a little turned, slanted, stretched and moved: wrong were then
0.9 % of the held-out test split (GRU, seed 0, 95 minutes on one busy core), and 1.5 % without these copies.

Without --data-dir the four original files are downloaded, and the official test files are the test split.
"""

import numpy as np

from rnn_zoo.datasets import Examples
from rnn_zoo.training import Recipe

DEGREES, SHEAR, SCALE, PIXELS = 10, 0.15, 0.1, 2
"""The most that a distorted image is turned, slanted, stretched and moved."""


def add_distorted(task, examples, run, *, distorted=0):
    """Let the training split hold digits as other hands may have written them.

    Args:
        distorted: copies of every image that are taught beside it, each turned, slanted, stretched and moved a little.
    """
    from scipy.ndimage import affine_transform

    if distorted < 0:
        raise ValueError(f"distorted must be 0 or more. Received: {distorted=}")
    rng = np.random.default_rng(run["seed"])
    copies = [_distorted(image, rng, affine_transform) for _ in range(distorted) for image in examples.raw]
    return Examples([*examples.raw, *copies], [*examples.labels] * (1 + distorted))


def _distorted(image, rng, affine_transform):
    """An image `<uint8>[height, width]` by a random affine map of the plane about its middle."""
    angle, slant = np.radians(rng.uniform(-DEGREES, DEGREES)), rng.uniform(-SHEAR, SHEAR)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[1.0, slant], [0.0, 1.0]]) * rng.uniform(1 - SCALE, 1 + SCALE, size=2)
    middle = (np.array(image.shape) - 1) / 2
    offset = middle - matrix @ middle + rng.uniform(-PIXELS, PIXELS, size=2)
    return affine_transform(image, matrix, offset, order=1)


main = Recipe.of(
    globals(), "sequential_image", "mnist", prepare=add_distorted, epochs=20, batch_size=100, learning_rate=4e-3,
    smoke={"pixels_per_step": 28},
)  # fmt: skip
