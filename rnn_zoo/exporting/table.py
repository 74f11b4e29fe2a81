"""From the name of a class to the function that writes it in operators of ONNX; a new layer has one put in here."""

TABLE = {}
"""Functions, and whether they take any order; classes inherit that of the nearest base."""


def converts(*names, any_order=False):
    """Put a function into the table.

    Args:
        *names: of the classes that it writes.
        any_order: whether it knows what to do with sequences that the graph holds in another order than Keras.
    """

    def put(function):
        TABLE.update(dict.fromkeys(names, (function, any_order)))
        return function

    return put


def function_of(operation):
    """The function that writes a layer, and whether it takes any order; ValueError, naming the layer, without one."""
    for one in type(operation).__mro__:
        if one.__name__ in TABLE:
            return TABLE[one.__name__]
    raise ValueError(
        f"The layer {operation.name!r} cannot be exported to ONNX: {type(operation).__name__} has no function in "
        "rnn_zoo/exporting/layer_functions.py."
    )
