"""Put trained weights into the package, with the card that says where they come from and what they reached.

    python recipes/publish.py sentiment_lstm imdb --released runs/all --measured runs/seed_0 --measured runs/seed_1

What a person has to say about the weights (description, dataset, licence, limits) is in `recipes/publish.json`.
Without --released, what runs of the card's command reached with other seeds is added to the card.
`recipes/complete_cards.py` then adds the worst answers, and the metric by length.
"""

import json
from pathlib import Path

import click

from rnn_zoo import catalogue
from rnn_zoo.cli.train import dataset_of, find_recipe, settings_of_card
from rnn_zoo.training.cards import add_seeds, write_card


@click.command(help=(__doc__ or "").replace("\n\n", "\n\n\b\n"))
@click.argument("builder")
@click.argument("weights")
@click.option("--released", help="Output folder of the run whose weights are released.")
@click.option("--measured", required=True, multiple=True, help="Output folder of a run measured on the test split.")
def main(builder, weights, released, measured):
    """Write `rnn_zoo/weights/<builder>_<weights>.keras` and `.json`, or the latter alone."""
    if released is None:
        card = catalogue.read_card(builder, weights)
        recipe, _ = find_recipe(builder, dataset_of(builder, card))
        card = add_seeds(builder, weights, measured, settings_of_card(recipe, card))
        click.echo(json.dumps(card["metric"], indent=2))
        return
    said = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    facts = {**said[weights], **said.get(f"{builder}_{weights}", {})}
    card = write_card(builder, weights, released, measured, facts, metric=facts.get("metric", "accuracy"))
    click.echo(json.dumps({key: card[key] for key in ("file", "size_bytes", "metric", "example")}, indent=2))


if __name__ == "__main__":
    main()
