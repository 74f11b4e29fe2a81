"""The catalogue and the cards of trained weights, for people to read.

Plain Python, and rich only where something is printed: `rnn-zoo list` must answer at once.
"""

import sys

from rnn_zoo import catalogue

MEBIBYTE = 2**20
TABLE_COLUMNS_WHEN_PIPED = 160
CARD_COLUMNS_WHEN_PIPED = 100
LONGEST_INPUT = 400
LOWER_IS_BETTER = (
    "mse", "mae", "error", "nats", "bits", "bits_per_character", "perplexity", "nll_per_frame", "nll_per_point", "wer",
    "cer", "per",
)  # fmt: skip
"""What names of such metrics end in."""
READING_ORDER = (
    "description", "io_type", "use", "metric", "baselines", "other_metrics", "calibration", "by_length",
    "worst_answers", "example", "intended_use", "limits", "dataset", "recipe", "command", "train_minutes",
    "learning_curve", "hardware", "parameters", "size_bytes", "sha256", "version", "versions",
)  # fmt: skip
LABELS = {"size_bytes": "size"}
IN_THE_TITLE = ("builder", "weights", "file", "task")


def rows_of(name):
    """What the table says about a builder: a dictionary for each of its trained weights, or one without values."""
    row = catalogue.ROWS[name]
    found = [catalogue.read_card(name, weights) for weights in catalogue.list_weights(name)] or [{}]
    facts = ("weights", "metric", "size_bytes", "parameters")
    return [
        {"name": name, "task": row.task, "io_type": row.io_type, **{key: card.get(key) for key in facts}}
        for card in found
    ]


def print_table(rows):
    """Print the dictionaries of `rows_of` as a table, names always in full."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for header in ("name", "io type", "weights"):
        table.add_column(header, no_wrap=True)
    table.add_column("metric")
    for header in ("MiB", "parameters"):
        table.add_column(header, no_wrap=True, justify="right")
    for row in rows:
        table.add_row(
            row["name"],
            row["io_type"],
            row["weights"] or "-",
            metric_text(row["metric"] or {}) or "-",
            f"{row['size_bytes'] / MEBIBYTE:.1f}" if row["size_bytes"] else "-",
            f"{row['parameters']:,}" if row["parameters"] else "-",
        )
    _console(TABLE_COLUMNS_WHEN_PIPED).print(table)


def print_cards(name, found):
    """Print the cards of a builder, or how to build a fresh model if there are none."""
    from rich import box
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    console = _console(CARD_COLUMNS_WHEN_PIPED)
    without = {
        "trained_weights": "none in this package",
        "fresh_model": f"rnn_zoo.{name}.from_examples(examples); help(rnn_zoo.{name}.from_examples) lists the settings",
    }
    for card in found or [without]:
        facts = Table.grid(padding=(0, 2, 0, 0))
        facts.add_column(style="bold", no_wrap=True)
        facts.add_column(overflow="fold")
        for label, text in facts_of(name, card):
            facts.add_row(label, text)
        title = " · ".join([name, *([card["weights"]] if "weights" in card else [])])
        console.print(Panel(facts, title=Text(title, style="bold"), box=box.HORIZONTALS))


def facts_of(name, card):
    """A card as a list of (label, text), in the order in which one reads it; unknown keys come last."""
    card = {"io_type": catalogue.ROWS[name].io_type, **card}
    if "weights" in card:
        card["use"] = f'rnn_zoo.{name}(weights="{card["weights"]}").infer([...])'
    keys = [*READING_ORDER, *(key for key in card if key not in READING_ORDER and key not in IN_THE_TITLE)]
    return [
        (LABELS.get(key, key.replace("_", " ")), _say(key, card[key]))
        for key in keys
        if card.get(key) not in (None, "", {}, [])
    ]


def metric_text(metric):
    """Name, mean and spread of a metric, such as "accuracy 0.9012 ± 0.0021"; empty if there is no number."""
    value = metric.get("mean") if metric.get("mean") is not None else metric.get("shipped")
    if value is None:
        return ""
    spread = "" if metric.get("std") is None else f" ± {_number(metric['std'])}"
    return f"{metric.get('name', '')} {_number(value)}{spread}".strip()


def _say(key, value):
    special = {"metric": _say_metric, "example": _say_example, "worst_answers": _say_worst}
    if key in special and isinstance(value, (dict, list)):
        return special[key](value)
    if key == "size_bytes":
        return f"{value / MEBIBYTE:.1f} MiB"
    if key == "parameters":
        return f"{value:,}"
    return _say_value(value)


def _say_value(value):
    if isinstance(value, dict):
        if value.get("mean") is not None:
            return metric_text(value)
        return "\n".join(f"{key}: {_say_value(one)}" for key, one in value.items() if one is not None)
    if isinstance(value, list):
        return ", ".join(map(_say_value, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _say_metric(metric):
    lines = [" on ".join(filter(None, [metric_text(metric), metric.get("split")]))]
    if metric.get("seeds"):
        lines.append(f"mean and standard deviation over seeds {_say_value(metric['seeds'])}")
    if metric.get("values"):
        lines.append(f"values: {', '.join(map(_number, metric['values']))}")
    if metric.get("shipped") is not None:
        lines.append(f"these weights: {_number(metric['shipped'])}")
    lines.append(metric.get("note"))
    return "\n".join(filter(None, lines))


def _say_worst(entries):
    return "\n".join(f"{one['example']!r} -> {one['answer']}; right: {one['label']}" for one in entries)


def _say_example(example):
    answer = example.get("answer")
    if isinstance(answer, dict) and "intent" in answer:
        answer = [{**answer, "label": answer["intent"]}, *answer["slots"]]
    if isinstance(answer, dict) and "label" not in answer:  # one of "text", "values" and "notes"
        (answer,) = answer.values()
    if _is_table(answer):
        read = example.get("input")
        return f"{_say_table(read) if _is_table(read) else repr(read)} -> {_say_table(answer)}"
    if isinstance(answer, list):
        answer = ", ".join(map(_say_part, answer))
    said = repr(example.get("input"))
    if len(said) > LONGEST_INPUT:
        said = f"{said[:LONGEST_INPUT]}... ({len(said):,} characters, in the card)"
    return f"{said} -> {_say_part(answer)}"


def _is_table(value):
    return isinstance(value, list) and bool(value) and isinstance(value[0], list)


def _say_table(rows):
    return f"{len(rows)} timesteps, the last {rows[-1]}"


def _say_part(answer):
    if not (isinstance(answer, dict) and "label" in answer):
        return answer
    score = f"{answer['score']:.2f}" if "score" in answer else None
    return "  ".join(filter(None, [answer.get("text"), str(answer["label"]), score]))


def _number(value):
    return f"{value:.4f}" if abs(value) < 10 else f"{value:.2f}"


def _console(columns_when_piped):
    from rich.console import Console

    width = None if sys.stdout.isatty() else columns_when_piped
    return Console(highlight=False, markup=False, emoji=False, width=width)
