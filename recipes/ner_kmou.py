"""Named entities: learn from Korean morphemes (KMOU) which are names, dates, amounts of money and other numbers.

python recipes/ner_kmou.py --data-dir kmou_ner  # a folder with <number>_NER.txt, or with a tar archive of them
python recipes/ner_kmou.py --data-dir kmou_ner --core gru --seed 1

The data is for non-commercial use, so the package holds no weights learned from it.
"""

from rnn_zoo.training import Recipe
from rnn_zoo.training.builds import tagger

main = Recipe(
    __file__, "ner", "kmou_ner", tagger, epochs=10, batch_size=32, learning_rate=4e-3, smoke={"units": 8},
    choices={"head": ("crf", "softmax")},
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
