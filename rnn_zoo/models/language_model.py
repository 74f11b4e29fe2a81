"""Language models: the next character, word or subword of a text, from all that came before."""

import keras

from rnn_zoo.codecs import Texts
from rnn_zoo.generation.task import GenerativeTask
from rnn_zoo.layers import RecurrentDecoder
from rnn_zoo.models.tokenizers import TOKENIZERS, learn_tokenizer

DECODING = {"method": "sample", "temperature": 0.8, "max_length": 200}
CHOICES = {"token_type": tuple(TOKENIZERS)}


def tokenizer(
    examples, *, token_type="characters", vocabulary_size: int | None = None, min_count=1, character_coverage=1.0
):
    """Learn a vocabulary.

    Args:
        token_type: what texts are made of: "characters", "spaced_words" as they stand between spaces, "words", or
            "subwords".
        vocabulary_size: number of token ids, padding and unknown among them; None for all tokens.
        character_coverage: share of the characters of the texts that subwords are made of, in [0.98, 1], the most
            frequent ones; others are unknown.
    """
    return learn_tokenizer(examples.raw, token_type, vocabulary_size, min_count, character_coverage)


def codec(examples, preprocessor, *, decoding: dict | None = None):
    """What is written."""
    return Texts(preprocessor, decoding=decoding or DECODING)


def build(
    preprocessor, codec, *, core, name, embedding_dim=128, units=512, num_layers=1, tied=False, word_dropout=0.0,
    embedding_dropout=0.0, dropout=0.3, weight_drop=0.0,
):  # fmt: skip
    """Guess the next token of a text: tokens -> vectors -> {core} -> the token after each of them.

    Args:
        preprocessor: `rnn_zoo.Characters`, `rnn_zoo.SpacedWords`, `rnn_zoo.Words` or `rnn_zoo.Subwords`.
        codec: `rnn_zoo.Texts`.
        tied: logits are products with the tokens' own vectors; with an embedding_dim other than units a layer of
            embedding_dim tanh units stands before them.
        word_dropout: rate at which tokens lose their vectors wherever they come in a batch, in [0, 1).
        weight_drop: rate at which connections from state to state go missing for a batch, in [0, 1); fused kernels
            stay.

    Returns:
        A `GenerativeTask`: `{"previous_ids": <int32>[batch, tokens]}`, right-padded with 0, to logits
        `<float32>[batch, tokens, vocabulary + 1]`. `infer` goes on from texts and answers them whole; `log_likelihood`
        says how probable texts are.

    Example:
        >>> texts = ["hello", "hole"]
        >>> task = rnn_zoo.language_model_gru.from_examples((texts, texts), units=16)
        >>> ((written,),) = task.generate(["hel"], method="greedy", max_length=5)
        >>> written.answer.startswith("hel"), len(written.tokens) <= 8
        (True, True)
        >>> ((log_probability, num_tokens),) = task.log_likelihood(["hello"])
        >>> num_tokens
        6

    Source: Mikolov et al., "Recurrent neural network based language model", Interspeech 2010; Zaremba, Sutskever &
    Vinyals, "Recurrent neural network regularization", arXiv:1409.2329, 2014; tied vectors: Press & Wolf, EACL 2017,
    and Inan, Khosravi & Socher, ICLR 2017; locked dropout, word dropout and weight drop: Merity, Keskar & Socher,
    "Regularizing and optimizing LSTM language models", ICLR 2018.
    """
    previous_ids = keras.Input((None,), dtype="int32", name="previous_ids")
    decoder = RecurrentDecoder(
        codec.vocabulary_size, embedding_dim, core=core, units=units, num_layers=num_layers, tied=tied,
        word_dropout=word_dropout, embedding_dropout=embedding_dropout, dropout=dropout, weight_drop=weight_drop,
    )  # fmt: skip
    return GenerativeTask(
        {"previous_ids": previous_ids}, decoder(previous_ids), preprocessor=preprocessor, codec=codec, name=name
    )


LEARN = {"preprocessor": tokenizer, "codec": codec}
