"""`rnn-zoo`: what is in the zoo, and its answers, from the command line.

Keras is imported only by the commands that compute: `rnn-zoo list` must answer at once.
"""

import contextlib
import functools
import json
import os
import sys
import tempfile

import click
from click.shell_completion import CompletionItem, get_completion_class

from rnn_zoo import __version__, cards, registry

LINES_AT_ONCE = 512
LONGEST_SHOWN = 300


class CleanErrors(click.Group):
    """A group whose commands say what is wrong with the input in one line, without a traceback."""

    def invoke(self, context):
        """Run the command; the package's errors become click's."""
        try:
            return super().invoke(context)
        except BrokenPipeError:
            raise
        except (ValueError, OSError) as error:
            raise click.ClickException(" ".join(str(error).split())) from error


def examples(*lines):
    """The last paragraph of a command's help."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def complete_names(context, parameter, incomplete):
    """Names of builders for the shell."""
    return [name for name in registry.ROWS if name.startswith(incomplete)]


def complete_tasks(context, parameter, incomplete):
    """Names of tasks for the shell."""
    return sorted({row.task for row in registry.CATALOGUE if row.task.startswith(incomplete)})


def complete_weights(context, parameter, incomplete):
    """Names of the builder's weights for the shell, of all builders where none is typed yet; files too."""
    # While `--weights` has no value yet, click leaves what was typed before it in `args`.
    typed = [name for name in (context.params.get("name"), *context.args) if name in registry.ROWS]
    names = typed or list(registry.ROWS)
    found = sorted({weights for name in names for weights in registry.list_weights(name)})
    matching = [CompletionItem(weights) for weights in found if weights.startswith(incomplete)]
    return [*matching, CompletionItem(incomplete, type="file")]


def complete_files(context, parameter, incomplete):
    """Files for the shell."""
    return [CompletionItem(incomplete, type="file")]


name_argument = click.argument("name", shell_complete=complete_names)


@click.group(
    cls=CleanErrors,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "rnn-zoo list",
        "rnn-zoo info sentiment_lstm",
        'rnn-zoo infer sentiment_lstm "A great film, funny and moving."',
        'rnn-zoo generate language_model_gru "ROMEO:"',
        "rnn-zoo infer --help",
    ),
)
@click.version_option(__version__, prog_name="rnn-zoo")
def main():
    """Recurrent networks for Keras 3, ready to use."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")


@main.command(
    "list",
    epilog=examples(
        "rnn-zoo list",
        "rnn-zoo list --task sentiment --io-type many_to_one",
        "rnn-zoo list --json | jq -r '.[] | select(.weights) | .name'",
    ),
)
@click.option("--task", shell_complete=complete_tasks, help="Only the builders of one task.")
@click.option("--io-type", type=click.Choice(registry.IO_TYPES), help="Only one type of input and output.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list instead of the table.")
def list_command(task, io_type, as_json):
    """List builders and their trained weights.

    A line for each of the trained weights; - where a builder has none yet.
    """
    rows = [row for name in registry.list_models(io_type, task) for row in cards.rows_of(name)]
    if as_json:
        click.echo(_to_json(rows, indent=2))
    else:
        cards.print_table(rows)


@main.command(
    epilog=examples(
        "rnn-zoo info sentiment_lstm",
        "rnn-zoo info sentiment_lstm --weights imdb",
        "rnn-zoo info sentiment_lstm --weights imdb --json | jq .metric.mean",
    ),
)
@name_argument
@click.option("--weights", shell_complete=complete_weights, help="Only these weights; without it, all of the builder.")
@click.option("--json", "as_json", is_flag=True, help="The card as it is stored; a list of cards without --weights.")
def info(name, weights, as_json):
    """Show the card of trained weights.

    Where they come from, what they reached, how to use them and how to train them again.
    """
    names = registry.list_weights(name) if weights is None else [weights]
    found = [registry.read_card(name, weights_name) for weights_name in names]
    if as_json:
        click.echo(_to_json(found if weights is None else found[0], indent=2))
    else:
        cards.print_cards(name, found)


@main.command(
    epilog=examples(
        'rnn-zoo infer sentiment_lstm "A great film, funny and moving."',
        'rnn-zoo infer sentiment_lstm --top-k 2 --json "Not bad at all."',
        "rnn-zoo infer sentiment_lstm - < reviews.txt",
        "rnn-zoo infer forecast_gru history.csv",
        "zcat reviews.gz | rnn-zoo infer sentiment_gru --json | jq -r .label",
        "rnn-zoo infer pos_lstm sentences.conll                # one token a line, blank lines between sentences",
        "rnn-zoo infer dna_gru --weights my.keras genes.fa     # FASTA",
        "rnn-zoo infer digits_dense one.png two.png",
        'rnn-zoo infer sentiment_lstm --weights my.keras "Not bad at all."',
        'rnn-zoo infer vqa_gru "shape.png: what color is the shape?"',
        "rnn-zoo infer video_gru film.gif",
        "rnn-zoo infer activity_gru skeleton.csv               # a frame a line, or .npy: [frames, joints, 3]",
        "rnn-zoo infer speech_gru recording.wav",
        'rnn-zoo infer sentiment_lstm -- "-1 of 10, a text that begins with a dash"',
    ),
)
@name_argument
@click.argument("texts", metavar="[TEXT|FILE]...", nargs=-1, shell_complete=complete_files)
@click.option(
    "--file",
    "files",
    type=click.Path(exists=True, dir_okay=False),
    multiple=True,
    metavar="FILE",
    help="Read a file, as if named without the flag; it may then look like a text. Can be given again.",
)
@click.option(
    "--weights", shell_complete=complete_weights, help="Trained weights by name, or the path of a .keras file."
)
@click.option("--top-k", type=click.IntRange(min=1), metavar="K", help="The K best answers instead of the best one.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: one object an input.")
@click.option(
    "--batch-size", type=click.IntRange(min=1), default=64, metavar="N", show_default=True, help="Computed at once."
)
def infer(name, texts, files, weights, top_k, as_json, batch_size):
    """Answer texts, files, or lines of standard input.

    With - in place of TEXT, or in a pipe without TEXT and FILE, every line of standard input is one; it must be UTF-8.

    What names a file is read as the model's kind of input: a text file of one text a line, FASTA for DNA, CoNLL or
    CoNLL-U for taggers (the first column; a token's other columns are left alone), an image, a film, sound, frames of
    sensors or of a skeleton (CSV with a frame a line, or .npy). Text files may be compressed (.gz, .xz). vqa_* take
    "PATH: QUESTION", or a tab between the two.

    Every input gets one line of output, in order; what a model writes over several lines keeps them, with a blank line
    between answers. An empty text gets the model's answer to an unknown word, and an empty DNA sequence is an error.
    For a forecast, TEXT is the path of a CSV file with the history; its line of output has the timesteps with blanks
    between them and the variables of each with commas.
    TensorFlow's messages are held back; TF_CPP_MIN_LOG_LEVEL=0 in the environment shows them.
    """
    task, inputs = _task_and_inputs(name, weights, texts, files, batch_size)
    answer = functools.partial(task.infer, top_k=top_k, batch_size=batch_size)
    _print_answers(inputs, answer, _json_line if as_json else getattr(task.codec, "line", _plain_line))


_DECODING = {
    "method": "greedy takes the most probable symbol, beam keeps the best few texts, sample draws.",
    "num_beams": "Texts that beam keeps while it writes.",
    "num_results": "Texts an input: the best ones, or so many samples.",
    "length_penalty": "Of beam: 0 prefers short texts, 1 nearly compares means.",
    "coverage_penalty": "Of beam with attention: above 0 prefers texts that leave nothing of the source out.",
    "temperature": "Of sample: below 1 more careful, above 1 bolder.",
    "top_k": "Of sample: only the so many most probable symbols.",
    "top_p": "Of sample: only the most probable symbols that together reach this probability.",
    "no_repeat_ngram": "No so many symbols in a row come twice; 0 for no such rule.",
    "min_length": "Symbols before the end may come.",
    "max_length": "Symbols at most, those gone on from not counted.",
    "seed": "Of sample: the same number gives the same text.",
}
_NUMBERS = {"length_penalty": float, "coverage_penalty": float, "temperature": float, "top_p": float}


def decoding_options(command):
    """Give a command a flag for each setting of `rnn_zoo.decoding.Decoding`; those not given are the model's own."""
    for field, text in reversed(_DECODING.items()):
        kind = click.Choice(["greedy", "beam", "sample"]) if field == "method" else _NUMBERS.get(field, int)
        command = click.option("--" + field.replace("_", "-"), type=kind, help=text)(command)
    return command


@main.command(
    epilog=examples(
        'rnn-zoo generate language_model_gru "ROMEO:"',
        'rnn-zoo generate language_model_gru "ROMEO:" --method sample --temperature 0.6 --max-length 500 --seed 7',
        'rnn-zoo generate language_model_gru "My lord, " --num-results 3 --top-p 0.9',
        'rnn-zoo generate language_model_gru ""                # from nothing',
        'rnn-zoo generate translation_gru "Two dogs run." --method beam --num-beams 10 --num-results 3',
        "rnn-zoo generate translation_gru --json - < sentences.txt | jq -r '.results[0].text'",
    ),
)
@name_argument
@click.argument("texts", metavar="[TEXT|FILE]...", nargs=-1, shell_complete=complete_files)
@click.option(
    "--weights", shell_complete=complete_weights, help="Trained weights by name, or the path of a .keras file."
)
@decoding_options
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: one object an input, with log-probabilities.")
@click.option(
    "--batch-size", type=click.IntRange(min=1), default=64, metavar="N", show_default=True, help="Computed at once."
)
def generate(name, texts, weights, as_json, batch_size, **settings):
    """Write: go on from texts, translate them, ..., with settings of your choice.

    TEXT, FILE and standard input are read as `rnn-zoo infer` reads them; a language model goes on from each. What is
    not set is as the model came, which is what `infer` uses. A blank line stands between texts that have several lines.

    A low temperature, or beam, stays with what is most probable, and repeats itself; a high one surprises, and
    misspells. --top-p 0.9 is a good middle.
    """
    task, inputs = _task_and_inputs(name, weights, texts, (), batch_size)
    if not hasattr(task, "generate"):
        raise ValueError(f"{name} does not write: rnn-zoo infer gives its answers.")
    settings = {key: value for key, value in settings.items() if value is not None}
    answer = functools.partial(task.generate, batch_size=batch_size, **settings)
    to_text = _json_of_generations if as_json else _plain_generations
    _print_answers(inputs, answer, functools.partial(to_text, task.codec))


@main.command(
    epilog=examples(
        "rnn-zoo completion bash > ~/.local/share/bash-completion/completions/rnn-zoo",
        "rnn-zoo completion zsh > ~/.zfunc/_rnn-zoo    # with fpath+=~/.zfunc before compinit in ~/.zshrc",
        "rnn-zoo completion fish > ~/.config/fish/completions/rnn-zoo.fish",
        'eval "$(rnn-zoo completion bash)"             # for this shell only',
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell):
    """Print a shell's completion script.

    It completes commands, options, names of builders and names of weights.
    """
    click.echo(get_completion_class(shell)(main, {}, "rnn-zoo", "_RNN_ZOO_COMPLETE").source())


@contextlib.contextmanager
def quiet_libraries():
    """Hold back what TensorFlow writes to standard error, unless TF_CPP_MIN_LOG_LEVEL asks for it.

    Its first lines come before it reads that variable, so the file descriptor itself is turned away meanwhile.
    """
    if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3") != "3":
        yield
        return
    with tempfile.TemporaryFile() as held_back:
        original = os.dup(2)
        os.dup2(held_back.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(original, 2)
            os.close(original)


def read_lines(stream):
    """Lines of a binary stream as strings, without their ends.

    Args:
        stream: a binary file, in UTF-8.

    Yields:
        A string a line.

    Raises:
        ValueError: at the first line that is not UTF-8; the message gives its number.
    """
    for number, line in enumerate(stream, start=1):
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(
                "standard input must be UTF-8; `iconv -t utf-8` converts it. "
                f"Received: line {number} with {line[error.start : error.start + 4]!r}"
            ) from None
        yield text.rstrip("\r\n")


def read_inputs(texts, files, preprocessor):
    """Raw examples of the command line.

    Args:
        texts: strings; those that name a file stand for what is in it, where the preprocessor reads files.
        files: paths of further files.
        preprocessor: of the model; its `read_file(path)`, if there is one, gives a list of raw examples.

    Yields:
        Raw examples, as the preprocessor takes them.

    Raises:
        ValueError: for a file that is damaged or of another kind, with its path and the line; or files for a
            preprocessor that reads none.
    """
    read_file = getattr(preprocessor, "read_file", None)
    if files and read_file is None:
        raise ValueError(f"this model reads no files. Received: --file {files[0]}")
    for text in texts:
        if read_file is not None and _is_file(text):
            yield from read_file(text)
        else:
            yield text
    for path in files:
        yield from read_file(path)


def in_chunks(lines, size):
    """Lists of up to `size` lines; the lines before an error come out before the error does."""
    chunk = []
    try:
        for line in lines:
            chunk.append(line)
            if len(chunk) == size:
                yield chunk
                chunk = []
    except ValueError:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def _task_and_inputs(name, weights, texts, files, batch_size):
    """The model, and chunks of pairs of what was read and of the raw example that it is."""
    from_stdin = _checked_usage(texts, files)
    weights = _chosen_weights(name, weights)
    with quiet_libraries():
        task = registry.load_weights(name, weights)
    raw = read_lines(sys.stdin.buffer) if from_stdin else read_inputs(texts, files, task.preprocessor)
    size = 1 if from_stdin and sys.stdin.isatty() else max(LINES_AT_ONCE, batch_size)
    from_line = getattr(task.preprocessor, "from_line", str)
    return task, (
        (chunk, [from_line(one) if isinstance(one, str) else one for one in chunk]) for chunk in in_chunks(raw, size)
    )


def _print_answers(inputs, answer, to_text):
    """Print the answers chunk by chunk; one of several lines is set off by blank lines."""
    before = ""
    for chunk, raw in inputs:
        with quiet_libraries():
            answers = answer(raw)
        for text in map(to_text, chunk, answers):
            if before and "\n" in before + text:
                click.echo()
            click.echo(text)
            before = text


def _checked_usage(texts, files):
    """Is standard input to be read?"""
    if texts == ("-",) and not files:
        return True
    if not texts and not files:
        if sys.stdin.isatty():
            raise click.UsageError("give a TEXT or a FILE, or - to read lines from standard input.")
        return True
    if "-" in texts:
        raise click.UsageError("give texts and files, or - alone to read lines from standard input.")
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError:
            if not _is_file(text):
                raise ValueError(f"TEXT must be UTF-8. Received: {text!r:.60}") from None
    return False


def _is_file(text):
    try:
        return os.path.isfile(text)
    except ValueError:  # a null character, which no path can hold
        return False


def _chosen_weights(name, weights):
    trained = registry.list_weights(name)
    if not (weights or trained):
        raise ValueError(f"{name} has no trained weights in this package: give --weights with a .keras file.")
    return weights or trained[0]


def _to_json(value, indent=None):
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _json_of_generations(codec, text, results):
    found = [
        {codec.answer_name: one.answer, "log_probability": one.log_probability, "score": one.score} for one in results
    ]
    return _to_json({"input": text, "results": found})


def _plain_generations(codec, text, results):
    to_line = getattr(codec, "line", _plain_line)
    said = [to_line(text, one.answer) for one in results]
    return ("\n\n" if any("\n" in one for one in said) else "\n").join(said)


def _json_line(text, answer):
    if hasattr(answer, "tolist"):
        return _to_json({"input": text, "forecast": answer.tolist()})
    if isinstance(answer, str):
        return _to_json({"input": text, "text": answer})
    return _to_json({"input": text, **({"answers": answer} if isinstance(answer, list) else answer)})


def _plain_line(text, answer):
    if isinstance(text, list):  # of tokens, with a tag for each
        return _harmless(" ".join(f"{token}/{tag}" for token, tag in zip(text, answer, strict=True)))
    if hasattr(answer, "tolist"):  # a forecast: timesteps apart by blanks, variables by commas
        return " ".join(",".join(f"{value:.5g}" for value in row) for row in answer.tolist())
    if isinstance(answer, str):  # something written
        return _harmless(answer, "\n")
    best_first = answer if isinstance(answer, list) else [answer]
    if isinstance(answer, list) and answer and set(answer[0]) == {"text", "score"}:
        return _harmless("  |  ".join(f"{one['text']}  {one['score']:.2f}" for one in best_first), "\n")
    # A tagger's answers also say what part of the text they are about; those of a model that writes are texts.
    said = "  ".join(
        "  ".join([*(one[key] for key in ("text", "label") if key in one), f"{one['score']:.2f}"]) for one in best_first
    )
    text = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}... ({len(text):,} characters)"
    return _harmless(f"{said}  {text}" if said else text)


def _harmless(line, allowed=""):
    """A text without terminal codes and, unless they are allowed, line ends."""
    return "".join(one if one.isprintable() or one in allowed else " " for one in line).rstrip()


if __name__ == "__main__":
    main(prog_name="rnn-zoo")
