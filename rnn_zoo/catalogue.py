"""What is in the zoo: the catalogue of builders, and the trained weights that come with the package.

This module is plain Python on purpose: `rnn-zoo list` must answer without importing Keras.
"""

import hashlib
import importlib.util
import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from rnn_zoo.checks import check_choice
from rnn_zoo.extras import require
from rnn_zoo.layers.cells import CELLS

IO_TYPES = ("one_to_one", "one_to_many", "many_to_one", "many_to_many", "encoder_decoder")
BACKENDS = ("tensorflow", "jax", "torch")
HUB = "hf://"
WEIGHTS_FOLDER = Path(__file__).parent / "weights"
RECIPE_FOLDERS = (Path(__file__).parent / "recipes", Path(__file__).parent.parent / "recipes")
"""Where the recipes are: in an installed package, and in a checkout."""


class Row(NamedTuple):
    """One line of the zoo: a task, what goes in and out, and the weights that a builder loads without arguments.

    Without cores its models are of the recurrent cells that have the task. Where several tasks share a module of
    `rnn_zoo.models`, it is named, and the class of the codec with it. The next weights are those of
    builders without the default ones, None being the first of the alphabet.
    """

    task: str
    io_type: str
    default_weights: str
    cores: tuple | None = None
    module: str | None = None
    codec: str | None = None
    next_weights: str | None = None


CATALOGUE = (
    Row("digits", "one_to_one", "digits", ("dense",)),
    Row("sentiment", "one_to_one", "imdb", ("bag_of_words",), "bags", "Classes"),
    Row("sentiment", "many_to_one", "imdb", None, "texts", "Classes"),
    Row("rating", "one_to_one", "nsmc_stars", ("bag_of_words",), "bags", "Ratings"),
    Row("rating", "many_to_one", "nsmc_stars", None, "texts", "Ratings"),
    Row("dna", "many_to_one", "gene_family"),
    Row("activity", "many_to_one", "msr_action3d"),
    Row("vqa", "many_to_one", "easy_vqa"),
    Row("video", "many_to_one", "moving_digits"),
    Row("sequential_image", "many_to_one", "mnist"),
    Row("keyword", "many_to_one", "speech_commands"),
    Row("forecast", "many_to_one", "etth1"),
    Row("pos", "many_to_many", "ewt", None, "tagging", "Tags"),
    Row("ner", "many_to_many", "conll2003", None, "tagging", "EntityTags", next_weights="wnut17"),
    # And many_to_one: an intent a sentence beside a tag a word.
    Row("intent", "many_to_many", "atis", None, "tagging", "Requests"),
    Row("language_model", "many_to_many", "tiny_shakespeare"),
    # CTC names a token, or the blank, at every timestep; with decoder="attention" it is an encoder_decoder.
    Row("speech", "many_to_many", "fsdd"),
    Row("caption", "one_to_many", "flickr8k"),
    Row("music", "one_to_many", "jsb"),
    Row("sketch", "one_to_many", "kanji"),
    Row("translation", "encoder_decoder", "multi30k_en_de"),
    Row("pronunciation", "encoder_decoder", "cmudict"),
)


def cores_of(row):
    """What the models of a row are made of: names of cells that have its task, or those that it names."""
    return row.cores or tuple(name for name, cell in CELLS.items() if cell.tasks is None or row.task in cell.tasks)


class _Rows(Mapping):
    """The rows by the names of builders, `<task>_<core>`, in catalogue order: tasks by cells."""

    def __iter__(self):
        return (f"{row.task}_{core}" for row in CATALOGUE for core in cores_of(row))

    def __len__(self):
        return sum(1 for _ in self)

    def __getitem__(self, name):
        return {f"{row.task}_{core}": row for row in CATALOGUE for core in cores_of(row)}[name]


ROWS = _Rows()


def list_models(io_type=None, task=None):
    """Names of the builders, in catalogue order.

    Args:
        io_type: keep only one of `rnn_zoo.catalogue.IO_TYPES`.
        task: keep only the builders of one task, for example "sentiment".

    Returns:
        A list of names; `getattr(rnn_zoo, name)` is the builder.

    Example:
        >>> import rnn_zoo
        >>> rnn_zoo.list_models(io_type="one_to_one", task="sentiment")
        ['sentiment_bag_of_words']
    """
    if io_type is not None:
        check_choice("io_type", io_type, IO_TYPES)
    if task is not None:
        check_choice("task", task, sorted({row.task for row in CATALOGUE}))
    return [name for name, row in ROWS.items() if io_type in (None, row.io_type) and task in (None, row.task)]


def list_weights(name):
    """Names of the trained weights of a builder, the default one first.

    Args:
        name: a builder's name, for example "sentiment_lstm".

    Returns:
        A list such as `["imdb"]`; each can be given to the builder as `weights=`.

    Example:
        >>> import rnn_zoo
        >>> rnn_zoo.list_weights("sentiment_lstm")[0]
        'imdb'
    """
    check_choice("name", name, list(ROWS))
    longer = tuple(other for other in ROWS if other.startswith(f"{name}_"))
    stems = [path.stem for path in WEIGHTS_FOLDER.glob(f"{name}_*.json") if not path.stem.startswith(longer)]
    found = sorted(stem.removeprefix(f"{name}_") for stem in stems)
    first = (ROWS[name].default_weights, ROWS[name].next_weights)
    return sorted(found, key=lambda weights: first.index(weights) if weights in first else len(first))


def default_weights(name):
    """The name of the weights that a builder loads where none are named; an error names the cells that have some."""
    found = list_weights(name)
    if found:
        return found[0]
    others = [other for other in list_models(task=ROWS[name].task) if list_weights(other)]
    instead = f" Trained are {', '.join(others)}." if others else ""
    raise ValueError(
        f"{name} has no trained weights in this package: give the path of a .keras file, or make a fresh model with "
        f"{name}.from_examples(examples).{instead}"
    )


def read_card(name, weights):
    """The card of trained weights: where they come from, what they reached, how to use them.

    Args:
        name: a builder's name.
        weights: one of `list_weights(name)`.

    Returns:
        A dictionary, as stored in `rnn_zoo/weights/<name>_<weights>.json`.
    """
    check_choice("weights", weights, list_weights(name))
    return json.loads((WEIGHTS_FOLDER / f"{name}_{weights}.json").read_text(encoding="utf-8"))


def recipe_paths(name):
    """The recipes of a builder's task, as paths by the names of their datasets: what `rnn-zoo train` runs.

    An installed package carries them as `rnn_zoo/recipes`.
    """
    check_choice("name", name, list(ROWS))
    task = ROWS[name].task
    folder = _recipe_folder()
    found = {path.stem.removeprefix(f"{task}_"): path for path in sorted(folder.glob(f"{task}_*.py"))}
    return {**found, **({task: folder / f"{task}.py"} if (folder / f"{task}.py").is_file() else {})}


def load_script(name):
    """The module of a recipe, by the name of its file: `load_script("digits").main` is a `Recipe`."""
    path = _recipe_folder() / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"rnn_zoo.recipes.{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _recipe_folder():
    return next((folder for folder in RECIPE_FOLDERS if folder.is_dir()), RECIPE_FOLDERS[0])


def load_weights(name, weights):
    """Load trained weights by name, once their sha256 is that on their card, or a Task, see `load_task`."""
    if isinstance(weights, Path) or is_place(str(weights)):
        return load_task(weights)
    card = read_card(name, weights)
    path = WEIGHTS_FOLDER / f"{name}_{weights}.keras"
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is not there: what is used less does not come with the wheel. A checkout of the repository has "
            f'it: give the path of a copy, or weights="hf://<user>/<name>" where one was uploaded.'
        )
    found = sha256_of(path)
    if found != card["sha256"]:
        raise ValueError(
            f"{path} is damaged: install rnn-zoo again. Expected sha256={card['sha256']}. Received: sha256={found}"
        )
    return load_task(path)


def is_place(text):
    """Whether a text is the path of a `.keras` file or the address of a Task on the Hugging Face Hub, and no name."""
    return text.endswith(".keras") or text.startswith(HUB)


def load_task(path):
    """Load a Task from a `.keras` file, or from `hf://<user>/<name>`, which Keras downloads from the Hugging Face Hub.

    `safe_mode` is on: nothing in the file is run as code.
    """
    if str(path).startswith(HUB):
        require("models of the Hugging Face Hub", "huggingface_hub")
        return _load(path)
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"weights must be a trained name or the path of a .keras file. Received: {path}")
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path} is damaged or is no .keras file: it is no complete zip archive.")
    task = _load(path)
    task.loaded_from = path.resolve()
    return task


def _load(path):
    import keras

    from rnn_zoo.task import Task

    try:
        task = keras.saving.load_model(path, safe_mode=True)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError) as error:
        fault = "could not be loaded" if str(path).startswith(HUB) else "is damaged or is no .keras file"
        raise ValueError(f"{path} {fault}: {error}") from error
    if not isinstance(task, Task):
        raise ValueError(f"{path} must hold a Task of rnn_zoo. Received: {type(task).__name__}")
    return task


def sha256_of(path):
    """The sha256 of a file, as hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
