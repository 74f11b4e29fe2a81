"""What `fine-tune` and `train --data` share: cut rows, train, measure, compare with something simple."""

import os
import sys
from pathlib import Path

import click

from rnn_zoo.cli.quiet import quiet_libraries


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


def cut_rows(examples, content=None):
    """The parts of the rows, as `cut_by_content` has them; but no class is left without a row to learn from."""
    from rnn_zoo.datasets.splits import cut_by_content, cut_by_part

    parts = cut_by_content(examples, content)
    known = set(parts["train"].labels)
    part_of = {text: name for name in ("train", "validation", "test") for text in parts[name].raw}
    part_of |= {text: "train" for text, label in zip(*examples, strict=True) if label not in known}
    parts = cut_by_part(examples, [part_of[text] for text in examples.raw])
    if unmeasured := sorted(set(examples.labels) - set(parts["test"].labels)):
        count = len(unmeasured)
        click.echo(
            f"{count:,} class{'es' * (count > 1)} learned but not measured, such as {unmeasured[0]!r}: too rare."
        )
    return parts


def learn(task, parts, output, *, before=None, seed, **settings):
    """Train on the parts of the rows, say how good the model is, and save it.

    Args:
        task: a Task that answers with a class.
        parts: from `cut_rows`.
        output: where the model goes.
        before: accuracy before training; None for a model that knew nothing.
        seed: of the order of the rows.
        **settings: of `rnn_zoo.training.fine_tune`.
    """
    training, validation, test = (parts[name] for name in ("train", "validation", "test"))
    click.echo(
        f"Learning {', '.join(task.codec.class_names)} from {len(training.raw):,} rows; {len(validation.raw):,} choose "
        f"the best epoch, {len(test.raw):,} are held out."
    )
    interrupted = _train(task, training, validation, seed=seed, **settings)
    with quiet_libraries():
        after = measure(task, test)
        task.save(output, include_optimizer=False)
        bag = bag_of_words(training, task.preprocessor)
        simple = None if bag is None else measure(bag, test)
    say_scores(test, before, after, simple)
    click.echo(f"Saved {output}.")
    if interrupted:
        raise SystemExit(130)


def _train(task, training, validation, **settings):
    """Train; returns whether Ctrl-C ended it."""
    from rnn_zoo.training.fine_tuning import fine_tune

    verbose = 1 if sys.stdout.isatty() else 2  # a progress bar, or a line an epoch
    try:
        fine_tune(task, training, validation, verbose=verbose, **settings)
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
    """The share of right answers."""
    true, found = task.codec.confusions(examples.labels, task.infer(examples.raw))
    return sum(one == other for one, other in zip(true, found, strict=True)) / len(true)


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
