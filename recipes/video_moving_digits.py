"""Moving digits: learn which way a handwritten digit moves, turns or changes its size in videos of 6 to 14 frames.

The videos are constructed from the digits inside scikit-learn; see `rnn_zoo.datasets.moving_digits`.

python recipes/video_moving_digits.py
python recipes/video_moving_digits.py --core simple_rnn
"""

from rnn_zoo.training import Recipe

main = Recipe.of(globals(), "video", "moving_digits", epochs=8, batch_size=64, learning_rate=2e-3)
