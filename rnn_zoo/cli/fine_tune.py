"""`rnn-zoo fine-tune`: a trained model learns a person's own examples."""

import click

from rnn_zoo import catalogue
from rnn_zoo.cli.arguments import examples, model_argument, read_model
from rnn_zoo.cli.learning import check_classes, check_output, check_readable, has_classes, learn, measure
from rnn_zoo.cli.quiet import quiet_libraries


@click.command(
    "fine-tune",
    epilog=examples(
        "rnn-zoo fine-tune sentiment_lstm:imdb --data reviews.csv --output mine.keras",
        "rnn-zoo fine-tune mine.keras --data more.tsv --column body --label-column topic --output topics.keras",
        "rnn-zoo fine-tune sentiment_gru --data reviews.csv.gz --new-words 0 --epochs 8 --output mine.keras",
        'rnn-zoo infer mine.keras "What a film!"',
    ),
)
@model_argument
@click.option("--data", required=True, type=click.Path(exists=True), help="As of rnn-zoo train: rows, files, a folder.")
@click.option(
    "--output", required=True, type=click.Path(dir_okay=False), help="Where the new model goes: a .keras file."
)
@click.option("--column", "--text-column", help="What is read. Guessed where there is no doubt, such as text.")
@click.option("--label-column", help="What is learned. Guessed where there is no doubt, such as label.")
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
def fine_tune(model, data, output, column, label_column, new_words, overwrite, seed, **settings):
    """Train MODEL further on your own examples: rows of texts and labels, or whatever files MODEL reads.

    MODEL is a builder's name, NAME:WEIGHTS, or a .keras file. If the labels are among the model's
    classes it keeps its head, else it gets a new one.

    A tenth of the rows, by a hash of the text, chooses the best epoch, and another tenth is held out and measured at
    the end, before and after training, beside the commonest class and a bag of words that learned from the same rows;
    a model that is no better than these gets a warning. Classes so rare that none of their rows would be learned from
    have all of them there. Ctrl-C keeps the best epoch so far, measures and saves it.
    """
    check_output(model, output, overwrite)
    columns = {name: value for name, value in (("column", column), ("label_column", label_column)) if value is not None}
    task = read_model(model).load()
    with quiet_libraries():
        task, parts = _prepare(task, data, columns, new_words, seed)
        before = measure(task, parts["test"])
    settings["gradual"] = not settings.pop("all_at_once")
    learn(task, parts, output, before=before, seed=seed, **settings)


def _prepare(task, data, columns, new_words, seed):
    """The Task with the classes of the rows, and the parts of the rows."""
    import keras

    from rnn_zoo.builders import settings_of
    from rnn_zoo.datasets.own import read_own, reader_of
    from rnn_zoo.preprocessors.text import Text
    from rnn_zoo.task import replace_head
    from rnn_zoo.training.transfer import extend_vocabulary

    keras.utils.set_random_seed(seed)
    row = catalogue.ROWS.get(task.name)
    kind = row.task if row else "sentiment"
    known = {  # how the model reads files and what it forecasts stays as it is
        key: getattr(part, key)
        for key in settings_of(reader_of(kind))
        for part in (task.preprocessor, task.codec)
        if hasattr(part, key)
    }

    def check(found):
        if has_classes(task):
            check_classes(found.labels, data)
        check_readable(task.preprocessor, found.raw, data)

    parts, _ = read_own(kind, data, check=check, **known, **columns)
    try:
        task.codec.encode(parts["train"].labels)
    except ValueError:
        found = type(task.codec).from_examples(parts["train"].labels)
        click.echo(f"The model knew the classes {', '.join(task.codec.class_names)}: it gets a new head.")
        task = replace_head(task, found.class_names)
    has_vectors = any(layer.name == "embedding" for layer in task.layers)
    if new_words and has_vectors and isinstance(task.preprocessor, Text) and has_classes(task):
        known = set(task.preprocessor.vocabulary)
        found = type(task.preprocessor).build_vocabulary(parts["train"].raw, min_count=2)
        words = [word for word in found if word not in known][:new_words]
        task = extend_vocabulary(task, words)
        click.echo(f"{len(words):,} new words.")
    return task, parts
