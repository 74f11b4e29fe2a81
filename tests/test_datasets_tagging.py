import gzip
import lzma
import shutil
from pathlib import Path

import pytest

import rnn_zoo
from rnn_zoo.datasets import Conll2003, UdEnglishEwt, Wnut17, conll2003, ud_english_ewt, wnut17

DUMMY = Path(__file__).parent / "dummy_data"
SHARED = Path(__file__).parents[2] / "shared" / "data"
MODULES = {"ud_english_ewt": ud_english_ewt, "conll2003": conll2003, "wnut17": wnut17}
# Sentences and words of the official parts, without a test part; test is cut off train.
SIZES = {
    "ud_english_ewt": {"train": (11_760, 190_893), "validation": (2_001, 25_147), "test": (784, 13_684)},
    "conll2003": {"train": (12_641, 178_851), "validation": (3_250, 51_362), "test": (1_400, 24_770)},
    "wnut17": {"train": (3_055, 57_111), "validation": (1_009, 15_733), "test": (339, 5_619)},
}


def sentences_of(*examples):
    return sorted((tuple(raw), tuple(labels)) for part in examples for raw, labels in zip(*part, strict=True))


@pytest.mark.parametrize("name", MODULES)
def test_the_files_have_the_documented_sizes(name):
    if not (SHARED / name).exists():
        pytest.skip(f"{SHARED / name} is not there")
    splits = MODULES[name].read_splits(SHARED / name)
    for part, (num_sentences, num_words) in SIZES[name].items():
        assert len(splits[part].raw) == num_sentences
        assert sum(map(len, splits[part].raw)) == sum(map(len, splits[part].labels)) == num_words


@pytest.mark.parametrize("name", ["ud_english_ewt", "conll2003"])
def test_without_a_test_file_whole_documents_are_cut_off_train(name):
    module = MODULES[name]
    splits = module.read_splits(DUMMY / name)
    parts = [splits[part] for part in ("train", "validation", "test")]
    assert all(part.raw for part in parts)
    assert sentences_of(*parts) == sentences_of(splits["all_train"])
    path = next((DUMMY / name).glob("*train*"))
    sentences = module.read_sentences(path)
    assert sentences_of(parts[0], parts[2]) == sorted((tuple(one.tokens), tuple(one.tags)) for one in sentences)
    last = {"ud_english_ewt": {"weblog-09", "email-09"}, "conll2003": {"12"}}[name]
    assert splits["test"].raw == [one.tokens for one in sentences if one.document in last]


def test_an_official_test_file_is_test_and_stays_out_of_all_train():
    splits = rnn_zoo.load_dataset("wnut17", "test", source=DUMMY / "wnut17")
    assert splits.raw[0] == ["@ann", "loves", "Empire", "State", "Building"]
    assert splits.labels[0] == ["O", "O", "B-location", "I-location", "I-location"]
    assert len(splits.raw) == 4
    assert len(rnn_zoo.load_dataset("wnut17", "all_train", source=DUMMY / "wnut17").raw) == 23


def test_conllu_words_are_those_of_the_tree():
    """Neither multiword tokens nor words that are not written."""
    validation = rnn_zoo.load_dataset("ud_english_ewt", "validation", source=DUMMY / "ud_english_ewt")
    assert validation.raw[1] == ["We", "do", "n't", "sing"]
    assert validation.labels[1] == ["PRON", "AUX", "PART", "VERB"]
    assert validation.raw[2] == ["Ann", "hears", "Lee", ",", "too"]


def test_iob1_becomes_bio_and_bio_stays():
    validation = rnn_zoo.load_dataset("conll2003", "validation", source=DUMMY / "conll2003")
    assert validation.raw[1] == ["Ann", "Bob", "Lee"]
    assert validation.labels[1] == ["B-PER", "B-PER", "I-PER"]
    assert validation.labels[0] == ["B-PER", "I-PER", "O", "O", "B-LOC"]


@pytest.mark.parametrize(("ending", "compress"), [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_compressed_files_are_read_and_truncated_ones_refused(tmp_path, ending, compress):
    for file in (DUMMY / "conll2003").iterdir():
        (tmp_path / (file.name + ending)).write_bytes(compress(file.read_bytes()))
    assert conll2003.read_splits(tmp_path) == conll2003.read_splits(DUMMY / "conll2003")
    path = tmp_path / f"eng.train{ending}"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ValueError, match="is damaged or cut short"):
        conll2003.read_splits(tmp_path)


WORD = "1\tAnn\tann\tPROPN\t_\t_\t0\troot\t_\t_\n"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("ud_english_ewt", f"# text = Ann\n{WORD}2\tsings\tsing\tVERB\n", "line 3: a line must have 10 columns"),
        ("ud_english_ewt", WORD.replace("PROPN", "NNP"), "line 1: tag must be one of .* Received: tag='NNP'"),
        ("ud_english_ewt", WORD.replace("\tAnn", "\t"), "line 1: a line must have 10 columns"),
        ("ud_english_ewt", "", "must hold text"),
        ("conll2003", "EU NNP I-NP I-ORG\nrejects VBZ O\n", "line 2: a line must have 4 columns"),
        ("conll2003", "EU NNP I-NP I-ORG\n\nRome NNP I-NP I-CITY\n", "line 3: tag must be one of .*'I-CITY'"),
        ("conll2003", b"EU NNP I-NP I-ORG\nR\xf6m NNP I-NP I-LOC\n", "line 2: text must be UTF-8"),
        ("wnut17", "Ann\tB-person\n\nLee\n", "line 3: a line must have 2 columns"),
        ("wnut17", "Ann\tB-human\n", "line 1: tag must be one of .*'B-human'"),
        ("wnut17", "then\tO\nLee\tI-person\n", "line 2: an I-tag must go on with an entity. Received: tag='I-person'"),
    ],
)
def test_a_bad_line_is_named_with_its_file(tmp_path, name, content, message):
    shutil.copytree(DUMMY / name, tmp_path / name)
    path = next((tmp_path / name).glob("*train*"))
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=f"{path.name}.*{message}"):
        MODULES[name].read_splits(tmp_path / name)


@pytest.mark.parametrize("name", MODULES)
def test_a_missing_folder_or_file_says_what_to_get(tmp_path, name):
    with pytest.raises(FileNotFoundError, match=r"no default source: name .*https://.*--data-dir"):
        rnn_zoo.load_dataset(name, "train")
    with pytest.raises(FileNotFoundError, match=rf"Missing: {MODULES[name].FILES['train'][0]}"):
        rnn_zoo.load_dataset(name, "train", source=tmp_path)


def test_too_few_documents_to_cut_get_a_clear_error(tmp_path):
    for name in ("eng.train", "eng.testa"):
        (tmp_path / name).write_text("-DOCSTART- -X- O O\n\nEU NNP I-NP I-ORG\n", encoding="utf-8")
    with pytest.raises(ValueError, match="There must be a test file, or documents enough"):
        conll2003.read_splits(tmp_path)


@pytest.mark.parametrize(
    ("builder_class", "name"), [(UdEnglishEwt, "ud_english_ewt"), (Conll2003, "conll2003"), (Wnut17, "wnut17")]
)
def test_a_builder_prepares_offline_and_reads_back_the_same_sentences(tmp_path, builder_class, name):
    builder = builder_class(source=DUMMY / name, data_dir=tmp_path)
    builder.download_and_prepare()
    names = builder.info.features["tags"].feature.names
    for split in ("train", "validation", "test"):
        read_back = sorted(
            (tuple(token.decode() for token in tokens), tuple(names[tag] for tag in tags))
            for tokens, tags in builder.as_dataset(split=split, as_supervised=True).as_numpy_iterator()
        )
        assert read_back == sentences_of(rnn_zoo.load_dataset(name, split, source=DUMMY / name))
