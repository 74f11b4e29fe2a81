"""Texts that are written about: their sentences, what they begin with, and answers that are joined."""

import subprocess
import sys

import numpy as np
import pytest

from rnn_zoo import Characters, Words
from rnn_zoo.generation.texts import Generation, gone_on, joined, split_sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["A man rides a bike.", "Two dogs run!", "Why?", "Nobody knows…", "3 men left."],
        ["Dr. Kim met Mr. J. S. Bach at 3.5 km, e.g. in the U.S. army.", "See p. 5 of www.example.com."],
        ["Er kam am 3. Oktober, z.B. mit ca. 5 Leuten.", "„Und jetzt?“ fragte er.", "Ende."],
        ["« Bonjour ! » dit M. Dupont.", "Où ?", "Ici !", "Mme. Curie arrive."],
        ["그는 학교에 갔다.", "비가 왔어요!", "정말?", "네…"],
        ['He said "Stop!" and left.', '"Why?" she asked.', "(Nobody did.)", "Wait... what?"],
        ["two dogs run .", "a man sings ."],  # as tokenizers leave it
        ["One sentence without an end"],
        [""],
    ],
)
def test_a_text_is_split_at_its_sentences_and_nowhere_else(sentences):
    found = split_sentences(" ".join(sentences))
    assert [one for one, _ in found] == sentences
    assert [gap for _, gap in found] == [" "] * (len(sentences) - 1) + [""]


def test_lines_are_sentences_and_gaps_stay():
    text = "  A title\n\nTwo dogs run.  A man sings.\n \nEnd \n"
    found = split_sentences(text)
    assert [one for one, _ in found] == ["A title", "Two dogs run.", "A man sings.", "End"]
    assert "".join(one + gap for one, gap in found) == text.strip()
    assert split_sentences(" \n ") == [("", "")]
    assert split_sentences("a dog.\n\na cat, etc.\n2 birds") == [
        ("a dog.", "\n\n"),
        ("a cat, etc.", "\n"),
        ("2 birds", ""),
    ]


@pytest.mark.parametrize(
    ("tokenizer", "given", "expected"),
    [
        (Words(["the", "bank", "said"]), "The  Bank", "The  Bank said"),
        (Words(["the", "bank", "said"]), "the bank ", "the bank said"),
        (Words(["the", "bank", "said"]), "Die Bank, ", "Die Bank, said"),
        (Characters(["a", " ", "\u0301"]), "a ", "a \u0301"),
        (Characters(["a", " ", "\u0301"]), "a", "a\u0301"),  # would be one letter
        (Characters(["a", " ", "b"]), "Grüß a", "Grüß ab"),
        (Characters(["a", " ", "b"]), "", "b"),
    ],
)
def test_a_beginning_comes_back_as_it_was_given(tokenizer, given, expected):
    begun = tokenizer.encode([given])[0] if given else np.zeros(0, "int32")
    ids = np.append(begun, tokenizer.vocabulary_size - 1)
    assert gone_on(given, ids, len(begun), tokenizer.join) == expected


def test_the_best_answers_for_sentences_make_the_best_for_a_text():
    rng = np.random.default_rng(0)
    parts, sums = [], {"": 0.0}
    for place in range(3):
        numbers = sorted(rng.normal(-5, 2, 4), reverse=True)
        parts.append([Generation(f"{place}{n}", one - 1, one, np.array([n]), None) for n, one in enumerate(numbers)])
        sums = {
            f"{text} {place}{n}".strip(): total + one for text, total in sums.items() for n, one in enumerate(numbers)
        }
    found = joined(list(zip(parts, [" ", " ", ""], strict=True)), 4)
    assert [one.answer for one in found] == sorted(sums, key=sums.get, reverse=True)[:4]
    assert found[0].answer == "00 10 20" and found[0].tokens.tolist() == [0, 0, 0]
    np.testing.assert_allclose([one.penalized_log_probability for one in found], [sums[one.answer] for one in found])
    np.testing.assert_allclose([one.log_probability + 3 for one in found], [sums[one.answer] for one in found])


def test_the_settings_need_no_keras():
    program = "import sys, rnn_zoo.generation.settings\nprint({'keras', 'tensorflow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
