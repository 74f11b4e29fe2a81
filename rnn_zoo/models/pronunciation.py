"""Pronunciation: from the letters of a word to its phonemes."""

from rnn_zoo.codecs import Phonemes
from rnn_zoo.models.translation import text_to_text
from rnn_zoo.preprocessors import Letters, Symbols
from rnn_zoo.registry import zoo_model

DECODING = {"method": "beam", "num_beams": 5, "length_penalty": 0.0}


def pronunciation(
    letters,
    phonemes,
    *,
    core,
    embedding_dim=64,
    units=256,
    num_layers=1,
    attention="luong_general",
    embedding_dropout=0.0,
    dropout=0.3,
    label_smoothing=0.0,
    scheduled_sampling=0.0,
    decoding=None,
):
    """Say how a word is spoken: {core} in both directions reads its letters, another {core} writes its phonemes.

    Args:
        letters: the letters that words are made of, in lower case; a list of strings.
        phonemes: the phonemes that pronunciations are made of; a list of strings.
        embedding_dim: size of a letter's vector, and of a phoneme's.
        units: size of the hidden state, of one direction in the encoder.
        num_layers: recurrent layers on top of one another, in encoder and decoder.
        attention: "luong_general", "luong_dot" (the decoder then has twice the encoder's units), "bahdanau", or None
            for the plain encoder-decoder, whose decoder knows only the encoder's last state.
        embedding_dropout: rate at which features of embedded symbols go missing for a whole word, in [0, 1).
        dropout: rate between layers and before the logits, in [0, 1).
        label_smoothing: share of each target that all phonemes have alike, in [0, 1).
        scheduled_sampling: share of the phonemes before the targets that the model writes itself, in the last epoch of
            `fit`, in [0, 1]; it grows from 0 in the first one. 0 is teacher forcing: all are the true ones.
        decoding: settings of `rnn_zoo.generation.Decoding` that `infer` uses, a dictionary; None for a beam of 5.
        weights: a trained model by name (see `rnn_zoo.list_weights`), the path of a `.keras` file, or None for a fresh
            model. Without any argument: the default trained model.

    Returns:
        A `GenerativeTask`: `{"source_ids": <int32>[batch, timesteps], "previous_ids": <int32>[batch, symbols]}`,
        right-padded with 0, to logits `<float32>[batch, symbols, phonemes + 4]`. `infer` answers strings, phonemes with
        spaces between them.

    Raises:
        ValueError: for weights together with architecture arguments, unknown weights, or illegal settings.

    Example:
        >>> task = rnn_zoo.pronunciation_gru(list("abc"), ["AE", "B", "K"], weights=None)
        >>> [len(answers) for answers in task.infer(["cab", "Baa"], top_k=3)]
        [3, 3]

    Source: Yao & Zweig, "Sequence-to-sequence neural net models for grapheme-to-phoneme conversion", Interspeech 2015;
    Toshniwal & Livescu, "Jointly learning to align and convert graphemes to phonemes with neural attention models", SLT
    2016.
    """
    return text_to_text(
        Letters(letters),
        Phonemes(Symbols(phonemes), decoding=decoding or DECODING, label_smoothing=label_smoothing),
        core=core, embedding_dim=embedding_dim, units=units, num_layers=num_layers, attention=attention,
        embedding_dropout=embedding_dropout, dropout=dropout, scheduled_sampling=scheduled_sampling,
        name=f"pronunciation_{core}",
    )  # fmt: skip


pronunciation_simple_rnn = zoo_model(pronunciation, core="simple_rnn")
pronunciation_gru = zoo_model(pronunciation, core="gru")
pronunciation_lstm = zoo_model(pronunciation, core="lstm")
