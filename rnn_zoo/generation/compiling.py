"""Functions of a Task's weights, compiled by whichever backend there is."""

import keras


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
