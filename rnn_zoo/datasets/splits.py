"""How examples are shared out: the few rules that all datasets follow. Nothing is ever shuffled."""

import collections
import hashlib
import itertools

from rnn_zoo.checks import check_positive
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

    Without an official test half train, validation and test are the first 80 %, the next 10 % and the last 10 % of each
    class; with one, train and validation are the first 90 % and the last 10 %. "all_train" is all labelled examples.
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

    With d = (sha1 // 5) mod 10, sha1 being that of the UTF-8 text read as an integer, test has d = 0, validation d = 1,
    train the others. `content(raw, label)` gives the text that counts; None takes raw itself.
    """
    texts = labelled.raw if content is None else map(content, *labelled)
    names = [{0: "test", 1: "validation"}.get(digit_of(text), "train") for text in texts]
    return cut_by_part(labelled, names)


def digit_of(text):
    """A digit from 0 to 9 by the sha1 of a text: the same wherever the text stands, see `cut_by_content`."""
    return int(hashlib.sha1(text.encode()).hexdigest(), 16) // 5 % 10


def cut_by_part(labelled, names):
    """Share out examples by the name of each one's part, "train", "validation" or "test"; "all_train" is all."""
    return {**cut_by_group(labelled, names, {name: [name] for name in SPLITS[:3]}), "all_train": labelled}


def cut_by_group(labelled, groups, parts):
    """Share out examples by the group that each belongs to, such as who speaks; parts has the groups of splits."""
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
    """Splits of a dataset whose official test file may be missing; "all_train" is train and validation.

    Without it validation becomes test, and so many of the last examples of train, a tenth at most, become validation.
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


def cut_every_tenth(sentences, test=None):
    """Splits of `Sentence`s without official parts: of every ten documents the ninth is validation, the tenth test.

    With an official test part validation is every tenth. Sentences that come again, in another document too, are only
    where they come first, so that no two parts share one.
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
    """All examples whose future lies in some rows of a series `<float32>[timesteps, variables]`, as views.

    Histories are `[context, variables]`, futures `[horizon, variables]`. A history may reach back into the part before:
    what is known when a forecast is made is no leak.
    """
    check_positive(context=context, horizon=horizon, stride=stride)
    start, end = rows
    columns = slice(None) if columns is None else columns
    positions = range(max(start, context), end - horizon + 1, stride)
    return Examples(
        [series[start - context : start] for start in positions],
        [series[start : start + horizon, columns] for start in positions],
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
