"""Films: learn from UCF101 which of 101 actions people do, from 16 frames of 64 x 64 pixels a film.

TensorFlow Datasets downloads 6.5 GiB, keeps it, and needs ffmpeg. All 9,537 films of train become 1.8 GiB in memory;
--limit takes fewer. A network that was not trained on more pictures than these will not be good: this shows the way.

python recipes/video_ucf101.py
python recipes/video_ucf101.py --backbone mobilenet_v2 --backbone-weights imagenet
"""

from rnn_zoo.training import Recipe
from rnn_zoo.training.builds import first_of


def build(
    builder, training, class_names, *, backbone="small", backbone_weights=None, frame_dim=128, units=128, dropout=0.4
):  # fmt: skip
    """A CNN on every frame and a reader of what it says.

    Args:
        backbone: what reads a frame: small, or a frozen network of keras.applications.
        backbone_weights: of a frozen one: imagenet, which Keras downloads, or a file.
        frame_dim: size of a frame's vector.
        units: size of the hidden state.
        dropout: rate before a frame's vector and before the head.
    """
    height, width, channels = training.raw[0].shape[1:]
    return builder(
        class_names, weights=None, height=height, width=width, channels=channels, backbone=backbone,
        backbone_weights=backbone_weights, filters=(16, 32, 64), frame_dim=frame_dim, units=units, dropout=dropout,
    )  # fmt: skip


main = Recipe(
    __file__, "video", "ucf101", build, cores=("gru", "lstm", "simple_rnn"), load=first_of("ucf101"), epochs=20,
    batch_size=32, learning_rate=1e-3, smoke={"units": 4, "frame_dim": 8, "limit": 20}, smoke_share=1,
    choices={"backbone": ("small", "mobilenet_v2", "efficientnet_v2_b0", "resnet50_v2")},
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
