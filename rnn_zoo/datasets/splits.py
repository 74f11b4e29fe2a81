"""How examples are shared out: the few rules that all datasets follow. Nothing is ever shuffled."""

import collections
import hashlib
import inspect
import itertools

from rnn_zoo.checks import check_positive
from rnn_zoo.datasets.records import Examples

SPLITS = ("train", "validation", "test", "all_train")


def joined(*parts):
    """Examples one after the other."""
    return Examples(*([one for part in parts for one in part[column]] for column in range(2)))


def joined_splits(several):
    """The splits of several datasets, each one after the other."""
    return {name: joined(*(splits[name] for splits in several)) for name in SPLITS}


def part_by_part(read, cut):
    """The reader of a dataset whose files are its parts.

    `read(path, [subset])` gives what is in one of them, or yields its pairs; `cut(train, [validation], [test])` shares
    it out.
    """

    def read_splits(files, *subset):
        found = {part: read(path, *subset) for part, path in files.items()}
        return cut(**{part: Examples.of(one) if inspect.isgenerator(one) else one for part, one in found.items()})

    return read_splits


def with_all_train(parts, *, official_test):
    """Splits in their order, and "all_train": train and validation, and test too unless that is an official one."""
    names = ("train", "validation") if official_test else ("train", "validation", "test")
    ordered = {name: parts[name] for name in SPLITS[:3]}
    return {**ordered, "all_train": joined(*(parts[name] for name in names))}


def cut_splits(train, test=None):
    """Cut contiguous blocks from each class; neighbours stay together.

    Without an official test part train, validation and test are the first 80 %, the next 10 % and the last 10 % of each
    class; with one, train and validation are the first 90 % and the last 10 %. "all_train" is all labelled examples.
    """
    ends = {"train": 90, "validation": 100} if test else {"train": 80, "validation": 90, "test": 100}
    groups = collections.defaultdict(list)
    for index, label in enumerate(train.labels):
        groups[label].append(index)
    splits, start = {"test": test}, 0
    for name, end in ends.items():
        blocks = [
            positions[len(positions) * start // 100 : len(positions) * end // 100] for positions in groups.values()
        ]
        if not all(blocks):
            raise ValueError(
                f"There must be examples enough that no part of {name!r} is empty, 10 of a class at least. "
                f"Received: {len(train.labels)} examples"
            )
        splits[name] = train.take(sorted(itertools.chain(*blocks)))
        start = end
    return {**splits, "all_train": train}


def part_of(text):
    """The part of a text by its sha1, the same wherever it stands: see `cut_by_content`."""
    return {0: "test", 1: "validation"}.get(int(hashlib.sha1(text.encode()).hexdigest(), 16) // 5 % 10, "train")


def cut_by_content(train, test=None, *, content=None):
    """Cut examples by the sha1 of their text, so that equal ones never straddle parts, in whatever file they are.

    With d = (sha1 // 5) mod 10, sha1 being that of the UTF-8 text read as an integer, test has d = 0, validation d = 1,
    train the others. `content(raw, label)` gives the text that counts; None takes raw itself.
    """
    texts = train.raw if content is None else map(content, *train)
    return cut_by_part(train, [part_of(text) for text in texts], test)


def cut_by_part(labelled, names, test=None):
    """Share out examples by the name of each one's part, "train", "validation" or "test"; "all_train" is all.

    With an official test part what was meant for it goes to train.
    """
    splits = {**cut_by_group(labelled, names, {name: [name] for name in SPLITS[:3]}), "all_train": labelled}
    return {**splits, "train": joined(splits["train"], splits["test"]), "test": test} if test else splits


def cut_by_group(labelled, groups, parts):
    """Share out examples by the group that each belongs to, such as who speaks; parts has the groups of splits."""
    splits = {}
    for name, chosen in parts.items():
        chosen = set(chosen)
        splits[name] = labelled.take(index for index, group in enumerate(groups) if group in chosen)
        if not splits[name].raw:
            raise ValueError(f"There must be examples enough. Received: {len(labelled.raw)}, none of them for {name!r}")
    return splits


def cut_by_position(train, test=None):
    """Cut examples by their position: of every ten the ninth is validation, the tenth test; see `cut_by_part`."""
    names = ["train"] * 8 + ["validation", "test"]
    return cut_by_part(train, [names[index % 10] for index in range(len(train.raw))], test)


def cut_end(train, validation, test=None, *, held_out=None):
    """Splits of a dataset whose official test file may be missing; "all_train" is train and validation.

    Without it validation becomes test, and so many of the last examples of train as that has, or as are said, a tenth
    at most, become validation.
    """
    if test is None:
        test, share = validation, min(held_out or len(validation.raw), len(train.raw) // 10)
        if not share:
            raise ValueError(f"There must be 10 examples at least to learn from. Received: {len(train.raw)}")
        first = len(train.raw) - share
        train, validation = train.take(range(first)), train.take(range(first, first + share))
    return with_all_train({"train": train, "validation": validation, "test": test}, official_test=True)


def cut_by_document(train, validation, test=None, *, group=lambda document: None):
    """Splits of `Sentence`s with an official validation part.

    Without an official test part the last documents are cut off train, of each group so many that they hold a tenth of
    its sentences. "all_train" is all sentences but those of an official test part.
    """
    everything = [*train, *validation]
    if test is None:
        held_out = _last_documents(train, group)
        test = [sentence for sentence in train if sentence.document in held_out]
        train = [sentence for sentence in train if sentence.document not in held_out]
    return _as_examples({"train": train, "validation": validation, "test": test, "all_train": everything})


def cut_every_tenth(train, test=None):
    """Splits of `Sentence`s without official parts: of every ten documents the ninth is validation, the tenth test.

    With an official test part validation is every tenth. Sentences that come again, in another document too, are only
    where they come first, so that no two parts share one.
    """
    distinct = {}
    for one in train:
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


def cut_windows(series, rows, *, context, horizon, stride=1):
    """All examples whose future lies in some rows of a series `<float32>[timesteps, variables]`, as views.

    Histories are `[context, variables]`, futures `[horizon, variables]`. A history may reach back into the part before:
    what is known when a forecast is made is no leak.
    """
    check_positive(context=context, horizon=horizon, stride=stride)
    start, end = rows
    positions = range(max(start, context), end - horizon + 1, stride)
    return Examples(
        [series[start - context : start] for start in positions],
        [series[start : start + horizon] for start in positions],
    )


def cut_series(series, ends, *, context, horizon, stride=1, official_test=False):
    """Cut a series into parts that end where ends says, positions or shares, and each part into examples.

    The stride is that of what is trained on; elsewhere every timestep has an example. "all_train" leaves out an
    official test part.
    """
    ends = [int(end * len(series)) if isinstance(end, float) else end for end in ends]
    splits, start, lengths = {}, 0, {"context": context, "horizon": horizon}
    for name, end in zip(SPLITS[:3], ends, strict=True):
        splits[name] = cut_windows(series, (start, end), **lengths, stride=stride if name == "train" else 1)
        if not splits[name].raw:
            raise ValueError(
                f"every part of a series must be long enough for a history and what followed. Received: rows {start} "
                f"to {end} for {name!r}, {context=}, {horizon=}"
            )
        start = end
    last = ends[1] if official_test else ends[2]
    return {**splits, "all_train": cut_windows(series, (0, last), **lengths, stride=stride)}
