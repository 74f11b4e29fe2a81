"""Digits: learn from 1,264 images of 8 x 8 pixels, which scikit-learn brings along, which digit they show.

python recipes/digits.py              # under a minute, about 98 % on the test part
python recipes/digits.py --units 32 --seed 1
"""

import time

from rnn_zoo import digits_dense, load_dataset
from rnn_zoo.datasets.digits import CLASS_NAMES, HEIGHT, HIGHEST, WIDTH
from rnn_zoo.datasets.original_files import Examples
from rnn_zoo.training import recipe_command, report, start, train

HELP = {"units": "Size of a hidden layer.", "num_layers": "Hidden layers on top of one another."}


def main(
    *, units=256, num_layers=1, epochs=40, batch_size=32, learning_rate=3e-3, data_dir=None, output="runs/digits",
    seed=0, all_train=False, smoke=False, resume=False, mixed_precision=False, distribute="none",
):  # fmt: skip
    """Load, build, fit, evaluate once, show, save; returns the metrics on the test part."""
    settings = dict(locals())
    setup = start(seed, mixed_precision, distribute)
    parts = ("all_train",) if all_train else ("train", "validation", "test")
    training, validation, test = [*(load_dataset("digits", part, source=data_dir) for part in parts), None, None][:3]
    if smoke:
        epochs, units = 1, 8
        training, validation, test = (
            part and Examples(part.raw[:40], part.labels[:40]) for part in (training, validation, test)
        )

    with setup.scope:
        task = digits_dense(
            CLASS_NAMES, weights=None, height=HEIGHT, width=WIDTH, scale=HIGHEST, units=units, num_layers=num_layers
        )
    task.summary()

    began = time.time()
    history = train(
        task, training, validation, epochs=epochs, learning_rate=learning_rate, batch_size=batch_size, seed=seed,
        output=output, resume=resume,
    )  # fmt: skip
    return report(task, history, test, output, settings=settings, minutes=(time.time() - began) / 60)


if __name__ == "__main__":
    recipe_command(main, help_texts=HELP)()
