"""Pronunciation: learn from 94,000 English words how a word that was never seen is spoken.

python recipes/pronunciation_cmudict.py  # pip install "rnn-zoo[pronunciation]"
python recipes/pronunciation_cmudict.py --core gru
python recipes/pronunciation_cmudict.py --attention none  # the last state is all the decoder gets
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "pronunciation", "cmudict", core="lstm", epochs=12, batch_size=128, learning_rate=3e-3,
    weight_decay=0.01, num_answers=0,
)  # fmt: skip
