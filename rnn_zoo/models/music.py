"""Music: from a genre, a whole piece."""

import keras
from keras import layers

from rnn_zoo.codecs import PieceSequences
from rnn_zoo.generation.task import encoder_decoder
from rnn_zoo.layers import RecurrentDecoder, WordDropout
from rnn_zoo.music import HIGHEST_PITCH, LOWEST_PITCH
from rnn_zoo.preprocessors import Genres, Pieces
from rnn_zoo.registry import zoo_model

DECODING = {"method": "sample", "top_p": 0.95, "min_length": 20}


def music(
    class_names,
    *,
    core,
    frames_per_quarter=1,
    held=False,
    lowest=LOWEST_PITCH,
    highest=HIGHEST_PITCH,
    genre_dim=16,
    embedding_dim=64,
    units=256,
    num_layers=1,
    genre_dropout=0.2,
    embedding_dropout=0.1,
    dropout=0.3,
    max_symbols=1000,
    decoding=None,
):
    """Compose: a genre -> its vector -> {core}, which is fed its own output -> frames of pitches.

    A frame is written as its pitches from high to low and a symbol for the next frame, so one model serves melodies,
    four-voice chorales and tunes with chords, and knows which pitches go together. The genre's vector is the first
    state, and stands beside every symbol. `generate(["jig"], prefix=[[[74], [76]]])` goes on from first notes, and None
    instead of a genre leaves it open.

    Args:
        class_names: the genres.
        frames_per_quarter: frames that a quarter note takes, for MIDI files and pictures.
        held: frames tell held notes, which are negative, from struck ones; False takes all that sounds alike.
        lowest: the lowest pitch, a MIDI number from 21.
        highest: the highest one, at most 108.
        genre_dim: size of a genre's vector.
        embedding_dim: size of a symbol's vector.
        units: size of the hidden state.
        num_layers: recurrent layers on top of one another.
        genre_dropout: rate at which genres are left open while training, in [0, 1).
        embedding_dropout: rate at which features of embedded symbols go missing for a whole piece, in [0, 1).
        dropout: rate between layers and before the logits, in [0, 1), the same for all symbols of a piece.
        max_symbols: the most symbols that are written, where nothing else is asked for.
        decoding: settings of `rnn_zoo.generation.Decoding` that `infer` uses, a dictionary; None samples 20
            symbols at least, among the most probable ones that together reach 0.95.
        weights: a trained model by name (see `rnn_zoo.list_weights`), the path of a `.keras` file, or None for a fresh
            model. Without any argument: the default trained model.

    Returns:
        A `GenerativeTask`: `{"genre_ids": <int32>[batch, 1], "previous_ids": <int32>[batch, symbols]}`, right-padded
        with 0, to logits `<float32>[batch, symbols, num_symbols]`. `infer` answers pieces, see `rnn_zoo.music`, which
        writes them as MIDI files; `log_likelihood(genres, pieces)` counts frames.

    Raises:
        ValueError: for weights together with architecture arguments, unknown weights, or illegal settings.

    Example:
        >>> task = rnn_zoo.music_gru(["jig", "reel"], weights=None, units=16)
        >>> ((reel,),) = task.generate(["reel"], prefix=[[[72, 60], [74]]], max_length=20, seed=1)
        >>> reel.answer[:2]
        [[72, 60], [74]]

    Source: pitches of a frame from the ones before: Boulanger-Lewandowski, Bengio & Vincent, "Modeling temporal
    dependencies in high-dimensional sequences", ICML 2012; as one sequence of symbols from high to low: Liang, Gotham,
    Johnson & Shotton, "Automatic stylistic composition of Bach chorales with deep LSTM", ISMIR 2017.
    """
    genres = Genres(class_names)
    codec = PieceSequences(
        Pieces(lowest, highest, held=held), frames_per_quarter=frames_per_quarter, max_symbols=max_symbols,
        decoding=decoding or DECODING,
    )  # fmt: skip
    decoder = RecurrentDecoder(
        codec.num_symbols, embedding_dim, core=core, units=units, num_layers=num_layers, condition="both",
        embedding_dropout=embedding_dropout, dropout=dropout,
    )  # fmt: skip
    encoder = genre_encoder(genres.vocabulary_size, genre_dim, genre_dropout)
    return encoder_decoder(encoder, decoder, preprocessor=genres, codec=codec, name=f"music_{core}")


def genre_encoder(vocabulary_size, genre_dim, genre_dropout):
    """What a decoder is told of a genre.

    Returns:
        A model named "encoder", from `{"genre_ids": <int32>[batch, 1]}` to the context of a `RecurrentDecoder`:
        "summary" `<float>[batch, genre_dim]`.
    """
    genre_ids = keras.Input((1,), dtype="int32", name="genre_ids")
    x = WordDropout(genre_dropout, name="genre_dropout")(genre_ids)
    x = layers.Embedding(vocabulary_size, genre_dim, name="embedding")(x)
    return keras.Model({"genre_ids": genre_ids}, {"summary": layers.Flatten(name="summary")(x)}, name="encoder")


music_simple_rnn = zoo_model(music, core="simple_rnn")
music_gru = zoo_model(music, core="gru")
music_lstm = zoo_model(music, core="lstm")
