"""easy-VQA: answer questions about a coloured shape, such as "is there a red circle?" or "what color is the shape?".

Image and question are fused by the sum, or by the product as in the first paper on visual question answering.

python recipes/vqa_easy_vqa.py  # the pip package easy-vqa 1.0
python recipes/vqa_easy_vqa.py --core lstm --fusion product

Fused by a sum the GRU answered 99.96 % of the test questions right, fused by a product 79.7 % with the same settings
(seed 0): it stayed at 73 % for nine epochs and was still rising when the twelve were over.
"""

from rnn_zoo import Words
from rnn_zoo.models.vqa import FUSIONS
from rnn_zoo.training import Recipe


def build(
    builder, training, class_names, *, fusion="sum", embedding_dim=32, units=64, fusion_dim=128, dropout=0.1,
):  # fmt: skip
    """A CNN on the image beside a reader of the question.

    Args:
        fusion: how the vectors of image and question become one.
        embedding_dim: size of a word's vector.
        units: size of the hidden state.
        fusion_dim: size of the vectors that are fused.
        dropout: rate on the CNN's last maps and before the head.
    """
    vocabulary = Words.build_vocabulary([question for _, question in training.raw])
    return builder(
        vocabulary, class_names, weights=None, fusion=fusion, embedding_dim=embedding_dim, units=units,
        fusion_dim=fusion_dim, dropout=dropout,
    )  # fmt: skip


main = Recipe(
    __file__, "vqa", "easy_vqa", build, cores=("gru", "lstm", "simple_rnn"), epochs=12, batch_size=64,
    learning_rate=4e-3, smoke={"units": 4, "fusion_dim": 8}, smoke_share=100, choices={"fusion": tuple(FUSIONS)},
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
