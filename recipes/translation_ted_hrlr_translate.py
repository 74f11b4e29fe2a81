"""Translation: learn from the subtitles of talks to translate Portuguese, or another language, into English.

python recipes/translation_ted_hrlr_translate.py  # TensorFlow Datasets downloads 125 MiB
python recipes/translation_ted_hrlr_translate.py --subset ru_to_en --limit 100000
python recipes/translation_ted_hrlr_translate.py --scheduled-sampling 0.25  # read some of what it writes

Some pairs have few sentences: az_to_en and be_to_en, about five thousand; aztr_to_en and beru_to_en add a related
language to what is learned from. See rnn_zoo.datasets.describe("ted_hrlr_translate").
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "translation", "ted_hrlr_translate", epochs=12, batch_size=64, learning_rate=2e-3, num_answers=0,
)  # fmt: skip
