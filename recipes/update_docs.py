"""Write the tables of README.md and docs/ anew: from cards, from records of datasets, and from docs/leaderboard.csv.

python recipes/update_docs.py
"""

import itertools
import re
from pathlib import Path

from rnn_zoo import cards, catalogue

ROOT = Path(__file__).parent.parent
LEARNED_FROM = re.compile(r'(?:__file__|globals\(\)), "\w+", "(\w+)"|load_dataset\("(\w+)"')
SHOWN = {
    "sentiment_gru:imdb": "whether a film review is positive",
    "dna_gru:promoters": "whether transcription of a gene starts in 81 bases",
    "sequential_image_gru:mnist": "a digit, read pixel by pixel: 784 timesteps",
    "forecast_gru:etth1": "24 hours of seven series from 96; lower is better",
    "pos_lstm:ewt": "a part of speech for every word",
    "language_model_gru:tiny_shakespeare": "the next character of a play; lower is better",
    "music_gru:jsb": "the next chord of a chorale; lower is better",
    "translation_gru:multi30k_en_de": "English to German",
    "pronunciation_lstm:cmudict": "the phonemes of a word; the share of wrong words, lower is better",
    "speech_gru:an4": "what is spelled and said; the share of wrong characters, lower is better",
}
"""What the README shows, and what each model says."""


CELLS_ON = {
    "sequential_image:permuted_mnist": "permuted digits, accuracy",
    "dna:promoters": "promoters, Matthews correlation",
    "language_model:tiny_shakespeare": "Shakespeare, nats (lower is better)",
    "sentiment:imdb": "film reviews, accuracy",
}
"""What cells are compared on, of the weights that there are."""


def models_table():
    """All builders and their trained weights."""
    rows = itertools.chain.from_iterable(map(cards.rows_of, catalogue.ROWS))
    cells = [[_model(row), row["io_type"], *_facts(row)] for row in rows]
    return _table(["model", "input/output", "test metric", "parameters", "size"], cells)


def results_table():
    """The results that the README shows."""
    rows = {_model(row): row for name in catalogue.ROWS for row in cards.rows_of(name)}
    cells = [[f"`{model}`", says, *_facts(rows[f"`{model}`"])] for model, says in SHOWN.items()]
    return _table(["model", "says", "test metric", "parameters", "size"], cells)


def cells_table():
    """What the trained models of each cell reached."""
    from rnn_zoo.layers.cells import CELLS

    rows = {_model(row): row for name in catalogue.ROWS for row in cards.rows_of(name) if row["weights"]}
    cells = []
    for core in CELLS:
        found = [rows.get(f"`{task}_{core}:{weights}`") for task, weights in (one.split(":") for one in CELLS_ON)]
        cells.append([f"`{core}`", *(f"{row['metric']['mean']:.3f}" if row else "-" for row in found)])
    return _table(["cell", *CELLS_ON.values()], cells)


def leaderboard_table():
    """What cells of one size reached, from the rows of the benchmark."""
    from rnn_zoo.training import leaderboard

    return leaderboard.table_of(leaderboard.read_rows(ROOT / "docs" / "leaderboard.csv"))


def datasets_table():
    """All datasets: what they are, who learns from them, and where their files come from."""
    from rnn_zoo.datasets import DATASETS

    recipes = {}
    for path in sorted((ROOT / "recipes").glob("*.py")):
        if found := LEARNED_FROM.search(path.read_text(encoding="utf-8")):
            recipes.setdefault(found[found.lastindex], []).append(f"`{path.name}`")
    cells = []
    for name, record in sorted(DATASETS.items()):
        link, title = f"[`{name}`](../rnn_zoo/datasets/cards/{name}.md)", record.card.text.splitlines()[0]
        cells.append([link, title, ", ".join(recipes.get(name, "-")), _source(record), record.card.licence])
    return _table(["dataset", "what it is", "recipes", "files", "licence, as its source states it"], cells)


TABLES = {
    "README.md": {"results": results_table},
    "docs/models.md": {"models": models_table},
    "docs/cells.md": {"cells": cells_table, "leaderboard": leaderboard_table},
    "docs/data.md": {"datasets": datasets_table},
}


def updated(path):
    """The text of a page with its tables written anew."""
    text = (ROOT / path).read_text(encoding="utf-8")
    for name, table in TABLES[path].items():
        begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
        before, rest = text.split(begin)
        text = before + begin + table() + end + rest.split(end)[1]
    return text


def _model(row):
    return f"`{row['name']}{':' * bool(row['weights'])}{row['weights'] or ''}`"


def _facts(row):
    if not row["weights"]:
        return ["-"] * 3
    num_seeds = len(row["metric"]["seeds"])
    metric = f"{cards.metric_text(row['metric'])} ({num_seeds} seed{'s' * (num_seeds > 1)})"
    kibibytes = row["size_bytes"] / 1024
    return [
        metric,
        f"{row['parameters']:,}",
        f"{kibibytes:.0f} KiB" if kibibytes < 1000 else f"{kibibytes / 1024:.1f} MiB",
    ]


def _source(record):
    """Where files come from where no source is named."""
    from rnn_zoo.datasets.downloads import downloads_of

    if record.read is None:
        return "TensorFlow Datasets"
    if record.package:
        return f"the extra `{record.package.extra}`"
    if files := downloads_of(record, record.usual):
        sizes = [file.size for file in files.values()]
        return f"download, {sum(sizes) / 1e6:.1f} MB" if all(sizes) else "download"
    return "`--data-dir`" + " or `tfds`" * bool(record.tfds)


def _table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    for page in TABLES:
        (ROOT / page).write_text(updated(page), encoding="utf-8")
        print(f"Wrote the tables of {page}.")
