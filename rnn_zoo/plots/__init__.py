"""Pictures that people would rather look at than numbers. Needs the extra `plots`."""

from rnn_zoo.plots.answers import forecast_with_history, piano_roll
from rnn_zoo.plots.networks import attention, gradient_flow, gradient_norms, lstm_gates, saliency, tag_heat_map
from rnn_zoo.plots.training import (
    confusion_matrix,
    learning_curves,
    learning_rate_curve,
    scores_by_size,
    training_losses,
)

__all__ = [
    "attention",
    "confusion_matrix",
    "forecast_with_history",
    "gradient_flow",
    "gradient_norms",
    "learning_curves",
    "learning_rate_curve",
    "lstm_gates",
    "piano_roll",
    "saliency",
    "scores_by_size",
    "tag_heat_map",
    "training_losses",
]
