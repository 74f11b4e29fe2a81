"""Visual question answering: what is the answer to a question about an image?"""

import keras
from keras import layers

from rnn_zoo.codecs import Classes
from rnn_zoo.heads import head_of
from rnn_zoo.layers import SequenceLengths, TakeLast, recurrent_stack
from rnn_zoo.models.convolutions import small_cnn
from rnn_zoo.preprocessors import ImageQuestions
from rnn_zoo.registry import check_choice, zoo_model
from rnn_zoo.task import Task

FUSIONS = {"product": layers.Multiply, "sum": layers.Add}


def vqa(
    vocabulary,
    class_names,
    *,
    core,
    height=64,
    width=64,
    filters=(16, 32, 64),
    places=False,
    background=127.5,
    embedding_dim=32,
    units=64,
    num_layers=1,
    fusion_dim=128,
    fusion="sum",
    dropout=0.1,
):
    """Answer questions about images: CNN on the image, {core} over the words, fused -> Dense -> logits.

    Both sides become vectors of one size, tanh of a Dense layer, which are multiplied or added feature by feature. The
    question is what the {core} holds after its last word.

    Args:
        vocabulary: words of the questions in the order of their ids, from `rnn_zoo.Words.build_vocabulary`.
        class_names: the answers, in the order of the logits.
        height: rows of an image.
        width: columns of an image.
        filters: of each convolution, which halves height and width.
        places: let the CNN tell what is where, for questions about places; False takes the maximum over the plane.
        background: the value of a pixel that becomes 0, in [0, 255]: 127.5 for photographs, 255 for drawings on white,
            where nothing is then nothing to the CNN.
        embedding_dim: size of a word's vector.
        units: size of the hidden state.
        num_layers: recurrent layers on top of one another.
        fusion_dim: size of the two vectors that are fused, and of the layer behind.
        fusion: "sum", or "product" as in the source.
        dropout: rate on the CNN's last maps, between recurrent layers and before the head, in [0, 1).
        weights: a trained model by name (see `rnn_zoo.list_weights`), the path of a `.keras` file, or None for a fresh
            model. Without any argument: the default trained model.

    Returns:
        A Task: `{"word_ids": <int32>[batch, timesteps], "image": <uint8>[batch, height, width, 3]}`, words right-padded
        with 0, to logits `<float32>[batch, classes]`. `infer` takes `(image, question)` pairs.

    Raises:
        ValueError: for weights together with architecture arguments, unknown weights, or illegal settings.

    Example:
        >>> task = rnn_zoo.vqa_gru(["is", "it", "red", "?"], ["no", "yes"], weights=None, height=8, width=8)
        >>> image = np.full((8, 8, 3), [255, 0, 0], "uint8")
        >>> task.infer([(image, "Is it red?")])[0]["label"] in ("no", "yes")
        True

    Source: Antol, Agrawal, Lu, Mitchell, Batra, Zitnick & Parikh, "VQA: visual question answering", ICCV 2015, section
    4 (LSTM over the question, image features, both through tanh, multiplied).
    """
    check_choice("fusion", fusion, list(FUSIONS))
    preprocessor = ImageQuestions(vocabulary, height, width)
    codec = Classes(class_names)
    word_ids = keras.Input((None,), dtype="int32", name="word_ids")
    image = keras.Input((height, width, 3), dtype="uint8", name="image")
    lengths = SequenceLengths(name="lengths")(word_ids)
    # Keras' own start, up to 0.05, makes question vectors small, and with them a product's gradients.
    start = keras.initializers.RandomUniform(-0.5, 0.5)
    x = layers.Embedding(
        preprocessor.words.vocabulary_size, embedding_dim, embeddings_initializer=start, name="embedding"
    )(word_ids)
    x = recurrent_stack(x, lengths, core, units, num_layers, dropout=dropout)
    question = layers.Dense(fusion_dim, activation="tanh", name="question_vector")(TakeLast(name="last")(x, lengths))
    seen = small_cnn(
        image,
        filters,
        fusion_dim,
        places=places,
        background=background,
        dropout=dropout,
        activation="tanh",
        prefix="image_",
    )
    x = FUSIONS[fusion](name="fused")([seen, question])
    x = layers.Dense(fusion_dim, activation="relu", name="reasoning")(x)
    x = layers.Dropout(dropout, name="features")(x)
    inputs = {"word_ids": word_ids, "image": image}
    return Task(inputs, head_of(codec, x), preprocessor=preprocessor, codec=codec, name=f"vqa_{core}")


vqa_simple_rnn = zoo_model(vqa, core="simple_rnn")
vqa_gru = zoo_model(vqa, core="gru")
vqa_lstm = zoo_model(vqa, core="lstm")
