"""`rnn-zoo train NAME --data`: a model learns a person's own rows or files from scratch."""

import hashlib
import os
from pathlib import Path

import click

from rnn_zoo import catalogue
from rnn_zoo.cli.learning import check_output, cut_rows, learn
from rnn_zoo.cli.predict import COLUMNS
from rnn_zoo.cli.quiet import quiet_libraries
from rnn_zoo.cli.rows import cell_text, column_of, read_rows

TEXTS = ("sentiment", "rating", "dna")
FILES = ("digits", "sequential_image", "activity", "video")
LABEL_COLUMNS = ("label", "class", "category", "stars", "rating", "sentiment", "topic")
SOUNDS = (".wav", ".flac", ".ogg", ".mp3")
MIN_STEPS = 1000
LEARNING_RATE = 3e-3


@click.command()
@click.option(
    "--data", required=True, type=click.Path(exists=True),
    help="A .csv, .tsv or .jsonl file, or a folder with a folder of files for each class.",
)  # fmt: skip
@click.option("--output", type=click.Path(dir_okay=False), help="A .keras file. Default: NAME.keras in runs/own_data.")
@click.option("--column", help="What is read: texts, or paths of files. Guessed where there is no doubt.")
@click.option("--label-column", help="The classes. Guessed where there is no doubt.")
@click.option("--epochs", type=click.IntRange(min=1), help="Passes over the rows. Default: 10, or 1,000 steps if more.")
@click.option("--learning-rate", type=float, default=LEARNING_RATE, show_default=True, help="The highest one.")
@click.option("--batch-size", type=click.IntRange(min=1), default=32, show_default=True, help="Examples a batch.")
@click.option("--overwrite", is_flag=True, help="Replace --output if it exists.")
@click.option("--seed", default=0, show_default=True, help="Of the weights and of the order of the rows.")
@click.argument("name")
def train_on_own_data(name, data, output, column, label_column, epochs, overwrite, seed, **settings):
    """Train a fresh model on your own examples, each with one class.

    sentiment_*, rating_* and dna_* read a column of texts; digits_*, sequential_image_*, activity_* and video_* read
    files: images of one size, frames or sounds, and moving images.

    A tenth of the examples chooses the best epoch, another tenth is held out and measured at the end. Training ends
    early once it gets no better. Ctrl-C keeps the best epoch so far.
    """
    catalogue.check_choice("NAME", name, list(catalogue.ROWS))
    task_name = catalogue.ROWS[name].task
    if task_name not in TEXTS + FILES:
        raise ValueError(f"--data trains the tasks {', '.join(TEXTS + FILES)}; for others use code. Received: {name}")
    output = output or f"runs/own_data/{name}.keras"
    check_output(name, output, overwrite)
    raw, labels = _of_folder(data) if os.path.isdir(data) else _of_rows(data, column, label_column, task_name)
    with quiet_libraries():
        import keras

        from rnn_zoo.datasets import Examples

        parts = cut_rows(Examples(raw, labels), _hash_of_file if task_name in FILES else None)
        keras.utils.set_random_seed(seed)
        task = _fresh(name, parts["train"])
        task.preprocessor.encode(raw)  # what cannot be read is said before anything is learned
    count = len(parts["train"].raw)
    epochs = epochs or max(10, -(-MIN_STEPS * settings["batch_size"] // count))
    learn(task, parts, output, seed=seed, epochs=epochs, gradual=False, factor=1.0, **settings)


def _of_folder(folder):
    """The paths of the files in the folders of a folder, and the names of these."""
    found = [path for path in sorted(Path(folder).glob("*/*")) if path.is_file() and not path.name.startswith(".")]
    if not found:
        raise ValueError(f"--data must hold a folder of files for each class. Received: {folder}")
    return [str(path) for path in found], [path.parent.name for path in found]


def _of_rows(path, column, label_column, task_name):
    """The texts or paths of the rows of a file, and their classes. Paths are relative to the file."""
    rows = read_rows(path)
    label_column = column_of(rows, label_column, LABEL_COLUMNS, path, "--label-column")
    others = rows._replace(names=[name for name in rows.names if name != label_column])
    column = column_of(others, column, COLUMNS, path, "--column")
    raw = [cell_text(rows, place, column, path) for place in range(len(rows.lines))]
    labels = []
    for line, row in zip(rows.lines, rows.values, strict=True):
        label = row.get(label_column)
        if isinstance(label, bool) or not isinstance(label, (str, int)) or not str(label).strip():
            raise ValueError(f"{path}, line {line}, {label_column!r} must be a class. Received: {label!r:.60}")
        labels.append(str(label).strip())
    return [str(Path(path).parent / one) for one in raw] if task_name in FILES else raw, labels


def _hash_of_file(path, label):
    return hashlib.sha1(Path(path).read_bytes()).hexdigest()


def _fresh(name, training):
    """A Task for what is to be learned; sounds are frames of log-mel energies for a model of frames."""
    import rnn_zoo

    builder = getattr(rnn_zoo, name)
    if name.startswith("activity") and training.raw[0].lower().endswith(SOUNDS):
        import soundfile

        sound = rnn_zoo.LogMel(soundfile.info(training.raw[0]).samplerate)
        return builder(sound, rnn_zoo.Classes.from_examples(training.labels))
    return builder.from_examples(tuple(training))
