"""Speech: what does somebody say?"""

import keras
from keras import layers

from rnn_zoo.codecs import Transcripts
from rnn_zoo.layers import RandomTimeWarp, SpecAugment, StackedLengths, StackFrames, recurrent_stack
from rnn_zoo.registry import zoo_model
from rnn_zoo.task import Task


def speech(
    preprocessor,
    symbols,
    *,
    core,
    unit="characters",
    stack=2,
    units=128,
    num_layers=2,
    bidirectional=True,
    time_warp=0.0,
    time_masks=0,
    longest_time_mask=20,
    feature_masks=0,
    widest_feature_mask=5,
    noise=0.0,
    dropout=0.3,
    beam_width=8,
):
    """Transcribe speech: frames -> {core} in both directions -> a symbol or a blank at every timestep -> text (CTC).

    Args:
        preprocessor: an `rnn_zoo.LogMel`, for sound, or an `rnn_zoo.Cepstra`, for features computed elsewhere.
        symbols: what texts are made of: characters, the blank between words among them, or words.
        unit: "characters" or "words".
        stack: frames that become one timestep.
        units: size of the hidden state of one direction.
        num_layers: recurrent layers on top of one another.
        bidirectional: read from both ends.
        time_warp: how far the speed may go from 1 within a recording while training, in [0, 1).
        time_masks: stretches of a recording that go missing while training.
        longest_time_mask: frames of the longest of them; at most a fifth of a recording.
        feature_masks: bands of features that go missing while training.
        widest_feature_mask: features of the widest of them.
        noise: standard deviation of what is added to scaled features while training.
        dropout: rate between layers and before the head, in [0, 1).
        beam_width: beginnings of texts that the search for an answer keeps.
        weights: a trained model by name (see `rnn_zoo.list_weights`), the path of a `.keras` file, or None for a fresh
            model. Without any argument: the default trained model.

    Returns:
        A Task: `{"frames": <float32>[batch, timesteps, feature], "lengths": <int32>[batch]}` to logits
        `<float32>[batch, ceil(timesteps / stack), 1 + symbols]`, the blank first; padded timesteps are certain blanks.
        `infer` gives `{"text": str, "score": float}`, with `top_k` a list of the best texts.

    Raises:
        ValueError: for weights together with architecture arguments, unknown weights, or illegal settings.

    Example:
        >>> sound = rnn_zoo.LogMel(8000, mel_bins=20)
        >>> fresh = rnn_zoo.speech_gru(sound, ["yes", "no"], unit="words", weights=None, units=8)
        >>> sorted(fresh.infer([(np.zeros(4000), 8000)])[0])
        ['score', 'text']

    Source: Graves, Mohamed & Hinton, "Speech recognition with deep recurrent neural networks", ICASSP 2013; from
    characters: Graves & Jaitly, "Towards end-to-end speech recognition with recurrent neural networks", ICML 2014.
    """
    codec = Transcripts(symbols, unit=unit, stride=stack, beam_width=beam_width)
    inputs = {
        "frames": keras.Input((None, preprocessor.num_features), name="frames"),
        "lengths": keras.Input((), dtype="int32", name="lengths"),
    }
    x = RandomTimeWarp(time_warp, name="time_warp")(inputs["frames"], inputs["lengths"])
    x = layers.GaussianNoise(noise, name="noise")(x)
    x = SpecAugment(
        time_masks, longest_time_mask, feature_masks=feature_masks, widest_feature_mask=widest_feature_mask,
        name="spec_augment",
    )(x, inputs["lengths"])  # fmt: skip
    x = speech_encoder(x, inputs["lengths"], core, stack, units, num_layers, bidirectional, dropout)
    x = layers.Dropout(dropout, name="features")(x)
    outputs = codec.head(x, inputs["lengths"])
    return Task(inputs, outputs, preprocessor=preprocessor, codec=codec, name=f"speech_{core}")


def speech_encoder(frames, lengths, core, stack, units, num_layers, bidirectional, dropout):
    """Frames to what was heard: neighbours side by side -> core, layer on layer.

    Args:
        frames: `<float>[batch, timesteps, feature]`, right-padded with 0.
        lengths: `<int32>[batch]`.
        core: "simple_rnn", "gru" or "lstm".
        stack: as of `speech`; so are the others.
        units: size of the hidden state of one direction.
        num_layers: recurrent layers.
        bidirectional: read from both ends.
        dropout: rate between layers.

    Returns:
        `<float>[batch, ceil(timesteps / stack), units]`, or `2 * units` if bidirectional.
    """
    x = StackFrames(stack, name="stack")(frames)
    stacked_lengths = StackedLengths(stack, name="stacked_lengths")(lengths)
    return recurrent_stack(x, stacked_lengths, core, units, num_layers, bidirectional=bidirectional, dropout=dropout)


speech_simple_rnn = zoo_model(speech, core="simple_rnn")
speech_gru = zoo_model(speech, core="gru")
speech_lstm = zoo_model(speech, core="lstm")
