"""Gene families: learn from human, chimpanzee and dog genes which of seven families a coding sequence belongs to.

python recipes/dna_gene_family.py --data-dir data/dna_gene_family  # human_data.txt, chimp_data.txt, dog_data.txt
python recipes/dna_gene_family.py --data-dir data/dna_gene_family --core lstm --train-subset human
"""

from rnn_zoo.datasets import load_splits, subsets
from rnn_zoo.training import Recipe


def load(source, *, subset="human", train_subset="all"):
    """Genes of some species.

    Args:
        subset: the species whose genes are for validation and test.
        train_subset: the species whose genes to learn from; --all-train takes those of all.
    """
    held_out = load_splits("gene_family", source=source, subset=subset)
    return {
        **held_out,
        "train": load_splits("gene_family", source=source, subset=train_subset)["train"],
        "all_train": load_splits("gene_family", source=source, subset="all")["all_train"],
    }


main = Recipe.of(
    globals(), "dna", "gene_family", load=load, k=6, stride=3, num_bigrams=100_000, max_timesteps=1_000,
    truncation="start_and_end", epochs=12, batch_size=32, learning_rate=4e-3,
    choices={"train_subset": subsets("gene_family")},
)  # fmt: skip
