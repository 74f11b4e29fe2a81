"""Korean named entities: KLUE character by character, KMOU in morphemes."""

import io
import lzma
import shutil
import tarfile
from pathlib import Path

import pytest

import rnn_zoo
from rnn_zoo.datasets import KlueNer, KmouNer, klue_ner, kmou_ner
from rnn_zoo.datasets.column_files import Sentence, cut_every_tenth

DUMMY = Path(__file__).parent / "dummy_data"
SHARED = Path(__file__).parents[2] / "shared" / "data"
MODULES = {"klue_ner": klue_ner, "kmou_ner": kmou_ner}
PARTS = ("train", "validation", "test")
# Sentences and tokens.
SIZES = {
    "klue_ner": {"train": (3_200, 185_729), "validation": (400, 22_405), "test": (400, 21_968)},
    "kmou_ner": {"train": (13_679, 599_529), "validation": (1_726, 74_067), "test": (1_695, 74_960)},
}


def pairs(examples):
    return sorted((tuple(raw), tuple(labels)) for raw, labels in zip(*examples, strict=True))


@pytest.mark.parametrize("name", MODULES)
def test_the_files_have_the_documented_sizes_and_no_sentence_is_in_two_parts(name):
    if not (SHARED / name).exists():
        pytest.skip(f"{SHARED / name} is not there")
    splits = MODULES[name].read_splits(SHARED / name)
    for part, (num_sentences, num_tokens) in SIZES[name].items():
        assert len(splits[part].raw) == num_sentences
        assert sum(map(len, splits[part].raw)) == sum(map(len, splits[part].labels)) == num_tokens
    sentences = [{tuple(raw) for raw in splits[part].raw} for part in PARTS]
    assert sum(map(len, sentences)) == len(set.union(*sentences)) == len(splits["all_train"].raw)


def sentences_of(*texts, documents):
    return [Sentence(list(text), ["O"] * len(text), document) for text, document in zip(texts, documents, strict=True)]


def test_of_ten_documents_the_ninth_is_validation_and_the_tenth_test_and_repeats_stay_where_they_came_first():
    texts = [f"{place}" * 3 for place in range(10)] + ["000", "999", "888"]
    splits = cut_every_tenth(sentences_of(*texts, documents=["a", *"bcdefghij", "j", "a", "b"]))
    found = {part: ["".join(tokens) for tokens in splits[part].raw] for part in splits}
    assert found["train"] == texts[:8] and found["validation"] == ["888"] and found["test"] == ["999"]
    assert found["all_train"] == texts[:10]
    with pytest.raises(ValueError, match="ten documents or more to cut. Received: 9"):
        cut_every_tenth(sentences_of(*texts[:9], documents="abcdefghi"))


def test_with_an_official_test_part_only_validation_is_cut():
    texts = [f"{place}" * 3 for place in range(20)]
    test = sentences_of("xxx", "444", documents="xy")
    splits = cut_every_tenth(sentences_of(*texts, documents=map(str, range(20))), test=test)
    assert splits["test"].raw == [list("xxx"), list("444")]
    assert list("444") not in splits["all_train"].raw and len(splits["all_train"].raw) == 19
    assert len(splits["train"].raw) == 17 and splits["validation"].raw == [list("999"), list("191919")]


def test_klue_tokens_are_characters_and_spaces_and_number_signs_are_tokens():
    examples = rnn_zoo.load_dataset("klue_ner", "all_train", source=DUMMY / "klue_ner")
    assert "".join(examples.raw[0]) == "김하늘은 서울에 산다."
    assert examples.labels[0][:7] == ["B-PS", "I-PS", "I-PS", "O", "O", "B-LC", "I-LC"]
    assert any("#" in tokens for tokens in examples.raw)


def test_an_official_train_file_of_klue_makes_the_development_part_test(tmp_path):
    content = (DUMMY / "klue_ner" / "klue-ner-v1.1_dev.first4000.tsv").read_text(encoding="utf-8")
    (tmp_path / "klue-ner-v1.1_train.tsv.xz").write_bytes(lzma.compress(content.encode()))
    (tmp_path / "klue-ner-v1.1_dev.tsv").write_text("봄\tO\n\n김\tB-PS\n", encoding="utf-8")
    splits = klue_ner.read_splits(tmp_path)
    assert splits["test"].raw == [["봄"], ["김"]]
    everything = klue_ner.read_splits(DUMMY / "klue_ner")["all_train"]
    assert pairs(splits["all_train"]) == pairs(everything)
    assert len(splits["validation"].raw) == len(everything.raw) // 10


def test_kmou_keeps_gaps_and_reads_files_in_the_order_of_their_numbers():
    splits = kmou_ner.read_splits(DUMMY / "kmou_ner")
    place = next(place for place, tokens in enumerate(splits["test"].raw) if tokens[2] == "대학교")
    assert splits["test"].labels[place][:4] == ["B-ORG", "I-ORG", "I-ORG", "O"]
    last = [kmou_ner.read_sentences(DUMMY / "kmou_ner" / f"{number:05d}_NER.txt") for number in (10, 20)]
    assert splits["test"].raw == [one.tokens for sentences in last for one in sentences]


def test_kmou_gives_parts_of_speech_on_demand():
    forms, both = (kmou_ner.read_splits(DUMMY / "kmou_ner", subset=subset)["train"] for subset in kmou_ner.SUBSETS)
    assert both.labels == forms.labels
    assert [[token.rpartition("/")[0] for token in sentence] for sentence in both.raw] == forms.raw
    assert any("서울/NNP" in sentence for sentence in both.raw)


@pytest.mark.parametrize("mode", ["w", "w:xz"])
def test_kmou_is_read_from_an_archive_too(tmp_path, mode):
    path = tmp_path / ("morpheme_ner_train.tar" + mode[1:].replace(":", "."))
    with tarfile.open(path, mode) as archive:
        archive.addfile(tarfile.TarInfo("README"), io.BytesIO(b""))
        for file in sorted((DUMMY / "kmou_ner").iterdir(), reverse=True):
            archive.add(file, f"files/{file.name}")
    assert kmou_ner.read_splits(tmp_path) == kmou_ner.read_splits(path) == kmou_ner.read_splits(DUMMY / "kmou_ner")
    path.write_bytes(path.read_bytes()[:400] if mode == "w:xz" else b"no archive")
    with pytest.raises(ValueError, match="is damaged or cut short, or is no tar archive"):
        kmou_ner.read_splits(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("klue_ner", "김\tB-PS\n하늘\tI-PS\n", "line 2: a line must have a character, a tab and a tag"),
        ("klue_ner", "김\n", "line 1: a line must have a character, a tab and a tag. Received: '김'"),
        ("klue_ner", "## a\n김\tB-PER\n", "line 2: tag must be one of .*Received: tag='B-PER'"),
        ("klue_ner", " \tO\n김\tI-PS\n", "line 2: an I-tag must go on with an entity. Received: tag='I-PS'"),
        ("klue_ner", "", "must hold text"),
        ("kmou_ner", "## 1\n김\t김\tNNP\n", "line 2: a line must have 4 columns"),
        ("kmou_ner", "김\t김\tNNP\tB-PS\n", "line 1: tag must be one of .*Received: tag='B-PS'"),
        ("kmou_ner", "_\t_\t_\tI-PER\n", "line 1: an I-tag must go on with an entity"),
        ("kmou_ner", b"## 1\n\xff\t\n", "line 2: text must be UTF-8"),
    ],
)
def test_a_bad_line_is_named_with_its_file(tmp_path, name, content, message):
    shutil.copytree(DUMMY / name, tmp_path / name)
    path = sorted((tmp_path / name).iterdir())[0]
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=f"{path.name}.*{message}"):
        MODULES[name].read_splits(tmp_path / name)


@pytest.mark.parametrize(("name", "wanted"), [("klue_ner", "klue-ner-v1.1_dev.tsv"), ("kmou_ner", "_NER.txt")])
def test_a_missing_folder_or_file_says_what_to_get(tmp_path, name, wanted):
    with pytest.raises(FileNotFoundError, match=rf"no default source: name .*{wanted} .*https://.*--data-dir"):
        rnn_zoo.load_dataset(name, "train")
    with pytest.raises(FileNotFoundError, match=rf"must hold .*{wanted}"):
        rnn_zoo.load_dataset(name, "train", source=tmp_path)


@pytest.mark.parametrize(("builder_class", "name"), [(KlueNer, "klue_ner"), (KmouNer, "kmou_ner")])
def test_a_builder_prepares_offline_and_reads_back_the_same_sentences(tmp_path, builder_class, name):
    builder = builder_class(source=DUMMY / name, data_dir=tmp_path)
    builder.download_and_prepare()
    names = builder.info.features["tags"].feature.names
    for split in PARTS:
        read_back = sorted(
            (tuple(token.decode() for token in tokens), tuple(names[tag] for tag in tags))
            for tokens, tags in builder.as_dataset(split=split, as_supervised=True).as_numpy_iterator()
        )
        assert read_back == pairs(rnn_zoo.load_dataset(name, split, source=DUMMY / name))
