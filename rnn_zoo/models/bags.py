"""What models that forget the order of tokens share: the plain networks that sequence models must beat."""

import keras
from keras import layers

from rnn_zoo.heads import head_of
from rnn_zoo.models.texts import CHOICES, TOKENIZERS
from rnn_zoo.task import Task

__all__ = ["CHOICES", "LEARN", "build"]


def bag_of_tokens(examples, *, token_type="words", vocabulary_size=160_000, min_count=2, ngrams=2, max_timesteps=None):
    """Learn a vocabulary.

    Args:
        token_type: what texts are split into: "words", "characters" or "jamo".
        vocabulary_size: number of ids of tokens and n-grams, padding and unknown among them.
        ngrams: 1 for single tokens, 2 for pairs of neighbours too.
        max_timesteps: longer texts are cut; None keeps them whole.
    """
    return TOKENIZERS[token_type].from_examples(
        examples.raw, vocabulary_size=vocabulary_size, min_count=min_count, ngrams=ngrams, max_timesteps=max_timesteps,
        encoding="bag_of_words",
    )  # fmt: skip


def build(preprocessor, codec, *, core, name, dropout=0.5):
    """Classify texts by which tokens they hold, not in which order: the plain network that sequence models must beat.

    Args:
        preprocessor: `rnn_zoo.Words`, `rnn_zoo.Characters` or `rnn_zoo.Jamo` with `encoding="bag_of_words"`.
        codec: `rnn_zoo.Classes` or `rnn_zoo.Ratings`.
        dropout: rate at which tokens go missing while training, in [0, 1).

    Returns:
        A Task: `<float32>[batch, vocabulary]`, 1 for every token that is there, to logits `<float32>[batch, classes]`.

    Example:
        >>> rnn_zoo.sentiment_bag_of_words().infer("A great film, funny and moving.")["label"]
        'positive'

    Source: Wang & Manning, "Baselines and bigrams: simple, good sentiment and topic classification", ACL 2012.
    """
    bag = keras.Input((preprocessor.vocabulary_size,), dtype="float32", name="bag_of_words")
    x = layers.Dropout(dropout, name="features")(bag)
    return Task(bag, head_of(codec, x), preprocessor=preprocessor, codec=codec, name=name)


LEARN = {"preprocessor": bag_of_tokens}
