"""Teachers of sentiment_imdb.py: what larger models say of the 50,000 unlabelled IMDb reviews.

python recipes/teach_imdb.py --teacher linear --data-dir aclImdb --output runs/teach_imdb/linear.npz
python recipes/teach_imdb.py --teacher language_model --data-dir aclImdb --output runs/teach_imdb/language_model.keras
python recipes/teach_imdb.py --data-dir aclImdb --language-model runs/teach_imdb/language_model.keras
python recipes/teach_imdb.py --teacher models --models runs/gru/model.keras,runs/lstm/model.keras --data-dir aclImdb

A linear model on sequences of up to three words judges labelled reviews that it has not seen, and unlabelled ones. A
language model reads the reviews of the train split and the unlabelled ones; a classifier that begins with its layers
learns the labelled ones and judges the unlabelled ones (Dai & Le, "Semi-supervised sequence learning", NIPS 2015).
Students can teach, too: with --teacher models, saved models that learned the same labelled reviews judge the unlabelled
ones together (Xie et al., "Self-training with noisy student improves ImageNet classification", CVPR 2020). The files
are for `sentiment_imdb.py --teachers`. The networks are for a GPU: with KERAS_BACKEND=jax too their LSTMs
have cuDNN's kernel.
"""

import keras
import numpy as np

from rnn_zoo import batches, language_model_lstm, sentiment_bag_of_words, sentiment_lstm
from rnn_zoo.codecs.codec import softmax
from rnn_zoo.datasets import Examples, load_splits
from rnn_zoo.training import (
    classifier_of_language_model,
    cross_fitted_teacher,
    script_command,
    start,
    train,
    write_soft_targets,
)

WIDTH = 200
"""Texts are padded to a multiple of so many tokens, because JAX compiles each width anew."""
CLASSES = ["negative", "positive"]
TRAINING = {
    "language_model": {"epochs": 5, "batch_size": 128, "learning_rate": 2e-3, "timesteps": 70},
    "classifier": {"epochs": 4, "batch_size": 64, "learning_rate": 1e-3},
}


def judge(tasks, texts):
    """The mean of what tasks say, probabilities of the classes, `<float32>[texts, classes]`."""
    return np.mean(
        [softmax(task.predict(batches(task, texts, batch_size=250, bucket_width=WIDTH), verbose=0)) for task in tasks],
        axis=0,
    )


def _classifier(language_model, examples, units):
    """One that begins with a language model's file, or with nothing."""
    if language_model:
        begun = keras.saving.load_model(language_model)
        begun.preprocessor.max_timesteps = 600
        task = classifier_of_language_model(begun, CLASSES)
    else:
        task = sentiment_lstm.from_examples(examples, embedding_dim=256, units=units)
    task.preprocessor.bucket_width = WIDTH // 5  # of which JAX takes five
    return task


def run(
    *, teacher="classifier", data_dir: str | None = None, subset="by_film", limit: int | None = None, all_train=False,
    language_model: str | None = None, models: tuple = (), units=1024, epochs: int | None = None,
    batch_size: int | None = None, learning_rate: float | None = None, seed=0, output: str | None = None,
):  # fmt: skip
    """Make one teacher.

    Args:
        teacher: "linear", "language_model", "classifier" or "models".
        data_dir: folder or archive with the original files.
        subset: how validation and test are cut; as the student's.
        limit: so many reviews of each split at most; as the student's.
        all_train: the classifier and the linear model also learn from validation and test: for students that are
            released. Language models never read these.
        language_model: a file that the language model was saved to, which the classifier begins with; None for a
            bidirectional LSTM that begins with nothing.
        models: files of the models that judge together, with commas between them.
        units: of the LSTM, a direction.
        epochs: passes over the training data; None for 5 of the language model and 4 of the classifier.
        batch_size: reviews, or windows of 70 tokens, a batch; None for 64, or 128 of the language model.
        learning_rate: the highest one; None for 1e-3, or 2e-3 of the language model.
        seed: of weights, dropout and shuffling.
        output: the file to write, `.keras` of a language model and `.npz` of others; None for one that is named after
            the teacher, in runs/teach_imdb.
    """
    ending = ".keras" if teacher == "language_model" else ".npz"
    output = output or f"runs/teach_imdb/{teacher}{ending}"
    if not output.endswith(ending):  # not after hours
        raise ValueError(f"--output of a {teacher} must end in {ending}. Received: {output}")
    if bool(models) != (teacher == "models"):
        raise ValueError(f"--models are for --teacher models, and needed there. Received: {teacher=}, {models=}")
    start(seed)
    splits = load_splits("imdb", source=data_dir, subset=subset, limit=limit, unsupervised=True)
    fitted, unlabelled = splits["all_train" if all_train else "train"], splits["unsupervised"].raw
    given = {"epochs": epochs, "batch_size": batch_size, "learning_rate": learning_rate}
    given = {name: value for name, value in given.items() if value is not None}
    settings = {**TRAINING.get(teacher, {}), **given, "seed": seed, "verbose": 2}
    if teacher == "language_model":
        known, read, held_out = (
            Examples(texts, texts)
            for texts in (splits["train"].raw, [*splits["train"].raw, *unlabelled], splits["validation"].raw)
        )
        task = language_model_lstm.from_examples(
            known, token_type="words", vocabulary_size=20_000, min_count=2, embedding_dim=256, units=units, tied=True,
            embedding_dropout=0.1, dropout=0.2,
        )  # fmt: skip
        train(task, read, held_out, **settings)
        task.save(output, include_optimizer=False)
        return
    if teacher == "linear":
        task = sentiment_bag_of_words.from_examples(splits["train"])
        probabilities = cross_fitted_teacher(task, fitted, unlabelled, ngrams=3)
        right = probabilities[: len(fitted.raw)].argmax(axis=1) == np.array(fitted.labels)
        print(f"Accuracy on reviews that were held out in turn: {right.mean():.4f}")
    else:
        if teacher == "models":
            tasks = [keras.saving.load_model(path) for path in models]
            for path, task in zip(models, tasks, strict=True):
                known = getattr(task.codec, "class_names", None)
                if known != CLASSES:
                    raise ValueError(
                        f"--models must tell {CLASSES} apart, in that order. Received: {path} with {known}"
                    )
        else:
            tasks = [_classifier(language_model, splits["train"], units)]
            train(tasks[0], fitted, **settings)
        for name in () if all_train else ("validation", "test"):
            right = judge(tasks, splits[name].raw).argmax(axis=1) == np.array(splits[name].labels)
            print(f"Accuracy on {name}: {right.mean():.4f}")
        learned = np.full((len(fitted.raw), 2), np.nan, "float32")  # of what they know by heart they say nothing
        probabilities = np.concatenate([learned, judge(tasks, unlabelled)])
    write_soft_targets(output, [*fitted.raw, *unlabelled], probabilities)
    print(f"Saved {output}.")


main = script_command(globals(), run, choices={"teacher": ("linear", "language_model", "classifier", "models")})
