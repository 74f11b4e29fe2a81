"""Stars of Korean film reviews: learn from 95,000 Naver comments how many stars, 1 to 10, their authors gave.

python recipes/rating_nsmc_stars.py --data-dir nsmc  # a folder with stars_train.txt
python recipes/rating_nsmc_stars.py --data-dir nsmc --core bag_of_words
python recipes/rating_nsmc_stars.py --data-dir nsmc --core simple_rnn --head softmax
"""

from rnn_zoo import Characters, rating_bag_of_words
from rnn_zoo.models.rating import HEADS
from rnn_zoo.training import Recipe


def build(
    builder, training, class_names, *, head="ordinal", vocabulary_size=3_000, num_bigrams=30_000, units=192
):  # fmt: skip
    """A reader of whole comments, or the bag that forgets the order of their syllables.

    Args:
        head: softmax learns every star by itself, ordinal one score and thresholds between the stars.
        vocabulary_size: syllables known to the model.
        num_bigrams: pairs of neighbouring syllables known to the model; 0 for none.
        units: size of the hidden state, in each direction.
    """
    if builder is rating_bag_of_words:
        vocabulary = Characters.build_vocabulary(training.raw, vocabulary_size + num_bigrams, min_count=2, ngrams=2)
        return builder(vocabulary, class_names, weights=None, head=head)
    return builder(
        Characters.build_vocabulary(training.raw, vocabulary_size - 2, min_count=2), class_names, weights=None,
        head=head, bigrams=Characters.build_bigrams(training.raw, num_bigrams, min_count=3), units=units,
        max_timesteps=None,
    )  # fmt: skip


main = Recipe(
    __file__, "rating", "nsmc_stars", build, cores=("gru", "lstm", "simple_rnn", "bag_of_words"), epochs=4,
    batch_size=128, learning_rate=2e-3, smoke={"units": 8}, smoke_share=1000, choices={"head": HEADS},
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
