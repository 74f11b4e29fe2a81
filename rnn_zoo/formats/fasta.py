"""FASTA, the usual text format of sequences: a header that begins with `>`, then the sequence on one or more lines.

Source: Pearson & Lipman, "Improved tools for biological sequence comparison", PNAS 1988.
"""

import re

from rnn_zoo.files import decode_text, read_bytes

WRONG_BASE = re.compile(r"[^ACGTNacgtn]")


def read_fasta(path):
    r"""The DNA sequences of a FASTA file, packed or not, in its order: `(header, sequence)`, the header without `>`.

    Errors name the line: text before the first header, a header without a sequence, letters other than A, C, G, T and
    N.

    Example:
        >>> from pathlib import Path
        >>> from rnn_zoo.formats.fasta import read_fasta
        >>> _ = Path("two.fa").write_text(">first\nACGT\nACG\n>second\nTTN\n")
        >>> read_fasta(Path("two.fa"))
        [('first', 'ACGTACG'), ('second', 'TTN')]
    """
    records = []
    for number, line in enumerate(decode_text(read_bytes(path), path).splitlines(), start=1):
        line = line.strip()
        if line.startswith(">"):
            _check_last(records, path)
            records.append((number, line[1:].strip(), []))
        elif line and not records:
            raise ValueError(f"{path}, line {number}: FASTA must begin with a header, '>...'. Received: {line[:60]!r}")
        elif line:
            check_bases(line, f"{path}, line {number}")
            records[-1][2].append(line)
    _check_last(records, path)
    return [(header, "".join(lines)) for _, header, lines in records]


def check_bases(sequence, place):
    """Refuse an empty sequence, and letters other than A, C, G, T and N."""
    if not sequence:
        raise ValueError(f"{place}: a sequence must hold at least one base. Received: ''")
    if wrong := WRONG_BASE.search(sequence):
        raise ValueError(
            f"{place}: bases must be A, C, G, T, or N for an unknown one. "
            f"Received: {wrong[0]!r} at column {wrong.start() + 1}"
        )


def _check_last(records, path):
    if records and not records[-1][2]:
        number, header, _ = records[-1]
        raise ValueError(f"{path}, line {number}: a sequence must follow the header. Received: only {header[:60]!r}")
