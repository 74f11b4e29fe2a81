"""Write the README's table of models and weights anew from the catalogue and the cards.

python recipes/update_readme.py
"""

import itertools
from pathlib import Path

from rnn_zoo import cards, catalogue

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- models: begin -->\n", "<!-- models: end -->\n"


def models_table():
    """The table as Markdown: a line for each trained weights, or for a builder that has none."""
    lines = ["| builder | input/output | weights | test metric | parameters | size |", "|---|---|---|---|---|---|"]
    for row in itertools.chain.from_iterable(map(cards.rows_of, catalogue.ROWS)):
        cells = [f"`{row['name']}`", row["io_type"], "-", "-", "-", "-"]
        if row["weights"]:
            num_seeds = len(row["metric"]["seeds"])
            cells[2:] = [
                f"`{row['weights']}`",
                f"{cards.metric_text(row['metric'])} ({num_seeds} seed{'s' * (num_seeds > 1)})",
                f"{row['parameters']:,}",
                f"{row['size_bytes'] / cards.MEBIBYTE:.1f} MiB",
            ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def with_table(readme):
    """The README's text with the table between its markers replaced."""
    head, rest = readme.split(BEGIN)
    return head + BEGIN + models_table() + END + rest.split(END)[1]


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
    print(models_table())
