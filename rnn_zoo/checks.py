"""Checks of arguments, which say what is expected and what was received."""

import difflib
from pathlib import Path

MOST_NAMED = 30
"""Choices that an error lists; of more it names some."""


def check_choice(argument, value, choices):
    """Refuse a value that is not among the choices, and suggest the nearest one; of many choices some are named."""
    if value in choices:
        return
    names = [choice for choice in choices if choice is not None]
    near = difflib.get_close_matches(str(value), names, n=1, cutoff=0.55)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    known = f"one of {list(choices)}" if choices else "None: there are no trained weights yet"
    if len(names) > MOST_NAMED:
        known = f"one of {len(names)} names, such as {', '.join(map(repr, names[:: len(names) // 4][:4]))}"
    raise ValueError(f"{argument} must be {known}.{hint} Received: {argument}={value!r}")


def check_positive(**sizes):
    """Refuse sizes that are neither None nor 1 or more."""
    if any(size is not None and not size >= 1 for size in sizes.values()):
        received = ", ".join(f"{name}={size}" for name, size in sizes.items())
        raise ValueError(f"{' and '.join(sizes)} must be positive. Received: {received}")


def check_ending(path, endings):
    """The ending of a path that is written to, in small letters; refused if it is not one of some."""
    ending = Path(path).suffix.lower()
    if ending not in endings:
        raise ValueError(f"path must end in one of {endings}. Received: path={str(path)!r}")
    return ending


def check_below(highest, **setting):
    """The value of one setting, after making sure that it is in [0, highest)."""
    ((name, value),) = setting.items()
    if not 0 <= value < highest:
        raise ValueError(f"{name} must be in [0, {highest}). Received: {name}={value}")
    return value
