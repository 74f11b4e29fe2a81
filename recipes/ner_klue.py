"""Named entities: learn from Korean news and film reviews (KLUE-NER), character by character, which are names.

python recipes/ner_klue.py --data-dir klue_ner  # a folder with klue-ner-v1.1_dev.tsv, and klue-ner-v1.1_train.tsv if
                                                # it is there
python recipes/ner_klue.py --data-dir klue_ner --core gru --seed 1
"""

from rnn_zoo.training import Recipe
from rnn_zoo.training.builds import character_tagger

main = Recipe(
    __file__, "ner", "klue_ner", character_tagger, epochs=20, batch_size=32, learning_rate=4e-3, smoke={"units": 8},
    choices={"head": ("crf", "softmax")},
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
