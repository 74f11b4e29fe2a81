"""The table of recurrent cells: what networks, decoders and reports know of a cell stands here and nowhere else.

A new cell is the class of its step and a line in `CELLS`, and the class of a layer if whole sequences are read by
something better than a loop over the steps. Recurrent stacks, `RecurrentDecoder`, `Rollout`, language models that carry
their states from window to window, weight drop and `rnn_zoo.explain_fast_path` then take it by its name. They ask this:

* `step(units, name=None, dtype=None, ...)` holds the weights. Called with inputs `<float>[batch, feature]` and a list
  of states it gives `(output, states)`, the output `<float>[batch, units]`.
* `step.state_size` is an integer, or a list of one for each state, known before there are weights. A state is
  `<float>[batch, size]`, zeros at first; what is complex is two states. The first state is the output; a step that
  does not read it says so by `reads_output = False`.
* `layer(units, return_sequences=False, return_state=False, name=None, dtype=None, ...)` has a step as its `cell`.
  Called with a sequence `<float>[batch, timesteps, feature]`, `initial_state=None` (a list of states) and
  `training=False`, it gives all outputs `<float>[batch, timesteps, units]` or the last one `<float>[batch, units]`;
  with `return_state`, a tuple of that and of each state at the end: the numbers that the steps give. No output may
  depend on later timesteps, so that padding on the right changes nothing and no mask is needed. It need be no
  `keras.layers.RNN`, and may be a scan that is parallel over time.
* Both are registered with Keras and rebuilt by `get_config()`.

Classes are named by their modules, "module:Class", and imported when they are used: the catalogue of models, which
lists every cell for every task, needs no Keras.
"""

import pkgutil
from collections.abc import Callable
from typing import NamedTuple

from rnn_zoo.checks import check_choice


class Cell(NamedTuple):
    """A line of the table.

    Attributes:
        step: class that takes one step, see the top of this module; or its name, `module:Class`.
        equations: of a step with the paper they come from, in Keras' names: `kernel` W, `recurrent_kernel` U, `bias` b.
        layer: class that reads whole sequences, or its name; None for `keras.layers.RNN`, a loop over the steps.
        settings: arguments of both classes beside `units`.
        long_memory: a function from a number of timesteps to the arguments with which the cell can remember for so long
            before it has learned anything; None for cells that have none, such as those without gates.
        recurrent_kernel: name of the step's matrix from states to states, which weight drop thins out; None if there is
            no such matrix.
        kernels: backends in which a GPU computes the layer with one cuDNN kernel; each with the only dtype that the
            kernel takes, or None for all.
        is_parallel: whether the layer is a scan that is parallel over time.
        tasks: those that have models of this cell; None for all.
    """

    step: type | str
    equations: str
    layer: type | str | None = None
    settings: dict = {}
    long_memory: Callable | None = None
    recurrent_kernel: str | None = "recurrent_kernel"
    kernels: dict = {}
    is_parallel: bool = False
    tasks: tuple | None = None

    @property
    def kind(self):
        """What reports call the layer."""
        return _class(self.layer).__name__ if self.layer else f"RNN({_class(self.step).__name__})"

    def make_layer(self, units, *, weight_drop=0.0, longest_memory=None, dtype=None, **options):
        """A layer of this cell, with options of the layer such as `return_sequences` and `name`.

        Weight drop is the rate at which connections from state to state go missing for a batch, see `WeightDrop`. A
        gated cell remembers `longest_memory` timesteps from the start; others do as without it. For a dtype that the
        backend has no kernel for, the kernel's own is taken.
        """
        import keras

        from rnn_zoo.layers.weight_drop import WeightDrop

        if weight_drop and self.recurrent_kernel is None:
            raise ValueError(
                f"weight_drop must be 0 for {self.kind}, without a recurrent kernel. Received: {weight_drop=}"
            )
        dtype = self.kernels.get(keras.backend.backend()) or dtype
        biases = self.long_memory(longest_memory) if self.long_memory and longest_memory is not None else {}
        own = {**self.settings, **biases, "dtype": dtype}
        if self.layer:
            layer = _class(self.layer)(units, **own, **options)
        else:
            layer = keras.layers.RNN(_class(self.step)(units, name="cell", **own), dtype=dtype, **options)
        return WeightDrop(layer, weight_drop, self.recurrent_kernel) if weight_drop else layer

    def make_step(self, units, **options):
        """A step of this cell by itself, with its own weights; options such as `name` are the step's."""
        return _class(self.step)(units, **{**self.settings, **options})


def _class(named):
    """A class by its name, `module:Class`; one that is given as a class is that."""
    return pkgutil.resolve_name(named) if isinstance(named, str) else named


def _remember(timesteps):
    from rnn_zoo.layers.chrono_bias import ChronoBias

    return {"bias_initializer": ChronoBias(timesteps)}


def _longest(timesteps):
    return {"longest_memory": timesteps}


MODERN = ("sentiment", "dna", "sequential_image", "language_model")
"""Tasks that have models of the cells of 2016 and later."""

CELLS = {
    "simple_rnn": Cell(
        "keras.layers:SimpleRNNCell",
        """Elman, "Finding structure in time", Cognitive Science 1990:
            h_t = tanh(x_t W + h_{t-1} U + b)""",
        "keras.layers:SimpleRNN",
    ),
    "irnn": Cell(
        "keras.layers:SimpleRNNCell",
        """Le, Jaitly & Hinton, "A simple way to initialize recurrent networks of rectified linear units",
        arXiv:1504.00941, 2015; U starts as the identity, b as 0:
            h_t = relu(x_t W + h_{t-1} U + b)""",
        "keras.layers:SimpleRNN",
        {"activation": "relu", "recurrent_initializer": "identity"},
        tasks=("sequential_image",),
    ),
    "gru": Cell(
        "keras.layers:GRUCell",
        """Cho et al., EMNLP 2014, in the `reset_after` form of cuDNN, with a bias c on the recurrent side:
            z_t = sigmoid(x_t W_z + b_z + h_{t-1} U_z + c_z)
            r_t = sigmoid(x_t W_r + b_r + h_{t-1} U_r + c_r)
            g_t = tanh(x_t W_h + b_h + r_t * (h_{t-1} U_h + c_h))
            h_t = z_t * h_{t-1} + (1 - z_t) * g_t""",
        "keras.layers:GRU",
        long_memory=_remember,
        kernels={"tensorflow": None, "torch": None},
    ),
    "lstm": Cell(
        "keras.layers:LSTMCell",
        """Hochreiter & Schmidhuber, Neural Computation 1997, with the forget gate of Gers et al. 2000, whose bias
        starts as 1:
            i_t, f_t, o_t = sigmoid(x_t W + h_{t-1} U + b), each with its own columns
            g_t = tanh(x_t W_c + h_{t-1} U_c + b_c)
            c_t = f_t * c_{t-1} + i_t * g_t
            h_t = o_t * tanh(c_t)""",
        "keras.layers:LSTM",
        long_memory=lambda timesteps: {**_remember(timesteps), "unit_forget_bias": False},
        kernels={"tensorflow": None, "jax": "float32", "torch": None},
    ),
    "layer_norm_lstm": Cell(
        "rnn_zoo.layers.steps:LayerNormLSTMCell",
        """Ba, Kiros & Hinton, "Layer normalization", arXiv:1607.06450, 2016, equations 20 to 22; LN takes the mean off
        a vector, divides by the standard deviation and multiplies by trained gains, and adds biases for c_t:
            i_t, f_t, g_t, o_t = LN(h_{t-1} U) + LN(x_t W) + b, each with its own columns
            c_t = sigmoid(f_t) * c_{t-1} + sigmoid(i_t) * tanh(g_t)
            h_t = sigmoid(o_t) * tanh(LN(c_t))""",
        long_memory=_remember,
        tasks=MODERN,
    ),
    "ind_rnn": Cell(
        "rnn_zoo.layers.steps:IndRNNCell",
        """Li et al., "Independently recurrent neural network (IndRNN)", CVPR 2018, section 3, with a weight u of each
        unit, at most 2^(1/T) for a memory of T timesteps:
            h_t = relu(x_t W + u * h_{t-1} + b)""",
        long_memory=_longest,
        recurrent_kernel=None,
        tasks=MODERN,
    ),
    "min_gru": Cell(
        "rnn_zoo.layers.minimal:MinGRUCell",
        """Feng et al., "Were RNNs all we needed?", arXiv:2410.01201, 2024, section 3.1, without logarithms:
            z_t = sigmoid(x_t W_z + b_z)
            h_t = (1 - z_t) * h_{t-1} + z_t * (x_t W_h + b_h)""",
        "rnn_zoo.layers.minimal:MinGRU",
        long_memory=_longest,
        recurrent_kernel=None,
        is_parallel=True,
        tasks=MODERN,
    ),
    "min_lstm": Cell(
        "rnn_zoo.layers.minimal:MinLSTMCell",
        """Feng et al., "Were RNNs all we needed?", arXiv:2410.01201, 2024, section 3.2, without logarithms:
            f_t, i_t = sigmoid(x_t W + b), each with its own columns
            h_t = f_t / (f_t + i_t) * h_{t-1} + i_t / (f_t + i_t) * (x_t W_h + b_h)""",
        "rnn_zoo.layers.minimal:MinLSTM",
        long_memory=_longest,
        recurrent_kernel=None,
        is_parallel=True,
        tasks=MODERN,
    ),
    "qrnn": Cell(
        "rnn_zoo.layers.minimal:QRNNCell",
        """Bradbury et al., "Quasi-recurrent neural networks", ICLR 2017, equations 1, 2 and 4 (fo-pooling):
            z_t = tanh(x_t W_z + x_{t-1} V_z + b_z)
            f_t, o_t = sigmoid(x_t W + x_{t-1} V + b), each with its own columns
            c_t = f_t * c_{t-1} + (1 - f_t) * z_t
            h_t = o_t * c_t""",
        "rnn_zoo.layers.minimal:QRNN",
        long_memory=_longest,
        recurrent_kernel=None,
        is_parallel=True,
        tasks=MODERN,
    ),
    "lru": Cell(
        "rnn_zoo.layers.lru:LRUCell",
        """Orvieto et al., "Resurrecting recurrent neural networks for long sequences", ICML 2023, equation 1 with
        sections 3.2 to 3.4; complex s, a, B and C; the last line is the gated linear unit between the paper's layers:
            s_t = a * s_{t-1} + exp(gamma) * (x_t B), with a = exp(-exp(nu) + i exp(theta))
            y_t = Re(s_t C) + x_t D
            h_t = (gelu(y_t) W + b) * sigmoid(gelu(y_t) V + c)""",
        "rnn_zoo.layers.lru:LRU",
        recurrent_kernel=None,
        is_parallel=True,
        tasks=MODERN,
    ),
}
"""Every recurrent cell of the zoo, by the name that models call their `core`."""


def find_cell(core):
    """The line of `CELLS` with that name."""
    check_choice("core", core, CELLS)
    return CELLS[core]


def cell_of(layer):
    """The line of `CELLS` that a layer, or a step, is made by, the most specific one; None for another layer."""
    import keras

    by_class = {_class(cell.step): cell for cell in reversed(CELLS.values())}
    by_class |= {_class(cell.layer): cell for cell in reversed(CELLS.values()) if cell.layer}
    if type(layer) is keras.layers.RNN:
        cell = by_class.get(type(layer.cell))
        return cell if cell is not None and cell.layer is None else None
    return next((by_class[one] for one in type(layer).__mro__ if one in by_class), None)


def is_recurrent(layer):
    """Whether a layer reads sequences by a cell: Keras' own recurrent layers, and those of `CELLS`."""
    import keras

    return isinstance(layer, (keras.layers.RNN, *(_class(cell.layer) for cell in CELLS.values() if cell.layer)))


def state_sizes(step):
    """Sizes of the states of a step, a list."""
    return list(step.state_size) if isinstance(step.state_size, (list, tuple)) else [step.state_size]
