"""The catalogue, and the `weights=` argument of every builder."""

import configparser
import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import rnn_zoo
from rnn_zoo import catalogue
from rnn_zoo.builders import builder_of, find_builder
from rnn_zoo.layers.cells import CELLS

PACKAGE_ROOT = Path(rnn_zoo.__file__).parent.parent
PARTS = {"preprocessor": rnn_zoo.Words(["a"]), "codec": rnn_zoo.Classes(["negative", "positive"])}
EXAMPLES = ["a good film", "a bad film"], ["positive", "negative"]


@pytest.fixture
def weights_folder(tiny_task, tmp_path, monkeypatch):
    """A weights folder with one trained model, `sentiment_gru_tiny`, and its card."""
    folder = tmp_path / "weights"
    tiny_task().save(folder / "sentiment_gru_tiny.keras")
    card = {"sha256": catalogue.sha256_of(folder / "sentiment_gru_tiny.keras"), "dataset": "tiny"}
    (folder / "sentiment_gru_tiny.json").write_text(json.dumps(card), encoding="utf-8")
    monkeypatch.setattr(catalogue, "WEIGHTS_FOLDER", folder)
    return folder


def test_models_are_listed_all_or_by_io_type_and_task():
    every = rnn_zoo.list_models()
    assert every == list(catalogue.ROWS)
    assert len(set(every)) == len(every)
    assert rnn_zoo.list_models(io_type="one_to_one", task="sentiment") == ["sentiment_bag_of_words"]
    recurrent = rnn_zoo.list_models(io_type="many_to_one", task="sentiment")
    assert recurrent[:3] == ["sentiment_simple_rnn", "sentiment_gru", "sentiment_lstm"]
    assert recurrent[3:] == [f"sentiment_{core}" for core, cell in CELLS.items() if "sentiment" in (cell.tasks or ())]
    assert rnn_zoo.list_models(task="pos") == ["pos_simple_rnn", "pos_gru", "pos_lstm"]
    assert sorted(name for kind in catalogue.IO_TYPES for name in rnn_zoo.list_models(io_type=kind)) == sorted(every)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rnn_zoo.list_models(io_type="many-to-one"), "Did you mean 'many_to_one'. Received: io_type='many-to"),
        (lambda: rnn_zoo.list_models(task="sentimant"), "Did you mean 'sentiment'. Received: task='sentimant'"),
        (lambda: rnn_zoo.list_weights("sentiment_lstn"), "Did you mean 'sentiment_lstm'. Received: name='sentiment_l"),
        (lambda: rnn_zoo.list_weights(None), "name must be one of"),
        (lambda: rnn_zoo.read_card("sentiment_lstm", None), "weights must be .* Received: weights=None"),
        (lambda: find_builder("zzz"), "name must be one of .*[^?] Received: name='zzz'"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_one(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("name", rnn_zoo.list_models())
def test_every_row_has_a_documented_builder_with_a_weights_argument(name):
    builder = getattr(rnn_zoo, name)
    assert builder.__name__ == name
    assert name in rnn_zoo.__all__ and name in dir(rnn_zoo)
    for section in ("Args:", "Returns:", "Raises:", "Example:", "weights:"):
        assert section in builder.__doc__
    assert "{core}" not in builder.__doc__
    parameters = inspect.signature(builder).parameters
    assert parameters["weights"].kind is inspect.Parameter.KEYWORD_ONLY
    assert "core" not in parameters
    for parameter in set(parameters) - {"weights"}:
        assert f"{parameter}:" in builder.__doc__


def test_every_public_name_of_the_core_can_be_had():
    for name in ("Task", "replace_head", "feature_extractor", "batches", "describe_batches", "Words", "Classes"):
        assert name in rnn_zoo.__all__
        assert getattr(rnn_zoo, name).__name__ == name
    with pytest.raises(AttributeError, match="rnn_zoo has no 'sentiment_transformer'$"):
        _ = rnn_zoo.sentiment_transformer
    with pytest.raises(AttributeError, match="rnn_zoo has no 'sentment_lstm'. Did you mean 'sentiment_lstm'"):
        _ = rnn_zoo.sentment_lstm


def test_importing_the_package_imports_neither_keras_nor_tensorflow_nor_numpy():
    code = """if True:
        import sys
        import rnn_zoo
        rnn_zoo.list_models()
        assert not {"keras", "tensorflow", "numpy"} & set(sys.modules), sorted(sys.modules)
    """
    environment = {"PYTHONPATH": str(PACKAGE_ROOT)}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert not found.stderr


def test_a_preprocessor_and_a_codec_build_a_fresh_model_with_or_without_weights_none(vocabulary):
    small = {"embedding_dim": 4, "units": 3, "bidirectional": False}
    words, codec = rnn_zoo.Words(vocabulary), rnn_zoo.Classes(["negative", "positive"])
    explicit = rnn_zoo.sentiment_gru(words, codec, weights=None, **small)
    implied = rnn_zoo.sentiment_gru(words, codec, **small)
    by_name = rnn_zoo.sentiment_gru(preprocessor=words, codec=codec, **small)
    for task in (explicit, implied, by_name):
        assert task.get_layer("gru_0").units == 3
        assert task.preprocessor.vocabulary == vocabulary
        assert task.loaded_from is None
        assert task.name == "sentiment_gru"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"weights": None},
            "sentiment_gru: missing a required argument: 'preprocessor'. Its arguments are .*units=128",
        ),
        ({"units": 3}, r"missing a required argument: 'preprocessor'.*sentiment_gru.from_examples\(examples\) makes a"),
        ({**PARTS, "unit": 3}, "got an unexpected keyword argument 'unit'. Its arguments are .*units=128"),
        ({**PARTS, "core": "lstm"}, "got an unexpected keyword argument 'core'"),
    ],
)
def test_arguments_that_do_not_build_a_model_are_refused_with_the_signature(arguments, message):
    with pytest.raises(TypeError, match=message):
        rnn_zoo.sentiment_gru(**arguments)


def test_weights_together_with_architecture_are_refused(weights_folder):
    with pytest.raises(ValueError, match="weights fix the architecture.*Received: weights='tiny' with units=3"):
        rnn_zoo.sentiment_gru(weights="tiny", units=3)
    with pytest.raises(ValueError, match="weights fix the architecture.* with Words, Classes"):
        rnn_zoo.sentiment_gru(*PARTS.values(), weights=weights_folder / "sentiment_gru_tiny.keras")


def test_trained_weights_are_loaded_by_name_and_by_default(weights_folder, tiny_task, texts, monkeypatch):
    named = rnn_zoo.sentiment_gru(weights="tiny")
    assert named.loaded_from == (weights_folder / "sentiment_gru_tiny.keras").resolve()
    rows = [row._replace(default_weights="tiny") for row in catalogue.CATALOGUE]
    monkeypatch.setattr(catalogue, "CATALOGUE", rows)
    default = rnn_zoo.sentiment_gru()
    by_path = rnn_zoo.sentiment_gru(weights=str(weights_folder / "sentiment_gru_tiny.keras"))
    for task in (default, by_path):
        for found, expected in zip(task.get_weights(), named.get_weights(), strict=True):
            np.testing.assert_array_equal(found, expected)


def test_builders_without_the_default_weights_load_the_next_ones():
    first = [rnn_zoo.list_weights(f"sequential_image_{core}")[0] for core in ("gru", "min_gru")]
    assert first == ["mnist", "permuted_mnist"]


def test_weights_and_their_cards_are_listed_with_the_default_first(weights_folder):
    assert rnn_zoo.list_weights("sentiment_gru") == ["tiny"]
    assert rnn_zoo.list_weights("sentiment_lstm") == []
    assert rnn_zoo.read_card("sentiment_gru", "tiny")["dataset"] == "tiny"
    for name in ("aaa", "imdb"):
        (weights_folder / f"sentiment_gru_{name}.json").write_text("{}", encoding="utf-8")
    assert rnn_zoo.list_weights("sentiment_gru") == ["imdb", "aaa", "tiny"]


def test_unknown_weights_are_refused_with_the_nearest_ones(weights_folder):
    with pytest.raises(ValueError, match=r"one of \['tiny'\]. Did you mean 'tiny'. Received: weights='tinny'"):
        rnn_zoo.sentiment_gru(weights="tinny")


def test_a_path_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="a trained name or the path of a .keras file. Received: .*nothing"):
        rnn_zoo.sentiment_gru(weights=tmp_path / "nothing.keras")


def test_package_weights_without_their_file_say_where_it_may_be(weights_folder):
    (weights_folder / "sentiment_gru_tiny.keras").unlink()
    with pytest.raises(
        FileNotFoundError, match="sentiment_gru_tiny.keras is not there: .* A checkout of the repository has it"
    ):
        rnn_zoo.sentiment_gru(weights="tiny")


def test_package_weights_that_are_not_those_of_the_card_are_refused_unread(weights_folder, tiny_task, monkeypatch):
    tiny_task(units=3).save(weights_folder / "other.keras")
    (weights_folder / "other.keras").replace(weights_folder / "sentiment_gru_tiny.keras")
    monkeypatch.setattr(catalogue, "load_task", lambda path: pytest.fail(f"{path} was read"))
    with pytest.raises(ValueError, match="is damaged: install rnn-zoo again. Expected sha256=[0-9a-f]{64}. Received"):
        rnn_zoo.sentiment_gru(weights="tiny")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_a_file_that_was_cut_short_is_refused(weights_folder, share):
    path = weights_folder / "sentiment_gru_tiny.keras"
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match="sentiment_gru_tiny.keras is damaged"):
        rnn_zoo.sentiment_gru(weights=path)


def test_a_file_with_a_wrong_byte_is_refused(weights_folder):
    path = weights_folder / "sentiment_gru_tiny.keras"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(ValueError, match="sentiment_gru_tiny.keras is damaged"):
        rnn_zoo.sentiment_gru(weights=path)


def test_a_keras_file_that_holds_no_task_is_refused(tmp_path):
    import keras

    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(tmp_path / "plain.keras")
    with pytest.raises(ValueError, match="plain.keras must hold a Task of rnn_zoo. Received: Sequential"):
        rnn_zoo.sentiment_gru(weights=tmp_path / "plain.keras")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda make: make((["a"], ["x", "y"])), ValueError, "two lists of one length. Received: 1 raw, 2 labels"),
        (lambda make: make(([], [])), ValueError, "examples must hold at least one. Received: two empty lists"),
        (lambda make: make(["a", "b"]), ValueError, r"must be a tuple \(raw, labels\) of two lists. Received: list"),
        (lambda make: make(EXAMPLES, unit=3), TypeError, "from_examples: got an unexpected keyword argument 'unit'"),
        (lambda make: make(EXAMPLES, core="lstm"), TypeError, "unexpected keyword argument 'core'. Its arguments are"),
        (
            lambda make: make(EXAMPLES, token_type="word"),
            ValueError,
            "token_type must be one of .*'words'. Received: token_type=",
        ),
        (lambda make: make((["a", 7], ["x", "y"])), ValueError, r"Received: texts\[1\]=7"),
        (lambda make: make((["a", "b"], ["x", None]), min_count=1), ValueError, r"Received: labels\[1\]=None"),
    ],
)
def test_examples_that_make_no_model_are_refused_with_their_place(call, error, message):
    with pytest.raises(error, match=message):
        call(rnn_zoo.sentiment_gru.from_examples)


def test_settings_outside_their_choices_are_refused_by_every_builder_that_names_some():
    found = 0
    for name in rnn_zoo.list_models():
        builder = find_builder(name)
        for setting in builder.choices:
            found += 1
            with pytest.raises(ValueError, match=f"{setting} must be one of .* Received: {setting}='no such'"):
                builder.from_examples(EXAMPLES, **{setting: "no such"})
    assert found > 20


FIRST = {
    "Classes": "from rnn_zoo.codecs import Classes as found",
    "CRF": "from rnn_zoo.layers import CRF as found",
    "batches": "from rnn_zoo.pipeline import batches as found",
    "GenerativeTask": "import rnn_zoo.generation.task; found = rnn_zoo.generation.task.GenerativeTask",
    "train": "from rnn_zoo.training import train as found",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FIRST)
def test_a_name_can_be_the_first_that_a_process_imports_and_files_are_readable_then(name, weights_folder):
    code = f"""if True:
        {FIRST[name]}
        assert found.__name__ == {name!r}
        import keras
        task = keras.saving.load_model({str(weights_folder / "sentiment_gru_tiny.keras")!r})
        import rnn_zoo
        assert type(task) is rnn_zoo.Task and keras.saving.get_registered_object("rnn_zoo>GenerativeTask")
    """
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE_ROOT)}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr[-2000:]


def test_builders_are_made_where_python_leaves_docstrings_out(monkeypatch):
    monkeypatch.setattr(inspect, "getdoc", lambda thing: None)
    builder = builder_of.__wrapped__(catalogue.ROWS["sentiment_bag_of_words"], "bag_of_words")
    assert len(builder.from_examples(EXAMPLES, min_count=1).infer(["good"])) == 1


@pytest.mark.slow
def test_models_are_made_and_answer_where_python_leaves_docstrings_out():
    code = """if True:
        import rnn_zoo
        examples = ["good film", "bad film"], ["positive", "negative"]
        task = rnn_zoo.sentiment_bag_of_words.from_examples(examples, min_count=1)
        print(len(task.infer(["good"])), rnn_zoo.sentiment_gru.__name__)
    """
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE_ROOT)}
    found = subprocess.run([sys.executable, "-OO", "-c", code], env=environment, capture_output=True, text=True)
    assert found.stdout == "1 sentiment_gru\n", found.stderr[-2000:]


ROOMS = "layers|preprocessors|codecs"


@pytest.mark.parametrize("room", ROOMS.split("|"))
def test_what_keras_must_know_is_imported_from_the_module_that_has_it(room):
    """A room is half imported when its first import of Keras makes all classes known."""
    package = Path(catalogue.__file__).parent
    for path in [*package.glob(f"{room}/*.py"), package / "task.py", *package.glob("generation/*.py")]:
        if path.name != "__init__.py":
            assert not re.findall(rf"^from rnn_zoo\.(?:{ROOMS}) import [A-Z(].*", path.read_text("utf-8"), re.MULTILINE)


def test_an_installed_package_has_all_rooms_and_the_recipes():
    settings = configparser.ConfigParser()
    settings.read(PACKAGE_ROOT / "setup.cfg", encoding="utf-8")
    listed = settings["options"]["packages"].split()
    found = {path.parent.relative_to(PACKAGE_ROOT) for path in Path(rnn_zoo.__file__).parent.rglob("__init__.py")}
    assert set(listed) == {str(path).replace("/", ".") for path in found} | {"rnn_zoo.recipes", "rnn_zoo.weights"}
