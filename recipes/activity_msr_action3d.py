"""MSR-Action3D: learn which of twenty actions the skeleton of a person performs, and try it on another person.

python recipes/activity_msr_action3d.py --data-dir data/msr_action3d  # a01_s01_e01_skeleton.txt and others, or archives
python recipes/activity_msr_action3d.py --data-dir data/msr_action3d --core simple_rnn --test-subject 5
"""

from rnn_zoo import Frames
from rnn_zoo.datasets import load_splits
from rnn_zoo.datasets.motion import JOINTS
from rnn_zoo.training import Recipe

HIP, NECK = JOINTS.index("hip"), JOINTS.index("neck")
SKELETON = {"camera": (160, 120, 285), "centre": HIP, "unit": (NECK, HIP), "fill_gaps": True}


def load(part, source, *, validation_subject=7, test_subject=9):
    """Skeletons, shared out by who is in them.

    Args:
        validation_subject: the person to choose settings on, of 1, 3, 5, 7 and 9.
        test_subject: the person to test on; not used where the files have subjects 2, 4, 6, 8 or 10, who are test then.
    """
    subjects = {"validation_subject": validation_subject, "test_subject": test_subject}
    return load_splits("msr_action3d", source=source, **subjects)[part]


def build(
    builder, training, class_names, *, velocities=True, projection_dim=64, units=64, num_layers=1, time_warp=0.4,
    turn=20.0, random_scale=0.1, noise=0.1, frame_dropout=0.0, feature_dropout=0.0, dropout=0.5,
):  # fmt: skip
    """A reader of skeletons centred on the hip.

    Args:
        velocities: what joints moved since the frame before, as features beside their places.
        projection_dim: size of what a frame becomes before the recurrence.
        units: size of the hidden state, in each direction.
        num_layers: recurrent layers on top of one another.
        time_warp: how far the speed goes from 1 within a sequence while training.
        turn: largest angle by which people are turned while training, in degrees.
        random_scale: how far features are stretched or shrunk while training.
        noise: standard deviation of what is added to features while training.
        frame_dropout: rate at which frames go missing while training.
        feature_dropout: rate at which features go missing for a whole sequence while training.
        dropout: rate between layers and before the head.
    """
    settings = {**SKELETON, "velocities": velocities}
    shape = (len(JOINTS), 3)
    scaling = Frames.build_scaling(training.raw, shape, keep_shape=True, **settings)
    return builder(
        Frames(shape, scaling=scaling, **settings), class_names, weights=None, projection_dim=projection_dim,
        units=units, num_layers=num_layers, time_warp=time_warp, turn=turn, random_scale=random_scale, noise=noise,
        frame_dropout=frame_dropout, feature_dropout=feature_dropout, dropout=dropout,
    )  # fmt: skip


main = Recipe(
    __file__, "activity", "msr_action3d", build, cores=("gru", "lstm", "simple_rnn"), load=load, epochs=60,
    batch_size=32, learning_rate=3e-3, smoke={"units": 4}, smoke_share=10,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
