"""Pronunciation: from the letters of a word to its phonemes. The network is that of translation."""

from rnn_zoo.codecs import Phonemes
from rnn_zoo.codecs.sequences import first_of_each
from rnn_zoo.layers.attention import ATTENTIONS
from rnn_zoo.models import translation
from rnn_zoo.preprocessors import Letters, SpacedTokens

DECODING = {"method": "beam", "num_beams": 5, "length_penalty": 0.0}
CHOICES = {"attention": (None, *ATTENTIONS)}


def learn(examples, *, label_smoothing=0.0, decoding: dict | None = None):
    """Learn the letters and the phonemes; of a word with several pronunciations the first one is taught."""
    letters, spoken = Letters.from_examples(examples.raw), SpacedTokens.from_examples(first_of_each(examples.labels))
    return letters, Phonemes(spoken, decoding=decoding or DECODING, label_smoothing=label_smoothing)


def build(
    preprocessor, codec, *, core, name, embedding_dim=64, units=256, num_layers=1,
    attention: str | None = "luong_general", embedding_dropout=0.0, dropout=0.3, scheduled_sampling=0.0,
):  # fmt: skip
    """Say how a word is spoken: {core} in both directions reads its letters, another {core} writes its phonemes.

    Args:
        preprocessor: `rnn_zoo.Letters`.
        codec: `rnn_zoo.Phonemes`.

    Returns:
        A `GenerativeTask`: `{"source_ids": <int32>[batch, timesteps], "previous_ids": <int32>[batch, tokens]}`,
        right-padded with 0, to logits `<float32>[batch, tokens, phonemes + 4]`. `infer` answers strings, phonemes with
        spaces between them.

    Example:
        >>> task = rnn_zoo.pronunciation_gru.from_examples((["cab", "bac"], ["K AE B", "B AE K"]), units=8)
        >>> [len(answers) for answers in task.infer(["cab", "Baa"], top_k=3)]
        [3, 3]

    Source: Yao & Zweig, "Sequence-to-sequence neural net models for grapheme-to-phoneme conversion", Interspeech 2015;
    Toshniwal & Livescu, "Jointly learning to align and convert graphemes to phonemes with neural attention models", SLT
    2016.
    """
    return translation.build(
        preprocessor, codec, core=core, name=name, embedding_dim=embedding_dim, units=units, num_layers=num_layers,
        attention=attention, tied=False, embedding_dropout=embedding_dropout, dropout=dropout,
        scheduled_sampling=scheduled_sampling, splits_sentences=False,
    )  # fmt: skip


LEARN = {("preprocessor", "codec"): learn}
