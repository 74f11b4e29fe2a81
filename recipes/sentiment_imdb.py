"""Sentiment of film reviews: learn from 25,000 IMDb reviews whether a text is negative or positive.

python recipes/sentiment_imdb.py                     # an LSTM on the reviews that pip installed
python recipes/sentiment_imdb.py --core gru --seed 1
python recipes/sentiment_imdb.py --data-dir aclImdb  # the original files, with the official test half

With the 50,000 unlabelled reviews of the original files, of which teachers say what they are (see teach_imdb.py):

python recipes/sentiment_imdb.py --data-dir aclImdb --teachers linear.npz,classifier.npz --epochs 4 --batch-size 256
"""

from rnn_zoo import load_dataset
from rnn_zoo.training import Recipe, cross_fitted_teacher, read_soft_targets, soften


def prepare(task, examples, run, *, teacher_weight=0.6, teachers: tuple = (), bucket_width: int | None = None):
    """Targets from a teacher.

    Args:
        teacher_weight: share of the targets that comes from a linear teacher on pairs of words, or from the teachers
            that are given, in [0, 1]; none for bag_of_words, which is much the same.
        teachers: files of teach_imdb.py, with commas between them: the unlabelled reviews are learned too, with the
            mean of what the teachers say of them.
        bucket_width: texts are padded to a multiple of so many tokens, when JAX trains of five times as many; None for
            5. JAX compiles each width anew.
    """
    if bucket_width is not None:
        task.preprocessor.bucket_width = bucket_width
    if teachers:
        source = run["data_dir"] or ("dummy" if run["smoke"] else None)
        unlabelled = load_dataset("imdb", "unsupervised", source=source, limit=run["limit"]).raw
        teacher = read_soft_targets(teachers, [*examples.raw, *unlabelled])
        return soften(examples, teacher, task.codec, teacher_weight, unlabelled)
    if not teacher_weight or run["core"] == "bag_of_words":
        return examples
    return soften(examples, cross_fitted_teacher(task, examples), task.codec, teacher_weight)


main = Recipe.of(
    globals(), "sentiment", "imdb", core="lstm", prepare=prepare, embedding_dim=80, epochs=3, batch_size=64,
    learning_rate=2e-3, smoke={"vocabulary_size": 500, "min_count": 1},
)  # fmt: skip
