"""Named entities in Wikipedia (WikiANN): persons, organizations and locations in one of 176 languages.

TensorFlow Datasets downloads it (223 MiB for all languages) and keeps it.

python recipes/ner_wikiann.py              # English
python recipes/ner_wikiann.py --subset ko
"""

from rnn_zoo.training import Recipe

main = Recipe.of(globals(), "ner", "wikiann", core="lstm", epochs=10, batch_size=32, learning_rate=4e-3)
