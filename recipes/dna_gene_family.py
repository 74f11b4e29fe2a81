"""Gene families: learn from human, chimpanzee and dog genes which of seven families a coding sequence belongs to.

python recipes/dna_gene_family.py --data-dir data/dna_gene_family  # human_data.txt, chimp_data.txt, dog_data.txt
python recipes/dna_gene_family.py --data-dir data/dna_gene_family --core lstm --train-species human
"""

from rnn_zoo import load_dataset
from rnn_zoo.datasets import subsets
from rnn_zoo.training import Recipe


def load(part, source, *, species="human", train_species="all"):
    """Genes of some species.

    Args:
        species: whose genes are for validation and test.
        train_species: whose genes to learn from; --all-train takes those of all.
    """
    subset = {"train": train_species, "all_train": "all"}.get(part, species)
    return load_dataset("dna_gene_family", part, source=source, subset=subset)


def build(builder, training, class_names, *, k=6, stride=3, embedding_dim=64, units=64, max_timesteps=600):
    """A reader of k-mers in the frame of the codons.

    Args:
        k: bases a symbol.
        stride: bases from one symbol to the next; 3 reads in the frame of the codons.
        embedding_dim: size of a k-mer's vector.
        units: size of the hidden state, in each direction.
        max_timesteps: longer genes keep half of that many k-mers at their head and half at their tail.
    """
    return builder(
        class_names, weights=None, k=k, stride=stride, embedding_dim=embedding_dim, units=units,
        max_timesteps=max_timesteps, truncation="head_and_tail",
    )  # fmt: skip


main = Recipe(
    __file__, "dna", "dna_gene_family", build, cores=("gru", "lstm", "simple_rnn"), load=load, epochs=20,
    batch_size=32, learning_rate=4e-3, smoke={"units": 4},
    choices=dict.fromkeys(("species", "train_species"), subsets("dna_gene_family")),
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
