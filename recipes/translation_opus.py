"""Translation: learn from leaflets of medicines, laws, programs or subtitles to translate German into English.

python recipes/translation_opus.py  # the leaflets; TensorFlow Datasets downloads 34 MiB
python recipes/translation_opus.py --subset IT --limit none
python recipes/translation_opus.py --subset subtitles --core lstm

Sentences of one kind are much alike; a model of one kind translates others badly: rnn_zoo.datasets.describe("opus").
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "translation", "opus", limit=100_000, epochs=10, batch_size=64, learning_rate=2e-3, num_answers=0,
)  # fmt: skip
