"""Sentiment of film reviews: learn from 25,000 IMDb reviews whether a text is negative or positive.

python recipes/sentiment_imdb.py                     # an LSTM on the reviews that pip installed
python recipes/sentiment_imdb.py --core gru --seed 1
python recipes/sentiment_imdb.py --data-dir aclImdb  # the original files, with the official test half
"""

from rnn_zoo.training import Recipe, cross_fitted_teacher, soften


def prepare(task, examples, run, *, teacher_weight=0.6):
    """Targets from a teacher.

    Args:
        teacher_weight: share of the targets that comes from a linear teacher on pairs of words, in [0, 1]; none for
            bag_of_words, which is much the same.
    """
    if not teacher_weight or run["core"] == "bag_of_words":
        return examples
    return soften(examples, cross_fitted_teacher(task, examples), task.codec, teacher_weight)


main = Recipe.of(
    globals(), "sentiment", "imdb", core="lstm", prepare=prepare, embedding_dim=80, epochs=3, batch_size=64,
    learning_rate=2e-3, smoke={"vocabulary_size": 500, "min_count": 1},
)  # fmt: skip
