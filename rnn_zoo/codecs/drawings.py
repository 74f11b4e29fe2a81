"""A drawing as the answer, point by point."""

from pathlib import Path

import numpy as np

from rnn_zoo.checks import check_ending, check_positive
from rnn_zoo.codecs.codec import listed
from rnn_zoo.codecs.sequences import Written
from rnn_zoo.formats.drawings import checked_drawing, strokes_of, write_svg
from rnn_zoo.generation import Decoding

DOWN, LIFTED, END = 1, 2, 3
"""What the pen does after a point; 0 is padding. It is lifted at the end, too."""
DECODING = {"method": "sample", "temperature": 0.3}
DRAWINGS_SHOWN = 40
DRAWN = ("method", "num_beams", "num_results", "temperature", "min_length", "max_length", "seed")
"""Those of `rnn_zoo.generation.Decoding` that drawing knows; beams only if others ask for them by default."""


class Drawings(Written):
    """The points of a drawing behind its first one, each with what the pen does then.

    Steps are divided by a scale, which is all that is learned; answers are in the units of the data.

    Args:
        scale: standard deviation of the steps in training.
        num_mixtures: normal distributions that a step is drawn from.
        max_points: the most points of an answer, where nothing else is asked for.
        decoding: settings of `rnn_zoo.generation.Decoding` that `infer` uses, a dictionary.

    Example:
        >>> codec = Drawings(scale=2.0)
        >>> codec([[[0, 0, 0], [4, 0, 1], [-2, 1, 0], [2, 2, 1]]]).tolist()
        [[[2.0, 0.0, 2.0], [-1.0, 0.5, 1.0], [1.0, 1.0, 3.0]]]
        >>> codec.answer(codec([[[0, 0, 0], [4, 0, 1]]])[0])["points"].tolist()
        [[0.0, 0.0, 0.0], [4.0, 0.0, 1.0]]

    Source: steps divided by their deviation, the state of the pen as three classes: Ha & Eck, "A neural representation
    of sketch drawings", ICLR 2018, sections 3.1 and 3.2; here the end belongs to the last point.
    """

    file_endings = (".svg", ".png")
    """What `write` takes."""
    token_shape, dtype, draws_a_token = (3,), "float32", 4
    """Random numbers are drawn for a normal distribution, the pen, and two places."""
    start_id = (0.0, 0.0, DOWN)
    """What stands before all: the first point."""
    end_id = END

    def __init__(self, *, scale=1.0, num_mixtures=20, max_points=200, decoding=None):
        check_positive(num_mixtures=num_mixtures, max_points=max_points)
        if not scale > 0:
            raise ValueError(f"scale must be positive. Received: {scale=}")
        self.scale, self.num_mixtures, self.max_points = float(scale), num_mixtures, max_points
        self.decoding = self.checked(Decoding(**(decoding or DECODING)))

    @classmethod
    def from_examples(cls, labels, *, num_mixtures=20, max_points=200, decoding: dict | None = None):
        """A codec that knows how far the steps of some drawings go.

        Args:
            labels: drawings, see `rnn_zoo.formats.drawings`.
            num_mixtures: normal distributions that a step is drawn from.
            max_points: the most points of an answer, where nothing else is asked for.
            decoding: settings of `rnn_zoo.generation.Decoding` that `infer` uses; None for a temperature of 0.3.
        """
        drawings = [checked_drawing(one, f"labels[{index}]")[1:, :2] for index, one in enumerate(listed(labels))]
        scale = float(np.concatenate(drawings).std()) if drawings else 0.0
        if not scale:
            raise ValueError(f"labels must be drawings with steps of several lengths. Received: {len(drawings)}")
        return cls(scale=scale, num_mixtures=num_mixtures, max_points=max_points, decoding=decoding)

    @property
    def vocabulary_size(self):
        """Numbers that a network gives for a point: of each normal distribution six, of the pen three."""
        return 6 * self.num_mixtures + 3

    def checked(self, decoding):
        """Settings for drawing, after making sure that they are."""
        wrong = [name for name, value in Decoding()._asdict().items() if getattr(decoding, name) != value]
        wrong = [name for name in wrong if name not in DRAWN] + ["method"] * (decoding.method == "beam")
        if wrong:
            raise ValueError(
                f"drawing takes method 'sample' or 'greedy', and {', '.join(DRAWN[2:])}. Received: {wrong[0]}="
                f"{getattr(decoding, wrong[0])!r}"
            )
        return decoding.checked()

    def encode(self, labels, lengths=None):
        encoded = []
        for index, label in enumerate(listed(labels)):
            points = checked_drawing(label, f"labels[{index}]")[1:]
            points[:, :2] /= self.scale
            points[:, 2] = np.where(points[:, 2] > 0, LIFTED, DOWN)
            points[-1, 2] = END
            encoded.append(points)
        return encoded

    def prefix(self, drawings):
        """What is gone on from: as `encode`, and the pen goes on."""
        found = self.encode(drawings)
        for points, drawing in zip(found, drawings, strict=True):
            points[-1, 2] = LIFTED if np.asarray(drawing)[-1, 2] else DOWN
        return found

    def previous(self, targets):
        """What the network reads while it is taught: the point before each target, `<float32>[batch, points, 3]`."""
        start = np.full((len(targets), 1, 3), self.start_id, "float32")
        before = np.where(targets[:, :-1, 2:] == END, 0, targets[:, :-1])
        return np.concatenate([start, before], axis=1)

    def limit(self, timesteps):
        return self.max_points

    def answer(self, points):
        """What was drawn to `{"points": <float32>[points, 3]}`, in the units of the data, the first point before it."""
        points = np.array(points, "float32").reshape(-1, 3)
        points[:, :2] *= self.scale
        points[:, 2] = points[:, 2] >= LIFTED
        return {"points": np.concatenate([np.zeros((1, 3), "float32"), points])}

    def compute_likelihood_metrics(self, likelihoods, labels):
        """The negative log of the density of all points, in nats a point.

        It is that of a step in the units of the data, times the probability of what the pen does.
        """
        totals, points = zip(*likelihoods, strict=True)
        return {"nll_per_point": -sum(totals) / sum(points)}

    def plot(self, raw, labels, answers, folder, title=""):
        from rnn_zoo import plots

        drawings = [answer["points"] for answer in answers[:DRAWINGS_SHOWN]]
        for index, points in enumerate(drawings[:3]):
            write_svg(points, Path(folder) / f"drawing_{index}.svg")
        return [plots.drawings(drawings, Path(folder) / "drawings.png", title, headings=raw[:DRAWINGS_SHOWN])]

    def write(self, answer, path):
        """Write `{"points": drawing}` as an SVG file, or draw a picture; the path ends in one of `file_endings`."""
        from rnn_zoo import plots

        ending = check_ending(path, self.file_endings)
        return write_svg(answer["points"], path) if ending == ".svg" else plots.drawings([answer["points"]], path)

    def to_text(self, raw, answer):
        best_first = answer if isinstance(answer, list) else [answer]
        return "  ".join(
            " | ".join(" ".join(f"{x:.0f},{y:.0f}" for x, y in stroke) for stroke in strokes_of(one["points"]))
            for one in best_first
        )

    def to_json(self, answer):
        if isinstance(answer, list):
            return [self.to_json(one) for one in answer]
        return {**answer, "points": np.round(np.asarray(answer["points"], "float64"), 2).tolist()}
