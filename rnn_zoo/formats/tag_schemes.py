"""How tags of single timesteps spell entities: IOB1, BIO, BIOES and BILOU.

    tokens  Ann  Lee   sings  in  Rome
    BIO     B-PER I-PER  O    O   B-LOC     the first token of an entity is B
    IOB1    I-PER I-PER  O    O   I-LOC     B only where an entity follows one of its own type
    BIOES   B-PER E-PER  O    O   S-LOC     the last token is E, an entity of one token is S
    BILOU   B-PER L-PER  O    O   U-LOC     the same with L and U; BMEWO writes M for I, and W

Source: Ramshaw & Marcus, "Text chunking using transformation-based learning", 1995 (IOB1); Tjong Kim Sang & Veenstra,
"Representing text chunks", EACL 1999; Ratinov & Roth, "Design challenges and misconceptions in named entity
recognition", CoNLL 2009 (BILOU).
"""

import numpy as np

OUTSIDE = "O"
PREFIXES = {"BIO": ("B", "I"), "BIOES": ("B", "I", "E", "S")}
OPENING, CLOSING = ("B", "S", "U", "W"), ("E", "S", "L", "U", "W")


def tag_names(entity_types, scheme):
    """All tags of a scheme, "O" first."""
    return [OUTSIDE, *(f"{prefix}-{name}" for name in entity_types for prefix in PREFIXES[scheme])]


def spans_of(tags):
    """The entities that tags spell, in whatever scheme, as `(entity_type, start, end)`, end excluded.

    An I or E with nothing to go on from opens an entity.
    """
    spans, open_type, start = [], None, 0
    for place, tag in enumerate([*tags, OUTSIDE]):
        prefix, _, entity_type = tag.partition("-")
        goes_on = open_type is not None and entity_type == open_type and prefix not in OPENING
        if open_type is not None and not goes_on:
            spans.append((open_type, start, place))
            open_type = None
        if prefix != OUTSIDE and not goes_on:
            open_type, start = entity_type, place
        if open_type is not None and prefix in CLOSING:
            spans.append((open_type, start, place + 1))
            open_type = None
    return spans


def convert(tags, scheme):
    """Tags of any scheme to "BIO" or "BIOES".

    Example:
        >>> convert(["I-PER", "I-PER", "O"], "BIO")
        ['B-PER', 'I-PER', 'O']
    """
    converted = [OUTSIDE] * len(tags)
    for entity_type, start, end in spans_of(tags):
        prefixes = ["B"] + ["I"] * (end - start - 1)
        if scheme == "BIOES":
            prefixes[-1] = "S" if end - start == 1 else "E"
        converted[start:end] = [f"{prefix}-{entity_type}" for prefix in prefixes]
    return converted


def forbidden_transitions(entity_types, scheme):
    """Which tags cannot be neighbours, `<bool>[tags + 1, tags + 1]`, as `rnn_zoo.layers.CRF` takes it."""
    names = [*tag_names(entity_types, scheme), OUTSIDE]
    forbidden = np.zeros((len(names), len(names)), bool)
    for row, before in enumerate(names):
        for column, after in enumerate(names):
            prefix_before, _, type_before = before.partition("-")
            prefix_after, _, type_after = after.partition("-")
            goes_on = prefix_after in ("I", "E")
            can_go_on = prefix_before in ("B", "I") and type_before == type_after
            must_go_on = scheme == "BIOES" and prefix_before in ("B", "I")
            forbidden[row, column] = (goes_on and not can_go_on) or (must_go_on and not goes_on)
    return forbidden
