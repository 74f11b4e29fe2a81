"""Gene families: learn from human, chimpanzee and dog genes which of seven families a coding sequence belongs to.

python recipes/dna_gene_family.py --data-dir data/dna_gene_family  # human_data.txt, chimp_data.txt, dog_data.txt
python recipes/dna_gene_family.py --data-dir data/dna_gene_family --core lstm --train-species human
"""

import time

from rnn_zoo import dna_gru, dna_lstm, dna_simple_rnn, load_dataset
from rnn_zoo.datasets.dna_gene_family import CLASS_NAMES, SUBSETS
from rnn_zoo.datasets.original_files import Examples
from rnn_zoo.training import recipe_command, report, start, train

CORES = {"simple_rnn": dna_simple_rnn, "gru": dna_gru, "lstm": dna_lstm}
CHOICES = {"core": CORES, "train_species": SUBSETS, "species": SUBSETS}
HELP = {
    "core": "What reads the k-mers.",
    "species": "Whose genes are for validation and test.",
    "train_species": "Whose genes to learn from.",
    "k": "Bases a symbol.",
    "stride": "Bases from one symbol to the next; 3 reads in the frame of the codons.",
    "embedding_dim": "Size of a k-mer's vector.",
    "units": "Size of the hidden state, in each direction.",
    "max_timesteps": "Longer genes keep half of that many k-mers at their head and half at their tail.",
}


def main(
    *, core="gru", species="human", train_species="all", k=6, stride=3, embedding_dim=64, units=64, max_timesteps=600,
    epochs=20, batch_size=32, learning_rate=4e-3, data_dir=None, output="runs/dna_gene_family", seed=0,
    all_train=False, smoke=False, resume=False, mixed_precision=False, distribute="none",
):  # fmt: skip
    """Load, build, fit, evaluate once, show, save; returns the metrics on the test part."""
    settings = dict(locals())
    setup = start(seed, mixed_precision, distribute)
    if all_train:
        training, validation, test = load_dataset("dna_gene_family", "all_train", source=data_dir), None, None
    else:
        training = load_dataset("dna_gene_family", "train", source=data_dir, subset=train_species)
        validation, test = (
            load_dataset("dna_gene_family", part, source=data_dir, subset=species) for part in ("validation", "test")
        )
    if smoke:
        epochs, units = 1, 4
        training, validation, test = (
            part and Examples(part.raw[::50], part.labels[::50]) for part in (training, validation, test)
        )

    with setup.scope:
        task = CORES[core](
            CLASS_NAMES, weights=None, k=k, stride=stride, embedding_dim=embedding_dim, units=units,
            max_timesteps=max_timesteps, truncation="head_and_tail",
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
