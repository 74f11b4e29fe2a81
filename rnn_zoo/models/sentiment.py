"""Sentiment: is a text negative or positive?"""

from rnn_zoo.codecs import Classes
from rnn_zoo.models.texts import bag_classifier, text_classifier
from rnn_zoo.preprocessors import Words
from rnn_zoo.registry import zoo_model


def sentiment(
    vocabulary,
    class_names=("negative", "positive"),
    *,
    core,
    bigrams=(),
    embedding_dim=128,
    bigram_dim=16,
    units=128,
    num_layers=1,
    bidirectional=True,
    max_timesteps=800,
    word_dropout=0.25,
    embedding_dropout=0.5,
    dropout=0.5,
    text=Words,
):
    """Classify texts: symbols -> Embedding -> {core} in both directions -> maximum and mean over time -> logits.

    With bigrams, each timestep also holds the vector of the pair that its symbol forms with the one before, so that
    what "not good" means is read off and not worked out.

    Args:
        vocabulary: symbols in the order of their ids, from `text.build_vocabulary`.
        class_names: names of the classes, in the order of the logits.
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
        A Task: `<int32>[batch, timesteps]`, right-padded with 0, to logits `<float32>[batch, classes]`.

    Raises:
        ValueError: for weights together with architecture arguments, unknown weights, or illegal settings.

    Example:
        >>> rnn_zoo.sentiment_lstm().infer(["A great film, funny and moving."])[0]["label"]
        'positive'
        >>> fresh = rnn_zoo.sentiment_gru(["good", "bad"], weights=None, units=32)

    Source: pooling over the outputs of a bidirectional LSTM: Johnson & Zhang, "Supervised and semi-supervised text
    categorization using LSTM for region embeddings", ICML 2016; dropout of whole embedding features: Gal &
    Ghahramani, "A theoretically grounded application of dropout in recurrent neural networks", NeurIPS 2016.
    """
    sizes = {
        "embedding_dim": embedding_dim,
        "bigram_dim": bigram_dim,
        "units": units,
        "num_layers": num_layers,
        "bidirectional": bidirectional,
    }
    return text_classifier(
        text(vocabulary, max_timesteps),
        Classes(class_names),
        core,
        bigrams,
        sizes,
        word_dropout=word_dropout,
        embedding_dropout=embedding_dropout,
        dropout=dropout,
        name=f"sentiment_{core}",
    )


def sentiment_without_order(
    vocabulary, class_names=("negative", "positive"), *, core, ngrams=2, max_timesteps=None, dropout=0.5, text=Words
):
    """Classify texts by which symbols they hold, not in which order: the plain network that sequence models must beat.

    Args:
        vocabulary: symbols and n-grams, from `text.build_vocabulary(texts, ngrams=2)`.
        class_names: names of the classes, in the order of the logits.
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
        >>> rnn_zoo.sentiment_bag_of_words().infer(["A great film, funny and moving."])[0]["label"]
        'positive'

    Source: Wang & Manning, "Baselines and bigrams: simple, good sentiment and topic classification", ACL 2012.
    """
    preprocessor = text(vocabulary, max_timesteps, encoding="bag_of_words", ngrams=ngrams)
    return bag_classifier(preprocessor, Classes(class_names), dropout=dropout, name=f"sentiment_{core}")


sentiment_bag_of_words = zoo_model(sentiment_without_order, task="sentiment", core="bag_of_words")
sentiment_simple_rnn = zoo_model(sentiment, core="simple_rnn")
sentiment_gru = zoo_model(sentiment, core="gru")
sentiment_lstm = zoo_model(sentiment, core="lstm")
