"""Speech: what does somebody say?"""

import keras
from keras import layers

from rnn_zoo.codecs import Transcripts, WrittenTranscripts
from rnn_zoo.generation.task import encoder_decoder
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
from rnn_zoo.registry import check_choice, zoo_model
from rnn_zoo.task import Task

DECODERS = ("ctc", "attention")
DECODING = {"method": "beam", "length_penalty": 0.0}


def speech(
    preprocessor,
    symbols,
    *,
    core,
    unit="characters",
    decoder="ctc",
    stack=2,
    units=128,
    num_layers=2,
    bidirectional=True,
    attention="luong_general",
    embedding_dim=64,
    time_warp=0.0,
    time_masks=0,
    longest_time_mask=20,
    feature_masks=0,
    widest_feature_mask=5,
    noise=0.0,
    dropout=0.3,
    label_smoothing=0.0,
    beam_width=8,
):
    """Transcribe speech: frames -> {core} in both directions -> CTC, or a {core} with attention that writes -> text.

    With CTC the network names a symbol or a blank at every timestep. With attention another {core} writes one symbol
    after the other and looks at the recording for each; it learns how texts go, too, and wants more data: hours.

    Args:
        preprocessor: an `rnn_zoo.LogMel`, for sound, or an `rnn_zoo.Cepstra`, for features computed elsewhere.
        symbols: what texts are made of: characters, the blank between words among them, or words, of which "<unk>"
            stands for all others.
        unit: "characters" or "words".
        decoder: "ctc" or "attention".
        stack: frames that become one timestep.
        units: size of the hidden state of one direction, and of a decoder with attention.
        num_layers: recurrent layers on top of one another; a decoder with attention has one.
        bidirectional: read from both ends; a decoder with attention needs it.
        attention: of such a decoder: "luong_general", "luong_dot" (it then has twice the units) or "bahdanau".
        embedding_dim: size of a symbol's vector, of such a decoder.
        time_warp: how far the speed may go from 1 within a recording while training, in [0, 1).
        time_masks: stretches of a recording that go missing while training.
        longest_time_mask: frames of the longest of them; at most a fifth of a recording.
        feature_masks: bands of features that go missing while training.
        widest_feature_mask: features of the widest of them.
        noise: standard deviation of what is added to scaled features while training.
        dropout: rate between layers and before the head, in [0, 1).
        label_smoothing: share of each target that all symbols have alike, of a decoder with attention, in [0, 1).
        beam_width: beginnings of texts that the search for an answer keeps.
        weights: a trained model by name (see `rnn_zoo.list_weights`), the path of a `.keras` file, or None for a fresh
            model. Without any argument: the default trained model.

    Returns:
        With CTC a Task: `{"frames": <float32>[batch, timesteps, feature], "lengths": <int32>[batch]}` to logits
        `<float32>[batch, ceil(timesteps / stack), 1 + symbols]`, the blank first; padded timesteps are certain blanks.
        With attention a `GenerativeTask`, which also takes `"previous_ids": <int32>[batch, symbols]` and gives logits
        `<float32>[batch, symbols, symbols + 4]`. `infer` of both gives strings, with `top_k` a list of the best texts,
        `{"text": str, "score": float}`, and their log-probabilities in nats.

    Raises:
        ValueError: for weights together with architecture arguments, unknown weights, or illegal settings.

    Example:
        >>> sound = rnn_zoo.LogMel(8000, mel_bins=20)
        >>> fresh = rnn_zoo.speech_gru(sound, ["yes", "no"], unit="words", weights=None, units=8)
        >>> len(fresh.infer([(np.zeros(4000), 8000)], top_k=2)[0])
        2
        >>> writer = rnn_zoo.speech_gru(sound, "abc ", decoder="attention", weights=None, units=8)
        >>> len(writer.generate([(np.zeros(4000), 8000)], num_results=3)[0])
        3

    Source: Graves, Mohamed & Hinton, "Speech recognition with deep recurrent neural networks", ICASSP 2013; from
    characters: Graves & Jaitly, "Towards end-to-end speech recognition with recurrent neural networks", ICML 2014;
    with attention: Chan, Jaitly, Le & Vinyals, "Listen, attend and spell", ICASSP 2016, whose pyramid is here one step
    of stacked frames.
    """
    check_choice("decoder", decoder, DECODERS)
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
    stacked_lengths = StackedLengths(stack, name="stacked_lengths")(inputs["lengths"])
    x = StackFrames(stack, name="stack")(x)
    x = recurrent_stack(x, stacked_lengths, core, units, num_layers, bidirectional=bidirectional, dropout=dropout)
    name = f"speech_{core}"
    if decoder == "ctc":
        codec = Transcripts(symbols, unit=unit, stride=stack, beam_width=beam_width)
        outputs = codec.head(layers.Dropout(dropout, name="features")(x), inputs["lengths"])
        return Task(inputs, outputs, preprocessor=preprocessor, codec=codec, name=name)
    check_choice("attention", attention, ATTENTIONS)
    if not bidirectional:
        raise ValueError("bidirectional must be True with decoder='attention'. Received: bidirectional=False")
    codec = WrittenTranscripts(
        symbols, unit=unit, stride=stack, decoding=DECODING | {"num_beams": beam_width},
        label_smoothing=label_smoothing,
    )  # fmt: skip
    writer = RecurrentDecoder(
        codec.num_symbols, embedding_dim, core=core, units=2 * units if attention == "luong_dot" else units,
        attention=attention, dropout=dropout,
    )  # fmt: skip
    listener = keras.Model(inputs, decoder_context(x, stacked_lengths, dropout), name="encoder")
    return encoder_decoder(listener, writer, preprocessor=preprocessor, codec=codec, name=name)


speech_simple_rnn = zoo_model(speech, core="simple_rnn")
speech_gru = zoo_model(speech, core="gru")
speech_lstm = zoo_model(speech, core="lstm")
