"""Sketch: from what it is of, a drawing, stroke by stroke."""

from rnn_zoo.codecs import Drawings
from rnn_zoo.generation.task import DrawingTask, encoder_decoder
from rnn_zoo.layers.decoder import PenDecoder
from rnn_zoo.models.music import class_encoder
from rnn_zoo.preprocessors import Subjects


def build(
    preprocessor, codec, *, core, name, subject_dim=16, embedding_dim=64, units=256, num_layers=1, subject_dropout=0.1,
    dropout=0.1,
):  # fmt: skip
    """Draw: what it is of -> its vector -> {core}, which is fed its own points -> a density of the next point.

    The density is a mixture of bivariate normal distributions of the step, and a distribution of what the pen does:
    stay down, be lifted, end. The vector is the first state, and stands beside every point. The kanji are told by how
    many strokes they have. `generate(["12"], prefix=[points])` goes on from first strokes, and None instead of a
    subject leaves it open.

    Args:
        preprocessor: `rnn_zoo.Subjects`.
        codec: `rnn_zoo.Drawings`.
        subject_dim: size of a subject's vector.
        embedding_dim: size of the vector of a point.
        subject_dropout: rate at which subjects are left open while training, in [0, 1).

    Returns:
        A `GenerativeTask`: `{"subject_ids": <int32>[batch, 1], "previous_points": <float32>[batch, points, 3]}`,
        right-padded with 0, to `<float32>[batch, points, 6 * num_mixtures + 3]`. `infer` answers `{"points":
        <float32>[points, 3]}`: steps to the right and down in the units of the data, and 1 where the pen is lifted;
        `task.codec.write` writes them as SVG files. `log_likelihood(subjects, drawings)` counts points.

    Example:
        >>> corner, cross = [[0, 0, 0], [0, 30, 0], [30, 0, 1]], [[0, 0, 0], [30, 0, 1], [-15, -15, 0], [0, 30, 1]]
        >>> task = rnn_zoo.sketch_gru.from_examples((["corner", "cross"], [corner, cross]), units=16)
        >>> ((drawn,),) = task.generate(["cross"], prefix=[[[0, 0, 0], [28, 1, 1]]], max_length=20, seed=1)
        >>> drawn.answer["points"][:2].tolist()
        [[0.0, 0.0, 0.0], [28.0, 1.0, 1.0]]

    Source: Ha & Eck, "A neural representation of sketch drawings", ICLR 2018, its decoder; Graves, "Generating
    sequences with recurrent neural networks", arXiv:1308.0850, 2013, section 4.
    """
    decoder = PenDecoder(
        codec.vocabulary_size, embedding_dim, core=core, units=units, num_layers=num_layers, condition="both",
        dropout=dropout,
    )  # fmt: skip
    encoder = class_encoder("subject", preprocessor.vocabulary_size, subject_dim, subject_dropout)
    return encoder_decoder(encoder, decoder, preprocessor=preprocessor, codec=codec, name=name, kind=DrawingTask)


LEARN = {"preprocessor": Subjects, "codec": Drawings}
