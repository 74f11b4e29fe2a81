"""Classes in an order, such as stars: their probabilities from the positions of thresholds."""

import math

import keras
from keras import ops

from rnn_zoo.layers.base import Layer


@keras.saving.register_keras_serializable("rnn_zoo")
class CumulativeLogits(Layer):
    """Log-probabilities of ordered classes from one score: where does it lie between rising thresholds?

    With the score s of an example and thresholds t_1 < ... < t_(K-1), all of them learned,

        P(class > k) = sigmoid(s - t_k),    P(class = k) = P(class > k-1) - P(class > k)

    so that one direction of the features moves an example through all classes in their order, and a neighbour of the
    true class costs less than one far away. Softmax of the outputs gives the probabilities back: what takes logits
    takes these log-probabilities too. It computes in float32 whatever the policy.

    Args:
        num_classes: K, at least 2.

    Call arguments:
        features: `<float>[batch, feature]`.

    Returns:
        `<float32>[batch, classes]`: logarithms of probabilities.

    Example:
        >>> layer = CumulativeLogits(3)
        >>> log_probabilities = layer(np.array([[0.0], [0.0]]))
        >>> keras.ops.sum(keras.ops.exp(log_probabilities), axis=1).numpy().round(4).tolist()
        [1.0, 1.0]

    Source: the proportional-odds model: McCullagh, "Regression models for ordinal data", Journal of the Royal
    Statistical Society B, 1980, section 2; with the features of a network: Cao, Mirjalili & Raschka, "Rank consistent
    ordinal regression for neural networks", Pattern Recognition Letters 2020.
    """

    def __init__(self, num_classes, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        if num_classes < 2:
            raise ValueError(f"num_classes must be at least 2. Received: {num_classes=}")
        self.num_classes = num_classes

    def build(self, features_shape):
        first, last = -2.0, 2.0
        step = (last - first) / max(self.num_classes - 2, 1)
        step = math.log(math.expm1(step))  # softplus turns it back
        self.kernel = self.add_weight(shape=(features_shape[-1], 1), name="kernel")
        constant = keras.initializers.Constant
        self.first = self.add_weight(shape=(1,), initializer=constant(first), name="first_threshold_bias")
        self.steps = self.add_weight(shape=(self.num_classes - 2,), initializer=constant(step), name="steps_bias")

    def call(self, features):
        """log(sigmoid(a) - sigmoid(b)) = log sigmoid(a) + log sigmoid(-b) + log(1 - exp(b - a)), stable for a > b."""
        score = ops.matmul(features, self.kernel)
        steps = ops.softplus(ops.convert_to_tensor(self.steps)) + 1e-3
        above = score - ops.cumsum(ops.concatenate([ops.convert_to_tensor(self.first), steps]))
        lowest, highest = ops.log_sigmoid(-above[:, :1]), ops.log_sigmoid(above[:, -1:])
        between = ops.log_sigmoid(above[:, :-1]) + ops.log_sigmoid(-above[:, 1:]) + ops.log(-ops.expm1(-steps))
        return ops.concatenate([lowest, between, highest], axis=1)
