"""Weights beside the wheel; the Hub is a local server that speaks as much of its protocol as a download takes."""

import configparser
import hashlib
import http.server
import json
import threading
import zipfile
from pathlib import Path

import pytest

import rnn_zoo
from rnn_zoo import catalogue
from rnn_zoo.cli.arguments import read_model
from rnn_zoo.layers.cells import CELLS

COMMIT = "0123456789" * 4


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """The folder whose files the model `somebody/reviews` of a local hub holds."""
    constants = pytest.importorskip("huggingface_hub.constants")
    folder = tmp_path / "repository"
    folder.mkdir()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            path = self.path.partition("?")[0]
            files = {file.name: file.read_bytes() for file in folder.iterdir()}
            if path.startswith("/api/models/somebody/reviews/tree"):
                entries = [
                    {"type": "file", "path": name, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}
                    for name, content in files.items()
                ]
                self._answer(json.dumps(entries).encode())
            elif path.startswith("/api/models/somebody/reviews"):
                self._answer(json.dumps({"id": "somebody/reviews", "sha": COMMIT, "siblings": []}).encode())
            elif path.startswith(f"/somebody/reviews/resolve/{COMMIT}/"):
                self._answer(files[path.rpartition("/")[2]])
            else:
                self.send_error(404)

        do_GET = do_HEAD

        def _answer(self, content):
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("ETag", f'"{hashlib.sha1(content).hexdigest()}"')
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        def log_message(self, *what):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, address)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "ENDPOINT", address)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        yield folder
        server.shutdown()


def test_a_task_of_the_hub_answers_as_the_file_that_was_uploaded(hub, tmp_path):
    fresh = rnn_zoo.sentiment_gru.from_examples((["a good film", "a bad film"], ["yes", "no"]), min_count=1, units=4)
    fresh.save(tmp_path / "model.keras")
    zipfile.ZipFile(tmp_path / "model.keras").extractall(hub)
    task = rnn_zoo.sentiment_gru(weights="hf://somebody/reviews")
    assert task.infer("a good film") == fresh.infer("a good film")
    assert read_model("hf://somebody/reviews").load().infer("a bad film") == fresh.infer("a bad film")


def test_a_model_that_the_hub_does_not_have_is_no_damaged_file(hub):
    with pytest.raises(ValueError, match="hf://somebody/else could not be loaded: "):
        rnn_zoo.sentiment_gru(weights="hf://somebody/else")


def test_what_the_hub_holds_is_never_run_as_code(hub):
    import keras

    code = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: x)])
    code.save(hub.parent / "code.keras")
    zipfile.ZipFile(hub.parent / "code.keras").extractall(hub)
    with pytest.raises((ValueError, TypeError), match="unsafe|safe_mode"):
        catalogue.load_task("hf://somebody/reviews")


def test_default_weights_are_in_the_wheel_but_for_two_simple_rnns_and_cells_of_later_papers():
    setup = configparser.ConfigParser()
    setup.read(Path(__file__).parent.parent / "setup.cfg", encoding="utf-8")
    left_out = setup["options.exclude_package_data"]["rnn_zoo.weights"].split()
    assert left_out == sorted(left_out) and all((catalogue.WEIGHTS_FOLDER / name).is_file() for name in left_out)
    later = set(CELLS) - {"simple_rnn", "irnn", "gru", "lstm"}
    defaults = {name: f"{name}_{(catalogue.list_weights(name) or [''])[0]}.keras" for name in catalogue.ROWS}
    beside = {file for name, file in defaults.items() if any(name.endswith(f"_{cell}") for cell in later)}
    assert set(defaults.values()) & set(left_out) == beside | {
        "ner_simple_rnn_conll2003.keras", "translation_simple_rnn_multi30k_en_de.keras"
    }  # fmt: skip


def test_weights_beside_the_wheel_say_where_they_are(monkeypatch, tmp_path):
    name, weights = "translation_gru", "multi30k_en_fr"
    card = catalogue.WEIGHTS_FOLDER / f"{name}_{weights}.json"
    (tmp_path / card.name).write_bytes(card.read_bytes())
    monkeypatch.setattr(catalogue, "WEIGHTS_FOLDER", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"does not come with the wheel.*hf://"):
        rnn_zoo.translation_gru(weights=weights)
