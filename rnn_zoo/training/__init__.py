"""Training: the fit loop that can be interrupted, the flags that recipes share, pretraining, reports and cards."""

from rnn_zoo.training.cards import write_card
from rnn_zoo.training.checkpoint import TrainingState
from rnn_zoo.training.distillation import cross_fitted_teacher, soften
from rnn_zoo.training.distribution import Share, alone, is_first_process, share_of
from rnn_zoo.training.loop import train
from rnn_zoo.training.options import Settings, recipe_command, start
from rnn_zoo.training.pretraining import pretrain_language_model
from rnn_zoo.training.profiling import DataWait
from rnn_zoo.training.recipe import Recipe
from rnn_zoo.training.report import report
from rnn_zoo.training.text_windows import text_reader, text_windows

__all__ = [
    "DataWait",
    "Recipe",
    "Settings",
    "Share",
    "TrainingState",
    "alone",
    "cross_fitted_teacher",
    "is_first_process",
    "pretrain_language_model",
    "recipe_command",
    "report",
    "share_of",
    "soften",
    "start",
    "text_reader",
    "text_windows",
    "train",
    "write_card",
]
