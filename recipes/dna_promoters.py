"""Promoters: learn whether transcription of a gene starts in a piece of DNA, in Escherichia coli or another organism.

python recipes/dna_promoters.py --data-dir data/promoters  # Ecoli_prom.fa and Ecoli_non_prom.fa
python recipes/dna_promoters.py --data-dir data/promoters --subset bacillus --core lstm
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "dna", "promoters", subset="ecoli", k=1, embedding_dim=None, motifs=48, num_positions=81,
    embedding_dropout=0.1, epochs=20, batch_size=64, learning_rate=3e-3, weight_decay=0.05,
)  # fmt: skip
