"""DNA: which class does a sequence of nucleotides belong to?"""

import keras
from keras import layers

from rnn_zoo.codecs import Classes
from rnn_zoo.layers import (
    ClearPadding,
    OneHot,
    RandomReverseComplement,
    SequenceLengths,
    WordDropout,
    pooled_recurrent_stack,
)
from rnn_zoo.preprocessors import DNA
from rnn_zoo.registry import zoo_model
from rnn_zoo.task import Task


def dna(
    class_names,
    *,
    core,
    k=3,
    stride=1,
    embedding_dim=32,
    motifs=0,
    motif_length=7,
    units=64,
    num_layers=1,
    bidirectional=True,
    places=0,
    max_timesteps=1000,
    truncation="start",
    reverse_complement=0.0,
    kmer_dropout=0.1,
    embedding_dropout=0.2,
    dropout=0.5,
):
    """Classify DNA: k-mers -> Embedding or one-hot -> {core} in both directions -> maximum and mean -> logits.

    Args:
        class_names: names of the classes, in the order of the logits.
        k: bases a symbol, 1 to 6.
        stride: bases from one symbol to the next: 1 for all overlapping k-mers, 3 for coding sequences, whose amino
            acids are three bases each, k for pieces, which suits long sequences.
        embedding_dim: size of a k-mer's vector; None for one-hot vectors.
        motifs: convolutions that look for motifs before the recurrence, as in DanQ; 0 for none.
        motif_length: k-mers that each of them sees.
        units: size of the hidden state of one direction.
        num_layers: recurrent layers on top of one another.
        bidirectional: read from both ends.
        places: so many places have trained weights in a third pooling, for sequences that are aligned, such as
            promoters, see `rnn_zoo.layers.PlaceWeightedPooling`; 0 for none.
        max_timesteps: sequences of more k-mers are cut; None keeps them whole.
        truncation: which part of a longer sequence is kept: "start", "end" or "start_and_end" (half of each).
        reverse_complement: rate at which sequences are read from the other strand while training, in [0, 1]. 0.5 suits
            classes that do not depend on the strand; 0 suits genes and promoters, which have a direction.
        kmer_dropout: rate at which k-mers become unknown while training, in [0, 1).
        embedding_dropout: rate at which embedding features go missing for a whole sequence, in [0, 1).
        dropout: rate between layers and before the head, in [0, 1).
        weights: a trained model by name (see `rnn_zoo.list_weights`), the path of a `.keras` file, or None for a fresh
            model. Without any argument: the default trained model.

    Returns:
        A Task: `<int32>[batch, timesteps]`, right-padded with 0, to logits `<float32>[batch, classes]`.

    Raises:
        ValueError: for weights together with architecture arguments, unknown weights, or illegal settings.

    Example:
        >>> fresh = rnn_zoo.dna_gru(["coding", "non-coding"], weights=None, k=3, stride=3, units=8)
        >>> fresh.infer(["ATGTGTGGCATTNGGGCG", "ttatagcca"], top_k=2)[1][0]["label"] in ("coding", "non-coding")
        True

    Source: recurrent networks over one-hot DNA: Quang & Xie, "DanQ: a hybrid convolutional and recurrent deep neural
    network for quantifying the function of DNA sequences", Nucleic Acids Research 2016; over embedded k-mers: Shen, Bao
    & Huang, "Recurrent neural network for predicting transcription factor binding sites", Scientific Reports 2018.
    """
    preprocessor = DNA(k, stride=stride, max_timesteps=max_timesteps, truncation=truncation)
    codec = Classes(class_names)
    kmer_ids = keras.Input((None,), dtype="int32", name="kmer_ids")
    lengths = SequenceLengths(name="lengths")(kmer_ids)
    x = RandomReverseComplement(k, reverse_complement, name="reverse_complement")(kmer_ids, lengths)
    x = WordDropout(kmer_dropout, name="kmer_dropout")(x)
    if embedding_dim is None:
        x = OneHot(preprocessor.vocabulary_size, name="one_hot")(x)
    else:
        x = layers.Embedding(preprocessor.vocabulary_size, embedding_dim, name="embedding")(x)
    if motifs:
        x = ClearPadding(name="real_kmers")(x, lengths)
        x = layers.Conv1D(motifs, motif_length, padding="same", activation="relu", name="motifs")(x)
    x = layers.SpatialDropout1D(embedding_dropout, name="embedding_dropout")(x)
    x = pooled_recurrent_stack(
        x, lengths, core, units, num_layers, places=places, bidirectional=bidirectional, dropout=dropout
    )
    x = layers.Dropout(dropout, name="features")(x)
    logits = layers.Dense(len(codec.class_names), dtype="float32", name="logits")(x)
    return Task(kmer_ids, logits, preprocessor=preprocessor, codec=codec, name=f"dna_{core}")


dna_simple_rnn = zoo_model(dna, core="simple_rnn")
dna_gru = zoo_model(dna, core="gru")
dna_lstm = zoo_model(dna, core="lstm")
