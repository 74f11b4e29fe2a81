"""How long writing takes: the zoo's compiled loop, and the tutorial's way, which calls `predict` for each token.

    python recipes/benchmarks/decoding_speed.py
    python recipes/benchmarks/decoding_speed.py --core gru --units 512 --json decoding.json
    python recipes/benchmarks/decoding_speed.py --model runs/translation_multi30k/model.keras --data-dir multi30k

The tutorial's way is that of Keras' example "Character-level recurrent sequence-to-sequence model": an encoder model
gives the states, a decoder model takes a token and the states and gives probabilities and new states, and a Python
loop feeds them back. Both have the same weights, those of an encoder-decoder without attention that was not trained,
and both write the most probable token, 20 of them; the end is forbidden, so that neither stops early. They must write
the same. They take turns, so that a slow minute of the machine falls on both; a first call, which compiles, does not
count. Two clocks: that on the wall, and that of the processor, which other programs on the machine disturb less.

With --model the time to translate sentences of Multi30k with the model's own settings (a beam of 5) is measured too.
"""

import time

import keras
import numpy as np
from measuring import clocked, write_json

import rnn_zoo
from rnn_zoo.layers import CELLS
from rnn_zoo.training import script_command

ALPHABET = [chr(code) for code in range(33, 123)]


def build(core, units):
    """An encoder-decoder over characters without attention."""
    tokenizer = rnn_zoo.Characters(ALPHABET)
    codec = rnn_zoo.Sequences(tokenizer, decoding={"method": "greedy"})
    builder = getattr(rnn_zoo, f"translation_{core}")
    return builder(tokenizer, codec, embedding_dim=units, units=units, attention=None, tied=False)


def tutorial_models(task):
    """The two models of the tutorial, with the weights of a Task: sources -> states; token and states -> the next."""
    decoder, encoder = task.get_layer("decoder"), task.get_layer("encoder")
    sources = keras.Input((None,), dtype="int32")
    summary = encoder({"source_ids": sources})["summary"]
    encoder_model = keras.Model(sources, [bridge(summary) for bridge in decoder.bridges])

    (trained,) = decoder.recurrent_layers
    units = decoder.settings["units"]
    layer = CELLS[decoder.settings["core"]].make_layer(units, return_sequences=True, return_state=True)
    token = keras.Input((1,), dtype="int32")
    states = [keras.Input((units,)) for _ in encoder_model.outputs]
    outputs, *new_states = layer(decoder.embedding(token), initial_state=states)
    layer.set_weights(trained.get_weights())
    probabilities = keras.layers.Softmax()(decoder.logits(outputs))
    return encoder_model, keras.Model([token, *states], [probabilities, *new_states])


def write_by_predict(models, codec, inputs, length):
    """The tutorial's loop: `<int32>[batch, length]`."""
    encoder_model, decoder_model = models
    states = encoder_model.predict(inputs, verbose=0)
    states = states if isinstance(states, list) else [states]
    token = np.full((len(inputs), 1), codec.start_id, "int32")
    forbidden = codec.banned > 0
    forbidden[codec.end_id] = True
    written = []
    for _ in range(length):
        probabilities, *states = decoder_model.predict([token, *states], verbose=0)
        token = np.where(forbidden, -1.0, probabilities[:, -1]).argmax(axis=-1)[:, None].astype("int32")
        written.append(token)
    return np.concatenate(written, axis=1)


def write_compiled(task, raw, length):
    """The zoo's way: `<int32>[batch, length]`."""
    found = task.generate(raw, batch_size=len(raw), min_length=length, max_length=length)
    return np.stack([results[0].tokens for results in found])


def compare(task, models, batch_size, length, rounds):
    """Both ways on one batch, after making sure that they write the same."""
    rng = np.random.default_rng(0)
    raw = ["".join(rng.choice(ALPHABET, length)) for _ in range(batch_size)]
    inputs = task.preprocessor(raw)
    ways = {
        "predict": lambda: write_by_predict(models, task.codec, inputs, length),
        "rnn_zoo": lambda: write_compiled(task, raw, length),
    }
    same = float((ways["predict"]() == ways["rnn_zoo"]()).all(axis=1).mean())
    if same < 0.9:  # a tie of two tokens may fall either way
        raise ValueError(f"both ways must write the same. Received: the same for {same:.0%} of the batch")
    times = clocked(ways, rounds)
    for way, (wall, processor) in times.items():
        print(f"batch {batch_size:>3}  {way:<8} {1000 * wall:>8.1f} ms, processor {1000 * processor:>8.1f} ms")
    ratios = [old / new for old, new in zip(times["predict"], times["rnn_zoo"], strict=True)]
    print(f"batch {batch_size:>3}  {ratios[0]:.0f}x as fast ({ratios[1]:.0f}x by the processor's clock)")
    seconds = {way: dict(zip(("wall", "processor"), pair, strict=True)) for way, pair in times.items()}
    return {"batch_size": batch_size, "seconds": seconds, "times_as_fast": ratios[0], "times_by_processor": ratios[1]}


def translate(path, data_dir, sentences):
    """Seconds to translate sentences of Multi30k with a trained model, compiled by a first batch."""
    task = keras.saving.load_model(path)
    raw = rnn_zoo.load_dataset("multi30k", "test", source=data_dir).raw[:sentences]
    task.infer(raw[:64])
    wall, processor = time.perf_counter(), time.process_time()
    answers = task.infer(raw)
    found = {"sentences": len(raw), "wall": time.perf_counter() - wall, "processor": time.process_time() - processor}
    words = sum(len(answer.split()) for answer in answers) / len(answers)
    print(
        f"{len(raw):,} sentences, {task.codec.decoding.method}: {found['wall']:.1f} s, "
        f"processor {found['processor']:.1f} s, {words:.1f} words a translation"
    )
    return found


def run(
    *, core="lstm", units=256, length=20, batch_sizes=(1, 32), rounds=5, model: str | None = None,
    data_dir: str | None = None, sentences=1000, json: str | None = None,
):  # fmt: skip
    """Measure both ways, and a trained model if there is one.

    Args:
        core: the cell.
        units: size of the hidden state.
        length: tokens to read, and to write.
        batch_sizes: texts at once.
        rounds: times that each is measured; the median counts.
        model: a trained translation model, to be timed on Multi30k.
        data_dir: folder of Multi30k, for --model.
        sentences: how many of its sentences to translate.
    """
    keras.utils.set_random_seed(0)
    task = build(core, units)
    models = tutorial_models(task)
    content = {"core": core, "units": units, "length": length}
    content["batches"] = [compare(task, models, size, length, rounds) for size in batch_sizes]
    if model:
        content["translation"] = translate(model, data_dir, sentences)
    write_json(json, content)


main = script_command(globals(), run, choices={"core": ("simple_rnn", "gru", "lstm")})
