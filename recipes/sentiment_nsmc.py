"""Sentiment of Korean film reviews: learn from 150,000 Naver comments (NSMC) whether a text is negative or positive.

python recipes/sentiment_nsmc.py                       # downloads 20 MB, after saying so
python recipes/sentiment_nsmc.py --data-dir nsmc       # ratings_train.txt and ratings_test.txt from a folder
python recipes/sentiment_nsmc.py --core lstm --token-type jamo
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "sentiment", "nsmc", token_type="characters", vocabulary_size=3_000, num_bigrams=30_000,
    max_timesteps=None, units=192, word_dropout=0.05, embedding_dropout=0.3, epochs=3, batch_size=128,
    learning_rate=2e-3, by_core={"bag_of_words": {"vocabulary_size": 33_002}},
)  # fmt: skip
