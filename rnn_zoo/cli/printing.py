"""Answers as lines of text and of JSON; what they say is the codec's business."""

import json
import sys


def to_json(value, indent=None):
    """JSON with the letters of all languages, escaped where standard output cannot show them."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent)
    return text


def json_line(codec, raw, answer, unknown_share=None):
    """An answer as one line of JSON, with the share of unknown words where the model reads any."""
    said = codec.to_json(answer)
    share = {} if unknown_share is None else {"unknown_share": unknown_share}
    return to_json({"input": raw, **({"answers": said} if isinstance(said, list) else said), **share})


def json_of_generations(codec, raw, results):
    """What was written about one input, with log-probabilities, as one line of JSON."""
    found = [{**codec.to_json(one.answer), "log_probability": one.log_probability} for one in results]
    return to_json({"input": raw, "results": found})


def plain_line(codec, raw, answer):
    """An answer as people read it, without terminal codes."""
    return "".join(one if one.isprintable() or one == "\n" else " " for one in codec.to_text(raw, answer)).rstrip()


def plain_generations(codec, raw, results):
    """What was written about one input, set off by blank lines if it has several lines itself."""
    said = [plain_line(codec, raw, one.answer) for one in results]
    return ("\n\n" if any("\n" in one for one in said) else "\n").join(said)
