"""`rnn-zoo gallery`: the cards as a web site."""

from pathlib import Path

import click

from rnn_zoo.cli.arguments import examples
from rnn_zoo.cli.quiet import quiet_libraries


@click.command(
    epilog=examples(
        "rnn-zoo gallery --output site",
        "rnn-zoo gallery --output site --onnxruntime-web node_modules/onnxruntime-web",
        "rnn-zoo gallery --output site && python -m http.server --directory site",
    ),
    short_help="Write a web site whose models run in the browser.",
)
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER", required=True, help="Where to."
)
@click.option(
    "--onnxruntime-web", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER",
    help="Of that npm package, unpacked; without it `npm pack` gets it once.",
)  # fmt: skip
def gallery(output, onnxruntime_web):
    """Write a static web site: a page for each of the trained weights, some of which answer in the visitor's browser.

    Those are exported, which takes a minute. They run by onnxruntime-web, whose files become part of the site; without
    it the pages are written without them.
    """
    from rnn_zoo.gallery import fetch_onnxruntime_web, write_gallery

    if onnxruntime_web is None:
        try:
            onnxruntime_web = fetch_onnxruntime_web()
        except (ModuleNotFoundError, ConnectionError) as error:
            click.echo(f"No model will run in the browser: {error}", err=True)
    with quiet_libraries():
        index = write_gallery(output, onnxruntime_web=onnxruntime_web)
    click.echo(f"{index}, to be looked at behind a server: python -m http.server --directory {output}")
