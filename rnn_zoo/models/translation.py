"""Translation: a sentence is read, then written in another language."""

import keras
from keras import layers

from rnn_zoo.codecs import Sequences
from rnn_zoo.generation.task import encoder_decoder
from rnn_zoo.layers import RecurrentDecoder, SequenceLengths, decoder_context, recurrent_stack
from rnn_zoo.registry import zoo_model

DECODING = {"method": "beam", "num_beams": 5, "length_penalty": 1.0}


def translation(
    source_tokenizer,
    target_tokenizer,
    *,
    core,
    embedding_dim=256,
    units=256,
    num_layers=1,
    attention="luong_general",
    tied=True,
    embedding_dropout=0.3,
    dropout=0.3,
    label_smoothing=0.1,
    scheduled_sampling=0.0,
    decoding=None,
):
    """Translate: {core} in both directions reads the source, another {core} with attention writes the target.

    Args:
        source_tokenizer: `rnn_zoo.Subwords`, `rnn_zoo.Words` or `rnn_zoo.Characters` of the source language.
        target_tokenizer: the same of the target language.
        embedding_dim: size of a symbol's vector, in both languages.
        units: size of the hidden state, of one direction in the encoder.
        num_layers: recurrent layers on top of one another, in encoder and decoder.
        attention: "luong_general", "luong_dot" (the decoder then has twice the encoder's units), "bahdanau", or None
            for the plain encoder-decoder, whose decoder knows only the encoder's last state.
        tied: the decoder's logits are products with its embedding's own vectors.
        embedding_dropout: rate at which features of embedded symbols go missing for a whole sentence, in [0, 1).
        dropout: rate between layers and before the logits, in [0, 1).
        label_smoothing: share of each target that all symbols have alike, in [0, 1).
        scheduled_sampling: share of the symbols before the targets that the model writes itself, in the last epoch of
            `fit`, in [0, 1]; it grows from 0 in the first one. 0 is teacher forcing: all are the true ones.
        decoding: settings of `rnn_zoo.generation.Decoding` that `infer` uses, a dictionary; None for a beam of 5.
        weights: a trained model by name (see `rnn_zoo.list_weights`), the path of a `.keras` file, or None for a fresh
            model. Without any argument: the default trained model.

    Returns:
        A `GenerativeTask`: `{"source_ids": <int32>[batch, timesteps], "previous_ids": <int32>[batch, symbols]}`,
        right-padded with 0, to logits `<float32>[batch, symbols, target vocabulary + 2]`. `infer` answers strings.

    Raises:
        ValueError: for weights together with architecture arguments, unknown weights, or illegal settings.

    Example:
        >>> task = rnn_zoo.translation_gru(rnn_zoo.Words(["a", "dog"]), rnn_zoo.Words(["ein", "hund"]), weights=None)
        >>> [len(results) for results in task.generate(["a dog", "dog"], num_results=2, method="sample")]
        [2, 2]

    Source: Sutskever, Vinyals & Le, "Sequence to sequence learning with neural networks", NIPS 2014; Bahdanau, Cho &
    Bengio, "Neural machine translation by jointly learning to align and translate", ICLR 2015; Luong, Pham & Manning,
    "Effective approaches to attention-based neural machine translation", EMNLP 2015.
    """
    return text_to_text(
        source_tokenizer,
        Sequences(target_tokenizer, decoding=decoding or DECODING, label_smoothing=label_smoothing),
        core=core, embedding_dim=embedding_dim, units=units, num_layers=num_layers, attention=attention, tied=tied,
        embedding_dropout=embedding_dropout, dropout=dropout, scheduled_sampling=scheduled_sampling,
        name=f"translation_{core}",
    )  # fmt: skip


def text_to_text(
    source_tokenizer, codec, *, core, embedding_dim, units, num_layers, attention, embedding_dropout, dropout, name,
    tied=False, scheduled_sampling=0.0,
):  # fmt: skip
    """What models have in common that read one sequence of symbols and write another.

    Args:
        source_tokenizer: the preprocessor.
        codec: `rnn_zoo.Sequences`, or one like it.
        core: of encoder and decoder; the other settings are those of `translation`.
        name: of the model.

    Returns:
        A `GenerativeTask`.
    """
    encoder = text_encoder(
        source_tokenizer.vocabulary_size, core, embedding_dim, units, num_layers, embedding_dropout, dropout
    )
    decoder = RecurrentDecoder(
        codec.num_symbols, embedding_dim, core=core, units=2 * units if attention == "luong_dot" else units,
        num_layers=num_layers, attention=attention, tied=tied, embedding_dropout=embedding_dropout, dropout=dropout,
        scheduled_sampling=scheduled_sampling, unread_ids=codec.unread_ids,
    )  # fmt: skip
    return encoder_decoder(encoder, decoder, preprocessor=source_tokenizer, codec=codec, name=name)


def text_encoder(vocabulary_size, core, embedding_dim, units, num_layers, embedding_dropout, dropout):
    """What reads a text for a decoder: Embedding -> core in both directions.

    Returns:
        A model named "encoder", from `{"source_ids": <int32>[batch, timesteps]}` to the context of a
        `RecurrentDecoder`: "memory" `<float>[batch, timesteps, 2 * units]`, its "mask" `<float32>[batch, timesteps]`,
        and the "summary" `<float>[batch, 2 * units]`, the last states of both directions.
    """
    token_ids = keras.Input((None,), dtype="int32", name="source_ids")
    lengths = SequenceLengths(name="lengths")(token_ids)
    x = layers.Embedding(vocabulary_size, embedding_dim, name="embedding")(token_ids)
    x = layers.SpatialDropout1D(embedding_dropout, name="embedding_dropout")(x)
    x = recurrent_stack(x, lengths, core, units, num_layers, bidirectional=True, dropout=dropout)
    return keras.Model({"source_ids": token_ids}, decoder_context(x, lengths, dropout), name="encoder")


translation_simple_rnn = zoo_model(translation, core="simple_rnn")
translation_gru = zoo_model(translation, core="gru")
translation_lstm = zoo_model(translation, core="lstm")
