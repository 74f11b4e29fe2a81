"""What a CRF costs: its loss and Viterbi's algorithm, and a training step of a tagger with it and without.

    python recipes/benchmarks/crf_speed.py
    python recipes/benchmarks/crf_speed.py --num-tags 20 --json crf.json

Sentences are random words, all of the full length: only their number counts. The tagger is that of the zoo (words and
their characters, bidirectional LSTM) in its usual sizes. Its two training steps, each with its loss, gradient and
accuracy, take turns, so that a slow minute of the machine falls on both. A first step of each, which compiles it, does
not count. Two clocks: that on the wall, and that of the processor, which other programs on the machine disturb less.
"""

import keras
import numpy as np
import tensorflow as tf
from measuring import clocked, write_json

from rnn_zoo import Tags, Tokens
from rnn_zoo.layers.crf import CRF, best_path, log_partition, path_score
from rnn_zoo.models.tagging import build
from rnn_zoo.training import script_command


def crf_functions(batch_size, length, num_tags, rng):
    """The loss with its gradient, and Viterbi's algorithm, from random logits."""
    crf = CRF(None)
    logits = tf.constant(rng.normal(size=(batch_size, length, num_tags)), tf.float32)
    tags = tf.constant(rng.integers(0, num_tags, (batch_size, length)), tf.int32)
    lengths = tf.fill([batch_size], length)
    crf(logits, lengths)

    @tf.function
    def loss_and_gradient():
        with tf.GradientTape() as tape:
            tape.watch(logits)
            scores = crf(logits, lengths)
            loss = tf.reduce_sum(log_partition(scores) - path_score(scores, tags))
        return tape.gradient(loss, [logits, *crf.trainable_variables])

    @tf.function
    def viterbi():
        return best_path(crf(logits, lengths))

    return {"loss": lambda: loss_and_gradient()[0].numpy(), "viterbi": lambda: viterbi().numpy()}


def training_steps(batch_size, length, num_tags, units, rng):
    """A training step of the same tagger with each of the two heads."""
    words = ["".join(letters) for letters in rng.choice(list("abcdefghij"), (2000, 6))]
    sentences = rng.choice(words, (batch_size, length)).tolist()
    names = [f"tag{index}" for index in range(num_tags)]
    preprocessor = Tokens.from_examples(sentences)
    inputs, steps = preprocessor(sentences), {}
    for name, crf in (("softmax", False), ("crf", True)):
        codec = Tags(names, crf=crf)
        task = build(preprocessor, codec, core="lstm", name=name, units=units, word_dropout=0.0)
        task.compile(keras.optimizers.AdamW(1e-3, global_clipnorm=1.0))
        targets = codec([[names[index] for index in row] for row in rng.integers(0, num_tags, (batch_size, length))])
        steps[name] = lambda task=task, targets=targets: task.train_on_batch(inputs, targets)
    return steps


def run(*, batch_size=32, length=100, num_tags=50, units=128, rounds=10, json: str | None = None):
    """Measure the CRF alone, then the two training steps, and print tokens a second.

    Args:
        length: words a sentence.
        num_tags: tags to choose from.
        units: size of the hidden state of one direction.
        rounds: times that each is measured; the median counts.
    """
    rng = np.random.default_rng(0)
    times = clocked(crf_functions(batch_size, length, num_tags, rng), rounds)
    times |= clocked(training_steps(batch_size, length, num_tags, units, rng), rounds)
    tokens = batch_size * length
    labels = {"loss": "CRF loss and gradient", "viterbi": "Viterbi", "softmax": "step, softmax", "crf": "step, CRF"}
    for name, (wall, processor) in times.items():
        print(
            f"{labels[name]:<22} {1000 * wall:>8.1f} ms, processor {1000 * processor:>8.1f} ms, "
            f"{tokens / wall:>10,.0f} tokens/s"
        )
    ratios = {clock: times["crf"][index] / times["softmax"][index] for index, clock in enumerate(("wall", "processor"))}
    print(f"A step with a CRF takes {ratios['wall']:.2f}x that of a softmax ({ratios['processor']:.2f}x processor).")
    content = {
        "batch_size": batch_size,
        "length": length,
        "num_tags": num_tags,
        "units": units,
        "seconds": {name: {"wall": wall, "processor": processor} for name, (wall, processor) in times.items()},
        "tokens_a_second": {name: tokens / wall for name, (wall, _) in times.items()},
        "crf_over_softmax": ratios,
    }
    write_json(json, content)


main = script_command(globals(), run)
