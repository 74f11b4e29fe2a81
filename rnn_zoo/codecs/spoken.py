"""What texts of speech have in common, however they are found: symbols, checks, error rates."""

from pathlib import Path

from rnn_zoo.codecs.classes import say_raw

UNITS = ("characters", "words")
UNKNOWN_WORD = "<unk>"
"""Where it is among the symbols, words that there are not become it; otherwise they are refused."""
NOTHING = "-"
"""How confusions name a symbol that is not there."""


def checked_symbols(symbols, unit):
    """Symbols as a list of strings, after making sure that texts can be made of them.

    Args:
        symbols: characters, the blank between words among them, or words.
        unit: "characters" or "words".

    Returns:
        A list of strings.

    Raises:
        ValueError: for another unit, no symbols, or symbols that come twice or are none.
    """
    check_unit(unit)
    symbols = [str(symbol) for symbol in symbols]
    if not symbols or len(set(symbols)) < len(symbols):
        raise ValueError(f"symbols must be one or more different strings. Received: symbols={symbols}")
    for place, symbol in enumerate(symbols):
        if len(symbol) != 1 if unit == "characters" else symbol.split() != [symbol]:
            raise ValueError(f"symbols must be {unit}. Received: symbols[{place}]={symbol!r}")
    return symbols


def check_unit(unit):
    """Refuse what is neither "characters" nor "words"."""
    if unit not in UNITS:
        raise ValueError(f"unit must be one of {list(UNITS)}. Received: unit={unit!r}")


def split_text(text, unit):
    """A text to its symbols; white space at the ends is dropped, and elsewhere is one blank.

    Example:
        >>> split_text(" so  it ", "characters"), split_text(" so  it ", "words")
        (['s', 'o', ' ', 'i', 't'], ['so', 'it'])
    """
    words = text.split()
    return list(" ".join(words)) if unit == "characters" else words


def joined(symbols, unit):
    """Symbols to their text, as `split_text` takes it apart."""
    return " ".join(("" if unit == "characters" else " ").join(symbols).split())


def split_labels(labels, symbols, unit):
    """Texts to their symbols.

    Args:
        labels: a list of strings.
        symbols: those that there are.
        unit: "characters" or "words".

    Returns:
        A list of lists of strings.

    Raises:
        ValueError: for what is no list of strings, or a symbol that there is not; the message gives the place.

    Example:
        >>> split_labels(["yes maybe"], ["yes", "<unk>"], "words")
        [['yes', '<unk>']]
    """
    if isinstance(labels, (str, bytes)):
        raise ValueError(f"labels must be a list of texts: write [text] for a single one. Received: {labels!r:.60}")
    known, found = set(symbols), []
    for place, text in enumerate(labels):
        if not isinstance(text, str):
            raise ValueError(f"labels must be texts. Received: labels[{place}]={text!r:.60}")
        found.append(split_text(text, unit))
        unknown = next((symbol for symbol in found[-1] if symbol not in known), None)
        if unknown is not None and UNKNOWN_WORD in known:
            found[-1] = [symbol if symbol in known else UNKNOWN_WORD for symbol in found[-1]]
        elif unknown is not None:
            raise ValueError(
                f"labels must be of the {unit} {symbols if len(symbols) <= 40 else 'of training'}. "
                f"Received: labels[{place}]={text!r:.60} with {unknown!r}"
            )
    return found


def error_rates(labels, answers):
    """Insertions, deletions and substitutions of characters and of words over the number of true ones; needs jiwer.

    Args:
        labels: a list of true texts, not all of them empty.
        answers: a list of texts that were found.

    Returns:
        `{"cer": float, "wer": float, "accuracy": float}`, the last one the share of texts that are wholly right.

    Example:
        >>> error_rates(["one two", "six"], ["one too", "six"])["wer"] * 3
        1.0
    """
    import jiwer

    true, found = _tidy(labels), _tidy(answers)
    return {
        "cer": float(jiwer.cer(true, found)),
        "wer": float(jiwer.wer(true, found)),
        "accuracy": sum(one == other for one, other in zip(true, found, strict=True)) / len(true),
    }


def confusions(labels, answers, symbols, unit):
    """What was taken for what, in the cheapest alignment of the texts; needs jiwer.

    Args:
        labels: a list of true texts.
        answers: a list of texts that were found.
        symbols: what texts are made of.
        unit: "characters" or "words".

    Returns:
        True and found indices into `confusion_names(symbols)`, two lists of one length. The last name stands for a
        symbol that was left out, or put in.
    """
    import jiwer

    process = jiwer.process_characters if unit == "characters" else jiwer.process_words
    aligned = process(_tidy(labels), _tidy(answers))
    indices = {symbol: index for index, symbol in enumerate(symbols)}
    pairs = []
    for reference, hypothesis, chunks in zip(aligned.references, aligned.hypotheses, aligned.alignments, strict=True):
        for chunk in chunks:
            one = reference[chunk.ref_start_idx : chunk.ref_end_idx]
            other = hypothesis[chunk.hyp_start_idx : chunk.hyp_end_idx]
            for place in range(max(len(one), len(other))):
                sides = (side[place] if place < len(side) else None for side in (one, other))
                pairs.append([indices.get(side, len(indices)) for side in sides])
    return tuple(map(list, zip(*pairs, strict=True))) if pairs else ([], [])


def confusion_names(symbols):
    """How a picture of confusions names symbols: the blank is "_", no symbol "-"."""
    return [{" ": "_"}.get(symbol, symbol) for symbol in symbols] + [NOTHING]


def draw_confusions(labels, answers, symbols, unit, folder, title):
    """Draw what was taken for what; returns the paths of the pictures."""
    from rnn_zoo import plots

    true, found = confusions(labels, answers, symbols, unit)
    path = Path(folder) / "confusion_matrix.png"
    return [plots.confusion_matrix(true, found, confusion_names(symbols), path, title)]


def described(raw, answer):
    """A recording and its text on one line."""
    return f"{answer}  {say_raw(raw)[:60]}"


def _tidy(texts):
    return [" ".join(text.split()) for text in texts]
