"""Examples that are larger than memory. Number i is the word `w<i>` repeated, so that a row tells which one it is."""

import gzip
import json
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

import rnn_zoo
from rnn_zoo.formats.rows import each_row
from rnn_zoo.streams import Column, is_source
from rnn_zoo.summaries import Counts, Sample, summed

NUM_EXAMPLES = 50
LENGTHS = np.random.default_rng(0).integers(1, 30, NUM_EXAMPLES)
WORDS = [f"w{number}" for number in range(NUM_EXAMPLES)]
TEXTS = [" ".join([word] * length) for word, length in zip(WORDS, LENGTHS, strict=True)]
LABELS = [("negative", "positive")[number % 2] for number in range(NUM_EXAMPLES)]
PAIRS = list(zip(TEXTS, LABELS, strict=True))
ROWS = [{"id": number, "text": text, "label": label} for number, (text, label) in enumerate(PAIRS)]


class HuggingFaceLike:
    """What tells a dataset of the package `datasets`: columns, features, and rows by their place."""

    column_names, features = ["id", "text", "label"], {}

    def __len__(self):
        return NUM_EXAMPLES

    def __getitem__(self, place):
        if place >= NUM_EXAMPLES:
            raise IndexError(place)
        return ROWS[place]


def pairs():
    yield from PAIRS


@pytest.fixture
def task():
    return rnn_zoo.sentiment_gru(
        rnn_zoo.Words(WORDS), rnn_zoo.Classes(["negative", "positive"]), embedding_dim=2, units=2, bidirectional=False,
        word_dropout=0.0, embedding_dropout=0.0, dropout=0.0,
    )  # fmt: skip


@pytest.fixture
def shards(tmp_path):
    """Five files of ten rows each, of each format that needs no package."""
    for index, ending in enumerate(["csv", "tsv", "jsonl", "csv.gz", "jsonl.gz"]):
        rows = ROWS[10 * index : 10 * index + 10]
        if "jsonl" in ending:
            lines = [json.dumps(row) for row in rows]
        else:
            comma = "\t" if ending == "tsv" else ","
            lines = [comma.join(map(str, row)) for row in (ROWS[0].keys(), *(row.values() for row in rows))]
        opener = gzip.open if ending.endswith("gz") else open
        with opener(tmp_path / f"{index}.{ending}", "wt", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    return tmp_path


def content(dataset):
    return [[array.tolist() for array in batch] for batch in dataset.as_numpy_iterator()]


def numbers(dataset):
    return [row[0] - 2 for inputs, _ in content(dataset) for row in inputs]


@pytest.mark.parametrize("shuffle", [False, True])
def test_with_a_window_that_holds_all_the_batches_are_those_of_the_examples_in_memory(task, shuffle):
    settings = {"batch_size": 8, "shuffle": shuffle, "seed": 3}
    streamed = rnn_zoo.batches(task, pairs, buffer_size=NUM_EXAMPLES, **settings)
    in_memory = rnn_zoo.batches(task, TEXTS, LABELS, **settings)
    for _ in range(2):
        assert content(streamed) == content(in_memory)


def test_a_stream_trains_to_the_losses_of_the_same_examples_in_memory(task):
    def losses(*examples, **more):
        task.set_weights(weights)
        dataset = rnn_zoo.batches(task, *examples, batch_size=8, shuffle=True, seed=1, bucket_width=30, **more)
        return task.fit(dataset, epochs=2, verbose=0).history["loss"]

    starts = []
    task.compile("sgd")
    weights = task.get_weights()
    found = losses(rnn_zoo.Stream(lambda: starts.append(1) or pairs()), buffer_size=NUM_EXAMPLES)
    assert found == pytest.approx(losses(TEXTS, LABELS), abs=1e-6)
    assert found[0] != found[1]
    assert len(starts) == 1 + 2  # to see what examples look like, and a pass an epoch


def test_the_order_repeats_by_seed_and_differs_by_epoch_and_by_window(task):
    def two_epochs(seed):
        dataset = rnn_zoo.batches(task, pairs, batch_size=5, buffer_size=25, shuffle=True, seed=seed)
        return numbers(dataset), numbers(dataset)

    first, second = two_epochs(seed=1)
    assert two_epochs(seed=1) == (first, second)
    assert first != second and first != two_epochs(seed=2)[0]
    assert sorted(first[:25]) == list(range(25)) and sorted(first) == list(range(NUM_EXAMPLES))
    assert [number - 25 for number in first[25:]] != first[:25]


@pytest.mark.parametrize("steps", [3, 5, 8])
def test_a_pass_goes_on_within_a_window(task, steps):
    settings = {"batch_size": 5, "buffer_size": 25, "shuffle": True, "seed": 1, "initial_epoch": 4}
    whole = content(rnn_zoo.batches(task, pairs, **settings))
    assert content(rnn_zoo.batches(task, pairs, **settings, initial_step=steps)) == whole[steps:]


def test_no_more_than_two_windows_are_read_ahead(task, monkeypatch):
    read = []
    monkeypatch.setattr("rnn_zoo.pipeline.dataset_of", lambda one_pass, *_: one_pass())

    def endless():
        while True:
            read.append(1)
            yield PAIRS[len(read) % NUM_EXAMPLES]

    batches = rnn_zoo.batches(task, endless, batch_size=4, buffer_size=20, shuffle=True)
    for step in range(1, 40):
        next(batches)
        windows_begun = -(-step // 5)
        assert len(read) <= 1 + 20 * (windows_begun + 1)  # one to see what examples look like
    batches.close()


def test_a_window_is_rounded_up_so_that_all_batches_but_the_last_are_full(task):
    dataset = rnn_zoo.batches(task, pairs, batch_size=8, buffer_size=9)
    sizes = [len(targets) for _, targets in dataset.as_numpy_iterator()]
    assert sizes == [8] * 6 + [2]
    with pytest.raises(ValueError, match="buffer_size must be positive. Received: buffer_size=0"):
        rnn_zoo.batches(task, pairs, buffer_size=0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: tf.data.Dataset.from_tensor_slices((TEXTS, [number % 2 for number in range(NUM_EXAMPLES)])),
        lambda: tf.data.Dataset.from_tensor_slices({"text": TEXTS, "label": LABELS}),
        HuggingFaceLike,
        lambda: pairs,
        lambda: rnn_zoo.Stream(ROWS),
    ],
)
def test_whatever_gives_examples_gives_the_same_batches(task, make):
    dataset = rnn_zoo.batches(task, make(), batch_size=8, buffer_size=NUM_EXAMPLES)
    assert content(dataset) == content(rnn_zoo.batches(task, TEXTS, LABELS, batch_size=8))


def test_fit_and_evaluate_take_what_gives_examples(task, monkeypatch):
    monkeypatch.setattr(keras.Model, "fit", lambda self, x, y, **settings: (x, settings["validation_data"]))
    monkeypatch.setattr(keras.Model, "evaluate", lambda self, x, y, **settings: x)
    split = tf.data.Dataset.from_tensor_slices((TEXTS, LABELS))
    in_memory = content(rnn_zoo.batches(task, TEXTS, LABELS, batch_size=8))
    for source in (split, pairs, rnn_zoo.Stream(ROWS)):
        assert [content(one) for one in task.fit(source, batch_size=8, shuffle=False, validation_data=source)] == [
            in_memory, in_memory,
        ]  # fmt: skip
        assert content(task.evaluate(source, batch_size=8)) == in_memory
    assert sorted(numbers(task.fit(pairs)[0])) == list(range(NUM_EXAMPLES)) != numbers(task.fit(pairs)[0])
    batches = rnn_zoo.batches(task, pairs)
    assert task.fit(batches, validation_data=batches) == (batches, batches)
    assert task.evaluate(batches) is batches


def test_a_split_knows_how_many_batches_it_has(task):
    dataset = rnn_zoo.batches(task, tf.data.Dataset.from_tensor_slices((TEXTS, LABELS)), batch_size=8)
    assert int(dataset.cardinality()) == 7
    assert int(rnn_zoo.batches(task, HuggingFaceLike(), batch_size=8).cardinality()) == 7
    assert int(rnn_zoo.batches(task, pairs, batch_size=8).cardinality()) == tf.data.UNKNOWN_CARDINALITY


def test_shards_are_read_in_order_and_shuffled_as_files(task, shards):
    assert [pair for pair in zip(*rnn_zoo.Stream(shards).take(100), strict=True)] == PAIRS
    assert rnn_zoo.Stream(str(shards / "*.gz")).take(100)[0] == TEXTS[30:]
    assert rnn_zoo.Stream([shards / "1.tsv", str(shards / "0.csv")]).take(11)[0] == [*TEXTS[10:20], TEXTS[0]]
    dataset = rnn_zoo.batches(task, shards, batch_size=10, buffer_size=10, shuffle=True)
    orders = [numbers(dataset) for _ in range(3)]
    assert all(sorted(order) == list(range(NUM_EXAMPLES)) for order in orders)
    assert len({tuple(number // 10 for number in order[::10]) for order in orders}) > 1


def test_parquet_is_read_through_pyarrow_or_refused_in_one_line(tmp_path, monkeypatch):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = tmp_path / "shard.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(ROWS), path)
    assert rnn_zoo.Stream(path).take(100) == (TEXTS, LABELS)
    with pytest.raises(ValueError, match="there must be a column 'review'"):
        rnn_zoo.Stream(path, columns=("review", "label")).take(1)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ModuleNotFoundError, match="^Parquet files need pyarrow: pip install .rnn-zoo.tables.."):
        rnn_zoo.Stream(path).take(1)


def array_records(path, records):
    writer = pytest.importorskip("array_record.python.array_record_module").ArrayRecordWriter(str(path), "group_size:1")
    for record in records:
        writer.write(record)
    writer.close()
    return path


def test_array_records_are_rows_of_json_or_examples_of_tensorflow_or_refused(tmp_path, monkeypatch):
    def example(text, label):
        kinds = tf.train.BytesList(value=[text.encode()]), tf.train.Int64List(value=[label])
        named = {"text": tf.train.Feature(bytes_list=kinds[0]), "label": tf.train.Feature(int64_list=kinds[1])}
        return tf.train.Example(features=tf.train.Features(feature=named)).SerializeToString()

    first = array_records(tmp_path / "r.array_record-00000-of-00002", (json.dumps(row).encode() for row in ROWS[:2]))
    array_records(tmp_path / "r.array_record-00001-of-00002", [example(*pair) for pair in (("좋다", 1), ("Dull.", 0))])
    assert rnn_zoo.Stream(tmp_path).take(9) == ([*TEXTS[:2], "좋다", "Dull."], [*LABELS[:2], 1, 0])
    first.write_bytes(first.read_bytes()[:60])
    with pytest.raises(ValueError, match="r.array_record-00000-of-00002 is no ArrayRecord, damaged or cut short"):
        rnn_zoo.Stream(first).take(1)
    wrong = array_records(tmp_path / "wrong.array_record", [b"{}", b"\xff\xfe"])
    with pytest.raises(ValueError, match="wrong.array_record, line 1: there must be a column 'text'"):
        rnn_zoo.Stream(wrong).take(1)
    with pytest.raises(ValueError, match="line 2: a record must be an object of JSON or a tf.train.Example"):
        list(each_row(wrong))
    monkeypatch.setitem(sys.modules, "array_record", None)
    with pytest.raises(ModuleNotFoundError, match="^ArrayRecord files need array_record: pip install"):
        rnn_zoo.Stream(wrong).take(1)


def grain_source(tmp_path):
    grain = pytest.importorskip("grain", reason="grain is not installed")
    return grain.MapDataset.source(PAIRS).shuffle(seed=1)


def grain_records(tmp_path):
    path = array_records(tmp_path / "rows.array_record", (json.dumps(row).encode() for row in ROWS))
    return pytest.importorskip("array_record.python.array_record_data_source").ArrayRecordDataSource([str(path)])


def hugging_face(tmp_path):
    return pytest.importorskip("datasets", reason="datasets is not installed").Dataset.from_list(ROWS)


def tensorflow_datasets(tmp_path):
    import tensorflow_datasets as tfds

    features = tfds.features.FeaturesDict({"text": tfds.features.Text(), "label": tfds.features.Text()})
    split = tfds.dataset_builders.store_as_tfds_dataset  # a dataset of one's own, prepared as ArrayRecord
    pairs = ((number, {"text": text, "label": label}) for number, (text, label) in enumerate(PAIRS))
    builder = split("rows", version="1.0.0", features=features, split_datasets={"train": list(pairs)},
                    data_dir=tmp_path, file_format="array_record")  # fmt: skip
    return builder.as_data_source("train")


@pytest.mark.parametrize("make", [grain_source, grain_records, hugging_face, tensorflow_datasets])
def test_data_sources_of_other_libraries_are_streams_whose_rows_are_shuffled_by_their_places(task, tmp_path, make):
    source = make(tmp_path)
    stream = rnn_zoo.Stream(source)
    pairs = list(zip(*stream.take(100), strict=True))
    assert sorted(pairs) == sorted(PAIRS) and stream.num_examples == NUM_EXAMPLES
    dataset = rnn_zoo.batches(task, source if is_source(source) else stream, batch_size=5, buffer_size=5, shuffle=True)
    orders = [numbers(dataset) for _ in range(2)]
    assert orders[0] != orders[1] and sorted(orders[0]) == sorted(orders[1]) == list(range(NUM_EXAMPLES))
    assert max(orders[0][:5]) - min(orders[0][:5]) > 5  # not only those that lie together


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "text,label\ngood,1\nbad\n", "a.csv, line 3: a row must have 2 columns. Received: 1"),
        ("a.csv", "text,stars\ngood,1\n", "a.csv, line 2: there must be a column 'label'. Received: .*'stars'"),
        ("a.csv", "text,text\ngood,1\n", "line 1: columns must have different names"),
        ("a.csv", 'text,label\n"go\nod",1\nbad,\n', "line 4, column 'label': a cell must not be empty"),
        ("a.csv", 'text,label\n"good,1\n', "a.csv, line 2: unexpected end of data"),
        ("a.csv", "text,label\n", "must give examples each time"),
        (
            "a.csv",
            "text,label\ngood,1\ntext, label\n",
            "line 3: the header must come once, on line 1. Received: .'text'",
        ),
        ("a.jsonl", '{"text": "good", "label": 1}\n{"text"\n', "a.jsonl, line 2: "),
        ("a.jsonl", '["good", 1]\n', "line 1: a row must be an object"),
        ("a.jsonl", '{"text": null, "label": 1}\n', "line 1, column 'text': a cell must not be empty"),
    ],
)
def test_what_is_wrong_with_a_file_is_named_with_its_line(tmp_path, name, text, message):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        rnn_zoo.Stream(tmp_path / name).take(10)


def test_semicolons_long_cells_and_utf_16_are_read(tmp_path):
    (tmp_path / "a.csv").write_bytes(f"text;label\r\n{'ab ' * 50_000};1\r\n좋아;2\r\n".encode("utf-16"))
    (long, short), labels = rnn_zoo.Stream(tmp_path).take(2)
    assert (len(long), short, labels) == (150_000, "좋아", ["1", "2"])


def test_a_mark_of_byte_order_and_damage_are_told(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbftext,label\ngood,1\n\xff,1\n")
    assert rnn_zoo.Stream(tmp_path).take(1) == (["good"], ["1"])
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"text,label\n" + b"good,1\n" * 999)[:-20])
    with pytest.raises(ValueError, match="line 3: text must be UTF-8. Received: b'.xff'"):
        rnn_zoo.Stream(tmp_path / "a.csv").take(2)
    with pytest.raises(ValueError, match="b.csv.gz, after line .* is damaged or cut short"):
        rnn_zoo.Stream(tmp_path / "b.csv.gz").take(2000)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (pairs(), "can be started again, for the next pass: give the function"),
        (iter(PAIRS), "give the function"),
        (3, "made of what gives examples"),
        ([("good", 1), ("bad",)], r"example 1 of the stream must be a pair .* Received: \('bad',\)"),
        ([{"review": "good", "label": 1}], r"example 0 .* Stream\(source, columns=\(raw, label\)\).* without 'text'"),
        (list, "must give examples each time that it is started"),
    ],
)
def test_what_is_no_stream_is_refused_with_the_remedy(source, message):
    with pytest.raises(ValueError, match=message):
        rnn_zoo.Stream(source).take(10)


def test_missing_files_are_named(tmp_path):
    for path in (tmp_path, tmp_path / "no.csv", str(tmp_path / "*.csv"), ["no.csv"]):
        with pytest.raises(FileNotFoundError, match="A path must name files that end in"):
            rnn_zoo.Stream(path)


def test_a_function_that_gives_its_iterator_again_is_refused_in_the_second_pass():
    started = pairs()
    stream = rnn_zoo.Stream(lambda: started)
    assert stream.take(100) == (TEXTS, LABELS)
    with pytest.raises(ValueError, match="a function must make a new iterator at every call"):
        stream.take(1)


def test_what_belongs_to_examples_in_memory_is_refused_beside_a_stream(task):
    with pytest.raises(ValueError, match="labels and sample_weight must be None"):
        rnn_zoo.batches(task, pairs, LABELS)
    with pytest.raises(ValueError, match="labels and sample_weight must be None"):
        task.fit(pairs, sample_weight=[1.0] * NUM_EXAMPLES)
    with pytest.raises(ValueError, match="validation_split needs examples in memory"):
        task.fit(pairs, validation_split=0.1)


def test_an_example_that_cannot_be_encoded_is_named_before_or_within_the_pass(task):
    with pytest.raises(ValueError, match="example 0 of the stream: texts must be strings"):
        rnn_zoo.batches(task, rnn_zoo.Stream([(3, "positive")]))
    late = rnn_zoo.batches(task, rnn_zoo.Stream([*PAIRS, ("w1", "so-so")]), batch_size=8)
    with pytest.raises(tf.errors.InvalidArgumentError, match="example 50 of the stream: labels must be one of"):
        list(late)
    task.compile()
    with pytest.raises(ValueError, match="^example 50 of the stream: labels must be one of [^\n]*$"):
        task.evaluate(late, verbose=0)


@pytest.mark.parametrize(("of", "workers"), [("files", 0), ("files", 2), ("one file", 2), ("function", 2)])
def test_a_stream_teaches_what_the_same_examples_in_memory_teach(shards, of, workers):
    settings = {"min_count": 2, "bigram_min_count": 1, "units": 2}
    files = sorted(shards.iterdir())
    (shards / "whole.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    source = {"files": files, "one file": shards / "whole.jsonl", "function": pairs}[of]
    stream = rnn_zoo.Stream(source, workers=workers)
    streamed = rnn_zoo.sentiment_gru.from_examples(stream, **settings)
    assert stream._read == NUM_EXAMPLES
    in_memory = rnn_zoo.sentiment_gru.from_examples((TEXTS, LABELS), **settings)
    assert streamed.preprocessor.get_config() == in_memory.preprocessor.get_config()
    assert streamed.codec.class_names == in_memory.codec.class_names == ["negative", "positive"]
    assert streamed.count_params() == in_memory.count_params()


def test_all_is_learned_in_one_pass_after_a_look_at_the_first_examples():
    passes = []

    def counted():
        passes.append(0)
        for pair in PAIRS * 2:
            passes[-1] += 1
            yield pair

    rnn_zoo.sentiment_gru.from_examples(rnn_zoo.Stream(counted), min_count=1, bigram_min_count=1, units=2)
    assert passes == [64, 100]


@pytest.mark.parametrize("workers", [0, 2])
def test_what_cannot_be_learned_from_is_named_with_its_line(shards, workers):
    (shards / "last.jsonl").write_text('{"text": "a film", "label": "positive"}\n{"text": 7, "label": "positive"}\n')
    with pytest.raises(ValueError, match="last.jsonl, line 2: texts must be strings"):
        rnn_zoo.sentiment_gru.from_examples(rnn_zoo.Stream(shards, workers=workers), min_count=1)


def test_a_bounded_count_keeps_what_is_frequent_throughout():
    examples = [[f"rare{number}", "often", "often", "also"] for number in range(1000)]
    assert summed(examples, Counts(list)).counts["rare5"] == 1
    bounded = summed(examples[:500], Counts(list, limit=10))
    bounded.merge(summed(examples[500:], Counts(list, limit=10)))
    assert (bounded.counts["often"], bounded.counts["also"]) == (2000, 1000) and len(bounded.counts) <= 10


def test_a_sample_is_the_same_in_whatever_order_and_parts_texts_come():
    sample = summed(TEXTS, Sample(5))
    parts = [summed(TEXTS[first::3][::-1], Sample(5)) for first in (2, 0, 1)]
    for other in parts[1:]:
        parts[0].merge(other)
    assert len(sample.texts) == 5 and list(parts[0].texts.values()) == list(sample.texts.values())


@pytest.mark.parametrize("of", ["files", "rows", "list", "function"])
def test_shards_have_each_a_part_of_the_examples(shards, of):
    source = {"files": shards, "rows": next(shards.glob("*.tsv")), "list": PAIRS, "function": pairs}[of]
    whole = rnn_zoo.Stream(source)
    parts = [whole.shard(index, 3) for index in range(3)]
    read = [[raw for _, raw, _ in part.read(np.random.default_rng(1), 10)] for part in parts]
    assert sorted(sum(read, [])) == sorted(raw for _, raw, _ in whole.read())
    assert min(map(len, read)) >= 3
    assert [part.num_examples for part in parts] == ([17, 17, 16] if of == "list" else [None] * 3)


TAGGED = [(text.split(), [("O", "B-A")[number % 2]] * len(text.split())) for number, (text, _) in enumerate(PAIRS)]
FRAMES = [np.full([length, 2], number) for number, length in enumerate(LENGTHS)]


@pytest.mark.parametrize(
    ("name", "examples", "settings"),
    [
        ("ner_gru", TAGGED, {"min_count": 1, "min_character_count": 1, "num_bigrams": 5}),
        ("translation_gru", [(text, text) for text in TEXTS], {"vocabulary_size": 60}),
        ("activity_gru", list(zip(FRAMES, LABELS, strict=True)), {"keep_shape": True, "velocities": True}),
        ("keyword_gru", [((text.astype("float32"), 8000), label) for text, label in zip(
            np.random.default_rng(0).normal(size=[20, 800]), LABELS, strict=False)], {"scaling": "training"}),
        ("speech_gru", [((np.ones(800), 8000), text) for text in TEXTS[:9]], {"token_type": "words"}),
    ],
)  # fmt: skip
def test_vocabularies_scales_and_classes_of_other_models_are_learned_in_passes(name, examples, settings):
    from_examples = rnn_zoo.builders.find_builder(name).from_examples
    streamed = from_examples(rnn_zoo.Stream(lambda: iter(examples)), units=2, **settings)
    in_memory = from_examples(tuple(map(list, zip(*examples, strict=True))), units=2, **settings)
    if name == "translation_gru":  # files of SentencePiece also say how it was trained
        assert streamed.preprocessor.tokens == in_memory.preprocessor.tokens
        assert streamed.codec.tokens == in_memory.codec.tokens
        return
    for one, other in ((streamed.preprocessor, in_memory.preprocessor), (streamed.codec, in_memory.codec)):
        assert keras.saving.serialize_keras_object(one) == keras.saving.serialize_keras_object(other)


def test_a_column_of_a_stream_is_never_held():
    for touch in (list, len, lambda column: column[1]):
        with pytest.raises(ValueError, match="learned from examples in memory"):
            touch(Column(rnn_zoo.Stream(pairs), 0, {}))
