"""Named entities: learn from Korean news and film reviews (KLUE-NER), character by character, which are names.

python recipes/ner_klue.py --data-dir klue_ner  # a folder with klue-ner-v1.1_dev.tsv, and klue-ner-v1.1_train.tsv if
                                                # it is there
python recipes/ner_klue.py --data-dir klue_ner --core gru --seed 1
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "ner", "klue", core="lstm", token_type="characters", vocabulary_size=2_000, num_bigrams=20_000,
    embedding_dim=64, word_dropout=0.05, epochs=20, batch_size=32, learning_rate=4e-3,
)  # fmt: skip
