"""Translation: a sentence is read, then written in another language."""

import keras
from keras import layers

from rnn_zoo.codecs import Sequences
from rnn_zoo.generation.task import encoder_decoder
from rnn_zoo.layers import RecurrentDecoder, SequenceLengths, decoder_context, recurrent_stack
from rnn_zoo.layers.attention import ATTENTIONS
from rnn_zoo.models.tokenizers import TOKENIZERS, learn_tokenizer

DECODING = {"method": "beam", "num_beams": 5, "length_penalty": 1.0}
CHOICES = {"token_type": tuple(TOKENIZERS), "attention": (None, *ATTENTIONS)}


def learn(
    examples, *, token_type="subwords", vocabulary_size=4_000, min_count=2, joint_vocabulary=False,
    label_smoothing=0.1, decoding: dict | None = None,
):  # fmt: skip
    """Learn a vocabulary for each language.

    Args:
        token_type: what sentences are read and written in: "subwords", "words", "spaced_words" or "characters".
        joint_vocabulary: one vocabulary for both languages together, so that names are cut alike in both (Sennrich,
            Haddow & Birch 2016, section 3.2).
    """
    texts = [[*examples[0], *examples[1]]] if joint_vocabulary else examples
    tokenizers = [learn_tokenizer(one, token_type, vocabulary_size, min_count) for one in texts]
    source, target = tokenizers[0], tokenizers[-1]
    return source, Sequences(target, decoding=decoding or DECODING, label_smoothing=label_smoothing)


def build(
    preprocessor, codec, *, core, name, embedding_dim=192, units=256, num_layers=1,
    attention: str | None = "luong_general", tied=True, embedding_dropout=0.3, dropout=0.3, scheduled_sampling=0.0,
    splits_sentences=True,
):  # fmt: skip
    """Translate: {core} in both directions reads the source, another {core} with attention writes the target.

    Args:
        preprocessor: `rnn_zoo.Subwords`, `rnn_zoo.Words` or `rnn_zoo.Characters` of the source language.
        codec: `rnn_zoo.Sequences`.
        tied: the decoder's logits are products with its embedding's own vectors.
        splits_sentences: `infer` translates texts sentence by sentence, for a model that learned from single ones.

    Returns:
        A `GenerativeTask`: `{"source_ids": <int32>[batch, timesteps], "previous_ids": <int32>[batch, tokens]}`,
        right-padded with 0, to logits `<float32>[batch, tokens, target vocabulary + 2]`. `infer` answers strings.

    Example:
        >>> examples = ["a dog", "the dog"], ["ein Hund", "der Hund"]
        >>> task = rnn_zoo.translation_gru.from_examples(examples, token_type="words", min_count=1, units=8)
        >>> [len(results) for results in task.generate(["a dog", "dog"], num_results=2, method="sample")]
        [2, 2]

    Source: Sutskever, Vinyals & Le, "Sequence to sequence learning with neural networks", NIPS 2014; Bahdanau, Cho &
    Bengio, "Neural machine translation by jointly learning to align and translate", ICLR 2015; Luong, Pham & Manning,
    "Effective approaches to attention-based neural machine translation", EMNLP 2015.
    """
    token_ids = keras.Input((None,), dtype="int32", name="source_ids")
    lengths = SequenceLengths(name="lengths")(token_ids)
    x = layers.Embedding(preprocessor.vocabulary_size, embedding_dim, name="embedding")(token_ids)
    x = layers.SpatialDropout1D(embedding_dropout, name="embedding_dropout")(x)
    x = recurrent_stack(x, lengths, core, units, num_layers, bidirectional=True, dropout=dropout)
    encoder = keras.Model({"source_ids": token_ids}, decoder_context(x, lengths, dropout), name="encoder")
    decoder = RecurrentDecoder(
        codec.vocabulary_size, embedding_dim, core=core, units=2 * units if attention == "luong_dot" else units,
        num_layers=num_layers, attention=attention, tied=tied, embedding_dropout=embedding_dropout, dropout=dropout,
        scheduled_sampling=scheduled_sampling, unread_ids=codec.unread_ids,
    )  # fmt: skip
    return encoder_decoder(
        encoder, decoder, preprocessor=preprocessor, codec=codec, name=name, splits_sentences=splits_sentences
    )


LEARN = {("preprocessor", "codec"): learn}
