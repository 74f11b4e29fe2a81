"""Reading text files, compressed or not, and writing files so that an interruption never leaves half of one."""

import base64
import binascii
import codecs
import contextlib
import gzip
import itertools
import lzma
import os
import re
import shutil
import zipfile
import zlib
from pathlib import Path

DATA_URL = re.compile(r"data:[\w/+.-]*;base64,")
DAMAGE = (EOFError, gzip.BadGzipFile, lzma.LZMAError, zlib.error)


@contextlib.contextmanager
def replacing(path):
    """A temporary path beside `path`, renamed to it when the block ends well and removed when it does not."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        if temporary.is_dir():
            shutil.rmtree(temporary)
        temporary.unlink(missing_ok=True)


def read_bytes(path):
    """The content of a file, decompressed if its name ends in `.gz` or `.xz`, or if it begins as such files do."""
    try:
        with _opener(path)(path, "rb") as file:
            return file.read()
    except DAMAGE as error:
        raise ValueError(f"{path} is damaged or cut short: {error}") from error


def _opener(path):
    with open(path, "rb") as file:
        head = file.read(6)
    if head.startswith(b"\x1f\x8b") or Path(path).suffix == ".gz":
        return gzip.open
    return lzma.open if head == b"\xfd7zXZ\0" or Path(path).suffix == ".xz" else open


def content_of(file, place, kind):
    """The bytes of a path, of a data URL (RFC 2397) or as they are given, and what to call them in an error."""
    if isinstance(file, bytes):
        return file, place
    if isinstance(file, str) and (match := DATA_URL.match(file)):
        try:
            return base64.b64decode(file[match.end() :], validate=True), place
        except binascii.Error as error:
            raise ValueError(f"A data URL must be in base64 ({error}). Received: {place}={file!r:.60}") from None
    if not Path(file).is_file():
        raise FileNotFoundError(f"A path must name a file of {kind}. Received: {place}={str(file)!r:.200}")
    return Path(file).read_bytes(), f"{place}={str(file)!r}"


def decode_text(data, place):
    """Text of bytes in UTF-8, or in UTF-16 with a byte order mark; an error names the line and what converts it."""
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        wrong, start = data[error.start : error.end], error.start
    else:
        if not text.strip():
            raise ValueError(f"{place} must hold text. Received: an empty file of {len(data)} bytes")
        wrong, start = (b"\0", data.find(b"\0")) if "\0" in text else (b"", 0)
    if wrong:
        line = data.count(b"\n", 0, start) + 1
        raise ValueError(f"{place}, line {line}: text must be UTF-8. Received: {wrong}; {_remedy(data)}")
    return text


def text_lines(path):
    """Yield the lines of a text file with their ends, one after another: it may be larger than memory."""
    opener, number = _opener(path), 0
    try:
        with opener(path, "rb") as file:
            head = file.read(4)
        is_utf_16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        encoding = {"encoding": "utf-16"} if is_utf_16 else {"encoding": "utf-8-sig", "errors": "surrogateescape"}
        with opener(path, "rt", newline="", **encoding) as file:
            for line in file:
                number += 1
                if not line.isascii():
                    line.encode("utf-8")  # finds bytes that were no text
                if "\0" in line:
                    raise ValueError(
                        f"{path}, line {number}: text must be UTF-8. Received: {chr(0)!r}; {_remedy(head)}"
                    )
                yield line
    except UnicodeEncodeError as error:
        received = error.object[error.start : error.end].encode("utf-8", "surrogateescape")
        raise ValueError(f"{path}, line {number}: text must be UTF-8. Received: {received}; {_remedy(head)}") from None
    except (UnicodeDecodeError, *DAMAGE) as error:
        raise ValueError(f"{path}, after line {number}, is damaged or cut short: {error}") from error


def _remedy(data):
    """What makes text of bytes that are none."""
    if data.startswith(b"PK"):
        return "save a sheet of a workbook as 'CSV UTF-8'"
    if data[1:4:2] == b"\0\0" or data[:4:2] == b"\0\0":
        return f"`iconv -f utf-16{'le' if data[1] == 0 else 'be'} -t utf-8` converts it"
    return "`iconv -f cp1252 -t utf-8` converts what is Western European, `-f cp949` what is Korean"


def read_lines(path, data=None):
    r"""The lines of a text file, or of its bytes; they end in `\n` or `\r\n`, or all in `\r`, and in nothing else."""
    text = decode_text(read_bytes(path) if data is None else data, path)
    text = text.replace("\r\n", "\n") if "\n" in text else text.replace("\r", "\n")
    return text.removesuffix("\n").split("\n")


def line_groups(path, data=None):
    """Yield the lines of a file, or of its bytes, with their numbers, in groups that blank lines divide."""
    lines = enumerate(read_lines(path, data), start=1)
    for is_blank, group in itertools.groupby(lines, key=lambda numbered: not numbered[1].strip()):
        if not is_blank:
            yield list(group)


def repack(plain, packed, half_precision):
    """Compress a `.keras` file as far as it goes; weights with the eight significant bits of bfloat16, if asked for."""
    import h5py

    smallest = {"compression": zipfile.ZIP_DEFLATED, "compresslevel": 9}
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(packed, "w", **smallest) as target:
        for name in source.namelist():
            data = source.read(name)
            if half_precision and name == "model.weights.h5":
                scratch = plain.with_suffix(".h5")
                scratch.write_bytes(data)
                with h5py.File(scratch, "r") as old, h5py.File(scratch.with_suffix(".half"), "w") as new:
                    _copy_in_half_precision(old, new)
                data = scratch.with_suffix(".half").read_bytes()
            target.writestr(name, data)


def _copy_in_half_precision(old, new):
    import h5py
    import numpy as np
    from ml_dtypes import bfloat16

    new.attrs.update(old.attrs)
    for name, item in old.items():
        if name == "optimizer":  # float16 would round the learning rate and Adam's small second moments to zero
            old.copy(item, new, name)
        elif isinstance(item, h5py.Group):
            _copy_in_half_precision(item, new.create_group(name))
        else:
            values = item[()]
            if values.dtype == np.float32:  # HDF5 has no bfloat16: float16 holds its numbers, and packs the empty bits
                values = values.astype(bfloat16).astype(np.float16)
            large = {"chunks": values.shape, "shuffle": True, "compression": "gzip", "compression_opts": 9}
            stored = new.create_dataset(name, data=values, **(large if values.size > 999 else {}))
            stored.attrs.update(item.attrs)
