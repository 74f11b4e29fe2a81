"""Sequential digits: learn which digit an image of 8 x 8 pixels shows that is read pixel by pixel, 64 timesteps.

python recipes/sequential_image_digits.py  # a minute on two CPU cores, about 95 % on the validation part
python recipes/sequential_image_digits.py --core irnn --learning-rate 1e-3 --permuted
"""

from rnn_zoo.datasets.digits import HEIGHT, HIGHEST, WIDTH
from rnn_zoo.training import Recipe

PERMUTATION = 1


def build(builder, training, class_names, *, units=128, num_layers=1, pixels_per_step=1, permuted=False, dropout=0.0):
    """A reader of pixels.

    Args:
        units: size of the hidden state.
        num_layers: recurrent layers on top of one another.
        pixels_per_step: pixels a timestep; 8 reads row by row.
        permuted: read the pixels in a fixed order without neighbours, the same for all images and seeds.
        dropout: rate between layers and before the head.
    """
    return builder(
        class_names, weights=None, height=HEIGHT, width=WIDTH, scale=HIGHEST, pixels_per_step=pixels_per_step,
        permutation=PERMUTATION if permuted else None, units=units, num_layers=num_layers, dropout=dropout,
    )  # fmt: skip


main = Recipe(
    __file__, "sequential_image", "digits", build, cores=("gru", "lstm", "irnn", "simple_rnn"), epochs=40,
    batch_size=32, learning_rate=1e-2, smoke={"units": 8}, smoke_share=10,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
