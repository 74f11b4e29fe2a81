"""Sentiment of Korean film reviews: learn from 150,000 Naver comments (NSMC) whether a text is negative or positive.

python recipes/sentiment_nsmc.py                       # downloads 20 MB, after saying so
python recipes/sentiment_nsmc.py --data-dir nsmc       # ratings_train.txt and ratings_test.txt from a folder
python recipes/sentiment_nsmc.py --core lstm --text jamo
"""

import time

from rnn_zoo import Characters, Jamo, Words, load_dataset, sentiment_gru, sentiment_lstm, sentiment_simple_rnn
from rnn_zoo.datasets.original_files import Examples
from rnn_zoo.training import recipe_command, report, start, train

CORES = {"simple_rnn": sentiment_simple_rnn, "gru": sentiment_gru, "lstm": sentiment_lstm}
TEXTS = {"characters": Characters, "jamo": Jamo, "words": Words}
CHOICES = {"core": CORES, "text": TEXTS}
HELP = {
    "core": "What reads the text.",
    "text": "What a text is split into: syllables, the letters they are made of, or words.",
    "vocabulary_size": "Symbols known to the model.",
    "units": "Size of the hidden state, in each direction.",
}


def main(
    *, core="gru", text="characters", vocabulary_size=3_000, units=192, epochs=5, batch_size=128, learning_rate=2e-3,
    data_dir=None, output="runs/sentiment_nsmc", seed=0, all_train=False, smoke=False, resume=False,
    mixed_precision=False, distribute="none",
):  # fmt: skip
    """Load, build, fit, evaluate once, show, save; returns the metrics on the test part."""
    settings = dict(locals())
    setup = start(seed, mixed_precision, distribute)
    training, validation, test = (
        load_dataset("nsmc", part, source=data_dir) for part in ("train", "validation", "test")
    )
    labelled = load_dataset("nsmc", "all_train", source=data_dir) if all_train else training
    if smoke:
        epochs, units = 1, 8
        training, labelled, validation, test = (
            Examples(part.raw[::1000], part.labels[::1000]) for part in (training, labelled, validation, test)
        )
    if all_train:
        validation = test = None

    vocabulary = TEXTS[text].build_vocabulary(training.raw, vocabulary_size - 2, min_count=2)
    with setup.scope:
        task = CORES[core](
            vocabulary, weights=None, text=TEXTS[text], units=units, embedding_dropout=0.1, word_dropout=0.02,
            dropout=0.3, max_timesteps=None,
        )  # fmt: skip
    task.summary()

    began = time.time()
    history = train(
        task, labelled, validation, epochs=epochs, learning_rate=learning_rate, batch_size=batch_size, seed=seed,
        output=output, resume=resume,
    )  # fmt: skip
    return report(task, history, test, output, settings=settings, minutes=(time.time() - began) / 60)


if __name__ == "__main__":
    recipe_command(main, choices=CHOICES, help_texts=HELP)()
