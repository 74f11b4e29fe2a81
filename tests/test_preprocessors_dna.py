"""DNA to k-mers, k-mers to ids, and the other strand."""

import random

import keras
import numpy as np
import pytest

from rnn_zoo.layers import OneHot, RandomReverseComplement
from rnn_zoo.layers.tokens import other_strand_ids
from rnn_zoo.preprocessors import DNA


def reverse_complement(sequence):
    """The other strand, read in its own direction."""
    return sequence.translate(str.maketrans("ACGTNacgtn", "TGCANtgcan"))[::-1]


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 6])
def test_an_id_is_two_plus_the_number_that_the_kmer_spells_in_base_four(k):
    dna = DNA(k)
    assert dna.vocabulary_size == 4**k + 2
    kmer = "GATTCA"[:k]
    assert dna([kmer]).tolist() == [[2 + int("".join(str("ACGT".index(base)) for base in kmer), 4)]]
    assert dna(["A" * k, "T" * k]).tolist() == [[2], [4**k + 1]]


@pytest.mark.parametrize(
    ("k", "stride", "kmers"),
    [
        (1, 1, ["A", "T", "G", "C", "C", "N", "T", "A"]),
        (3, 1, ["ATG", "TGC", "GCC", "CCN", "CNT", "NTA"]),
        (3, 3, ["ATG", "CCN"]),
        (6, 1, ["ATGCCN", "TGCCNT", "GCCNTA"]),
        (4, 2, ["ATGC", "GCCN", "CNTA"]),
        (2, 5, ["AT", "NT"]),
    ],
)
def test_kmers_begin_every_stride_bases_and_are_whole(k, stride, kmers):
    assert DNA(k, stride=stride).split("ATGCCNTA") == kmers


def test_pairs_of_kmers_are_pieces_of_two_strides():
    dna = DNA(6, stride=3)
    pairs = dna.build_bigrams(["ATGCCCTAGATGCC", "atgccctagn"], min_count=2)
    assert pairs == [("ATGCCC", "CCCTAG")]
    assert dna.bigram_ids([*pairs, ("CCCTAG", "TAGN")]).tolist() == dna(["ATGCCCTAG"]).tolist()


def test_a_kmer_with_an_unknown_base_is_the_unknown_token():
    assert DNA(1)(["ANT"]).tolist() == [[2, 1, 5]]
    assert DNA(2)(["AANTT"]).tolist() == [[2, 1, 1, 17]]
    assert DNA(1, encoding="one_hot")(["CN"]).tolist() == [[[0, 0, 0, 1, 0, 0], [0, 1, 0, 0, 0, 0]]]


def test_lower_case_and_white_space_around_mean_nothing():
    dna = DNA(3)
    assert dna(["acgtn"]).tolist() == dna([" ACGTN\r\n"]).tolist() == dna(["AcGtN"]).tolist()


@pytest.mark.parametrize("encoding", ["ids", "one_hot", "bag_of_words"])
def test_a_sequence_shorter_than_k_is_one_unknown_token(encoding):
    dna = DNA(6, encoding=encoding)
    assert dna.encode(["ACGTA"])[0].tolist() == [1]
    assert dna(["ACGTA"]).sum() == 1


@pytest.mark.parametrize(("k", "stride", "timesteps"), [(1, 1, 18_921), (6, 1, 18_916), (6, 3, 6_306), (6, 6, 3_153)])
def test_the_longest_gene_is_kept_whole_or_cut_to_its_head_its_tail_or_both(k, stride, timesteps):
    sequence = "".join(random.Random(0).choices("ACGT", k=18_921))
    (whole,) = DNA(k, stride=stride).encode([sequence])
    assert whole.shape == (timesteps,)
    parts = {"start": whole[:101], "end": whole[-101:], "start_and_end": np.r_[whole[:51], whole[-50:]]}
    for truncation, expected in parts.items():
        dna = DNA(k, stride=stride, max_timesteps=101, truncation=truncation)
        np.testing.assert_array_equal(dna.encode([sequence])[0], expected)


@pytest.mark.parametrize(
    ("sequences", "message"),
    [
        ("ACGT", "sequences must be a list: write .sequence. for a single one"),
        (["ACGT", None], r"Received: sequences\[1\]=None"),
        (["ACGT", ""], r"at least one base. Received: sequences\[1\]=''"),
        (["\n"], r"at least one base. Received: sequences\[0\]=''"),
        (["ACGT", "acxt"], r"Received: sequences\[1\]='ACXT' with 'X', base 3"),
        (["ACGU"], r"T for U\). Received: sequences\[0\]='ACGU' with 'U', base 4"),
        (["ACRT"], r"write N for other ambiguity codes.* with 'R', base 3"),
        (["AC GT"], r"with ' ', base 3"),
        ([">gene"], r"with '>', base 1"),
        (["ACGTé"], r"with 'É', base 5"),
    ],
)
def test_what_is_no_dna_is_refused_with_its_place(sequences, message):
    with pytest.raises(ValueError, match=message):
        DNA(2).encode(sequences)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"k": 0}, r"k must be an integer in \[1, 6\]. Received: k=0"),
        ({"k": 7}, "Received: k=7"),
        ({"k": 2.0}, "Received: k=2.0"),
        ({"stride": 0}, "stride must be a positive integer. Received: stride=0"),
        ({"max_timesteps": 0}, "max_timesteps must be positive"),
        ({"truncation": "both"}, "truncation must be one of .*Received: truncation='both'"),
    ],
)
def test_settings_outside_their_legal_values_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        DNA(**arguments)


def test_the_preprocessor_is_rebuilt_from_its_config():
    original = DNA(4, stride=2, max_timesteps=5, truncation="end", encoding="one_hot")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(original))
    assert again.get_config() == original.get_config()
    np.testing.assert_array_equal(again(["ACGTNACGTTGCAACGT"]), original(["ACGTNACGTTGCAACGT"]))
    assert "vocabulary" not in original.get_config()


def test_the_reverse_complement_is_its_own_inverse():
    assert reverse_complement("AACGTN") == "NACGTT"
    sequence = "".join(random.Random(1).choices("ACGTNacgtn", k=50))
    assert reverse_complement(reverse_complement(sequence)) == sequence


@pytest.mark.parametrize(("k", "stride"), [(1, 1), (2, 1), (3, 1), (6, 1), (3, 3), (4, 2)])
def test_the_layer_reads_padded_ids_as_the_preprocessor_reads_the_other_strand(k, stride):
    rng = random.Random(k)
    sequences = ["".join(rng.choices("ACGTN", weights=[5, 5, 5, 5, 1], k=length)) for length in (12, 24, 18)]
    dna = DNA(k, stride=stride)
    encoded = dna.encode(sequences)
    layer = RandomReverseComplement(k, rate=1.0)
    found = layer(dna.pad(encoded), np.array([len(ids) for ids in encoded]), training=True)
    expected = dna([reverse_complement(sequence) for sequence in sequences])
    np.testing.assert_array_equal(found, expected)
    assert dna.vocabulary_size == len(other_strand_ids(k))


def test_strands_change_at_the_given_rate_and_only_while_training():
    ids = np.tile(np.array([[2, 2, 3]], "int32"), (2000, 1))
    lengths = np.full(2000, 3)
    layer = RandomReverseComplement(1, rate=0.3, seed=1)
    np.testing.assert_array_equal(layer(ids, lengths), ids)
    found = keras.ops.convert_to_numpy(layer(ids, lengths, training=True))
    turned = (found == [4, 5, 5]).all(axis=1)
    assert (turned | (found == ids).all(axis=1)).all()
    assert turned.mean() == pytest.approx(0.3, abs=0.05)
    untouched = RandomReverseComplement(1, rate=0.0)(ids, lengths, training=True)
    np.testing.assert_array_equal(untouched, ids)


@pytest.mark.parametrize("arguments", [{"k": 0}, {"k": 1, "rate": 1.1}, {"k": 1, "rate": -0.1}])
def test_wrong_settings_of_the_layer_are_refused(arguments):
    with pytest.raises(ValueError, match="k must be positive and rate in"):
        RandomReverseComplement(**arguments)


@pytest.mark.parametrize("layer", [RandomReverseComplement(3, rate=0.25, seed=4), OneHot(6)])
def test_a_layer_is_rebuilt_from_its_config(layer):
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()


def test_one_hot_has_a_column_for_every_id_but_padding():
    vectors = OneHot(5)(np.array([[4, 1, 0], [2, 3, 0]], "int32"))
    expected = [[[0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 0, 0]], [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]]
    assert keras.ops.convert_to_numpy(vectors).tolist() == expected
    assert OneHot(5)(keras.Input((None,), dtype="int32")).shape == (None, None, 4)
