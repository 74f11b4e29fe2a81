"""Libraries that write to standard error, held back."""

import contextlib
import importlib
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


def import_keras():
    """Import Keras without the libraries of its wrappers, plots and data frames, a third of the time of its import.

    No command gives them to Keras.
    """
    absent = {"matplotlib", "pandas", "sklearn"} - set(sys.modules) if "keras" not in sys.modules else set()
    sys.modules.update(dict.fromkeys(absent))  # None refuses an import
    try:
        importlib.import_module("keras")
    finally:
        for name in absent:
            del sys.modules[name]
