"""Graphs of networks, compiled as each backend does it, and what TensorFlow would keep of those that nobody needs."""

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


def computing(network):
    """A function from what a network takes, arrays, to its outputs without training, an array.

    TensorFlow traces it once for batches of all sizes and widths, where `predict_on_batch` traces the first shape, and
    then another graph for all others; with `run_eagerly` it traces nothing.
    """
    if keras.backend.backend() != "tensorflow":
        return lambda inputs: keras.ops.convert_to_numpy(network.predict_on_batch(inputs))
    import tensorflow as tf

    signature = keras.tree.map_structure(lambda one: tf.TensorSpec(one.shape, one.dtype), network.input)

    @tf.function(input_signature=[signature], autograph=False)
    def outputs_of(inputs):
        return network(inputs, training=False)

    def compute(inputs):
        tensors = keras.tree.map_structure(
            lambda spec, one: keras.ops.convert_to_tensor(one, spec.dtype.name), signature, inputs
        )
        return (network(tensors, training=False) if network.run_eagerly else outputs_of(tensors)).numpy()

    return compute


def compiled(task, function):
    """A function of a dictionary of tensors that uses the Task's weights, compiled the way the backend does it.

    TensorFlow traces once for all batch sizes and widths, JAX compiles each shape, torch runs as it is. What is under
    "source" goes into the Task's encoder; NumPy arrays stand for tensors on both sides.
    """
    run = {"tensorflow": _traced_once, "jax": _compiled_by_shape}.get(keras.backend.backend(), _without_gradients)
    run = run(task, function)

    def from_arrays_to_arrays(arrays):
        tensors = keras.tree.map_structure(keras.ops.convert_to_tensor, arrays)
        return keras.tree.map_structure(keras.ops.convert_to_numpy, run(tensors))

    return from_arrays_to_arrays


def _traced_once(task, function):
    import tensorflow as tf

    graphs = []

    def run(tensors):
        if not graphs:
            signature = keras.tree.map_structure(
                lambda tensor: tf.TensorSpec([None] * len(tensor.shape), tensor.dtype), tensors
            )
            for name in signature.get("source", ()):  # whose inner axes the encoder must know
                signature["source"][name] = tf.TensorSpec(task.input[name].shape, task.input[name].dtype)
            graphs.append(tf.function(function, input_signature=[signature], autograph=False))
        return graphs[0](tensors)

    return run


def _compiled_by_shape(task, function):
    import jax

    @jax.jit
    def pure(values, tensors):
        with keras.StatelessScope(list(zip(task.variables, values, strict=True))):
            return function(tensors)

    return lambda tensors: pure([variable.value for variable in task.variables], tensors)


def _without_gradients(task, function):
    import torch

    return torch.no_grad()(function)
