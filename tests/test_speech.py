"""What is special about models of speech: texts as targets, masks, stacked frames, and sound on the command line."""

import importlib.util
import json
import wave

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from keras import ops

import rnn_zoo
from rnn_zoo.cli import main as cli
from rnn_zoo.codecs import Transcripts, WrittenTranscripts
from rnn_zoo.codecs.ctc import prefix_beam_search
from rnn_zoo.layers import SpecAugment, StackedLengths, StackFrames
from rnn_zoo.metrics import metrics_of
from rnn_zoo.models import speech

pytestmark = pytest.mark.usefixtures("loaded_once")
RNG = np.random.default_rng(0)
COPIES = 400
LENGTHS = np.array([30, 1, 17], "int32")
FRAMES = (np.ones((3, 30, 8)) * (np.arange(30) < LENGTHS[:, None])[:, :, None]).astype("float32")


def test_texts_become_tokens_and_come_back():
    codec = Transcripts(" ab")
    assert [ids.tolist() for ids in codec.encode([" ab  a ", ""])] == [[2, 3, 1, 2], []]
    assert codec.pad(codec.encode(["b" * 9, "a"])).shape == (2, 16)
    spread = np.full((1, 9, 4), -9.0)
    spread[0, np.arange(9), [2, 2, 0, 3, 1, 1, 3, 0, 3]] = 9
    assert codec.decode(spread) == ["ab bb"]
    assert codec.decode(spread, top_k=1) == [[{"text": "ab bb", "log_probability": pytest.approx(0, abs=1e-4)}]]
    words = Transcripts(["no", "yes"], token_type="words")
    assert words(["yes no  no"])[0, :4].tolist() == [2, 1, 1, 0]
    assert words.decode(np.eye(3)[None, [2, 0, 1, 0, 1]] * 50) == ["yes no no"]
    assert Transcripts.from_examples(["ba b", "c"], stride=2).get_config() == Transcripts(" abc", stride=2).get_config()
    again = Transcripts.from_config(words.get_config())
    assert again.get_config() == words.get_config()
    assert codec.with_class_names("xyz").get_config() == Transcripts("xyz").get_config()


def log_probabilities_of(answers):
    return [answer["log_probability"] for answer in answers]


def test_the_best_texts_come_with_their_log_probabilities():
    logits = RNG.normal(size=(2, 5, 4)).astype("float32")
    codec = Transcripts("abc", beam_width=3)
    for best, answers in zip(prefix_beam_search(logits, 4, 4), codec.decode(logits, top_k=4), strict=True):
        assert [answer["text"] for answer in answers] == ["".join(" abc"[one] for one in text) for text, _ in best]
        assert log_probabilities_of(answers) == [total for _, total in best]
    alone = codec.decode(logits[:1, :1], top_k=9)[0]
    assert len(alone) == 4 and np.exp(log_probabilities_of(alone)).sum() == pytest.approx(1, rel=1e-5)
    assert codec.decode(np.zeros((0, 5, 4))) == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Transcripts(""), "one or more different strings"),
        (lambda: Transcripts("aa"), "different strings"),
        (lambda: Transcripts(["ab"]), r"must be characters. Received: tokens\[0\]='ab'"),
        (lambda: Transcripts(["a b"], token_type="words"), r"must be words. Received: tokens\[0\]='a b'"),
        (lambda: Transcripts("ab", token_type="phones"), "Received: token_type='phones'"),
        (lambda: Transcripts("ab", stride=0), "stride must be a positive integer"),
        (lambda: Transcripts("ab", beam_width=0), "beam_width must be a positive integer"),
        (lambda: Transcripts("ab").encode("ab"), "write .label. for a single one"),
        (lambda: Transcripts("ab").encode(["a", 3]), r"must be texts. Received: labels\[1\]=3"),
        (lambda: Transcripts("ab").encode(["a", "ax"]), r"Received: labels\[1\]='ax' with 'x'"),
        (lambda: Transcripts("ab", stride=2).encode(["abab"], [6]), r"4 are needed, 6 frames make 3. .*labels\[0\]="),
        (lambda: Transcripts("ab").encode(["ab", "aa"], [2, 2]), r"3 are needed, 2 frames make 2. .*labels\[1\]="),
        (lambda: Transcripts("ab").decode(np.zeros((1, 2, 3)), top_k=0), "top_k must be a positive integer"),
        (lambda: WrittenTranscripts("aa"), "different strings"),
        (lambda: WrittenTranscripts("ab", stride=0), "stride must be positive"),
        (lambda: WrittenTranscripts("ab", token_type="phones"), "Received: token_type='phones'"),
        (lambda: WrittenTranscripts("ab").encode("ab"), "write .label. for a single one"),
        (lambda: WrittenTranscripts("ab").encode(["a", "ax"]), r"Received: labels\[1\]='ax' with 'x'"),
        (lambda: WrittenTranscripts(["no"], token_type="words").encode(["no on"]), r"labels\[0\]='no on' with 'on'"),
    ],
)
def test_illegal_settings_and_texts_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_rate_is_that_of_the_first_recording_however_it_is_given():
    samples = np.sin(np.arange(4000.0))
    for first in ((samples, 8000), [samples, 8000], {"array": samples, "sampling_rate": 8000}):
        assert speech.sound(rnn_zoo.datasets.Examples([first], ["yes"])).sample_rate_hz == 8000


@pytest.mark.parametrize("codec", [Transcripts(" abc"), WrittenTranscripts(" abc")])
def test_texts_are_measured_as_jiwer_does(codec):
    pytest.importorskip("jiwer")
    labels, answers = ["ab a", "c", "aa bc"], ["ab b", "c", "a bcb"]
    found = codec.compute_metrics(labels, answers)
    assert found == {"cer": pytest.approx(3 / 10), "wer": pytest.approx(3 / 5), "accuracy": pytest.approx(1 / 3)}
    true, said = codec.confusions(labels, answers)
    wrong = sorted((one, other) for one, other in zip(true, said, strict=True) if one != other)
    assert wrong == [(1, 2), (1, 4), (4, 2)] and len(true) == 11
    assert codec.confusion_names == ["_", "a", "b", "c", "-"]
    assert codec.compute_metrics(labels, [""] * 3)["cer"] == 1


def test_the_metric_counts_texts_that_are_wholly_right():
    codec = Transcripts("ab")
    logits = np.eye(3)[[[1, 0, 2, 2], [1, 1, 0, 1], [0, 0, 0, 0]]]
    (metric,) = metrics_of(codec)
    metric.update_state(codec(["ab", "aab", ""]), logits)
    assert float(metric.result()) == pytest.approx(2 / 3)


def masked(**settings):
    layer = SpecAugment(**settings, seed=1)
    return ops.convert_to_numpy(layer(FRAMES.repeat(COPIES, axis=0), LENGTHS.repeat(COPIES), training=True))


def test_masks_hide_stretches_of_time_by_length():
    found = masked(time_masks=1, longest_time_mask=5, longest_share=0.2)
    assert (found.any(axis=2) == found.all(axis=2)).all()
    hidden = FRAMES.any(axis=2).repeat(COPIES, axis=0) & ~found.any(axis=2)
    long, single, middle = hidden.sum(axis=1).reshape(3, COPIES)
    assert set(long) == {0, 1, 2, 3, 4, 5} and not single.any() and set(middle) == {0, 1, 2, 3}
    starts = np.abs(np.diff(hidden.astype(int), axis=1)).sum(axis=1)
    assert starts.max() <= 2, "one stretch"
    assert hidden[:COPIES].any(axis=0).all(), "anywhere"


def test_masks_hide_bands_of_features():
    found = masked(feature_masks=2, widest_feature_mask=3)
    hidden = ~found[:COPIES].any(axis=1)
    assert (hidden == ~found[:COPIES].all(axis=1)).all()
    assert hidden.any(axis=0).all() and 3 < hidden.sum(axis=1).max() <= 6 and hidden.sum(axis=1).min() < 2


def test_masks_are_for_training_and_rebuilt_from_their_config():
    layer = SpecAugment(2, 9, feature_masks=1, widest_feature_mask=4, seed=3)
    np.testing.assert_array_equal(layer(FRAMES, LENGTHS, training=False), FRAMES)
    first, second = (ops.convert_to_numpy(layer(FRAMES, LENGTHS, training=True)) for _ in range(2))
    assert (first != second).any()
    again = SpecAugment.from_config(layer.get_config())
    np.testing.assert_array_equal(again(FRAMES, LENGTHS, training=True), first)
    for settings, message in (
        ({"time_masks": -1}, "time_masks=-1"),
        ({"longest_share": 2}, "longest_share=2"),
        ({"widest_feature_mask": 9}, "at most 8. Received: 9"),
    ):
        with pytest.raises(ValueError, match=message):
            SpecAugment(**settings)(FRAMES, LENGTHS)


@pytest.mark.parametrize("timesteps", [5, 6, 7])
def test_stacked_frames_hold_all_features_in_order(timesteps):
    frames = RNG.normal(size=(2, timesteps, 4)).astype("float32")
    stacked = ops.convert_to_numpy(StackFrames(3)(frames))
    flat = stacked.reshape(2, -1, 4)
    assert stacked.shape == (2, -(-timesteps // 3), 12)
    np.testing.assert_array_equal(flat[:, :timesteps], frames)
    assert not flat[:, timesteps:].any()
    assert StackedLengths(3)(np.array([1, 3, 4, 7])).numpy().tolist() == [1, 1, 2, 3]
    with pytest.raises(ValueError, match="size must be a positive integer. Received: size=0"):
        StackFrames(0)


def fresh(decoder):
    keras.utils.set_random_seed(0)
    sound = rnn_zoo.LogMel(8000, mel_bins=20)
    codec = Transcripts(" abc", stride=3)
    if decoder == "attention":
        codec = WrittenTranscripts(" abc", stride=3, decoding={"method": "beam", "length_penalty": 0.0})
    return rnn_zoo.speech_gru(sound, codec, units=6, num_layers=1)


@pytest.fixture(scope="module")
def task():
    return fresh("ctc")


@pytest.fixture(scope="module")
def writer():
    return fresh("attention")


@pytest.fixture(params=["task", "writer"], ids=["ctc", "attention"])
def either(request):
    return request.getfixturevalue(request.param)


def test_a_file_is_transcribed_on_the_command_line(either, tmp_path):
    either.save(tmp_path / "task.keras")
    path = tmp_path / "noise.wav"
    samples = (RNG.normal(size=3000) * 3000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples.tobytes())
    (answer,), (best,) = either.infer([(samples, 8000)]), either.infer([(samples, 8000)], top_k=2)
    assert answer == best[0]["text"]
    options = ["infer", str(tmp_path / "task.keras")]
    result = CliRunner().invoke(cli, [*options, "--json", str(path)], catch_exceptions=False)
    assert json.loads(result.output) == {"input": str(path), "text": answer}
    if type(either.codec) is Transcripts:
        result = CliRunner().invoke(cli, [*options, str(path)], catch_exceptions=False)
        assert result.output == f"{answer}\n"
    result = CliRunner().invoke(cli, [*options, "--top-k", "2", str(path)], catch_exceptions=False)
    assert result.output == "  |  ".join(f"{one['text']}  {one['log_probability']:.2f}" for one in best) + "\n"
    result = CliRunner().invoke(cli, [*options, "--json", "--top-k", "2", "--file", str(path)], catch_exceptions=False)
    found = json.loads(result.output)
    assert found["input"] == str(path) and [one["text"] for one in found["answers"]] == [one["text"] for one in best]
    result = CliRunner().invoke(cli, [*options, "nothing.wav"])
    assert result.exit_code == 1 and "must name a file of sound" in result.output


def test_silence_and_a_single_sample_have_an_answer(either):
    for samples in (np.zeros(8000), np.zeros(1), np.full(10, 0.5)):
        (answer,), (best,) = either.infer([(samples, 8000)]), either.infer([(samples, 8000)], top_k=2)
        assert isinstance(answer, str) and answer == best[0]["text"] and set(answer) <= set(" abc")
        assert 0 >= best[0]["log_probability"] >= best[1]["log_probability"] > -np.inf


def test_another_rate_and_two_channels_are_said_and_read_and_nothing_is_refused(either):
    pytest.importorskip("scipy", reason="needs the extra `speech`")
    tone = np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000).astype("float32")
    stereo = np.stack([tone, tone], axis=1)
    with pytest.warns(UserWarning, match="of 16000 Hz is resampled to 8000 Hz"):
        mono, both = either.infer([(tone, 16_000), (stereo, 16_000)], top_k=1)
    assert mono[0]["text"] == both[0]["text"]
    assert log_probabilities_of(mono) == pytest.approx(log_probabilities_of(both), rel=1e-4)
    with pytest.raises(ValueError, match=r"at least one sample. Received: recordings\[1\] without any"):
        either.infer([(tone[::2], 8000), (tone[:0], 8000)])
    with pytest.raises(ValueError, match=r"at least one sample. Received: recordings\[0\] without any"):
        rnn_zoo.batches(either, [(stereo[:0], 8000)], ["a"])


def test_recordings_of_all_lengths_in_one_batch_get_the_answers_that_they_get_alone(either):
    recordings = [(RNG.normal(size=length), 8000) for length in (100, 5000, 900, 2500, 1)]
    together = either.infer(recordings, top_k=3)
    for recording, answers in zip(recordings, together, strict=True):
        (alone,) = either.infer([recording], top_k=3)
        assert [one["text"] for one in alone] == [one["text"] for one in answers]
        np.testing.assert_allclose(log_probabilities_of(alone), log_probabilities_of(answers), rtol=1e-3)


def test_the_head_can_be_replaced_to_write_other_tokens(task):
    other = rnn_zoo.replace_head(task, "xy")
    assert set(other.infer([(RNG.normal(size=4000), 8000)])[0]) <= {"x", "y"}
    inputs = other.preprocessor([(RNG.normal(size=4000), 8000), (RNG.normal(size=500), 8000)])
    outputs = ops.convert_to_numpy(other(inputs))
    real = -(-inputs["lengths"][1] // 3)
    assert (outputs[1, real:, 0] == 0).all() and (outputs[1, :real, 0] != 0).all()


def test_a_text_that_is_too_long_for_its_sound_is_refused(task):
    with pytest.raises(ValueError, match=r"5 are needed, 11 frames make 4. Received: labels\[0\]='abcab'"):
        rnn_zoo.batches(task, [(np.zeros(1000), 8000)], ["abcab"])


@pytest.mark.skipif(importlib.util.find_spec("jiwer") is None, reason="needs the extra `metrics`")
def test_what_was_taken_for_what_is_drawn(tmp_path):
    codec = Transcripts(["low", "high"], token_type="words")
    assert codec.to_text("a.wav", "low") == "low" and codec.to_json("low") == {"text": "low"}
    (path,) = codec.plot([], ["low", "low"], ["low", "high"], tmp_path)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_texts_are_written_as_tokens_with_an_end():
    codec = WrittenTranscripts(" ab", stride=3)
    assert [ids.tolist() for ids in codec.encode([" ab  a ", ""])] == [[3, 4, 2, 3, 6], [6]]
    assert codec.answer([3, 4, 2, 3, 6]) == "ab a" and codec.tokens == ["", "<unk>", " ", "a", "b", "<start>", "<end>"]
    assert codec.limit(7) == 3 + 10
    settings = {"token_type": "words", "stride": 2, "decoding": {"num_beams": 3}, "label_smoothing": 0.1}
    words = WrittenTranscripts(["no", "Yes"], **settings)
    assert WrittenTranscripts.from_examples(["no", "Yes no"], **settings).transcript_tokens == ["Yes", "no", "<unk>"]
    assert words(["Yes no  no"]).tolist() == [[3, 2, 2, 5]] and words.answer([3, 2, 5]) == "Yes no"
    again = WrittenTranscripts.from_config(words.get_config())
    assert again.get_config() == words.get_config() and again.decoding.num_beams == 3


def test_a_decoder_with_attention_looks_at_real_timesteps_alone(writer):
    recordings = [(RNG.normal(size=length), 8000) for length in (4000, 1000)]
    for (result, *_), frames in zip(writer.generate(recordings, with_attention=True), (49, 11), strict=True):
        assert result.attention.shape == (len(result.tokens), -(-frames // 3))
        np.testing.assert_allclose(result.attention.sum(axis=1), 1, rtol=1e-5)
    ((total, count),) = writer.log_likelihood(recordings[:1], ["ab a"])
    assert count == 5 and total < 0


def test_a_decoder_with_attention_learns_to_write_and_is_loaded_as_it_was(tmp_path):
    keras.utils.set_random_seed(1)
    times = np.arange(2000) / 8000
    recordings = [(np.sin(2 * np.pi * hz * times), 8000) for hz in (300, 800, 1500, 2800)]
    labels = ["low low", "low", "high", "high low"]
    sound = rnn_zoo.LogMel(8000, mel_bins=20, scaling=None)
    codec = WrittenTranscripts(
        ["low", "high"], token_type="words", stride=2, decoding={"method": "beam", "num_beams": 3}
    )
    task = rnn_zoo.speech_gru(
        sound, codec, units=16, num_layers=1, dropout=0.0, noise=0.01, time_masks=1, longest_time_mask=3
    )
    task.compile(keras.optimizers.Adam(2e-2))
    ((batch, targets),) = rnn_zoo.batches(task, recordings, labels)
    for _ in range(50):
        task.train_on_batch(batch, targets)
    assert task.infer(recordings) == labels
    task.save(tmp_path / "task.keras")
    loaded = rnn_zoo.speech_gru(weights=tmp_path / "task.keras")
    assert loaded.infer(recordings) == labels and loaded.codec.decoding.num_beams == 3


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"decoder": "attend"}, "Did you mean 'attention'. Received: decoder='attend'"),
        ({"decoder": "attention", "bidirectional": False}, "Received: bidirectional=False"),
        ({"decoder": "attention", "attention": None}, "attention must be one of .*Received: attention=None"),
        ({"decoder": "attention", "beam_width": 0}, "num_beams must be positive"),
    ],
)
def test_illegal_decoders_are_refused(settings, message):
    examples = [(RNG.normal(size=2000), 8000)] * 2, ["a", "b"]
    with pytest.raises(ValueError, match=message):
        rnn_zoo.speech_gru.from_examples(examples, sample_rate_hz=8000, scaling="training", units=4, **settings)
