"""Intents: learn from SNIPS what somebody wants of a voice assistant, and which words say of what.

python recipes/intent_snips.py --data-dir snips  # a folder with train.conll and valid.conll (or .xz)
python recipes/intent_snips.py --data-dir snips --core gru --seed 1
python recipes/intent_snips.py --data-dir snips --word-vectors glove.6B.100d.txt --num-vector-words 20000
"""

from rnn_zoo.training import Recipe

main = Recipe.of(globals(), "intent", "snips", core="lstm", epochs=20, batch_size=16, learning_rate=4e-3)
