"""Promoters: learn whether transcription of a gene starts in a piece of DNA, in Escherichia coli or another organism.

python recipes/dna_promoters.py --data-dir data/promoters  # Ecoli_prom.fa and Ecoli_non_prom.fa
python recipes/dna_promoters.py --data-dir data/promoters --organism bacillus --core lstm
"""

import time

from rnn_zoo import dna_gru, dna_lstm, dna_simple_rnn, load_dataset
from rnn_zoo.datasets.original_files import Examples
from rnn_zoo.datasets.promoters import CLASS_NAMES, SUBSETS
from rnn_zoo.training import recipe_command, report, start, train

CORES = {"simple_rnn": dna_simple_rnn, "gru": dna_gru, "lstm": dna_lstm}
CHOICES = {"core": CORES, "organism": SUBSETS}
HELP = {
    "core": "What reads the k-mers.",
    "organism": "Whose promoters to learn.",
    "k": "Bases a symbol; all overlapping ones are read.",
    "embedding_dim": "Size of a k-mer's vector.",
    "units": "Size of the hidden state, in each direction.",
    "num_layers": "Recurrent layers on top of one another.",
    "embedding_dropout": "Rate at which embedding features go missing while training.",
    "dropout": "Rate between layers and before the head.",
}


def main(
    *, core="gru", organism="ecoli", k=3, embedding_dim=32, units=64, num_layers=2, embedding_dropout=0.1, dropout=0.5,
    epochs=25, batch_size=64, learning_rate=3e-3, data_dir=None, output="runs/dna_promoters", seed=0, all_train=False,
    smoke=False, resume=False, mixed_precision=False, distribute="none",
):  # fmt: skip
    """Load, build, fit, evaluate once, show, save; returns the metrics on the test part."""
    settings = dict(locals())
    setup = start(seed, mixed_precision, distribute)
    parts = ("all_train",) if all_train else ("train", "validation", "test")
    training, validation, test = [
        *(load_dataset("promoters", part, source=data_dir, subset=organism) for part in parts), None, None
    ][:3]  # fmt: skip
    if smoke:
        epochs, units = 1, 4
        training, validation, test = (
            part and Examples(part.raw[::30], part.labels[::30]) for part in (training, validation, test)
        )

    with setup.scope:
        task = CORES[core](
            CLASS_NAMES, weights=None, k=k, embedding_dim=embedding_dim, units=units, num_layers=num_layers,
            embedding_dropout=embedding_dropout, dropout=dropout,
        )  # fmt: skip
    task.summary()

    began = time.time()
    history = train(
        task, training, validation, epochs=epochs, learning_rate=learning_rate, batch_size=batch_size, seed=seed,
        output=output, resume=resume,
    )  # fmt: skip
    return report(task, history, test, output, settings=settings, minutes=(time.time() - began) / 60)


if __name__ == "__main__":
    recipe_command(main, choices=CHOICES, help_texts=HELP)()
