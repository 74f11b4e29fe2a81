"""The gallery: its pages, and that its models answer in a browser as they do in Python."""

import base64
import functools
import http.server
import io
import json
import re
import threading
from pathlib import Path

import keras
import numpy as np
import pytest
import soundfile
from PIL import Image
from test_weights import real_examples

import rnn_zoo
from rnn_zoo import catalogue, gallery, inspection, runtime
from rnn_zoo.gallery import LIVE, WEB, fetch_onnxruntime_web, write_gallery
from rnn_zoo.generation.settings import draws_for

LARGEST_DIFFERENCE, LARGEST_DIFFERENCE_INT8 = 1e-4, 1e-2
"""LSTMs of large files are computed in int8, which onnxruntime rounds in its own way in WASM."""
CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/google-chrome") if Path(path).is_file()), None)
STARTS = (
    "A great film:",
    "I didn't like it,",
    "Not bad at all -",
    "It's <br />the WORST since 1999...",
    "정말 재미있는 영화",
)
ENDS = (
    "funny, moving and beautifully acted.", "two hours I won't get back!", "but the café scene…", "",
    "연기가 좋았어요 ㅋㅋ",
    "I\u0307stanbul and the soft\u00adware 👍🏽", "10/10", "dull " * 700, "zzyzx", "so-so.",
)  # fmt: skip
REVIEWS = [f"{start} {end}" for start in STARTS for end in ENDS]
ANSWER = """async ([address, raw]) => {
    const {load} = await import("./static/runtime.mjs"), {samplesOf} = await import("./static/sound.mjs");
    const model = await load(address), found = [], seconds = [];
    for (let one of raw) {
        if (one?.wav) {
            const bytes = Uint8Array.from(atob(one.wav), one => one.charCodeAt(0));
            one = await samplesOf(bytes.buffer, model.preprocessor.sample_rate_hz);
        }
        const began = performance.now(), answer = await model.infer(one, {method: "greedy"});
        seconds.push((performance.now() - began) / 1000);
        const isRanked = answer[0]?.score !== undefined && answer[0].text === undefined;
        found.push(isRanked ? answer[0] : answer); // the best class
    }
    return [found, seconds];
}"""


def examples_of(name, weights):
    """What is asked of a model, as Python takes it and as JSON holds it; tokens also as strings."""
    raw = real_examples(name, weights, 50)
    if name.startswith(("sentiment", "rating")):
        raw = [*raw, *REVIEWS]
    if name.startswith("language_model"):
        lines = [line[:40] for line in "\n".join(raw).splitlines() if line.strip()]
        raw = [lines[index] for index in range(0, len(lines), len(lines) // 50)][:50]
    if isinstance(raw[0], list):
        space = "" if weights == "klue" else " "
        raw = [one if index % 2 else space.join(one) for index, one in enumerate(raw)]
        raw += [one for one in REVIEWS if len(one) < 1000]
    if name.startswith(("music", "sketch")):
        raw = [*sorted(set(raw)), None]
        return raw, raw
    if name.startswith("vqa"):
        raw = [(np.asarray(Image.open(path).convert("RGB")), question) for path, question in raw]
        return raw, [[data_url(image), question] for image, question in raw]
    if name.startswith(("caption", "video")):
        return raw, [data_url(*(one if name.startswith("video") else [one])) for one in raw]
    if isinstance(raw[0], tuple):
        return [(sound, rate) for sound, rate in raw], [{"wav": base64.b64encode(wav(*one)).decode()} for one in raw]
    return raw, [one.tolist() if isinstance(one, np.ndarray) else one for one in raw]


def data_url(*frames):
    """An image, or the frames of a film, as a PNG file."""
    file, (first, *others) = io.BytesIO(), map(Image.fromarray, frames)
    first.save(file, "PNG", save_all=bool(others), append_images=others)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def wav(samples, rate):
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


@pytest.fixture
def pages_alone(monkeypatch):
    """A gallery without weights, which is written at once."""
    monkeypatch.setattr(gallery, "LEARNERS", ())


def test_every_card_has_a_page_that_says_what_it_holds(tmp_path, pages_alone):
    index = write_gallery(tmp_path / "site").read_text(encoding="utf-8")
    for name in catalogue.ROWS:
        for weights in catalogue.list_weights(name):
            page = (tmp_path / "site" / f"{name}_{weights}.html").read_text(encoding="utf-8")
            assert f'href="{name}_{weights}.html"' in index and f"{name} <small>{weights}" in page
            assert "data-model" not in page  # without onnxruntime-web none runs
            assert not re.search(r'(?:src|href)="(?:https?:)?//', page) and "default-src 'none'" in page
    limits = catalogue.read_card("sentiment_gru", "imdb")["limits"]
    assert limits in (tmp_path / "site" / "sentiment_gru_imdb.html").read_text(encoding="utf-8")


def test_text_of_a_card_is_escaped(tmp_path, monkeypatch, pages_alone):
    card = catalogue.read_card("digits_dense", "digits") | {"description": "<script>alert(1)</script> & $body"}
    monkeypatch.setattr(catalogue, "read_card", lambda name, weights: card | {"weights": weights})
    write_gallery(tmp_path)
    page = (tmp_path / "digits_dense_digits.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; $body" in page and "<script>alert" not in page


def test_all_words_of_the_pages_are_in_the_table_in_both_languages():
    strings = json.loads((WEB / "strings.json").read_text(encoding="utf-8"))
    assert all(len(words) == 2 and all(words) for words in strings.values())
    assert all(set(re.findall(r"{\w+}", one)) == set(re.findall(r"{\w+}", other)) for one, other in strings.values())
    wanted = {f"task_{row.task}" for row in catalogue.CATALOGUE} | set(catalogue.IO_TYPES)
    for path in WEB.glob("*.*"):
        text = path.read_text(encoding="utf-8")
        wanted |= set(re.findall(r'data-i18n="(\w+)"', text)) | set(re.findall(r'\bsay\([^;]*?, "(\w+)"', text))
    assert wanted <= set(strings)


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra `browser`")
    if CHROMIUM is None:
        pytest.skip("needs Chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address and the folder of a whole gallery."""
    folder = tmp_path_factory.mktemp("site")
    try:
        onnxruntime_web = fetch_onnxruntime_web()
    except (ModuleNotFoundError, ConnectionError) as error:
        pytest.skip(str(error))
    write_gallery(folder, onnxruntime_web=onnxruntime_web)

    class Handler(http.server.SimpleHTTPRequestHandler):
        extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", folder
        server.shutdown()


@pytest.fixture
def page(browser):
    """A page on which no error may happen."""
    errors, page = [], browser.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield page
    page.close()
    assert not errors, errors


@pytest.mark.slow
@pytest.mark.parametrize(("name", "weights"), LIVE)
def test_answers_in_the_browser_are_those_of_python(site, page, name, weights):
    address, folder = site
    raw, as_json = examples_of(name, weights)
    page.goto(f"{address}/{name}_{weights}.html")
    first_s = float(page.wait_for_selector("[data-answered-at]").get_attribute("data-answered-at")) / 1000
    found, seconds = page.evaluate(ANSWER, [f"models/{name}_{weights}.onnx", as_json])
    model = runtime.load(folder / "models" / f"{name}_{weights}.onnx")
    loaded = [folder / "models" / f"{name}_{weights}.onnx", *(folder / "static").rglob("*.*")]
    assert (
        len(raw) >= (2 if name.startswith(("music", "sketch")) else 50)
        and sum(path.stat().st_size for path in loaded) < 12e6
    )
    largest = LARGEST_DIFFERENCE_INT8 if "lstm" in name else LARGEST_DIFFERENCE
    if name.startswith(("language_model", "music", "sketch")):
        expected = [one.answer for (one,) in model.generate(raw, method="greedy")]
    else:
        expected = [model.infer([one])[0] for one in raw]
    assert_same(found, [model.codec.to_json(one) for one in expected], largest)
    print(f"{name}_{weights}: the first answer after {first_s:.2f} s, others in {1000 * np.median(seconds):.0f} ms")


@pytest.mark.slow
def test_texts_are_drawn_as_python_draws_them(site, page):
    address, folder = site
    page.goto(f"{address}/language_model_gru_tiny_shakespeare.html")
    page.wait_for_selector(".answer > div")
    model = runtime.load(folder / "models" / "language_model_gru_tiny_shakespeare.onnx")
    cases = [
        ("ROMEO:", {}),
        ("To be", {"temperature": 0.5}),
        ("KING", {"top_k": 5}),
        ("Ay ", {"top_p": 0.8, "max_length": 60}),
        ("It is", {"method": "greedy", "no_repeat_ngram": 4, "min_length": 20}),
    ]
    for raw, settings in cases:
        decoding = model.codec.decoding._replace(**settings)
        draws = draws_for([0], decoding, len(raw) + decoding.max_length)[0, len(raw) :].tolist()
        found = page.evaluate(
            """async ([raw, settings, draws]) => {
                const {load} = await import("./static/runtime.mjs");
                const model = await load("models/language_model_gru_tiny_shakespeare.onnx");
                return (await model.infer(raw, {...settings, draw: () => draws.shift()})).text;
            }""",
            [raw, settings, draws],
        )
        assert found == model.generate([raw], **settings)[0][0].answer


@pytest.mark.slow
def test_a_word_is_heard_by_the_microphone(site, browser, tmp_path):
    """Chromium takes a file for what the microphone hears, over and over."""
    example = catalogue.read_card("keyword_gru", "speech_commands")["example"]
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(example["input"].partition(",")[2])))
    soundfile.write(tmp_path / "said.wav", np.pad(samples, (0, max(0, int(1.5 * rate) - len(samples)))), rate)
    heard = [f"--use-file-for-fake-audio-capture={tmp_path / 'said.wav'}", "--use-fake-device-for-media-stream"]
    arguments = ["--no-sandbox", "--use-fake-ui-for-media-stream", *heard]
    other = browser.browser_type.launch(executable_path=CHROMIUM, args=arguments)
    page = other.new_page()
    page.goto(f"{site[0]}/keyword_gru_speech_commands.html")
    page.wait_for_selector("[data-answered-at]")
    page.evaluate("document.querySelector('.answer').replaceChildren()")
    page.click("[data-i18n=record]")
    assert page.wait_for_selector(".answer .bars li").inner_text().startswith(example["answer"]["label"])
    other.close()


@pytest.mark.slow
def test_the_page_of_a_server_shows_a_text_while_it_is_written(page):
    uvicorn = pytest.importorskip("uvicorn", reason="needs the extra `serve`")
    from rnn_zoo.serving import create_app

    app = create_app({"plays": rnn_zoo.language_model_gru()})
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.1)
        page.goto(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
        page.wait_for_selector("#example")
        page.evaluate("""() => {
            const answer = document.querySelector(".answer");
            window.seen = new Set();
            new MutationObserver(() => seen.add(answer.innerText)).observe(answer, {childList: true, subtree: true});
        }""")
        page.fill("#example", "JULIET:")
        page.click("[type=submit]")
        status = page.wait_for_selector("#status[data-i18n]")
        assert status.get_attribute("data-i18n") == "served", status.inner_text()
        assert re.match(r"JULIET:(?!JULIET:)", page.inner_text(".written")) and page.evaluate("seen.size") > 3
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.slow
@pytest.mark.parametrize("core", gallery.LEARNERS)
def test_gates_states_and_gradients_for_learners_are_those_of_python(site, page, core):
    task, text = (
        getattr(rnn_zoo, f"sentiment_{core}")(),
        "It's dull at first, but NOT bad: zzyzx, funny and moving!",
    )
    page.goto(f"{site[0]}/learn.html")
    page.wait_for_selector(".units td")
    found = page.evaluate(
        """async ([folder, text]) => {
            const {Classifier} = await import("./static/cells.mjs"), model = await Classifier.load(folder);
            const read = await model.read(text);
            const whole = [await model.gradients(read, 0), await model.gradients(read, 1)];
            return {...read, whole, fromEnd: await model.gradients(read, 0, {fromEnd: true})};
        }""",
        [f"learn/{core}", text],
    )
    assert found["tokens"] == inspection.tokens_of(task, text)
    np.testing.assert_allclose(found["logits"], task(task.preprocessor([text])).numpy()[0], atol=1e-4)
    layer = task.get_layer(f"{core}_0")
    hidden = keras.Model(task.input, layer.output)(task.preprocessor([text])).numpy()[0]
    np.testing.assert_allclose([one["hidden"] for one in found["trace"]], hidden, atol=1e-4)
    for label in (0, 1):
        for state, norms in inspection.gradient_flow(task, [text], [label]).items():
            computed = found["whole"][label][state.removesuffix("_state")]
            np.testing.assert_allclose(computed, norms[0], rtol=1e-3, atol=1e-6)
    if core == "lstm":
        gates = inspection.lstm_gates(task, [text])
        for part in ("input_gate", "forget_gate", "output_gate", "cell_state"):
            computed = [one[part.removesuffix("_gate").removesuffix("_state")] for one in found["trace"]]
            np.testing.assert_allclose(computed, getattr(gates, part)[0], atol=1e-4)
    if core == "simple_rnn":  # what one Jacobian matrix after the other leaves at most
        recurrent, norms = layer.get_weights()[1], found["fromEnd"]["hidden"]
        for earlier, later, state in zip(norms, norms[1:], hidden[1:], strict=False):
            assert 0 < earlier <= 1.001 * later * np.linalg.norm(recurrent * (1 - state**2), 2)
    assert found["fromEnd"]["hidden"][-1] == pytest.approx(found["whole"][0]["hidden"][-1])


def assert_same(found, expected, largest):
    """JSON of answers is the same, numbers to a small difference."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key in expected:
            assert_same(found[key], expected[key], largest)
    elif isinstance(expected, (list, np.ndarray)):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_same(one, other, largest)
    elif isinstance(expected, (float, np.floating)):
        assert abs(found - expected) < largest * max(1, abs(expected)), (found, expected)
    else:
        assert found == expected
