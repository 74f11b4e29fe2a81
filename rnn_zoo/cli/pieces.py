"""What comes piece by piece: standard input while it comes, or what a file holds, for `rnn-zoo infer --stream`."""

import codecs
import io
import re
import struct
import sys

import click
import numpy as np

from rnn_zoo.cli.inputs import READ_AT_ONCE, is_file
from rnn_zoo.preprocessors import DNA, Frames, LogMel, Series, Videos

PIECE_SECONDS = 0.1
"""Of sound, for each answer."""
PCM_BYTES = 2
"""Of a sample of raw sound: 16 bits, the lower byte first."""


def pieces_of(texts, files, preprocessor):
    """Yield the pieces of one example: words of a text, rows of a table, tenths of a second of sound, frames of a film.

    Raises:
        click.UsageError: for several TEXTs and FILEs.
        ValueError: for what is no such example, with its line.
    """
    given = (*texts, *files) or ("-",)
    if len(given) > 1:
        raise click.UsageError("--stream reads one TEXT or FILE, or standard input.")
    (one,) = given
    named, is_sound = one != "-" and (bool(files) or is_file(one)), isinstance(preprocessor, LogMel)
    if is_sound and named:
        yield from _sound_of_file(one)
    elif isinstance(preprocessor, Videos) and named:
        yield from preprocessor.encode([one])[0]
    elif isinstance(preprocessor, Videos) or (is_sound and one != "-"):
        raise ValueError(f"--stream must be given a file that there is. Received: {one}")
    else:
        stream = open(one, "rb") if named else sys.stdin.buffer if one == "-" else io.BytesIO(one.encode())
        with stream:
            yield from _sound(stream, preprocessor) if is_sound else _written(stream, preprocessor)


def _sound_of_file(path):
    import soundfile

    with soundfile.SoundFile(path) as opened:
        for block in opened.blocks(round(PIECE_SECONDS * opened.samplerate), dtype="float32", always_2d=True):
            yield block.mean(axis=1), opened.samplerate


def _sound(stream, preprocessor):
    """Raw samples of one channel as they come, or those behind the header of a WAV file, of the model's rate."""
    rate, begun, count = preprocessor.sample_rate_hz, stream.read(4), sys.maxsize
    if begun == b"RIFF":
        while begun[-4:] != b"data":
            if not (byte := stream.read(1)):
                raise ValueError("standard input must be raw sound or a WAV file. Received: one without samples")
            begun += byte
        count = int.from_bytes(stream.read(4), "little") or count  # 0, or huge, of what is still recorded
        if b"fmt " not in begun:
            raise ValueError("standard input must be raw sound or a WAV file. Received: one without a format")
        channels, rate, _, _, bits = struct.unpack_from("<HIIHH", begun, begun.index(b"fmt ") + 10)
        begun = b""
        if (channels, bits) != (1, 8 * PCM_BYTES):
            raise ValueError(f"sound must be of one channel and 16 bits. Received: {channels} channels, {bits} bits")
    size = round(PIECE_SECONDS * rate) * PCM_BYTES
    while data := begun + stream.read(min(size, count) - len(begun)):  # other chunks may follow
        begun, count = b"", count - len(data)
        yield np.frombuffer(data[: len(data) // PCM_BYTES * PCM_BYTES], "<i2"), rate


def _written(stream, preprocessor):
    if not isinstance(preprocessor, (Frames, Series, DNA)):
        decoder, data = codecs.getincrementaldecoder("utf-8-sig")(), b"more"
        while data:
            data = stream.read1(READ_AT_ONCE)
            try:
                text = decoder.decode(data, final=not data)
            except UnicodeDecodeError as error:
                raise ValueError(f"texts must be UTF-8: {error}") from error
            yield from re.findall(r"\s+|\S+\s?", text)
        return
    columns = None
    for number, line in enumerate(stream, start=1):
        line = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        if not line or isinstance(preprocessor, DNA):
            yield from [] if line.startswith(">") else [line]  # the name of a sequence
            continue
        cells = re.split(r"\s*[,;\t]\s*", line)
        try:
            row = [float(cells[index]) for index in columns or range(len(cells))]
        except (ValueError, IndexError):
            names = getattr(preprocessor, "variables", None)
            if number > 1 or names is None or not set(names) <= set(cells):
                raise ValueError(f"line {number} must be a row of numbers. Received: {line!r:.60}") from None
            columns = [cells.index(name) for name in names]
            continue
        yield np.reshape(row, (1, *getattr(preprocessor, "frame_shape", [-1])))
