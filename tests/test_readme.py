import re
import runpy
from pathlib import Path

import pytest

import rnn_zoo

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def test_the_table_of_models_is_up_to_date_with_the_cards():
    with_table = runpy.run_path(str(ROOT / "recipes" / "update_readme.py"))["with_table"]
    assert with_table(README) == README, "run: python recipes/update_readme.py"


def test_every_file_on_the_map_exists():
    tree = README.split("    rnn_zoo/\n")[1].split("    recipes/")[0]
    names = re.findall(r"^ {6}(\S.*?)  ", tree, flags=re.MULTILINE)
    assert len(names) >= 10
    for name in ",".join(names).replace(" ", "").split(","):
        assert (ROOT / "rnn_zoo" / name).exists(), name


@pytest.mark.parametrize("block", [block for block in BLOCKS if "load_dataset" not in block])
def test_code_in_the_readme_runs(block, tmp_path, monkeypatch):
    if not rnn_zoo.list_weights("sentiment_lstm"):
        pytest.skip("needs trained weights")
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "README.md", "exec"), {})  # noqa: S102
