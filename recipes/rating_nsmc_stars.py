"""Stars of Korean film reviews: learn from 95,000 Naver comments how many stars, 1 to 10, their authors gave.

python recipes/rating_nsmc_stars.py --data-dir nsmc  # a folder with stars_train.txt
python recipes/rating_nsmc_stars.py --data-dir nsmc --core bag_of_words
python recipes/rating_nsmc_stars.py --data-dir nsmc --core simple_rnn --no-ordinal
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "rating", "nsmc_stars", token_type="characters", vocabulary_size=3_000, num_bigrams=30_000, ordinal=True,
    max_timesteps=None, units=192, word_dropout=0.02, embedding_dropout=0.1, dropout=0.3, epochs=4, batch_size=128,
    learning_rate=2e-3, by_core={"bag_of_words": {"vocabulary_size": 33_002, "dropout": 0.5}},
)  # fmt: skip
