"""`rnn-zoo benchmark`: the leaderboard of cells."""

import logging
from pathlib import Path

import click

from rnn_zoo.cli.arguments import examples
from rnn_zoo.cli.quiet import quiet_libraries


@click.command(
    epilog=examples(
        "rnn-zoo benchmark --suite small --data-dir data --output runs/leaderboard",
        "rnn-zoo benchmark --tasks adding,digits --cells gru,min_gru",
    )
)
@click.option("--suite", type=click.Choice(["small", "full"]), default="small", show_default=True, help="How long.")
@click.option("--tasks", metavar="A,B,...", help="Some of adding, copy, digits, jsb, fsdd, cmudict, promoters, imdb.")
@click.option("--cells", metavar="A,B,...", help="Some of the cells; `rnn-zoo list` shows them in names.")
@click.option("--data-dir", type=click.Path(exists=True, file_okay=False), help="A folder with a folder a dataset.")
@click.option(
    "--output", default="runs/leaderboard", show_default=True, type=click.Path(path_type=Path), help="Folder."
)
@click.option("--smoke", is_flag=True, help="A run of seconds on made-up data, to see that all works.")
def benchmark(suite, tasks, cells, data_dir, output, smoke):
    """Compare cells on eight tasks: models of 70,000 parameters, two learning rates, two seeds.

    Each finished run is a row of leaderboard.csv; after Ctrl-C, the same command goes on. At the end there are a table,
    leaderboard.md, and a picture of scores against seconds of training, leaderboard.png. What is chosen is chosen on
    validation, and what is shown was measured on test.
    """
    with quiet_libraries():
        from rnn_zoo.catalogue import check_choice
        from rnn_zoo.layers.cells import CELLS
        from rnn_zoo.training import leaderboard
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # every model is traced anew, and it would say so

    def chosen(flag, given, known):
        names = tuple(dict.fromkeys(given.split(","))) if given else tuple(known)
        for one in names:
            check_choice(flag, one, list(known))
        return names

    tasks, cells = chosen("--tasks", tasks, leaderboard.CONTESTS), chosen("--cells", cells, CELLS)
    path = output / "leaderboard.csv"
    try:
        rows = leaderboard.run_leaderboard(
            path, suite=suite, tasks=tasks, cells=cells, data_dir=data_dir, smoke=smoke, say=click.echo
        )
    except KeyboardInterrupt:
        raise click.ClickException(f"interrupted. {path} holds what has ended; the same command goes on.") from None
    table = leaderboard.table_of(rows)
    path.with_suffix(".md").write_text(table, encoding="utf-8")
    click.echo(f"{table}Saved {leaderboard.plot(rows, path.with_suffix('.png'))}, leaderboard.md and leaderboard.csv.")
