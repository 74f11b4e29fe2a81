"""Fresh Tasks from the training examples of a recipe, where several recipes build alike."""

from rnn_zoo.codecs import Transcripts
from rnn_zoo.codecs.spoken import UNKNOWN_WORD
from rnn_zoo.datasets import load_dataset, load_splits
from rnn_zoo.preprocessors import (
    CharacterTokens,
    Frames,
    Series,
    Tokens,
)


def tagger(
    builder, training, class_names, *, vocabulary_size=12_000, num_bigrams=0, embedding_dim=100, character_dim=32,
    character_units=32, units=128, head="crf", word_dropout=0.1, dropout=0.5, word_vectors=None,
):  # fmt: skip
    """A tagger that knows the words of the train part; with word vectors, also those that come only once.

    Args:
        builder: one of the zoo's.
        training: the `Examples` of the train part: lists of tokens.
        class_names: tags, or types of entities.
        vocabulary_size: words known to the model; others are read by their characters.
        num_bigrams: pairs of neighbouring words known to the model; 0 for none.
        embedding_dim: size of a word's vector.
        character_dim: size of a character's vector.
        character_units: size of the hidden state over characters, in each direction.
        units: size of the hidden state over words, in each direction.
        head: crf also scores neighbouring tags; softmax decides word by word.
        word_dropout: rate at which words become unknown while training; their characters stay.
        dropout: rate before, between and behind the layers over words.
        word_vectors: a file with vectors of --embedding-dim numbers, in GloVe's or word2vec's text format.

    Returns:
        A Task.
    """
    vocabulary = Tokens.build_vocabulary(training.raw, vocabulary_size - 2, min_count=1 if word_vectors else 2)
    return builder(
        vocabulary, Tokens.build_characters(training.raw, min_count=3), class_names, weights=None,
        embedding_dim=embedding_dim, character_dim=character_dim, character_units=character_units, units=units,
        crf=head == "crf", word_dropout=word_dropout, dropout=dropout, word_vectors=word_vectors,
        bigrams=Tokens.build_bigrams(training.raw, num_bigrams, min_count=2),
    )  # fmt: skip


def sensors(
    builder, training, class_names, *, velocities=True, projection_dim=64, units=64, num_layers=1, time_warp=0.3,
    random_scale=0.1, noise=0.2, frame_dropout=0.0, feature_dropout=0.1, dropout=0.5,
):  # fmt: skip
    """A reader of frames of sensors, each feature scaled to mean 0 and standard deviation 1 on the train part.

    Args:
        builder: one of the zoo's.
        training: the `Examples` of the train part: arrays `[frames, features]`.
        class_names: the classes.
        velocities: differences to the frame before as features of their own.
        projection_dim: size of what a frame becomes before the recurrence.
        units: size of the hidden state, in each direction.
        num_layers: recurrent layers on top of one another.
        time_warp: how far the speed goes from 1 within a sequence while training.
        random_scale: how far features are stretched or shrunk while training.
        noise: standard deviation of what is added to scaled features while training.
        frame_dropout: rate at which frames go missing while training.
        feature_dropout: rate at which features go missing for a whole sequence while training.
        dropout: rate between layers and before the head.

    Returns:
        A Task.
    """
    shape = training.raw[0].shape[1:]
    scaling = Frames.build_scaling(training.raw, shape, velocities=velocities)
    return builder(
        Frames(shape, scaling=scaling, velocities=velocities), class_names, weights=None, time_warp=time_warp,
        projection_dim=projection_dim, units=units, num_layers=num_layers, random_scale=random_scale, noise=noise,
        frame_dropout=frame_dropout, feature_dropout=feature_dropout, dropout=dropout,
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
        return load_splits(
            dataset, source=source, subset=subset, context=max(window, season), horizon=horizon, stride=stride
        )[part]

    return load


def pixel_reader(height, width, scale):
    """The `build` of a recipe on images that are read pixel by pixel.

    Args:
        height: rows of an image.
        width: columns of an image.
        scale: the value of full ink.

    Returns:
        A function as `Recipe` takes it.
    """

    def build(
        builder, training, class_names, *, units=128, num_layers=1, pixels_per_step=1, permuted=False, dropout=0.0
    ):  # fmt: skip
        """A reader of pixels.

        Args:
            builder: one of the zoo's.
            training: not used: images need no vocabulary.
            class_names: the classes.
            units: size of the hidden state.
            num_layers: recurrent layers on top of one another.
            pixels_per_step: pixels a timestep; the width of an image reads row by row.
            permuted: read the pixels in a fixed order without neighbours, the same for all images and seeds.
            dropout: rate between layers and before the head.
        """
        return builder(
            class_names, weights=None, height=height, width=width, scale=scale, pixels_per_step=pixels_per_step,
            permutation=1 if permuted else None, units=units, num_layers=num_layers, dropout=dropout,
        )  # fmt: skip

    return build


SCALINGS = ("recording", "training")


def transcriber(preprocessor, **settings):
    """The `build` of a recipe on speech.

    Args:
        preprocessor: `rnn_zoo.LogMel` or `rnn_zoo.Cepstra`.
        **settings: of it.

    Returns:
        A function as `Recipe` takes it.
    """

    def build(
        builder, training, class_names, *, unit="characters", decoder="ctc", scaling="recording", units=128,
        num_layers=2, stack=2, time_warp=0.2, time_masks=2, longest_time_mask=20, feature_masks=2,
        widest_feature_mask=6, noise=0.1, dropout=0.3, label_smoothing=0.0,
    ):  # fmt: skip
        """A reader of frames that writes texts.

        Args:
            builder: one of the zoo's.
            training: the `Examples` of the train part: recordings and their texts.
            class_names: characters, or words, of the texts.
            unit: what texts are made of; as words, the model can say no others than those of training.
            decoder: ctc names a symbol or a blank at every timestep, attention writes one symbol after the other.
            scaling: where features have mean 0 and standard deviation 1: within each recording, which takes voice and
                microphone away, and what is the same all along; or over all of training, which leaves them in.
            units: size of the hidden state, in each direction.
            num_layers: recurrent layers on top of one another.
            stack: frames of 10 ms that become one timestep.
            time_warp: how far the speed may go from 1 while training.
            time_masks: stretches that go missing while training.
            longest_time_mask: frames of the longest of them.
            feature_masks: bands of features that go missing while training.
            widest_feature_mask: features of the widest of them.
            noise: standard deviation of what is added to scaled features while training.
            dropout: rate between layers and before the head.
            label_smoothing: share of each target that all symbols have alike, with attention.

        Returns:
            A Task.
        """
        if unit == "characters":
            symbols = sorted(set("".join(class_names)))
        else:  # the other parts may have words that training has not
            symbols = [*Transcripts.build_symbols(training.labels, unit), UNKNOWN_WORD]
        found = preprocessor.build_scaling(training.raw, **settings) if scaling == "training" else "sequence"
        return builder(
            preprocessor(**settings, scaling=found), symbols, weights=None, unit=unit, decoder=decoder, units=units,
            num_layers=num_layers, stack=stack, time_warp=time_warp, time_masks=time_masks,
            longest_time_mask=longest_time_mask, feature_masks=feature_masks, noise=noise, dropout=dropout,
            widest_feature_mask=widest_feature_mask, label_smoothing=label_smoothing,
        )  # fmt: skip

    return build


def first_of(dataset):
    """The `load` of a recipe on a dataset that one need not read whole.

    Args:
        dataset: a name that `rnn_zoo.load_dataset` knows.

    Returns:
        A function as `Recipe` takes it.
    """

    def load(part, source, *, limit=0, subset=None):
        """The first examples of a part.

        Args:
            part: as `load_dataset` takes it.
            source: as `load_dataset` takes it.
            limit: examples a part at most, the first ones; no more are read and decoded. 0 for all.
            subset: which part of the dataset, where TensorFlow Datasets has several: a language, a kind of products.
        """
        return load_dataset(dataset, part, source=source, subset=subset, limit=limit or None)

    return load
