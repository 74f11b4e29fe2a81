"""Music: from a genre, a whole piece."""

import keras
from keras import layers

from rnn_zoo.codecs import NoteSequences
from rnn_zoo.formats.midi import HIGHEST_PITCH, LOWEST_PITCH
from rnn_zoo.generation.task import encoder_decoder
from rnn_zoo.layers import RecurrentDecoder, WordDropout
from rnn_zoo.preprocessors import Genres, Pieces

DECODING = {"method": "sample", "top_p": 0.95, "min_length": 20}


def codec(
    examples, *, frames_per_quarter=1, held=False, lowest=LOWEST_PITCH, highest=HIGHEST_PITCH, max_tokens=1000,
    decoding: dict | None = None,
):  # fmt: skip
    """How pieces are written.

    Args:
        frames_per_quarter: frames that a quarter note takes, for MIDI files and pictures.
        held: frames tell held notes, which are negative, from struck ones; False takes all that sounds alike.
        lowest: the lowest pitch, a MIDI number from 21.
        highest: the highest one, at most 108.
        max_tokens: the most tokens that are written, where nothing else is asked for.
    """
    return NoteSequences(
        Pieces(lowest, highest, held=held), frames_per_quarter=frames_per_quarter, max_tokens=max_tokens,
        decoding=decoding or DECODING,
    )  # fmt: skip


def build(
    preprocessor, codec, *, core, name, genre_dim=16, embedding_dim=64, units=256, num_layers=1, genre_dropout=0.2,
    embedding_dropout=0.1, dropout=0.3,
):  # fmt: skip
    """Compose: a genre -> its vector -> {core}, which is fed its own output -> frames of pitches.

    A frame is written as its pitches from high to low and a token for the next frame, so one model serves melodies,
    four-voice chorales and tunes with chords, and knows which pitches go together. The genre's vector is the first
    state, and stands beside every token. `generate(["jig"], prefix=[[[74], [76]]])` goes on from first notes, and None
    instead of a genre leaves it open.

    Args:
        preprocessor: `rnn_zoo.Genres`.
        codec: `rnn_zoo.NoteSequences`.
        genre_dim: size of a genre's vector.
        genre_dropout: rate at which genres are left open while training, in [0, 1).

    Returns:
        A `GenerativeTask`: `{"genre_ids": <int32>[batch, 1], "previous_ids": <int32>[batch, tokens]}`, right-padded
        with 0, to logits `<float32>[batch, tokens, vocabulary_size]`. `infer` answers `{"notes": frames}`, which
        `task.codec.write` writes as MIDI files; `log_likelihood(genres, pieces)` counts frames.

    Example:
        >>> examples = ["jig", "reel"], [[[60], [62]], [[72, 60]]]
        >>> task = rnn_zoo.music_gru.from_examples(examples, units=16)
        >>> ((reel,),) = task.generate(["reel"], prefix=[[[72, 60], [74]]], max_length=20, seed=1)
        >>> reel.answer["notes"][:2]
        [[72, 60], [74]]

    Source: pitches of a frame from the ones before: Boulanger-Lewandowski, Bengio & Vincent, "Modeling temporal
    dependencies in high-dimensional sequences", ICML 2012; as one sequence of tokens from high to low: Liang, Gotham,
    Johnson & Shotton, "Automatic stylistic composition of Bach chorales with deep LSTM", ISMIR 2017.
    """
    decoder = RecurrentDecoder(
        codec.vocabulary_size, embedding_dim, core=core, units=units, num_layers=num_layers, condition="both",
        embedding_dropout=embedding_dropout, dropout=dropout,
    )  # fmt: skip
    encoder = class_encoder("genre", preprocessor.vocabulary_size, genre_dim, genre_dropout)
    return encoder_decoder(encoder, decoder, preprocessor=preprocessor, codec=codec, name=name)


LEARN = {"preprocessor": Genres, "codec": codec}


def class_encoder(kind, vocabulary_size, dim, dropout):
    """What a decoder is told of a class, a "genre" for example: `{"genre_ids": <int32>[batch, 1]}` to its "summary"."""
    ids = keras.Input((1,), dtype="int32", name=f"{kind}_ids")
    x = WordDropout(dropout, name=f"{kind}_dropout")(ids)
    x = layers.Embedding(vocabulary_size, dim, name="embedding")(x)
    return keras.Model({ids.name: ids}, {"summary": layers.Flatten(name="summary")(x)}, name="encoder")
