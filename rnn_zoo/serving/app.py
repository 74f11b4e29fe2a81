"""The application of the server: what is asked by whom, and how it is answered."""

import asyncio
import contextlib
import json
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import fastapi
import prometheus_client
import pydantic
from fastapi.responses import FileResponse, PlainTextResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles

from rnn_zoo import __version__, runtime
from rnn_zoo.files import DATA_URL
from rnn_zoo.gallery import WEB
from rnn_zoo.generation.texts import is_blank, split_sentences
from rnn_zoo.preprocessors.base import Preprocessor
from rnn_zoo.serving.batches import Batches

LARGE_SETTINGS = ("vocabulary", "characters")
"""Of preprocessors, which the page does not need."""
SLOWEST_BODY_S = 10.0
"""Between two pieces of a request's body."""


class Question(pydantic.BaseModel):
    """What is asked of a model: one `input`, or a list of `inputs`."""

    input: Any = None
    inputs: Annotated[list | None, pydantic.Field(max_length=1000)] = None
    top_k: Annotated[int | None, pydantic.Field(ge=1, le=1000)] = None


class Text(pydantic.BaseModel, extra="forbid"):
    """One text."""

    input: str


class Beginning(Text):
    """The text that a language model goes on from, and settings of `stream`."""

    max_length: Annotated[int | None, pydantic.Field(ge=1, le=10_000)] = None
    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    seed: int | None = None
    stop: str | list[str] = ()


def create_app(models, *, batch_size=64, max_body_bytes=8 * 2**20, max_characters=20_000, timeout_s=30.0):
    """An ASGI application that answers for models.

    Examples that arrive while a batch is computed share the next one, whoever asked.

    Args:
        models: from names to models, `rnn_zoo.runtime.Model` or Tasks.
        batch_size: examples computed at once.
        max_body_bytes: of a request; a longer one is answered with 413.
        max_characters: of a text; a longer one is answered with 422.
        timeout_s: for an answer; afterwards 503.

    Returns:
        A `fastapi.FastAPI` with `POST /models/{name}/infer` (JSON), `POST /models/{name}/files` (uploads), `POST
        /models/{name}/stream` (events, of language models), `POST /models/{name}/attention` (of models that
        read tokens and attend to them), `GET /models`, `/health`, `/metrics` (Prometheus), `/docs` (OpenAPI), and a
        page to try the models on at `/`.

    Raises:
        ValueError: for no models.

    Example:
        >>> app = create_app({"sentiment_lstm": rnn_zoo.sentiment_lstm()})
        >>> app.title
        'rnn_zoo'
    """
    if not models:
        raise ValueError("models must hold at least one model. Received: none")
    registry = prometheus_client.CollectorRegistry()
    requests = prometheus_client.Counter("rnn_zoo_requests", "Requests.", ["model", "status"], registry=registry)
    seconds = prometheus_client.Histogram("rnn_zoo_seconds", "Time to an answer.", ["model"], registry=registry)
    sizes = prometheus_client.Histogram(
        "rnn_zoo_batch_size", "Examples computed at once.", ["model"], buckets=(1, 2, 4, 8, 16, 32, 64, 128),
        registry=registry,
    )  # fmt: skip
    queues = {
        name: Batches(model, batch_size, sizes.labels(name).observe) for name, model in models.items()
    }  # fmt: skip

    @contextlib.asynccontextmanager
    async def lifespan(_):
        tasks = [asyncio.create_task(one.run()) for one in queues.values()]
        yield
        for task in tasks:
            task.cancel()

    app = fastapi.FastAPI(title="rnn_zoo", version=__version__, lifespan=lifespan)
    app.add_middleware(_LimitedBody, max_bytes=max_body_bytes)

    @contextlib.contextmanager
    def counted(name):
        """Count and time what is asked of a model; what is wrong becomes a status."""
        began, status = time.monotonic(), 500
        try:
            if name not in queues:
                status, said = 404, f"model must be one of {list(queues)}. Received: {name[:60]!r}"
                raise fastapi.HTTPException(status, said)
            yield
            status = 200
        except (asyncio.QueueFull, TimeoutError) as error:
            status = 503
            raise fastapi.HTTPException(status, "busy: try again later", headers={"Retry-After": "1"}) from error
        except (ValueError, TypeError, OSError) as error:
            status = 422
            raise fastapi.HTTPException(status, _said(error)) from error
        finally:
            requests.labels(name if name in queues else "unknown", status).inc()
            if name in queues:
                seconds.labels(name).observe(time.monotonic() - began)

    def check_length(name, example, place):
        count = _num_characters(queues[name].model.preprocessor, example)
        if count > max_characters:
            raise ValueError(f"{place} must have {max_characters} characters at most: {count}")

    async def answered(name, examples, top_k=None):
        """The answers as JSON holds them."""
        with counted(name):
            for index, one in enumerate(examples):
                check_length(name, one, f"inputs[{index}]")
            found = await asyncio.wait_for(queues[name].answers(examples, top_k), timeout_s)
            return [queues[name].model.codec.to_json(one) for one in found]

    @app.post("/models/{name}/infer")
    async def infer(name: str, question: Question):
        """Answer JSON: `{"input": ...}` with `{"answer": ...}`, `{"inputs": [...]}` with `{"answers": [...]}`."""
        if (question.inputs is None) == ("input" not in question.model_fields_set):
            raise fastapi.HTTPException(422, 'give either "input" or "inputs"')
        for one in [question.input] if question.inputs is None else question.inputs:
            if name in queues and _opens_a_file(queues[name].model.preprocessor, one):
                raise fastapi.HTTPException(422, "give an array or a data URL, or upload the file to /files")
        if question.inputs is None:
            return {"answer": (await answered(name, [question.input], question.top_k))[0]}
        return {"answers": await answered(name, question.inputs, question.top_k)}

    @app.post("/models/{name}/attention")
    async def attention(name: str, text: Text):
        """What each token that is written about a text attends to, sentence by sentence, of a model with attention."""
        with counted(name):
            check_length(name, text.input, "input")
            model = queues[name].model
            if not _attends(model):
                raise ValueError(f"attention needs a model that reads tokens and attends to them. Received: {name}")
            texts = [one for one, _ in split_sentences(text.input)] if model.splits_sentences else [text.input]
            texts = [one for one in texts if not is_blank(one)]
            found = await asyncio.wait_for(queues[name].attended(texts), timeout_s) if texts else []
            keys = ("source", "written", "weights")
            return {"attention": [dict(zip(keys, (*one, weights.tolist()), strict=True)) for *one, weights in found]}

    @app.post("/models/{name}/files")
    async def files(name: str, files: list[fastapi.UploadFile]):
        """Answer uploaded files: images, sounds, tables of frames, or what else the model reads."""
        if len(files) > 32:
            raise fastapi.HTTPException(422, "32 files at most")
        examples, read_file = [], queues[name].model.preprocessor.read_file if name in queues else None
        if name in queues and read_file is None:
            raise fastapi.HTTPException(422, f"{name} reads no files")
        with tempfile.TemporaryDirectory() as folder:
            for number, one in enumerate(files if read_file else ()):
                path = Path(folder, f"{number}{Path(one.filename or '').suffix[:10]}")
                path.write_bytes(await one.read())
                try:
                    examples += await asyncio.to_thread(read_file, path)
                except (ValueError, OSError) as error:
                    raise fastapi.HTTPException(422, _said(error).replace(str(path), one.filename or "file")) from error
            return {"answers": await answered(name, examples)}  # while the files are there

    @app.post("/models/{name}/stream")
    async def stream(name: str, beginning: Beginning):
        """Server-sent events: pieces of text as they are written, JSON in `data`; then `event: end`, or `error`."""
        settings = beginning.model_dump(exclude_unset=True)
        with counted(name):
            check_length(name, beginning.input, "input")
            pieces = await queues[name].begun(settings.pop("input"), {"max_seconds": timeout_s, **settings})
        return StreamingResponse(_events(pieces), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    @app.get("/models")
    async def list_models():
        """The models, with the cards of trained weights."""
        return {name: getattr(one.model, "metadata", {}).get("card") for name, one in queues.items()}

    @app.get("/models/{name}")
    async def describe(name: str):
        """A model: the card of its weights, what reads examples and what makes answers, without their vocabularies."""
        if name not in queues:
            raise fastapi.HTTPException(404, f"model must be one of {list(queues)}. Received: {name[:60]!r}")
        model = queues[name].model
        parts = {"preprocessor": runtime.described(model.preprocessor), "codec": runtime.described(model.codec)}
        for part in parts.values():
            part["config"] = {key: one for key, one in part["config"].items() if key not in LARGE_SETTINGS}
        return {"card": getattr(model, "metadata", {}).get("card"), "attends": _attends(model), **parts}

    @app.get("/health")
    async def health():
        """Whether it runs, how many examples wait, and how many texts are written."""
        waiting = {name: one.waiting.qsize() for name, one in queues.items()}
        return {"status": "ok", "waiting": waiting, "streams": {name: one.streams for name, one in queues.items()}}

    @app.get("/metrics")
    async def metrics():
        """For Prometheus."""
        text = prometheus_client.generate_latest(registry).decode()
        return PlainTextResponse(text, media_type=prometheus_client.CONTENT_TYPE_LATEST)

    @app.get("/", include_in_schema=False)
    async def page():
        return FileResponse(WEB / "serve.html")

    app.mount("/static", StaticFiles(directory=WEB))
    return app


def _opens_a_file(preprocessor, example):
    """Whether an example names a file of the server's machine, which nobody else may have read."""
    is_pair = isinstance(example, list) and bool(example)
    if _takes_texts(preprocessor) or (preprocessor.read_file is None and not is_pair):
        return False  # a text, or a genre
    first = example[0] if is_pair else example  # of a pair the image, beside a question
    return isinstance(first, str) and not DATA_URL.match(first)


def _takes_texts(preprocessor):
    """Whether strings are texts, and no places of files."""
    read_file = preprocessor.read_file
    return read_file is not None and read_file.__func__ is not Preprocessor.read_file.__func__


def _num_characters(preprocessor, example):
    """Of a text, or of a list of tokens, an empty one counted as one; what a data URL holds is none."""
    if isinstance(example, list):
        return sum(max(_num_characters(preprocessor, one), one == "") for one in example)
    if not isinstance(example, str) or (DATA_URL.match(example) and not _takes_texts(preprocessor)):
        return 0
    return len(example)


def _attends(model):
    """Whether it can say which tokens of a text it attends to."""
    return getattr(model, "has_attention", False) and hasattr(model.preprocessor, "tokens")


def _said(error):
    return " ".join(str(error).split())[:1000].encode("utf-8", "backslashreplace").decode()


async def _events(pieces):
    try:
        async with contextlib.aclosing(pieces):
            async for one in pieces:
                yield f"data: {json.dumps(one)}\n\n"
        yield "event: end\ndata: null\n\n"
    except (ValueError, OSError) as error:
        yield f"event: error\ndata: {json.dumps(_said(error))}\n\n"


class _LimitedBody:
    """ASGI middleware: bodies that are too long or come too slowly are refused."""

    def __init__(self, app, max_bytes):
        self.app, self.max_bytes = app, max_bytes

    async def __call__(self, scope, receive, send):
        received, is_whole = 0, False

        async def limited():
            nonlocal received, is_whole
            try:
                message = await asyncio.wait_for(receive(), None if is_whole else SLOWEST_BODY_S)
            except TimeoutError:
                raise fastapi.HTTPException(408, "the body came too slowly") from None
            received, is_whole = received + len(message.get("body", b"")), not message.get("more_body", False)
            if received > self.max_bytes:
                raise fastapi.HTTPException(413, f"a body must have {self.max_bytes} bytes at most")
            return message

        await self.app(scope, limited if scope["type"] == "http" else receive, send)
