"""Add worst answers, the metric by length and calibration to the cards whose weights are those of a measured run.

    python recipes/complete_cards.py --data-dir data                  # all of them
    python recipes/complete_cards.py keyword_gru:speech_commands --data-dir data

--data-dir holds the folders that the commands on the cards name.
"""

from pathlib import Path

import click

from rnn_zoo import catalogue
from rnn_zoo.cli.train import dataset_of, find_recipe, settings_of_card
from rnn_zoo.training.cards import complete_card


@click.command(help=(__doc__ or "").replace("\n\n", "\n\n\b\n"))
@click.argument("names", nargs=-1, metavar="[NAME:WEIGHTS]...")
@click.option("--data-dir", required=True, type=click.Path(exists=True, path_type=Path), help="Folder of folders.")
def main(names, data_dir):
    """Go through the cards, and write `rnn_zoo/weights/<name>_<weights>.json`."""
    every = [(name, weights) for name in catalogue.ROWS for weights in catalogue.list_weights(name)]
    for name, weights in [tuple(one.split(":")) for one in names] or every:
        card = catalogue.read_card(name, weights)
        if "--all-train" in card["command"] or {"worst_answers", "by_length"} & card.keys():
            continue
        recipe, _ = find_recipe(name, dataset_of(name, card))
        settings = recipe.reading_settings(settings_of_card(recipe, card))
        if settings.get("data_dir"):
            settings["data_dir"] = str(data_dir / settings["data_dir"].removeprefix("data").strip("/"))
        try:
            added = complete_card(name, weights, recipe.splits(**settings))
        except (FileNotFoundError, ModuleNotFoundError) as error:
            added = [f"nothing: {error}"]
        click.echo(f"{name}:{weights} has {', '.join(added)}")


if __name__ == "__main__":
    main()
