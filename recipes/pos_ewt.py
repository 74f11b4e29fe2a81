"""Parts of speech: learn from the English Web Treebank (UD English EWT) whether a word is a noun, a verb, ...

python recipes/pos_ewt.py --data-dir ud_english_ewt  # a folder with the treebank's .conllu files (or .gz, .xz)
python recipes/pos_ewt.py --data-dir ud_english_ewt --core gru --seed 1
python recipes/pos_ewt.py --data-dir ud_english_ewt --word-vectors glove.6B.100d.txt
"""

from rnn_zoo.training import Recipe

main = Recipe.of(globals(), "pos", "ewt", core="lstm", epochs=5, batch_size=32, learning_rate=4e-3)
