"""Functions of a Task's weights, compiled by whichever backend there is."""

import keras


def compiled(task, function):
    """A function of tensors that uses the Task's weights, compiled the way the backend does it.

    TensorFlow traces once for all batch sizes and widths, JAX compiles each shape, torch runs as it is.

    Args:
        task: whose weights are used.
        function: from a dictionary of tensors to tensors; what is under "source" goes into the Task's encoder.

    Returns:
        A function of the same.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        return _traced_once(task, function)
    if backend == "jax":
        import jax

        @jax.jit
        def pure(values, tensors):
            with keras.StatelessScope(list(zip(task.variables, values, strict=True))):
                return function(tensors)

        return lambda tensors: pure([variable.value for variable in task.variables], tensors)
    import torch

    return torch.no_grad()(function)


def _traced_once(task, function):
    import tensorflow as tf

    graphs = []

    def write(tensors):
        if not graphs:
            open_shapes = {name: [None] * len(one.shape) for name, one in tensors.items() if name != "source"}
            signature = {name: tf.TensorSpec(shape, tensors[name].dtype) for name, shape in open_shapes.items()}
            if "source" in tensors:
                source = {name: task.input[name] for name in tensors["source"]}
                signature["source"] = {name: tf.TensorSpec(one.shape, one.dtype) for name, one in source.items()}
            graphs.append(tf.function(function, input_signature=[signature], autograph=False))
        return graphs[0](tensors)

    return write
