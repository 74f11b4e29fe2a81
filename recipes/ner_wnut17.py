"""Named entities: learn from tweets (WNUT-17) which words name persons, places, products, works, groups, ...

python recipes/ner_wnut17.py --data-dir wnut17  # a folder with wnut17train.conll and emerging.dev.conll
python recipes/ner_wnut17.py --data-dir wnut17 --core gru --seed 1
python recipes/ner_wnut17.py --data-dir wnut17 --word-vectors glove.6B.100d.txt
"""

import time

from rnn_zoo import Tokens, load_dataset, ner_gru, ner_lstm, ner_simple_rnn
from rnn_zoo.datasets.original_files import Examples
from rnn_zoo.datasets.wnut17 import CLASS_NAMES
from rnn_zoo.training import recipe_command, report, start, train

CORES = {"simple_rnn": ner_simple_rnn, "gru": ner_gru, "lstm": ner_lstm}
CHOICES = {"core": CORES, "head": ("crf", "softmax")}
HELP = {
    "core": "What reads the words and their characters.",
    "vocabulary_size": "Words known to the model; others are read by their characters.",
    "embedding_dim": "Size of a word's vector.",
    "units": "Size of the hidden state over words, in each direction.",
    "head": "crf also scores neighbouring tags; softmax decides word by word.",
    "word_vectors": "A file with vectors of --embedding-dim numbers, in GloVe's or word2vec's text format.",
}


def main(
    *, core="lstm", vocabulary_size=12_000, embedding_dim=100, units=128, head="crf", word_vectors=None, epochs=20,
    batch_size=16, learning_rate=4e-3, data_dir=None, output="runs/ner_wnut17", seed=0, all_train=False, smoke=False,
    resume=False, mixed_precision=False, distribute="none",
):  # fmt: skip
    """Load, build, fit, evaluate once, show, save; returns the metrics on the test part."""
    settings = dict(locals())
    setup = start(seed, mixed_precision, distribute)
    parts = ("all_train",) if all_train else ("train", "validation", "test")
    splits = [load_dataset("wnut17", part, source=data_dir) for part in parts]
    training, validation, test = [*splits, None, None][:3]
    if smoke:
        epochs, units, embedding_dim = 1, 8, embedding_dim if word_vectors else 8
        training, validation, test = (
            part and Examples(part.raw[::50], part.labels[::50]) for part in (training, validation, test)
        )

    vocabulary = Tokens.build_vocabulary(training.raw, vocabulary_size - 2, min_count=1 if word_vectors else 2)
    characters = Tokens.build_characters(training.raw, min_count=3)
    with setup.scope:
        task = CORES[core](
            vocabulary, characters, CLASS_NAMES, weights=None, embedding_dim=embedding_dim, units=units,
            crf=head == "crf", word_vectors=word_vectors,
        )  # fmt: skip
    task.summary()

    began = time.time()
    history = train(
        task, training, validation, epochs=epochs, learning_rate=learning_rate, batch_size=batch_size, seed=seed,
        output=output, resume=resume,
    )  # fmt: skip
    minutes = (time.time() - began) / 60
    return report(task, history, test, output, settings=settings, minutes=minutes, validation=validation)


if __name__ == "__main__":
    recipe_command(main, choices=CHOICES, help_texts=HELP)()
