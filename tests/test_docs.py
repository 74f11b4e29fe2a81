"""The documentation is true: links lead somewhere, code runs, commands exist, numbers are those of the cards."""

import ast
import importlib
import json
import re
import runpy
import tokenize
from io import StringIO
from pathlib import Path

import pytest
from documented_commands import check_command, commands_of, extras

import rnn_zoo
from rnn_zoo import catalogue
from rnn_zoo.cards import MEBIBYTE

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(ROOT.glob("docs/*.md"))
UPDATE = runpy.run_path(str(ROOT / "recipes" / "update_docs.py"))
MODEL = re.compile(r"\b(\w+):(\w+)\b")


def text_of(page):
    return page.read_text(encoding="utf-8")


def name_of(value):
    return value.relative_to(ROOT).as_posix() if isinstance(value, Path) else str(value)[:60]


def prose_of(page):
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", text_of(page), flags=re.DOTALL | re.MULTILINE)


def inline_code(page):
    return re.findall(r"`([^`\n]+)`", prose_of(page))


def blocks(page, language):
    """Blocks of code that are to be run: those without a reason not to."""
    found = re.finditer(
        rf"(<!-- not run: .+ -->\n)?^```{language}\n(.*?)^```$", text_of(page), re.DOTALL | re.MULTILINE
    )
    return [match[2] for match in found if not match[1]]


def anchors_of(page):
    """What GitHub calls the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", prose_of(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", UPDATE["TABLES"])
def test_tables_are_up_to_date(page):
    assert UPDATE["updated"](page) == text_of(ROOT / page), "run: python recipes/update_docs.py"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files_and_headings(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", prose_of(page)):
        if target.startswith(("https://", "http://")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert not anchor or anchor in anchors_of(file), target


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_that_are_named_exist(page):
    for code in inline_code(page):
        path = code.split()[0]
        if re.fullmatch(r"(recipes|rnn_zoo|tests|docs)/[\w/.]+", path):
            assert (ROOT / path).exists(), path
        elif re.fullmatch(r"\w+\.py", path):
            assert (ROOT / "recipes" / path).exists(), path


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_public_names_exist(page):
    for name in re.findall(r"`(rnn_zoo(?:\.\w+)+)", prose_of(page)):
        found = rnn_zoo
        for place, part in enumerate(name.split(".")[1:], 2):
            if not hasattr(found, part):
                importlib.import_module(".".join(name.split(".")[:place]))
            found = getattr(found, part)


def test_every_file_on_the_map_exists():
    tree = text_of(ROOT / "README.md").split("    rnn_zoo/\n")[1].split("    recipes/")[0]
    names = re.findall(r"^ {6}(\S.*?)  ", tree, flags=re.MULTILINE)
    assert len(names) >= 15
    for name in ",".join(names).replace(" ", "").split(","):
        assert (ROOT / "rnn_zoo" / name).exists(), name


def test_every_page_is_named_in_the_readme():
    assert all(
        f"({page.relative_to(ROOT).as_posix()})" in text_of(ROOT / "README.md") for page in ROOT.glob("docs/*.md")
    )


def test_all_extras_are_described():
    table = text_of(ROOT / "docs" / "data.md").split("| extra | for |")[1]
    assert set(re.findall(r"`(\w+)`", table)) == set(extras()) - {"test", "dev"}


def comments_of(code):
    """The comments of a program by their lines."""
    tokens = tokenize.generate_tokens(StringIO(code).readline)
    return {token.start[0]: token.string[1:].strip() for token in tokens if token.type == tokenize.COMMENT}


def assert_alike(found, said, tolerance):
    """Compare an answer with what a comment says of it, in which an ellipsis stands for the rest."""
    if said is ...:
        return
    if isinstance(said, dict):
        assert found.keys() == said.keys()
        for key in said:
            assert_alike(found[key], said[key], tolerance)
    elif isinstance(said, (list, tuple)):
        assert ... in said or len(found) == len(said)
        for one, other in zip(found, said, strict=False):
            assert_alike(one, other, tolerance)
    elif isinstance(said, float):
        assert tolerance is None or found == pytest.approx(said, abs=tolerance)
    else:
        assert found == said


def run(code):
    """Run a program, and compare what it computes with its comments; returns its names."""
    names, comments = {}, comments_of(code)
    tolerance = None if re.search(r"\bfit\(|fine_tune\(", code) else 0.006
    for statement in ast.parse(code).body:
        if not isinstance(statement, ast.Expr):
            exec(compile(ast.Module([statement], []), "documentation", "exec"), names)  # noqa: S102
            continue
        found = eval(compile(ast.Expression(statement.value), "documentation", "eval"), names)
        try:
            said = ast.literal_eval(comments.get(statement.end_lineno, "no literal"))
        except (SyntaxError, ValueError):
            continue
        if "load_dataset" not in code:  # dummy data teaches nothing
            assert_alike(found, said, tolerance)
    return names


@pytest.fixture
def dummy_data(monkeypatch, tmp_path):
    """An empty working folder, and a few made-up examples in place of every dataset."""
    load = rnn_zoo.load_dataset
    monkeypatch.setattr(
        rnn_zoo, "load_dataset", lambda name, split, **_: load(name, split, source="dummy"), raising=False
    )
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def quick_steps(code, request):
    """Without a graph, whose tracing takes longer than a few batches of dummy data."""
    if "load_dataset" in code:
        request.getfixturevalue("eager_training")


@pytest.mark.usefixtures("dummy_data", "quick_steps")
@pytest.mark.parametrize("code", blocks(ROOT / "README.md", "python"), ids=["infer", "train", "fine-tune"])
def test_code_in_the_readme_runs(code):
    names = run(code)
    assert type(names["task"]).__name__ == "Task"
    if "fine_tune(" in code:
        texts, stars = names["texts"][:5], names["stars"][:5]
        assert [answer["label"] for answer in names["task"].infer(texts)] == stars


@pytest.mark.usefixtures("dummy_data", "quick_steps")
@pytest.mark.parametrize(
    "code",
    [
        pytest.param(code, marks=pytest.mark.slow if "translation_" in code else (), id=name_of(code))
        for page in PAGES[1:]
        for code in blocks(page, "python")
    ],
)
def test_code_in_the_documentation_runs(code):
    if "rnn_zoo.export(" in code:
        pytest.importorskip("onnxruntime", reason='the extra "onnx" is not installed')
    run(code)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_and_their_flags_exist(page):
    for block in blocks(page, "bash"):
        for command in commands_of(block):
            check_command(command)
    for code in inline_code(page):
        if code.startswith(("recipes/", "rnn-zoo ", "python ")):
            for command in commands_of(code.removeprefix("python ")):
                check_command(command)


def numbers_in(value):
    """All numbers in a part of a card."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for one in value for number in numbers_in(one)]
    return [value] if isinstance(value, (int, float)) else []


def as_written(card):
    """The numbers of a card in all the ways in which they are written: to so many decimals, as shares or per cents."""
    numbers = numbers_in([card.get(part) for part in ("metric", "other_metrics", "baselines")])
    written = {  # as shares and as per cents
        f"{factor * number:.{positions}f}" for number in numbers for factor in (1, 100) for positions in (1, 2, 3, 4)
    }
    return written | {f"{card['size_bytes'] / MEBIBYTE:.1f}"}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_numbers_beside_the_name_of_weights_are_those_of_its_card(page):
    for line in prose_of(page).splitlines():
        models = [pair for pair in MODEL.findall(line) if pair[0] in catalogue.ROWS]
        legal = set().union(*(as_written(rnn_zoo.read_card(*pair)) for pair in models))
        for number in re.findall(r"\d+\.\d+", line) if models else ():
            assert number in legal, line


def task_table():
    """Rows of the README's table of tasks: task, example, answer."""
    rows = text_of(ROOT / "README.md").split("| task | an example |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def as_json(value):
    """JSON, its numbers to two decimals."""
    return re.sub(r"\d+\.\d+", lambda found: f"{float(found[0]):.2f}", json.dumps(value, ensure_ascii=False))


def inferred(answer):
    """What `infer` gives, of an answer as JSON holds it: text by itself."""
    return answer["text"] if isinstance(answer, dict) and list(answer) == ["text"] else answer


def is_beginning(written, value):
    """Whether a cell says a value, or its beginning before an ellipsis."""
    written, whole = written.strip("`"), as_json(value)
    return whole.startswith(written.split("...")[0].rstrip(" ,")) if "..." in written else whole == written


def test_the_table_of_tasks_has_all_tasks():
    assert {row[0].strip("`") for row in task_table()} == {row.task for row in catalogue.CATALOGUE}


@pytest.mark.parametrize(["task", "example", "answer"], task_table(), ids=name_of)
def test_answers_in_the_table_of_tasks_are_those_of_the_cards(task, example, answer):
    names = rnn_zoo.list_models(task=task.strip("`"))
    cards = [rnn_zoo.read_card(name, weights) for name in names for weights in rnn_zoo.list_weights(name)]
    if not cards:
        assert "no weights yet" in answer
        return
    shown = [{**card["example"], "answer": inferred(card["example"]["answer"])} for card in cards]
    if re.fullmatch(r"`[\"\[].*", example) and "," not in example.partition("`, ")[1]:
        literal = example.partition("`, ")[0]
        shown = [one for one in shown if is_beginning(literal, one["input"]) or is_beginning(literal, [one["input"]])]
    assert shown, "no card has this example"
    if "<float32>" not in answer:
        assert any(is_beginning(answer, one["answer"]) or is_beginning(answer, [one["answer"]]) for one in shown)
