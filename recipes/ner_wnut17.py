"""Named entities: learn from tweets (WNUT-17) which words name persons, locations, products, works, groups, ...

python recipes/ner_wnut17.py --data-dir wnut17  # a folder with wnut17train.conll and emerging.dev.conll
python recipes/ner_wnut17.py --data-dir wnut17 --core gru --seed 1
python recipes/ner_wnut17.py --data-dir wnut17 --word-vectors glove.6B.100d.txt --num-vector-words 20000

With the 20,000 most frequent words of GloVe 6B known beside those of the tweets, the last command reached a span F1 of
40.0 on the official dev file, comments of YouTube, where the same LSTM without vectors reaches 21 (seed 0, 5 minutes on
one CPU core).
"""

from rnn_zoo.training import Recipe

main = Recipe.of(globals(), "ner", "wnut17", core="lstm", epochs=20, batch_size=16, learning_rate=4e-3)
