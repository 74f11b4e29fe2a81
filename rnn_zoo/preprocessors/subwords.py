"""Text to subwords: pieces of words learned from the training texts, so that no word is unknown."""

import base64
import functools
import io

import numpy as np

from rnn_zoo.checks import check_positive
from rnn_zoo.preprocessors.base import Preprocessor
from rnn_zoo.preprocessors.text import Text, each_text
from rnn_zoo.preprocessors.vocabulary import (
    NUM_SPECIAL_IDS,
    PADDING_ID,
    UNKNOWN_ID,
    share_of,
    size_without_specials,
)
from rnn_zoo.streams import Column
from rnn_zoo.summaries import Sample, summed

MOST_TEXTS = 100_000
"""Texts of a stream that pieces are learned from."""
LONGEST_LINE = 2**20
"""Bytes of a line that pieces are learned from."""


class Subwords(Preprocessor):
    """SentencePiece subwords: strings to ids `<int32>[batch, timesteps]`.

    Args:
        model: a trained SentencePiece model, as bytes or base64 text, in which it is kept; `from_examples` trains one.
        max_timesteps: longer texts are cut to this length; None keeps them whole.

    Example:
        >>> subwords = Subwords.from_examples(["a dog runs", "two dogs run", "a run"] * 5, vocabulary_size=20)
        >>> subwords.join(subwords.encode(["two dogs"])[0])
        'two dogs'

    Source: Sennrich, Haddow & Birch, "Neural machine translation of rare words with subword units", ACL 2016; Kudo &
    Richardson, "SentencePiece: a simple and language independent subword tokenizer and detokenizer", EMNLP 2018.
    """

    bucket_width = Text.bucket_width
    plural, singular = Text.plural, Text.singular

    def __init__(self, model, max_timesteps: int | None = None):
        self.model = model if isinstance(model, str) else base64.b64encode(model).decode("ascii")
        self.max_timesteps = max_timesteps
        check_positive(max_timesteps=max_timesteps)
        self._pieces = _processor(self.model)
        specials = [self._pieces.pad_id(), self._pieces.unk_id()]
        if specials != [PADDING_ID, UNKNOWN_ID]:
            raise ValueError(
                f"model must have padding at 0 and unknown at 1, as from_examples makes it. Received: {specials}"
            )

    @classmethod
    def from_examples(cls, raw, *, vocabulary_size=4_000, kind="bpe", character_coverage=1.0, **settings):
        """A preprocessor that learned its pieces from training texts; the same for the same texts.

        Args:
            raw: the training split, a list of strings; both languages together give a joint vocabulary. Of a column of
                a stream no more than 100,000 different texts are drawn, the same each time.
            vocabulary_size: number of pieces, padding and unknown among them.
            kind: "bpe" merges the most frequent pairs, "unigram" keeps what a language model of pieces needs.
            character_coverage: share of the characters of the texts that have a piece of their own, in [0.98, 1], the
                most frequent ones; others are unknown.
            **settings: the other arguments of the class.
        """
        import sentencepiece

        written = io.BytesIO()
        texts = summed(raw, Sample(MOST_TEXTS)).texts.values() if isinstance(raw, Column) else each_text(raw)
        size_without_specials(vocabulary_size)
        if not 0.98 <= character_coverage <= 1:  # what SentencePiece takes
            raise ValueError(f"character_coverage must be in [0.98, 1]. Received: {character_coverage=}")
        lines = (line for text in texts for line in text.splitlines() if line)  # SentencePiece leaves long texts out
        try:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=lines, model_writer=written, vocab_size=vocabulary_size, model_type=kind,
                pad_id=PADDING_ID, unk_id=UNKNOWN_ID, bos_id=-1, eos_id=-1, character_coverage=character_coverage,
                num_threads=1, minloglevel=2, hard_vocab_limit=False, max_sentence_length=LONGEST_LINE,
            )  # fmt: skip
        except (RuntimeError, OSError) as error:
            raise ValueError(
                f"sentencepiece could not learn {vocabulary_size} pieces from these texts: {error}"
            ) from error
        return cls(written.getvalue(), **settings)

    @property
    def vocabulary_size(self):
        """Number of ids, padding and unknown among them."""
        return self._pieces.get_piece_size()

    @property
    def tokens(self):
        """What every id stands for, `vocabulary_size` strings; a piece that begins a word has a ▁ before it."""
        return ["", "<unk>", *(self._pieces.id_to_piece(i) for i in range(NUM_SPECIAL_IDS, self.vocabulary_size))]

    def encode(self, raw):
        found = self._pieces.encode(list(each_text(raw)))
        return [np.array(ids[: self.max_timesteps] or [UNKNOWN_ID], "int32") for ids in found]

    def join(self, ids):
        """Ids `<int>[timesteps]` back to text, padding left out."""
        return self._pieces.decode([int(one) for one in ids if one != PADDING_ID])

    def knows(self, encoded):
        text = self.join(encoded).replace(_WRITTEN_UNKNOWN, _PRIVATE)
        return self.unknown_share([text])[0] < (0.5 if text.isupper() else 1)

    def unknown_share(self, raw):
        """Unknown are words with an unknown piece, of three or more letters spelled one by one, and some capitals.

        Those are words in capitals that take twice the pieces of small ones.
        """
        return [share_of(text.split(), self._is_unknown) for text in each_text(raw)]

    def _is_unknown(self, word):
        ids = self._pieces.encode(word)
        if UNKNOWN_ID in ids or (word.isupper() and len(ids) >= 2 * len(self._pieces.encode(word.lower()))):
            return True
        is_spelled = all(len(self._pieces.id_to_piece(one).lstrip("▁")) <= 1 for one in ids)
        return is_spelled and sum(letter.isascii() and letter.isalpha() for letter in word) >= 3

    read_file = Text.read_file


_WRITTEN_UNKNOWN, _PRIVATE = " \u2047 ", "\ue000"
"""How an unknown piece is written, which reads as question marks, and a character that no vocabulary holds."""


@functools.lru_cache(maxsize=8)
def _processor(model):
    import sentencepiece

    pieces = sentencepiece.SentencePieceProcessor()
    try:
        pieces.load_from_serialized_proto(base64.b64decode(model, validate=True))
    except (RuntimeError, ValueError) as error:
        raise ValueError(f"model must be one of SentencePiece, in base64. Received: {model!r:.40}") from error
    return pieces
