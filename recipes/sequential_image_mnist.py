"""Sequential MNIST: learn which digit an image shows that is read pixel by pixel, 784 timesteps.

python recipes/sequential_image_mnist.py --data-dir data/mnist --xla  # about 2.5 processor minutes an epoch
python recipes/sequential_image_mnist.py --data-dir data/mnist --permuted --xla --output runs/permuted_mnist
python recipes/sequential_image_mnist.py --data-dir data/mnist --core irnn --learning-rate 2e-4 --xla

Without --data-dir the four original files are downloaded, and the official test files are the test part.
"""

from rnn_zoo.datasets.images import IMAGE_SIZES
from rnn_zoo.training import Recipe
from rnn_zoo.training.builds import pixel_reader

main = Recipe(
    __file__, "sequential_image", "mnist", pixel_reader(*IMAGE_SIZES["mnist"]),
    cores=("gru", "lstm", "irnn", "simple_rnn"), epochs=20,
    batch_size=100, learning_rate=4e-3, smoke={"units": 8, "pixels_per_step": 28}, smoke_share=100,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
