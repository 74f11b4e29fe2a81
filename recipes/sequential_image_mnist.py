"""Sequential MNIST: learn which digit an image shows that is read pixel by pixel, 784 timesteps.

python recipes/sequential_image_mnist.py --data-dir data/mnist  # about 3 processor minutes an epoch
python recipes/sequential_image_mnist.py --data-dir data/mnist --permuted --output runs/permuted_mnist
python recipes/sequential_image_mnist.py --data-dir data/mnist --core irnn --learning-rate 2e-4

Without --data-dir the four original files are downloaded, and the official test files are the test part.
"""

from rnn_zoo.datasets.mnist import HEIGHT, HIGHEST, WIDTH
from rnn_zoo.training import Recipe

PERMUTATION = 1


def build(builder, training, class_names, *, units=128, num_layers=1, pixels_per_step=1, permuted=False, dropout=0.0):
    """A reader of pixels.

    Args:
        units: size of the hidden state.
        num_layers: recurrent layers on top of one another.
        pixels_per_step: pixels a timestep; 28 reads row by row.
        permuted: read the pixels in a fixed order without neighbours, the same for all images and seeds.
        dropout: rate between layers and before the head.
    """
    return builder(
        class_names, weights=None, height=HEIGHT, width=WIDTH, scale=HIGHEST, pixels_per_step=pixels_per_step,
        permutation=PERMUTATION if permuted else None, units=units, num_layers=num_layers, dropout=dropout,
    )  # fmt: skip


main = Recipe(
    __file__, "sequential_image", "mnist", build, cores=("gru", "lstm", "irnn", "simple_rnn"), epochs=20,
    batch_size=64, learning_rate=2e-3, smoke={"units": 8, "pixels_per_step": 28}, smoke_share=100,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
