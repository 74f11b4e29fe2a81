"""CLEVR: answer questions about rendered scenes, such as "how many metal things are left of the cube?".

TensorFlow Datasets downloads 18 GiB and keeps it: 70,000 images with ten questions each. 100,000 questions a split are
read unless --limit says otherwise; images become 80 x 120 pixels. Test is the official validation split, because that
for test has no answers. Published networks of this kind answer about half of the questions: counting and comparing
need more.

python recipes/vqa_clevr.py
python recipes/vqa_clevr.py --core lstm --fusion product --limit 300000
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "vqa", "clevr", limit=100_000, filters=(32, 64, 64, 64), keep_positions=True, fusion="product",
    embedding_dim=64, units=256, fusion_dim=512, epochs=10, batch_size=64, learning_rate=1e-3,
)  # fmt: skip
