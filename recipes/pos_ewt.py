"""Parts of speech: learn from the English Web Treebank (UD English EWT) whether a word is a noun, a verb, ...

python recipes/pos_ewt.py --data-dir ud_english_ewt  # a folder with the treebank's .conllu files (or .gz, .xz)
python recipes/pos_ewt.py --data-dir ud_english_ewt --core gru --seed 1
python recipes/pos_ewt.py --data-dir ud_english_ewt --word-vectors glove.6B.100d.txt
"""

import time

from rnn_zoo import Tokens, load_dataset, pos_gru, pos_lstm, pos_simple_rnn
from rnn_zoo.datasets.original_files import Examples
from rnn_zoo.datasets.ud_english_ewt import CLASS_NAMES
from rnn_zoo.training import recipe_command, report, start, train

CORES = {"simple_rnn": pos_simple_rnn, "gru": pos_gru, "lstm": pos_lstm}
CHOICES = {"core": CORES}
HELP = {
    "core": "What reads the words and their characters.",
    "vocabulary_size": "Words known to the model; others are read by their characters.",
    "embedding_dim": "Size of a word's vector.",
    "units": "Size of the hidden state over words, in each direction.",
    "crf": "Score neighbouring tags too.",
    "word_vectors": "A file with vectors of --embedding-dim numbers, in GloVe's or word2vec's text format.",
}


def main(
    *, core="lstm", vocabulary_size=12_000, embedding_dim=100, units=128, crf=False, word_vectors=None, epochs=12,
    batch_size=32, learning_rate=4e-3, data_dir=None, output="runs/pos_ewt", seed=0, all_train=False, smoke=False,
    resume=False, mixed_precision=False, distribute="none",
):  # fmt: skip
    """Load, build, fit, evaluate once, show, save; returns the metrics on the test part."""
    settings = dict(locals())
    setup = start(seed, mixed_precision, distribute)
    parts = ("all_train",) if all_train else ("train", "validation", "test")
    splits = [load_dataset("ud_english_ewt", part, source=data_dir) for part in parts]
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
            vocabulary, characters, CLASS_NAMES, weights=None, embedding_dim=embedding_dim, units=units, crf=crf,
            word_vectors=word_vectors,
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
