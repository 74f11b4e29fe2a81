"""Named entities: learn from newswire (CoNLL-2003) which words name persons, locations, organizations and other things.

python recipes/ner_conll2003.py --data-dir conll2003  # a folder with eng.train and eng.testa (or .gz, .xz)
python recipes/ner_conll2003.py --data-dir conll2003 --core gru --seed 1
python recipes/ner_conll2003.py --data-dir conll2003 --word-vectors glove.6B.100d.txt

The first command reached a span F1 of 89.9 on testa, the validation split, and of 84.9 on the last documents of
eng.train (seed 0, no outside vectors, 11 minutes on one CPU core). The text is licensed for research, as the cards of
the weights learned from it say.
"""

from rnn_zoo.training import Recipe

main = Recipe.of(globals(), "ner", "conll2003", core="lstm", epochs=30, batch_size=32, learning_rate=4e-3)
