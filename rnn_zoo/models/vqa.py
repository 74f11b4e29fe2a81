"""Visual question answering: what is the answer to a question about an image?"""

import keras
from keras import layers

from rnn_zoo.codecs import Classes
from rnn_zoo.heads import head_of
from rnn_zoo.layers import SequenceLengths, TakeLast, recurrent_stack
from rnn_zoo.models.convolutions import BACKBONES, image_vectors
from rnn_zoo.preprocessors import ImageQuestions
from rnn_zoo.task import Task

FUSIONS = {"product": layers.Multiply, "sum": layers.Add}
LEARN = {"preprocessor": ImageQuestions, "codec": Classes}
CHOICES = {"fusion": tuple(FUSIONS), "backbone": (None, *BACKBONES)}


def build(
    preprocessor, codec, *, core, name, filters=(16, 32, 64), keep_positions=False, background=127.5, embedding_dim=32,
    units=64, num_layers=1, fusion_dim=128, fusion="sum", dropout=0.1, backbone: str | None = None,
    backbone_weights: str | None = "imagenet",
):  # fmt: skip
    """Answer questions about images: CNN on the image, {core} over the words, fused -> Dense -> logits.

    Both sides become vectors of one size, tanh of a Dense layer, which are multiplied or added feature by feature. The
    question is what the {core} holds after its last word.

    Args:
        preprocessor: `rnn_zoo.ImageQuestions`.
        codec: `rnn_zoo.Classes`.
        keep_positions: let the CNN tell what is where, for questions about positions; False takes the maximum over the
            plane.
        background: the value of a pixel that becomes 0, in [0, 255]: 127.5 for photographs, 255 for drawings on white,
            where nothing is then nothing to the CNN.
        fusion_dim: size of the two vectors that are fused, and of the layer behind.
        fusion: "sum", or "product" as in the source.
        dropout: rate on the CNN's last maps, between recurrent layers and before the head, in [0, 1).
        backbone: a frozen network in place of the CNN, one of `rnn_zoo.models.convolutions.BACKBONES`; None for the
            CNN. It sees what is there, not where.

    Returns:
        A Task: `{"word_ids": <int32>[batch, timesteps], "image": <uint8>[batch, height, width, 3]}`, words right-padded
        with 0, to logits `<float32>[batch, classes]`. `infer` takes `(image, question)` pairs.

    Example:
        >>> image = np.full((8, 8, 3), [255, 0, 0], "uint8")
        >>> examples = [(image, "Is it red?"), (image, "Is it blue?")], ["yes", "no"]
        >>> task = rnn_zoo.vqa_gru.from_examples(examples, height=8, width=8)
        >>> task.infer((image, "Is it red?"))["label"] in ("no", "yes")
        True

    Source: Antol, Agrawal, Lu, Mitchell, Batra, Zitnick & Parikh, "VQA: visual question answering", ICCV 2015, section
    4 (LSTM over the question, image features, both through tanh, multiplied).
    """
    word_ids = keras.Input((None,), dtype="int32", name="word_ids")
    image = keras.Input((preprocessor.height, preprocessor.width, 3), dtype="uint8", name="image")
    lengths = SequenceLengths(name="lengths")(word_ids)
    # Keras' own start, up to 0.05, makes question vectors small, and with them a product's gradients.
    start = keras.initializers.RandomUniform(-0.5, 0.5)
    x = layers.Embedding(
        preprocessor.words.vocabulary_size, embedding_dim, embeddings_initializer=start, name="embedding"
    )(word_ids)
    x = recurrent_stack(x, lengths, core, units, num_layers, dropout=dropout)
    question = layers.Dense(fusion_dim, activation="tanh", name="question_vector")(TakeLast(name="last")(x, lengths))
    seen = image_vectors(
        image, fusion_dim, backbone=backbone, weights=backbone_weights, filters=filters, activation="tanh",
        dropout=dropout, prefix="image_", keep_positions=keep_positions, background=background,
    )  # fmt: skip
    x = FUSIONS[fusion](name="fused")([seen, question])
    x = layers.Dense(fusion_dim, activation="relu", name="reasoning")(x)
    x = layers.Dropout(dropout, name="features")(x)
    inputs = {"word_ids": word_ids, "image": image}
    return Task(inputs, head_of(codec, x), preprocessor=preprocessor, codec=codec, name=name)
