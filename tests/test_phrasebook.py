"""Phrases of a traveller: every slot filled, both languages, nothing that is measured on."""

import re

import pytest

import rnn_zoo
from rnn_zoo.catalogue import load_script
from rnn_zoo.datasets import phrases


@pytest.mark.parametrize("target", ["fr", "ko"])
def test_all_slots_are_filled_in_the_script_of_the_language(target):
    pairs = phrases(target)
    assert len(pairs) == len({english for english, _ in pairs}) > 3_000
    for english, translation in pairs:
        assert not re.search(r"[{}\t]|^\W|\s$|  ", english + translation) and translation.isprintable(), english
        assert bool(re.search("[가-힣]", translation)) == (target == "ko") and english.isascii()
        assert translation[-1] in ".?!"


@pytest.mark.parametrize(
    ("english", "french", "korean"),
    [
        ("It is a quarter to nine.", "Il est neuf heures moins le quart.", "아홉 시 십오 분 전이에요."),
        ("Where is the museum?", "Où se trouve le musée ?", "박물관 어디에 있어요?"),
        ("The museum is closed today.", "Le musée est fermé aujourd'hui.", "박물관 오늘 문을 닫았어요."),
        ("we are lost", "Nous sommes perdus.", "우리는 길을 잃었어요."),
        ("I am Paul.", "Je suis Paul.", "저는 폴이에요."),
        ("i am alex", "Je suis Alex.", "저는 알렉스예요."),
    ],
)
def test_a_phrase_in_three_languages(english, french, korean):
    assert (dict(phrases("fr", ["x"]))[english], dict(phrases("ko"))[english]) == (french, korean)


def test_what_is_measured_on_is_left_out():
    left = dict(phrases("fr", ["WHERE IS THE MUSEUM", "Nous sommes perdus !"]))
    assert {english for english, _ in phrases("fr") if english not in left} == {
        "Where is the museum?", "where is the museum", "We are lost.", "we are lost",
    }  # fmt: skip


def test_unknown_languages_are_refused():
    with pytest.raises(ValueError, match="target must be one of .*Received: target='de'"):
        rnn_zoo.datasets.phrases("de")


@pytest.mark.parametrize("held_out", ["Where is the museum?", ["Hello.", 1]])
def test_what_is_held_out_must_be_texts(held_out):
    with pytest.raises(ValueError, match="held_out must be texts"):
        phrases("fr", held_out)


@pytest.mark.parametrize("recipe", ["translation_tatoeba_en_fr", "translation_en_ko"])
def test_recipes_add_the_phrases_to_what_is_learned_from_and_refuse_fewer_than_none(recipe):
    main = load_script(recipe).main

    def sizes(times):
        settings = {**main.settings, "data_dir": "dummy", "phrases_an_epoch": times}
        splits = main.splits(**main.reading_settings(settings))
        return [len(splits[split].raw) for split in ("train", "validation", "all_train")]

    none, once, twice = map(sizes, range(3))
    added = [one - other for one, other in zip(once, none, strict=True)]
    assert added == [one - other for one, other in zip(twice, once, strict=True)]
    assert added[0] == added[2] > 7_000 and added[1] == 0
    with pytest.raises(ValueError, match="phrases_an_epoch=-1"):
        sizes(-1)
