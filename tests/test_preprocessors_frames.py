"""Frames of skeletons and sensors: numbers worked out by hand, and errors that name the place."""

import keras
import numpy as np
import pytest

from rnn_zoo import Frames
from rnn_zoo.preprocessors.frames import fill_gaps

SKELETON = np.array([[[1, 1, 4], [3, 1, 4], [1, 5, 4]], [[2, 2, 4], [4, 2, 8], [2, 6, 4]]], "float32")


def only(preprocessor, sequence):
    (encoded,) = preprocessor.encode([sequence])
    return encoded


def test_rows_of_features_keep_their_numbers_and_get_lengths():
    inputs = Frames([2])([np.array([[1, 2], [0, 0]]), [[5, 6]]])
    assert inputs["frames"].dtype == np.float32 and inputs["lengths"].dtype == np.int32
    assert inputs["frames"].tolist() == [[[1, 2], [0, 0]], [[5, 6], [0, 0]]]
    assert inputs["lengths"].tolist() == [2, 1]
    assert Frames([2])([])["frames"].shape == (0, 1, 2)


def test_a_skeleton_is_centred_scaled_by_its_own_size_and_gets_velocities():
    found = only(Frames([3, 3], centre=0, unit_joints=(0, 2), velocities=True), SKELETON)
    positions = [[0, 0, 0, 0.5, 0, 0, 0, 1, 0], [0, 0, 0, 0.5, 0, 1, 0, 1, 0]]
    np.testing.assert_allclose(found[:, :9], positions)
    np.testing.assert_allclose(found[:, 9:], np.diff(positions, axis=0, prepend=positions[:1]))


def test_near_and_far_tall_and_small_skeletons_become_equal():
    settings = {"camera": (160, 120, 285), "centre": 0, "unit_joints": (0, 2)}
    near = np.array([[[150.0, 100.0, 300.0], [170.0, 100.0, 300.0], [150.0, 160.0, 300.0]]])
    far = np.concatenate([(near[..., :2] - [160, 120]) / 2 + [160, 120], near[..., 2:] * 2], axis=-1)
    np.testing.assert_allclose(only(Frames([3, 3], **settings), near), only(Frames([3, 3], **settings), far), atol=1e-6)
    np.testing.assert_allclose(
        only(Frames([3, 3], centre=0, unit_joints=(0, 2)), near * 3),
        only(Frames([3, 3], centre=0, unit_joints=(0, 2)), near),
        atol=1e-6,
    )


def test_a_skeleton_without_size_stays_finite():
    settings = {"camera": (160, 120, 285), "centre": 0, "unit_joints": (0, 2), "fill_gaps": True, "velocities": True}
    assert only(Frames([3, 3], **settings), np.zeros((4, 3, 3))).tolist() == [[0.0] * 18] * 4


def test_joints_that_were_not_found_are_filled_from_their_neighbours_in_time():
    frames = np.zeros((5, 2, 2))
    frames[1, 0] = [2, 4]
    frames[3, 0] = [6, 0]
    assert fill_gaps(frames)[:, 0].tolist() == [[2, 4], [2, 4], [4, 2], [6, 0], [6, 0]]
    assert not fill_gaps(frames)[:, 1].any()


def test_a_stride_takes_every_so_many_frames_before_velocities():
    found = only(Frames([1], stride=3, velocities=True), [[0], [1], [2], [10], [20], [30], [7]])
    assert found.tolist() == [[0, 0], [10, 10], [7, -3]]


def test_scaling_gives_mean_0_and_std_1_on_the_training_part():
    rng = np.random.default_rng(0)
    sequences = [rng.normal(5, 3, size=(length, 4)) * [1, 10, 0.1, 0] for length in (3, 9, 6)]
    rows = np.concatenate(Frames.from_examples(sequences, velocities=True).encode(sequences))
    np.testing.assert_allclose(rows.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(rows.std(axis=0), [1, 1, 1, 0, 1, 1, 1, 0], atol=1e-5)


def test_scaling_that_keeps_the_shape_divides_places_by_one_number_and_velocities_by_another():
    sequences = [SKELETON, SKELETON[::-1]]
    preprocessor = Frames.from_examples(sequences, keep_shape=True, centre=0, velocities=True)
    scaling = preprocessor.scaling
    assert len(set(scaling["std"][:9])) == len(set(scaling["std"][9:])) == 1 and not any(scaling["mean"])
    rows = np.concatenate(preprocessor.encode(sequences))
    np.testing.assert_allclose([np.mean(rows[:, :9] ** 2), np.mean(rows[:, 9:] ** 2)], 1, rtol=1e-5)


def test_the_settings_survive_serialization():
    settings = {"camera": (160, 120, 285), "centre": 0, "unit_joints": (0, 2), "fill_gaps": True, "stride": 2}
    preprocessor = Frames.from_examples([SKELETON], **settings)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(preprocessor))
    assert again.get_config() == preprocessor.get_config()
    np.testing.assert_array_equal(only(again, SKELETON), only(preprocessor, SKELETON))


GOOD = np.zeros((2, 3, 3))
NOT_A_NUMBER = np.where(np.arange(18).reshape(2, 3, 3) == 16, np.nan, 0.0)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (NOT_A_NUMBER, r"finite numbers. Received: sequences\[1\]=nan in frame 1, at \(2, 1\)"),
        (np.zeros((2, 4, 3)), r"shape \[frames, 3, 3\]. Received: sequences\[1\]=\[2, 4, 3\]"),
        (np.zeros((2, 9)), r"shape \[frames, 3, 3\]. Received: sequences\[1\]=\[2, 9\]"),
        (np.zeros((0, 3, 3)), r"at least one frame. Received: sequences\[1\]="),
        ([], r"at least one frame. Received: sequences\[1\]="),
        (
            [np.zeros((3, 3)), np.zeros((2, 3))],
            r"of one shape, \[frames, 3, 3\]. Received: sequences\[1\]=\[2, 3\] in frame 1, \[3, 3\] in frame 0",
        ),
        ([np.zeros((3, 3)), [[1, 2, 3], [1, 2], [1]]], r"must hold numbers, of shape 3, 3\]. Received.*frame 1"),
        ("wave", r"must be an array or a file. Received: sequences\[1\]='wave'"),
        (None, r"array of numbers, \[frames, 3, 3\]. Received: sequences\[1\]=None"),
    ],
)  # fmt: skip
def test_bad_frames_are_refused_with_their_place(bad, message):
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        Frames([3, 3]).encode([GOOD, bad])


@pytest.mark.parametrize("bad", [GOOD, "wave", 3, {"frames": GOOD}])
def test_a_single_sequence_is_refused(bad):
    with pytest.raises(ValueError, match="sequences must be a list"):
        Frames([3, 3]).encode(bad)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"frame_shape": []}, "frame_shape must be"),
        ({"frame_shape": [2, 3, 4]}, "frame_shape must be"),
        ({"frame_shape": [0]}, "frame_shape must be"),
        ({"frame_shape": [4], "centre": 0}, "are for skeletons"),
        ({"frame_shape": [4], "fill_gaps": True}, "are for skeletons"),
        ({"frame_shape": [4, 3], "centre": 4}, "from 0 to 3. Received: centre=4"),
        ({"frame_shape": [4, 3], "unit_joints": (0, 9)}, "from 0 to 3"),
        ({"frame_shape": [4, 3], "unit_joints": (1, 1)}, "pair of different joints"),
        ({"frame_shape": [4, 2], "camera": (160, 120, 285)}, "camera must be"),
        ({"frame_shape": [4, 3], "camera": (160, 120, 0)}, "camera must be"),
        ({"frame_shape": [4], "stride": 0}, "stride must be a positive integer"),
        ({"frame_shape": [1], "scaling": {"mean": [0, 0], "std": [1, 1]}}, "must be 1 finite numbers each"),
        ({"frame_shape": [1], "scaling": {"mean": [0], "std": [0]}}, "std must be above 0"),
    ],
)
def test_illegal_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Frames(**settings)


def test_scaling_needs_examples():
    with pytest.raises(ValueError, match="at least one example"):
        Frames.from_examples([], frame_shape=[3])
    with pytest.raises(ValueError, match=r"sequences\[0\]=\[1\] in frame 1"):
        Frames.from_examples([[[1, 2], [3]]])


def test_files_of_frames_are_read_as_arrays_are(tmp_path):
    rows = SKELETON.reshape(2, 9)
    np.save(tmp_path / "skeleton.npy", SKELETON)
    plain = "\n".join(",".join(f"{value:g}" for value in row) for row in rows)
    (tmp_path / "skeleton.csv").write_text(plain, encoding="utf-8")
    header = ",".join(["time", *(f"{joint}{axis}" for joint in "abc" for axis in "xyz")])
    timed = "\n".join(f"2020-01-0{day},{line}" for day, line in enumerate(plain.split("\n"), start=1))
    (tmp_path / "timed.csv").write_text(f"{header}\n{timed}\n", encoding="utf-8")
    (tmp_path / "commas.csv").write_text(plain.replace(",", ";").replace(".", ","), encoding="utf-8")
    frames = Frames([3, 3], centre=0, velocities=True)
    (expected,) = frames.encode([SKELETON])
    for name in ("skeleton.npy", "skeleton.csv", "timed.csv", "commas.csv"):
        (path,) = Frames.read_file(tmp_path / name)
        np.testing.assert_array_equal(only(frames, path), expected)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "1,2\n3\n", r"a.csv, line 2: a line must have 2 columns. Received: 1"),
        ("a.csv", "x,x\n3,4\n", r"a.csv, line 1: columns must have different names. Received twice: 'x'"),
        ("a.csv", "x,y\n3,four\n", r"a.csv, line 2: a value must be a finite number. Received: y='four'"),
        ("a.csv", "1,2,3\n", r"a.csv: a line must have 2 numbers, those of a frame of shape \[2\]. Received: 3"),
        ("a.csv", "x,y\n", r"at least one frame"),
        ("a.csv", " \n", r"a.csv must hold text"),
        ("a.csv", ",\n", r"a.csv must hold a table. Received: rows of blank cells"),
        ("a.npy", "no numpy", r"a.npy must be a .npy file of numbers"),
        ("a.txt", "1,2\n", r"with a name in .csv or .npy. Received: .*a.txt"),
    ],
)
def test_a_file_that_holds_no_frames_is_refused_with_its_place(tmp_path, name, content, message):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        Frames([2]).encode([tmp_path / name])


def test_a_file_of_pickled_objects_is_not_opened(tmp_path):
    np.save(tmp_path / "objects.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="objects.npy must be a .npy file of numbers: .*allow_pickle=False"):
        Frames([2]).encode([str(tmp_path / "objects.npy")])
    with pytest.raises(FileNotFoundError, match="Received: .*nowhere.csv"):
        Frames([2]).encode([str(tmp_path / "nowhere.csv")])
