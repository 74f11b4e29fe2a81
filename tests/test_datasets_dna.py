"""Gene families and promoters: FASTA, tables, and parts that share no sequence."""

import collections
import lzma
import pickle
from pathlib import Path

import pytest

import rnn_zoo
from rnn_zoo.datasets import DnaGeneFamily, Promoters, dna_gene_family, promoters
from rnn_zoo.datasets.original_files import Examples, cut_by_content
from rnn_zoo.formats.fasta import read_fasta

DUMMY = Path(__file__).parent / "dummy_data"
GENES, PROMOTERS = DUMMY / "dna_gene_family", DUMMY / "promoters"
SHARED = Path(__file__).parents[2] / "shared" / "data"
PARTS = ("train", "validation", "test")
HEADER = "sequence\tclass\n"


def sizes(splits):
    return {name: len(part.raw) for name, part in splits.items()}


@pytest.fixture
def file(tmp_path):
    def write(content, name="human_data.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("content", "records"),
    [
        (">one\nACGT\n", [("one", "ACGT")]),
        (">one | more \r\nAC\r\nGT\r\n\r\n>two\r\nnacg\r\n", [("one | more", "ACGT"), ("two", "nacg")]),
        ("\n> 6400\nACGT", [("6400", "ACGT")]),
    ],
)
def test_fasta_sequences_may_go_over_lines(file, content, records):
    assert read_fasta(file(content, "a.fa")) == records
    assert read_fasta(file(lzma.compress(content.encode()), "a.fa.xz")) == records


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("ACGT\nACGT\n", r"line 1: FASTA must begin with a header.*Received: 'ACGT'"),
        (">one\n>two\nACGT\n", r"line 1: a sequence must follow the header. Received: only 'one'"),
        (">one\nACGT\n>two\n", r"line 3: a sequence must follow the header. Received: only 'two'"),
        (">one\nACGT\nACXT\n", r"line 3: bases must be.* Received: 'X' at column 3"),
        ("", "must hold text. Received: an empty file of 0 bytes"),
        (b">one\nAC\xffGT\n", "line 2: text must be UTF-8"),
    ],
)
def test_a_bad_line_of_fasta_is_named(file, content, message):
    with pytest.raises(ValueError, match=rf"(?s)a\.fa.*{message}"):
        read_fasta(file(content, "a.fa"))


def test_equal_sequences_never_straddle_parts_whatever_file_they_are_in():
    sequences = [f"{'ACGT'[place % 4]}{'A' * (place % 40)}" for place in range(300)]
    splits = cut_by_content(Examples(sequences, list(range(300))))
    assert sizes(splits)["all_train"] == sum(sizes(splits)[name] for name in PARTS) == 300
    parts = [set(splits[name].raw) for name in PARTS]
    assert not parts[0] & parts[1] and not parts[0] & parts[2] and not parts[1] & parts[2]
    backwards = cut_by_content(Examples(sequences[::-1], list(range(300))))
    assert [set(backwards[name].raw) for name in PARTS] == parts
    # sha1("A") = 0x6dcd4ce23d88e2ee9568ba546c007c63d9131c1b
    assert int("6dcd4ce23d88e2ee9568ba546c007c63d9131c1b", 16) // 5 % 10 == 5
    assert "A" in parts[0]


def test_too_few_sequences_to_cut_get_a_clear_error():
    with pytest.raises(ValueError, match="examples enough. Received: 2, none of them for 'validation'"):
        cut_by_content(Examples(["A", "CGGTTAGTTTGGCCTTTGCTGGGCGCACCA"], [0, 1]))


def test_gene_families_are_read_by_species_or_all():
    human, dog, both = (dna_gene_family.read_splits(GENES, subset=name) for name in ("human", "dog", "all"))
    assert (sizes(human)["all_train"], sizes(dog)["all_train"], sizes(both)["all_train"]) == (14, 7, 21)
    for name in PARTS:
        expected = collections.Counter(human[name].raw) + collections.Counter(dog[name].raw)
        assert collections.Counter(both[name].raw) == expected and expected
    assert rnn_zoo.load_dataset("dna_gene_family", "test", source=GENES) == both["test"]
    assert dna_gene_family.read_splits(GENES / "dog_data.txt") == dog
    assert human["all_train"].raw[3] == "ATGNNATGCA" and human["all_train"].labels[3] == 3


def test_promoters_are_read_with_the_class_of_their_file():
    splits = promoters.read_splits(PROMOTERS)
    assert sizes(splits)["all_train"] == 26
    assert splits["all_train"].labels == [0] * 14 + [1] * 12
    assert {len(sequence) for sequence in splits["all_train"].raw} == {20}
    assert splits == promoters.read_splits(PROMOTERS, subset="ecoli")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEADER + "ACGT\t1\nACGT\t7\n", r"line 3: class must be an integer from 0 to 6. Received: class='7'"),
        (HEADER + "ACGT\t1\n\t2\n", r"line 3: a sequence must hold at least one base"),
        (HEADER + "ACGT\t1\nACG-T\t2\n", r"line 3: bases must be.*Received: '-' at column 4"),
        (HEADER + "ACGT\t1\nACG", r"line 3: a row must have 2 columns. Received: 1"),
        ("ACGT\t1\n", r"line 1: columns must be"),
        ("", r"must hold text"),
    ],
)
def test_a_bad_row_of_genes_is_named_with_its_line(file, content, message):
    with pytest.raises(ValueError, match=rf"human_data\.txt.*{message}"):
        dna_gene_family.read_splits(file(content))


def test_truncated_files_are_refused(file):
    whole = lzma.compress((GENES / "human_data.txt").read_bytes())
    with pytest.raises(ValueError, match="is damaged or cut short"):
        dna_gene_family.read_splits(file(whole[:-30], "human_data.txt.xz"))
    file((PROMOTERS / "Ecoli_prom.fa").read_bytes()[:-5], "Ecoli_prom.fa")
    file((PROMOTERS / "Ecoli_non_prom.fa").read_bytes(), "Ecoli_non_prom.fa")
    with pytest.raises(
        ValueError, match=r"Ecoli_prom\.fa.*20 bases as the first.*Received: 16 bases after 'Ecoli_prom"
    ):
        promoters.read_splits(file(b"", "other.fa").parent)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dna_gene_family.read_splits(), "no default source: name the folder of human_data.txt"),
        (lambda: promoters.read_splits("tfds"), "no default source: name the folder of Ecoli_prom.fa"),
        (lambda: dna_gene_family.read_splits(GENES, subset="chimp"), r"must hold chimp_data.txt \(or"),
        (lambda: promoters.read_splits(PROMOTERS, subset="bacillus"), "Bacillus_non_prom and Bacillus_prom.fa"),
    ],
)
def test_files_that_are_missing_are_named(call, message):
    with pytest.raises(FileNotFoundError, match=message):
        call()


def test_an_unknown_subset_suggests_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'ecoli'. Received: subset='e.coli'"):
        rnn_zoo.load_dataset("promoters", "test", source=PROMOTERS, subset="e.coli")
    with pytest.raises(ValueError, match="subset must be None: nsmc has no subsets. Received: subset='human'"):
        rnn_zoo.load_dataset("nsmc", "test", source=DUMMY / "nsmc", subset="human")


@pytest.mark.parametrize(
    ("builder_class", "source", "subset"),
    [(DnaGeneFamily, GENES, None), (DnaGeneFamily, GENES, "dog"), (Promoters, PROMOTERS, "ecoli")],
)
def test_a_builder_prepares_offline_and_reads_back_the_same_examples(tmp_path, builder_class, source, subset):
    builder = builder_class(source=source, subset=subset, data_dir=tmp_path)
    builder.download_and_prepare()
    assert tuple(builder.info.features["label"].names) == builder.module.CLASS_NAMES
    for split in PARTS:
        dataset = builder.as_dataset(split=split, as_supervised=True).as_numpy_iterator()
        found = collections.Counter((sequence.decode(), int(label)) for sequence, label in dataset)
        expected = rnn_zoo.load_dataset(source.name, split, source=source, subset=subset)
        assert found == collections.Counter(zip(*expected, strict=True))
    assert pickle.loads(pickle.dumps(builder)).data_path == builder.data_path
    other = builder_class(source=source, subset="human" if builder_class is DnaGeneFamily else None, data_dir=tmp_path)
    assert other.data_path != builder.data_path


@pytest.mark.skipif(not SHARED.exists(), reason=f"{SHARED} is not there")
@pytest.mark.parametrize(
    ("name", "subset", "expected"),
    [
        ("dna_gene_family", "human", (3455, 2721, 384, 350)),
        ("dna_gene_family", None, (5433, 4278, 595, 560)),
        ("promoters", None, (3042, 2409, 283, 350)),
        ("promoters", "bacillus", (1093, 876, 109, 108)),
        ("promoters", "mouse_tata", (3808, 3029, 400, 379)),
    ],
)
def test_the_known_files_have_the_documented_size(name, subset, expected):
    module = {"dna_gene_family": dna_gene_family, "promoters": promoters}[name]
    splits = module.read_splits(SHARED / name, **({} if subset is None else {"subset": subset}))
    assert tuple(sizes(splits)[part] for part in ("all_train", *PARTS)) == expected
    parts = [set(splits[part].raw) for part in PARTS]
    assert not parts[0] & parts[1] and not parts[0] & parts[2] and not parts[1] & parts[2]
