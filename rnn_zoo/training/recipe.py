"""A recipe: from a public dataset to a trained, measured and saved Task, and the command that does it."""

import ast
import inspect
import re
import time
from functools import partial
from pathlib import Path

import rnn_zoo
from rnn_zoo.datasets import Examples, class_names, load_dataset
from rnn_zoo.training.distribution import alone, is_first_process
from rnn_zoo.training.loop import train
from rnn_zoo.training.options import recipe_command, start
from rnn_zoo.training.report import report

_TRAINING = {"epochs": None, "batch_size": None, "learning_rate": None, "weight_decay": 0.02}
_SHARED = {
    "data_dir": None,
    "output": None,
    "seed": 0,
    "with_validation": False,
    "all_train": False,
    "smoke": False,
    "resume": False,
    "xla": False,
    "profile": False,
    "mixed_precision": False,
    "distribute": "none",
}


class Recipe:
    """What all recipes do: load, build, fit, measure once, show, save; a script says what is special about it.

    Calling a recipe with settings runs it and returns the metrics on the test part; `command()` gives it flags. The
    settings are the keyword arguments of the three functions below, the training settings, and the flags that all
    recipes share (see `rnn_zoo.training.options`). What a function's docstring says of its arguments is their help.

    Args:
        script: `__file__` of the recipe; its docstring is the command's help, its name that of the output folder.
        task: of the builders, for example "sentiment".
        dataset: a name that `rnn_zoo.load_dataset` knows.
        build: `build(builder, training, class_names, *, setting=default, ...)`, which returns a fresh Task: builder is
            the zoo's `<task>_<core>`, training the `Examples` of the train part, class_names the dataset's, or
            its names of variables.
        cores: what `--core` offers; the first one is the default. A single one gets no flag.
        smoke: settings of a run of seconds, beside one epoch.
        smoke_share: that run takes one in so many examples.
        load: `load(part, source, *, setting=default, ...)`, which returns the `Examples` of a part, or of "test" a
            dictionary of `Examples` to be measured apart; None for `load_dataset`.
        prepare: `prepare(task, training, labelled, run, *, setting=default, ...)` between building and fitting, which
            returns the examples to fit; labelled are those that would be fitted, run holds all settings. None for
            nothing.
        choices: legal values of settings.
        defaults: of settings: `epochs`, `batch_size` and `learning_rate` must be among them; other arguments of
            `rnn_zoo.training.train`, such as `timesteps`, become settings by being among them.

    Raises:
        TypeError: for a default of a setting that there is not.

    Example:
        >>> def build(builder, training, class_names, *, units=32):
        ...     return builder(class_names, weights=None, units=units)
        >>> recipe = Recipe("digits.py", "digits", "digits", build, cores=["dense"], epochs=5, batch_size=32,
        ...                 learning_rate=3e-3)
        >>> recipe.settings["units"], recipe.settings["output"]
        (32, 'runs/digits')
    """

    def __init__(
        self, script, task, dataset, build, *, cores=("lstm", "gru", "simple_rnn"), smoke=None, smoke_share=50,
        load=None, prepare=None, choices=None, **defaults,
    ):  # fmt: skip
        self.script, self.task, self.dataset = Path(script), task, dataset
        self.build, self.prepare = build, prepare
        self.load = load or (lambda part, source: load_dataset(dataset, part, source=source))
        self.cores = tuple(cores)
        self.smoke, self.smoke_share = {"epochs": 1, **(smoke or {})}, smoke_share
        self.choices = {"core": self.cores, **(choices or {})}
        self.help_texts = {"core": "What reads the sequences."}
        own = {} if len(self.cores) == 1 else {"core": self.cores[0]}
        for function in filter(None, (build, self.load, prepare)):
            own |= _settings_of(function)
            self.help_texts |= _described(function)
        more = {name: default for name, default in _settings_of(train).items() if name in defaults}
        self.settings = {**own, **_TRAINING, **more, **_SHARED, "output": f"runs/{self.script.stem}"}
        self.settings = self._with(defaults)

    def command(self, run=None, settings=None, **fixed):
        """The recipe as a click command, one flag a setting; its help is the docstring of the script.

        Args:
            run: what the command calls with its settings; None for the recipe.
            settings: the defaults of its flags; None for those of the recipe.
            **fixed: settings that get no flag.
        """
        text = ast.get_docstring(ast.parse(self.script.read_text(encoding="utf-8")))
        flags = {name: value for name, value in (settings or self.settings).items() if name not in fixed}
        run = partial(run or self, **fixed)
        return recipe_command(run, flags, text, choices=self.choices, help_texts=self.help_texts)

    def reading_settings(self, given):
        """Those of some settings that say what is read: the data's place, and the arguments of `load`."""
        return {name: given[name] for name in ("data_dir", *_settings_of(self.load)) if name in given}

    def examples(self, part, **given):
        """The `Examples` of a part, or a dictionary of them; given are `reading_settings`."""
        used = self._with(given)
        return self.load(part, used["data_dir"], **_own(self.load, used))

    def __call__(self, **given):
        """Run; returns the metrics on the test part, a dictionary, empty with `all_train=True`.

        Of several processes that train together, the first one measures and writes; others return an empty dictionary.
        """
        settings = self._with(given)
        setup = start(settings["seed"], settings["mixed_precision"], settings["distribute"])
        used = {**settings, **self.smoke} if settings["smoke"] else settings
        training, labelled, validation, test = self._examples(used)
        with setup.scope:
            builder = getattr(rnn_zoo, f"{self.task}_{used.get('core', self.cores[0])}")
            task = self.build(builder, training, class_names(self.dataset), **_own(self.build, used))
        first = is_first_process()
        if first:
            task.summary()
        began = time.time()
        if self.prepare:
            labelled = self.prepare(task, training, labelled, used, **_own(self.prepare, used))
        history = train(task, labelled, validation, **_own(train, used))
        minutes = (time.time() - began) / 60
        task = alone(task)
        if not first:
            return {}
        return report(task, history, test, used["output"], settings=settings, minutes=minutes, validation=validation)

    def _with(self, given):
        unknown = sorted(set(given) - set(self.settings))
        if unknown:
            raise TypeError(f"settings must be among {sorted(self.settings)}. Received: {', '.join(unknown)}")
        return {**self.settings, **given}

    def _examples(self, used):
        """The train part, what is fitted, and the held-out parts, which are None where they are fitted."""
        if used["all_train"] and used["with_validation"]:
            raise ValueError("with_validation and all_train must not both be on: all_train leaves no test part.")
        parts = ["train", "all_train"] if used["all_train"] else ["train", "validation", "test"]
        found = [self.load(part, used["data_dir"], **_own(self.load, used)) for part in parts]
        if used["smoke"]:
            found = [_thinned(part, self.smoke_share) for part in found]
        training, *rest = found
        if used["all_train"]:
            return (training, *rest, None, None)
        if used["with_validation"]:
            return training, Examples(*([*a, *b] for a, b in zip(training, rest[0], strict=True))), None, rest[1]
        return (training, training, *rest)


def _thinned(part, share):
    """One in so many examples; of a single long text so much of its beginning."""
    if isinstance(part, dict):
        return {name: _thinned(examples, share) for name, examples in part.items()}
    if len(part.raw) == 1 and isinstance(part.raw[0], str):
        return Examples(*([column[0][: -(-len(column[0]) // share)]] for column in part))
    return Examples(*(column[::share] for column in part))


def _settings_of(function):
    parameters = inspect.signature(function).parameters.values()
    return {one.name: one.default for one in parameters if one.kind is one.KEYWORD_ONLY}


def _own(function, settings):
    return {name: settings[name] for name in _settings_of(function) if name in settings}


def _described(function):
    """What the Args section of a docstring says of each argument, on one line, with a capital."""
    section = (inspect.getdoc(function) or "").partition("Args:\n")[2].partition("\n\n")[0]
    entries = re.split(r"^    (\w+): ", section, flags=re.MULTILINE)[1:]
    texts = {name: " ".join(text.split()) for name, text in zip(entries[::2], entries[1::2], strict=True)}
    return {name: text[0].upper() + text[1:] for name, text in texts.items()}
