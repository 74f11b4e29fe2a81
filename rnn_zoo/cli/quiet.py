"""Libraries that write to standard error, held back."""

import contextlib
import os
import sys
import tempfile
import warnings


@contextlib.contextmanager
def quiet_libraries():
    """Hold back what TensorFlow writes to standard error, unless TF_CPP_MIN_LOG_LEVEL asks for it; say our warnings.

    Its first lines come before it reads that variable, so the file descriptor itself is turned away meanwhile.
    """
    if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3") != "3":
        yield
        return
    with warnings.catch_warnings(record=True) as said, tempfile.TemporaryFile() as held_back:
        original = os.dup(2)
        os.dup2(held_back.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(original, 2)
            os.close(original)
    for text in dict.fromkeys(str(one.message) for one in said if one.category is UserWarning):
        print(f"Warning: {text}", file=sys.stderr)
