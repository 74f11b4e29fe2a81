"""Augmentation of frames: only in training, only where it should be, and what it promises."""

import keras
import numpy as np
import pytest

from rnn_zoo.layers import FrameDropout, RandomScale, RandomTimeWarp, RandomTurn

LENGTHS = np.array([30, 1, 17], "int32")
FRAMES = np.random.default_rng(0).normal(size=(3, 30, 6)).astype("float32")
FRAMES *= (np.arange(30) < LENGTHS[:, None])[:, :, None]


def run(layer, training=True, frames=FRAMES):
    further = [LENGTHS] if isinstance(layer, RandomTimeWarp) else []
    return keras.ops.convert_to_numpy(layer(frames, *further, training=training))


@pytest.mark.parametrize("layer_class", [FrameDropout, RandomScale, RandomTimeWarp, RandomTurn])
def test_augmentation_works_in_training_only_and_differs_from_step_to_step(layer_class):
    layer = layer_class(0.5 if layer_class is not RandomTurn else 45, seed=1)
    np.testing.assert_array_equal(run(layer, training=False), FRAMES)
    np.testing.assert_array_equal(run(layer_class(0)), FRAMES)
    first = run(layer)
    assert np.abs(first - FRAMES).max() > 0.1 and np.abs(run(layer) - first).max() > 0.1
    again = layer_class.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    np.testing.assert_array_equal(run(again), first)


@pytest.mark.parametrize("layer_class", [FrameDropout, RandomScale, RandomTimeWarp, RandomTurn])
def test_illegal_strengths_are_refused(layer_class):
    for wrong in (-0.1, 180):
        with pytest.raises(ValueError, match=r"must be in \[0, .*Received: \w+=" + str(wrong)):
            layer_class(wrong)


@pytest.mark.parametrize("layer_class", [FrameDropout, RandomScale, RandomTimeWarp, RandomTurn])
def test_padding_stays_padding_in_half_precision_too(layer_class):
    keras.config.set_dtype_policy("mixed_float16")
    found = run(layer_class(0.5, seed=2))
    assert found.dtype == np.float16 and np.isfinite(found).all()
    for row, length in zip(found, LENGTHS, strict=True):
        assert not row[length:].any()


def test_dropped_frames_are_whole_and_the_share_is_the_rate():
    found = run(FrameDropout(0.3, seed=3), frames=np.ones((50, 100, 4), "float32"))
    assert set(np.unique(found.mean(axis=2))) == {0.0, 1.0}
    assert found.mean() == pytest.approx(0.7, abs=0.02)


def test_a_scale_is_one_factor_a_sequence_and_feature():
    factors = run(RandomScale(0.2, seed=4), frames=np.ones((200, 5, 3), "float32"))
    assert (factors == factors[:, :1]).all()
    assert 0.8 <= factors.min() < 0.82 and 1.18 < factors.max() <= 1.2


def test_warped_time_never_runs_backwards_and_keeps_begin_and_end():
    lengths = np.array([40, 1, 25] * 30, "int32")
    times = np.where(np.arange(40) < lengths[:, None], np.arange(40), 0)[:, :, None].astype("float32")
    found = keras.ops.convert_to_numpy(RandomTimeWarp(0.9, seed=5)(times, lengths, training=True))[:, :, 0]
    for row, length in zip(found, lengths, strict=True):
        assert row[0] == 0 and row[length - 1] == pytest.approx(length - 1, abs=1e-3)
        assert (np.diff(row[:length]) > 0).all() and not row[length:].any()
    speeds = np.diff(found[lengths == 40], axis=1)
    assert speeds.min() < 0.4 and speeds.max() > 1.6


def test_a_turn_keeps_heights_and_distances():
    found = run(RandomTurn(60, seed=6)).reshape(3, 30, 2, 3)
    before = FRAMES.reshape(3, 30, 2, 3)
    np.testing.assert_allclose(found[..., 1], before[..., 1])
    np.testing.assert_allclose(np.linalg.norm(found, axis=-1), np.linalg.norm(before, axis=-1), atol=1e-5)
    dots = [(one[:, :, 0] * one[:, :, 1]).sum(axis=-1) for one in (found, before)]
    np.testing.assert_allclose(*dots, atol=1e-5)
    angles = [np.arctan2(one[0, :, 0, 2], one[0, :, 0, 0]) for one in (found, before)]
    turned = np.exp(1j * (angles[0] - angles[1]))
    np.testing.assert_allclose(turned, turned[0], atol=1e-4)
    assert 0 < abs(np.angle(turned[0])) <= np.pi / 3


def test_features_that_are_no_triples_cannot_be_turned():
    with pytest.raises(ValueError, match="triples of coordinates. Received: 4 features"):
        RandomTurn(10)(np.zeros((1, 2, 4), "float32"))
