"""`rnn-zoo serve`: models behind a server."""

import contextlib
import sys
import tempfile
from pathlib import Path

import click

from rnn_zoo.cli.arguments import batch_size_option, examples, read_model
from rnn_zoo.cli.quiet import quiet_libraries


@click.command(
    epilog=examples(
        "rnn-zoo serve sentiment_lstm ner_lstm",
        "rnn-zoo serve sentiment.onnx --port 8080            # needs neither Keras nor TensorFlow",
    ),
    short_help="Answer over HTTP.",
)
@click.argument("models", metavar="MODEL...", nargs=-1, required=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; this machine alone.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port to listen at.")
@batch_size_option
@click.option("--max-body-mb", type=click.IntRange(min=1), default=8, show_default=True, help="Of a request, MiB.")
@click.option("--max-characters", type=click.IntRange(min=1), default=20_000, show_default=True, help="Of a text.")
@click.option("--timeout", type=click.FloatRange(min=0.1), default=30.0, show_default=True, help="Of an answer, s.")
def serve(models, host, port, batch_size, max_body_mb, max_characters, timeout):
    """Answer over HTTP, with a page to try the models on.

    MODEL is an exported .onnx file; or a builder's name, NAME:WEIGHTS or a .keras file, which is exported first where
    it can be. Requests that arrive together are computed at once. SIGTERM ends it after the requests that have begun.

    Then: curl localhost:8000/models/sentiment_lstm/infer --json '{"input": "A great film."}'
    """
    try:
        import uvicorn

        from rnn_zoo.serving import create_app
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f'serving needs {error.name}: pip install "rnn-zoo[serve]"') from error
    loaded = {Path(model).stem if model.endswith((".onnx", ".keras")) else model: _load(model) for model in models}
    if len(loaded) < len(models):
        raise ValueError(f"models must have different names. Received: {', '.join(models)}")
    app = create_app(
        loaded, batch_size=batch_size, max_body_bytes=max_body_mb * 2**20, max_characters=max_characters,
        timeout_s=timeout,
    )  # fmt: skip
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", limit_concurrency=2000, timeout_graceful_shutdown=30
    )
    listening = config.bind_socket()
    listening.listen()  # before the address is said, so that whoever reads it can ask
    host, port = listening.getsockname()[:2]
    click.echo(f"Serving {', '.join(loaded)} at http://{host}:{port}/ (Ctrl-C ends it)")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])


def _load(model):
    """What answers for a name: an exported file, or where a model cannot be exported the Task."""
    from rnn_zoo import runtime  # needs NumPy, which `rnn-zoo list` need not wait for

    if model.endswith(".onnx"):
        if not hasattr(loaded := runtime.load(model), "infer"):
            raise ValueError(f"{model} holds one timestep: serve a file of the whole network.")
        return loaded
    task = read_model(model).load()
    with quiet_libraries(), tempfile.TemporaryDirectory() as folder:
        from rnn_zoo.exporting import export

        try:
            export(task, Path(folder, "model.onnx"))
            return runtime.load(Path(folder, "model.onnx"))
        except ValueError as error:
            click.echo(f"{model} is served by Keras: {error}", err=True)
            return task
