"""One to five stars: learn from reviews how many stars their authors gave.

--data-dir is a .csv or .tsv file of stars and texts, or a folder with train and test of it, such as that of Yelp's
"yelp_review_full_csv"; or tfds for Amazon's reviews of one kind of products.

python recipes/rating_star_reviews.py --data-dir yelp_review_full_csv --limit 100000
python recipes/rating_star_reviews.py --data-dir yelp_review_full_csv --limit 100000 --core bag_of_words
python recipes/rating_star_reviews.py --data-dir tfds --subset Musical_Instruments_v1_00
"""

from rnn_zoo import Words, rating_bag_of_words
from rnn_zoo.models.rating import HEADS
from rnn_zoo.training import Recipe
from rnn_zoo.training.builds import first_of


def build(builder, training, class_names, *, head="ordinal", vocabulary_size=20_000, num_bigrams=60_000, units=128):
    """A reader of words and pairs of words, or the bag that forgets their order.

    Args:
        head: softmax learns every star by itself, ordinal one score and thresholds between the stars.
        vocabulary_size: words known to the model.
        num_bigrams: pairs of neighbouring words known to the model; 0 for none.
        units: size of the hidden state, in each direction.
    """
    if builder is rating_bag_of_words:
        vocabulary = Words.build_vocabulary(training.raw, vocabulary_size + num_bigrams, min_count=2, ngrams=2)
        return builder(vocabulary, class_names, weights=None, head=head, text=Words)
    return builder(
        Words.build_vocabulary(training.raw, vocabulary_size - 2, min_count=2), class_names, weights=None, head=head,
        bigrams=Words.build_bigrams(training.raw, num_bigrams, min_count=3), units=units, max_timesteps=400,
        text=Words,
    )  # fmt: skip


main = Recipe(
    __file__, "rating", "star_reviews", build, cores=("gru", "lstm", "simple_rnn", "bag_of_words"),
    load=first_of("star_reviews"), epochs=3, batch_size=64, learning_rate=2e-3, smoke={"units": 8, "limit": 500},
    smoke_share=1, choices={"head": HEADS},
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
