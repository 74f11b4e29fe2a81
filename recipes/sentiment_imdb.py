"""Sentiment of film reviews: learn from 25,000 IMDb reviews whether a text is negative or positive.

python recipes/sentiment_imdb.py                     # an LSTM on the reviews that pip installed
python recipes/sentiment_imdb.py --core gru --seed 1
python recipes/sentiment_imdb.py --data-dir aclImdb  # the original files, with the official test half
"""

from rnn_zoo import Words, sentiment_bag_of_words, start_from_word_vectors
from rnn_zoo.training import Recipe, cross_fitted_teacher, pretrain_language_model, soften


def build(
    builder, training, class_names, *, vocabulary_size=20_000, num_bigrams=60_000, embedding_dim=80, units=128,
    max_timesteps=600, ngrams=2, word_vectors=None,
):  # fmt: skip
    """A reader of words and pairs of words, or the bag that forgets their order.

    Args:
        vocabulary_size: words known to the model; for bag_of_words times 8, since it counts pairs of words too.
        num_bigrams: pairs of neighbouring words known to the model; 0 for none.
        embedding_dim: size of a word's vector.
        units: size of the hidden state, in each direction.
        max_timesteps: longer reviews keep half of that at their head and half at their tail.
        word_vectors: a file with vectors of --embedding-dim numbers, in GloVe's or word2vec's text format.
        ngrams: for bag_of_words: 1 for words only, 2 for pairs of neighbours too.
    """
    if builder is sentiment_bag_of_words:
        vocabulary = Words.build_vocabulary(training.raw, 8 * vocabulary_size - 2, min_count=2, ngrams=ngrams)
        return builder(vocabulary, class_names, weights=None, ngrams=ngrams)
    task = builder(
        Words.build_vocabulary(training.raw, vocabulary_size - 2, min_count=2), class_names, weights=None,
        bigrams=Words.build_bigrams(training.raw, num_bigrams, min_count=3), embedding_dim=embedding_dim, units=units,
        max_timesteps=max_timesteps,
    )  # fmt: skip
    if word_vectors:
        start_from_word_vectors(task, word_vectors)
    return task


def prepare(task, training, labelled, run, *, pretrain_epochs=0, teacher_weight=0.6):
    """A start as a language model, and targets from a teacher.

    Args:
        pretrain_epochs: first train the network as a language model on the training texts for that many passes; on the
            20,000 IMDb reviews alone 10 passes did not help.
        teacher_weight: share of the targets that comes from a linear teacher on pairs of words, in [0, 1]; none for
            bag_of_words, which is much the same.
    """
    pretrain_language_model(
        task, training.raw, epochs=pretrain_epochs, seed=run["seed"], output=run["output"], resume=run["resume"]
    )
    if not teacher_weight or run["core"] == "bag_of_words":
        return labelled
    return soften(labelled, cross_fitted_teacher(task, labelled), task.codec, teacher_weight)


main = Recipe(
    __file__, "sentiment", "imdb", build, prepare=prepare, cores=("lstm", "gru", "simple_rnn", "bag_of_words"),
    epochs=3, batch_size=64, learning_rate=2e-3, smoke={"units": 8, "vocabulary_size": 500}, smoke_share=200,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
