"""Examples that are larger than memory: whatever they come from, one kind of stream, read anew for every pass."""

import contextlib
import copy
import functools
import itertools
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from rnn_zoo.encoding import by_workers, named_by_place, pieces_of
from rnn_zoo.formats.rows import READERS, ending_of, row_of_record, stream_rows, text_of

FEW = 64
"""First examples of a stream that show what is learned of all."""


class Stream:
    """Examples that are read one after another, anew for every pass, and never all held.

    `rnn_zoo.batches`, `fit`, `evaluate` and `from_examples` take one where they take raw examples and labels.

    Args:
        source: what gives pairs `(raw, label)`, or rows with named columns, and can be started again: a
            `tf.data.Dataset` of single examples, such as a split of TensorFlow Datasets; a list, a dataset of Hugging
            Face, a data source or a dataset of Grain, or another object that is iterated anew each time; a function
            without arguments that gives a new iterator at every call; or files of rows, `.csv`, `.tsv`, `.jsonl`
            (packed if `.gz` or `.xz` follows), `.parquet` or `.array_record`: a path, a folder, a pattern such as
            "reviews/*.csv", or a list of paths.
        columns: the names of the columns with raw examples and labels, where the source has rows.
        workers: processes that `from_examples` learns in; 0 for this one. Files are read there, too.

    Raises:
        ValueError: for what cannot be started again, an iterator or a generator, or is no source of examples.
        FileNotFoundError: if there is no such file.

    Example:
        >>> def reviews():
        ...     for number in range(1000):
        ...         yield ("A great film.", "positive") if number % 2 else ("Dull.", "negative")
        >>> task = rnn_zoo.sentiment_gru.from_examples(rnn_zoo.Stream(reviews), units=4)
        >>> history = task.fit(rnn_zoo.Stream(reviews), steps_per_epoch=2, verbose=0)
    """

    def __init__(self, source, *, columns=("text", "label"), workers=0):
        self.source, self.workers, self._shard = source, workers, (0, 1)
        self.columns = tuple(columns)
        self._read = self._counted = None
        self.files = _files_of(source)
        if isinstance(columns, str) or len(self.columns) != 2:
            raise ValueError(f"columns must be two names, of raw examples and labels. Received: {columns=}")
        if hasattr(source, "__next__"):
            raise ValueError(
                "a stream must be one that can be started again, for the next pass: give the function that makes the "
                f"iterator, or a list. Received: {source!r:.80}"
            )
        if not self.files and not (callable(source) or hasattr(source, "__iter__") or hasattr(source, "__getitem__")):
            raise ValueError(f"a stream must be made of what gives examples. Received: {source!r:.80}")

    @property
    def num_examples(self):
        """How many examples a pass has; None where only reading them would tell, see `count`."""
        if self._counted is not None:
            return self._counted
        index, count = self._shard
        if count > 1:
            return len(range(index, len(self.source), count)) if _has_places(self.source) and not self.files else None
        if hasattr(self.source, "cardinality"):
            return size if (size := int(self.source.cardinality())) >= 0 else None
        return len(self.source) if not self.files and hasattr(self.source, "__len__") else None

    def count(self):
        """How many examples a pass has, for which one is read if none was yet; `num_examples` from then on."""
        if self.num_examples is None:
            self._counted = sum(1 for _ in self.read()) if self._read is None else self._read
        return self.num_examples

    def shard(self, index, count):
        """One of so many streams with a part of the examples each: files of its own, or else every so-many-th row."""
        shard = copy.copy(self)
        shard._shard, shard._read, shard._counted = (index, count), None, None
        return shard

    def read(self, rng=None, buffer_size=0):
        """One pass.

        Args:
            rng: a NumPy generator that draws the order of several files, and of what is found by its place, such as the
                rows of a list or of Hugging Face; None keeps files in the order of their names, others as they are.
            buffer_size: so many examples will be shuffled together: no more by their place are left in their order.

        Yields:
            `(place, raw, label)`, place being what to call the example in an error.

        Raises:
            ValueError: for an element that is neither a pair nor a row with the columns, with its place, or no
                examples; for damaged files.
        """
        count = 0
        for place, element in self._elements(rng, buffer_size):
            count += 1
            yield place, *self._pair(place, element)
        self._read = count
        if not count and self._shard == (0, 1):
            raise ValueError(
                "a stream must give examples each time that it is started: a function must make a new iterator at "
                f"every call. Received: none from {self.source!r:.80}"
            )

    def take(self, num_examples):
        """The first examples, so many at most, in memory: `(raw, labels)`, two lists, as `from_examples` takes them."""
        pairs = [(raw, label) for _, raw, label in itertools.islice(self.read(), num_examples)]
        return [raw for raw, _ in pairs], [label for _, label in pairs]

    def summed(self, summaries):
        """What each of some summaries, by `(index of the column, ...)`, is after it took in that: one pass for all."""
        sum_up = functools.partial(_sum_up, summaries)
        if self.workers:
            items = map(self.shard, range(self.workers), [self.workers] * self.workers) if self.files else None
            found = by_workers(sum_up, items or pieces_of(self.read(), 1024), self.workers)
        else:
            found = [sum_up(self)]
        (self._read, sums), *others = found
        for count, more in others:
            self._read += count
            for key, one in more.items():
                sums[key].merge(one)
        return sums

    def _elements(self, rng, buffer_size):
        index, count = self._shard
        if self.files:
            order = range(len(self.files)) if rng is None else rng.permutation(len(self.files))
            if len(self.files) >= count:
                order, index, count = order[index::count], 0, 1
            rows = itertools.chain.from_iterable(stream_rows(self.files[one], self.columns) for one in order)
            yield from itertools.islice(rows, index, None, count)
            return
        source, numbers = self.source, itertools.count()
        if _has_places(source) and (not hasattr(source, "__iter__") or (rng is not None and len(source) > buffer_size)):
            numbers = range(len(source)) if rng is None else rng.permutation(len(source)).tolist()
            numbers, index, count = numbers[index::count], 0, 1
            source = map(source.__getitem__, numbers)
        elif hasattr(source, "as_numpy_iterator"):
            source = source.as_numpy_iterator()
        elif _is_function(source):
            source = source()
        for number, element in itertools.islice(zip(numbers, source, strict=False), index, None, count):
            place = f"example {number} of the stream"
            yield place, row_of_record(element, place) if isinstance(element, bytes) else _plain(element)

    def _pair(self, place, element):
        if isinstance(element, Mapping):
            if missing := [name for name in self.columns if name not in element]:
                raise ValueError(
                    f"{place} must have the columns {list(self.columns)}, or name its own: Stream(source, "
                    f"columns=(raw, label)). Received: {list(element)}, without {missing[0]!r}"
                )
            element = [element[name] for name in self.columns]
        if not isinstance(element, (tuple, list)) or len(element) != 2:
            raise ValueError(f"{place} must be a pair (raw, label), or a row with columns. Received: {element!r:.80}")
        return element


def _sum_up(summaries, examples):
    """The number of examples of a stream, or of a list, and their summaries."""
    count, sums = 0, copy.deepcopy(summaries)
    for piece in pieces_of(examples.read() if isinstance(examples, Stream) else iter(examples)):
        count += len(piece)
        for key, summary in sums.items():
            named_by_place(lambda part, key=key, one=summary: one.update([row[1 + key[0]] for row in part]), piece)
    for summary in sums.values():
        summary.finish()
    return count, sums


class Column:
    """The raw examples (index 0) or the labels (1) of a stream, to be gone through once or more, and never held."""

    def __init__(self, stream, index, found):
        self.stream, self.index, self._found = stream, index, found

    def summed(self, summary):
        """A summary of all of it, see `rnn_zoo.summaries`."""
        import cloudpickle

        key = self.index, cloudpickle.dumps(summary)
        if key not in self._found:
            self._found |= self.stream.summed({key: summary})
        return self._found[key]

    def __iter__(self):
        return (example[1 + self.index] for example in self.stream.read())

    def __bool__(self):
        return True

    def __len__(self):  # what makes a list of it asks for this first
        raise ValueError(
            "This is learned from examples in memory. Give as many as tell enough: from_examples(stream.take(100_000))"
        )

    def __getitem__(self, place):
        """The first example; of others nothing is known before they come."""
        return next(iter(self)) if isinstance(place, int) and place == 0 else len(self)


def columns_of(stream, learn):
    """The columns of a stream, a list, with all summaries of them that a function asks for found in one pass.

    Which these are it says of the first examples; what it asks for beyond them takes a pass each.
    """
    import cloudpickle

    few, asked = Stream(list(zip(*stream.take(FEW), strict=True))), {}
    with contextlib.suppress(ValueError):  # few examples may tell too little; what else is wrong is so with all
        learn([Column(few, index, asked) for index in range(2)])
    found = stream.summed({key: cloudpickle.loads(key[1]) for key in asked}) if asked else {}
    return [Column(stream, index, found) for index in range(2)]


def is_source(examples):
    """Whether something in place of raw examples is, or stands for, a `Stream` of pairs of them and their labels."""
    has_rows = hasattr(examples, "column_names") and hasattr(examples, "features")  # of Hugging Face
    has_rows |= type(examples).__module__.startswith(("grain.", "array_record."))
    is_file = isinstance(examples, Path) and (examples.is_dir() or ending_of(examples) in READERS)
    is_stream = isinstance(examples, Stream) or hasattr(examples, "element_spec")
    return is_stream or is_file or has_rows or _is_function(examples)


def stream_of(source):
    """A source as a `Stream`."""
    return source if isinstance(source, Stream) else Stream(source)


def holds_examples(dataset):
    """Whether a `tf.data.Dataset` is one of single examples, by a scalar among them, and not of batches."""
    found = [dataset.element_spec]
    while found:
        one = found.pop()
        if isinstance(one, (Mapping, tuple, list)):
            found.extend(one.values() if isinstance(one, Mapping) else one)
        elif getattr(one, "shape", None) is not None and one.shape.rank == 0:
            return True
    return False


def _has_places(source):
    return hasattr(source, "__len__") and hasattr(source, "__getitem__")


def _is_function(source):
    return callable(source) and (isinstance(source, type) or not hasattr(source, "__iter__"))


def _files_of(source):
    """The paths that a source names, in order; empty if it names none."""
    paths = source if isinstance(source, (list, tuple)) else [source]
    if not paths or not all(isinstance(path, (str, Path)) for path in paths):
        return []
    found = []
    for path in map(Path, paths):
        if path.is_dir():
            found += sorted(one for one in path.iterdir() if ending_of(one) in READERS)
        elif path.is_file():
            found.append(path)
        else:
            found += sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor)))) if "*" in str(path) else []
    if not found or (len(paths) > 1 and len(found) < len(paths)):
        missing = next((path for path in paths if not Path(path).exists()), paths[0])
        raise FileNotFoundError(f"A path must name files that end in {list(READERS)}. Received: {str(missing)!r}")
    return found


def _plain(value):
    """What a source gives, in Python's own types where it is no array of numbers; bytes that are text as text."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if isinstance(value, np.ndarray):
        return [_plain(one) for one in value] if value.dtype == object else value
    return value.item() if isinstance(value, np.generic) else text_of(value)
