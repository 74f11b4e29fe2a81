"""Learning from how good a network's own answers are, by which it is measured, and not from likelihood."""

import keras
import numpy as np

from rnn_zoo.buckets import length_buckets
from rnn_zoo.codecs.sequences import all_of_each
from rnn_zoo.encoding import encode
from rnn_zoo.pipeline import bucket_width_of, dataset_of

BATCHES_A_ROUND = 50
"""So many batches are written with the same weights, and then learned from."""
LIKELIHOOD = 0.004
"""What the likelihood of a right answer weighs beside the risk: without it, scores rise and grammar is lost."""


class OwnAnswers(keras.callbacks.Callback):
    """Draw answers to examples, round by round, and teach each of them as far as it is better than the others.

    What is made small is the risk, the mean error of the different answers to an example, each weighted by how probable
    the network finds it among them. Its gradient is that of likelihood, times `share * (score - mean score)` of each
    answer; scores are `codec.score`. Beside it a right answer to each example is taught as ever, with little weight.
    An epoch of Keras is a round, whose batches are written before it begins.

    Args:
        network: a Task that writes about what it reads, and has learned from labels.
        raw: raw examples; those that are one object, or one text, are one example with several right answers.
        labels: the right answers.
        batch_size: examples a batch; it has `num_answers + 1` rows for each.
        num_answers: drawn for each example, at least 2.
        seed: of the order of the examples, and of what is drawn.

    Source: minimum risk training: Shen et al., ACL 2016, equations 9 to 13, with alpha = 1 and without the label among
    the answers; with likelihood: Wu et al., 2016, equation 9; of captions: Rennie et al., CVPR 2017; of pronunciations:
    Prabhavalkar et al., ICASSP 2018.
    """

    def __init__(self, network, raw, labels, *, batch_size, num_answers, seed):
        super().__init__()
        writes = getattr(network, "has_encoder", False) and hasattr(network.codec, "score")
        if num_answers < 2 or not writes or network.get_layer("decoder").sampling is not None:
            raise ValueError(
                "num_answers must be 0, or at least 2 for a model that writes about what it reads, without scheduled "
                f"sampling. Received: {num_answers=} for {network.name}"
            )
        self.network, self.num_answers, self.seed = network, num_answers, seed
        raw = list(raw)  # kept until the end, so that no two have one id
        names = [one if isinstance(one, str) else id(one) for one in raw]
        encoded, targets = encode(network.preprocessor, network.codec, raw, labels)
        examples = {}
        for name, one, target, some in zip(names, encoded, targets, all_of_each(labels), strict=True):
            _, taught, right = examples.setdefault(name, (one, [], []))
            taught.append(target)
            right.extend(some)
        self.encoded, self.taught, self.right = zip(*examples.values(), strict=True)
        self.batch_size = min(batch_size, len(examples))
        self.steps = min(BATCHES_A_ROUND, len(examples) // self.batch_size)
        self._round, self._batches, self._score = None, [], 0.0

    @property
    def rounds_an_epoch(self):
        """How many make up a pass over the examples; those of less than a round are left out of each pass."""
        return len(self.right) // (self.steps * self.batch_size)

    def dataset(self, number):
        """The batches of rounds, that of a number first: `(inputs, targets, weights)`."""
        import tensorflow as tf

        self.on_epoch_begin(number)
        signature = keras.tree.map_structure(
            lambda one: tf.TensorSpec([None, *one.shape[1:]], one.dtype), self.network.input
        )
        signature = (signature, tf.TensorSpec([None, None], "int32"), tf.TensorSpec([None], "float32"))
        return dataset_of(lambda: iter(self._batches), signature, self.steps)

    def on_epoch_begin(self, epoch, logs=None):
        """Write the batches of a round."""
        if epoch == self._round:
            return
        size, (passed, number) = self.steps * self.batch_size, divmod(epoch, self.rounds_an_epoch)
        order = np.random.default_rng([self.seed, passed]).permutation(len(self.right))
        chosen = order[number * size : (number + 1) * size]
        encoded, task = [self.encoded[index] for index in chosen], self.network
        found = task.drawn_answers(encoded, self.num_answers, seed=self.seed + epoch, batch_size=self.batch_size)
        means, weights = zip(*map(self._weights, chosen, found), strict=True)
        rng, width = np.random.default_rng([self.seed, passed, number]), bucket_width_of(task.preprocessor)
        taught = [self.taught[index][rng.integers(len(self.taught[index]))] for index in chosen]
        tokens = [[one, *(answer.tokens for answer in some)] for one, some in zip(taught, found, strict=True)]
        self._round, self._score, self._batches = epoch, float(np.mean(means)), []
        for rows, timesteps in length_buckets(encoded, self.batch_size, width, rng):
            inputs = task.preprocessor.pad([encoded[row] for row in rows for _ in tokens[row]], timesteps)
            targets = task.codec.pad([one for row in rows for one in tokens[row]])
            together = np.concatenate([[LIKELIHOOD, *weights[row]] for row in rows]).astype("float32")
            together *= 1 + self.num_answers
            self._batches.append((task.teacher_forced(inputs, targets), targets, together))

    def on_epoch_end(self, epoch, logs=None):
        logs["score"] = self._score

    def _weights(self, index, answers):
        """The mean score of the answers to an example, and what to multiply the loss of each with."""
        scores = np.array([self.network.codec.score(self.right[index], one.answer) for one in answers])
        first = {one.tokens.tobytes(): row for row, one in reversed(list(enumerate(answers)))}
        likely = np.full(len(answers), -np.inf)
        likely[list(first.values())] = [answers[row].log_probability for row in first.values()]
        shares = np.exp(likely - likely.max())
        shares /= shares.sum()
        mean = shares @ scores
        return mean, shares * (scores - mean)
