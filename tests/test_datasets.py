"""The contract of every dataset: what all of them must do, once, as tables of cases."""

import collections
import gzip
import importlib.util
import json
import lzma
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from dataset_files import copied, sizes

import rnn_zoo
from rnn_zoo.datasets import DATASETS, ONLY_TFDS, SPLITS, Examples, class_names, describe, load_splits, tfds_builder
from rnn_zoo.datasets.sources import DUMMY
from rnn_zoo.formats.images import read_image

__all__ = ["copied"]
SHARED = Path(__file__).parents[2] / "shared" / "data"
PARTS = SPLITS[:3]
REPEATING = ("conll2003", "wnut17", "ewt", "ptb", "jsb")
"""Datasets with official parts, whose made-up files say some things in several of them."""


def key_of(raw, label):
    """What makes an example, as bytes and strings that can be compared."""

    def plain(one):
        if isinstance(one, np.ndarray):
            return (one.shape, one.tobytes())
        if isinstance(one, Path):
            return one.parts[-3:]
        return tuple(map(plain, one)) if isinstance(one, (list, tuple)) else one

    return plain(raw), plain(label)


def counted(examples):
    return collections.Counter(key_of(*pair) for pair in zip(*examples, strict=True))


@pytest.mark.parametrize("name", DATASETS)
def test_splits_of_dummy_data_share_nothing_and_labels_are_in_range(name):
    splits = load_splits(name, source="dummy")
    assert list(splits) == list(SPLITS) and all(part.raw for part in splits.values())
    assert all(len(part.raw) == len(part.labels) for part in splits.values())
    keys = [set(counted(splits[part])) for part in PARTS]
    if name not in REPEATING:
        assert not keys[0] & keys[1] and not keys[0] & keys[2] and not keys[1] & keys[2]
    names = None if name == "ucf101" else class_names(name)
    known = {"O", *(names or ()), *(f"{prefix}-{one}" for one in names or () for prefix in "BI")}
    for raw, label in zip(*splits["all_train"], strict=True):
        if isinstance(label, int):
            assert 0 <= label < len(names or range(101))
        elif isinstance(label, list) and isinstance(raw, list):
            assert len(raw) == len(label) and set(label) <= known and all(token for token in raw)
        elif name == "sketches":
            assert raw in names and label.dtype == np.int16 and label.shape[1] == 3 and set(label[:, 2]) <= {0, 1}
        elif isinstance(label, np.ndarray):
            assert label.dtype == raw.dtype == np.float32 and raw.shape[1] == label.shape[1] == len(names)
        elif isinstance(label, list) and DATASETS[name].of("features").get("piece"):
            assert raw in names and all(isinstance(frame, list) for frame in label)
        else:
            assert label and all(label)


@pytest.mark.parametrize("name", DATASETS)
def test_the_train_and_validation_parts_are_all_train_with_the_test_part_where_it_was_cut(name):
    if name in ("flickr8k", "coco_captions", "tiny_shakespeare") or "history" in DATASETS[name].of("features"):
        pytest.skip("its parts are of other forms")
    splits = load_splits(name, source="dummy")
    parts = counted(splits["train"]) + counted(splits["validation"])
    assert counted(splits["all_train"]) in (parts, parts + counted(splits["test"]))


@pytest.mark.parametrize("name", DATASETS)
def test_every_dataset_has_a_card_with_its_facts(name):
    card = DATASETS[name].card
    assert card.homepage.startswith("http") and card.licence
    assert card.text.splitlines()[0].endswith((".", "?")) and "Splits" in card.text or name in ONLY_TFDS
    assert card.citation is None or card.citation.startswith("@") and card.citation.endswith("}")
    shown = describe(name)
    assert card.text in shown and "Default source: " in shown
    assert all(one in shown.split("Subsets: ")[-1] for one in DATASETS[name].subsets)
    (path,) = [path for path in Path(rnn_zoo.datasets.__file__).parent.glob("cards/*.md") if path.stem == name]
    assert all(len(line) <= 120 for line in path.read_text(encoding="utf-8").splitlines())


def test_no_card_and_no_dummy_data_is_left_without_its_dataset():
    folder = Path(rnn_zoo.datasets.__file__).parent
    assert {path.stem for path in folder.glob("cards/*")} == set(DATASETS)
    assert {path.name for path in folder.glob("dummy/*")} == {
        name for name, record in DATASETS.items() if record.dummy is None
    }
    assert sum(path.stat().st_size for path in folder.rglob("dummy/**/*") if path.is_file()) < 2**20


def test_a_limit_and_a_single_split_give_the_same_examples():
    splits = load_splits("nsmc_stars", source="dummy", limit=7)
    assert sizes(splits) == dict.fromkeys(SPLITS, 7)
    for name in SPLITS:
        assert splits[name] == rnn_zoo.load_dataset("nsmc_stars", name, source="dummy", limit=7)
        whole = rnn_zoo.load_dataset("nsmc_stars", name, source=DUMMY / "nsmc_stars")
        assert splits[name] == Examples(*(column[:7] for column in whole))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: rnn_zoo.load_dataset("imbd", "train"), ValueError, "Did you mean 'imdb'"),
        (lambda: describe("imbd"), ValueError, "Did you mean 'imdb'"),
        (lambda: rnn_zoo.load_dataset("imdb", "valid"), ValueError, "Did you mean 'validation'.*split='valid'"),
        (lambda: load_splits("digits", limit=0), ValueError, "limit must be positive or None. Received: limit=0"),
        (lambda: load_splits("promoters", subset="e.coli"), ValueError, "Did you mean 'ecoli'.*subset='e.coli'"),
        (lambda: load_splits("multi30k", subset="en_ko"), ValueError, "subset must be one of .*subset='en_ko'"),
        (lambda: load_splits("jsb", subset="4th"), ValueError, "Received: subset='4th'"),
        (lambda: load_splits("nsmc", subset="human"), ValueError, "nsmc has no subsets. Received: subset='human'"),
        (lambda: load_splits("clevr", subset="en"), ValueError, "clevr has no subsets. Received: subset='en'"),
        (lambda: load_splits("ucf101", source="videos"), ValueError, "Datasets alone.*Received: source='videos'"),
        (lambda: load_splits("ett", source="dummy", window=3), TypeError, r"'stride'\]. Received: window=3"),
        (lambda: load_splits("nsmc", source="dummy", context=3), TypeError, r"among \[\]. Received: context=3"),
        (lambda: load_splits("nsmc", source="no/such"), FileNotFoundError, "existing path. Received: source='no/such'"),
        (lambda: load_splits("digits", source="tfds"), ValueError, "digits cannot be downloaded.*source='tfds'"),
        (lambda: load_splits("easy_vqa", source="tfds"), ValueError, "cannot be downloaded.*Received: source='tfds'"),
        (lambda: load_splits("essen", source="tfds"), ValueError, "cannot be downloaded.*Received: source='tfds'"),
    ],
)
def test_what_there_is_not_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("name", "subset", "wanted"),
    [
        ("nsmc_stars", None, r"the folder of stars_train.txt.*raw/ of \(https://github.com/e9t/nsmc\)"),
        ("star_reviews", None, r"a .csv or .tsv file.*https://"),
        ("conll2003", None, r"the folder of eng.train and eng.testa, also eng.testb.*https://"),
        ("ptb", None, r"the folder of ptb.train.txt and ptb.valid.txt, also ptb.test.txt if there,.*https://"),
        ("flickr8k", None, r"the folder of Flickr8k.token.txt and .*https://"),
        ("en_ko", None, r"the folder of tatoeba_kor_eng/kor_train.txt and libreoffice_ko/ko_train.txt"),
        ("en_ko", "libreoffice", r"the folder of libreoffice_ko/ko_train.txt"),
    ],
)
def test_without_a_default_source_one_line_says_what_to_name(name, subset, wanted):
    with pytest.raises(FileNotFoundError, match=f"^{name} has no default source: name {wanted}.*--data-dir") as caught:
        load_splits(name, subset=subset)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("or give tfds.") == (name in ("star_reviews", "conll2003"))


@pytest.mark.parametrize(
    ("name", "subset", "removed", "message"),
    [
        ("wnut17", None, "wnut17train.conll", "Missing: wnut17train.conll"),
        ("conll2003", None, "eng.testa", "must be the folder of eng.train and eng.testa.*Missing: eng.testa"),
        ("ewt", None, "en_ewt-ud-train.conllu", "Missing: en_ewt-ud-train.conllu"),
        ("klue", None, "*", "Missing: klue-ner-v1.1_dev.tsv"),
        ("kmou", None, "*", "must be the folder of the files <number>_NER.txt, or a tar archive"),
        ("imdb", None, "aclImdb/train/pos/*", "reviews in train/neg and train/pos. Missing: train/pos"),
        ("imdb", None, "**/*", "must be the folder aclImdb, its parent, or an archive of it"),
        ("rotten_tomatoes", None, "rt-polarity.neg", "Missing: rt-polarity.neg"),
        ("nsmc", None, "ratings_test.txt", r"Missing: ratings_test\.txt"),
        ("nsmc_stars", None, "*", "Missing: stars_train.txt"),
        ("star_reviews", None, "*", "must be a .csv or .tsv file"),
        ("mnist", None, "train-labels*", "Missing: train-labels-idx1-ubyte"),
        ("easy_vqa", None, "test/questions.json", "Missing: test/questions.json"),
        ("gene_family", "chimp", "none", r"folder of chimp_data.txt \(or .gz, .xz\). Missing: all of them"),
        ("promoters", "bacillus", "none", "folder of Bacillus_non_prom.fa and Bacillus_prom.fa.*Missing: Bacillus_non"),
        ("msr_action3d", None, "*", "must be the folder of files aAA_sSS_eEE_skeleton.txt, or of tar archives"),
        ("japanese_vowels", None, "*_TEST.ts", "folder of JapaneseVowels_TRAIN.ts and .*_TEST.ts.*Missing: .*_TEST.ts"),
        ("an4", None, "etc/an4_train.fileids", "must hold etc/an4_train.fileids"),
        ("an4", None, "feat/an4_clstk/mbob/cen0-mbob-b.mfc", "must hold feat/an4_clstk/mbob/cen0-mbob-b"),
        ("fsdd", None, "*", "must be the folder of files DIGIT_SPEAKER_INDEX.wav, or of tar archives"),
        ("jsb", "16th", "none", "must be the folder of jsb-chorales-16th.json"),
        ("ett", "etth2", "none", "must be the folder of ETTh2.csv"),
        ("exchange_rate", None, "*", "must be the folder of exchange_rate.txt"),
        ("multi30k", "en_fr", "none", "Missing: train.fr, val.fr"),
        ("en_ko", None, "kor.txt", "Missing: tatoeba_kor_eng/kor_train.txt"),
        ("flickr8k", None, "images/*", "photographs of every part. Received: none of 'train'"),
        ("tiny_shakespeare", None, "*", "must be the folder of input.txt"),
        ("cmudict", None, "*", "must be the folder of cmudict.dict"),
    ],
)
def test_a_missing_file_is_named(name, subset, removed, message, copied):
    folder = copied(name)
    for path in [one for one in folder.glob(removed) if one.is_file()]:
        path.unlink()
    with pytest.raises(FileNotFoundError if "Received" not in message else ValueError, match=message):
        load_splits(name, source=folder, subset=subset)


WORD = "1\tAnn\tann\tPROPN\t_\t_\t0\troot\t_\t_\n"
NSMC, GENES, CSV = "id\tdocument\tlabel\n", "sequence\tclass\n", "stars,text\n"
DAMAGED = [
    ("ewt", "en_ewt-ud-train.conllu", f"# text = Ann\n{WORD}2\tsings\tVERB\n", "line 3: .* have 10 columns"),
    ("ewt", "en_ewt-ud-train.conllu", WORD.replace("PROPN", "NNP"), "line 1: tag must be .* tag='NNP'"),
    ("ewt", "en_ewt-ud-train.conllu", WORD.replace("\tAnn", "\t"), "line 1: a line must have 10 columns"),
    ("ewt", "en_ewt-ud-dev.conllu", "", "must hold text"),
    ("conll2003", "eng.train", "EU NNP I-NP I-ORG\nrejects VBZ O\n", "line 2: a line must have 4 columns"),
    ("conll2003", "eng.train", "EU NNP I-NP I-ORG\n\nRome NNP I-NP I-CITY\n", "line 3: tag must be one of .*'I-CITY'"),
    ("conll2003", "eng.train", b"EU NNP I-NP I-ORG\nR\xf6m NNP I-NP I-LOC\n", "line 2: text must be UTF-8"),
    (
        "conll2003",
        "eng.train",
        "-DOCSTART- -X- O O\n\nEU NNP I-NP I-ORG\n",
        "There must be a test file, or documents en",
    ),
    ("wnut17", "wnut17train.conll", "Ann\tB-person\n\nLee\n", "line 3: a line must have 2 columns"),
    ("wnut17", "wnut17train.conll", "Ann\tB-human\n", "line 1: tag must be one of .*'B-human'"),
    ("wnut17", "emerging.dev.conll", "then\tO\nLee\tI-person\n", "line 2: an I-tag must go on .*tag='I-person'"),
    ("klue", "*.tsv", "김\tB-PS\n하늘\tI-PS\n", "line 2: a line must have a character, a tab and a tag"),
    ("klue", "*.tsv", "김\n", "line 1: a line must have 2 columns. Received: '김'"),
    ("klue", "*.tsv", "## a\n김\tB-PER\n", "line 2: tag must be one of .*Received: tag='B-PER'"),
    ("klue", "*.tsv", " \tO\n김\tI-PS\n", "line 2: an I-tag must go on with an entity. Received: tag='I-PS'"),
    ("kmou", "00001_NER.txt", "## 1\n김\t김\tNNP\n", "line 2: a line must have 4 columns"),
    ("kmou", "00001_NER.txt", "김\t김\tNNP\tB-PS\n", "line 1: tag must be one of .*Received: tag='B-PS'"),
    ("kmou", "00001_NER.txt", "_\t_\t_\tI-PER\n", "line 1: an I-tag must go on with an entity"),
    ("kmou", "00001_NER.txt", b"## 1\n\xff\t\n", "line 2: text must be UTF-8"),
    ("imdb", "aclImdb/train/neg/3_4.txt", b"good\nbad \xff byte", r"line 2: text must be UTF-8. Received: b'\\xff'"),
    ("imdb", "aclImdb/train/neg/3_4.txt", b"", "must hold text. Received: an empty file of 0 bytes"),
    (
        "imdb",
        "aclImdb/train/neg/notes.txt",
        "text",
        r"A review must be named ID_RATING.txt. Received: .*train/neg/notes.txt",
    ),
    ("rotten_tomatoes", "rt-polarity.pos", "fine\n\n", "line 2: a line must hold a sentence"),
    (
        "nsmc",
        "ratings_train.txt",
        f"{NSMC}1\t좋다\t1\n2\t좋다\t2\n",
        "line 3: label .* from 0 to 1. Received: label='2'",
    ),
    ("nsmc", "ratings_train.txt", f"{NSMC}1\t좋다\t0.5\n", "line 2: label must be an integer"),
    ("nsmc", "ratings_train.txt", f"{NSMC}1\t좋다\n", "line 2: a row must have 3 columns. Received: 2"),
    ("nsmc", "ratings_train.txt", f"{NSMC}1\t좋다\t1\n\n", "line 3: a row must have 3 columns. Received: 1"),
    ("nsmc", "ratings_train.txt", "1\t좋다\t1\n", r"line 1: columns must be \['id', 'document', 'label'\]"),
    ("nsmc", "ratings_train.txt", NSMC.encode() + "1\t좋다\t1\n".encode("cp949"), "line 2: text must be UTF-8"),
    ("nsmc", "ratings_test.txt", "", "must hold text. Received: an empty file"),
    ("nsmc", "ratings_train.txt", f"{NSMC}1\t\t1\n", "must hold reviews. Received: a header, and no row with text"),
    *[
        ("nsmc_stars", "stars_train.txt", f"{NSMC}1\t좋다\t10\n2\t좋다\t{star}\n", "line 3: label .* from 1 to 10. Rec")
        for star in ("0", "11", "5.5", "")
    ],
    ("star_reviews", "train.csv", '"1","good"\n"6","what"\n', "line 2: stars must be an integer from 1 to 5"),
    ("star_reviews", "train.csv", f"{CSV}1,good\n2\n", "line 3: a row must have 2 columns or more. Received: 1"),
    ("star_reviews", "train.csv", f'{CSV}1,"cut sho', "line 2: unexpected end of data"),
    ("mnist", "train-images*", b"\x00\x00\x08\x01", "idx file of bytes with 3 axes. Received: one that begins"),
    ("mnist", "train-labels*", b"PNG", "idx file of bytes with 1 axes.*b'PNG'"),
    ("gene_family", "human_data.txt", f"{GENES}ACGT\t1\nACGT\t7\n", "line 3: class .* from 0 to 6. .*class='7'"),
    ("gene_family", "human_data.txt", f"{GENES}ACGT\t1\n\t2\n", "line 3: a sequence must hold at least one base"),
    ("gene_family", "human_data.txt", f"{GENES}ACG-T\t2\n", "line 2: bases must be.*Received: '-' at column 4"),
    ("gene_family", "human_data.txt", f"{GENES}ACGT\t1\nACG", "line 3: a row must have 2 columns. Received: 1"),
    ("gene_family", "human_data.txt", "ACGT\t1\n", "line 1: columns must be"),
    (
        "promoters",
        "Ecoli_prom.fa",
        ">one\nACGTACGTACGTACGTACGT\n>two\nACGTACGTACGTACGT\n",
        "20 bases .*: 16 bases after",
    ),
    ("msr_action3d", "a01_s01_e01*", "1.0e+000 2 3 0.5\n" * 19, "frame must have 20 joints. Received: 19 lines"),
    ("msr_action3d", "a01_s01_e01*", "1 2 3 4\n" * 3 + "1 2 3\n", "line 4: a joint must be 4 numbers. .*'1 2 3'"),
    ("msr_action3d", "a01_s01_e01*", "1 2 3 4\n1 2 nan 4\n", "line 2: a joint must be 4 numbers"),
    ("msr_action3d", "a21_s01_e01_skeleton.txt", "1 2 3 4\n" * 20, "actions are 01 to 20.*: a21_s01_e01_skeleton.txt"),
    ("basic_motions", "*_TRAIN.ts", "@problemName a\n1:2:run\n", "with a line '@data'. Received: '@problemName a'"),
    ("basic_motions", "*_TRAIN.ts", "@data\n1:2:3:4:5:6:Swimming\n", "line 2: the class must be one of .*'Swimming'"),
    (
        "basic_motions",
        "*_TRAIN.ts",
        "@data\n1:2,3:Running\n",
        r"must be 6 features of one length. Received: lengths \[1",
    ),
    ("basic_motions", "*_TRAIN.ts", "@data\n1,?:2,3:Running\n", r"line 2: features must be numbers .*'\?'"),
    ("basic_motions", "*_TRAIN.ts", "@data\nNaN:1:1:1:1:1:Running\n", "line 2: features must be finite numbers. .*nan"),
    ("basic_motions", "*_TRAIN.ts", "@data\n", "must hold a series"),
    ("an4", "etc/an4_train.transcription", "A B (cen0-fana-b)\n", "20 files and 1 lines"),
    ("an4", "etc/an4_train.transcription", "a b (cen0-fana-b)\n" * 20, "line 1: a line must be WORDS"),
    ("an4", "etc/an4_train.transcription", "A B (cen0-fana-b)\n" * 20, r"line 2: .*WORDS \(cen1-fana-b\)"),
    ("an4", "feat/an4_clstk/mbob/cen0-mbob-b.mfc", "cut", r"cen0-mbob-b\.mfc with 3 bytes"),
    ("jsb", "*.json", '{"train": [[[60', "line 1: the file is damaged or cut short"),
    ("jsb", "*.json", json.dumps({"train": [[[60]]] * 7}), "must hold a list 'valid' of chorales"),
    ("jsb", "*.json", json.dumps([[[60]]]), "must hold a list 'train' of chorales"),
    ("jsb", "*.json", json.dumps({"train": [], "valid": [[[60]]]}), "must hold a list 'train' of chorales"),
    ("jsb", "*.json", json.dumps({"train": [[[60]]] * 3, "valid": [[[6 * 10]]]}), "6 chorales .*Received: 3"),
    (
        "jsb",
        "*.json",
        '{"train": [[[60]], [[60.5]]], "valid": [[[60]]]}',
        r"train\[1\]: a pitch must be .*60.5",
    ),
    ("jsb", "*.json", '{"train": [[[60]], [60]], "valid": [[[60]]]}', r"train\[1\]: a frame must be a list"),
    ("stocks", "stocks.csv", "symbol,date,price\nTSLA,Jan 1 2001,3\n", "line 2: symbol must be one of .* 'TSLA'"),
    ("stocks", "stocks.csv", "symbol,date,price\nAMZN,Jan 1 2001,much\n", "line 2: a value .*price='much'"),
    ("stocks", "stocks.csv", "symbol,price\n", r"line 1: columns must be \['symbol', 'date', 'price'\]"),
    ("exchange_rate", "exchange_rate.txt", "1,2\n" * 200, "line 1: a line must have 8 columns. Received: 2"),
    ("ett", "ETTh1.csv", "date,HUFL\n2020-01-01,1\n", "line 1: there must be columns .* without 'HULL'"),
    ("multi30k", "val.de", "eins\n\nzwei\n", "line 2: a sentence must not be empty"),
    ("multi30k", "val.de", "eins\nzwei\n", "as many lines. Received: 16 and 2"),
    ("en_ko", "ko_train.txt", "Yes\t네\nNo\n", "line 2: must be English TAB translation"),
    ("flickr8k", "captions_train_dev.token.txt", "no caption\n", "line 1: must be name.jpg#number"),
    ("flickr8k", "images_dev.txt", "unknown.jpg\n", "line 1: a photograph must have captions"),
    ("cmudict", "cmudict.dict", "ab AE1 B\ncd\n", "line 2: an entry must be a word and its phonemes. Received: 'cd'"),
    ("cmudict", "cmudict.dict", "ab AE3 B\n", "line 1: an entry must be"),
    ("cmudict", "cmudict.dict", "ab AE1 B\n\nba B AH0\n", "line 2: an entry must be"),
    ("tiny_shakespeare", "input.txt", "too short", "must hold 100 characters at least. Received: 9"),
    ("ptb", "ptb.train.txt", " a \n \n b \n", "line 2: a sentence must not be empty"),
    ("atis", "train.conll", "i\tO\nfly\tO\n", "line 1: the intent before it must be one of .*Received: None"),
    ("atis", "train.conll", "# intent = atis_taxi\n\ni\tO\n", "line 3: the intent before it must be one of"),
    ("snips", "valid.conll", "# intent = PlayMusic\nplay\tB-tune\n", "line 2: a slot must be one of .*: 'B-tune'"),
    ("ko_chatbot", "train.tsv", "question\tanswer\tlabel\n안녕\t\t0\n", "line 2: a row must have question, answer"),
    ("ko_3i4k", "train.tsv", "0\t만화\n7\t만화\n", "line 2: label must be an integer from 0 to 6"),
    ("ko_3i4k", "train.tsv", "0\t만화\n3\n", "line 2: a row must have a label and a text"),
    ("en_ko_general", "train.tsv", "source\ten\tko\njhe\tYes.\n", "line 2: a row must have 3 columns. Received: 2"),
    ("ud_korean", "gsd_train.conll", "나는\tPRON\tNP\n갔다\tGONE\tVV\n", "line 2: tag must be one of .*'GONE'"),
    ("tatoeba_en_fr", "fra.txt", "Go.\tVa !\nRun!\n", "line 2: must be English TAB translation"),
    ("easy_vqa", "train/questions.json", "[[", "is damaged or cut short"),
    ("easy_vqa", "train/questions.json", '[["a?", "red", 0], ["a?", "purple", 0]]', "row 1: answer .*answer='purple'"),
    ("easy_vqa", "train/questions.json", '[["what?", "red"]]', r"row 0: a row must be .question, answer, number"),
    ("easy_vqa", "train/questions.json", '[["what?", "red", "0"]]', "row 0: a row must be"),
    ("easy_vqa", "train/questions.json", '[["what?", "red", true]]', "row 0: a row must be"),
    ("easy_vqa", "train/questions.json", '{"what?": "red"}', "row 0: a row must be"),
    (
        "easy_vqa",
        "train/questions.json",
        '[["what?", "red", 77]]',
        "row 0: the image must be in .*images. Rec.* 77.png",
    ),
    ("easy_vqa", "train/questions.json", '[["what?", "red", 0]]', None),
]


@pytest.mark.parametrize(("name", "file", "content", "message"), DAMAGED)
def test_what_is_wrong_in_a_file_is_named_with_file_and_place(name, file, content, message, copied):
    folder = copied(name)
    path = next(folder.glob(file), folder / file)
    data = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    named = path.stem.partition(".")[0] if message and message[:5] in ("line ", "must ", "row 0", "row 1") else ""
    expected = message or "numbers end in 9, and about others. Received: 1 questions to train on, 9 to test"
    with pytest.raises(ValueError, match=f"(?s){named}.*{expected}"):
        load_splits(name, source=folder)


@pytest.mark.parametrize("name", ["gene_family", "conll2003", "ett", "mnist", "multi30k", "japanese_vowels", "ptb"])
@pytest.mark.parametrize(("ending", "compress"), [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_compressed_files_read_as_plain_ones_and_truncated_ones_are_refused(name, ending, compress, copied):
    folder, whole = copied(name), load_splits(name, source="dummy")
    for path in list(folder.iterdir()):
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        path.unlink()
        path = path.with_name(path.name.removesuffix(".gz") + ending)
        path.write_bytes(compress(data))
    found = load_splits(name, source=folder)
    assert [counted(found[part]) for part in SPLITS] == [counted(whole[part]) for part in SPLITS]
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ValueError, match=f"{path.name} is damaged or cut short"):
        load_splits(name, source=folder)


@pytest.mark.parametrize(
    ("name", "file"),
    [("wnut17", "wnut17train.conll"), ("nsmc", "ratings_train.txt"), ("star_reviews", "train.csv"),
     ("ett", "ETTh1.csv"), ("gene_family", "human_data.txt"), ("multi30k", "train.en"), ("cmudict", "cmudict.dict"),
     ("promoters", "Ecoli_prom.fa"), ("tiny_shakespeare", "input.txt")],
)  # fmt: skip
def test_a_byte_order_mark_is_no_text(name, file, copied):
    folder = copied(name)
    (folder / file).write_bytes(b"\xef\xbb\xbf" + (folder / file).read_bytes())
    found, whole = load_splits(name, source=folder), load_splits(name, source="dummy")
    assert [counted(found[part]) for part in SPLITS] == [counted(whole[part]) for part in SPLITS]


def test_reading_needs_neither_keras_nor_tensorflow():
    program = """
import sys
from rnn_zoo.datasets import DATASETS, Examples, describe, load_splits
for name in ("wnut17", "conll2003", "ewt", "nsmc", "star_reviews", "cmudict", "multi30k", "ett", "mnist",
             "promoters", "japanese_vowels", "msr_action3d", "jsb", "essen", "flickr8k", "easy_vqa", "imdb",
             "ucf101", "clevr", "librispeech", "wikiann", "digits", "moving_digits", "tiny_shakespeare", "kmou"):
    assert isinstance(load_splits(name, source="dummy")["train"], Examples)
    describe(name)
print([name for name in ("keras", "tensorflow", "tensorflow_datasets", "scipy", "pooch") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


FAST = (
    "imdb",
    "digits",
    "ett",
    "wnut17",
    "easy_vqa",
    "flickr8k",
    "fsdd",
    "cmudict",
    "jsb",
    "tiny_shakespeare",
)


@pytest.mark.parametrize(
    "name",
    [
        name if name in FAST else pytest.param(name, marks=pytest.mark.slow)
        for name, record in DATASETS.items()
        if record.read is not None
    ],
)
def test_a_builder_prepares_offline_and_reads_back_the_same_examples(name, tmp_path):
    record = DATASETS[name]
    builder = tfds_builder(name, source="dummy", data_dir=tmp_path)
    builder.download_and_prepare()
    info = builder.info
    features = record.of("features")
    assert (info.name, info.supervised_keys) == (name, (*features, *features)[:2])
    assert info.redistribution_info.license == record.card.licence and info.citation == (record.card.citation or "")
    for part in PARTS:
        expected = load_splits(name, source="dummy")[part]
        found = builder.as_dataset(split=part, as_supervised=True)
        found = [(read_back(raw, features, 0, info), read_back(label, features, 1, info)) for raw, label in found]
        listed = name == "flickr8k" and part == "train"
        labels = [named(label, features, info) for label in expected.labels]
        stored = [(stored_as(raw), [one] if listed else one) for raw, one in zip(expected.raw, labels, strict=True)]
        assert sorted(map(repr, found)) == sorted(map(repr, stored))
        assert info.splits[part].num_examples == len(expected.raw)
    assert pickle.loads(pickle.dumps(builder)).data_path == builder.data_path


def read_back(value, features, place, info):
    """What tensorflow-datasets gives, as `stored_as` gives what was read."""
    names = list(features)
    feature = features[names[min(place, len(names) - 1)]]
    if feature.kind == "classes":
        return [info.features[names[place]].feature.names[tag] for tag in value.numpy()]
    if feature.kind == "piece":
        return value.to_list()
    if feature.kind == "question":
        return [stored_as(value["image"].numpy()), value["question"].numpy().decode()]
    if feature.kind == "intent_and_tags":
        parts = info.features[names[place]]
        tags = [parts["tags"].feature.names[tag] for tag in value["tags"].numpy()]
        return parts["intent"].int2str(int(value["intent"])), tags
    value = value.numpy()
    if feature.kind == "texts":
        return [one.decode() for one in value]
    if feature.kind == "class":
        return info.features[names[place]].int2str(int(value))
    return value.decode() if feature.kind == "text" else stored_as(value)


def named(label, features, info):
    """A label as `read_back` gives it: a class by its name."""
    name, feature = list(features.items())[-1]
    if feature.kind == "class":
        return label if isinstance(label, str) else info.features[name].int2str(label)
    return label if feature.kind == "intent_and_tags" else stored_as(label)


def stored_as(value):
    """One side of an example as it is prepared: arrays as their bytes, questions with the pixels of their image."""
    if isinstance(value, tuple):
        first, second = value
        if isinstance(first, Path):
            return [stored_as(read_image(first, "image")), second]
        return stored_as(first)
    return (value.shape, value.tobytes()) if isinstance(value, np.ndarray) else value


def test_builders_of_different_sources_do_not_share_prepared_files(tmp_path, copied):
    train_only = copied("imdb") / "aclImdb"
    shutil.rmtree(train_only / "test")
    sources = (None, "tfds", "dummy", DUMMY / "imdb", train_only)
    folders = {str(tfds_builder("imdb", source=source, data_dir=tmp_path / "tfds").data_path) for source in sources}
    (train_only / "train" / "neg" / "12_1.txt").write_text("One more.")
    folders.add(str(tfds_builder("imdb", source=train_only, data_dir=tmp_path / "tfds").data_path))
    genes = [
        str(tfds_builder("gene_family", source=DUMMY / "gene_family", subset=subset, data_dir=tmp_path).data_path)
        for subset in (None, "human", "dog")
    ]
    assert len(folders) == 6 and len(set(genes)) == 3


def test_a_builder_that_fails_leaves_no_prepared_files(tmp_path):
    ratings = tmp_path / "ratings.txt"
    ratings.write_text(f"{NSMC}1\t좋다\t1\n2\t좋다\n", encoding="utf-8")
    builder = tfds_builder("nsmc", source=ratings, data_dir=tmp_path / "tfds")
    with pytest.raises(ValueError, match="line 3: a row must have 3 columns"):
        builder.download_and_prepare()
    assert not list(builder.data_path.parent.iterdir())


S = str(SHARED)
KNOWN = [
    ("imdb", None, None, (20_000, 2500, 2500, 25_000)),
    ("imdb", f"{S}/imdb/aclImdb_train.tar.xz", None, (20_000, 2500, 2500, 25_000)),
    ("rotten_tomatoes", None, None, (6824, 852, 854, 8530)),
    ("nsmc", f"{S}/nsmc", None, (120_000, 15_000, 15_000, 150_000)),
    ("nsmc_stars", f"{S}/nsmc", None, (94_789, 11_972, 11_837, 118_598)),
    ("digits", None, None, (1264, 178, 355, 1797)),
    ("mnist", f"{S}/mnist", None, (47_995, 5999, 6006, 60_000)),
    ("easy_vqa", None, None, (34_683, 3892, 9673, 38_575)),
    ("gene_family", f"{S}/dna_gene_family", "human", (2721, 384, 350, 3455)),
    ("gene_family", f"{S}/dna_gene_family", None, (4278, 595, 560, 5433)),
    ("promoters", f"{S}/promoters", None, (2409, 283, 350, 3042)),
    ("promoters", f"{S}/promoters", "bacillus", (876, 109, 108, 1093)),
    ("promoters", f"{S}/promoters", "mouse_tata", (3029, 400, 379, 3808)),
    ("conll2003", f"{S}/conll2003", None, (12_641, 3250, 1400, 17_291)),
    ("wnut17", f"{S}/wnut17", None, (3055, 1009, 339, 4403)),
    ("ewt", f"{S}/ud_english_ewt", None, (11_760, 2001, 784, 14_545)),
    ("klue", f"{S}/klue_ner", None, (3200, 400, 400, 4000)),
    ("kmou", f"{S}/kmou_ner", None, (13_679, 1726, 1695, 17_100)),
    ("msr_action3d", f"{S}/msr_action3d", None, (173, 59, 59, 291)),
    ("japanese_vowels", None, None, (243, 27, 370, 270)),
    ("basic_motions", None, None, (36, 4, 40, 40)),
    ("an4", f"{S}/an4", None, (768, 89, 91, 948)),
    ("fsdd", f"{S}/fsdd", None, (2100, 300, 300, 2700)),
    ("jsb", f"{S}/jsb_chorales", None, (191, 76, 38, 305)),
    ("jsb", f"{S}/jsb_chorales", "16th", (191, 76, 38, 305)),
    ("ett", f"{S}/ett", None, (8640 - 96 - 23, 1440 - 23, 1440 - 23, 11_520 - 96 - 23)),
    ("ett", f"{S}/ett", "etth2", (8640 - 96 - 23, 1440 - 23, 1440 - 23, 11_520 - 96 - 23)),
    ("exchange_rate", f"{S}/exchange_rate", None, (4552 - 96 - 23, 759 - 23, 759 - 23, 6070 - 96 - 23)),
    ("temperatures", f"{S}/time_series_misc", None, (2555 - 365 - 6, 365 - 6, 730 - 6, 3650 - 365 - 6)),
    ("stock_indices", None, "nasdaq", (3457, 499, 1003, 5031 - 60 - 4)),
    ("stocks", None, None, (33, 5, 12, 68 - 12 - 2)),
    ("tiny_shakespeare", f"{S}/tinyshakespeare", None, (1, 1, 1, 1)),
    ("ptb", f"{S}/ptb", None, (38_698, 3370, 3370, 42_068)),
    ("cmudict", None, None, (93_972, 11_795, 11_726, 117_493)),
    *[("multi30k", f"{S}/multi30k", pair, (28_000, 1000, 1014, 29_000)) for pair in ("en_de", "en_fr", "en_cs")],
    ("en_ko", S, None, (13_145, 1605, 1525, 3459 + 12_816)),
    ("flickr8k", f"{S}/flickr8k_mini", None, (678 * 5, 75, 113, 753 * 5)),
    ("flickr8k", f"{S}/flickr8k_128px", None, (5400 * 5, 600, 1000, 6000 * 5)),
    ("atis", f"{S}/atis", None, (4463 - 446, 446, 497, 4463)),
    ("snips", f"{S}/snips", "joint", (13_020 - 699, 699, 699, 13_020)),
    ("ko_chatbot", f"{S}/ko_chatbot", None, (8469, 1180, 954, 10_603)),
    ("ko_3i4k", f"{S}/ko_3i4k", None, (40_962, 5011, 5149, 51_122)),
    ("en_ko_general", f"{S}/en_ko", None, (59_362, 7277, 7310, 73_949)),
    ("en_text", f"{S}/en_text", "novels", (17, 2, 2, 21)),
    ("en_text", f"{S}/en_text", None, (2567, 320, 320, 3207)),
    ("ko_text", f"{S}/ko_text", "novels", (36, 4, 4, 44)),
    ("ko_text", f"{S}/ko_text", None, (2368, 296, 296, 2960)),
    ("sketches", f"{S}/sketches", None, (10_205 - 600, 600, 600, 10_205)),
    ("ud_korean", f"{S}/ko_ud_pos", None, (2413, 301, 300, 3014)),
    ("tatoeba_en_fr", f"{S}/tatoeba_fra_eng", None, (108_516, 14_306, 12_814, 135_636)),
    ("speech_commands", f"{S}/speech_commands", None, (2949, 281, 256, 3486)),
]


TAKE_SECONDS = ("kmou", "msr_action3d", "speech_commands", "en_ko_general", "tatoeba_en_fr", "snips", "fsdd", "an4",
                "ewt", "nsmc", "nsmc_stars", "conll2003", "flickr8k", "ko_text", "imdb")  # fmt: skip


@pytest.mark.parametrize(
    ("name", "source", "subset", "expected"),
    [pytest.param(*case, marks=pytest.mark.slow if case[0] in TAKE_SECONDS else ()) for case in KNOWN],
)
def test_the_known_files_have_the_documented_sizes(name, source, subset, expected):
    package = DATASETS[name].package
    if source is None and importlib.util.find_spec(package.module) is None:
        pytest.skip(f"needs the package {package.requirement}")
    if source is not None and not Path(source).exists():
        pytest.skip(f"{source} is not there")
    splits = load_splits(name, source=source, subset=subset)
    assert tuple(sizes(splits).values()) == expected
