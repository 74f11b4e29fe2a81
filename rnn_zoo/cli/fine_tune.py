"""`rnn-zoo fine-tune`: a trained model learns a person's own examples."""

import click

from rnn_zoo import catalogue
from rnn_zoo.cli.arguments import examples, model_argument, read_model
from rnn_zoo.cli.learning import check_classes, check_output, check_readable, has_classes, learn, measure
from rnn_zoo.cli.quiet import quiet_libraries

FEW_ROWS = 1000
"""Below which a model learns other classes by its head alone, unless told how to train."""


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

    Of fewer than 1,000 rows of other classes a model of texts learns its head alone, which then also sees single words
    and pairs of them; --epochs, --learning-rate or --all-at-once train all layers.
    """
    check_output(model, output, overwrite)
    columns = {name: value for name, value in (("column", column), ("label_column", label_column)) if value is not None}
    task = read_model(model).load()
    settings["gradual"] = not settings.pop("all_at_once")
    told = settings["epochs"] or settings["learning_rate"] or not settings["gradual"]
    with quiet_libraries():
        from rnn_zoo.training.transfer import train_head

        task, parts, head_alone = _prepare(task, data, columns, new_words, seed, 0 if told else FEW_ROWS)
        before = measure(task, parts["test"])
    if head_alone:
        settings = {"train": train_head, "batch_size": settings["batch_size"]}
    learn(task, parts, output, before=before, seed=seed, **settings)


def _prepare(task, data, columns, new_words, seed, few_rows):
    """The Task with the classes of the rows, the parts of the rows, and whether the head is to be trained alone."""
    import keras

    from rnn_zoo.builders import settings_of
    from rnn_zoo.datasets.own import read_own, reader_of
    from rnn_zoo.heads import replace_head
    from rnn_zoo.preprocessors import DNA
    from rnn_zoo.preprocessors.text import Text
    from rnn_zoo.training.transfer import extend_vocabulary, replace_head_beside_tokens

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
    training, class_names = parts["train"], None
    try:
        task.codec.encode(training.labels)
    except ValueError:
        if "class_names" not in task.codec.get_config():
            raise
        class_names = type(task.codec).from_examples(training.labels).class_names
        click.echo(f"The model knew the classes {', '.join(task.codec.class_names)}: it gets a new head.")
    has_vectors = any(layer.name == "embedding" for layer in task.layers)
    is_text = isinstance(task.preprocessor, Text) and not isinstance(task.preprocessor, DNA)  # all k-mers are known
    reads_words = has_vectors and is_text and has_classes(task)
    if new_words and reads_words:
        known = set(task.preprocessor.vocabulary)
        found = type(task.preprocessor).build_vocabulary(training.raw, min_count=2)
        words = [word for word in found if word not in known][:new_words]
        task = extend_vocabulary(task, words)
        click.echo(f"{len(words):,} new words.")
    if class_names is None:
        return task, parts, False
    is_ordinal = getattr(task.codec, "ordinal", False)
    if reads_words and len(parts["all_train"].raw) < few_rows and not is_ordinal:
        click.echo(f"Fewer than {few_rows:,} rows of other classes: the head learns alone, from single words too.")
        return replace_head_beside_tokens(task, class_names, training.raw), parts, True
    return replace_head(task, class_names), parts, False
