"""What TensorFlow would keep of graphs that nobody needs any more."""

import contextlib

import keras


@contextlib.contextmanager
def forgetting_gradients():
    """Let graphs that are traced meanwhile go when their model goes.

    TensorFlow keeps a function for each custom gradient of a traced graph, and with it the graph and its weights.
    Keras' optimizers have one, the sum over replicas, so that every model that was trained would stay in memory. The
    functions are of use while a gradient is being traced, not later.
    """
    if keras.backend.backend() != "tensorflow":
        yield
        return
    from tensorflow.python.framework import ops

    registered = getattr(getattr(ops, "gradient_registry", None), "_registry", {})
    before = set(registered)
    try:
        yield
    finally:
        for name in set(registered) - before:
            if name.startswith("CustomGradient-"):
                del registered[name]
