"""Captions: learn from photographs of COCO with five captions each to say what a photograph shows.

python recipes/caption_coco_captions.py  # TensorFlow Datasets downloads 37 GiB; the first 10,000 photographs are read
python recipes/caption_coco_captions.py --limit none --attention luong_general --condition both  # all; 6 GiB of memory
python recipes/caption_coco_captions.py --backbone mobilenet_v2  # ImageNet's weights are downloaded

The splits are those of Karpathy & Li, without their restval. See rnn_zoo.datasets.describe("coco_captions").
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "caption", "coco_captions", limit=50_000, height=96, width=96, vocabulary_size=8_000, units=512,
    condition="state", dropout=0.4, epochs=12, batch_size=64, learning_rate=2e-3, num_answers=0,
    smoke={"height": 32, "width": 32},
)  # fmt: skip
