"""Sentiment of Korean film reviews: learn from 150,000 Naver comments (NSMC) whether a text is negative or positive.

python recipes/sentiment_nsmc.py                       # downloads 20 MB, after saying so
python recipes/sentiment_nsmc.py --data-dir nsmc       # ratings_train.txt and ratings_test.txt from a folder
python recipes/sentiment_nsmc.py --core lstm --text jamo
"""

from rnn_zoo import Characters, Jamo, Words
from rnn_zoo.training import Recipe

TEXTS = {"characters": Characters, "jamo": Jamo, "words": Words}


def build(builder, training, class_names, *, text="characters", vocabulary_size=3_000, num_bigrams=30_000, units=192):
    """A reader of whole comments.

    Args:
        text: what a text is split into: syllables, the letters they are made of, or words.
        vocabulary_size: symbols known to the model.
        num_bigrams: pairs of neighbouring symbols known to the model; 0 for none.
        units: size of the hidden state, in each direction.
    """
    split = TEXTS[text]
    return builder(
        split.build_vocabulary(training.raw, vocabulary_size - 2, min_count=2), class_names, weights=None, text=split,
        bigrams=split.build_bigrams(training.raw, num_bigrams, min_count=3), units=units, embedding_dropout=0.3,
        word_dropout=0.05, dropout=0.5, max_timesteps=None,
    )  # fmt: skip


main = Recipe(
    __file__, "sentiment", "nsmc", build, cores=("gru", "lstm", "simple_rnn"), epochs=3, batch_size=128,
    learning_rate=2e-3, smoke={"units": 8}, smoke_share=1000, choices={"text": TEXTS},
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
