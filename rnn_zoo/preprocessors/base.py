"""What all preprocessors share, and the one check that a list of raw examples is one."""

import inspect
import warnings
from pathlib import Path

import numpy as np

from rnn_zoo.streams import Column


class Rebuilt:
    """Keeps every argument as an attribute of the same name: together they are its configuration."""

    def get_config(self):
        """Arguments that rebuild it, what it learned among them."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    @classmethod
    def from_config(cls, config):
        """Rebuild from `get_config()`."""
        return cls(**config)


class Preprocessor(Rebuilt):
    """Raw examples in, right-padded arrays out."""

    bucket_width = 1
    """Batches are as wide as the next multiple of this many timesteps; 1 where all examples are of one length."""

    plural, singular = "examples", "example"
    """What errors call the raw examples."""

    emptiness = None
    """What a warning calls an example that says nothing; None for texts, which it quotes."""

    needs_whole = "it reads whole examples"
    """Why examples cannot be encoded piece by piece; None if they can, by `encode_piece`."""

    @classmethod
    def from_examples(cls, raw, **settings):
        """A preprocessor for some training examples: it learns from them what it must know.

        Args:
            raw: training examples, as `encode` takes them; not looked at where there is nothing to learn.
            **settings: arguments of the class; what is given is not learned.
        """
        return cls(**settings)

    def is_single(self, raw):
        """Whether raw is one example by itself, and no list of several."""
        return isinstance(raw, (str, bytes, Path))

    def encode(self, raw):
        """Raw examples to arrays, not padded yet: the slow part, done once for a dataset and not each epoch.

        Args:
            raw: a list of examples; the class says what an example is.

        Returns:
            A list of `[timesteps, ...]`, or of what `pad` takes and `len` gives the timesteps of; none are empty.

        Raises:
            ValueError: for a single example instead of a list, or what is no example; the message gives the position.
            FileNotFoundError: for a path that does not exist.
        """
        return [self._encode_one(one, f"{self.plural}[{index}]") for index, one in enumerate(self.listed(raw))]

    def encode_piece(self, piece, held, place, *, last=False):
        """What a piece of an example adds to the pieces before it; only where `needs_whole` is None.

        Args:
            piece: what comes next of a raw example; the class says what that is.
            held: of the pieces before; None at first.
            place: what to call the piece in an error.
            last: nothing follows, and no piece but what was held is left.

        Returns:
            The timesteps that are settled now, `[timesteps, ...]`, maybe none, as `encode` gives them; and what is
            held: what later pieces may still change, and what they need.
        """
        raise NotImplementedError

    def pad(self, encoded, timesteps=None):
        """Encoded examples to one array; here ids, `<int32>[batch, timesteps]`.

        Args:
            encoded: what `encode` returned, or a part of it.
            timesteps: width to pad to; None pads to the longest.

        Returns:
            An array, or a dictionary of arrays, padded on the right with 0; the class says of which shape.
        """
        return padded(encoded, timesteps)

    def __call__(self, raw):
        """Raw examples to padded arrays: `pad(encode(raw))`."""
        return self.pad(self.encode(raw))

    def knows(self, encoded):
        """Whether an encoded example says anything: of a text, whether any of it is known."""
        return True

    def unknown_share(self, raw):
        """The share of the words, or other tokens, of each raw example that are unknown; None for those of no tokens.

        It is a list of floats in [0, 1]; what has no token counts as unknown.
        """
        return None

    @staticmethod
    def from_line(line):
        """A raw example from a line of text."""
        return line

    @classmethod
    def read_file(cls, path):
        """The raw examples of a file: here one, its path, which `encode` reads."""
        return [str(path)]

    def listed(self, raw):
        """Raw examples as a list; what is none is refused, see `rnn_zoo.preprocessors.base.listed`."""
        return listed(raw, self.plural, self.singular, self.is_single)


def listed(raw, plural, singular, is_single=lambda raw: isinstance(raw, (str, bytes, Path))):
    """Raw examples as a list, after making sure that there may be several of them, in an order.

    A column of a stream stays one: it is gone through, and never held.
    """
    if isinstance(raw, Column):
        return raw
    remedy = received = None
    if is_single(raw) or not hasattr(raw, "__iter__") or getattr(raw, "ndim", 1) == 0:
        remedy = f"write [{singular}] for a single one"
    elif isinstance(raw, dict):
        remedy, received = _one_of("entry", "data", raw, singular), f"a dictionary of {list(raw)}"
    elif isinstance(raw, (set, frozenset)):
        remedy, received = "a set has no order", f"a set of {len(raw)}"
    elif (columns := columns_of(raw)) is not None:
        remedy, received = (_one_of("column", "frame", columns, singular), f"a table of {columns}")
    if remedy:
        raise ValueError(f"{plural} must be a list: {remedy}. Received: {received or repr(raw)[:60]}")
    return raw.to_pylist() if hasattr(raw, "to_pylist") else list(raw)


def warn_of_unknown(raw, encoded, preprocessor, answers=None):
    """Warn of the first example of which the preprocessor knows nothing; of a blank text if something is answered."""
    for index, (one, ids) in enumerate(zip(raw, encoded, strict=True)):
        is_read = not isinstance(one, str) or one.strip() or (answers and answers[index])
        if is_read and not preprocessor.knows(ids):
            what = f"nothing of {one!r:.60}"
            if preprocessor.emptiness:
                what = f"nothing of {preprocessor.plural}[{index}], which is {preprocessor.emptiness}"
            elif isinstance(one, str) and one.isupper() and preprocessor.knows(preprocessor.encode([one.lower()])[0]):
                what = f"the words of {one!r:.60} in small letters alone"
            warnings.warn(f"The model knows {what}, and guesses.", stacklevel=4)
            return


def columns_of(table):
    """Names of the columns of a data frame of pandas or polars, a table of pyarrow or Hugging Face; None for others."""
    names = getattr(table, "column_names", None)  # of pyarrow and datasets, whose `columns` are no names
    names = getattr(table, "columns", None) if names is None else names
    return None if names is None or callable(names) else [str(name) for name in names]


def _one_of(kind, variable, names, singular):
    return f"give one {kind}, {variable}[{singular if singular in names else next(iter(names), singular)!r}]"


def padded(sequences, timesteps=None, shape=(), dtype="int32", padding=0):
    """Sequences `[timesteps, *shape]` in one array, padded on the right; None for timesteps: to the longest."""
    rows = np.full((len(sequences), timesteps or max([1, *map(len, sequences)]), *shape), padding, dtype)
    for row, one in zip(rows, sequences, strict=True):
        row[: len(one)] = one
    return rows


def pad_frames(encoded, timesteps, shape, dtype):
    """Sequences of frames to `{"frames": [batch, timesteps, *shape], "lengths": <int32>[batch]}`."""
    lengths = np.array([len(example) for example in encoded], "int32")
    return {"frames": padded(encoded, timesteps, shape, dtype), "lengths": lengths}


def first_of(raw, plural):
    """The first example of a list; there must be one."""
    if not raw:
        raise ValueError(f"{plural} must hold at least one example. Received: an empty list")
    return raw[0]


def number_of_axes(values):
    """Axes of an array, or of nested lists by their first elements; 0 for what holds no numbers."""
    depth = 0
    while isinstance(values, (list, tuple)) and len(values):
        values, depth = values[0], depth + 1
    is_number = isinstance(values, (int, float)) or getattr(getattr(values, "dtype", None), "kind", "O") in "biuf"
    return depth + getattr(values, "ndim", 0) if is_number else 0
