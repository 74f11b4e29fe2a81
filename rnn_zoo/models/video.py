"""Video: what happens in a video?"""

import keras
from keras import layers

from rnn_zoo.codecs import Classes
from rnn_zoo.heads import head_of
from rnn_zoo.layers import FoldTimesteps, UnfoldTimesteps, pooled_recurrent_stack
from rnn_zoo.models.convolutions import BACKBONES, image_vectors
from rnn_zoo.preprocessors import Videos
from rnn_zoo.task import Task

LEARN = {"preprocessor": Videos, "codec": Classes}
CHOICES = {"backbone": ("small", *BACKBONES)}


def build(
    preprocessor, codec, *, core, name, backbone="small", backbone_weights: str | None = None, filters=(16, 32),
    frame_dim=64, units=64, num_layers=1, bidirectional=False, dropout=0.2,
):  # fmt: skip
    """Classify videos: CNN on every frame -> {core} over the frames -> maximum and mean -> logits.

    Args:
        preprocessor: `rnn_zoo.Videos`.
        codec: `rnn_zoo.Classes`.
        backbone: what reads a frame: "small" for a CNN of a few layers that is trained with the rest, or a frozen
            network, one of `rnn_zoo.models.convolutions.BACKBONES`, which wants frames of 32 x 32 pixels at least, and
            serves best near the 224 x 224 that it was trained on.
        frame_dim: size of a frame's vector.
        dropout: rate before a frame's vector, between layers and before the head, in [0, 1).

    Returns:
        A Task: `{"frames": <uint8>[batch, timesteps, height, width, channels], "lengths": <int32>[batch]}`,
        right-padded with black frames, to logits `<float32>[batch, classes]`. `infer` takes arrays
        `<uint8>[frames, height, width]` (or `[frames, height, width, 3]` in colour) and paths of GIF files.

    Example:
        >>> examples = [np.zeros((5, 8, 8), "uint8"), np.ones((4, 8, 8), "uint8")], ["still", "moving"]
        >>> task = rnn_zoo.video_gru.from_examples(examples, units=8)
        >>> task.infer(examples[0])[0]["label"] in ("still", "moving")
        True

    Source: Donahue, Hendricks, Guadarrama, Rohrbach, Venugopalan, Saenko & Darrell, "Long-term recurrent convolutional
    networks for visual recognition and description", CVPR 2015.
    """
    if backbone == "small" and backbone_weights is not None:
        raise ValueError(
            f"backbone_weights are for backbones of {list(BACKBONES)}. Received: {backbone=}, {backbone_weights=}"
        )
    shape = (preprocessor.height, preprocessor.width, preprocessor.channels)
    frames = keras.Input((None, *shape), dtype="uint8", name="frames")
    lengths = keras.Input((), dtype="int32", name="lengths")
    x = FoldTimesteps(name="frame_by_frame")(frames)
    x = image_vectors(
        x, frame_dim, backbone=None if backbone == "small" else backbone, weights=backbone_weights, filters=filters,
        activation="relu", dropout=dropout, prefix="frame_",
    )  # fmt: skip
    x = UnfoldTimesteps(name="frame_vectors")(x, frames)
    x = pooled_recurrent_stack(x, lengths, core, units, num_layers, bidirectional=bidirectional, dropout=dropout)
    x = layers.Dropout(dropout, name="features")(x)
    inputs = {"frames": frames, "lengths": lengths}
    return Task(inputs, head_of(codec, x), preprocessor=preprocessor, codec=codec, name=name)
