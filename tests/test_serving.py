"""The server: what it answers, what it refuses, and that it ends as it should."""

import base64
import concurrent.futures
import json
import re
import signal
import subprocess
import sys
import urllib.request

import numpy as np
import pytest
from PIL import Image

from rnn_zoo.codecs import Classes
from rnn_zoo.preprocessors import Pixels, Words

pytest.importorskip("fastapi", reason="needs the extra `serve`")
pytest.importorskip("httpx2", reason="needs the extra `test`")


class Counting:
    """A model that says how long a text is, and remembers its batches."""

    preprocessor, codec = Words(["a"]), Classes(["short", "long"])

    def __init__(self):
        self.batches = []

    def infer(self, raw, *, top_k=None, batch_size=64):
        self.batches.append(len(raw))
        if not all(isinstance(one, str) for one in raw):
            raise ValueError(f"examples must be strings. Received: {raw!r:.60}")
        answers = [{"label": "long" if len(one) > 5 else "short", "score": 1.0} for one in raw]
        return [[one] * top_k for one in answers] if top_k else answers


@pytest.fixture
def model():
    return Counting()


@pytest.fixture
def client(model):
    from fastapi.testclient import TestClient

    from rnn_zoo.serving import create_app

    with TestClient(create_app({"counting": model}, max_body_bytes=2000, max_characters=50)) as client:
        yield client


def ask(client, **body):
    return client.post("/models/counting/infer", json=body)


def test_one_input_and_several_are_answered(client):
    assert ask(client, input="tiny").json() == {"answer": {"label": "short", "score": 1.0}}
    assert [one["label"] for one in ask(client, inputs=["tiny", "much longer"]).json()["answers"]] == ["short", "long"]
    assert ask(client, input="tiny", top_k=2).json() == {"answer": [{"label": "short", "score": 1.0}] * 2}
    assert ask(client, inputs=[]).json() == {"answers": []}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 422), (b"[]", 422), (b"{}", 422), (b'{"input": "a", "inputs": []}', 422), (b'{"inputs": "a"}', 422),
        (b'{"input": 3}', 422), (b'{"input": "a", "top_k": 0}', 422), (b'{"input": "' + b"a" * 51 + b'"}', 422),
        (b'{"input": "data:;base64,' + b"a" * 51 + b'"}', 422),
        (b'{"input": "' + b"a" * 3000 + b'"}', 413), (b"\xff\xfe", 400),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_and_the_next_is_answered(client, body, status):
    response = client.post("/models/counting/infer", content=body, headers={"content-type": "application/json"})
    assert response.status_code in (status, 422) and response.json()["detail"]
    assert ask(client, input="fine").status_code == 200


def test_characters_of_texts_and_of_their_tokens_are_counted():
    from rnn_zoo.serving.app import _num_characters

    url = "data:image/png;base64,AAAA"
    assert _num_characters(Words(["a"]), url) == len(url) and _num_characters(Pixels(8, 8), url) == 0
    assert _num_characters(Words(["a"]), ["two", "", "words"]) == 9 and _num_characters(Pixels(8, 8), [[0, 1]]) == 0


def test_a_body_of_unknown_length_is_refused_when_it_is_too_long(client):
    response = client.post("/models/counting/infer", content=(b" " * 500 for _ in range(9)))
    assert response.status_code == 413


def test_an_unknown_model_and_files_that_none_reads_are_refused(client):
    assert client.post("/models/other/infer", json={"input": "a"}).status_code == 404
    assert client.post("/models/other/files", files={"files": b"a"}).status_code == 404


def test_a_wrong_example_does_not_spoil_those_it_shares_a_batch_with(client, model):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: ask(client, input=one).status_code, ["a", 7, "b", 8, "c", "d"] * 5))
    assert found == [200, 422, 200, 422, 200, 200] * 5


def test_files_are_read_as_the_command_line_reads_them(client):
    answers = client.post("/models/counting/files", files={"files": ("two.txt", b"tiny\nmuch longer\n")}).json()
    assert [one["label"] for one in answers["answers"]] == ["short", "long"]
    broken = client.post("/models/counting/files", files={"files": ("two.csv", b"a,b\n1\n")})
    assert broken.status_code == 422 and "two.csv" in broken.json()["detail"]


def test_files_of_images_are_read_and_those_of_the_machine_are_not(tmp_path):
    from fastapi.testclient import TestClient

    import rnn_zoo
    from rnn_zoo.serving import create_app

    Image.fromarray(np.diag(np.full(8, 200, "uint8"))).save(tmp_path / "digit.png")
    image = (tmp_path / "digit.png").read_bytes()
    address = f"data:image/png;base64,{base64.b64encode(image).decode()}"
    models = {"digits": rnn_zoo.digits_dense(), "vqa": rnn_zoo.vqa_gru()}
    with TestClient(create_app(models), raise_server_exceptions=False) as client:
        uploaded = client.post("/models/digits/files", files={"files": ("digit.png", image)}).json()["answers"][0]
        assert client.post("/models/digits/infer", json={"input": address}).json()["answer"] == uploaded
        for name, own in [("digits", str(tmp_path / "digit.png")), ("digits", ""), ("digits", "/none"),
                          ("vqa", [str(tmp_path / "digit.png"), "What color is the shape?"])]:  # fmt: skip
            refused = client.post(f"/models/{name}/infer", json={"input": own})
            assert (refused.status_code, refused.json()["detail"]) == (
                422, "give an array or a data URL, or upload the file to /files"
            )  # fmt: skip
        broken = client.post("/models/digits/files", files={"files": ("digit.png", image[:40])})
        assert broken.status_code == 422


def test_an_exported_file_that_writes_is_served(tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime", reason="needs the extra `onnx`")
    from fastapi.testclient import TestClient

    import rnn_zoo
    from rnn_zoo.serving import create_app

    task = rnn_zoo.translation_gru.from_examples(
        (["a dog"], ["ein Hund"]), token_type="words", min_count=1, units=8, splits_sentences=True
    )
    rnn_zoo.export(task, tmp_path / "m.onnx")
    model = rnn_zoo.runtime.load(tmp_path / "m.onnx")
    with TestClient(create_app({"translator": model, "task": task})) as client:
        answers = client.post("/models/translator/infer", json={"inputs": ["a dog", ""], "top_k": 2}).json()["answers"]
        assert answers == [model.infer("a dog", top_k=2), [{"text": "", "log_probability": 0.0}]]
        for name in ("translator", "task"):  # two sentences, and nothing between the paragraphs
            assert client.get(f"/models/{name}").json()["attends"]
            found = client.post(f"/models/{name}/attention", json={"input": "a dog.\n\na dog"}).json()["attention"]
            for one, sentence in zip(found, ("a dog.", "a dog"), strict=True):
                ((written,),) = task.generate([sentence], with_attention=True)
                assert one["source"] == [
                    task.preprocessor.tokens[read] for read in task.preprocessor.encode([sentence])[0]
                ]
                assert one["written"] == [task.codec.tokens[token] for token in written.tokens]
                np.testing.assert_allclose(one["weights"], written.attention, atol=1e-4)
        assert client.post("/models/task/attention", json={"input": " "}).json() == {"attention": []}
        monkeypatch.setattr("rnn_zoo.serving.batches.STREAMS", 0)
        assert client.post("/models/task/attention", json={"input": "a dog"}).status_code == 503


def test_attention_is_refused_of_a_model_without(client):
    refused = client.post("/models/counting/attention", json={"input": "good"})
    assert refused.status_code == 422 and "attends to them. Received: counting" in refused.json()["detail"]
    assert client.post("/models/other/attention", json={"input": "good"}).status_code == 404


def test_health_metrics_models_and_the_page(client):
    ask(client, input="tiny")
    assert client.get("/health").json() == {"status": "ok", "waiting": {"counting": 0}, "streams": {"counting": 0}}
    assert 'rnn_zoo_requests_total{model="counting",status="200"} 1.0' in client.get("/metrics").text
    assert client.get("/models").json() == {"counting": None}
    described = client.get("/models/counting").json()
    assert described["codec"] == {
        "class_name": "Classes",
        "config": {"class_names": ["short", "long"], "temperature": 1.0},
    }
    assert "vocabulary" not in described["preprocessor"]["config"] and client.get("/models/other").status_code == 404
    assert client.get("/static/serve.mjs").headers["content-type"].startswith("text/javascript")
    page = client.get("/").text
    assert "<form" in page and not re.search(r"https?://", page)  # nothing comes from elsewhere


def test_the_command_serves_this_machine_alone_and_ends_on_sigterm(tmp_path, tiny_task):
    pytest.importorskip("onnxruntime", reason="needs the extra `onnx`")
    from rnn_zoo import export

    export(tiny_task(), tmp_path / "tiny.onnx")
    script = f"import sys; from rnn_zoo.cli import main; main(['serve', r'{tmp_path / 'tiny.onnx'}', '--port', '0'])"
    command = [sys.executable, "-c", script]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        address = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())[0]
        body, headers = b'{"input": "a great film"}', {"content-type": "application/json"}
        asked = urllib.request.Request(f"{address}/models/tiny/infer", body, headers)
        answer = json.load(urllib.request.urlopen(asked, timeout=30))["answer"]
        assert answer["label"] in ("negative", "positive")
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) in (0, -signal.SIGTERM) and "Traceback" not in server.stderr.read()
    finally:
        server.kill()
        server.communicate()


def test_a_language_model_writes_events_as_it_goes():
    from fastapi.testclient import TestClient

    import rnn_zoo
    from rnn_zoo.serving import create_app

    task = rnn_zoo.language_model_gru()
    expected = "".join(task.stream("ROMEO:", max_length=20, seed=3))
    with TestClient(create_app({"plays": task, "counting": Counting()})) as client:
        address, asked = "/models/plays/stream", {"input": "ROMEO:", "max_length": 20, "seed": 3}
        with client.stream("POST", address, json=asked) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            events = [one.split("\n") for one in "".join(response.iter_text()).strip().split("\n\n")]
        assert events.pop() == ["event: end", "data: null"] and len(events) > 3
        assert "".join(json.loads(line.removeprefix("data: ")) for (line,) in events) == expected
        for wrong in ({"max_length": 0}, {"temperature": -1}, {"stop": [""]}, {"beams": 3}):
            assert client.post(address, json={**asked, **wrong}).status_code == 422
        assert client.post("/models/counting/stream", json=asked).status_code == 422
        assert client.post("/models/nobody/stream", json=asked).status_code == 404
        assert client.get("/health").json()["streams"] == {"plays": 0, "counting": 0}
