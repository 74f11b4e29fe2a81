"""Promoters: learn whether transcription of a gene starts in a piece of DNA, in Escherichia coli or another organism.

python recipes/dna_promoters.py --data-dir data/promoters  # Ecoli_prom.fa and Ecoli_non_prom.fa
python recipes/dna_promoters.py --data-dir data/promoters --organism bacillus --core lstm
"""

from rnn_zoo import load_dataset
from rnn_zoo.datasets import subsets
from rnn_zoo.training import Recipe


def load(part, source, *, organism="ecoli"):
    """Promoters and other pieces of DNA.

    Args:
        organism: whose promoters to learn.
    """
    return load_dataset("promoters", part, source=source, subset=organism)


def build(
    builder, training, class_names, *, k=1, embedding_dim=0, motifs=48, motif_length=7, units=64, num_layers=1,
    places=81, embedding_dropout=0.1, dropout=0.5,
):  # fmt: skip
    """A reader of overlapping k-mers.

    Args:
        k: bases a symbol; all overlapping ones are read.
        embedding_dim: size of a k-mer's vector; 0 for one-hot vectors.
        motifs: convolutions that look for motifs before the recurrence; 0 for none.
        motif_length: k-mers that each of them sees.
        units: size of the hidden state, in each direction.
        num_layers: recurrent layers on top of one another.
        places: places with weights of their own in the pooling; 0 to forget where something was.
        embedding_dropout: rate at which embedding features go missing while training.
        dropout: rate between layers and before the head.
    """
    return builder(
        class_names, weights=None, k=k, embedding_dim=embedding_dim or None, motifs=motifs, motif_length=motif_length,
        units=units, num_layers=num_layers, places=places, embedding_dropout=embedding_dropout, dropout=dropout,
    )  # fmt: skip


main = Recipe(
    __file__, "dna", "promoters", build, cores=("gru", "lstm", "simple_rnn"), load=load, epochs=20, batch_size=64,
    learning_rate=3e-3, weight_decay=0.05, smoke={"units": 4}, smoke_share=30,
    choices={"organism": subsets("promoters")},
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
