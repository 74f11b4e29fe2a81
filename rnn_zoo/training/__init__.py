"""Training: the fit loop that can be interrupted, shared flags, fine-tuning, reports and cards."""

from rnn_zoo.heads import replace_head
from rnn_zoo.schedules import SlantedTriangular
from rnn_zoo.training.cards import write_card
from rnn_zoo.training.checkpoint import TrainingState
from rnn_zoo.training.distillation import cross_fitted_teacher, read_soft_targets, soften, write_soft_targets
from rnn_zoo.training.distribution import Share, alone, is_first_process, share_of
from rnn_zoo.training.fine_tuning import discriminative_optimizer, fine_tune, freeze_to, layer_groups
from rnn_zoo.training.learning_rates import LearningRateCurve, find_learning_rate
from rnn_zoo.training.loop import train
from rnn_zoo.training.options import script_command, start
from rnn_zoo.training.reading import GRIDS, WITHOUT_WEIGHT_DROP, music_in_more_keys, series_windows
from rnn_zoo.training.recipe import Recipe
from rnn_zoo.training.report import report
from rnn_zoo.training.text_windows import text_reader, text_windows
from rnn_zoo.training.transfer import (
    classifier_of_language_model,
    extend_vocabulary,
    replace_head_beside_tokens,
    train_head,
)
