"""Classifiers of whole texts, for sentiment, rating and more: the tokens that they read, and the network over them."""

import keras
from keras import layers

from rnn_zoo.heads import head_of
from rnn_zoo.layers import SequenceLengths, WordDropout, beside_bigrams, pooled_recurrent_stack
from rnn_zoo.preprocessors import Characters, Jamo, Words
from rnn_zoo.task import Task

TOKENIZERS = {"words": Words, "characters": Characters, "jamo": Jamo}
CHOICES = {"token_type": tuple(TOKENIZERS)}


def tokenizer(examples, *, token_type="words", vocabulary_size=20_000, min_count=2, max_timesteps: int | None = 600):
    """Learn a vocabulary.

    Args:
        token_type: what texts are split into: "words", "characters" (of Korean: syllables), or "jamo", the letters that
            these are made of.
        max_timesteps: longer texts keep half of that many tokens at their start and half at their end; None keeps all.
    """
    return TOKENIZERS[token_type].from_examples(
        examples.raw, vocabulary_size=vocabulary_size, min_count=min_count, max_timesteps=max_timesteps
    )


def bigrams(examples, preprocessor, *, num_bigrams=60_000, bigram_min_count=3):
    """Learn which pairs of neighbouring tokens are frequent."""
    return preprocessor.build_bigrams(examples.raw, num_bigrams, bigram_min_count)


def build(
    preprocessor, codec, bigrams=(), *, core, name, embedding_dim=128, bigram_dim=16, units=128, num_layers=1,
    bidirectional=True, word_dropout=0.25, embedding_dropout=0.5, dropout=0.5,
):  # fmt: skip
    """Classify texts: tokens -> Embedding -> {core} in both directions -> maximum and mean over time -> logits.

    With bigrams, each timestep also holds the vector of the pair that its token forms with the one before, so that
    what "not good" means is read off and not worked out.

    Args:
        preprocessor: `rnn_zoo.Words`, `rnn_zoo.Characters` or `rnn_zoo.Jamo`.
        codec: `rnn_zoo.Classes` or `rnn_zoo.Ratings`.

    Returns:
        A Task: `<int32>[batch, timesteps]`, right-padded with 0, to logits `<float32>[batch, classes]`.

    Example:
        >>> rnn_zoo.sentiment_lstm().infer("A great film, funny and moving.")["label"]
        'positive'
        >>> examples = ["good", "bad", "very good", "very bad"], ["positive", "negative"] * 2
        >>> task = rnn_zoo.sentiment_gru.from_examples(examples, min_count=1, units=32)
        >>> history = task.fit(*examples, epochs=2, verbose=0)

    Source: pooling over the outputs of a bidirectional LSTM: Johnson & Zhang, "Supervised and semi-supervised text
    categorization using LSTM for region embeddings", ICML 2016; dropout of whole embedding features: Gal &
    Ghahramani, "A theoretically grounded application of dropout in recurrent neural networks", NeurIPS 2016.
    """
    token_ids = keras.Input((None,), dtype="int32", name="token_ids")
    lengths = SequenceLengths(name="lengths")(token_ids)
    x = WordDropout(word_dropout, name="word_dropout")(token_ids)
    x = layers.Embedding(preprocessor.vocabulary_size, embedding_dim, name="embedding")(x)
    pairs = preprocessor.bigram_ids(bigrams)
    x = beside_bigrams(x, token_ids, pairs, preprocessor.vocabulary_size, bigram_dim, word_dropout)
    x = layers.SpatialDropout1D(embedding_dropout, name="embedding_dropout")(x)
    x = pooled_recurrent_stack(x, lengths, core, units, num_layers, bidirectional=bidirectional, dropout=dropout)
    x = layers.Dropout(dropout, name="features")(x)
    return Task(token_ids, head_of(codec, x), preprocessor=preprocessor, codec=codec, name=name)


LEARN = {"preprocessor": tokenizer, "bigrams": bigrams}
