"""Captions: what does a photograph show?"""

import keras
from keras import layers

from rnn_zoo.codecs import Captions
from rnn_zoo.codecs.sequences import all_of_each
from rnn_zoo.generation.task import encoder_decoder
from rnn_zoo.layers import RealTimesteps, RecurrentDecoder
from rnn_zoo.layers.decoder import CONDITIONS
from rnn_zoo.models.convolutions import BACKBONES, frozen_backbone_maps, small_cnn_maps
from rnn_zoo.models.tokenizers import TOKENIZERS, learn_tokenizer
from rnn_zoo.preprocessors import Photos

DECODING = {"method": "beam", "num_beams": 5, "length_penalty": 0.7, "no_repeat_ngram": 3, "max_length": 30}
CHOICES = {
    "token_type": tuple(TOKENIZERS), "backbone": (None, *BACKBONES), "attention": (None, "luong_general", "bahdanau"),
    "condition": CONDITIONS,
}  # fmt: skip


def codec(
    examples,
    *,
    token_type="words",
    vocabulary_size=3_000,
    min_count=2,
    label_smoothing=0.0,
    decoding: dict | None = None,
):
    """Learn the vocabulary of the captions.

    Args:
        token_type: what captions are written in: "words", "characters" or "subwords".
    """
    captions = [text for some in all_of_each(examples.labels) for text in some]
    tokenizer = learn_tokenizer(captions, token_type, vocabulary_size, min_count)
    return Captions(tokenizer, decoding=decoding or DECODING, label_smoothing=label_smoothing)


def build(
    preprocessor, codec, *, core, name, filters=(32, 64, 96, 128), backbone: str | None = None,
    backbone_weights: str | None = "imagenet", image_dim: int | None = None, image_dropout=0.3, embedding_dim=128,
    units=256, num_layers=1, attention: str | None = None, condition="state", embedding_dropout=0.2, dropout=0.3,
    scheduled_sampling=0.0,
):  # fmt: skip
    """Describe a photograph: CNN -> {core} that begins with what it saw and writes word after word.

    Args:
        preprocessor: `rnn_zoo.Photos`.
        codec: `rnn_zoo.Captions`.
        backbone: a frozen network that reads the photograph, one of `rnn_zoo.models.convolutions.BACKBONES`; None for a
            small CNN that is trained with the rest.
        image_dim: features that a Dense layer makes of those of each position; None takes them as they are.
        image_dropout: rate on what the CNN found, in [0, 1).
        attention: over the grid of positions in the photograph: None, "luong_general" or "bahdanau".
        condition: where the photograph goes: to the first "state", beside the "inputs" of every word, or "both".

    Returns:
        A `GenerativeTask`: `{"image": <uint8>[batch, height, width, 3], "previous_ids": <int32>[batch, tokens]}` to
        logits `<float32>[batch, tokens, vocabulary + 2]`. `infer` takes arrays or paths of any size, and answers
        strings.

    Example:
        >>> examples = [np.zeros((40, 30, 3), "uint8")] * 2, ["a dog", "a dog"]
        >>> task = rnn_zoo.caption_gru.from_examples(examples, height=16, width=16, units=8)
        >>> len(task.infer(examples[0][:1]))
        1

    Source: Vinyals, Toshev, Bengio & Erhan, "Show and tell: a neural image caption generator", CVPR 2015; attention: Xu
    et al., "Show, attend and tell", ICML 2015.
    """
    image = keras.Input((preprocessor.height, preprocessor.width, 3), dtype="uint8", name="image")
    maps = frozen_backbone_maps(image, backbone, backbone_weights) if backbone else small_cnn_maps(image, filters)
    pooling = layers.GlobalAveragePooling2D(name="mean") if backbone else layers.GlobalMaxPooling2D(name="maximum")
    if image_dim:
        maps = layers.SpatialDropout2D(image_dropout, name="maps_dropout")(maps)
        maps = layers.Dense(image_dim, "relu", name="maps")(maps)
    context = {"summary": layers.Dropout(image_dropout, name="summary")(pooling(maps))}
    if attention:
        positions = maps.shape[1] * maps.shape[2]
        memory = layers.Reshape((positions, maps.shape[3]), name="places")(maps)
        context["memory"] = layers.SpatialDropout1D(image_dropout, name="memory")(memory)
        context["mask"] = RealTimesteps(name="mask")(memory)
    encoder = keras.Model({"image": image}, context, name="encoder")
    decoder = RecurrentDecoder(
        codec.vocabulary_size, embedding_dim, core=core, units=units, num_layers=num_layers, attention=attention,
        condition=condition, embedding_dropout=embedding_dropout, dropout=dropout,
        scheduled_sampling=scheduled_sampling, unread_ids=codec.unread_ids,
    )  # fmt: skip
    return encoder_decoder(encoder, decoder, preprocessor=preprocessor, codec=codec, name=name)


LEARN = {"preprocessor": Photos, "codec": codec}
