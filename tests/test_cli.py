import io
import json
import os
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

import rnn_zoo
from rnn_zoo import cards, catalogue
from rnn_zoo.cli import main
from rnn_zoo.cli.answer import _with_bar
from rnn_zoo.cli.inputs import Input, in_chunks, read_chunks, read_inputs, reads_stdin

pytestmark = pytest.mark.usefixtures("loaded_once")
CARD = {
    "builder": "sentiment_lstm",
    "weights": "tiny",
    "file": "sentiment_lstm_tiny.keras",
    "size_bytes": 3 * 2**20,
    "parameters": 2800000,
    "io_type": "many_to_one",
    "description": "Words, [b]not markup[/b] :smile:",
    "dataset": {"name": "imdb", "licence": "research use", "train": "20,000 reviews"},
    "metric": {
        "name": "accuracy",
        "split": "test",
        "mean": 0.9012,
        "std": 0.0021,
        "seeds": [0, 1, 2],
        "values": [0.9, 0.9, 0.9036],
        "shipped": None,
        "note": "three seeds",
    },
    "other_metrics": {"f1": 0.91},
    "recipe": "recipes/sentiment_imdb.py",
    "train_minutes": 12.3,
    "versions": {"keras": "3.15.1"},
    "limits": "English only",
    "example": {"input": "A great film", "answer": {"label": "positive", "score": 0.98}},
    "a_new_key": "kept",
}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """The path of a tiny untrained model."""
    path = tmp_path_factory.mktemp("model") / "tiny.keras"
    words, codec = rnn_zoo.Words(["good", "bad"], 20), rnn_zoo.Classes(["negative", "positive"])
    task = rnn_zoo.sentiment_lstm(words, codec, units=4, embedding_dim=4)
    task.save(path)
    return path


@pytest.fixture
def weights_folder(tmp_path, monkeypatch):
    """An empty folder in place of the package's weights."""
    monkeypatch.setattr(catalogue, "WEIGHTS_FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
def packaged(weights_folder, model):
    """The tiny model as weights of the package, with its card."""
    (weights_folder / CARD["file"]).write_bytes(model.read_bytes())
    card = {**CARD, "sha256": catalogue.sha256_of(model)}
    (weights_folder / "sentiment_lstm_tiny.json").write_text(json.dumps(card), encoding="utf-8")
    return card


def run(*arguments, stdin=None):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin, prog_name="rnn-zoo")


def run_process(*arguments, command=("-m", "rnn_zoo"), **options):
    command = [sys.executable, *command, *map(str, arguments)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, **pipes, text=True, encoding="utf-8", **options)


def json_lines(result):
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.removesuffix("\n").split("\n")]


def test_list_needs_no_keras():
    code = (
        "import sys; from rnn_zoo.cli import main; main(['list'], standalone_mode=False); "
        "print(sorted({'keras', 'tensorflow', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "sentiment_lstm" in done.stdout


def test_list_says_what_the_card_says(packaged):
    line = next(line for line in run("list").stdout.splitlines() if line.startswith("sentiment_lstm"))
    assert line.split() == ["sentiment_lstm", "many_to_one", "tiny", *"accuracy 0.9012 ± 0.0021 3.0 2,800,000".split()]


def test_list_shows_builders_without_weights_with_a_dash(weights_folder):
    lines = run("list", "--io-type", "one_to_one").stdout.splitlines()
    expected = [[name, "one_to_one", *"----"] for name in rnn_zoo.list_models("one_to_one")]
    assert len(expected) >= 2 and [line.split() for line in lines[1:]] == expected


def test_list_cuts_no_name_when_piped(weights_folder, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    printed = run("list").stdout
    assert all(name in printed for name in catalogue.ROWS)


def test_list_as_json_is_filtered(packaged):
    rows = json.loads(run("list", "--task", "sentiment", "--io-type", "many_to_one", "--json").stdout)
    assert [row["name"] for row in rows] == rnn_zoo.list_models("many_to_one", "sentiment")
    assert {row["name"]: row["weights"] for row in rows if row["weights"]} == {"sentiment_lstm": "tiny"}
    assert rows[2]["metric"]["mean"] == 0.9012


def test_info_shows_the_whole_card(packaged):
    printed = run("info", "sentiment_lstm").stdout
    expected = ["accuracy 0.9012 ± 0.0021 on test", "seeds 0, 1, 2", "licence: research use", "12.3", "English only"]
    expected += ["[b]not markup[/b] :smile:", "'A great film' -> positive  0.98", "a new key", packaged["sha256"]]
    for text in expected:
        assert text in printed


def test_info_shows_a_card_with_little_on_it():
    card = {"builder": "sentiment_gru", "weights": "x", "metric": {"name": "accuracy", "mean": None}, "size_bytes": 1}
    facts = dict(cards.facts_of("sentiment_gru", card))
    assert facts["io type"] == "many_to_one"
    assert "x" in facts["use"]


def test_info_cuts_a_long_example_and_says_so():
    card = {"builder": "video_gru", "example": {"input": "x" * 5000, "answer": {"label": "left", "score": 0.9}}}
    said = dict(cards.facts_of("video_gru", card))["example"]
    assert said.endswith("x... (5,002 characters, in the card) -> left  0.90") and len(said) < 500


def test_info_without_weights_says_how_to_build_a_fresh_model(weights_folder):
    result = run("info", "sentiment_gru")
    assert result.exit_code == 0
    assert "many_to_one" in result.stdout and "rnn_zoo.sentiment_gru.from_examples(" in result.stdout


def test_info_as_json_is_the_stored_card(packaged):
    assert json.loads(run("info", "sentiment_lstm:tiny", "--json").stdout) == packaged
    assert json.loads(run("info", "sentiment_lstm", "--json").stdout) == [packaged]


def test_infer_answers_texts_with_packaged_weights(packaged):
    lines = run("infer", "sentiment_lstm", "good", "two\nlines \x1b[31m").stdout.splitlines()
    labels, scores, texts = zip(*(line.split("  ", 2) for line in lines), strict=True)
    assert texts == ("good", "two lines  [31m")
    assert set(labels) <= {"negative", "positive"}
    assert all(0.5 <= float(score) <= 1 for score in scores)


def test_infer_gives_one_json_line_for_every_line_of_input(model, monkeypatch):
    monkeypatch.setattr("rnn_zoo.cli.inputs.EXAMPLES_AT_ONCE", 3)
    texts = ["good", "", "나쁜 film", " ", "bad\u2028bad", "x", "last"]
    stdin = "\r\n".join(texts).encode()
    answers = json_lines(run("infer", model, "--json", "--batch-size", 2, stdin=stdin))
    expected = catalogue.load_task(model).infer(texts)
    assert [answer["input"] for answer in answers] == texts
    assert [answer["label"] for answer in answers] == [answer["label"] for answer in expected]
    assert [answer["score"] for answer in answers] == pytest.approx([one["score"] for one in expected], abs=1e-5)


def test_infer_top_k_lists_the_answers(model):
    arguments = ("infer", model, "--top-k", 2)
    (answer,) = json_lines(run(*arguments, "--json", "good"))
    assert {one["label"] for one in answer["answers"]} == {"negative", "positive"}
    assert sum(one["score"] for one in answer["answers"]) == pytest.approx(1, abs=1e-6)
    assert len(run(*arguments, "good").stdout.split()) == 5


def test_infer_reads_dna_line_by_line_and_names_what_is_none(tmp_path):
    task = rnn_zoo.dna_gru(rnn_zoo.DNA(3), rnn_zoo.Classes(["coding", "other"]), units=4, embedding_dim=4)
    task.save(tmp_path / "dna.keras")
    sequences = ["ATGTGTGGCNTT", "acgtacg", "A"]
    arguments = ("infer", tmp_path / "dna.keras")
    answers = json_lines(run(*arguments, "--json", stdin="\n".join(sequences)))
    assert [answer["input"] for answer in answers] == sequences
    expected = [answer["score"] for answer in task.infer(sequences)]
    assert [answer["score"] for answer in answers] == pytest.approx(expected, abs=1e-5)
    wrong = run(*arguments, "-", stdin="ACGT\nACXT\n")
    assert wrong.exit_code == 1 and "standard input, line 2: " in wrong.stderr
    assert "='ACXT' with 'X', base 3" in wrong.stderr and wrong.stdout.endswith("  ACGT\n")


def test_infer_reads_image_files_by_their_path(tmp_path):
    import numpy as np
    import tensorflow as tf

    task = rnn_zoo.digits_dense(rnn_zoo.Pixels(8, 8, 16), rnn_zoo.Classes("0123456789"), units=4)
    task.save(tmp_path / "digits.keras")
    pixels = np.arange(64, dtype="uint8").reshape(8, 8, 1) * 4
    (tmp_path / "digit.png").write_bytes(tf.io.encode_png(pixels).numpy())
    arguments = ("infer", tmp_path / "digits.keras", "--json", tmp_path / "digit.png")
    (answer,) = json_lines(run(*arguments))
    (expected,) = task.infer([pixels[:, :, 0] / 255 * 16])
    assert answer["label"] == expected["label"]
    assert answer["score"] == pytest.approx(expected["score"], abs=1e-5)


def test_infer_reads_fasta_files_beside_texts(tmp_path):
    task = rnn_zoo.dna_gru(rnn_zoo.DNA(3), rnn_zoo.Classes(["coding", "other"]), units=4, embedding_dim=4)
    task.save(tmp_path / "dna.keras")
    fasta = tmp_path / "genes.fa"
    fasta.write_text(">one\nATGTGT\nGGC\n>two\nacgtacg\n", encoding="utf-8")
    arguments = ("infer", tmp_path / "dna.keras", "--json")
    answers = json_lines(run(*arguments, fasta, "TTT"))
    assert [answer["input"] for answer in answers] == ["ATGTGTGGC", "acgtacg", "TTT"]
    fasta.write_text(">one\nATG\nAXG\n", encoding="utf-8")
    wrong = run(*arguments, fasta)
    assert wrong.exit_code == 1 and "genes.fa, line 3: bases must be" in wrong.stderr and wrong.stdout == ""
    wrong = run(*arguments, "none.fa")
    assert wrong.exit_code == 1 and "none.fa" in wrong.stderr


@pytest.mark.filterwarnings("always:The model knows nothing of")
def test_infer_reads_the_column_of_a_table_and_warns_of_what_it_knows_nothing_of(model, tmp_path, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    path = tmp_path / "reviews.csv"
    path.write_text('text,label\n"zzz. Really.\nzzz",1\nbad,0\n', encoding="utf-8")
    result = run("infer", model, path, "--json")
    assert "Warning: The model knows nothing of 'zzz. Really." in result.stderr
    assert [one["input"] for one in json_lines(result)] == ["zzz. Really.\nzzz", "bad"]
    assert [one["unknown_share"] for one in json_lines(result)] == [1.0, 0.0]
    path.write_text("remark,label\nbad,0\n", encoding="utf-8")
    assert "the column of texts must be one of the columns ['remark', 'label']" in run("infer", model, path).stderr


def test_long_input_has_a_progress_bar_where_answers_go_elsewhere(monkeypatch):
    chunks = [[Input("a", ""), Input("b", "")], [Input("c", "")]]

    def failing():
        yield chunks[0]
        raise ValueError("line 3")

    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(_with_bar(iter(chunks))) == chunks
    assert "Answering" in terminal.getvalue() and "100%" in terminal.getvalue()
    found = _with_bar(failing())
    assert next(found) == chunks[0]
    with pytest.raises(ValueError, match="line 3"):
        next(found)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert list(_with_bar(iter(chunks))) == chunks and not sys.stderr.getvalue()


def test_infer_tags_the_tokens_of_conll_files(tmp_path):
    task = rnn_zoo.ner_gru(rnn_zoo.Tokens(["ann"], list("An")), rnn_zoo.EntityTags(["PER"], scheme="BIO"), units=4)
    task.get_layer("logits").bias.assign([0.0, 50.0, 0.0])
    task.save(tmp_path / "ner.keras")
    path = tmp_path / "two.conll"
    path.write_text("# 1\nAnn\tO\nsings\tO\n\nYes\tO\n", encoding="utf-8")
    arguments = ("infer", tmp_path / "ner.keras")
    assert run(*arguments, path).stdout == "Ann/B-PER sings/B-PER\nYes/B-PER\n"
    first, second = json_lines(run(*arguments, "--json", "--file", path))
    assert first == {"input": ["Ann", "sings"], "answers": ["B-PER", "B-PER"], "unknown_share": 0.5} and second[
        "input"
    ] == ["Yes"]
    path.write_text("Ann\tO\n\tO\n", encoding="utf-8")
    assert "two.conll, line 2=''" in run(*arguments, path).stderr


def test_infer_reads_texts_line_by_line_from_files_and_a_flag_says_what_is_one(model, tmp_path, monkeypatch):
    import gzip

    monkeypatch.chdir(tmp_path)
    (tmp_path / "reviews.txt.gz").write_bytes(gzip.compress(b"good\r\n\nbad"))
    (tmp_path / "-").write_text("a file of this name\n", encoding="utf-8")
    arguments = ("infer", model, "--json")
    answers = json_lines(run(*arguments, "fine", "reviews.txt.gz", "--file", "-"))
    assert [answer["input"] for answer in answers] == ["fine", "good", "", "bad", "a file of this name"]
    (tmp_path / "bad.txt").write_bytes(b"good\n\xff\n")
    wrong = run(*arguments, "fine", "bad.txt")
    assert wrong.exit_code == 1 and "bad.txt, line 2: text must be UTF-8" in wrong.stderr
    assert len(wrong.stdout.splitlines()) == 1
    missing = run(*arguments, "--file", "none.txt")
    assert missing.exit_code == 2 and "'none.txt' does not exist" in missing.stderr


def test_a_model_that_reads_no_files_takes_what_names_one_as_it_is(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("x", encoding="utf-8")
    found = list(read_inputs([str(path), "b"], [], object()))
    assert found == [Input(str(path), "TEXT 1"), Input("b", "TEXT 2")]
    with pytest.raises(ValueError, match=r"reads no files. Received: --file .*a\.txt"):
        list(read_inputs([], [str(path)], object()))


def test_infer_of_a_tagger_says_which_part_of_the_text_is_meant(tmp_path):
    task = rnn_zoo.ner_gru(rnn_zoo.Tokens(["ann"], list("An")), rnn_zoo.EntityTags(["PER"], scheme="BIO"), units=4)
    bias = task.get_layer("logits").bias
    bias.assign([0.0, 50.0, 0.0])
    task.save(tmp_path / "ner.keras")
    arguments = ("infer", tmp_path / "ner.keras")
    assert run(*arguments, "Ann  Lee").stdout == "Ann  PER  1.00  Lee  PER  1.00  Ann  Lee\n"
    (answer,) = json_lines(run(*arguments, "--json", "Ann"))
    assert answer["input"] == "Ann"
    (entity,) = answer["answers"]
    assert (entity["text"], entity["label"], entity["start"], entity["end"]) == ("Ann", "PER", 0, 3)
    assert run(*arguments, "").stdout == "\n"


def test_explain_tells_of_fresh_models_weights_and_files(packaged, model):
    assert len(json.loads(run("explain", "digits_dense", "--json").stdout)) == 0
    for name in ("sentiment_lstm", "sentiment_lstm:tiny", model):
        rows = json.loads(run("explain", name, "--backend", "torch", "--json").stdout)
        assert {row["kind"] for row in rows} == {"LSTM"} and {row["backend"] for row in rows} == {"torch"}


def test_infer_of_empty_input_prints_nothing(model):
    assert run("infer", model, "-", stdin="").stdout == ""


def test_lines_before_broken_utf8_are_answered(model):
    result = run("infer", model, "-", stdin=b"good\nbad\n\xff\xfe\nmore\n")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 2
    assert "line 3" in result.stderr and "UTF-8" in result.stderr


IN_A_PROCESS = """
import sys
from rnn_zoo.cli import main
main(sys.argv[1:], standalone_mode=False)
assert not {"matplotlib", "pandas", "sklearn"} & set(sys.modules), "imported"
import matplotlib
"""


def test_a_process_answers_each_line_as_it_comes_and_hides_what_tensorflow_logs(model):
    """It imports neither Scikit-learn nor pandas nor matplotlib, a third of the time that Keras' import takes."""
    environment = {key: value for key, value in os.environ.items() if key != "TF_CPP_MIN_LOG_LEVEL"}
    process = run_process("infer", model, "-", "--json", command=["-c", IN_A_PROCESS], env=environment)
    with process.stdin, process.stdout, process.stderr:
        for text in ("good", "bad", "나쁜"):
            process.stdin.write(f"{text}\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["input"] == text
        process.stdin.write("an unfinished")
        process.stdin.close()
        assert json.loads(process.stdout.readline())["input"] == "an unfinished"
        said = [f"Warning: The model knows nothing of {text!r}, and guesses." for text in ("나쁜", "an unfinished")]
        assert (process.stderr.read().splitlines(), process.wait()) == (said, 0)


def test_what_looks_like_a_file_that_is_not_there_is_refused(model):
    for text in ("reviws.txt", "./reviews", "data/more.csv.gz", "/no/such.tsv", "~/x"):
        result = run("infer", model, text)
        assert result.exit_code == 1 and "looks like a file name" in result.stderr and result.stdout == ""
    texts = ["Mr.Bean", "I lost reviews.txt", "and/or", "10/10", "..."]
    answered = run("infer", model, *texts).stdout.splitlines()
    assert all(line.endswith(f"  {text}") for line, text in zip(answered, texts, strict=True))
    assert run("infer", model, "-", stdin="reviws.txt\n").stdout.endswith("  reviws.txt\n")


def test_a_closed_standard_input_gets_one_line(model, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    for arguments in ((), ("-",)):
        with pytest.raises(click.UsageError, match="standard input is closed: give a TEXT or a FILE"):
            reads_stdin(arguments, ())
    assert not reads_stdin(("good",), ())


def test_json_is_escaped_on_a_console_that_is_not_utf8(model):
    result = CliRunner(charset="latin-1").invoke(main, ["infer", str(model), "--json", "good", "나쁜 𝒳 é"])
    assert [json.loads(line)["input"] for line in result.stdout.splitlines()] == ["good", "나쁜 𝒳 é"]
    assert "\\ub098" in result.stdout


def test_reading_strips_byte_order_mark_and_line_ends():
    chunks = list(read_chunks(io.BytesIO(b"\xef\xbb\xbfone\r\n\nthree"), 2))
    assert [[one.raw for one in chunk] for chunk in chunks] == [["one", ""], ["three"]]
    assert chunks[1][0].place == "standard input, line 3"
    assert list(in_chunks(iter("abcde"), 2)) == [["a", "b"], ["c", "d"], ["e"]]


def test_a_closed_pipe_ends_quietly(model):
    process = run_process("infer", model)
    process.stdout.close()
    with process.stdin:
        process.stdin.write("good\n" * 2000)
    with process.stderr:
        assert process.stderr.read() == ""
    process.wait()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["info", "sentiment_lstn"], 1, "Did you mean 'sentiment_lstm'?"),
        (["info", "sentiment_lstm:tini"], 1, "Did you mean 'tiny'?"),
        (["list", "--task", "sentimental"], 1, "Did you mean 'sentiment'?"),
        (["list", "--io-type", "many"], 2, "many_to_one"),
        (["infer", "sentiment_lstn:tiny", "x"], 1, "Did you mean 'sentiment_lstm'?"),
        (["info", "zzz"], 1, f"MODEL must be one of {len(rnn_zoo.catalogue.ROWS)} names, such as '"),
        (["infer", "/no/such.keras", "x"], 1, "/no/such.keras"),
        (["infer", "sentiment_lstm", "--top-k", "3", "x"], 1, "top_k must be in [1, 2]"),
        (["infer", "sentiment_lstm", "--top-k", "0", "x"], 2, "--top-k"),
        (["infer", "sentiment_lstm", "x", "-"], 2, "- alone"),
        (["infer", "sentiment_lstm", "\udcff"], 1, "TEXT must be UTF-8"),
        (["infer", "sentiment_gru", "x"], 1, "no trained weights"),
    ],
)
def test_wrong_input_gets_one_clear_line(packaged, arguments, code, message):
    result = run(*arguments)
    assert result.exit_code == code
    last = result.stderr.splitlines()[-1]
    assert last.startswith("Error: ") and message in last
    assert "Traceback" not in result.output and result.stdout == ""


def test_damaged_weights_are_refused(packaged, weights_folder):
    with open(weights_folder / CARD["file"], "ab") as file:
        file.write(b"x")
    result = run("infer", "sentiment_lstm", "x")
    assert result.exit_code == 1
    assert "is damaged" in result.stderr


@pytest.mark.parametrize("command", [(), *((name,) for name in main.commands)])
def test_every_help_ends_in_examples(command):
    printed = run(*command, "--help").stdout
    examples = printed.split("Examples:\n")[1].splitlines()
    assert examples and all("rnn-zoo" in line for line in examples)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_the_script_of_the_shell(shell):
    result = run("completion", shell)
    assert result.exit_code == 0
    assert "_RNN_ZOO_COMPLETE" in result.stdout


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("infer sentiment_ls", {"sentiment_lstm"}),
        ("info sentiment_lstm:ti", {"sentiment_lstm:tiny"}),
        ("info sentiment_gru:t", set()),
        ("evaluate sentiment_lstm:", {"sentiment_lstm:tiny"}),
        ("list --task s", {"sentiment", "sequential_image", "sketch", "speech"}),
        ("list --io-type many_to_m", {"many_to_many"}),
    ],
)
def test_names_and_weights_complete(packaged, typed, expected):
    words = ["rnn-zoo", *typed.split()]
    environment = {
        "_RNN_ZOO_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }
    result = CliRunner().invoke(main, [], env=environment, prog_name="rnn-zoo")
    found = {line.removeprefix("plain,") for line in result.stdout.splitlines() if line.startswith("plain,")}
    assert found == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["info", "sentiment_lstm", ":", "ti"], {"tiny"}),
        (["info", "sentiment_lstm", ":"], {"tiny"}),
        (["info", "sentiment_gru", ":"], set()),
        (["infer", "sentiment_lstm", ":", "tiny", "--top"], {"--top-k"}),
    ],
)
def test_bash_completes_weights_though_it_divides_words_at_colons(packaged, words, expected):
    words = ["rnn-zoo", *words]
    environment = {
        "_RNN_ZOO_COMPLETE": "bash_complete",
        "COMP_WORDS": "\n".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }
    result = CliRunner().invoke(main, [], env=environment, prog_name="rnn-zoo")
    found = {line.removeprefix("plain,") for line in result.stdout.splitlines() if line.startswith("plain,")}
    assert found == expected


def test_version_is_the_package_version():
    assert rnn_zoo.__version__ in run("--version").stdout
