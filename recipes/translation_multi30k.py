"""Translation: learn from 28,000 descriptions of photographs to translate English into German, French or Czech.

python recipes/translation_multi30k.py --data-dir multi30k  # a folder with train.en, train.de, val.en, val.de
python recipes/translation_multi30k.py --data-dir multi30k --subset en_fr --core lstm
python recipes/translation_multi30k.py --data-dir multi30k --attention none  # the last state is all the decoder gets
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "translation", "multi30k", subset="en_de", epochs=20, batch_size=64, learning_rate=2e-3, num_answers=0,
)  # fmt: skip
