"""Text to subwords: pieces of words learned from the training texts, so that no word is unknown."""

import base64
import functools
import io

import keras
import numpy as np

from rnn_zoo.preprocessors.text import Text, checked_texts
from rnn_zoo.preprocessors.vocabulary import NUM_SPECIAL_IDS, PADDING_ID, UNKNOWN_ID, pad_ids


@keras.saving.register_keras_serializable("rnn_zoo")
class Subwords:
    """SentencePiece subwords; needs the package sentencepiece.

    Args:
        model: a trained SentencePiece model, as `build_model` returns it: base64 text, kept in the Task's file.
        max_timesteps: longer texts are cut to this length; None keeps them whole.

    Raises:
        ValueError: for a model that is none, or whose first two symbols are not padding and unknown.
        ImportError: without sentencepiece.

    Example:
        >>> subwords = Subwords(Subwords.build_model(["a dog runs", "two dogs run", "a run"] * 5, size=20))
        >>> subwords.join(subwords.encode(["two dogs"])[0])
        'two dogs'

    Source: Sennrich, Haddow & Birch, "Neural machine translation of rare words with subword units", ACL 2016; Kudo &
    Richardson, "SentencePiece: a simple and language independent subword tokenizer and detokenizer", EMNLP 2018.
    """

    bucket_width = Text.bucket_width
    read_file = staticmethod(Text.read_file)

    def __init__(self, model, max_timesteps=None):
        self.model = model if isinstance(model, str) else base64.b64encode(model).decode("ascii")
        self.max_timesteps = max_timesteps
        if max_timesteps is not None and max_timesteps < 1:
            raise ValueError(f"max_timesteps must be positive or None. Received: max_timesteps={max_timesteps}")
        self._pieces = _processor(self.model)
        specials = [self._pieces.pad_id(), self._pieces.unk_id()]
        if specials != [PADDING_ID, UNKNOWN_ID]:
            raise ValueError(
                f"model must have padding at 0 and unknown at 1, as build_model makes it. Received: {specials}"
            )

    @classmethod
    def build_model(cls, texts, size, *, kind="bpe"):
        """Learn the pieces from the training texts.

        Args:
            texts: the training split, a list of strings; both languages together give a joint vocabulary.
            size: number of pieces, padding and unknown among them.
            kind: "bpe" merges the most frequent pairs, "unigram" keeps what a language model of pieces needs.

        Returns:
            The model as base64 text; the same for the same texts.

        Raises:
            ValueError: for texts that are no strings, or a size that they do not allow.
        """
        sentencepiece = _sentencepiece()
        written = io.BytesIO()
        try:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(checked_texts(texts)), model_writer=written, vocab_size=size, model_type=kind,
                pad_id=PADDING_ID, unk_id=UNKNOWN_ID, bos_id=-1, eos_id=-1, character_coverage=1.0, num_threads=1,
                minloglevel=2, hard_vocab_limit=False,
            )  # fmt: skip
        except (RuntimeError, OSError) as error:
            raise ValueError(f"sentencepiece could not learn {size} pieces from {len(texts)} texts: {error}") from error
        return base64.b64encode(written.getvalue()).decode("ascii")

    @property
    def vocabulary_size(self):
        """Number of ids, padding and unknown among them."""
        return self._pieces.get_piece_size()

    @property
    def symbols(self):
        """What every id stands for, `vocabulary_size` strings; a piece that begins a word has a ▁ before it."""
        return ["", "<unk>", *(self._pieces.id_to_piece(i) for i in range(NUM_SPECIAL_IDS, self.vocabulary_size))]

    def encode(self, texts):
        """Texts to ids, not padded yet.

        Args:
            texts: a list of strings.

        Returns:
            A list of `<int32>[timesteps]` arrays, none of them empty: a text without symbols is one unknown symbol.

        Raises:
            ValueError: for a bare string, or an element that is no string; the message gives its place.
        """
        found = self._pieces.encode(checked_texts(texts))
        return [np.array(ids[: self.max_timesteps] or [UNKNOWN_ID], "int32") for ids in found]

    def pad(self, encoded, timesteps=None):
        """Encoded texts to one tensor `<int32>[batch, timesteps]`, padded on the right with 0.

        Args:
            encoded: what `encode` returned, or a part of it.
            timesteps: width to pad to; None pads to the longest.
        """
        return pad_ids(encoded, timesteps)

    def __call__(self, texts):
        """Texts to one padded tensor: `pad(encode(texts))`."""
        return self.pad(self.encode(texts))

    def join(self, ids):
        """Ids back to text, padding left out.

        Args:
            ids: `<int>[timesteps]`.

        Returns:
            A string.
        """
        return self._pieces.decode([int(one) for one in ids if one != PADDING_ID])

    def get_config(self):
        """Arguments that rebuild the preprocessor, the model among them."""
        return {"model": self.model, "max_timesteps": self.max_timesteps}

    @classmethod
    def from_config(cls, config):
        """Rebuild from `get_config()`."""
        return cls(**config)


@functools.lru_cache(maxsize=8)
def _processor(model):
    pieces = _sentencepiece().SentencePieceProcessor()
    try:
        pieces.load_from_serialized_proto(base64.b64decode(model, validate=True))
    except (RuntimeError, ValueError) as error:
        raise ValueError(f"model must be what Subwords.build_model returns. Received: {model!r:.40}") from error
    return pieces


def _sentencepiece():
    try:
        import sentencepiece
    except ImportError as error:
        raise ImportError("Subwords need the package sentencepiece: pip install sentencepiece") from error
    return sentencepiece
