"""Sequential digits: learn which digit an image of 8 x 8 pixels shows that is read pixel by pixel, 64 timesteps.

python recipes/sequential_image_digits.py  # a minute on two CPU cores, about 95 % on the validation split
python recipes/sequential_image_digits.py --core irnn --learning-rate 1e-3 --permutation 1
"""

from rnn_zoo.training import Recipe

main = Recipe.of(globals(), "sequential_image", "digits", scale=16.0, epochs=40, batch_size=32, learning_rate=1e-2)
