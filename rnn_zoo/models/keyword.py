"""Keywords: which of a few words does somebody say?"""

from keras import layers

from rnn_zoo.codecs import Classes
from rnn_zoo.heads import head_of
from rnn_zoo.layers import StackedLengths, StackFrames, pooled_recurrent_stack
from rnn_zoo.models.speech import augmented, sound
from rnn_zoo.task import Task

LEARN = {"preprocessor": sound, "codec": Classes}
CHOICES = {"scaling": ("sequence", "training")}


def build(
    preprocessor, codec, *, core, name, stack=3, filters=32, filter_width=9, filter_stride=3, units=128, num_layers=2,
    time_warp=0.0, time_masks=0, longest_time_mask=15, feature_masks=0, widest_feature_mask=6, noise=0.0, dropout=0.3,
):  # fmt: skip
    """Spot keywords: frames -> convolutions over the bands -> {core}, forward -> maximum and mean -> logits.

    Nothing looks ahead: each `stack` of frames can be read as it comes, and maximum and mean be carried on, with
    `scaling="training"`; "sequence" waits for the end of a recording.

    Args:
        preprocessor: an `rnn_zoo.LogMel`, for sound, or an `rnn_zoo.Cepstra`, for features computed elsewhere.
        codec: `rnn_zoo.Classes`.
        filters: convolutions over the bands of a timestep, which know a sound in higher and lower voices.
        filter_width: bands that each of them sees.
        filter_stride: bands from one place that they look at to the next.

    Returns:
        A Task: `{"frames": <float32>[batch, timesteps, feature], "lengths": <int32>[batch]}` to logits
        `<float32>[batch, classes]`.

    Example:
        >>> examples = [(np.random.rand(4000), 8000), (np.random.rand(3000), 8000)], ["yes", "no"]
        >>> fresh = rnn_zoo.keyword_gru.from_examples(examples, units=8)
        >>> fresh.infer(examples[0][0])["label"] in ("yes", "no")
        True

    Source: Arik et al., "Convolutional recurrent neural networks for small-footprint keyword spotting", Interspeech
    2017, there in both directions.
    """
    masks = {"feature_masks": feature_masks, "widest_feature_mask": widest_feature_mask}
    inputs, x = augmented(preprocessor.num_features, time_warp, noise, time_masks, longest_time_mask, **masks)
    lengths = StackedLengths(stack, name="stacked_lengths")(inputs["lengths"])
    x = StackFrames(stack, name="stack")(x)
    x = layers.Reshape((-1, stack, preprocessor.num_features), name="frames_of_a_timestep")(x)
    x = layers.Permute((1, 3, 2), name="bands")(x)  # [batch, timesteps, feature, stack]
    x = layers.Conv2D(
        filters, (1, filter_width), strides=(1, filter_stride), padding="same", activation="relu", name="filters"
    )(x)
    x = layers.Reshape((-1, x.shape[2] * filters), name="filtered")(x)
    x = pooled_recurrent_stack(x, lengths, core, units, num_layers, dropout=dropout)
    x = layers.Dropout(dropout, name="features")(x)
    return Task(inputs, head_of(codec, x), preprocessor=preprocessor, codec=codec, name=name)
