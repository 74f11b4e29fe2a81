"""Scheduled sampling: while it is taught, a decoder also reads what it would have written itself."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

import rnn_zoo
from rnn_zoo.layers import RecurrentDecoder, ScheduledSampling

SOURCE = ["a dog runs", "a cat sleeps", "two dogs run", "cats"]
TARGET = ["ein hund rennt", "eine katze schläft", "zwei hunde rennen", "katzen"]
PREVIOUS = np.array([[8, 2, 3, 4, 5], [8, 6, 7, 0, 0]], "int32")
UNREAD = [0, 1, 8, 9]
RNG = np.random.default_rng(0)
CONTEXT = {
    "summary": RNG.normal(size=(2, 3)).astype("float32"),
    "memory": RNG.normal(size=(2, 4, 6)).astype("float32"),
    "mask": np.array([[1, 1, 1, 1], [1, 1, 0, 0]], "float32"),
}


def translator(**settings):
    keras.utils.set_random_seed(1)
    settings = {"embedding_dim": 8, "units": 8, "dropout": 0, "embedding_dropout": 0, **settings}
    return rnn_zoo.translation_gru.from_examples((SOURCE, TARGET), token_type="words", min_count=1, **settings)


def decoder_of(attention=None, **settings):
    decoder = RecurrentDecoder(10, 4, core="gru", units=6, attention=attention, unread_ids=UNREAD, **settings)
    decoder(PREVIOUS, CONTEXT)
    for weight in decoder.trainable_weights:
        weight.assign(RNG.normal(size=weight.shape).astype("float32") * 2)
    return decoder


def first_pass_predictions(decoder):
    """What the decoder would write instead of each token, by NumPy."""
    logits = ops.convert_to_numpy(decoder(PREVIOUS, CONTEXT)).copy()
    logits[..., UNREAD] = -np.inf
    before = np.concatenate([PREVIOUS[:, :1], logits.argmax(axis=-1)[:, :-1]], axis=1)
    return np.where(PREVIOUS == 0, 0, before).astype("int32")


def test_a_share_of_0_is_teacher_forcing_to_the_last_bit():
    forced, sampling = translator(), translator(scheduled_sampling=0.5)
    for one, other in zip(sampling.trainable_weights, forced.trainable_weights, strict=True):
        one.assign(other)
    for task in (forced, sampling):
        task.compile(keras.optimizers.Adam(0.02), run_eagerly=True)
        task.fit(rnn_zoo.batches(task, SOURCE, TARGET), epochs=1, verbose=0)  # the first epoch of the schedule
    assert float(sampling.get_layer("decoder").sampling.share) == 0
    for one, other in zip(sampling.trainable_weights, forced.trainable_weights, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(one), ops.convert_to_numpy(other))


@pytest.mark.parametrize("attention", [None, "luong_general", "bahdanau"])
def test_a_share_of_1_feeds_what_the_first_pass_would_have_written(attention):
    decoder = decoder_of(attention, scheduled_sampling=1.0)
    decoder.sampling.share.assign(1.0)
    fed = first_pass_predictions(decoder)
    assert (fed != PREVIOUS).any()
    taught = decoder(PREVIOUS, CONTEXT, training=True)
    np.testing.assert_allclose(taught, decoder(fed, CONTEXT), rtol=1e-5, atol=1e-5)
    assert np.abs(taught - decoder(PREVIOUS, CONTEXT)).max() > 0.1


def test_no_gradient_goes_through_the_choice():
    decoder = decoder_of("luong_general", scheduled_sampling=1.0)
    decoder.sampling.share.assign(1.0)
    fed = first_pass_predictions(decoder)
    gradients = []
    for previous, training in ((PREVIOUS, True), (fed, False)):
        with tf.GradientTape() as tape:
            loss = ops.sum(decoder(previous, CONTEXT, training=training) ** 2)
        weights = [weight.value for weight in decoder.trainable_weights]
        gradients.append([np.asarray(tf.convert_to_tensor(one)) for one in tape.gradient(loss, weights)])
    for one, other in zip(*gradients, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-3)


def test_a_share_of_the_tokens_is_replaced_but_no_start_no_padding_and_never_by_what_is_not_read():
    sampling = ScheduledSampling(0.5, [0, 1, 8, 9], seed=3)
    previous = np.where(np.arange(50) < 40, RNG.integers(2, 5, (80, 50)), 0)
    previous[:, 0] = 8
    logits = RNG.normal(size=(80, 50, 10))
    logits[..., UNREAD] += 20
    logits[..., 5] += 10
    sampling.build(previous.shape, logits.shape)
    sampling.share.assign(0.3)
    mixed = ops.convert_to_numpy(sampling(previous, logits))
    assert (mixed[:, 0] == 8).all() and (mixed[:, 40:] == 0).all()
    inner, true = mixed[:, 1:40], previous[:, 1:40]
    assert set(inner[inner != true]) == {5}
    np.testing.assert_allclose((inner == 5).mean(), 0.3, atol=0.03)


@pytest.mark.slow
def test_the_share_grows_with_the_epochs_goes_on_after_an_interruption_and_is_off_while_validating():
    task = translator(scheduled_sampling=0.4)
    task.compile(keras.optimizers.Adam(0.02))
    data, seen = rnn_zoo.batches(task, SOURCE, TARGET), []
    share = task.get_layer("decoder").sampling.share
    note = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(float(share)))
    history = task.fit(data, epochs=3, callbacks=[note], verbose=0).history
    np.testing.assert_allclose(seen, [0.0, 0.2, 0.4], rtol=1e-6)
    assert np.isfinite(history["loss"]).all()
    task.fit(data, epochs=5, initial_epoch=3, callbacks=note, verbose=0)
    np.testing.assert_allclose(seen[3:], [0.3, 0.4], rtol=1e-6)
    inputs = task.teacher_forced(task.preprocessor(SOURCE), task.codec(TARGET))
    plain = translator()
    for one, other in zip(plain.trainable_weights, task.trainable_weights, strict=True):
        one.assign(other)
    np.testing.assert_array_equal(task.predict_on_batch(inputs), plain.predict_on_batch(inputs))


@pytest.mark.slow
def test_it_learns_and_survives_saving(tmp_path):
    task = translator(scheduled_sampling=0.5, units=16, label_smoothing=0)
    task.compile(keras.optimizers.Adam(0.05))
    task.fit(rnn_zoo.batches(task, SOURCE, TARGET), epochs=40, verbose=0)
    task.save(tmp_path / "task.keras")
    loaded = keras.saving.load_model(tmp_path / "task.keras")
    sampling = loaded.get_layer("decoder").sampling
    assert (sampling.final_share, float(sampling.share)) == (0.5, 0.5)
    assert sampling.unread_ids == [0, 1, task.codec.start_id, task.codec.end_id]
    assert loaded.infer(SOURCE) == TARGET
    loaded.run_eagerly = True
    loaded.fit(rnn_zoo.batches(loaded, SOURCE, TARGET), epochs=3, initial_epoch=1, verbose=0)


def test_teacher_forcing_is_the_default_and_illegal_shares_are_refused():
    assert translator().get_layer("decoder").sampling is None
    for share in (-0.1, 1.5):
        with pytest.raises(ValueError, match="scheduled sampling must be in"):
            translator(scheduled_sampling=share)
