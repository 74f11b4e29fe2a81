"""Distillation: learn from the probabilities of a teacher beside the labels, so that odd labels weigh less."""

import hashlib
import zipfile
import zlib
from pathlib import Path

import numpy as np

from rnn_zoo.datasets import Examples
from rnn_zoo.files import replacing


def cross_fitted_teacher(task, examples, unlabelled=(), *, num_folds=5, strength=0.5, ngrams=2):
    """Class probabilities from linear models on words and pairs of words, none of which saw the example it judges.

    The teacher is logistic regression on presence of n-grams, scaled by their naive Bayes log-count ratios.

    Args:
        task: a text Task with two classes; its preprocessor splits the texts, its codec reads the labels.
        examples: raw texts and their labels.
        unlabelled: more raw texts; all of the linear models judge each, and their mean counts.
        num_folds: each teacher learns from all folds but one. Folds are contiguous blocks of each class, so that
            neighbours in a file, which often belong together, share a fold.
        strength: inverse of the teacher's regularization, `C` of `sklearn.linear_model.LogisticRegression`.
        ngrams: sequences of up to that many words count.

    Returns:
        `<float32>[examples + unlabelled, 2]`, rows that sum to 1.

    Source: Wang & Manning, "Baselines and bigrams", ACL 2012 (the teacher); Hinton et al., "Distilling the knowledge in
    a neural network", arXiv:1503.02531, 2015.
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    if num_folds < 2:
        raise ValueError(f"num_folds must be 2 or more. Received: {num_folds=}")
    labels = task.codec.encode(examples.labels)
    counts = np.bincount(labels, minlength=len(task.codec.class_names))
    if len(counts) != 2 or counts.min() < num_folds:
        raise ValueError(
            f"the teacher needs two classes with {num_folds} examples or more. Received: {counts.tolist()}"
        )
    folds = np.empty(len(labels), "int32")
    for label, count in enumerate(counts):
        folds[labels == label] = np.arange(count) * num_folds // count
    vectorizer = CountVectorizer(
        tokenizer=task.preprocessor.split,
        token_pattern=None,
        lowercase=False,
        ngram_range=(1, ngrams),
        min_df=2,
        binary=True,
    )
    presence = vectorizer.fit_transform(examples.raw)
    others = vectorizer.transform(unlabelled)
    positive = np.zeros(len(labels) + len(unlabelled), "float32")
    for fold in range(num_folds):
        known = folds != fold
        sums = [1.0 + np.asarray(presence[known & (labels == label)].sum(axis=0)).ravel() for label in (0, 1)]
        ratios = np.log(sums[1] / sums[1].sum()) - np.log(sums[0] / sums[0].sum())
        teacher = LogisticRegression(C=strength, solver="liblinear", random_state=0)
        teacher.fit(presence[known].multiply(ratios).tocsr(), labels[known])
        positive[: len(labels)][~known] = teacher.predict_proba(presence[~known].multiply(ratios).tocsr())[:, 1]
        if len(unlabelled):
            positive[len(labels) :] += teacher.predict_proba(others.multiply(ratios).tocsr())[:, 1] / num_folds
    return np.stack([1 - positive, positive], axis=1)


def soften(examples, teacher, codec, weight, unlabelled=()):
    """Examples whose labels are mixed with a teacher's probabilities, and unlabelled ones with the teacher's alone.

    Args:
        examples: raw examples and their labels.
        teacher: `<float32>[examples + unlabelled, classes]`. Examples with NaN, which a teacher has nothing to say of,
            keep their label.
        codec: `Classes`, which reads the labels.
        weight: that of the teacher beside a label, in [0, 1].
        unlabelled: more raw examples.

    Source: Hinton et al., arXiv:1503.02531, 2015; with unlabelled examples: Xie et al., "Self-training with noisy
    student improves ImageNet classification", CVPR 2020.
    """
    if not 0 <= weight <= 1:
        raise ValueError(f"weight must be in [0, 1]. Received: {weight=}")
    hard = np.eye(teacher.shape[1], dtype="float32")[codec.encode(examples.labels)]
    said, of_unlabelled = np.split(teacher, [len(hard)])
    if np.isnan(of_unlabelled).any() or len(of_unlabelled) != len(unlabelled):
        raise ValueError(
            f"teacher must have a row of probabilities for each of the {len(unlabelled)} unlabelled examples. "
            f"Received: {len(of_unlabelled)} rows, {np.isnan(of_unlabelled).any(axis=1).sum()} of them with NaN"
        )
    mixed = (1 - weight) * hard + weight * np.where(np.isnan(said), hard, said)
    return Examples([*examples.raw, *unlabelled], np.concatenate([mixed, of_unlabelled]))


def write_soft_targets(path, texts, probabilities):
    """Keep what a teacher says of some texts, `<float32>[texts, classes]`, NaN where it says nothing, in a `.npz` file.

    The file knows the texts by a hash.
    """
    with replacing(Path(path)) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, sha256=_hash_of(texts), probabilities=np.asarray(probabilities, "float32"))


def read_soft_targets(paths, texts):
    """The mean of what teachers say of some texts, `<float32>[texts, classes]`, from files of `write_soft_targets`.

    Of each text it is the mean of those teachers that say something, and NaN where none does.

    Raises:
        ValueError: for a file about other texts, or about these in another order: a teacher that knew the texts that a
            student is measured on, for example; and for a damaged file, or another one.
    """
    if not paths:
        raise ValueError("paths must name at least one file of soft targets. Received: none")
    wanted, said = _hash_of(texts), []
    for path in paths:
        try:
            with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
                known, probabilities = str(file["sha256"]), file["probabilities"]
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} is damaged or holds no soft targets: {error}") from error
        if known != wanted:
            raise ValueError(
                f"{path} must be about the {len(texts)} texts that are trained on, in their order: make it with "
                f"the same data, subset, limit and all_train. Received: one of {len(probabilities)} texts"
            )
        said.append(probabilities)
    said = np.stack(said)
    count = (~np.isnan(said)).sum(axis=0)
    return np.where(count > 0, np.nan_to_num(said).sum(axis=0) / np.maximum(count, 1), np.nan).astype("float32")


def _hash_of(texts):
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()
