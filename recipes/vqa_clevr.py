"""CLEVR: answer questions about rendered scenes, such as "how many metal things are left of the cube?".

TensorFlow Datasets downloads 18 GiB and keeps it: 70,000 images with ten questions each. 100,000 questions a part are
read unless --limit says otherwise; images become 80 x 120 pixels. Test is the official validation part, because that
for test has no answers. Published networks of this kind answer about half of the questions: counting and comparing
need more.

python recipes/vqa_clevr.py
python recipes/vqa_clevr.py --core lstm --fusion product --limit 300000
"""

from rnn_zoo import Words
from rnn_zoo.models.vqa import FUSIONS
from rnn_zoo.training import Recipe
from rnn_zoo.training.builds import first_of


def build(builder, training, class_names, *, fusion="product", embedding_dim=64, units=256, fusion_dim=512):
    """A CNN on the image beside a reader of the question.

    Args:
        fusion: how the vectors of image and question become one.
        embedding_dim: size of a word's vector.
        units: size of the hidden state.
        fusion_dim: size of the vectors that are fused.
    """
    vocabulary = Words.build_vocabulary([question for _, question in training.raw])
    height, width = training.raw[0][0].shape[:2]
    return builder(
        vocabulary, class_names, weights=None, height=height, width=width, filters=(32, 64, 64, 64), places=True,
        fusion=fusion, embedding_dim=embedding_dim, units=units, fusion_dim=fusion_dim,
    )  # fmt: skip


main = Recipe(
    __file__, "vqa", "clevr", build, cores=("gru", "lstm", "simple_rnn"), load=first_of("clevr"), limit=100_000,
    epochs=10, batch_size=64, learning_rate=1e-3, smoke={"units": 4, "fusion_dim": 8, "limit": 40}, smoke_share=1,
    choices={"fusion": tuple(FUSIONS)},
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
