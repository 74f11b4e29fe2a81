"""A static web site of the cards; models run in the browser of who visits it.

Its pages, scripts and style are the files of `rnn_zoo/web`, whose preprocessors and codecs are named as those here.
"""

import base64
import gzip
import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from html import escape
from pathlib import Path
from string import Template

from rnn_zoo import cards, catalogue
from rnn_zoo.runtime import described

WEB = Path(__file__).parent / "web"
ONNXRUNTIME_WEB = "onnxruntime-web@1.30.0"
ONNXRUNTIME_WEB_SHA512 = "q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ=="
SCRIPT, WASM = "ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"
PARTS = (f"dist/{SCRIPT}", f"dist/{WASM}")
LARGEST_FLOAT32_BYTES = 5 * cards.MEBIBYTE
"""Larger models go into the site as int8."""
LEARNERS = ("simple_rnn", "gru", "lstm")
"""Cells of the page for learners; its models are `sentiment_*`."""
ROWS_A_FILE = 1000
"""Of a large table of weights, of which a page loads the parts that it needs; cells.mjs knows it too."""
LIVE = (
    ("sentiment_simple_rnn", "imdb"),
    ("sentiment_gru", "imdb"),
    ("sentiment_lstm", "imdb"),
    ("sentiment_gru", "nsmc"),
    ("rating_gru", "nsmc_stars"),
    ("ner_lstm", "conll2003"),
    ("ner_lstm", "klue"),
    ("pos_lstm", "ewt"),
    ("intent_gru", "atis"),
    ("digits_dense", "digits"),
    ("sequential_image_gru", "mnist"),
    ("forecast_gru", "etth1"),
    ("keyword_gru", "speech_commands"),
    ("speech_gru", "fsdd"),
    ("language_model_gru", "tiny_shakespeare"),
    ("pronunciation_lstm", "cmudict"),
    ("translation_gru", "multi30k_en_de"),
    ("dna_gru", "promoters"),
    ("vqa_gru", "easy_vqa"),
    ("video_gru", "moving_digits"),
    ("caption_lstm", "flickr8k"),
    ("music_gru", "jsb"),
    ("sketch_lstm", "kanji"),
)
"""Builders and weights that run in the browser."""
SECTIONS = {
    "results": ("metric", "baselines", "other metrics"),
    "use": ("intended use", "limits", "example"),
    "code": ("use", "command"),
    "data": ("dataset",),
    "file": (),
}
"""Of a model's page, with the facts of a card in each; what is in none is in the last."""
CODE = SECTIONS["code"]


def write_gallery(folder, *, live=LIVE, onnxruntime_web=None):
    """Write a static site: an index, and a page for each of the trained weights.

    Args:
        folder: where to; what is there already stays, or is written anew.
        live: pairs of a builder and weights of it that run in the visitor's browser.
        onnxruntime_web: the folder of the npm package onnxruntime-web, whose files are copied; None for a site without
            models that run. `fetch_onnxruntime_web` gets one.

    Returns:
        The path of the index.

    Raises:
        FileNotFoundError: for a folder without onnxruntime-web's files.
        ValueError: for a model that cannot be exported.

    Example:
        >>> write_gallery("site").name
        'index.html'
    """
    folder = Path(folder)
    static, models = folder / "static", folder / "models"
    shutil.copytree(WEB, static, ignore=shutil.ignore_patterns("*.html"), dirs_exist_ok=True)
    found = [
        (name, catalogue.read_card(name, weights))
        for name in catalogue.ROWS
        for weights in catalogue.list_weights(name)
    ]
    sizes = {}
    if onnxruntime_web is not None:
        runtime_bytes = _copy_runtime(Path(onnxruntime_web), static / "ort")
        models.mkdir(exist_ok=True)
        for name, weights in live:
            sizes[name, weights] = runtime_bytes + _export(name, weights, models / f"{name}_{weights}.onnx")
    for core in LEARNERS:
        _write_weights(catalogue.load_weights(f"sentiment_{core}", "imdb"), core, folder / "learn" / core)
    script = '<script type="module" src="static/learn.mjs"></script>'
    _write_page(folder / "learn.html", "rnn_zoo", _filled("learn.html"), script)
    for name, card in found:
        page = f"{name}_{card['weights']}"
        size = sizes.get((name, card["weights"]))
        is_live = size is not None
        body = _filled(
            "model.html",
            builder=name,
            task=catalogue.ROWS[name].task,
            weights=card["weights"],
            description=card["description"],
            live=_Html(_filled("live.html", page=page, size=f"{size / 1e6:.1f}") if is_live else ""),
            sections=_Html(_sections(name, card, found)),
        )
        script = '<script type="module" src="static/model.mjs"></script>' if is_live else ""
        _write_page(folder / f"{page}.html", f"{name} · {card['weights']}", body, script)
    _write_page(folder / "index.html", "rnn_zoo", _filled("index.html", sections=_Html(_index(found, sizes))))
    return folder / "index.html"


def fetch_onnxruntime_web():
    """The folder of onnxruntime-web, by npm and from its registry, checked, and kept where datasets are kept.

    Raises:
        ModuleNotFoundError: without npm.
        ValueError: for another content than expected.
        ConnectionError: where npm gets nothing.
    """
    from rnn_zoo.datasets.downloads import data_folder

    folder = data_folder() / "downloads" / "rnn_zoo" / ONNXRUNTIME_WEB
    if folder.is_dir():
        return folder
    if (npm := shutil.which("npm")) is None:
        raise ModuleNotFoundError("models run in the browser by onnxruntime-web, an npm package, and npm is not here")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        done = subprocess.run([npm, "pack", "--silent", ONNXRUNTIME_WEB], cwd=scratch, capture_output=True, text=True)
        packed = next(Path(scratch).glob("*.tgz"), None)
        if packed is None:
            raise ConnectionError(f"npm pack {ONNXRUNTIME_WEB} failed: {done.stderr.strip()[-300:]}")
        digest = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
        if digest != ONNXRUNTIME_WEB_SHA512:
            raise ValueError(f"{ONNXRUNTIME_WEB} is not what was expected. Received: sha512-{digest}")
        with tarfile.open(packed) as archive:
            archive.extractall(scratch, [f"package/{part}" for part in PARTS], filter="data")
        Path(scratch, "package").rename(folder)
    return folder


def _copy_runtime(source, target):
    """Copy the script and, packed, the WASM; the bytes that a visitor loads."""
    target.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        if not (source / part).is_file():
            raise FileNotFoundError(f"onnxruntime_web must be the folder of that npm package. Missing: {source / part}")
    shutil.copy(source / "dist" / SCRIPT, target / SCRIPT)
    packed = gzip.compress((source / "dist" / WASM).read_bytes(), mtime=0)
    (target / f"{WASM}.gz").write_bytes(packed)
    return len(packed) + (target / SCRIPT).stat().st_size


def _export(name, weights, path):
    """Export trained weights, a large file as int8; its bytes."""
    from rnn_zoo.exporting import export

    task = catalogue.load_weights(name, weights)
    if export(task, path).size_bytes > LARGEST_FLOAT32_BYTES:
        export(task, path, quantize="int8")
    return path.stat().st_size


def _write_weights(task, core, folder):
    """Weights as float16, in which those of the package are stored, a file each, and what reads texts."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {f"{layer.name}_{index}": one for layer in task.layers for index, one in enumerate(layer.get_weights())}
    about = {
        "core": core,
        "class_names": task.codec.class_names,
        "preprocessor": described(task.preprocessor),
        "shapes": {name: weight.shape for name, weight in weights.items()},
    }
    (folder / "about.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
    for name, weight in weights.items():
        weight = weight.astype("int32" if weight.dtype.kind == "i" else "float16")
        parts = {name: weight}
        if weight.ndim == 2 and len(weight) > ROWS_A_FILE:
            parts = {
                f"{name}_{row // ROWS_A_FILE}": weight[row : row + ROWS_A_FILE]
                for row in range(0, len(weight), ROWS_A_FILE)
            }
        for part, values in parts.items():
            (folder / f"{part}.bin").write_bytes(gzip.compress(values.tobytes(), mtime=0))


class _Html(str):
    """Text that is HTML already."""


def _filled(template, **values):
    """A template of `rnn_zoo/web` with values; those that are not HTML are escaped."""
    values = {key: value if isinstance(value, _Html) else escape(str(value)) for key, value in values.items()}
    return Template((WEB / template).read_text(encoding="utf-8")).substitute(values)


def _write_page(path, title, body, script=""):
    strings = json.loads((WEB / "strings.json").read_text(encoding="utf-8"))
    page = _filled("page.html", title=title, body=_Html(body), scripts=_Html(script))

    def said(match):
        return match[0] + escape(strings.get(match[1], [match[1]])[0])

    path.write_text(re.sub(r'data-i18n="(\w+)"[^>]*>(?=<)', said, page), encoding="utf-8")


def _sections(name, card, found):
    """The facts of a card in sections, and a comparison with others on the same data."""
    facts, html = dict(cards.facts_of(name, card)), []
    facts.pop("description", None)
    placed = {label for labels in SECTIONS.values() for label in labels}
    for section, labels in SECTIONS.items():
        labels = [one for one in labels or facts if one in facts and (labels or one not in placed)]
        html.append(f'<h2 data-i18n="section_{section}"></h2>')
        html.append("".join(_code(facts[one]) for one in labels if one in CODE))
        rest = "".join(f"<dt>{escape(one)}</dt><dd>{escape(facts[one])}</dd>" for one in labels if one not in CODE)
        html.append(f'<dl lang="en">{rest}</dl>' if rest else "")
        if section == "results":
            html.append(_comparison(name, card, found))
    return "\n".join(html)


def _code(text):
    return f'<pre tabindex="0"><code>{escape(text)}</code></pre>'


def _comparison(name, card, found):
    """Models of the same task on the same data, by the metric, the best one first."""

    def value_of(one):
        return one["metric"].get("mean") or one["metric"].get("shipped")

    facts = [(one["task"], one["dataset"]["name"], one["metric"]["name"]) for _, one in found]
    wanted = (card["task"], card["dataset"]["name"], card["metric"]["name"])
    same = [pair for pair, fact in zip(found, facts, strict=True) if fact == wanted and value_of(pair[1]) is not None]
    if len(same) < 2:
        return ""
    highest, sign = max(value_of(one) for _, one in same), 1 if wanted[2].endswith(cards.LOWER_IS_BETTER) else -1
    rows = "".join(
        f"<tr><td>{_link(other, one)}</td><td>{escape(cards.metric_text(one['metric']))}</td>"
        f'<td><meter max="{highest if highest > 1 else 1:g}" value="{value_of(one):g}" aria-hidden="true"></meter></td>'
        "</tr>"
        for other, one in sorted(same, key=lambda pair: sign * value_of(pair[1]))
    )
    return f'<h3 data-i18n="same_data"></h3><div class="wide"><table>{rows}</table></div>'


def _link(name, card):
    page = f"{name}_{card['weights']}"
    return f'<a href="{escape(page)}.html">{escape(name)}</a> {escape(card["weights"])}'


def _index(found, sizes):
    """Tables of all models, one a type of input and output, the tasks in groups."""
    html = []
    for io_type in catalogue.IO_TYPES:
        chosen = [(name, card) for name, card in found if catalogue.ROWS[name].io_type == io_type]
        columns = "".join(
            f'<th class="{style}" data-i18n="column_{column}"></th>'
            for column, style in (("model", ""), ("metric", ""), ("parameters", "number optional"), ("size", "number"))
        )
        html.append(f'<h2 data-i18n="{io_type}"></h2><div class="wide"><table><tr>{columns}</tr>')
        before = None
        for name, card in chosen:
            task = catalogue.ROWS[name].task
            if task != before:
                html.append(f'<tr class="group"><th colspan="4" data-i18n="task_{task}"></th></tr>')
            before = task
            runs = '<span class="runs" data-i18n="runs_here"></span>' if (name, card["weights"]) in sizes else ""
            html.append(
                f"<tr><td>{_link(name, card)} {runs}</td><td>{escape(cards.metric_text(card['metric']))}</td>"
                f'<td class="number optional">{card["parameters"]:,}</td>'
                f'<td class="number">{card["size_bytes"] / 1024:,.0f} KiB</td></tr>'
            )
        html.append("</table></div>")
    return "\n".join(html)
