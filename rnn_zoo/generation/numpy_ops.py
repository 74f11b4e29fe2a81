"""What writing needs of `keras.ops`, on NumPy arrays and without Keras: NumPy's own functions, and those below."""

import numpy as np

FEW = 16
"""So many of the largest are found one after another, which is quicker than sorting."""

cast = convert_to_tensor = convert_to_numpy = np.asarray


def __getattr__(name):
    return globals().setdefault(name, getattr(np, name))


def log_softmax(array, axis):
    """Natural logarithms of probabilities, from logits along an axis."""
    shifted = array - np.max(array, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def softmax(array, axis):
    """Probabilities, from logits along an axis."""
    return np.exp(log_softmax(array, axis))


def logsumexp(array, axis):
    """The logarithm of the sum of exponentials along an axis."""
    return np.logaddexp.reduce(array, axis=axis)


def one_hot(ids, num_classes):
    """1 at the place of each id, `<float32>[..., num_classes]`; all 0 for one that is no place."""
    return (np.asarray(ids)[..., None] == np.arange(num_classes)).astype("float32")


def erfinv(array):
    """The inverse of the error function."""
    from statistics import NormalDist  # which few need, and which takes its time

    normal = np.vectorize(NormalDist(sigma=0.5**0.5).inv_cdf, otypes=["float32"])
    return normal((np.asarray(array, "float64") + 1) / 2)


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
