"""Fresh Tasks from the training examples of a recipe, where several recipes build alike."""

import importlib

from rnn_zoo.preprocessors import Series, Tokens


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


def forecaster(
    builder, training, class_names, *, window=96, season=0, mode="direct", level="last", highway=0, units=64,
    num_layers=1, dropout=0.2, loss="mse",
):  # fmt: skip
    """A forecaster of all variables, scaled as they are in the train part; the horizon is that of the examples.

    Args:
        builder: one of the zoo's.
        training: the `Examples` of the train part: histories and what followed them.
        class_names: names of the variables.
        window: timesteps that the model reads, no more than a history has.
        season: timesteps after which the series repeats itself, for the seasonal-naive baseline; 0 for none.
        mode: direct forecasts all timesteps at once, autoregressive feeds each one back.
        level: what is subtracted from a window and added to its forecast, last value, mean or none.
        highway: so many of the last timesteps also reach the forecast by a linear map; 0 for none.
        units: size of the hidden state.
        num_layers: recurrent layers on top of one another.
        dropout: rate between layers and before the head.
        loss: of scaled values.

    Returns:
        A Task.
    """
    mean, std = Series.build_scale(training.raw)
    return builder(
        class_names, weights=None, window=window, horizon=len(training.labels[0]), mean=mean, std=std,
        season=season or None, mode=mode, level=level, highway=highway, units=units, num_layers=num_layers,
        dropout=dropout, loss=loss,
    )  # fmt: skip


def windows_of(dataset):
    """The `load` of a recipe on the windows of a series.

    Args:
        dataset: a name that `rnn_zoo.load_dataset` knows, of a series.

    Returns:
        A function as `Recipe` takes it.
    """

    def load(part, source, *, subset=None, window=96, horizon=24, stride=1, season=0):
        """Histories long enough for the model and for the baselines, and what followed.

        Args:
            part: as `load_dataset` takes it.
            source: as `load_dataset` takes it.
            subset: which of the series to learn.
            window: timesteps that the model reads.
            horizon: timesteps that are forecast.
            stride: timesteps from one training example to the next.
            season: timesteps after which the series repeats itself, for the seasonal-naive baseline; 0 for none.
        """
        return importlib.import_module(f"rnn_zoo.datasets.{dataset}").read_splits(
            source, context=max(window, season), horizon=horizon, stride=stride if "train" in part else 1,
            **({} if subset is None else {"subset": subset}),
        )[part]  # fmt: skip

    return load
