"""`rnn-zoo fine-tune`: a trained model learns the classes of a CSV file."""

import os
import sys
from pathlib import Path

import click

from rnn_zoo.cli.arguments import examples, model_argument, read_model
from rnn_zoo.cli.labelled import check_labels, check_readable, read_labelled
from rnn_zoo.cli.quiet import quiet_libraries


@click.command(
    "fine-tune",
    epilog=examples(
        "rnn-zoo fine-tune sentiment_lstm:imdb --data reviews.csv --output mine.keras",
        "rnn-zoo fine-tune mine.keras --data more.tsv --text-column body --label-column topic --output topics.keras",
        "rnn-zoo fine-tune sentiment_gru --data reviews.csv.gz --new-words 0 --epochs 8 --output mine.keras",
        'rnn-zoo infer mine.keras "What a film!"',
    ),
)
@model_argument
@click.option("--data", required=True, type=click.Path(exists=True, dir_okay=False), help="CSV file with a header.")
@click.option(
    "--output", required=True, type=click.Path(dir_okay=False), help="Where the new model goes: a .keras file."
)
@click.option("--text-column", default="text", show_default=True, help="Name of the column with the texts.")
@click.option("--label-column", default="label", show_default=True, help="Name of the column with the classes.")
@click.option(
    "--epochs", type=click.IntRange(min=1), help="Passes once all layers are trained. Default: 4, or 300 steps if more."
)
@click.option(
    "--learning-rate", type=float, help="The highest rate, of the head. Default: 0.01, less from 2,000 rows on."
)
@click.option("--batch-size", type=click.IntRange(min=1), default=32, show_default=True, help="Examples a batch.")
@click.option(
    "--new-words", type=click.IntRange(min=0), default=10_000, show_default=True,
    help="Learn up to so many words that the model does not know and that come twice or more.",
)  # fmt: skip
@click.option("--all-at-once", is_flag=True, help="Train all layers from the start, not the head first.")
@click.option("--overwrite", is_flag=True, help="Replace --output if it exists; MODEL itself is never replaced.")
@click.option("--seed", default=0, show_default=True, help="Of the new head and of the order of the rows.")
def fine_tune(model, data, output, text_column, label_column, new_words, overwrite, seed, **settings):
    """Train MODEL further on a CSV file of texts and labels.

    MODEL is a builder's name, NAME:WEIGHTS, or a .keras file. If the labels are among the model's
    classes it keeps its head, else it gets a new one.

    A tenth of the rows, by a hash of the text, chooses the best epoch, and another tenth is held out and measured at
    the end, before and after training, beside the commonest class and a bag of words that learned from the same rows;
    a model that is no better than these gets a warning. Classes so rare that none of their rows would be learned from
    have all of them there. Ctrl-C keeps the best epoch so far, measures and saves it.
    """
    _check_output(model, output, overwrite)
    rows = read_labelled(data, text_column, label_column)
    class_names = check_labels(rows, data, label_column)
    with quiet_libraries():
        task, parts = _prepare(model, rows, class_names, data, text_column, new_words, seed)
        before = _measure(task, parts["test"])
    training, validation, test = (parts[name] for name in ("train", "validation", "test"))
    click.echo(
        f"Learning {', '.join(class_names)} from {len(training.raw):,} rows; {len(validation.raw):,} choose the best "
        f"epoch, {len(test.raw):,} are held out."
    )
    interrupted = _train(task, training, validation, seed, settings)
    with quiet_libraries():
        after = _measure(task, test)
        task.save(output, include_optimizer=False)
        bag = _measure(_bag_of_words(training, task.preprocessor), test)
    _say_scores(test, before, after, bag)
    click.echo(f"Saved {output}.")
    if interrupted:
        raise SystemExit(130)


def _say_scores(test, before, after, bag):
    """Print how good the model is, and warn if something simpler is as good."""
    commonest = max(sorted(set(test.labels)), key=test.labels.count)
    always = test.labels.count(commonest) / len(test.labels)
    click.echo(
        f"Held-out accuracy {after:.4f} on {len(test.raw):,} rows: {before:.4f} before, {always:.4f} for always "
        f"{commonest!r}, {bag:.4f} for a bag of words."
    )
    if after <= max(always, bag) and after < 1:
        better = "the commonest class" if always >= bag else "a bag of words"
        click.echo(f"Warning: the model is no better than {better}: it needs more rows, or other ones.", err=True)


def _check_output(model, output, overwrite):
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


def _prepare(model, rows, class_names, data, text_column, new_words, seed):
    """The Task with the classes of the rows, and the parts of the rows."""
    import keras

    from rnn_zoo.codecs import Classes
    from rnn_zoo.datasets import Examples
    from rnn_zoo.task import replace_head
    from rnn_zoo.training.transfer import extend_vocabulary

    keras.utils.set_random_seed(seed)
    task = read_model(model).load()
    if not isinstance(task.codec, Classes):
        raise ValueError(f"MODEL must be one that answers with a class. Received: {model} ({task.name})")
    check_readable(rows, task.preprocessor.encode, data, text_column)
    parts = _cut(Examples([row.text for row in rows], [row.label for row in rows]))
    if not set(class_names) <= set(task.codec.class_names):
        click.echo(f"The model knew the classes {', '.join(task.codec.class_names)}: it gets a new head.")
        task = replace_head(task, class_names)
    if new_words and any(layer.name == "embedding" for layer in task.layers):
        known = set(task.preprocessor.vocabulary)
        found = type(task.preprocessor).build_vocabulary(parts["train"].raw, min_count=2)
        words = [word for word in found if word not in known][:new_words]
        task = extend_vocabulary(task, words)
        click.echo(f"{len(words):,} new words.")
    return task, parts


def _cut(examples):
    """The parts of the rows. What would leave a class without a row to learn from is learned from."""
    from rnn_zoo.datasets.splits import cut_by_content, cut_by_part

    parts = cut_by_content(examples)
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


def _bag_of_words(training, preprocessor):
    """The plain network that the model has to beat, trained on 20,000 rows at most."""
    import keras

    from rnn_zoo import sentiment_bag_of_words
    from rnn_zoo.preprocessors import Words

    count = min(20_000, len(training.raw))
    examples = type(training)(training.raw[:count], training.labels[:count])
    bag = sentiment_bag_of_words.from_examples(
        examples, token_type="words" if isinstance(preprocessor, Words) else "characters", vocabulary_size=20_000,
        min_count=1 if count < 2000 else 2, class_names=sorted(set(training.labels)),
    )  # fmt: skip
    bag.compile(keras.optimizers.AdamW(1e-2))
    bag.fit(*examples, epochs=max(4, min(40, 8000 // count)), verbose=0)
    return bag


def _train(task, training, validation, seed, settings):
    """Train; returns whether Ctrl-C ended it."""
    from rnn_zoo.training.fine_tuning import fine_tune

    settings["gradual"] = not settings.pop("all_at_once")
    verbose = 1 if sys.stdout.isatty() else 2  # a progress bar, or a line an epoch
    try:
        fine_tune(task, training, validation, seed=seed, verbose=verbose, **settings)
    except FloatingPointError as error:
        raise ValueError(str(error)) from error
    except KeyboardInterrupt as stopped:
        if not stopped.args or not stopped.args[0]:
            click.echo("\nInterrupted before the first epoch ended: nothing was saved.", err=True)
            raise SystemExit(130) from None
        click.echo("\nInterrupted: the best epoch so far is kept.", err=True)
        return True
    return False


def _measure(task, examples):
    """The share of right answers."""
    true, found = task.codec.confusions(examples.labels, task.infer(examples.raw))
    return sum(one == other for one, other in zip(true, found, strict=True)) / len(true)
