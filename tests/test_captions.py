"""What caption models make of odd photographs and requests."""

import keras
import numpy as np
import pytest
from click.testing import CliRunner

import rnn_zoo
from rnn_zoo.cli import main as cli


@pytest.fixture(scope="module")
def task():
    keras.utils.set_random_seed(3)
    return rnn_zoo.caption_gru(
        rnn_zoo.Photos(8, 8), rnn_zoo.Captions(rnn_zoo.Words(["a", "dog"]), decoding={"method": "beam"}), filters=(4,),
        embedding_dim=4, units=4, scheduled_sampling=0.5,
    )  # fmt: skip


def test_photographs_of_any_shape_and_colour_get_a_caption(task):
    shapes = [(1, 1, 3), (1, 300, 3), (300, 2), (9, 9, 4)]
    assert all(isinstance(one, str) for one in task.infer([np.full(shape, 200, "uint8") for shape in shapes]))


def test_a_beam_wider_than_the_vocabulary_finds_all_there_is(task):
    (found,) = task.generate([np.zeros((8, 8, 3), "uint8")], num_beams=20, num_results=20, max_length=2)
    assert sorted(one.answer for one in found) == ["", "a", "a a", "a dog", "dog", "dog a", "dog dog"]
    assert sum(np.exp(one.log_probability) for one in found) < 1


@pytest.mark.parametrize(
    ("images", "options", "named"),
    [
        ([np.zeros((8, 8, 3), "uint8"), "no such file.png"], {}, "no such file.png"),
        ([np.zeros((8, 8, 3), "uint8"), b"text"], {}, r"images\[1\]"),
        ([np.zeros((8, 0, 3), "uint8")], {}, r"images\[0\]=\[8, 0, 3\]"),
        ([np.zeros((8, 8, 3), "uint8")], {"max_length": 0}, "max_length must be"),
    ],
)
def test_what_is_no_image_and_illegal_lengths_are_named(task, images, options, named):
    with pytest.raises((ValueError, FileNotFoundError), match=named):
        task.generate(images, **options)


def test_the_command_line_names_a_file_that_is_no_image(task, tmp_path):
    task.save(tmp_path / "task.keras")
    (tmp_path / "note.txt").write_text("a note", encoding="utf-8")
    request = ["generate", str(tmp_path / "task.keras"), str(tmp_path / "note.txt")]
    result = CliRunner().invoke(cli, request)
    assert result.exit_code == 1 and "note.txt" in result.stderr and len(result.stderr.splitlines()) == 1
