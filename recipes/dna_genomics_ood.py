"""Bacteria: learn from 250 bases of a genome which of ten genera it belongs to.

TensorFlow Datasets downloads 0.9 GiB and keeps it: a million sequences, of which 100,000 a split are read unless
--limit says otherwise. Validation and test hold genomes that were found later than those of train. Either strand may
be read, so half the sequences are reversed and complemented while training.

python recipes/dna_genomics_ood.py
python recipes/dna_genomics_ood.py --limit none --epochs 3
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "dna", "genomics_ood", limit=100_000, k=4, units=96, dropout=0.2, reverse_complement=0.5, epochs=5,
    batch_size=128, learning_rate=3e-3,
)  # fmt: skip
