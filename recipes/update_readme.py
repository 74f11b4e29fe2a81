"""Write the README's table of models and weights anew from the catalogue and the cards.

    python recipes/update_readme.py
"""

from pathlib import Path

from rnn_zoo import registry

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- models: begin -->\n", "<!-- models: end -->\n"


def models_table():
    """The table as Markdown: a line for each trained weights, or for a builder that has none."""
    lines = ["| builder | input/output | weights | test metric | parameters | file |", "|---|---|---|---|---|---|"]
    for name, row in registry.ROWS.items():
        for weights in registry.list_weights(name) or [None]:
            cells = [f"`{name}`", row.io_type]
            cells += _card_cells(registry.read_card(name, weights)) if weights else ["-"] * 4
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def with_table(readme):
    """The README's text with the table between its markers replaced."""
    head, rest = readme.split(BEGIN)
    return head + BEGIN + models_table() + END + rest.split(END)[1]


def _card_cells(card):
    metric = card["metric"]
    spread = f" ± {metric['std']:.2%}".replace("%", "") if metric["std"] is not None else ""
    value = f"{metric['name']} {metric['mean']:.2%}{spread}".replace("%", " %" if not spread else "")
    num_seeds = len(metric["seeds"])
    value += f" ({num_seeds} seed{'s' if num_seeds > 1 else ''})"
    return [f"`{card['weights']}`", value, f"{card['parameters']:,}", f"{card['size_bytes'] / 2**20:.1f} MiB"]


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
    print(models_table())
