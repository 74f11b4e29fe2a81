import csv
import json

import keras
import pytest
from click.testing import CliRunner

import rnn_zoo
from rnn_zoo.cli import main
from rnn_zoo.formats.rows import frame_of, read_rows

pytestmark = pytest.mark.usefixtures("loaded_once")


def predict(*arguments):
    return CliRunner().invoke(main, ["predict", *map(str, arguments)], prog_name="rnn-zoo")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "tiny.keras"
    codec = rnn_zoo.Classes(["negative", "positive"])
    rnn_zoo.sentiment_gru(rnn_zoo.Words(["good", "bad"]), codec, units=4, embedding_dim=4).save(path)
    return path


TEXTS = ["good, very\ngood", 'bad "film"', "좋은 good", ""]


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl", "parquet"])
def test_answers_stand_beside_the_rows(kind, model, tmp_path):
    data, output = tmp_path / "rows.csv", tmp_path / "new" / f"answers.{kind}"
    with open(data, "w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([("id", "Text"), *enumerate(TEXTS)])
    result = predict(model, "--data", data, "--output", output)
    assert result.exit_code == 0 and result.output.endswith(f"Saved {output}: 4 rows.\n")
    rows = read_rows(output).values
    assert [row["Text"] for row in rows] == TEXTS and [row["id"] for row in rows] == ["0", "1", "2", "3"]
    answers = keras.saving.load_model(model).infer(TEXTS)
    assert [row["predicted_label"] for row in rows] == [answer["label"] for answer in answers]
    assert [float(row["predicted_score"]) for row in rows] == pytest.approx([one["score"] for one in answers])
    assert [path.name for path in output.parent.iterdir()] == [output.name]
    assert "overwrite it (--overwrite)" in predict(model, "--data", data, "--output", output).output


def test_the_same_call_goes_on_after_an_interruption(model, tmp_path, monkeypatch):
    data, output, seen = tmp_path / "rows.jsonl", tmp_path / "answers.jsonl", []
    data.write_text("".join(json.dumps({"text": f"good {place}"}) + "\n" for place in range(1200)), encoding="utf-8")
    infer = rnn_zoo.Task.infer

    def interrupted(self, raw, **options):
        if len(seen) == 1:
            raise KeyboardInterrupt
        seen.append(len(raw))
        return infer(self, raw, **options)

    monkeypatch.setattr(rnn_zoo.Task, "infer", interrupted)
    assert predict(model, "--data", data, "--output", output).exit_code == 1 and not output.exists()
    (begun,) = tmp_path.glob(".answers*")
    with open(begun, "a", encoding="utf-8") as file:
        file.write('{"predicted_lab')  # a line that was cut
    monkeypatch.setattr(rnn_zoo.Task, "infer", lambda self, raw, **options: seen.append(len(raw)) or infer(self, raw))
    result = predict(model, "--data", data, "--output", output)
    assert "Going on after 512 rows." in result.output and seen == [512, 512, 176]
    rows = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert [row["text"] for row in rows] == [f"good {place}" for place in range(1200)]
    assert {row["predicted_label"] for row in rows} <= {"negative", "positive"} and not begun.exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("rows.csv", "a,b\nx,y\n", "--column must be one of the columns ['a', 'b']. Received: --column=None"),
        ("rows.csv", "text\n\"two\nlines\"\nx,y\n", "line 4: a row must have 1 columns. Received: 2"),
        ("rows.csv", "text,predicted_label\nx,y\n", "are those of answers. Received: ['predicted_label']"),
        ("rows.jsonl", '{"text": "x"}\n{"text": 3}\n', "line 2, column 'text': there must be a text. Received: 3"),
        ("rows.jsonl", '{"text": "x"}\n[1]\n', "line 2: a row must be an object"),
        ("rows.xlsx", "PK", "save a sheet of a workbook as 'CSV UTF-8'"),
        ("rows.json", '[{"text": "x"}]', "write JSON Lines, an object a line. Received:"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_rows_is_named(name, content, message, model, tmp_path):
    (tmp_path / name).write_text(content, encoding="utf-8")
    result = predict(model, "--data", tmp_path / name, "--output", tmp_path / "answers.csv")
    assert result.exit_code == 1 and message in " ".join(result.output.split())
    assert not (tmp_path / "answers.csv").exists()


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_a_data_frame_gets_the_answers_as_columns(library, model):
    module = pytest.importorskip(library)
    columns = {"id": [7, 8, 9], "text": ["good", "bad bad", ""]}
    if library == "pandas":
        frame = module.DataFrame(columns, index=[30, 20, 10])
    else:
        frame = module.table(columns) if library == "pyarrow" else module.DataFrame(columns)
    task = keras.saving.load_model(model)
    found = rnn_zoo.predict(task, frame)
    assert type(found) is type(frame) and [*frame_of(found).columns] == [
        "id",
        "text",
        "predicted_label",
        "predicted_score",
    ]
    assert frame_of(found)["predicted_label"].to_list() == [one["label"] for one in task.infer(columns["text"])]
    if library == "pandas":
        assert found.index.tolist() == [30, 20, 10] and "predicted_label" not in frame
    with pytest.raises(ValueError, match="row 0: column must be one of the columns .'a', 'b'"):
        rnn_zoo.predict(task, frame_of(frame).rename({"id": "a", "text": "b"}).to_native())


def test_a_file_is_answered_in_python_too(model, tmp_path):
    (tmp_path / "rows.csv").write_text("text\ngood\nbad\n", encoding="utf-8")
    task = keras.saving.load_model(model)
    (first, _) = rnn_zoo.predict(task, str(tmp_path / "rows.csv"))
    assert first == {
        "text": "good",
        "predicted_label": task.infer("good")["label"],
        "predicted_score": first["predicted_score"],
    }
    assert rnn_zoo.predict(task, tmp_path / "rows.csv", tmp_path / "out.jsonl") == tmp_path / "out.jsonl"
    with pytest.raises(ValueError, match="Received: 3"):
        rnn_zoo.predict(task, 3)
