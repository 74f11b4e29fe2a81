"""`rnn-zoo train NAME --data`: a model learns a person's own rows or files from scratch."""

from rnn_zoo import catalogue
from rnn_zoo.cli.learning import check_output, check_readable, learn
from rnn_zoo.cli.quiet import quiet_libraries

SOUNDS = (".wav", ".flac", ".ogg", ".mp3")
MIN_STEPS = 1000
_TEXT = """Train a fresh NAME on your own examples.

A tenth of the examples chooses the best epoch, another tenth is held out and measured at the end. Training ends early
once it gets no better. Ctrl-C keeps the best epoch so far.

"""
_SETTINGS = {
    "data": None, "output": None, "epochs": None, "learning_rate": 3e-3, "batch_size": 32, "seed": 0,
    "overwrite": False,
}  # fmt: skip
_HELP = {
    "output": "A .keras file.",
    "overwrite": "Replace --output if it exists.",
    "epochs": "Passes over the examples; none for 10, or 1,000 steps if these are more.",
    "learning_rate": "The highest one.",
}


def own_command(name):
    """The command that trains a builder on a person's own data; what its reader and the builder take has a flag."""
    catalogue.check_choice("NAME", name, list(catalogue.ROWS))
    task = catalogue.ROWS[name].task
    with quiet_libraries():
        from rnn_zoo.builders import find_builder, settings_of
        from rnn_zoo.datasets.own import reader_of
        from rnn_zoo.training.options import recipe_command
    builder, reader = find_builder(name), reader_of(task)
    parameters = settings_of(builder.from_examples) | settings_of(reader)
    parameters.pop("class_names", None)
    settings = {**_SETTINGS, "output": f"runs/own_data/{name}.keras"}

    def run(**given):
        own = {key: given.pop(key) for key in list(given) if key in parameters}
        _train(name, builder, reader, own, **{**settings, **given})

    return recipe_command(
        run, {**settings, **{key: one.default for key, one in parameters.items()}}, _TEXT.replace("NAME", name),
        builder.from_examples, reader, _train, choices=builder.choices,
        help_texts={**_HELP, "data": reader.__doc__.partition("\n")[0]},
    )  # fmt: skip


def _train(name, builder, reader, own, data, output, overwrite, seed, *, epochs: int | None, **settings):
    check_output(name, output, overwrite)
    with quiet_libraries():
        import keras

        from rnn_zoo.builders import settings_of
        from rnn_zoo.datasets.own import read_own

        reading = {key: value for key, value in own.items() if key in settings_of(reader)}
        parts, found = read_own(catalogue.ROWS[name].task, data, **reading)
        keras.utils.set_random_seed(seed)
        task = fresh(name, builder, parts["train"], {**own, **found})
        for part in parts.values():
            check_readable(task.preprocessor, part.raw, data)  # before anything is learned
    count = len(parts["train"].raw)
    epochs = epochs or max(10, -(-MIN_STEPS * settings["batch_size"] // count))
    learn(task, parts, output, seed=seed, epochs=epochs, gradual=False, factor=1.0, **settings)


def fresh(name, builder, training, own):
    """A Task for what is to be learned; sounds are frames of log-mel energies for a model of frames."""
    from rnn_zoo.builders import settings_of
    from rnn_zoo.streams import Stream

    own = {key: value for key, value in own.items() if key in settings_of(builder.from_examples)}
    streams = isinstance(training, Stream)
    first = next(training.read())[1] if streams else training.raw[0]
    if name.startswith("activity") and str(first).lower().endswith(SOUNDS):
        import soundfile

        from rnn_zoo import Classes, LogMel

        labels = training.take(training.count())[1] if streams else training.labels
        return builder(LogMel(soundfile.info(first).samplerate), Classes.from_examples(labels))
    return builder.from_examples(training, **own)
