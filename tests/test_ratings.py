"""Stars: the ordinal head, the two answers, and how both are measured."""

import keras
import numpy as np
import pytest
from keras.src import testing

import rnn_zoo
from rnn_zoo.codecs import Ratings
from rnn_zoo.layers import CumulativeLogits

STARS = ["1", "2", "3", "4"]


def sigmoid(x):
    return 1 / (1 + np.exp(-np.asarray(x, "float64")))


@pytest.fixture
def layer():
    """Score 2 a - b, thresholds -1, 0.5 and 3."""
    layer = CumulativeLogits(4)
    layer.build((None, 2))
    steps = np.log(np.expm1(np.array([1.5, 2.5]) - 1e-3))
    layer.set_weights([np.array([[2.0], [-1.0]]), np.array([-1.0]), steps])
    return layer


def test_ordered_probabilities_are_differences_of_sigmoids(layer):
    features = np.array([[0.0, 0.0], [1.0, 0.5], [-3.0, 2.0]], "float32")
    above = sigmoid(features @ [[2.0], [-1.0]] + np.array([1.0, -0.5, -3.0]))
    expected = -np.diff(np.hstack([np.ones((3, 1)), above, np.zeros((3, 1))]), axis=1)
    found = np.exp(keras.ops.convert_to_numpy(layer(features)))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-6)


def test_scores_far_from_all_thresholds_stay_finite(layer):
    log_probabilities = keras.ops.convert_to_numpy(layer(np.array([[500.0, 0.0], [-500.0, 0.0]], "float32")))
    assert np.isfinite(log_probabilities).all()
    assert log_probabilities.argmax(axis=1).tolist() == [3, 0]


def test_two_ordered_classes_are_a_logistic_regression():
    layer = CumulativeLogits(2)
    features = np.array([[0.3], [-2.0]], "float32")
    layer(features)
    layer.set_weights([np.array([[1.5]]), np.array([0.2]), np.zeros(0)])
    found = np.exp(keras.ops.convert_to_numpy(layer(features)))[:, 1]
    np.testing.assert_allclose(found, sigmoid(1.5 * features[:, 0] - 0.2), atol=1e-6)


def test_a_fresh_layer_has_rising_thresholds_and_is_rebuilt_from_its_config():
    layer = CumulativeLogits(10, name="stars")
    shares = np.exp(keras.ops.convert_to_numpy(layer(np.zeros((1, 3)))))
    assert shares.shape == layer.compute_output_spec(keras.KerasTensor((1, 3))).shape and (shares > 0.01).all()
    assert CumulativeLogits.from_config(layer.get_config()).num_classes == 10
    with pytest.raises(ValueError, match="at least 2. Received: num_classes=1"):
        CumulativeLogits(1)


@pytest.mark.parametrize("num_classes", [2, 5])
@pytest.mark.filterwarnings("ignore:`shuffle=True` was passed")
def test_the_layer_passes_the_tests_that_keras_has_for_its_own(num_classes):
    testing.TestCase().run_layer_test(
        CumulativeLogits, {"num_classes": num_classes}, input_shape=(3, 4), expected_output_shape=(3, num_classes),
        expected_output_dtype="float32", expected_num_trainable_weights=3, expected_num_non_trainable_weights=0,
    )  # fmt: skip


def test_the_answer_holds_the_most_probable_star_and_the_median():
    codec = Ratings(STARS)
    answers = codec.decode(np.log([[0.4, 0.3, 0.2, 0.1], [0.5, 0.1, 0.1, 0.3], [0.05, 0.05, 0.2, 0.7]]))
    assert [(one["label"], one["median"]) for one in answers] == [("1", "2"), ("1", "1"), ("4", "4")]
    assert answers[0]["score"] == pytest.approx(0.4)
    (best,) = codec.decode(np.log([[0.4, 0.3, 0.2, 0.1]]), top_k=2)
    assert best == [
        {"label": "1", "score": pytest.approx(0.4), "median": "2"},
        {"label": "2", "score": pytest.approx(0.3), "median": "2"},
    ]


def test_no_other_star_is_nearer_on_average_than_the_median():
    shares = np.random.default_rng(0).dirichlet(np.ones(4), size=200)
    medians = [STARS.index(one["median"]) for one in Ratings(STARS).decode(np.log(shares))]
    distances = np.abs(np.arange(4)[:, None] - np.arange(4))  # [answer, truth]
    costs = shares @ distances.T
    np.testing.assert_allclose(costs[np.arange(200), medians], costs.min(axis=1), atol=1e-9)


def test_accuracy_is_of_the_label_and_mean_absolute_error_of_the_median():
    answers = [{"label": "1", "score": 0.4, "median": "2"}, {"label": "4", "score": 0.9, "median": "4"}]
    measured = Ratings(STARS).compute_metrics(["2", "1"], answers)
    assert measured == {"accuracy": 0.0, "mean_absolute_error": pytest.approx(1.5)}


def test_stars_are_learned_from_examples():
    codec = Ratings.from_examples([3, 10, 2, 3], ordinal=True)
    assert codec.get_config() == {"class_names": ["2", "3", "10"], "ordinal": True, "temperature": 1.0}
    assert Ratings.from_examples(["good", "bad"], class_names=["bad", "good"]).class_names == ["bad", "good"]


@pytest.mark.parametrize("ordinal", [pytest.param(False, marks=pytest.mark.slow), True])
def test_a_task_learns_stars_keeps_its_head_and_takes_other_stars(ordinal, tmp_path):
    texts = [f"{word} film" for word in ("awful", "weak", "fine", "lovely") for _ in range(4)]
    stars = [star for star in STARS for _ in range(4)]
    task = rnn_zoo.rating_bag_of_words.from_examples(
        (texts, stars), ordinal=ordinal, ngrams=1, min_count=1, dropout=0.0
    )
    task.compile(keras.optimizers.Adam(0.2))
    task.fit(rnn_zoo.batches(task, texts, stars, batch_size=16), epochs=60, verbose=0)
    assert task.codec.compute_metrics(stars, task.infer(texts)) == {"accuracy": 1.0, "mean_absolute_error": 0.0}
    task.save(tmp_path / "stars.keras")
    loaded = keras.saving.load_model(tmp_path / "stars.keras")
    assert loaded.codec.get_config() == {"class_names": STARS, "ordinal": ordinal, "temperature": 1.0}
    assert loaded.infer(["lovely film"]) == task.infer(["lovely film"])
    new = rnn_zoo.replace_head(task, ["bad", "good"])
    assert type(new.codec) is Ratings and new.codec.ordinal == ordinal
    assert set(new.infer(["fine"])[0]) == {"label", "score", "median"}
