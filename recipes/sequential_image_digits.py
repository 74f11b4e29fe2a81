"""Sequential digits: learn which digit an image of 8 x 8 pixels shows that is read pixel by pixel, 64 timesteps.

python recipes/sequential_image_digits.py  # a minute on two CPU cores, about 95 % on the validation part
python recipes/sequential_image_digits.py --core irnn --learning-rate 1e-3 --permuted
"""

from rnn_zoo.datasets.images import IMAGE_SIZES
from rnn_zoo.training import Recipe
from rnn_zoo.training.builds import pixel_reader

main = Recipe(
    __file__, "sequential_image", "digits", pixel_reader(*IMAGE_SIZES["digits"]),
    cores=("gru", "lstm", "irnn", "simple_rnn"), epochs=40,
    batch_size=32, learning_rate=1e-2, smoke={"units": 8}, smoke_share=10,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
