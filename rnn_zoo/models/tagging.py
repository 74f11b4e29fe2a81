"""The network that part-of-speech and entity taggers share: words and their characters -> a tag for every word."""

import keras
from keras import layers

from rnn_zoo.heads import head_of
from rnn_zoo.layers import (
    FoldTimesteps,
    MaskedMaxPooling,
    SequenceLengths,
    UnfoldTimesteps,
    WordDropout,
    beside_bigrams,
    recurrent_stack,
)
from rnn_zoo.preprocessors import CharacterTokens
from rnn_zoo.task import Task
from rnn_zoo.word_vectors import start_from_word_vectors


def tagger(preprocessor, codec, core, sizes, *, word_dropout, dropout, word_vectors, name, bigrams=()):
    """Build a tagger: words -> Embedding, beside characters -> core -> maximum; both -> core -> head.

    Args:
        preprocessor: `rnn_zoo.Tokens`; or `rnn_zoo.CharacterTokens`, which hold no characters to read one by one.
        codec: `rnn_zoo.Tags` or `rnn_zoo.EntityTags`.
        core: "simple_rnn", "gru" or "lstm", in both directions, for words and for characters.
        sizes: a dictionary with `embedding_dim`, `character_dim`, `character_units`, `units` and `num_layers`.
        word_dropout: rate at which words become unknown while training, in [0, 1); their characters stay.
        dropout: rate before, between and behind the layers over words, in [0, 1).
        word_vectors: the path of a file for `rnn_zoo.preprocessors.read_word_vectors`, or None.
        name: of the Task.
        bigrams: pairs of neighbouring words that get a vector of size `bigram_dim` at the second of them; those with
            unknown words are left out.

    Returns:
        A Task that takes `{"word_ids", "character_ids"}`, or the first of them, as the preprocessor gives them.

    Raises:
        ValueError: for word vectors of another size, or a damaged file.
    """
    inputs = {"word_ids": keras.Input((None,), dtype="int32", name="word_ids")}
    lengths = SequenceLengths(name="lengths")(inputs["word_ids"])
    x = WordDropout(word_dropout, name="word_dropout")(inputs["word_ids"])
    x = layers.Embedding(preprocessor.vocabulary_size, sizes["embedding_dim"], name="embedding")(x)
    if not isinstance(preprocessor, CharacterTokens):
        inputs["character_ids"] = keras.Input((None, None), dtype="int32", name="character_ids")
        y = spelling(inputs["character_ids"], preprocessor.num_characters, core, sizes)
        x = layers.Concatenate(name="words_and_spellings")([x, y])
    x = beside_bigrams(
        x,
        inputs["word_ids"],
        preprocessor.bigram_ids(bigrams),
        preprocessor.vocabulary_size,
        sizes.get("bigram_dim"),
        word_dropout,
    )
    x = layers.SpatialDropout1D(dropout, name="embedding_dropout")(x)
    x = recurrent_stack(x, lengths, core, sizes["units"], sizes["num_layers"], bidirectional=True, dropout=dropout)
    x = layers.Dropout(dropout, name="features")(x)
    task = Task(inputs, head_of(codec, x, lengths), preprocessor=preprocessor, codec=codec, name=name)
    if word_vectors is not None:
        start_from_word_vectors(task, word_vectors)
    return task


def spelling(character_ids, num_characters, core, sizes):
    """A vector for every word from its characters: Embedding -> core in both directions -> maximum.

    Args:
        character_ids: `<int32>[batch, timesteps, characters]`, right-padded with 0.
        num_characters: number of ids.
        core: as in `tagger`.
        sizes: as in `tagger`.

    Returns:
        `<float32>[batch, timesteps, 2 * character_units]`.
    """
    x = FoldTimesteps(name="word_by_word")(character_ids)
    lengths = SequenceLengths(name="character_lengths")(x)
    x = layers.Embedding(num_characters, sizes["character_dim"], name="character_embedding")(x)
    x = recurrent_stack(x, lengths, core, sizes["character_units"], bidirectional=True, prefix="character_")
    x = MaskedMaxPooling(name="spelling")(x, lengths)
    return UnfoldTimesteps(name="spellings")(x, character_ids)
