"""Texts, tables and tagged files as people have them: read right, or refused with file and line."""

import gzip

import pytest

from rnn_zoo.formats.conll import read_tagged
from rnn_zoo.formats.rows import column_of, read_rows
from rnn_zoo.preprocessors import Tokens, Words

ROWS = "text,label\nSlow and lovely,good\nI left early,bad\n"
TABLES = {
    "UTF-16": ("a.csv", ROWS.replace(",", "\t").encode("utf-16")),
    "semicolons": ("a.csv", ROWS.replace(",", ";").encode()),
    "a first line sep=;": ("a.csv", b"sep=;\n" + ROWS.replace(",", ";").encode()),
    "tabs": ("a.TSV", ROWS.replace(",", "\t").encode()),
    "capitals": ("a.csv", ROWS.replace("text,label", "Text,Label").encode()),
    "an empty last row": ("a.csv", ROWS.encode() + b",\n"),
    "gzip without .gz": ("a.csv", gzip.compress(ROWS.encode())),
    "old Mac": ("a.csv", ROWS.replace("\n", "\r").encode()),
}


@pytest.mark.parametrize("kind", TABLES)
def test_tables_of_spreadsheets_are_read(tmp_path, kind):
    name, data = TABLES[kind]
    (tmp_path / name).write_bytes(data)
    rows = read_rows(tmp_path / name)
    assert [tuple(row.values()) for row in rows.values] == [("Slow and lovely", "good"), ("I left early", "bad")]
    assert column_of(rows, "text", (), "column") == rows.names[0]
    assert rows.places[0].endswith("line 3" if "sep" in kind else "line 2")
    assert Words.read_file(tmp_path / name) == ["Slow and lovely", "I left early"]


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.csv", '"' + "word " * 30_000 + '"', "word " * 30_000),
        ("a.csv", r'"She said \"wow\", twice"', 'She said "wow", twice'),
        ("a.csv", '"She said ""wow"", twice"', 'She said "wow", twice'),
        ("a.tsv", '"Great" is not the word', '"Great" is not the word'),
    ],
)
def test_long_cells_and_quotes_are_read(tmp_path, name, content, text):
    delimiter = "\t" if name.endswith("tsv") else ","
    (tmp_path / name).write_text(f"text{delimiter}label\n{content}{delimiter}good\nno{delimiter}bad\n")
    assert read_rows(tmp_path / name).values[0]["text"] == text


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        (ROWS.replace("lovely", "déjà").encode("cp1252"), "line 2: text must be UTF-8. .*`iconv -f cp1252"),
        (ROWS.replace("lovely", "좋은").encode("cp949"), "line 2: .*`-f cp949` what is Korean"),
        (ROWS.encode("utf-16-le"), "iconv -f utf-16le"),
        (ROWS.encode("utf-16-be"), "iconv -f utf-16be"),
        ("text,label\ndéjà vu\0,good\n".encode(), "a.csv, line 2: text must be UTF-8"),
        (b"PK\x03\x04" + bytes(range(128, 200)), "save a sheet of a workbook as 'CSV UTF-8'"),
        (b"remark,label\nGood,1\n", r"a.csv, line 2: .*must be one of the columns \['remark', 'label'\]"),
        (b"text,label\nGood, really,1\n", "a.csv, line 2: a row must have 2 columns. Received: 3"),
        (b'text,label\nGood,1\n"no,0\n', "a.csv, line 3: unexpected end of data"),
    ],
)
def test_what_is_no_table_is_refused_with_its_remedy(tmp_path, data, remedy):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=remedy):
        Words.read_file(path)


@pytest.mark.parametrize(("name", "remedy"), [("a.json", "write JSON Lines"), ("a.xlsx", "save a sheet")])
def test_tables_that_are_not_read_are_no_lines_of_text(tmp_path, name, remedy):
    (tmp_path / name).write_text('[{"text": "A gem."}]')
    with pytest.raises(ValueError, match=f"a file of rows must end in one of .*{remedy}.*Received: .*{name}"):
        Words.read_file(tmp_path / name)


TAGGED = {
    "a byte order mark": ("\ufeffMina\tB-PER\nsang\tO\n", ["Mina", "sang"], ["B-PER", "O"]),
    "comments": ("# id = 1\n#\tO\n# text = 2\nMina\tB-PER\n", ["#", "Mina"], ["O", "B-PER"]),
    "# among blanks": ("# text = O\nMina B-PER\n# O\n1 O\n", ["Mina", "#", "1"], ["B-PER", "O", "O"]),
    "IOB1": ("-DOCSTART- -X- O\n\nMina NNP I-PER\nsings VBZ O\n", ["Mina", "sings"], ["B-PER", "O"]),
    "BILOU": ("Mina\tB-PER\nPark\tL-PER\nOslo\tU-LOC\n", ["Mina", "Park", "Oslo"], ["B-PER", "I-PER", "B-LOC"]),
    "numbers": ("1 Mina NNP\n2 sings VBZ\n", ["Mina", "sings"], ["NNP", "VBZ"]),
    "numbers that are tokens": ("3.14\tNUM\n1-2\tNUM\n", ["3.14", "1-2"], ["NUM", "NUM"]),
    "CoNLL-U": ("1-2\tdu\t_\n1\tde\tADP\n2\tle\tDET\n2.1\tx\tX\n", ["de", "le"], ["ADP", "DET"]),
    "CoNLL-2012": (
        "#begin document (bc/a/00); part 000\nbc/a 0 0 Mina NNP\nbc/a 0 1 sings VBZ\n\n#end document\n",
        ["Mina", "sings"],
        ["NNP", "VBZ"],
    ),
    "old Mac": ("Mina\tB-PER\rsings\tO\r", ["Mina", "sings"], ["B-PER", "O"]),
}


@pytest.mark.parametrize("kind", TAGGED)
def test_tagged_files_of_all_kinds_are_read(tmp_path, kind):
    text, tokens, tags = TAGGED[kind]
    path = tmp_path / "a.conll"
    path.write_bytes(text.encode())
    assert read_tagged(path) == ([tokens], [tags]) and Tokens.read_file(path) == [tokens]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Mina Park moved to Oslo in May.\nShe works for Acme Corp now.\n", "line 1: a file of tokens must have one a"),
        ("Mina sings\nShe works for Acme\n", "line 1: a file of tokens"),
        ("Mina B-PER\nsings\n", "line 2: .* 2 columns"),
        ("Mina,B-PER\nsings,O\n", "line 1: .* tabs between columns"),
        ("\tMina NNP B-PER\n\tsings VBZ O\n", "line 1=''"),
        ("# only = a comment\n-DOCSTART- O\n", "must hold tokens"),
    ],
)
def test_running_text_and_other_columns_are_refused(tmp_path, text, message):
    path = tmp_path / "a.conll"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        Tokens.read_file(path)


def test_a_tagger_takes_arrays_of_tokens():
    import numpy as np

    tokens = Tokens(["in", "rome"], list("inRome"))
    assert tokens([np.array(["in", "Rome"])])["word_ids"].tolist() == tokens([["in", "Rome"]])["word_ids"].tolist()
    assert all(type(one) is str for one in tokens.encode([np.array(["in", "Rome"])])[0].tokens)
