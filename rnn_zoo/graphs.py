"""Graphs of networks: traced once, and what TensorFlow would keep of those that nobody needs any more."""

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
