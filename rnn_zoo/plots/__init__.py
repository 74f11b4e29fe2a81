"""Pictures that people would rather look at than numbers. Needs the extra `plots`.

Each function writes a PNG file to `path`, with a `title` above the picture, and returns the path.
"""

from rnn_zoo.plots.answers import drawings, forecast_with_history, piano_roll
from rnn_zoo.plots.networks import attention, gradient_flow, gradient_norms, lstm_gates, saliency, tag_heat_map
from rnn_zoo.plots.training import (
    confusion_matrix,
    learning_curves,
    learning_rate_curve,
    scores_by_seconds,
    scores_by_size,
    training_losses,
)
