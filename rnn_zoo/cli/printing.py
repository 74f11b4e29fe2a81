"""Answers as lines of text and of JSON."""

import json

LONGEST_SHOWN = 300


def to_json(value, indent=None):
    """JSON that keeps the letters of all languages."""
    return json.dumps(value, ensure_ascii=False, indent=indent)


def json_of_generations(codec, text, results):
    """What was written about one input, with log-probabilities, as one line of JSON."""
    found = [{**codec.to_json(one.answer), "log_probability": one.log_probability} for one in results]
    return to_json({"input": text, "results": found})


def plain_generations(codec, text, results):
    """What was written about one input, set off by blank lines if it has several lines itself."""
    to_line = getattr(codec, "line", plain_line)
    said = [to_line(text, one.answer) for one in results]
    return ("\n\n" if any("\n" in one for one in said) else "\n").join(said)


def json_line(text, answer):
    """An answer as one line of JSON."""
    if hasattr(answer, "tolist"):
        return to_json({"input": text, "forecast": answer.tolist()})
    if isinstance(answer, str):
        return to_json({"input": text, "text": answer})
    return to_json({"input": text, **({"answers": answer} if isinstance(answer, list) else answer)})


def plain_line(text, answer):
    """An answer as people read it; what it is about stands beside it where that is short."""
    if isinstance(text, list):  # of tokens, with a tag for each
        return _harmless(" ".join(f"{token}/{tag}" for token, tag in zip(text, answer, strict=True)))
    if hasattr(answer, "tolist"):  # a forecast: timesteps apart by blanks, variables by commas
        return " ".join(",".join(f"{value:.5g}" for value in row) for row in answer.tolist())
    if isinstance(answer, str):  # something written
        return _harmless(answer, "\n")
    best_first = answer if isinstance(answer, list) else [answer]
    if isinstance(answer, list) and answer and {"text"} < set(answer[0]) <= {"text", "score", "log_probability"}:
        found = ((one["text"], one.get("score", one.get("log_probability"))) for one in best_first)
        return _harmless("  |  ".join(f"{written}  {number:.2f}" for written, number in found), "\n")
    # A tagger's answers also say what part of the text they are about; those of a model that writes are texts.
    said = "  ".join(
        "  ".join([*(one[key] for key in ("text", "label") if key in one), f"{one['score']:.2f}"]) for one in best_first
    )
    text = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}... ({len(text):,} characters)"
    return _harmless(f"{said}  {text}" if said else text)


def _harmless(line, allowed=""):
    """A text without terminal codes and, unless they are allowed, line ends."""
    return "".join(one if one.isprintable() or one in allowed else " " for one in line).rstrip()
