"""What `fine-tune` and `train --data` share: train, measure, compare with something simple."""

import os
import sys
from pathlib import Path

import click

from rnn_zoo.cli.quiet import quiet_libraries
from rnn_zoo.extras import require

MEASURED = 1000
"""Held-out examples that models are measured on that answer with more than a class."""


def check_output(model, output, overwrite):
    """Make sure, before anything is computed, that a model can be saved."""
    path = Path(output)
    if path.suffix != ".keras":
        raise ValueError(f"--output must end in .keras. Received: {output}")
    if os.path.exists(model) and path.exists() and path.samefile(model):
        raise ValueError(f"--output must be another file than MODEL, which is never replaced. Received: {output}")
    if path.exists() and not overwrite:
        raise ValueError(f"{output} exists: name another --output, or give --overwrite.")
    path.parent.mkdir(parents=True, exist_ok=True)
    if not os.access(path.parent, os.W_OK):
        raise ValueError(f"--output must be in a folder that can be written to. Received: {output}")


def learn(task, parts, output, *, before=None, seed, train=None, **settings):
    """Train on the parts that `rnn_zoo.datasets.own.read_own` gives, save the model, and say how good it is.

    `before` are metrics before training, None for a model that knew nothing; `train` is None for
    `rnn_zoo.training.fine_tune`, whose settings the others are, or another function that is called as it is.
    """
    from rnn_zoo.codecs.codec import say_raw

    if not has_classes(task):
        require(f"metrics of {task.name}", *task.codec.measured_with)
    training, validation, test = (parts[name] for name in ("train", "validation", "test"))
    classes = f" {', '.join(task.codec.class_names)}" if has_classes(task) else ""
    shown = "" if classes else f", such as {say_raw(training.raw[0]):.40} -> {say_raw(training.labels[0]):.40}"
    chosen = "" if train else f" {len(validation.raw):,} choose the best epoch,"
    click.echo(f"Learning{classes} from {len(training.raw):,} examples{shown};{chosen} {len(test.raw):,} are held out.")
    if classes and (unmeasured := sorted(set(training.labels) - set(test.labels))):
        count = len(unmeasured)
        click.echo(
            f"{count:,} class{'es' * (count > 1)} learned but not measured, such as {unmeasured[0]!r}: too rare."
        )
    interrupted = _train(task, training, validation, train, seed=seed, **settings)
    with quiet_libraries():
        task.save(output, include_optimizer=False)
    click.echo(f"Saved {output}.")
    with quiet_libraries():
        after = measure(task, test)
        bag = bag_of_words(training, task.preprocessor) if classes else None
        simple = None if bag is None else measure(bag, test)
    if classes:
        say_scores(test, before, after, simple)
    else:
        _say_metrics(task, test, before, after)
    if interrupted:
        raise SystemExit(130)


def check_classes(labels, data):
    """Refuse a single class, or so many that nearly every example has one of its own."""
    from rnn_zoo.codecs.codec import in_order

    classes = in_order(labels)
    if len(classes) < 2 or len(classes) > max(2, len(labels) // 3):
        raise ValueError(
            f"{data}: there must be two classes or more, with three examples each or more in the mean. "
            f"Received: {len(classes)} in {len(labels)} examples, {', '.join(map(repr, classes[:3]))}"
        )


def check_readable(preprocessor, raw, data):
    """Make sure that a model can read all examples; an error names the row."""
    try:
        preprocessor.encode(raw)
    except (ValueError, OSError):
        for one in raw:
            try:
                preprocessor.encode([one])
            except (ValueError, OSError) as error:
                raise ValueError(f"{_place_of(one, data)}{error}") from error
        raise


def _place_of(raw, data):
    from rnn_zoo.formats.rows import READERS, ending_of, read_rows

    rows = read_rows(data) if ending_of(data) in READERS else None
    for place, row in zip(rows.places, rows.values, strict=True) if rows else ():
        for name, value in row.items():
            if value == raw:
                return f"{place}, column {name!r}: "
    return ""


def has_classes(task):
    """Whether a Task answers with one class an example."""
    from rnn_zoo.codecs import Classes

    return isinstance(task.codec, Classes)


def _train(task, training, validation, train, **settings):
    """Train; returns whether Ctrl-C ended it."""
    from rnn_zoo.training.fine_tuning import fine_tune

    verbose = 1 if sys.stdout.isatty() else 2  # a progress bar, or a line an epoch
    try:
        (train or fine_tune)(task, training, validation, verbose=verbose, **settings)
    except FloatingPointError as error:
        raise ValueError(str(error)) from error
    except KeyboardInterrupt as stopped:
        if not stopped.args or not stopped.args[0]:
            click.echo("\nInterrupted before the first epoch ended: nothing was saved.", err=True)
            raise SystemExit(130) from None
        click.echo("\nInterrupted: the best epoch so far is kept.", err=True)
        return True
    return False


def measure(task, examples):
    """The share of right answers, of a Task that answers with classes; else its metrics, on some examples if many."""
    if has_classes(task):
        true, found = task.codec.confusions(examples.labels, task.infer(examples.raw))
        return sum(one == other for one, other in zip(true, found, strict=True)) / len(true)
    return task.answer_metrics(*(column[:MEASURED] for column in examples))


def bag_of_words(training, preprocessor):
    """The plain network that the model has to beat, trained on 20,000 rows at most; None if it reads no texts."""
    import keras

    from rnn_zoo import sentiment_bag_of_words
    from rnn_zoo.preprocessors import DNA, Words
    from rnn_zoo.preprocessors.text import Text

    if not isinstance(preprocessor, (DNA, Text)):
        return None
    count = min(20_000, len(training.raw))
    examples = type(training)(training.raw[:count], training.labels[:count])
    bag = sentiment_bag_of_words.from_examples(
        examples, token_type="words" if isinstance(preprocessor, Words) else "characters", vocabulary_size=20_000,
        ngrams=1 if isinstance(preprocessor, Words) else 2, class_names=sorted(set(training.labels)),
    )  # fmt: skip
    bag.compile(keras.optimizers.AdamW(1e-2))
    bag.fit(*examples, epochs=max(4, min(40, 8000 // count)), verbose=0)
    return bag


def say_scores(test, before, after, bag):
    """Print how good the model is, beside what there is to compare it with, and warn if that is as good."""
    commonest = max(sorted(set(test.labels)), key=test.labels.count)
    simple = {f"always {commonest!r}": test.labels.count(commonest) / len(test.labels), "a bag of words": bag}
    simple = {name: score for name, score in simple.items() if score is not None}
    said = [f"{score:.4f} for {name}" for name, score in simple.items()]
    said = said if before is None else [f"{before:.4f} before", *said]
    click.echo(f"Held-out accuracy {after:.4f} on {len(test.raw):,} rows: {', '.join(said)}.")
    best = max(simple, key=simple.get)
    if after <= simple[best] and after < 1:
        click.echo(f"Warning: the model is no better than {best}: it needs more rows, or other ones.", err=True)


def _say_metrics(task, test, before, after):
    """Print metrics of what are no classes, beside what there is to compare them with."""
    from rnn_zoo.training.report import say

    raw, labels = (column[:MEASURED] for column in test)
    click.echo(f"Held-out {say(after)} on {len(raw):,} examples.")
    if before is not None:
        click.echo(f"Before: {say(before)}.")
    for name, answers in (task.codec.baselines(raw) if hasattr(task.codec, "baselines") else {}).items():
        click.echo(f"Of {name}: {say(task.codec.compute_metrics(labels, answers))}.")
