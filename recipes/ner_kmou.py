"""Named entities: learn from Korean morphemes (KMOU) which are names, dates, amounts of money and other numbers.

python recipes/ner_kmou.py --data-dir kmou_ner  # a folder with <number>_NER.txt, or with a tar archive of them
python recipes/ner_kmou.py --data-dir kmou_ner --core gru --seed 1
python recipes/ner_kmou.py --data-dir kmou_ner --subset forms_and_parts  # the model is told parts of speech

The first command reached a span F1 of 79.0 on validation and 77.9 on test, the last one 79.1 and 78.0 in 7 epochs (seed
0). The data is for non-commercial use, so the package holds no weights learned from it.
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "ner", "kmou", subset="forms", core="lstm", units=160, num_bigrams=30_000, word_dropout=0.25,
    character_dim=64, character_units=48, epochs=8, batch_size=32, learning_rate=4e-3,
)  # fmt: skip
