"""Named entities in Wikipedia (WikiANN): persons, organizations and places in one of 176 languages.

TensorFlow Datasets downloads it (223 MiB for all languages) and keeps it.

python recipes/ner_wikiann.py              # English
python recipes/ner_wikiann.py --subset ko
"""

from rnn_zoo.training import Recipe
from rnn_zoo.training.builds import first_of, tagger

main = Recipe(
    __file__, "ner", "wikiann", tagger, load=first_of("wikiann"), epochs=10, batch_size=32, learning_rate=4e-3,
    smoke={"units": 8, "limit": 100}, smoke_share=1, choices={"head": ("crf", "softmax")},
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
