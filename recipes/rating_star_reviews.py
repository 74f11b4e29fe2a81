"""One to five stars: learn from reviews how many stars their authors gave.

--data-dir is a .csv or .tsv file of stars and texts, or a folder with train and test of it, such as that of Yelp's
"yelp_review_full_csv"; or tfds for Amazon's reviews of one kind of products.

python recipes/rating_star_reviews.py --data-dir yelp_review_full_csv --limit 100000
python recipes/rating_star_reviews.py --data-dir yelp_review_full_csv --limit 100000 --core bag_of_words
python recipes/rating_star_reviews.py --data-dir tfds --subset Musical_Instruments_v1_00
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "rating", "star_reviews", ordinal=True, limit=None, max_timesteps=400, word_dropout=0.02,
    embedding_dropout=0.1, dropout=0.3, epochs=3, batch_size=64, learning_rate=2e-3,
    by_core={"bag_of_words": {"vocabulary_size": 80_002, "dropout": 0.5, "max_timesteps": None}},
)  # fmt: skip
