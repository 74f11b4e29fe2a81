"""Rating: how many stars does the author of a text give?"""

from rnn_zoo.codecs import Ratings
from rnn_zoo.models.texts import bag_classifier, text_classifier
from rnn_zoo.preprocessors import Characters
from rnn_zoo.registry import check_choice, zoo_model

STARS = tuple(map(str, range(1, 11)))
HEADS = ("softmax", "ordinal")


def rating(
    vocabulary,
    class_names=STARS,
    *,
    core,
    head="softmax",
    bigrams=(),
    embedding_dim=128,
    bigram_dim=16,
    units=128,
    num_layers=1,
    bidirectional=True,
    max_timesteps=800,
    word_dropout=0.02,
    embedding_dropout=0.1,
    dropout=0.3,
    text=Characters,
):
    """Rate texts: symbols and pairs of them -> Embedding -> {core} in both directions -> maximum and mean -> stars.

    Args:
        vocabulary: symbols in the order of their ids, from `text.build_vocabulary`.
        class_names: the stars from the lowest to the highest.
        head: "softmax" learns every star by itself, "ordinal" one score and rising thresholds between the stars.
        bigrams: known pairs of neighbouring symbols, from `text.build_bigrams`; those with unknown symbols are left
            out.
        embedding_dim: size of a symbol's vector.
        bigram_dim: size of a pair's vector.
        units: size of the hidden state of one direction.
        num_layers: recurrent layers on top of one another.
        bidirectional: read from both ends.
        max_timesteps: longer texts keep half of that at their head and half at their tail; None keeps them whole.
        word_dropout: rate at which symbols, and pairs, become unknown while training, in [0, 1).
        embedding_dropout: rate at which embedding features go missing for a whole text, in [0, 1).
        dropout: rate between layers and before the head, in [0, 1).
        text: how texts are split: `rnn_zoo.Words`, `rnn_zoo.Characters` or `rnn_zoo.Jamo`.
        weights: a trained model by name (see `rnn_zoo.list_weights`), the path of a `.keras` file, or None for a fresh
            model. Without any argument: the default trained model.

    Returns:
        A Task: `<int32>[batch, timesteps]`, right-padded with 0, to logits `<float32>[batch, classes]`. `infer` answers
        `{"label", "score", "median"}`: the most probable star, its probability, and the star that is nearest on
        average.

    Raises:
        ValueError: for weights together with architecture arguments, unknown weights, or illegal settings.

    Example:
        >>> task = rnn_zoo.rating_gru(list("god"), ["1", "2", "3"], head="ordinal", weights=None, units=8)
        >>> sorted(task.infer(["good"])[0])
        ['label', 'median', 'score']

    Source: the network is that of `rnn_zoo.sentiment_gru`; thresholds: McCullagh, "Regression models for ordinal data",
    Journal of the Royal Statistical Society B, 1980.
    """
    check_choice("head", head, HEADS)
    sizes = {
        "embedding_dim": embedding_dim,
        "bigram_dim": bigram_dim,
        "units": units,
        "num_layers": num_layers,
        "bidirectional": bidirectional,
    }
    return text_classifier(
        text(vocabulary, max_timesteps),
        Ratings(class_names, ordinal=head == "ordinal"),
        core,
        bigrams,
        sizes,
        word_dropout=word_dropout,
        embedding_dropout=embedding_dropout,
        dropout=dropout,
        name=f"rating_{core}",
    )


def rating_without_order(
    vocabulary, class_names=STARS, *, core, head="softmax", ngrams=2, max_timesteps=None, dropout=0.5, text=Characters
):
    """Rate texts by which symbols they hold, not in which order: the plain network that sequence models must beat.

    Args:
        vocabulary: symbols and n-grams, from `text.build_vocabulary(texts, ngrams=2)`.
        class_names: the stars from the lowest to the highest.
        head: "softmax" learns every star by itself, "ordinal" one score and rising thresholds between the stars.
        ngrams: 1 for single symbols, 2 for pairs of neighbours too.
        max_timesteps: longer texts are cut; None keeps them whole.
        dropout: rate at which symbols go missing while training, in [0, 1).
        text: how texts are split: `rnn_zoo.Words`, `rnn_zoo.Characters` or `rnn_zoo.Jamo`.
        weights: a trained model by name (see `rnn_zoo.list_weights`), the path of a `.keras` file, or None for a fresh
            model. Without any argument: the default trained model.

    Returns:
        A Task: `<float32>[batch, vocabulary]`, 1 for every symbol that is there, to logits `<float32>[batch, classes]`.

    Raises:
        ValueError: for weights together with architecture arguments, unknown weights, or illegal settings.

    Example:
        >>> task = rnn_zoo.rating_bag_of_words(["g", "o", "o o"], ["1", "2", "3"], weights=None)
        >>> task.infer(["good"])[0]["label"] in ("1", "2", "3")
        True

    Source: Wang & Manning, "Baselines and bigrams: simple, good sentiment and topic classification", ACL 2012.
    """
    check_choice("head", head, HEADS)
    preprocessor = text(vocabulary, max_timesteps, encoding="bag_of_words", ngrams=ngrams)
    return bag_classifier(
        preprocessor, Ratings(class_names, ordinal=head == "ordinal"), dropout=dropout, name=f"rating_{core}"
    )


rating_bag_of_words = zoo_model(rating_without_order, task="rating", core="bag_of_words")
rating_simple_rnn = zoo_model(rating, core="simple_rnn")
rating_gru = zoo_model(rating, core="gru")
rating_lstm = zoo_model(rating, core="lstm")
