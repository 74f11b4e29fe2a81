"""The first thing to run: a recurrent network learns to spell "hello", letter by letter.

    python recipes/hello.py                 # a SimpleRNN
    python recipes/hello.py --core lstm     # or a GRU, or a Dense layer, which has no memory
    python recipes/hello.py --core all      # all four, one after the other
    python recipes/hello.py --word banana   # any word

The network reads h, e, l, l, one letter a timestep, and says after each one which letter comes next: e, l, l, o. What
follows an l is another l the first time and an o the second time. Who sees only the present letter, as a Dense layer
does, can only give each of the two one half; a recurrent layer has a hidden state, in which it carries along what it
read before.

A letter is one-hot: a vector with a 1 in the place of that letter, and 0 elsewhere. Before the network learns, all
letters are about as probable. Each training step compares what it said with what came, and moves the weights a little
(gradient descent by Adam through all timesteps: backpropagation through time). Then the network gets the first letter
and writes on by itself: each letter that it writes is the next one that it reads.
"""

import keras
import numpy as np

from rnn_zoo.layers import recurrent_stack
from rnn_zoo.training import script_command

CORES = {"simple_rnn": "SimpleRNN", "gru": "GRU", "lstm": "LSTM", "dense": "Dense, without memory"}
SHOWN_STEPS = (0, 5, 10, 20, 40, 80, 160, 320, 640)


def build(core, num_letters, units):
    """One-hot letters `[batch, timesteps, letters]` -> hidden states -> logits of each next letter."""
    letters = keras.Input((None, num_letters), name="letters")
    if core == "dense":
        hidden_states = keras.layers.Dense(units, "tanh", name="hidden")(letters)
    else:
        hidden_states = recurrent_stack(letters, None, core, units)
    logits = keras.layers.Dense(num_letters, name="logits")(hidden_states)
    return keras.Model(letters, logits, name=core)


def one_hot(text, alphabet):
    """A text as `<float32>[1, timesteps, letters]`, a batch of one."""
    return np.eye(len(alphabet), dtype="float32")[[[alphabet.index(letter) for letter in text]]]


def predict(model, text, alphabet):
    """How probable each letter is after each letter of a text: `<float32>[timesteps, letters]`."""
    return keras.ops.convert_to_numpy(keras.ops.softmax(model(one_hot(text, alphabet))))[0]


def learn(model, word, alphabet, steps):
    """Show the word again and again, and print what the network says meanwhile."""
    read, to_come = word[:-1], word[1:]
    inputs, targets = one_hot(read, alphabet), np.array([[alphabet.index(letter) for letter in to_come]])
    model.compile(keras.optimizers.Adam(0.03), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    print(f"step   loss   after {', '.join(read)} comes, it says")
    for step in range(steps + 1):
        if step in SHOWN_STEPS or step == steps:
            probabilities = predict(model, read, alphabet)
            loss = -np.log(probabilities[np.arange(len(read)), targets[0]]).mean()
            said = "  ".join(f"{alphabet[row.argmax()]} {row.max():.2f}" for row in probabilities)
            print(f"{step:>4}  {loss:5.3f}   {said}")
        if step < steps:
            model.train_on_batch(inputs, targets)


def show(model, word, alphabet):
    """Print what the network says of every letter at every timestep; the true one has a star."""
    print(f"\n{'read so far':<{max(12, len(word) + 1)}}" + "".join(f"{letter:>7}" for letter in alphabet))
    for place, row in enumerate(predict(model, word[:-1], alphabet), 1):
        cells = [f"{p:.2f}{'*' if letter == word[place] else ' '}" for letter, p in zip(alphabet, row, strict=True)]
        print(f"{word[:place]:<{max(12, len(word) + 1)}}" + "".join(f"{cell:>7}" for cell in cells))


def write(model, first, length, alphabet):
    """Begin with a letter and feed back what the network says, one step at a time."""
    text = first
    while len(text) < length:
        row = predict(model, text, alphabet)[-1]
        print(f"  given {text}  ->  {alphabet[row.argmax()]} {row.max():.2f}")
        text += alphabet[row.argmax()]
    return text


def run(*, core="simple_rnn", word="hello", units=12, steps=100, seed=0):
    """Learn a word, letter by letter, and write it.

    Args:
        core: what reads the letters.
        word: what to learn, two letters or more.
        units: size of the hidden state.
        steps: training steps; each one reads the word once.
        seed: of the weights at the start.
    """
    if len(word) < 2:
        raise ValueError(f"--word must have two letters or more. Received: {word!r}")
    alphabet = sorted(set(word))
    written = {}
    for name in CORES if core == "all" else [core]:
        keras.utils.set_random_seed(seed)
        model = build(name, len(alphabet), units)
        print(f"\n=== {CORES[name]}: {len(alphabet)} letters -> {units} units -> {len(alphabet)} letters, "
                   f"{model.count_params()} weights ===\n")  # fmt: skip
        learn(model, word, alphabet, steps)
        show(model, word, alphabet)
        print("\nIt writes by itself:")
        written[CORES[name]] = write(model, word[0], len(word), alphabet)
    for name, text in written.items():
        print(f"\n{name} wrote {text!r}{': learned' if text == word else f', not {word!r}'}", end="")
    print()


main = script_command(globals(), run, choices={"core": (*CORES, "all")})
