"""What writing needs of `keras.ops`, on NumPy arrays and without Keras: NumPy's own functions, and those below."""

import numpy as np

FEW = 16
"""So many of the largest are found one after another, which is quicker than sorting."""

convert_to_tensor = convert_to_numpy = np.asarray


def __getattr__(name):
    return globals().setdefault(name, getattr(np, name))


def cast(array, dtype):
    """An array as another dtype."""
    return np.asarray(array).astype(dtype, copy=False)


def log_softmax(array, axis):
    """Natural logarithms of probabilities, from logits along an axis."""
    shifted = array - np.max(array, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def sparse_categorical_crossentropy(targets, logits, from_logits):
    """Negative log-probabilities of ids."""
    return -np.take_along_axis(log_softmax(logits, axis=-1), targets[..., None], axis=-1)[..., 0]


def top_k(array, k):
    """The k largest of each row and their places, the largest first, of equal ones that at the left."""
    if k > FEW:
        places = np.argsort(-array, axis=-1, kind="stable")[:, :k]
    else:
        left, rows, found = array.copy(), np.arange(len(array)), []
        for _ in range(k):
            found.append(left.argmax(axis=-1))
            left[rows, found[-1]] = -np.inf
        places = np.stack(found, axis=-1)
    return np.take_along_axis(array, places, axis=-1), places


def segment_sum(numbers, segments, num_segments):
    """Sums of the numbers of each segment."""
    return np.bincount(segments, numbers, num_segments)


def while_loop(go_on, advance, state):
    """`advance` a tuple for as long as it is to go on."""
    while go_on(*state):
        state = advance(*state)
    return state
