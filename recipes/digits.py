"""Digits: learn from 1,264 images of 8 x 8 pixels, which scikit-learn brings along, which digit they show.

python recipes/digits.py              # under a minute, about 98 % on the test part
python recipes/digits.py --units 32 --seed 1
"""

from rnn_zoo.datasets.images import IMAGE_SIZES
from rnn_zoo.training import Recipe


def build(builder, training, class_names, *, units=256, num_layers=1):
    """A plain network on the pixels.

    Args:
        units: size of a hidden layer.
        num_layers: hidden layers on top of one another.
    """
    height, width, scale = IMAGE_SIZES["digits"]
    return builder(
        class_names, weights=None, height=height, width=width, scale=scale, units=units, num_layers=num_layers
    )


main = Recipe(
    __file__, "digits", "digits", build, cores=["dense"], epochs=40, batch_size=32, learning_rate=3e-3,
    smoke={"units": 8}, smoke_share=10,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
