"""Moving digits: learn which way a handwritten digit moves, turns or changes its size in films of 6 to 14 frames.

The films are constructed from the digits inside scikit-learn; see `rnn_zoo.datasets.describe("moving_digits")`.

python recipes/video_moving_digits.py
python recipes/video_moving_digits.py --core simple_rnn
"""

from rnn_zoo.training import Recipe


def build(builder, training, class_names, *, frame_dim=64, units=64, num_layers=1, dropout=0.2):
    """A small CNN on every frame and a reader of what it says.

    Args:
        frame_dim: size of a frame's vector.
        units: size of the hidden state.
        num_layers: recurrent layers on top of one another.
        dropout: rate before a frame's vector, between layers and before the head.
    """
    height, width = training.raw[0].shape[1:]
    return builder(
        class_names, weights=None, height=height, width=width, frame_dim=frame_dim, units=units, num_layers=num_layers,
        dropout=dropout,
    )  # fmt: skip


main = Recipe(
    __file__, "video", "moving_digits", build, cores=("gru", "lstm", "simple_rnn"), epochs=8, batch_size=64,
    learning_rate=2e-3, smoke={"units": 4, "frame_dim": 8}, smoke_share=100,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
