"""Which recurrent layers run as one fused kernel on a GPU, which as a loop, and why.

The conditions are those of Keras 3.15 and later: the gates in `keras/src/layers/rnn` and in `rnn.py` of each backend.
"""

import sys
from typing import NamedTuple

import keras

from rnn_zoo import catalogue
from rnn_zoo.layers.cells import CELLS, cell_of, is_recurrent
from rnn_zoo.layers.weight_drop import WeightDrop

_NAMES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
_OWN_FUNCTIONS = {  # of a backend, which its conditions know by name beside those of Keras
    "tensorflow": ("tensorflow", ("tanh", "sigmoid")),
    "jax": ("jax.numpy", ("tanh",)),
    "torch": ("torch", ("tanh", "sigmoid")),
}
_RIGHT_PADDED = "its mask must be padded on the right, with no empty row: otherwise training stops with an error"


class Recurrence(NamedTuple):
    """How a recurrent layer is computed on a GPU: by "cuDNN", a "scan", parallel over time, or a "loop", and why.

    The layer is named after those that it is in, its kind is the name of its class.
    """

    layer: str
    kind: str
    backend: str
    kernel: str
    why: str


class FastPathReport(list):
    """A list of `Recurrence`, printed as a table."""

    def __str__(self):
        if not self:
            return "no recurrent layers"
        rows = [tuple(name.replace("_", " ") for name in Recurrence._fields), *self]
        columns = [[cell.ljust(max(map(len, column))) for cell in column] for column in zip(*rows, strict=True)]
        return "\n".join("  ".join(row).rstrip() for row in zip(*columns, strict=True))


def explain_fast_path(model, backend=None):
    """Say of each recurrent layer whether a GPU computes it with one cuDNN kernel, or in a loop, and why.

    It is read off the layers and needs no GPU. It says what happens to whole sequences, in training and in inference;
    a model that writes computes one timestep after the other while it does so.

    Args:
        model: a Task, another Keras model, or a layer.
        backend: "tensorflow", "jax" or "torch"; None for all three.

    Returns:
        A list of `Recurrence`, which prints as a table: a row for each recurrent layer and backend, layers inside other
        layers and models included.

    Example:
        >>> model = keras.Sequential([keras.Input((None, 4)), keras.layers.GRU(8, name="gru")])
        >>> print(rnn_zoo.explain_fast_path(model))
        layer  kind  backend     kernel  why
        gru    GRU   tensorflow  cuDNN
        gru    GRU   jax         loop    JAX has no cuDNN GRU
        gru    GRU   torch       cuDNN

    Source: Chetlur et al., "cuDNN: Efficient primitives for deep learning", arXiv:1410.0759, 2014; Appleyard et al.,
    "Optimizing performance of recurrent neural networks on GPUs", arXiv:1604.01946, 2016.
    """
    if backend is not None:
        catalogue.check_choice("backend", backend, catalogue.BACKENDS)
    report = FastPathReport()
    for layer, path, mask, reason in _recurrences(model):
        for one in catalogue.BACKENDS if backend is None else (backend,):
            reasons = [reason] if reason else _reasons_for_a_loop(layer, one, mask, model)
            is_scan = not reasons and cell_of(layer).is_parallel
            why = "; ".join(reasons) or ("" if is_scan else _condition(one, mask))
            kernel = "loop" if reasons else "scan" if is_scan else "cuDNN"
            report.append(Recurrence(path, _kind(layer), one, kernel, why))
    return report


def lost_fast_paths(model):
    """One line about layers with a kernel that a GPU computes in a loop under the backend in use; empty if none is."""
    report = explain_fast_path(model, keras.backend.backend())
    lost = [one for one in report if one.kernel == "loop" and one.kind in _kinds_with_kernels()]
    if not lost:
        return ""
    named = ", ".join(dict.fromkeys(one.layer for one in lost))
    return (
        f"On a GPU, no cuDNN kernel but a loop computes {named}: {'; '.join(dict.fromkeys(one.why for one in lost))}."
    )


def _recurrences(layer, path="", mask=None, reason=None):
    """Yield recurrent layers and steps inside a layer with path, mask (None if not known) and reason for a loop."""
    within = f"{path}/" if path else ""
    if isinstance(layer, keras.layers.Bidirectional):
        for direction in (layer.forward_layer, layer.backward_layer):
            yield direction, f"{within}{direction.name}", mask, reason
    elif isinstance(layer, WeightDrop):
        yield layer.layer, path or layer.name, mask, reason
    elif is_recurrent(layer):
        yield layer, path or layer.name, mask, reason
    elif hasattr(layer, "state_size"):
        yield layer, path or layer.name, mask, reason or "a cell that is computed one timestep at a time"
    elif hasattr(layer, "operations") or (isinstance(layer, keras.Sequential) and layer.built):  # its calls are known
        for part in layer.layers:
            yield from _recurrences(part, f"{within}{part.name}", bool(mask) or _is_given_a_mask(part), reason)
    else:
        takes_no_mask = hasattr(layer, "fallback_reason")  # our own layers, which say how they use what is inside
        reason = reason or getattr(layer, "fallback_reason", None)
        for part in layer._flatten_layers(include_self=False, recursive=False):
            yield from _recurrences(part, f"{within}{part.name}", False if takes_no_mask else None, reason)


def _is_given_a_mask(layer):
    """Whether a layer of a functional model is: as an argument, or (Keras 3.16) on what it reads."""
    nodes = layer._inbound_nodes
    as_argument = keras.tree.flatten([node.arguments.kwargs.get("mask") for node in nodes])
    on_inputs = [getattr(tensor, "_keras_mask", None) for node in nodes for tensor in node.input_tensors]
    return any(mask is not None for mask in [*as_argument, *on_inputs])


def _kind(layer):
    cell = cell_of(layer)
    if cell is not None:
        return cell.kind
    return f"RNN({type(layer.cell).__name__})" if type(layer) is keras.layers.RNN else type(layer).__name__


def _kinds_with_kernels():
    return list(dict.fromkeys(cell.kind for cell in CELLS.values() if cell.kernels))


def _reasons_for_a_loop(layer, backend, mask, model):
    """Why a recurrent layer is neither one fused kernel nor a scan; empty if it is."""
    entry = cell_of(layer)
    if entry is not None and entry.is_parallel:
        return []
    if entry is None or not entry.kernels:
        return [f"Keras has fused kernels for {' and '.join(_kinds_with_kernels())} only"]
    cell = layer.cell
    found = [
        (not layer.use_cudnn, "use_cudnn=False"),
        (layer.recurrent_dropout, f"recurrent_dropout={layer.recurrent_dropout:g}, even when it is not trained"),
        (not _is(cell.activation, "tanh", backend), f"activation={_name_of(cell.activation)} and not tanh"),
        (
            not _is(cell.recurrent_activation, "sigmoid", backend),
            f"recurrent_activation={_name_of(cell.recurrent_activation)} and not sigmoid",
        ),
        (layer.unroll, "unroll=True"),
        (not cell.use_bias, "use_bias=False"),
        (not getattr(cell, "reset_after", True), "reset_after=False"),
        (mask and backend != "tensorflow", "it is given a mask"),
    ]
    if backend not in entry.kernels:
        found.append((True, f"{_NAMES[backend]} has no cuDNN {_kind(layer)}"))
    elif entry.kernels[backend] not in (None, layer.compute_dtype):
        kernel = f"{_NAMES[backend]}'s cuDNN {_kind(layer)}"
        found.append((True, f"{kernel} takes no {layer.compute_dtype}: on a GPU give the layer use_cudnn=False"))
    if backend == "torch" == keras.backend.backend():
        compiled = getattr(model, "compiled", False) and model.jit_compile
        found.append((compiled, "torch.compile (jit_compile=True) unrolls it"))
    return [text for holds, text in found if holds]


def _condition(backend, mask):
    """What a kernel still depends on, where masks come into it."""
    if mask is False:
        return ""
    if backend == "tensorflow":
        return _RIGHT_PADDED if mask else f"if it is given a mask, {_RIGHT_PADDED}"
    return "unless it is given a mask"


def _is(function, name, backend):
    """Whether Keras' backend takes a function for tanh or the sigmoid: it compares the objects."""
    accepted = [getattr(keras.activations, name), getattr(keras.ops, name)]
    module, names = _OWN_FUNCTIONS[backend]
    if name in names and module in sys.modules:
        accepted.append(getattr(sys.modules[module], name))
    return any(function is one for one in accepted)


def _name_of(function):
    return getattr(function, "__name__", type(function).__name__)
