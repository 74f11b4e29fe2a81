"""`rnn-zoo train` and `evaluate`: the recipes, for people who have the package only."""

import functools
import shlex

import click
from click.core import ParameterSource

from rnn_zoo import cards, catalogue
from rnn_zoo.cli.arguments import complete_models, complete_names, examples, read_model
from rnn_zoo.cli.own_data import own_command
from rnn_zoo.cli.quiet import quiet_libraries

PASSED_ON = {"ignore_unknown_options": True}


def complete_datasets(context, parameter, incomplete):
    """Names of datasets for the shell, those of the builder if one is typed."""
    typed = [name for name in (context.params.get("name"), *context.args) if name in catalogue.ROWS]
    found = {dataset for name in typed or catalogue.ROWS for dataset in catalogue.recipe_paths(name)}
    return sorted(dataset for dataset in found if dataset.startswith(incomplete))


def passes_on(command, complete=complete_names):
    """Give a command NAME, --dataset, and whatever flags the recipe has."""
    for decorate in (
        click.option(
            "-h", "--help", "wants_help", is_flag=True, help="Show this, or with NAME and --dataset all flags."
        ),
        click.argument("arguments", metavar="[FLAG]...", nargs=-1, type=click.UNPROCESSED),
        click.option(
            "--dataset", shell_complete=complete_datasets, help="What is learned: a name that NAME's recipes know."
        ),
        click.argument("name", required=False, shell_complete=complete),
        click.pass_context,
    ):
        command = decorate(command)
    return command


@click.command(
    short_help="Train a model as its recipe does.",
    context_settings=PASSED_ON,
    add_help_option=False,
    epilog=examples(
        "rnn-zoo train digits_dense --dataset digits",
        "rnn-zoo train sentiment_gru --dataset imdb --epochs 3 --output runs/mine",
        "rnn-zoo train sentiment_gru --dataset imdb --resume",
        "rnn-zoo train forecast_lstm --dataset ett --data-dir data/ett --subset etth2",
        "rnn-zoo train sentiment_gru --dataset imdb --help     # all flags of this recipe",
        "rnn-zoo train sentiment_gru --data reviews.csv        # from scratch, on rows of your own",
        "rnn-zoo train sentiment_gru --data a.csv b.csv --stream --workers 2",
        "rnn-zoo train activity_gru --data sounds/             # a folder with a folder of files for each class",
    ),
)
@click.option("--data", type=click.Path(), help="In place of --dataset: a file or a folder of your own.")
@click.option(
    "--stream",
    is_flag=True,
    help="With --data: read and encode it anew for every pass; it may be more than memory holds.",
)
@passes_on
def train(context, name, dataset, arguments, wants_help, data, stream):
    """Train a model as its recipe does: data in, weights, plots and measures out.

    NAME is a builder; `rnn-zoo list` shows them. The model is measured once on the test split and saved below --output,
    runs/TASK_DATASET if that is not given. Ctrl-C keeps what was learned for --resume. Flags differ from recipe to
    recipe: --help with NAME and --dataset shows them all. --smoke is a run of seconds.

    With --data in place of --dataset, a fresh model learns classes of your own examples; --help with NAME and --data
    shows the flags of that. With --stream too, the examples may be more than memory holds.
    """
    if stream and not data:
        raise click.UsageError("--stream is for --data of your own.")
    if name and data and stream:
        with quiet_libraries():
            from rnn_zoo.cli.own_stream import own_stream_command

            command = own_stream_command(name, data)
        _run(command, arguments, f"rnn-zoo train {name} --data {data} --stream", wants_help)
        return
    if name and data and not dataset:
        _run(own_command(name), ["--data", data, *arguments], f"rnn-zoo train {name}", wants_help)
        return
    if wants_help and not (name and dataset):
        click.echo(context.get_help())
        return
    recipe, core = find_recipe(name, dataset)
    fixed = {"core": core} if "core" in recipe.settings else {}
    _run(recipe.command(**fixed), arguments, f"rnn-zoo train {name} --dataset {dataset}", wants_help)


@click.command(
    short_help="Measure a model on held-out data.",
    context_settings=PASSED_ON,
    add_help_option=False,
    epilog=examples(
        "rnn-zoo evaluate digits_dense --dataset digits",
        "rnn-zoo evaluate runs/sentiment_imdb/model.keras --dataset imdb",
        "rnn-zoo evaluate activity_gru:japanese_vowels --split validation",
        "rnn-zoo evaluate forecast_gru --data-dir data/ett",
    ),
)
@click.option(
    "--split", type=click.Choice(["validation", "test"]), default="test", show_default=True, help="What to measure on."
)
@functools.partial(passes_on, complete=complete_models)
def evaluate(context, name, dataset, arguments, wants_help, split):
    """Measure a model on a held-out split of a dataset, as its recipe does, beside what its card says.

    NAME is a builder, NAME:WEIGHTS, or a .keras file. Trained weights of the package are measured, without --dataset,
    on the data of their recipe, read as it was for them. --data-dir names the folder of the original files. What else a
    recipe lets one choose about its data has a flag too: --help with NAME and --dataset shows them.
    """
    if wants_help and not (name and dataset):
        click.echo(context.get_help())
        return
    if not name:
        raise click.UsageError("give the NAME of a builder: rnn-zoo list shows them.")
    model, card = read_model(name), {}
    if model.name is None:
        task = model.load()
        model = model._replace(name=task.name)
    else:
        card = catalogue.read_card(model.name, model.weights or catalogue.default_weights(model.name))
        dataset = dataset or dataset_of(model.name, card)
        task = None
    recipe, _ = find_recipe(model.name, dataset)
    trained_here = card and dataset_of(model.name, card) == dataset
    settings = {**recipe.settings, **(settings_of_card(recipe, card) if trained_here else {}), "data_dir": None}
    reading = recipe.reading_settings(settings)
    run = functools.partial(_evaluate, recipe, task or model, split, card if trained_here else {}, reading)
    _run(recipe.command(run, reading), arguments, f"rnn-zoo evaluate {name} --dataset {dataset}", wants_help)


def find_recipe(name, dataset):
    """The recipe of a builder and a dataset, and the builder's core."""
    if not name:
        raise click.UsageError("give the NAME of a builder: rnn-zoo list shows them.")
    paths = catalogue.recipe_paths(name)
    if not dataset:
        raise click.UsageError(f"give --dataset: {', '.join(paths)}.")
    catalogue.check_choice("--dataset", dataset, list(paths))
    with quiet_libraries():
        module = catalogue.load_script(paths[dataset].stem)
    return module.main, name.removeprefix(f"{catalogue.ROWS[name].task}_")


def _run(command, arguments, said, wants_help):
    arguments = ["--help"] if wants_help else list(arguments)
    command.main(arguments, prog_name=said, standalone_mode=False)


def dataset_of(name, card):
    """The dataset of the recipe that a card names."""
    stem = card.get("recipe", "").rpartition("/")[2].removesuffix(".py")
    return stem.removeprefix(f"{catalogue.ROWS[name].task}_") or None


def settings_of_card(recipe, card):
    """The settings of the command on a card."""
    arguments = shlex.split(card["command"])[2:]  # without `python recipes/...`
    with recipe.command().make_context("recipe", arguments) as context:
        written = (name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE)
        return recipe.with_defaults({name: context.params[name] for name in written})


def _evaluate(recipe, model, split, card, reading, **given):
    """Measure and print; every metric beside that of the card, if it has one."""
    from rnn_zoo.training.report import by_name, say

    task = model.load() if hasattr(model, "load") else model
    with quiet_libraries():
        found = by_name(recipe.splits(**{**reading, **given})[split])
    for of, held_out in found.items():
        with quiet_libraries():
            answers = task.infer(task.prompts_of(held_out.raw))
            metrics = task.answer_metrics(held_out.raw, held_out.labels, answers)
        count = f"{len(held_out.raw):,} example{'s' if len(held_out.raw) > 1 else ''}"
        click.echo(f"{split.capitalize()}{f' on {of}' if of else ''}, {count}: {say(metrics)}")
    if card:
        metric = card["metric"]
        click.echo(f"Card: {cards.metric_text(metric)} on {metric['split']}; {metric.get('note', '')}")
        if "--all-train" in card["command"]:
            click.echo("These weights were fitted on all labelled examples, these too: only the card's number counts.")
