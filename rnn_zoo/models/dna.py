"""DNA: which class does a sequence of nucleotides belong to?"""

import keras
from keras import layers

from rnn_zoo.codecs import Classes
from rnn_zoo.heads import head_of
from rnn_zoo.layers import (
    ClearPadding,
    OneHot,
    RandomReverseComplement,
    SequenceLengths,
    WordDropout,
    beside_bigrams,
    pooled_recurrent_stack,
)
from rnn_zoo.models.tokenizers import bigrams
from rnn_zoo.preprocessors import DNA
from rnn_zoo.task import Task

LEARN = {"preprocessor": DNA, "bigrams": bigrams, "codec": Classes}
CHOICES = {"truncation": ("start", "end", "start_and_end")}


def build(
    preprocessor, codec, bigrams=(), *, core, name, embedding_dim: int | None = 32, bigram_dim=16, motifs=0,
    motif_length=7, units=64, num_layers=1, bidirectional=True, num_positions=0, reverse_complement=0.0,
    kmer_dropout=0.1, embedding_dropout=0.2, dropout=0.5,
):  # fmt: skip
    """Classify DNA: k-mers -> Embedding or one-hot -> {core} in both directions -> maximum and mean -> logits.

    Args:
        preprocessor: `rnn_zoo.DNA`.
        codec: `rnn_zoo.Classes`.
        bigrams: known pairs of neighbouring k-mers, from `preprocessor.build_bigrams`, that get a vector at the second
            of them: with k=6 and stride=3 they are pieces of nine bases in the frame of the first.
        motifs: convolutions that look for motifs before the recurrence, as in DanQ; 0 for none.
        motif_length: k-mers that each of them sees.
        num_positions: so many positions have trained weights in a third pooling, for sequences that are aligned, such
            as promoters, see `rnn_zoo.layers.PositionWeightedPooling`; 0 for none.
        reverse_complement: rate at which sequences are read from the other strand while training, in [0, 1]. 0.5 suits
            classes that do not depend on the strand; 0 suits genes and promoters, which have a direction.
        kmer_dropout: rate at which k-mers, and pairs, become unknown while training, in [0, 1).

    Returns:
        A Task: `<int32>[batch, timesteps]`, right-padded with 0, to logits `<float32>[batch, classes]`.

    Example:
        >>> examples = ["ATGTGTGGCATTNGGGCG", "ttatagcca"], ["coding", "non-coding"]
        >>> fresh = rnn_zoo.dna_gru.from_examples(examples, k=3, stride=3, units=8)
        >>> fresh.infer("ATGTGT", top_k=2)[0]["label"] in ("coding", "non-coding")
        True

    Source: recurrent networks over one-hot DNA: Quang & Xie, "DanQ: a hybrid convolutional and recurrent deep neural
    network for quantifying the function of DNA sequences", Nucleic Acids Research 2016; over embedded k-mers: Shen, Bao
    & Huang, "Recurrent neural network for predicting transcription factor binding sites", Scientific Reports 2018.
    """
    kmer_ids = keras.Input((None,), dtype="int32", name="kmer_ids")
    lengths = SequenceLengths(name="lengths")(kmer_ids)
    strand = RandomReverseComplement(preprocessor.k, reverse_complement, name="reverse_complement")(kmer_ids, lengths)
    x = WordDropout(kmer_dropout, name="kmer_dropout")(strand)
    if embedding_dim is None:
        x = OneHot(preprocessor.vocabulary_size, name="one_hot")(x)
    else:
        x = layers.Embedding(preprocessor.vocabulary_size, embedding_dim, name="embedding")(x)
    pairs = preprocessor.bigram_ids(bigrams)
    x = beside_bigrams(x, strand, pairs, preprocessor.vocabulary_size, bigram_dim, kmer_dropout)
    if motifs:
        x = ClearPadding(name="real_kmers")(x, lengths)
        x = layers.Conv1D(motifs, motif_length, padding="same", activation="relu", name="motifs")(x)
    x = layers.SpatialDropout1D(embedding_dropout, name="embedding_dropout")(x)
    x = pooled_recurrent_stack(
        x, lengths, core, units, num_layers, num_positions=num_positions, bidirectional=bidirectional, dropout=dropout
    )
    x = layers.Dropout(dropout, name="features")(x)
    return Task(kmer_ids, head_of(codec, x), preprocessor=preprocessor, codec=codec, name=name)
