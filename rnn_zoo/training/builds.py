"""Fresh Tasks from the training examples of a recipe, where several recipes build alike."""

from rnn_zoo.preprocessors import CharacterTokens, Tokens


def tagger(
    builder, training, class_names, *, vocabulary_size=12_000, embedding_dim=100, units=128, head="crf",
    word_vectors=None,
):  # fmt: skip
    """A tagger that knows the words of the train part; with word vectors, also those that come only once.

    Args:
        builder: one of the zoo's.
        training: the `Examples` of the train part: lists of tokens.
        class_names: tags, or types of entities.
        vocabulary_size: words known to the model; others are read by their characters.
        embedding_dim: size of a word's vector.
        units: size of the hidden state over words, in each direction.
        head: crf also scores neighbouring tags; softmax decides word by word.
        word_vectors: a file with vectors of --embedding-dim numbers, in GloVe's or word2vec's text format.

    Returns:
        A Task.
    """
    vocabulary = Tokens.build_vocabulary(training.raw, vocabulary_size - 2, min_count=1 if word_vectors else 2)
    return builder(
        vocabulary, Tokens.build_characters(training.raw, min_count=3), class_names, weights=None,
        embedding_dim=embedding_dim, units=units, crf=head == "crf", word_vectors=word_vectors,
    )  # fmt: skip


def character_tagger(
    builder, training, class_names, *, vocabulary_size=2_000, num_bigrams=20_000, embedding_dim=64, units=128,
    head="crf", word_dropout=0.05, dropout=0.5,
):  # fmt: skip
    """A tagger that reads characters, and pairs of them.

    Args:
        builder: one of the zoo's entity taggers.
        training: the `Examples` of the train part: lists of characters.
        class_names: types of entities.
        vocabulary_size: characters known to the model.
        num_bigrams: pairs of neighbouring characters known to the model; 0 for none.
        embedding_dim: size of a character's vector.
        units: size of the hidden state, in each direction.
        head: crf also scores neighbouring tags; softmax decides character by character.
        word_dropout: rate at which characters, and pairs, become unknown while training.
        dropout: rate before, between and behind the layers.

    Returns:
        A Task.
    """
    vocabulary = CharacterTokens.build_vocabulary(training.raw, vocabulary_size - 2, min_count=2)
    return builder(
        vocabulary, None, class_names, weights=None, embedding_dim=embedding_dim, units=units, crf=head == "crf",
        bigrams=CharacterTokens.build_bigrams(training.raw, num_bigrams, min_count=2), word_dropout=word_dropout,
        dropout=dropout,
    )  # fmt: skip
