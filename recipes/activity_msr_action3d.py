"""MSR-Action3D: learn which of twenty actions the skeleton of a person performs, and try it on another person.

python recipes/activity_msr_action3d.py --data-dir data/msr_action3d  # a01_s01_e01_skeleton.txt and others, or archives
python recipes/activity_msr_action3d.py --data-dir data/msr_action3d --core simple_rnn --test-subject 5
"""

from rnn_zoo.datasets import load_splits
from rnn_zoo.datasets.motion import JOINTS
from rnn_zoo.training import Recipe

HIP, NECK = JOINTS.index("hip"), JOINTS.index("neck")


def load(source, *, validation_subject=7, test_subject=9):
    """Skeletons, shared out by who is in them.

    Args:
        validation_subject: the person to choose settings on, of 1, 3, 5, 7 and 9.
        test_subject: the person to test on; not used where the files have subjects 2, 4, 6, 8 or 10, who are test then.
    """
    return load_splits("msr_action3d", source=source, validation_subject=validation_subject, test_subject=test_subject)


main = Recipe.of(
    globals(), "activity", "msr_action3d", load=load, camera=(160, 120, 285), centre=HIP, unit_joints=(NECK, HIP),
    fill_gaps=True, velocities=True, keep_shape=True, time_warp=0.4, turn=20.0, random_scale=0.1, noise=0.1, epochs=60,
    batch_size=32, learning_rate=3e-3,
)  # fmt: skip
