"""Distillation: learn from the probabilities of a teacher beside the labels, so that odd labels weigh less."""

import numpy as np

from rnn_zoo.datasets import Examples


def cross_fitted_teacher(task, examples, *, num_folds=5, strength=0.5):
    """Class probabilities from linear models on words and pairs of words, none of which saw the example it judges.

    The teacher is logistic regression on presence of n-grams, scaled by their naive Bayes log-count ratios.

    Args:
        task: a text Task with two classes; its preprocessor splits the texts, its codec reads the labels.
        examples: raw texts and their labels.
        num_folds: each teacher learns from all folds but one. Folds are contiguous blocks of each class, so that
            neighbours in a file, which often belong together, share a fold.
        strength: inverse of the teacher's regularization, `C` of `sklearn.linear_model.LogisticRegression`.

    Returns:
        `<float32>[examples, 2]`, rows that sum to 1.

    Source: Wang & Manning, "Baselines and bigrams", ACL 2012 (the teacher); Hinton et al., "Distilling the knowledge in
    a neural network", arXiv:1503.02531, 2015.
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

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
        ngram_range=(1, 2),
        min_df=2,
        binary=True,
    )
    presence = vectorizer.fit_transform(examples.raw)
    positive = np.empty(len(labels), "float32")
    for fold in range(num_folds):
        known = folds != fold
        sums = [1.0 + np.asarray(presence[known & (labels == label)].sum(axis=0)).ravel() for label in (0, 1)]
        ratios = np.log(sums[1] / sums[1].sum()) - np.log(sums[0] / sums[0].sum())
        teacher = LogisticRegression(C=strength, solver="liblinear", random_state=0)
        teacher.fit(presence[known].multiply(ratios).tocsr(), labels[known])
        positive[~known] = teacher.predict_proba(presence[~known].multiply(ratios).tocsr())[:, 1]
    return np.stack([1 - positive, positive], axis=1)


def soften(examples, teacher, codec, weight):
    """Examples whose labels are mixed with a teacher's probabilities `<float32>[examples, classes]`.

    The weight is that of the teacher, in [0, 1]; the codec, `Classes`, reads the labels.
    """
    hard = np.eye(teacher.shape[1], dtype="float32")[codec.encode(examples.labels)]
    return Examples(examples.raw, (1 - weight) * hard + weight * teacher)
