"""`rnn-zoo infer` and `generate`: what models answer."""

import contextlib
import functools
import sys
import time
from pathlib import Path

import click

from rnn_zoo.answering import answer_chunk, raw_of_input
from rnn_zoo.cli.arguments import batch_size_option, complete_files, examples, model_argument, read_model
from rnn_zoo.cli.inputs import as_utf_8, input_chunks, reads_stdin
from rnn_zoo.cli.printing import json_line, json_of_generations, plain_generations, plain_line
from rnn_zoo.cli.quiet import quiet_libraries


@click.command(
    epilog=examples(
        'rnn-zoo infer sentiment_lstm "A great film, funny and moving."',
        'rnn-zoo infer sentiment_lstm --top-k 2 --json "Not bad at all."',
        "rnn-zoo infer sentiment_lstm - < reviews.txt",
        "rnn-zoo infer forecast_gru history.csv",
        "zcat reviews.gz | rnn-zoo infer sentiment_gru --json | jq -r .label",
        "rnn-zoo infer pos_lstm sentences.conll                # one token a line, blank lines between sentences",
        "rnn-zoo infer dna_gru:promoters genes.fa              # FASTA",
        "rnn-zoo infer digits_dense one.png two.png",
        'rnn-zoo infer my.keras "Not bad at all."',
        'rnn-zoo infer vqa_gru "shape.png: what color is the shape?"',
        "rnn-zoo infer video_gru film.gif",
        "rnn-zoo infer activity_gru skeleton.csv               # a frame a line, or .npy: [frames, joints, 3]",
        "rnn-zoo infer speech_gru recording.wav",
        "arecord -f S16_LE -r 16000 | rnn-zoo infer keyword_gru --stream",
        "tail -f readings.csv | rnn-zoo infer forecast_gru --stream",
        'rnn-zoo infer sentiment_lstm -- "-1 of 10, a text that begins with a dash"',
    ),
)
@model_argument
@click.argument("texts", metavar="[TEXT|FILE]...", nargs=-1, shell_complete=complete_files, callback=as_utf_8)
@click.option(
    "--file",
    "files",
    type=click.Path(exists=True, dir_okay=False),
    multiple=True,
    metavar="FILE",
    help="Read a file, as if named without the flag; it may then look like a text. Can be given again.",
)
@click.option("--top-k", type=click.IntRange(min=1), metavar="K", help="The K best answers instead of the best one.")
@click.option(
    "--json", "as_json", is_flag=True, help="JSON Lines: one object an input, with the share of unknown words."
)
@click.option("--stream", is_flag=True, help="Answer while one input comes in, of a model that reads forward.")
@click.option(
    "--max-seconds", type=click.FloatRange(min=0, min_open=True), help="Of --stream: read no further after so many."
)
@batch_size_option
def infer(model, texts, files, top_k, as_json, stream, max_seconds, batch_size):
    """Answer texts, files, or lines of standard input.

    MODEL is a builder's name, NAME:WEIGHTS, or a .keras file.

    With - in place of TEXT, or in a pipe without TEXT and FILE, every line of standard input is one; it must be UTF-8.
    Lines are answered as they come, so another program can wait for an answer before it writes the next line. A line
    that MODEL cannot read ends it, after the answers to those before.

    What names a file is read as the model's kind of input: a text file of one text a line or the column text of a CSV
    or TSV file, FASTA for DNA, CoNLL or CoNLL-U for taggers (a token's other columns are left alone), an image, a
    film, sound, frames of sensors or of a skeleton (CSV with a frame a line, or .npy). Text files may be compressed
    (.gz, .xz). vqa_* take "PATH: QUESTION", or a tab between the two.

    Every input gets one line of output, in order; what a model writes over several lines keeps them, with a blank line
    between answers. An empty text gets the model's answer to an unknown word, and an empty DNA sequence is an error.
    Inputs of which the model knows nothing are warned of; in JSON, "unknown_share" is that of unknown words.
    For a forecast, TEXT is the path of a CSV file with the history; its line of output has the timesteps with blanks
    between them and the variables of each with commas.

    With --stream the words of one text, the rows of one CSV file, or tenths of a second of sound are read one after
    another, from a file or as they come on standard input, and every one is answered; Ctrl-C ends it. Sound on standard
    input is of one channel and 16 bits, raw and at the model's rate, or WAV. In JSON the input is a piece of text, or
    the number of timesteps so far.

    TensorFlow's messages are held back; TF_CPP_MIN_LOG_LEVEL=0 in the environment shows them.
    """
    from_stdin = reads_stdin(texts, files)  # wrong usage is said before anything is loaded
    if max_seconds is not None and not stream:
        raise click.UsageError("--max-seconds goes with --stream.")
    task = read_model(model).load()
    if stream:
        _print_while_read(task, texts, files, top_k, json_line if as_json else plain_line, max_seconds)
        return
    chunks = input_chunks(texts, files, task.preprocessor, batch_size)
    chunks = chunks if from_stdin else _with_bar(chunks)
    answer = functools.partial(task.infer, top_k=top_k, batch_size=batch_size)
    _print_answers(chunks, answer, task, functools.partial(_json_with_share, task) if as_json else plain_line)


def _json_with_share(task, codec, raw, found):
    share = task.unknown_share([raw_of_input(task.preprocessor, raw)])
    return json_line(codec, raw, found, share and share[0])


_DECODING = {
    "method": "greedy takes the most probable token, beam keeps the best few texts, sample draws.",
    "num_beams": "Texts that beam keeps while it writes.",
    "num_results": "Texts an input: the best ones, or so many samples.",
    "length_penalty": "Of beam: 0 prefers short texts, 1 nearly compares means.",
    "coverage_penalty": "Of beam with attention: above 0 prefers texts that leave nothing of the source out.",
    "temperature": "Of sample: below 1 more careful, above 1 bolder.",
    "top_k": "Of sample: only the so many most probable tokens.",
    "top_p": "Of sample: only the most probable tokens that together reach this probability.",
    "no_repeat_ngram": "No so many tokens in a row come twice; 0 for no such rule.",
    "min_length": "Tokens before the end may come.",
    "max_length": "Tokens at most, those gone on from not counted.",
    "seed": "Of sample: the same number gives the same text.",
}
_NUMBERS = {"length_penalty": float, "coverage_penalty": float, "temperature": float, "top_p": float}


def decoding_options(command):
    """Give a command a flag for each setting of `rnn_zoo.generation.Decoding`; those not given are the model's own."""
    for field, text in reversed(_DECODING.items()):
        kind = click.Choice(["greedy", "beam", "sample"]) if field == "method" else _NUMBERS.get(field, int)
        command = click.option("--" + field.replace("_", "-"), type=kind, help=text)(command)
    return command


@click.command(
    epilog=examples(
        'rnn-zoo generate language_model_gru "ROMEO:"',
        'rnn-zoo generate language_model_gru "ROMEO:" --method sample --temperature 0.6 --max-length 500 --seed 7',
        'rnn-zoo generate language_model_gru "My lord, " --num-results 3 --top-p 0.9',
        'rnn-zoo generate language_model_gru "ROMEO:" --stream --stop JULIET --max-seconds 5',
        'rnn-zoo generate language_model_gru ""                # from nothing',
        'rnn-zoo generate translation_gru "Two dogs run." --method beam --num-beams 10 --num-results 3',
        "rnn-zoo generate translation_gru --json - < sentences.txt | jq -r '.results[0].text'",
        "rnn-zoo generate music_gru --output piece.mid --output piece.png --num-results 3 --seed 7",
        "rnn-zoo generate music_gru chorale --output chorale.mid",
        "rnn-zoo generate sketch_lstm 12 --output kanji.svg     # twelve strokes",
    ),
    short_help="Write on from texts, translate, compose, draw.",
)
@model_argument
@click.argument("texts", metavar="[TEXT|FILE]...", nargs=-1, shell_complete=complete_files, callback=as_utf_8)
@decoding_options
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: one object an input, with log-probabilities.")
@click.option("--stream", is_flag=True, help="Of a language model: print the text while it is written.")
@click.option("--stop", multiple=True, metavar="STRING", help="Of --stream: end before it. Can be given again.")
@click.option("--max-seconds", type=float, help="Of --stream: begin no token after so many seconds.")
@click.option(
    "--output", "outputs", type=click.Path(dir_okay=False, path_type=Path), multiple=True, metavar="FILE",
    help="Write music as .mid or .png, a drawing as .svg or .png, and print the name. Can be given again.",
)  # fmt: skip
@batch_size_option
def generate(model, texts, as_json, stream, stop, max_seconds, outputs, batch_size, **settings):
    """Write: go on from texts, translate them, ..., with settings of your choice.

    TEXT, FILE and standard input are read as `rnn-zoo infer` reads them; a language model goes on from each. What is
    not set is as the model came, which is what `infer` uses. A blank line stands between texts that have several lines.

    A low temperature, or beam, stays with what is most probable, and repeats itself; a high one surprises, and
    misspells. --top-p 0.9 is a good middle.

    With --output, and without TEXT, a piece is of any genre, a drawing of anything. Several are numbered: piece_1.mid,
    ...
    """
    if outputs and as_json:
        raise click.UsageError("give --output or --json.")
    if stream and (outputs or as_json):
        raise click.UsageError("--stream goes with neither --output nor --json.")
    if not stream and (stop or max_seconds is not None):
        raise click.UsageError("--stop and --max-seconds go with --stream.")
    texts = texts or (("",) if outputs else ())
    reads_stdin(texts, ())
    task = read_model(model).load()
    chunks = input_chunks(texts, (), task.preprocessor, batch_size)
    if not hasattr(task, "generate"):
        raise ValueError(f"{model} does not write: rnn-zoo infer gives its answers.")
    endings = getattr(task.codec, "file_endings", ())
    for path in outputs:
        if path.suffix.lower() not in endings:
            wanted = f"end in one of {endings}" if endings else f"be left out: what {model} writes is printed"
            raise ValueError(f"--output must {wanted}. Received: --output {path}")
    settings = {key: value for key, value in settings.items() if value is not None}
    answer = functools.partial(task.generate, batch_size=batch_size, **settings)
    if stream:
        _print_live(chunks, functools.partial(task.stream, stop=stop, max_seconds=max_seconds, **settings))
    elif outputs:
        _write_answers(chunks, answer, task, outputs)
    else:
        _print_answers(chunks, answer, task, json_of_generations if as_json else plain_generations)


def _with_bar(chunks):
    """The same chunks; a progress bar on standard error where answers go elsewhere and nobody waits for more input."""
    if sys.stdout.isatty() or not sys.stderr.isatty():
        yield from chunks
        return
    known, wrong = [], None
    try:
        known.extend(chunks)
    except (ValueError, OSError) as error:  # said after the answers to what came before
        wrong = error
    with click.progressbar(length=sum(map(len, known)), label="Answering", file=sys.stderr) as bar:
        for chunk in known:
            yield chunk
            bar.update(len(chunk))
    if wrong:
        raise wrong


def _answered(chunks, answer, task):
    """Yield inputs with their answers, as they come; those before a bad one come before its error does."""
    for chunk in chunks:
        with quiet_libraries():
            answers, wrong = answer_chunk(answer, task.preprocessor, chunk)
        yield from zip((one.raw for one in chunk), answers, strict=False)
        if wrong:
            raise wrong


def _print_answers(chunks, answer, task, to_text):
    """Print the answers; one of several lines is set off by blank lines."""
    before = ""
    for raw, found in _answered(chunks, answer, task):
        text = to_text(task.codec, raw, found)
        if before and "\n" in before + text:
            click.echo()
        click.echo(text)
        before = text


def _print_while_read(task, texts, files, top_k, to_text, max_seconds):
    """Print the answer to each piece of an example as soon as it is read, and at last to what was held back."""
    from rnn_zoo.cli.pieces import pieces_of
    from rnn_zoo.streaming import to_streaming

    stream, states, until = to_streaming(task), None, None if max_seconds is None else time.monotonic() + max_seconds
    with contextlib.suppress(KeyboardInterrupt):
        for piece in pieces_of(texts, files, task.preprocessor):
            before = states and states[0].timesteps
            (answer,), states = stream.feed([piece], states, top_k=top_k)
            if answer is not None and states[0].timesteps != before:
                click.echo(to_text(task.codec, piece if isinstance(piece, str) else states[0].timesteps, answer))
                sys.stdout.flush()
            if until is not None and time.monotonic() > until:
                break
    held = [one for one in states or [] if one.held is not None or len(one.waiting)]
    for answer in stream.finish(held, top_k=top_k):
        click.echo(to_text(task.codec, states[0].timesteps, answer))


def _print_live(chunks, stream):
    """Print each piece as it is written, a blank line between texts."""
    between = ""
    for one in (one for chunk in chunks for one in chunk):
        click.echo(between, nl=False)
        for piece in stream(one.raw):
            click.echo(piece, nl=False)
            sys.stdout.flush()
        click.echo()
        between = "\n"


def _write_answers(chunks, answer, task, outputs):
    """Write all results to files, numbered if there are several, and print the names."""
    written = [one.answer for _, results in _answered(chunks, answer, task) for one in results]
    for output in outputs:
        for number, piece in enumerate(written, start=1):
            path = output if len(written) == 1 else output.with_stem(f"{output.stem}_{number}")
            click.echo(task.codec.write(piece, path))
