"""A recipe: from a public dataset to a trained, measured and saved Task, and the command that does it."""

import ast
import time
from functools import partial
from pathlib import Path

import keras

from rnn_zoo.builders import find_builder, settings_of
from rnn_zoo.catalogue import CATALOGUE, cores_of, default_weights, is_place, load_weights
from rnn_zoo.checks import check_choice
from rnn_zoo.datasets import DATASETS, Examples, class_names, load_splits, subsets
from rnn_zoo.extras import require
from rnn_zoo.heads import replace_head
from rnn_zoo.streams import Stream
from rnn_zoo.training.distribution import alone, is_first_process
from rnn_zoo.training.loop import train
from rnn_zoo.training.options import recipe_command, start
from rnn_zoo.training.report import report

GIVEN_BY_DATASET = ("class_names", "intents", "variables")
"""Settings of builders that a dataset knows, whatever examples there are."""
SMOKE_EXAMPLES, SMOKE_CHARACTERS = 100, 20_000
SMOKE = {
    "epochs": 1, "units": 8, "num_layers": 1, "vocabulary_size": 300, "max_tokens": 50, "frame_dim": 8, "fusion_dim": 8,
}  # fmt: skip
"""Settings of a run of seconds, of recipes that have them."""
_TRAINING = {"epochs": None, "batch_size": None, "learning_rate": None, "weight_decay": 0.02}
_SHARED = {
    "data_dir": None,
    "output": None,
    "start_from": None,
    "seed": 0,
    "with_validation": False,
    "all_train": False,
    "measure": True,
    "smoke": False,
    "resume": False,
    "workers": 0,
    "xla": False,
    "profile": False,
    "mixed_precision": False,
    "distribute": "none",
}


class Recipe:
    """What all recipes do: load, build, fit, measure once, show, save; a script says what is special about it.

    Calling a recipe with settings runs it and returns the metrics on the test split; `command()` gives it flags. The
    settings are those of the builders' `from_examples`, the keyword-only arguments of `load` and `prepare`, those of
    training, and the flags that all recipes share (see `rnn_zoo.training.options`). What the docstrings say of them is
    their help.

    Args:
        script: `__file__` of the recipe; its docstring is the command's help, its name that of the output folder.
        task: of the builders, for example "sentiment".
        dataset: a name that `rnn_zoo.load_dataset` knows; None for what `load` reads and no name stands for.
        core: the default of `--core`, whose other values are those of the task in the catalogue.
        smoke: settings of a run of seconds, beside `SMOKE`.
        load: `load(source, *, setting=default, ...)`, which returns a dictionary of the `Examples` of all splits; that
            of "test" may be a dictionary of `Examples` to be measured apart. None for `rnn_zoo.datasets.load_splits`.
        prepare: `prepare(task, examples, run, *, setting=default, ...)` between building and fitting, which returns the
            examples to fit; run holds all settings. None for nothing.
        by_core: for cores whose builders want other defaults, a dictionary of these.
        by_subset: the same for subsets of the dataset.
        choices: legal values of settings of `load` and `prepare`.
        **defaults: of settings: `epochs`, `batch_size` and `learning_rate` must be among them; other arguments of
            `rnn_zoo.training.train`, such as `timesteps`, become settings by being among them.

    Example:
        >>> recipe = Recipe("digits.py", "digits", "digits", core="dense", units=32, epochs=5, batch_size=32,
        ...                 learning_rate=3e-3)
        >>> recipe.settings["units"], recipe.settings["output"]
        (32, 'runs/digits')
    """

    def __init__(
        self, script, task, dataset, *, core="gru", smoke=None, load=None, prepare=None, by_core=None, by_subset=None,
        choices=None, **defaults,
    ):  # fmt: skip
        self.script, self.task, self.dataset = Path(script), task, dataset
        self.prepare, self.by_core = prepare, by_core or {}
        self.by_subset = by_subset or {}
        self.load = load or self._load
        self.cores = tuple(one for row in CATALOGUE if row.task == task for one in cores_of(row))
        self.builders = {one: find_builder(f"{task}_{one}") for one in self.cores}
        fresh = [self.builders[one] for one in (core, *self.cores)]
        self.functions = [*(one.from_examples for one in fresh), *filter(None, (self.load, prepare))]
        parameters = {name: one for own in map(settings_of, reversed(self.functions)) for name, one in own.items()}
        self.choices = {key: values for one in reversed(fresh) for key, values in one.choices.items()}
        self.choices |= {"core": self.cores, **(choices or {})}
        if known := dataset and subsets(dataset):
            self.choices["subset"] = known
        elif not dataset or not (DATASETS[dataset].tfds and DATASETS[dataset].tfds.subset):
            parameters.pop("subset", None)
        own = {name: one.default for name, one in parameters.items() if name not in GIVEN_BY_DATASET}
        more = {name: one.default for name, one in settings_of(train).items() if name in defaults}
        own |= {"core": core} if len(self.cores) > 1 else {}
        self.settings = {**own, **_TRAINING, **more, **_SHARED, "output": f"runs/{self.script.stem}"}
        self.core, self.defaults = core, defaults
        self.settings = self.with_defaults({})
        self.smoke = {name: value for name, value in SMOKE.items() if name in self.settings} | (smoke or {})

    @classmethod
    def of(cls, script, *what, **settings):
        """The recipe of a script, given its `globals()`; if the script is run itself, so is the recipe's command."""
        recipe = cls(script["__file__"], *what, **settings)
        if script["__name__"] == "__main__":
            recipe.command()()
        return recipe

    def command(self, run=None, settings=None, **fixed):
        """The recipe as a click command, one flag a setting; its help is the docstring of the script.

        Args:
            run: what the command calls with its settings; None for the recipe.
            settings: the defaults of its flags; None for those of the recipe.
            **fixed: settings that get no flag.
        """
        text = ast.get_docstring(ast.parse(self.script.read_text(encoding="utf-8")))
        flags = {name: value for name, value in (settings or self.settings).items() if name not in fixed}
        return recipe_command(partial(run or self, **fixed), flags, text, *self.functions, choices=self.choices)

    def reading_settings(self, given):
        """Those of some settings that say what is read: the data's place, and the arguments of `load`."""
        return {name: given[name] for name in ("data_dir", *settings_of(self.load)) if name in given}

    def splits(self, **given):
        """The `Examples` of all splits, or of some a dictionary of them; given are `reading_settings`."""
        used = self.with_defaults(given)
        return self.load(used["data_dir"], **_own(self.load, used))

    def build(self, training, **given):
        """A fresh Task that fits the examples of the train split."""
        used = self.with_defaults(given)
        builder = self.builders[used.get("core", self.core)]
        names = class_names(self.dataset, used.get("subset")) if self.dataset else None
        known = names if isinstance(names, dict) else {name: names for name in GIVEN_BY_DATASET if names is not None}
        return builder.from_examples(training, **_own(builder.from_examples, {**used, **known}))

    def __call__(self, **given):
        """Run; returns the metrics on the test split, a dictionary, empty with `all_train=True` or `measure=False`.

        Of several processes that train together, the first one measures and writes; others return an empty dictionary.
        """
        settings = self.with_defaults(given)
        require("recipes", "matplotlib", "sklearn", "tensorboard")
        scope = start(settings["seed"], settings["mixed_precision"], settings["distribute"])
        used = {**settings, **self.smoke} if settings["smoke"] else settings
        training, fitted, validation, test = self._examples(used)
        with scope:
            task = self._trained(used["start_from"], given) if used["start_from"] else self._fresh(training, used)
        if "core" in settings:  # that of the model which was gone on from
            settings["core"] = used["core"] = task.name.removeprefix(f"{self.task}_")
        require(f"metrics of {task.name}", *task.codec.measured_with)
        first = is_first_process()
        if first:
            task.summary()
        began = time.time()
        if self.prepare:
            fitted = self.prepare(task, fitted, used, **_own(self.prepare, used))
        history = train(task, fitted, validation, **_own(train, used))
        minutes = (time.time() - began) / 60
        task = alone(task)
        if not first:
            return {}
        held_out = (validation, test) if used["measure"] else (None, None)
        metrics = report(
            task, history, held_out[1], used["output"], settings=settings, minutes=minutes, validation=held_out[0]
        )
        _begun(used).unlink(missing_ok=True)
        return metrics

    def _fresh(self, training, used):
        """A Task to fit; of a stream, whose vocabulary takes passes, that of the run that goes on."""
        if used["resume"] and _begun(used).exists():
            return keras.saving.load_model(_begun(used))
        task = self.build(training, **used)
        if isinstance(training, Stream) and is_first_process():
            task.save(_begun(used))
        return task

    def _trained(self, named, given):
        """A trained model to go on from, by its file or its name, with a new head for other classes.

        Settings of the network are not to be given.
        """
        network = {name for one in self.builders.values() for name in settings_of(one.from_examples)}
        if fixed := sorted(network & set(given)):
            raise ValueError(
                f"start_from keeps the network and what it was built from. Received: {', '.join(fixed)} too"
            )
        wanted = [f"{self.task}_{one}" for one in ([given["core"]] if "core" in given else self.builders)]
        name, _, weights = named.partition(":")
        if not is_place(named):
            check_choice("start_from", name, wanted)
        task = load_weights(name, named if is_place(named) else weights or default_weights(name))
        if task.name not in wanted:
            raise ValueError(f"start_from must be a model of {wanted}. Received: {named}, {task.name}")
        names = class_names(self.dataset, self.with_defaults(given).get("subset")) if self.dataset else None
        own = getattr(task.codec, "class_names", None)
        return replace_head(task, names) if own and isinstance(names, tuple) and tuple(own) != names else task

    def _load(self, source, *, subset: str | None = None, limit: int | None = None):
        """Read the dataset.

        Args:
            source: as `rnn_zoo.load_dataset` takes it.
            subset: which part of the dataset, or which way to read it; None for the usual one.
            limit: so many examples of each split at most, the first ones; None for all.
        """
        return load_splits(self.dataset, source=source, subset=subset, limit=limit)

    def with_defaults(self, given):
        """All settings of a run that was given some of them."""
        unknown = sorted({*self.defaults, *given} - set(self.settings))
        if unknown:
            raise TypeError(f"settings must be among {sorted(self.settings)}. Received: {', '.join(unknown)}")
        core, subset = given.get("core", self.core), {**self.defaults, **given}.get("subset")
        by_subset = self.by_subset.get(subset, {})
        own = {name: one.default for name, one in settings_of(self.builders[core].from_examples).items()}
        own = {name: value for name, value in own.items() if name in self.settings}
        return {**self.settings, **own, **self.defaults, **self.by_core.get(core, {}), **by_subset, **given}

    def _examples(self, used):
        """The train split, what is fitted, and the held-out splits, which are None where they are fitted."""
        if used["all_train"] and used["with_validation"]:
            raise ValueError("with_validation and all_train must not both be on: all_train leaves no test split.")
        source = used["data_dir"] or ("dummy" if used["smoke"] else None)
        found = self.load(source, **_own(self.load, used))
        training, validation, test = (found[split] for split in ("train", "validation", "test"))
        if used["smoke"] and used["data_dir"]:
            training, validation, test = map(_thinned, (training, validation, test))
        if used["all_train"]:
            return training, training if used["smoke"] else found["all_train"], None, None
        if used["with_validation"]:
            return training, Examples(*([*a, *b] for a, b in zip(training, validation, strict=True))), None, test
        return training, training, validation, test


def _begun(used):
    return Path(used["output"]) / "begun.keras"


def _thinned(split):
    """The first examples of a split; of a single long text its beginning."""
    if isinstance(split, dict):
        return {name: _thinned(examples) for name, examples in split.items()}
    if len(split.raw) == 1 and isinstance(split.raw[0], str):
        return Examples(*([column[0][:SMOKE_CHARACTERS]] for column in split))
    step = max(1, len(split.raw) // SMOKE_EXAMPLES)
    return Examples(*(column[::step] for column in split))


def _own(function, settings):
    return {name: settings[name] for name in settings_of(function) if name in settings}
