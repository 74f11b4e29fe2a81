"""Translation: learn from 108,000 everyday sentences to translate English into French: greetings, questions, prices.

python recipes/translation_tatoeba_en_fr.py --data-dir tatoeba_fra_eng  # a folder with fra_train.txt, or fra.txt
python recipes/translation_tatoeba_en_fr.py  # downloads fra-eng.zip
python recipes/translation_tatoeba_en_fr.py --data-dir tatoeba_fra_eng --core lstm

One English sentence has several translations, of which a sentence of the test part is compared with one at a time: BLEU
is lower than readers would have it.
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "translation", "tatoeba_en_fr", vocabulary_size=6_000, joint_vocabulary=True, embedding_dim=256,
    units=512, epochs=25, batch_size=256, learning_rate=3e-3,
)  # fmt: skip
