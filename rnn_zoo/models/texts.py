"""The networks that classifiers of whole texts share: one reads in order, one forgets it."""

import keras
from keras import layers

from rnn_zoo.heads import head_of
from rnn_zoo.layers import (
    SequenceLengths,
    WordDropout,
    beside_bigrams,
    pooled_recurrent_stack,
)
from rnn_zoo.task import Task


def text_classifier(preprocessor, codec, core, bigrams, sizes, *, word_dropout, embedding_dropout, dropout, name):
    """Build a reader: symbols and their bigrams -> Embedding -> core -> maximum and mean over time -> head.

    Args:
        preprocessor: `rnn_zoo.Words`, `rnn_zoo.Characters` or `rnn_zoo.Jamo`.
        codec: `rnn_zoo.Classes` or another one with an answer a text.
        core: "simple_rnn", "gru" or "lstm".
        bigrams: pairs of neighbouring symbols; those with unknown symbols are left out.
        sizes: a dictionary with `embedding_dim`, `bigram_dim`, `units`, `num_layers` and `bidirectional`.
        word_dropout: rate at which symbols, and pairs, become unknown while training, in [0, 1).
        embedding_dropout: rate at which embedding features go missing for a whole text, in [0, 1).
        dropout: rate between layers and before the head, in [0, 1).
        name: of the Task.

    Returns:
        A Task that takes `<int32>[batch, timesteps]`, right-padded with 0.
    """
    token_ids = keras.Input((None,), dtype="int32", name="token_ids")
    lengths = SequenceLengths(name="lengths")(token_ids)
    x = WordDropout(word_dropout, name="word_dropout")(token_ids)
    x = layers.Embedding(preprocessor.vocabulary_size, sizes["embedding_dim"], name="embedding")(x)
    x = beside_bigrams(
        x, token_ids, preprocessor.bigram_ids(bigrams), preprocessor.vocabulary_size, sizes["bigram_dim"], word_dropout
    )
    x = layers.SpatialDropout1D(embedding_dropout, name="embedding_dropout")(x)
    x = pooled_recurrent_stack(
        x, lengths, core, sizes["units"], sizes["num_layers"], bidirectional=sizes["bidirectional"], dropout=dropout
    )
    x = layers.Dropout(dropout, name="features")(x)
    return Task(token_ids, head_of(codec, x), preprocessor=preprocessor, codec=codec, name=name)


def bag_classifier(preprocessor, codec, *, dropout, name):
    """Build a linear classifier of which symbols a text holds, not in which order.

    Args:
        preprocessor: `rnn_zoo.Words`, `rnn_zoo.Characters` or `rnn_zoo.Jamo` with `encoding="bag_of_words"`.
        codec: as in `text_classifier`.
        dropout: rate at which symbols go missing while training, in [0, 1).
        name: of the Task.

    Returns:
        A Task that takes `<float32>[batch, vocabulary]`, 1 for every symbol that is there.
    """
    bag = keras.Input((preprocessor.vocabulary_size,), dtype="float32", name="bag_of_words")
    x = layers.Dropout(dropout, name="features")(bag)
    return Task(bag, head_of(codec, x), preprocessor=preprocessor, codec=codec, name=name)
