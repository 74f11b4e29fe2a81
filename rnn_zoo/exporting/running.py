"""Files that were exported as functions from what a preprocessor gives to outputs, to be compared with the Task."""

import numpy as np


def whole(task, run):
    """The function of a file that takes whole sequences; `run` takes and gives dictionaries of arrays."""
    names = [tensor.name for tensor in task.inputs]
    return lambda inputs: run(inputs if isinstance(inputs, dict) else {names[0]: inputs})["outputs"]


def stepwise(step, run):
    """The function of a file that takes one timestep of a `rnn_zoo.one_step.OneStep`, run as often as there are."""

    def compute(inputs):
        sequence = inputs[step.input_name] if isinstance(inputs, dict) else inputs
        lengths = -(-_lengths_of(inputs, sequence) // step.width)
        missing = -sequence.shape[1] % step.width
        sequence = np.pad(sequence, [(0, 0), (0, missing), *[(0, 0)] * (sequence.ndim - 2)])
        states = {f"state_{index}": np.stack([first] * len(sequence)) for index, first in enumerate(step.first)}
        outputs = np.zeros((len(sequence), *step.output_shape), "float32")
        for time in range(max(lengths)):
            now = sequence[:, time * step.width : (time + 1) * step.width]
            found = run({step.input_name: now, **states})
            ended = time >= lengths
            outputs, states = np.where(_rows(ended, outputs), outputs, found["outputs"]), {
                name: np.where(_rows(ended, one), one, found[name]) for name, one in states.items()
            }  # fmt: skip
        return outputs

    return compute


def _rows(flags, array):
    return flags.reshape(-1, *[1] * (array.ndim - 1))


def _lengths_of(inputs, sequence):
    if isinstance(inputs, dict):
        return inputs["lengths"]
    if sequence.dtype.kind == "f":
        return np.full(len(sequence), sequence.shape[1])
    return np.maximum((np.arange(1, sequence.shape[1] + 1) * (sequence != 0)).max(axis=1), 1)
