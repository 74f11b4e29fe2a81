"""A person's own files: each kind is read as examples of its task, and learned from without code."""

import importlib.util
import json

import numpy as np
import pytest
from click.testing import CliRunner

import rnn_zoo
from rnn_zoo.cli import main
from rnn_zoo.datasets.own import read_own
from rnn_zoo.datasets.splits import part_of
from rnn_zoo.formats.midi import write_midi
from rnn_zoo.formats.rows import column_of, read_rows

BASES = ["ACGT"[place % 4] * 3 + "ACGT"[place // 4 % 4] * 3 + "ACGT"[place // 16] * 3 for place in range(64)]


def written(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def pairs_of(task, path, **settings):
    """All examples of all parts, in order of the parts, after making sure that no part is empty."""
    parts, found = read_own(task, path, **settings)
    assert [*parts][:3] == ["train", "validation", "test"] and all(parts[name].raw for name in [*parts][:3])
    return [pair for name in [*parts][:3] for pair in zip(*parts[name], strict=True)], found


def test_rows_of_a_train_split_that_was_cut_by_content_are_cut_again(tmp_path):
    texts = [text for text in map(str, range(300)) if part_of(text) == "train"]  # as datasets leave them
    rows = "".join(f"{text},{int(text) % 2}\n" for text in texts)
    pairs, _ = pairs_of("sentiment", written(tmp_path, "rows.csv", "text,label\n" + rows))
    assert sorted(pairs) == sorted((text, str(int(text) % 2)) for text in texts)


def test_taggers_read_rows_with_lists_and_questions_need_no_flag(tmp_path):
    rows = [{"tokens": ["in", str(n), "Rome"], "tags": ["O", "O", "B-LOC"]} for n in range(60)]
    path = written(tmp_path, "rows.jsonl", "\n".join(map(json.dumps, rows)))
    pairs, _ = pairs_of("ner", path)
    assert sorted(pairs) == sorted((one["tokens"], one["tags"]) for one in rows)
    path = written(tmp_path, "bad.jsonl", json.dumps(rows[0]) + '\n{"tokens": ["a", "b"], "tags": ["O"]}')
    with pytest.raises(ValueError, match="bad.jsonl, line 2: must have a list of tokens and a tag for each"):
        read_own("ner", path)
    lines = [f"{n}.png,what is it?,{'ab'[n % 2]}" for n in range(60)]
    for n in range(60):
        (tmp_path / f"{n}.png").write_bytes(b"%d" % n)
    path = written(tmp_path, "vqa.csv", "\n".join(["image,question,answer", *lines]))
    assert ((str(tmp_path / "1.png"), "what is it?"), "b") in pairs_of("vqa", path)[0]


@pytest.mark.parametrize("flat", [False, True])
def test_fasta_by_class_is_read_from_a_folder_or_from_its_headers(flat, tmp_path):
    classes = [("cat", "dog")[place % 2] for place in range(64)]
    records = [f">s|{label}\n{bases}\n" for bases, label in zip(BASES, classes, strict=True)]
    if flat:
        data = written(tmp_path, "all.fa", "".join(records))
    else:
        data = tmp_path
        for label in ("cat", "dog"):
            written(tmp_path, f"{label}.fa", "".join(one for one in records if label in one))
    pairs, _ = pairs_of("dna", data)
    assert sorted(pairs) == sorted(zip(BASES, classes, strict=True))


def test_two_columns_are_read_and_learned_in_their_order(tmp_path):
    rows = [(f"a dog {place}", f"ein Hund {place}") for place in range(60)]
    data = written(tmp_path, "pairs.tsv", "\n".join(map("\t".join, [("en", "de"), *rows])))
    assert sorted(pairs_of("translation", data)[0]) == sorted(rows)
    turned, _ = pairs_of("translation", data, column="de", label_column="en")
    assert sorted(turned) == sorted((german, english) for english, german in rows)


@pytest.mark.parametrize(
    ("task", "rows"),
    [
        ("translation", [(f"the dog {place} runs", f"der Hund {place} rennt") for place in range(60)]),
        ("translation", [("Go.", "Va !"), *((f"Run {place}!", f"Cours {place} !") for place in range(60))]),
        ("pronunciation", [("cat", "K AE T"), *((f"a{'b' * place}", "AH B") for place in range(60))]),
        ("sentiment", [(f"a great film {place}", "good" if place % 2 else "bad") for place in range(60)]),
    ],
)
def test_a_first_row_where_a_header_was_forgotten_is_no_name(task, rows, tmp_path):
    data = written(tmp_path, "rows.tsv", "\n".join(map("\t".join, rows)))
    with pytest.raises(ValueError, match=r"rows.tsv, line 2: the names of columns must stand before it. If they do"):
        read_own(task, data)


def test_names_that_are_no_cells_may_read_like_questions(tmp_path):
    rows = read_rows(written(tmp_path, "stays.jsonl", json.dumps({"How was your stay?": "good"})))
    assert column_of(rows, None, ("text",), "--column") == "How was your stay?"


def test_files_in_folders_of_folders_are_refused_and_hidden_ones_are_none(tmp_path):
    names = [f"{label}/{place}.wav" for label in ("cat", "dog") for place in range(40)]
    for name in (*names, ".cache/deep/down/c.wav", "cat/.d.wav"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    assert sorted(pairs_of("keyword", tmp_path)[0]) == sorted((str(tmp_path / name), name[:3]) for name in names)
    (tmp_path / "dog" / "more").mkdir()
    (tmp_path / "dog" / "more" / "e.wav").write_bytes(b"e")
    with pytest.raises(ValueError, match="no more than one folder below it. Received: .*e.wav"):
        read_own("keyword", tmp_path)


def test_tagged_files_are_read_and_rare_tags_are_learned(tmp_path):
    lines = [f"w{place}\tNOUN\nruns\tVERB\n" for place in range(60)]
    parts, _ = read_own("pos", written(tmp_path, "usual.conll", "\n".join(lines)))
    held_out = int(parts["test"].raw[0][0][1:])
    lines[held_out] = f"w{held_out}\tNOUN\nruns\tRARE\n"
    parts, _ = read_own("pos", written(tmp_path, "rare.conll", "\n".join(lines)))
    assert ["NOUN", "RARE"] in parts["train"].labels and ["NOUN", "RARE"] not in parts["test"].labels
    tree = "\n".join(f"1\tw{place}\t_\tNOUN\tNN\t_\t0\troot\t_\t_\n" for place in range(60))
    assert pairs_of("pos", written(tmp_path, "tree.conllu", tree))[0][0][1] == ["NOUN"]
    assert pairs_of("pos", tmp_path / "tree.conllu", label_column=4)[0][0][1] == ["NN"]


def test_requests_are_rows_with_a_slot_for_each_token_or_refused_with_their_line(tmp_path):
    rows = [
        {"tokens": ["to", f"city{n}"], "intent": ("fly", "drive")[n % 2], "slots": ["O", "B-city"]} for n in range(60)
    ]
    path = written(tmp_path, "rows.jsonl", "\n".join(map(json.dumps, rows)))
    pairs, _ = pairs_of("intent", path)
    wanted = [(row["tokens"], (row["intent"], row["slots"])) for row in rows]
    assert sorted(pairs) == sorted(wanted)
    task = rnn_zoo.intent_gru.from_examples(tuple(map(list, zip(*pairs, strict=True))), units=2, min_count=1)
    assert task.codec.intents == ["drive", "fly"]
    for wrong in ({"slots": ["O"]}, {"tokens": "to Rome"}, {"intent": None}, {"tokens": [], "slots": []}):
        path.write_text(path.read_text().splitlines()[0] + "\n" + json.dumps(rows[1] | wrong), encoding="utf-8")
        with pytest.raises(ValueError, match="rows.jsonl, line 2: a request must be as .* a slot for each token"):
            read_own("intent", path)
    with pytest.raises(ValueError, match="rows.csv, line 2: a request must be as"):
        read_own("intent", written(tmp_path, "rows.csv", "tokens,intent,slots\nto Rome,fly,O B-city\n"))


def test_a_running_text_is_cut_in_order_and_rows_are_texts(tmp_path):
    lines = [f"line {place} of a long text" for place in range(2000)]
    pairs, _ = pairs_of("language_model", written(tmp_path, "text.txt", "\n".join(lines)))
    assert "".join(raw for raw, _ in pairs) == "\n".join(lines) and all(raw == label for raw, label in pairs)
    assert max(len(raw) for raw, _ in pairs) < 1000
    (piece, *others), _ = pairs_of("language_model", written(tmp_path, "one.txt", "x" * 9000))
    assert len(piece[0]) == 500 and len(others) == 16
    rows = "\n".join(["text", *lines[:60]])
    assert sorted(pairs_of("language_model", written(tmp_path, "rows.csv", rows))[0]) == sorted(
        (line, line) for line in lines[:60]
    )


@pytest.mark.skipif(importlib.util.find_spec("mido") is None, reason="needs the extra `music`")
def test_a_folder_of_midi_files_has_genres_as_folders(tmp_path):
    for place in range(40):
        genre = ("jig", "reel")[place % 2]
        (tmp_path / genre).mkdir(exist_ok=True)
        write_midi([[60 + place], [62], [64]], tmp_path / genre / f"{place}.mid", frames_per_quarter=2)
    pairs, settings = pairs_of("music", tmp_path, frames_per_quarter=2)
    assert ("jig", [[60], [62], [64]]) in pairs and ("reel", [[61], [62], [64]]) in pairs
    assert settings == {"frames_per_quarter": 2, "held": False}


HOURS = "date,load,heat\n" + "".join(
    f"2020-01-{place // 24 + 1:02}T{place % 24:02}:00,{place},{place % 24}\n" for place in range(480)
)


def test_series_are_cut_by_time_and_their_columns_and_step_are_kept(tmp_path):
    data = written(tmp_path, "series.csv", HOURS)
    parts, settings = read_own("forecast", data)
    assert settings == {"variables": ("load", "heat"), "window": 48, "step_seconds": 3600.0}
    assert parts["train"].raw[0].shape == (48, 2) and parts["train"].labels[0].shape == (12, 2)
    assert parts["train"].labels[-1][-1, 0] == 383 and parts["test"].labels[0][0, 0] == 432
    settings = {"variables": ("heat",), "window": 5, "horizon": 3}
    assert read_own("forecast", data, **settings)[0]["train"].raw[0].shape == (5, 1)
    with pytest.raises(ValueError, match="must be positive. Received: context=0, horizon=12"):
        read_own("forecast", data, window=0)
    days = "".join(f"{np.datetime64('2020-01-01') + place},{place},0\n" for place in range(480))
    other = written(tmp_path, "other.csv", f"date,load,heat\n{days}")
    with pytest.raises(ValueError, match=r"in steps of 86400 seconds.*Received: .*series.csv with steps of 3600"):
        read_own("forecast", tmp_path)
    other.write_text("date,load\n2020-01-01,1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="must have the same columns"):
        read_own("forecast", tmp_path)


def test_a_series_without_names_keeps_its_first_row_and_all_its_columns(tmp_path):
    data = written(tmp_path, "series.csv", "".join(f"{place},{-place}\n" for place in range(480)))
    parts, settings = read_own("forecast", data)
    assert settings["variables"] == ("0", "1") and parts["train"].raw[0][:2].tolist() == [[0, 0], [1, -1]]


@pytest.mark.parametrize(
    ("task", "name", "content", "message"),
    [
        ("dna", "all.fa", ">\nACGT\n", "all.fa: headers must end in a class"),
        ("sentiment", "pos/1.txt", "A great film.", "a file of rows must end in one of"),
        ("music", "jig/1.txt", "no music", "data must hold MIDI files"),
        ("rating", "rows.parquet", "no rows", "rows.parquet is no Parquet file, damaged or cut short"),
    ],
)
def test_files_of_another_kind_are_refused(task, name, content, message, tmp_path):
    path = written(tmp_path, name, content)
    with pytest.raises(ValueError, match=message):
        read_own(task, tmp_path if "/" in name else path)


def run(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)), prog_name="rnn-zoo")


@pytest.mark.usefixtures("eager_training")
def test_a_series_is_learned_without_code_and_compared_with_its_baseline(tmp_path):
    data, output = written(tmp_path, "series.csv", "".join(HOURS.splitlines(True)[:120])), tmp_path / "mine.keras"
    told = ["--data", data, "--output", output, "--units", 2, "--horizon", 3, "--window", 4, "--epochs", 1]
    result = run("train", "forecast_gru", *told)
    assert result.exit_code == 0 and "Held-out scaled_mse" in result.output and "Of naive: scaled_mse" in result.output
    task = rnn_zoo.forecast_gru(weights=output)
    assert task.preprocessor.variables == ["load", "heat"] and task.preprocessor.step_seconds == 3600
    assert task.infer(str(data))["values"].shape == (3, 2)
    result = run(
        "fine-tune", output, "--data", data, "--output", tmp_path / "more.keras", "--epochs", 1, "--all-at-once"
    )
    assert result.exit_code == 0 and "Before: scaled_mse" in result.output


def test_frames_in_files_are_learned(tmp_path):
    rng = np.random.default_rng(0)
    for label in ("walk", "run"):
        for place in range(30):
            np.savetxt(
                written(tmp_path, f"{label}/{place}.csv", ""), rng.random((6, 3)), delimiter=",", header="x,y,z",
                comments="",
            )  # fmt: skip
    parts, _ = read_own("activity", tmp_path)
    task = rnn_zoo.activity_gru.from_examples(tuple(parts["train"]), units=4)
    assert task.preprocessor.frame_shape == [3]


def test_help_shows_what_the_reader_and_the_builder_take(tmp_path):
    printed = run("train", "forecast_gru", "--data", "x", "--help").output
    assert "--horizon" in printed and "--units" in printed and "--label-column" not in printed
    assert "--label-column" in run("train", "sentiment_gru", "--data", "x", "--help").output
    result = run("train", "pos_gru", "--data", tmp_path / "gone.conll")
    assert result.exit_code == 1 and "data must name a file or a folder. Received: " in " ".join(result.output.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("translation_gru", ["--token-type", "words"]),
        ("pronunciation_gru", []),
        ("pos_gru", []),
        ("language_model_gru", []),
        ("music_gru", []),
    ],
)
def test_other_tasks_are_learned_without_code(name, flags, tmp_path):
    if name == "music_gru":
        pytest.importorskip("mido")
        data = tmp_path / "midi"
        data.mkdir()
        for place in range(40):
            write_midi([[60 + place], [62], [64]] * 6, data / f"{place}.mid", frames_per_quarter=4)
    elif name == "pos_gru":
        data = written(tmp_path, "a.conll", "\n".join(f"w{place}\tNOUN\nruns\tVERB\n" for place in range(60)))
    elif name == "language_model_gru":
        data = written(tmp_path, "a.txt", "a line of text\n" * 600)
    else:
        said = "K AE T" if name == "pronunciation_gru" else "the cat"
        data = written(tmp_path, "a.csv", "text,label\n" + "\n".join(f"the dog {place},{said}" for place in range(60)))
    told = ["--data", data, "--output", tmp_path / "mine.keras", "--units", 4, "--epochs", 1, *flags]
    result = run("train", name, *told)
    assert result.exit_code == 0 and "Held-out" in result.output, result.output
