"""Bacteria: learn from 250 bases of a genome which of ten genera it belongs to.

TensorFlow Datasets downloads 0.9 GiB and keeps it: a million sequences, of which 100,000 a part are read unless --limit
says otherwise. Validation and test hold genomes that were found later than those of train. Either strand may be read,
so half the sequences are reversed and complemented while training.

python recipes/dna_genomics_ood.py
python recipes/dna_genomics_ood.py --limit 0 --epochs 3
"""

from rnn_zoo.training import Recipe
from rnn_zoo.training.builds import first_of


def build(builder, training, class_names, *, k=4, embedding_dim=32, units=96, dropout=0.2):
    """A reader of overlapping k-mers.

    Args:
        k: bases a symbol; all overlapping ones are read.
        embedding_dim: size of a k-mer's vector.
        units: size of the hidden state, in each direction.
        dropout: rate before the head.
    """
    return builder(
        class_names, weights=None, k=k, embedding_dim=embedding_dim, units=units, dropout=dropout,
        reverse_complement=0.5,
    )  # fmt: skip


main = Recipe(
    __file__, "dna", "genomics_ood", build, cores=("gru", "lstm", "simple_rnn"), load=first_of("genomics_ood"),
    limit=100_000, epochs=5, batch_size=128, learning_rate=3e-3, smoke={"units": 4, "limit": 100}, smoke_share=1,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
