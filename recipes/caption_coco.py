"""Captions: learn from photographs of COCO with five captions each to say what a photograph shows.

python recipes/caption_coco.py  # TensorFlow Datasets downloads 37 GiB; the first 10,000 photographs are learned from
python recipes/caption_coco.py --limit 0 --attention luong_general --condition both  # all; 6 GiB of memory
python recipes/caption_coco.py --backbone mobilenet_v2  # ImageNet's weights are downloaded

The parts are those of Karpathy & Li, without their restval. See rnn_zoo.datasets.describe("coco_captions").
"""

from rnn_zoo.training import Recipe
from rnn_zoo.training.builds import first_of
from rnn_zoo.training.writers import CAPTIONER_CHOICES, captioner

main = Recipe(
    __file__, "caption", "coco_captions", captioner, cores=("gru", "lstm", "simple_rnn"),
    load=first_of("coco_captions"), limit=50_000, vocabulary_size=8_000, units=512, epochs=12, batch_size=64,
    learning_rate=2e-3, smoke={"units": 8, "size": 32, "limit": 60}, smoke_share=1,
    choices=CAPTIONER_CHOICES,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
