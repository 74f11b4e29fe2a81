"""Whether commands that the documentation shows exist, with their arguments and flags. Nothing is run."""

import configparser
import functools
import re
import runpy
import shlex
import sys
from pathlib import Path
from unittest import mock

import click

from rnn_zoo import catalogue
from rnn_zoo.cli import main
from rnn_zoo.cli.arguments import read_model
from rnn_zoo.training import Recipe

ROOT = Path(__file__).parent.parent
ASSIGNMENT = re.compile(r"\w+=.*")


def commands_of(text):
    """The commands of a script, each a list of words; those inside quotes too."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = []
        for word in [*lexer, ";"]:
            if set(word) <= set("|&;<>()"):
                found.append(words)
                words = []
            elif "recipes/" in word and " " in word:
                found += commands_of(word)
            else:
                words.append(word)
    return [words for words in found if words]


def check_command(words):
    """Make sure that a command of ours exists as it is written; others are taken as they are.

    Raises:
        AssertionError: for an unknown command, recipe or extra.
        click.ClickException: for an unknown flag, or an illegal value.
        ValueError: for an unknown model or dataset.
    """
    words = [word for place, word in enumerate(words) if not (ASSIGNMENT.fullmatch(word) and "--" not in words[:place])]
    words = words[1:] if words and words[0] in ("export", "exec") else words
    name = next((word for word in words if word.startswith("recipes/") and word.endswith(".py")), None)
    if name is not None:
        assert (ROOT / name).is_file(), name
        if "--help" not in words:
            check_flags(command_of(name), words[words.index(name) + 1 :])
    elif words and words[0] == "rnn-zoo":
        check_zoo(words[1:])
    elif "install" in words:
        for extra in re.findall(r"\[([\w,]+)\]", " ".join(words)):
            assert set(extra.split(",")) <= set(extras()), extra


def check_zoo(words):
    """Make sure that a command of `rnn-zoo` exists as it is written, or by its name; capitals stand for anything."""
    if any(word.isupper() and word.isalpha() for word in words[:2]):
        return
    command = main.commands[words[0]]
    if not words[1:]:
        return
    given = check_flags(command, words[1:])
    if "model" in given:
        model = read_model(given["model"])
        if model.name and words[0] not in ("info", "explain"):
            assert model.weights or catalogue.default_weights(model.name)
    if "dataset" in given and given["name"] and not given["name"].endswith(".keras"):
        model = read_model(given["name"])
        dataset = given["dataset"] or dataset_of(model)
        paths = catalogue.recipe_paths(model.name)
        catalogue.check_choice("--dataset", dataset, list(paths))
        check_flags(command_of(paths[dataset].relative_to(ROOT).as_posix()), given["arguments"] or ())


def check_flags(command, words):
    """Make sure that a click command has the flags among some words, and takes their values; returns what they give."""
    context = click.Context(command, **command.context_settings)
    found, *_ = command.make_parser(context).parse_args(list(words))
    given = {name: value for name, value in found.items() if isinstance(value, (str, bool, tuple, list))}
    for option in command.get_params(context):
        if option.name in given and not isinstance(option.type, click.Path):
            value = given[option.name]
            for one in value if isinstance(value, (list, tuple)) else [value]:
                option.type.convert(one, option, context)
    return {option.name: given.get(option.name) for option in command.params}


@functools.cache
def command_of(name):
    """The click command of a script below `recipes/`."""
    with mock.patch.object(sys, "path", [str((ROOT / name).parent), *sys.path]):  # as `python name` does
        found = runpy.run_path(str(ROOT / name)).get("main")
    if isinstance(found, Recipe):
        return found.command()
    return found or click.Command(name)


@functools.cache
def extras():
    """The names of all extras."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return list(parser["options.extras_require"])


def dataset_of(model):
    """The dataset that trained weights were learned from."""
    card = catalogue.read_card(model.name, model.weights or catalogue.default_weights(model.name))
    return Path(card["recipe"]).stem.removeprefix(f"{catalogue.ROWS[model.name].task}_")
