"""How examples are shared out: the few rules that all datasets follow. Nothing is ever shuffled."""

import collections
import hashlib
import itertools

from rnn_zoo.datasets.records import Examples

SPLITS = ("train", "validation", "test", "all_train")


def joined(*parts):
    """Examples one after the other."""
    return Examples(*([one for part in parts for one in part[column]] for column in range(2)))


def with_all_train(parts, *, official_test):
    """Splits in their order, and "all_train": train and validation, and test too unless that is an official one."""
    names = ("train", "validation") if official_test else ("train", "validation", "test")
    ordered = {name: parts[name] for name in SPLITS[:3]}
    return {**ordered, "all_train": joined(*(parts[name] for name in names))}


def cut_splits(labelled, official_test=None):
    """Cut contiguous blocks from each class; neighbours stay together.

    Args:
        labelled: all `Examples` that may be trained on.
        official_test: the `Examples` of an official test half; None cuts a test split too.

    Returns:
        A dictionary of `Examples`. Without a test half train, validation and test are the first 80 %, the next 10 %
        and the last 10 % of each class; with one, train and validation are the first 90 % and the last 10 %.
        "all_train" is all labelled examples.

    Raises:
        ValueError: for so few examples that a split would be empty.
    """
    ends = {"train": 90, "validation": 100} if official_test else {"train": 80, "validation": 90, "test": 100}
    groups = collections.defaultdict(list)
    for index, label in enumerate(labelled.labels):
        groups[label].append(index)
    splits, start = {"test": official_test}, 0
    for name, end in ends.items():
        blocks = [
            positions[len(positions) * start // 100 : len(positions) * end // 100] for positions in groups.values()
        ]
        if not all(blocks):
            raise ValueError(
                f"There must be examples enough that no part of {name!r} is empty, 10 of a class at least. "
                f"Received: {len(labelled.labels)} examples"
            )
        splits[name] = labelled.take(sorted(itertools.chain(*blocks)))
        start = end
    return {**splits, "all_train": labelled}


def cut_by_content(labelled, content=None):
    """Cut examples by the sha1 of their text, so that equal ones never straddle parts, in whatever file they are.

    Args:
        labelled: all `Examples` that may be trained on.
        content: `content(raw, label)` gives the text of an example that counts; None takes raw itself, a string.

    Returns:
        A dictionary of `Examples`, each in the order of labelled. With d = (sha1 // 5) mod 10, where sha1 is that of
        the UTF-8 text read as an integer, test has d = 0, validation d = 1, train the others: about 10 %, 10 % and 80
        %. "all_train" is all labelled examples.

    Raises:
        ValueError: for so few examples that a split is empty.
    """
    texts = labelled.raw if content is None else map(content, *labelled)
    names = [{0: "test", 1: "validation"}.get(digit_of(text), "train") for text in texts]
    return cut_by_part(labelled, names)


def digit_of(text):
    """A digit from 0 to 9 by the sha1 of a text: the same wherever the text stands, see `cut_by_content`."""
    return int(hashlib.sha1(text.encode()).hexdigest(), 16) // 5 % 10


def cut_by_part(labelled, names):
    """Share out examples whose parts are known.

    Args:
        labelled: `Examples`.
        names: of each one's part: "train", "validation" or "test".

    Returns:
        A dictionary of `Examples`. "all_train" is all labelled examples.

    Raises:
        ValueError: if a split is empty.
    """
    return {**cut_by_group(labelled, names, {name: [name] for name in SPLITS[:3]}), "all_train": labelled}


def cut_by_group(labelled, groups, parts):
    """Share out examples by the group that each belongs to, such as who speaks.

    Args:
        labelled: `Examples`.
        groups: of each one.
        parts: from names of splits to the groups that are in them.

    Returns:
        A dictionary of `Examples`.

    Raises:
        ValueError: if a split is empty.
    """
    splits = {}
    for name, chosen in parts.items():
        chosen = set(chosen)
        splits[name] = labelled.take(index for index, group in enumerate(groups) if group in chosen)
        if not splits[name].raw:
            raise ValueError(f"There must be examples enough. Received: {len(labelled.raw)}, none of them for {name!r}")
    return splits


def cut_by_position(labelled):
    """Cut examples by their position: of every ten the ninth is validation, the tenth test; see `cut_by_part`."""
    names = ["train"] * 8 + ["validation", "test"]
    return cut_by_part(labelled, [names[index % 10] for index in range(len(labelled.raw))])


def with_official_test(splits, test):
    """Splits whose test part is an official one, unless that is None: what was cut for it goes to train."""
    return {**splits, "train": joined(splits["train"], splits["test"]), "test": test} if test else splits


def cut_end(parts, held_out):
    """Splits of a dataset whose official test file may be missing.

    Args:
        parts: `Examples` of "train", "validation" and maybe "test".
        held_out: without a test part, validation becomes test, and so many of the last examples of train, but a tenth
            at most, become validation.

    Returns:
        A dictionary of `Examples`; "all_train" is train and validation.

    Raises:
        ValueError: for less than 10 examples to train on.
    """
    if "test" not in parts:
        train, share = parts["train"], min(held_out, len(parts["train"].raw) // 10)
        if not share:
            raise ValueError(f"There must be 10 examples at least to learn from. Received: {len(train.raw)}")
        first = len(train.raw) - share
        train, validation = train.take(range(first)), train.take(range(first, first + share))
        parts = {"train": train, "validation": validation, "test": parts["validation"]}
    return with_all_train(parts, official_test=True)


def cut_by_document(train, validation, test=None, *, group=lambda document: None):
    """Splits of a dataset of sentences with an official validation part.

    Args:
        train: `rnn_zoo.formats.conll.Sentence`s of the official train part.
        validation: those of the official validation part.
        test: those of the official test part; None cuts the last documents off train, of each group so many that they
            hold a tenth of its sentences.
        group: from the name of a document to the group that it is cut within.

    Returns:
        A dictionary of `Examples` with lists of tokens and lists of tags. "all_train" is all sentences but those of an
        official test part.

    Raises:
        ValueError: for documents so few or so long that none can be cut.
    """
    everything = [*train, *validation]
    if test is None:
        held_out = _last_documents(train, group)
        test = [sentence for sentence in train if sentence.document in held_out]
        train = [sentence for sentence in train if sentence.document not in held_out]
    return _as_examples({"train": train, "validation": validation, "test": test, "all_train": everything})


def cut_every_tenth(sentences, test=None):
    """Splits of sentences without official parts: of every ten documents the ninth is validation, the tenth test.

    Args:
        sentences: `rnn_zoo.formats.conll.Sentence`s.
        test: those of an official test part; validation is then every tenth document of sentences.

    Returns:
        A dictionary of `Examples` as `cut_by_document` gives it. Sentences that come again, in another document too,
        are only where they come first, so that no two parts share one.

    Raises:
        ValueError: for fewer than ten documents.
    """
    distinct = {}
    for one in sentences:
        distinct.setdefault(tuple(one.tokens), one)
    sentences = list(distinct.values())
    documents = list(dict.fromkeys(one.document for one in sentences))
    if len(documents) < 10:
        raise ValueError(f"There must be ten documents or more to cut. Received: {len(documents)}")
    names = ["train"] * 9 + ["validation"] if test is not None else ["train"] * 8 + ["validation", "test"]
    part_of = {document: names[index % 10] for index, document in enumerate(documents)}
    held_out = {tuple(one.tokens) for one in test or ()}
    sentences = [one for one in sentences if tuple(one.tokens) not in held_out]
    parts = {name: [one for one in sentences if part_of[one.document] == name] for name in names}
    return _as_examples({"test": test, **parts, "all_train": sentences})


def _as_examples(parts):
    return {name: Examples.of((one.tokens, one.tags) for one in part) for name, part in parts.items()}


def _last_documents(sentences, group):
    groups = collections.defaultdict(collections.Counter)
    for sentence in sentences:
        groups[group(sentence.document)][sentence.document] += 1
    held_out = set()
    for sizes in groups.values():
        room = sum(sizes.values()) // 10
        for document in reversed(sizes):
            room -= sizes[document]
            if room < 0:
                break
            held_out.add(document)
    if not held_out:
        raise ValueError(
            "There must be a test file, or documents enough to cut a tenth of the sentences off train. "
            f"Received: {len(sentences)} sentences"
        )
    return held_out


def cut_windows(series, rows, *, context, horizon, stride=1, columns=None):
    """All examples whose future lies in a part of a series.

    A history may reach back into the part before: what is known when a forecast is made is no leak.

    Args:
        series: `<float32>[timesteps, variables]`.
        rows: `(start, end)`: the part, as positions in the series.
        context: timesteps of a history.
        horizon: timesteps of a future.
        stride: timesteps from one example to the next.
        columns: a slice of the variables that futures are made of; None for all.

    Returns:
        `Examples` of views of the series, not of copies: histories `[context, variables]` and futures `[horizon,
        targets]`.

    Raises:
        ValueError: for settings that are not positive.

    Example:
        >>> series = np.arange(8.0)[:, None]
        >>> found = cut_windows(series, (5, 8), context=3, horizon=2)
        >>> [history.ravel().tolist() for history in found.raw], found.labels[1].ravel().tolist()
        ([[2.0, 3.0, 4.0], [3.0, 4.0, 5.0]], [6.0, 7.0])
    """
    if min(context, horizon, stride) < 1:
        raise ValueError(f"context, horizon and stride must be positive. Received: {context=}, {horizon=}, {stride=}")
    start, end = rows
    columns = slice(None) if columns is None else columns
    positions = range(max(start, context), end - horizon + 1, stride)
    return Examples(
        [series[start - context : start] for start in positions],
        [series[start : start + horizon, columns] for start in positions],
    )


def cut_series(series, ends, *, context, horizon, stride=1, official_test=False):
    """Cut a series into parts that follow one another, and each part into examples.

    Args:
        series: `<float32>[timesteps, variables]`.
        ends: where train, validation and test end: positions in the series, or shares of it.
        context: timesteps of a history.
        horizon: timesteps of a future.
        stride: timesteps from one example to the next of what is trained on; elsewhere every timestep has one.
        official_test: whether the test part is one that others measure on too: then "all_train" leaves it out.

    Returns:
        A dictionary of `Examples`, see `cut_windows`.

    Raises:
        ValueError: if a part is too short for an example.
    """
    ends = [int(end * len(series)) if isinstance(end, float) else end for end in ends]
    splits, start, lengths = {}, 0, {"context": context, "horizon": horizon}
    for name, end in zip(SPLITS[:3], ends, strict=True):
        splits[name] = cut_windows(series, (start, end), **lengths, stride=stride if name == "train" else 1)
        if not splits[name].raw:
            raise ValueError(
                f"every part of a series must be long enough for a history and what followed. Received: rows {start} "
                f"to {end} for {name!r}, context={context}, horizon={horizon}"
            )
        start = end
    last = ends[1] if official_test else ends[2]
    return {**splits, "all_train": cut_windows(series, (0, last), **lengths, stride=stride)}
