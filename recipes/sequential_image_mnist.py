"""Sequential MNIST: learn which digit an image shows that is read pixel by pixel, 784 timesteps.

python recipes/sequential_image_mnist.py --data-dir data/mnist --xla  # about 2.5 processor minutes an epoch
python recipes/sequential_image_mnist.py --data-dir data/mnist --permutation 1 --xla --output runs/permuted_mnist
python recipes/sequential_image_mnist.py --data-dir data/mnist --core irnn --learning-rate 2e-4 --xla

Without --data-dir the four original files are downloaded, and the official test files are the test split.
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "sequential_image", "mnist", epochs=20, batch_size=100, learning_rate=4e-3, smoke={"pixels_per_step": 28}
)
