"""Speech: what does somebody say?"""

from pathlib import Path

import keras
import numpy as np
from keras import layers

from rnn_zoo.codecs import Transcripts, WrittenTranscripts
from rnn_zoo.formats.sounds import checked_sound
from rnn_zoo.generation.task import encoder_decoder
from rnn_zoo.heads import head_of
from rnn_zoo.layers import (
    RandomTimeWarp,
    RecurrentDecoder,
    SpecAugment,
    StackedLengths,
    StackFrames,
    decoder_context,
    recurrent_stack,
)
from rnn_zoo.layers.attention import ATTENTIONS
from rnn_zoo.preprocessors import Cepstra, LogMel
from rnn_zoo.task import Task

DECODING = {"method": "beam", "length_penalty": 0.0}
CHOICES = {
    "decoder": ("ctc", "attention"), "attention": tuple(ATTENTIONS), "token_type": ("characters", "words"),
    "scaling": ("sequence", "training"),
}  # fmt: skip


def sound(examples, *, sample_rate_hz: int | None = None, mel_bins=40, velocities=False, scaling="sequence"):
    """Learn how frames are computed and scaled: log-mel energies of sound, or cepstra that were computed elsewhere.

    Args:
        sample_rate_hz: samples a second that energies are computed at; None for those of the
            first recording, 16,000 for files.
        mel_bins: bands of the mel scale, features of a frame of sound.
        velocities: add the difference of each feature to the frame before as a feature of its own.
        scaling: where features have mean 0 and standard deviation 1: within each "sequence", which takes voice and
            microphone away, and what is the same all along; or over all of "training", which leaves them in.
    """
    first = examples.raw[0]
    if isinstance(first, np.ndarray):  # frames of features
        return Cepstra.from_examples(examples.raw, num_features=first.shape[1], velocities=velocities, scaling=scaling)
    if sample_rate_hz is None:
        sample_rate_hz = 16_000 if isinstance(first, (str, bytes, Path)) else checked_sound(first, "recordings[0]")[1]
    return LogMel.from_examples(
        examples.raw, sample_rate_hz=sample_rate_hz, mel_bins=mel_bins, velocities=velocities, scaling=scaling
    )


def transcripts(
    examples, *, class_names=None, token_type="characters", decoder="ctc", stack=2, beam_width=8, label_smoothing=0.0
):  # fmt: skip
    """Learn what texts are made of.

    Args:
        class_names: characters, or words, whose characters all texts are made of; None for those of the examples. Words
            are always those of the examples.
        token_type: "characters" or "words"; as words, the model can say no others than those of training.
        decoder: "ctc" names a token or the blank at every timestep, "attention" writes one token after the other.
        beam_width: prefixes of texts that the search for an answer keeps.
    """
    settings = {"token_type": token_type, "stride": stack}
    if class_names is not None and token_type == "characters":
        settings["class_names"] = sorted(set("".join(class_names)))
    if decoder == "ctc":
        return Transcripts.from_examples(examples.labels, beam_width=beam_width, **settings)
    decoding = DECODING | {"num_beams": beam_width}
    return WrittenTranscripts.from_examples(
        examples.labels, decoding=decoding, label_smoothing=label_smoothing, **settings
    )


def build(
    preprocessor, codec, *, core, name, units=128, num_layers=2, bidirectional=True, attention="luong_general",
    embedding_dim=64, time_warp=0.0, time_masks=0, longest_time_mask=20, feature_masks=0, widest_feature_mask=5,
    noise=0.0, dropout=0.3,
):  # fmt: skip
    """Transcribe speech: frames -> {core} in both directions -> CTC, or a {core} with attention that writes -> text.

    With CTC the network names a token or a blank at every timestep. With attention another {core} writes one token
    after the other and looks at the recording for each; it learns how texts go, too, and wants more data: hours.

    Args:
        preprocessor: an `rnn_zoo.LogMel`, for sound, or an `rnn_zoo.Cepstra`, for features computed elsewhere.
        codec: `rnn_zoo.Transcripts`, for CTC, or `rnn_zoo.WrittenTranscripts`, for a decoder with attention.
        attention: of such a decoder: "luong_general", "luong_dot" (it then has twice the units) or "bahdanau".
        embedding_dim: size of a token's vector, of such a decoder.

    Returns:
        With CTC a Task: `{"frames": <float32>[batch, timesteps, feature], "lengths": <int32>[batch]}` to logits
        `<float32>[batch, ceil(timesteps / stack), 1 + tokens]`, the blank first; padded timesteps are certain blanks.
        With attention a `GenerativeTask`, which also takes `"previous_ids": <int32>[batch, tokens]` and gives logits
        `<float32>[batch, tokens, tokens + 4]`. `infer` of both gives strings, with `top_k` a list of the best texts,
        `{"text", "log_probability"}`, in nats.

    Example:
        >>> examples = [(np.random.rand(4000), 8000), (np.random.rand(3000), 8000)], ["yes", "no"]
        >>> fresh = rnn_zoo.speech_gru.from_examples(examples, token_type="words", units=8)
        >>> len(fresh.infer(examples[0][:1], top_k=2)[0])
        2
        >>> writer = rnn_zoo.speech_gru.from_examples(examples, decoder="attention", units=8)
        >>> len(writer.generate(examples[0][:1], num_results=3)[0])
        3

    Source: Graves, Mohamed & Hinton, "Speech recognition with deep recurrent neural networks", ICASSP 2013; from
    characters: Graves & Jaitly, "Towards end-to-end speech recognition with recurrent neural networks", ICML 2014;
    with attention: Chan, Jaitly, Le & Vinyals, "Listen, attend and spell", ICASSP 2016, whose pyramid is here one step
    of stacked frames.
    """
    masks = {"feature_masks": feature_masks, "widest_feature_mask": widest_feature_mask}
    inputs, x = augmented(preprocessor.num_features, time_warp, noise, time_masks, longest_time_mask, **masks)
    stacked_lengths = StackedLengths(codec.stride, name="stacked_lengths")(inputs["lengths"])
    x = StackFrames(codec.stride, name="stack")(x)
    x = recurrent_stack(x, stacked_lengths, core, units, num_layers, bidirectional=bidirectional, dropout=dropout)
    if isinstance(codec, Transcripts):
        outputs = head_of(codec, layers.Dropout(dropout, name="features")(x), inputs["lengths"])
        return Task(inputs, outputs, preprocessor=preprocessor, codec=codec, name=name)
    if not bidirectional:
        raise ValueError("bidirectional must be True for a decoder with attention. Received: bidirectional=False")
    writer = RecurrentDecoder(
        codec.vocabulary_size, embedding_dim, core=core, units=2 * units if attention == "luong_dot" else units,
        attention=attention, dropout=dropout,
    )  # fmt: skip
    listener = keras.Model(inputs, decoder_context(x, stacked_lengths, dropout), name="encoder")
    return encoder_decoder(listener, writer, preprocessor=preprocessor, codec=codec, name=name)


LEARN = {"preprocessor": sound, "codec": transcripts}


def augmented(num_features, time_warp, noise, time_masks, longest_time_mask, **feature_masks):
    """Inputs of frames and their lengths, a dictionary, and the frames as they are changed while training."""
    inputs = {
        "frames": keras.Input((None, num_features), name="frames"),
        "lengths": keras.Input((), dtype="int32", name="lengths"),
    }
    x = RandomTimeWarp(time_warp, name="time_warp")(inputs["frames"], inputs["lengths"])
    x = layers.GaussianNoise(noise, name="noise")(x)
    masks = SpecAugment(time_masks, longest_time_mask, **feature_masks, name="spec_augment")
    return inputs, masks(x, inputs["lengths"])
