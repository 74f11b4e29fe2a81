"""DNA: what a piece of it is."""

import itertools

from rnn_zoo.datasets.from_tfds import OFFICIAL, Entry, text_and_label
from rnn_zoo.datasets.made import bases, made
from rnn_zoo.datasets.records import CLASS, NAMES, TEXT, Dataset, Examples
from rnn_zoo.datasets.splits import cut_by_content
from rnn_zoo.formats.fasta import check_bases, read_fasta
from rnn_zoo.formats.tables import read_cells, read_label


def read_genes(path):
    """The genes of one file, in its order."""
    for place, (sequence, label) in read_cells(path, header=["sequence", "class"], tabs=True):
        check_bases(sequence, place)
        yield sequence, read_label(label, len(NAMES["gene_families"]), place, "class")


def read_promoters(files, subset):
    """All splits of the promoters of an organism; the sequences of a file are of one length."""
    pairs = []
    for label, path in enumerate(files.values()):
        records = read_fasta(path)
        expected = len(records[0][1])
        for header, sequence in records:
            if len(sequence) != expected:
                raise ValueError(
                    f"{path}: sequences must be of one length, {expected} bases as the first one: the file is "
                    f"damaged or cut short. Received: {len(sequence)} bases after {header[:60]!r}"
                )
        pairs += [(sequence, label) for _, sequence in records]
    return cut_by_content(Examples.of(pairs))


DNA_GENE_FAMILY = Dataset(
    name="gene_family",
    class_names=NAMES["gene_families"],
    features={"sequence": TEXT, "label": CLASS},
    read=lambda files, subset: cut_by_content(Examples.of(itertools.chain(*map(read_genes, files.values())))),
    subsets=("human", "chimp", "dog", "all"),
    usual="all",
)
PROMOTER_SETS = Dataset(
    name="promoters",
    class_names=("non-promoter", "promoter"),
    features={"sequence": TEXT, "label": CLASS},
    read=read_promoters,
    subsets=("ecoli", "bacillus", "arabidopsis_tata", "arabidopsis_non_tata", "mouse_tata"),
    usual="ecoli",
)
GENOMICS_OOD = Dataset(
    name="genomics_ood",
    class_names=NAMES["genera"],
    tfds=Entry("genomics_ood", lambda row: text_and_label(row, "seq"), OFFICIAL),
    dummy=made(bases),
)
