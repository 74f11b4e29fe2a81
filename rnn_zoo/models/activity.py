"""Activity: what does somebody do, as seen by a camera that finds joints, or felt by sensors?"""

import keras
from keras import layers

from rnn_zoo.codecs import Classes
from rnn_zoo.heads import head_of
from rnn_zoo.layers import FrameDropout, RandomScale, RandomTimeWarp, RandomTurn, pooled_recurrent_stack
from rnn_zoo.preprocessors import Frames
from rnn_zoo.task import Task

LEARN = {"preprocessor": Frames, "codec": Classes}


def build(
    preprocessor, codec, *, core, name, projection_dim: int | None = 64, units=64, num_layers=1, bidirectional=True,
    time_warp=0.0, turn=0.0, random_scale=0.0, noise=0.0, frame_dropout=0.0, feature_dropout=0.0, dropout=0.5,
):  # fmt: skip
    """Classify frames: features -> Dense -> {core} in both directions -> maximum and mean -> logits.

    Args:
        preprocessor: an `rnn_zoo.Frames`, which says what a frame is and how it is scaled.
        codec: `rnn_zoo.Classes`.
        projection_dim: size of what a frame becomes before the recurrence; None hands it the features themselves.
        turn: largest angle by which skeletons are turned about the vertical axis while training, in degrees.
        random_scale: how far features are stretched or shrunk while training, in [0, 1).
        frame_dropout: rate at which frames go missing while training, in [0, 1).
        feature_dropout: rate at which features of a frame go missing for a whole sequence, in [0, 1).

    Returns:
        A Task: `{"frames": <float32>[batch, timesteps, feature], "lengths": <int32>[batch]}` to logits
        `<float32>[batch, classes]`.

    Example:
        >>> examples = [np.random.rand(30, 20, 3), np.random.rand(12, 20, 3)], ["high wave", "bend"]
        >>> fresh = rnn_zoo.activity_gru.from_examples(examples, centre=6, unit_joints=(2, 6), velocities=True, units=8)
        >>> fresh.infer(examples[0])[1]["label"] in ("high wave", "bend")
        True

    Source: Du, Wang & Wang, "Hierarchical recurrent neural network for skeleton based action recognition", CVPR 2015,
    without its hierarchy; sensors: Ordóñez & Roggen, "Deep convolutional and LSTM recurrent neural networks for
    multimodal wearable activity recognition", Sensors 2016, without its convolutions.
    """
    inputs = {
        "frames": keras.Input((None, preprocessor.num_features), name="frames"),
        "lengths": keras.Input((), dtype="int32", name="lengths"),
    }
    lengths = inputs["lengths"]
    x = RandomTimeWarp(time_warp, name="time_warp")(inputs["frames"], lengths)
    x = RandomTurn(turn, name="turn")(x)
    x = RandomScale(random_scale, name="random_scale")(x)
    x = layers.GaussianNoise(noise, name="noise")(x)
    x = FrameDropout(frame_dropout, name="frame_dropout")(x)
    if projection_dim is not None:
        x = layers.SpatialDropout1D(feature_dropout, name="feature_dropout")(x)
        x = layers.Dense(projection_dim, activation="tanh", name="projection")(x)
    x = pooled_recurrent_stack(x, lengths, core, units, num_layers, bidirectional=bidirectional, dropout=dropout)
    x = layers.Dropout(dropout, name="features")(x)
    return Task(inputs, head_of(codec, x), preprocessor=preprocessor, codec=codec, name=name)
