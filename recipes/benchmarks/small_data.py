"""Fine-tuning with the command line's defaults on 200, 500 and 2,000 rows of five sets, against two plain answers.

python recipes/benchmarks/small_data.py --data-dir data --json runs/small_data.json

The folder holds nsmc, ko_3i4k and snips. Rows are drawn by seed from train, written to a CSV file and given to
`rnn-zoo fine-tune`, which cuts validation and test tenths of its own off; accuracy is that of held-out examples of the
set, 2,000 at most, beside the commonest class and a bag of words that learned from the same rows. What was measured is
kept in the file of --json, and not measured again.
"""

import csv
import tempfile
from json import loads
from pathlib import Path

import keras
import numpy as np
from click.testing import CliRunner
from measuring import write_json

from rnn_zoo import load_dataset
from rnn_zoo.cli import main as rnn_zoo
from rnn_zoo.cli.learning import bag_of_words, measure
from rnn_zoo.datasets import Examples, class_names
from rnn_zoo.datasets.own import read_own
from rnn_zoo.training import script_command
from rnn_zoo.training.report import say_runs

SETS = {
    "rotten_tomatoes": "sentiment_lstm:imdb",
    "snips": "sentiment_lstm:imdb",
    "nsmc_stars": "sentiment_gru:nsmc",
    "ko_3i4k": "sentiment_gru:nsmc",
    "korean_and_english": "sentiment_gru:nsmc",
}
"""And the model that each begins with."""
HELD_OUT = 2000


def read(name, split, data_dir):
    """Texts and names of classes; Korean texts that a model was trained on are left out."""
    if name == "korean_and_english":
        unseen = "validation" if split == "train" else split  # by the model that it begins with
        korean, english = read("nsmc", unseen, data_dir), read("rotten_tomatoes", split, data_dir)
        count = min(len(korean.raw), len(english.raw))
        korean, english = (drawn(one, count, 0) for one in (korean, english))
        return Examples(*(a + b for a, b in zip(korean, english, strict=True)))
    subset = "intents" if name == "snips" else None
    source = None if name == "rotten_tomatoes" else Path(data_dir, name.removesuffix("_stars"))
    found, names = load_dataset(name, split, source=source, subset=subset), class_names(name, subset)
    found = Examples(found.raw, [names[one] if isinstance(one, int) else one for one in found.labels])
    texts = [one if isinstance(one, str) else " ".join(one) for one in found.raw]
    seen = set(load_dataset("nsmc", "train", source=Path(data_dir, "nsmc")).raw) if name == "nsmc_stars" else ()
    return Examples(texts, found.labels).take(place for place, text in enumerate(texts) if text not in seen)


def drawn(examples, count, seed):
    """Some examples at random."""
    return examples.take(np.random.default_rng(seed).permutation(len(examples.raw))[:count].tolist())


def measured(model, rows, held_out, seed, folder):
    """Accuracy of the fine-tuned model, of a bag of words and of the commonest class."""
    keras.utils.clear_session()
    data, output = Path(folder, "rows.csv"), Path(folder, "mine.keras")
    with open(data, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("text", "label"), *zip(*rows, strict=True)])
    done = CliRunner().invoke(
        rnn_zoo, ["fine-tune", model, "--data", str(data), "--output", str(output), "--seed", str(seed), "--overwrite"]
    )
    if done.exit_code:
        raise ValueError(done.output)
    task, training = keras.saving.load_model(output), read_own("sentiment", data)[0]["train"]
    known = set(training.labels)
    held_out = held_out.take(place for place, label in enumerate(held_out.labels) if label in known)
    commonest = max(sorted(known), key=training.labels.count)
    return {
        "fine_tuned": measure(task, held_out),
        "bag_of_words": measure(bag_of_words(training, task.preprocessor), held_out),
        "commonest": held_out.labels.count(commonest) / len(held_out.labels),
    }


def run(*, data_dir="data", sets=tuple(SETS), sizes=(200, 500, 2000), seeds=3, json: str | None = None):
    """Measure what was not measured yet, and print the table.

    Args:
        data_dir: folder with nsmc, ko_3i4k and snips.
        sets: which sets.
        sizes: rows.
        seeds: runs of each.
    """
    found = loads(Path(json).read_text()) if json and Path(json).exists() else {}
    for size in sizes:
        for name in sets:
            missing = [seed for seed in range(seeds) if f"{name},{size},{seed}" not in found]
            training, held_out = (
                (read(name, split, data_dir) for split in ("train", "test")) if missing else (None, None)
            )
            for seed in missing:
                with tempfile.TemporaryDirectory() as folder:
                    found[f"{name},{size},{seed}"] = measured(
                        SETS[name], drawn(training, size, seed), drawn(held_out, HELD_OUT, 0), seed, folder
                    )
                write_json(json, found)
            runs = [found[f"{name},{size},{seed}"] for seed in range(seeds)]
            print(
                f"| {name} | {size:,} | "
                + " | ".join(say_runs([run[way] for run in runs], digits=3) for way in runs[0])
                + " |"
            )


main = script_command(globals(), run, choices={"sets": tuple(SETS)})
