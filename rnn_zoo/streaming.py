"""Answers while an example still comes in: timestep by timestep, in pieces of a text, a sound or a series."""

from typing import Any, NamedTuple

import numpy as np

from rnn_zoo.preprocessors import Series


class StreamState(NamedTuple):
    """All that is known of one stream: plain values that can be kept, copied, pickled and gone on from more than once.

    Attributes:
        held: of the raw pieces, what the next one may still change, or is read together with; None at first.
        waiting: encoded timesteps `[timesteps, ...]` that the network has not read: frames that fill no stack yet.
        timesteps: encoded timesteps so far.
        network: what the network remembers, a list of arrays.
        output: the network's last output, an array; None before the first one.
    """

    held: Any
    waiting: np.ndarray
    timesteps: int
    network: list
    output: np.ndarray | None


class Streaming:
    """A model that answers while examples come in; `rnn_zoo.to_streaming` and `rnn_zoo.runtime.load` make one.

    Attributes:
        model: the Task, or a `rnn_zoo.runtime.Model`.
        compute: from whole inputs, as the preprocessor gives them, to outputs.
    """

    def __init__(self, model, network=None):
        self.model, self._network = model, network or _Window(model)
        self.compute = self._network.compute

    def feed(self, pieces, states=None, *, top_k=None):
        """Read the next piece of each of some streams, which share a batch.

        Args:
            pieces: a list with a piece of each stream, None for one that has nothing new: a string; samples
                `[samples]` at the model's rate, or `(samples, sample_rate_hz)`; frames `[frames, ...]`; rows of a
                series `[timesteps, variables]`.
            states: what the last call gave for these streams, a list; None for one, or for all, that begin.
            top_k: as of `Task.infer`.

        Returns:
            The answers, a list: to what is settled of each stream; None while there is none. And the states, a list of
            `StreamState`.

        Raises:
            ValueError: for a piece that is none, with its place in the list, or a stream that is longer than the model
                reads texts.
        """
        _check_list(pieces=pieces)
        preprocessor = self.model.preprocessor
        if preprocessor.needs_whole:
            refuse(self.model, preprocessor.needs_whole)
        states = [None] * len(pieces) if states is None else states
        _check_list(states=states)
        if len(states) != len(pieces):
            raise ValueError(f"states must be as many as pieces. Received: {len(states)} and {len(pieces)}")
        states = [state or self._network.begun for state in states]
        found = [
            state
            if _is_nothing(piece)
            else self._longer(state, *preprocessor.encode_piece(piece, state.held, f"pieces[{index}]"))
            for index, (piece, state) in enumerate(zip(pieces, states, strict=True))
        ]
        found = self._network.read(found, preprocessor)
        return self._answers(found, top_k), found

    def finish(self, states, *, top_k=None):
        """The answers of `Task.infer` to all that each stream has brought, what is held included; None for nothing.

        The states stay as they are: a stream can go on.
        """
        _check_list(states=states)
        found = [
            state if state is None or state.held is None and not len(state.waiting) else self._ended(state, index)
            for index, state in enumerate(states)
        ]
        return self._answers(self._network.read(found, self.model.preprocessor, last=True), top_k)

    def _ended(self, state, index):
        preprocessor = self.model.preprocessor
        encoded, _ = preprocessor.encode_piece(None, state.held, f"states[{index}]", last=True)
        if not state.timesteps and not len(encoded) and state.held is not None:
            (encoded,) = preprocessor.encode([state.held])
        return self._longer(state, encoded, None)

    def _longer(self, state, encoded, held):
        """A stream with more encoded timesteps waiting."""
        timesteps, limit = state.timesteps + len(encoded), getattr(self.model.preprocessor, "max_timesteps", None)
        if limit is not None and timesteps > limit:
            raise ValueError(
                f"A stream must have at most {limit} timesteps, max_timesteps of {self.model.name}, which cuts longer "
                f"ones. Received: {timesteps}"
            )
        waiting = np.concatenate([state.waiting, encoded]) if len(state.waiting) else encoded
        return state._replace(held=held, waiting=waiting, timesteps=timesteps)

    def _answers(self, states, top_k):
        known = [index for index, state in enumerate(states) if state is not None and state.output is not None]
        answers = [None] * len(states)
        if known:
            outputs = np.stack([states[index].output for index in known])
            for index, answer in zip(known, self.model.codec.decode(outputs, top_k=top_k), strict=True):
                answers[index] = answer
        return answers


def _check_list(**given):
    ((name, found),) = given.items()
    if not isinstance(found, (list, tuple)) or isinstance(found, StreamState):
        raise ValueError(
            f"{name} must be a list, one for each stream: write [{name[:-1]}] for a single one. Received: {found!r:.60}"
        )


def _is_nothing(piece):
    return piece is None or (hasattr(piece, "__len__") and getattr(piece, "ndim", 1) and not len(piece))


class Steps:
    """A network that reads forward, timestep by timestep.

    Args:
        run: from a dictionary with a timestep, under `input_name`, and the states, "state_0" and so on, to one with
            "outputs" and the states after it, "next_state_0" and so on; all are arrays.
        input_name: of the network.
        width: so many encoded timesteps are one of the network.
        first: the states before anything was read, a list of arrays `[size]`.
    """

    def __init__(self, run, input_name, width, first):
        self._run, self._input_name, self._width, self._first = run, input_name, width, first
        self.begun = StreamState(None, np.zeros((0,)), 0, first, None)

    def read(self, states, preprocessor, last=False):
        """Streams after the network has read what waits in them; the last stack of frames is filled up with zeros."""
        states, whole = list(states), 1 if last else self._width
        ready = [0 if one is None else len(one.waiting) // whole * whole for one in states]
        found = [index for index, count in enumerate(ready) if count]
        if not found:
            return states
        lengths = np.array([-(-ready[index] // self._width) for index in found], "int32")
        padded = preprocessor.pad(
            [states[index].waiting[: ready[index]] for index in found], int(lengths.max()) * self._width
        )
        outputs, after = self.advance(
            padded[self._input_name] if isinstance(padded, dict) else padded, lengths,
            [np.stack(arrays) for arrays in zip(*(states[index].network for index in found), strict=True)],
        )  # fmt: skip
        for row, index in enumerate(found):
            states[index] = states[index]._replace(
                waiting=states[index].waiting[ready[index] :], network=[array[row] for array in after],
                output=outputs[row],
            )  # fmt: skip
        return states

    def advance(self, inputs, lengths, states):
        """Read `lengths` timesteps of `[batch, timesteps * width, ...]`: the outputs after the last, and the states."""
        width, carried = self._width, []
        for time in range(max(lengths)):
            fed = {f"state_{index}": state for index, state in enumerate(states)}
            found = self._run({self._input_name: inputs[:, time * width : (time + 1) * width], **fed})
            found = [found["outputs"], *(found[f"next_{name}"] for name in fed)]
            goes_on = time < np.asarray(lengths)
            for place, before in enumerate([] if goes_on.all() else carried):
                found[place] = np.where(goes_on.reshape(-1, *[1] * (before.ndim - 1)), found[place], before)
            carried, states = found, found[1:]
        return carried[0], states

    def compute(self, inputs):
        """Outputs for whole sequences."""
        sequence = inputs[self._input_name] if isinstance(inputs, dict) else inputs
        lengths = np.full(len(sequence), sequence.shape[1])
        if isinstance(inputs, dict):
            lengths = inputs["lengths"]
        elif sequence.dtype.kind == "i":
            lengths = np.maximum((np.arange(1, sequence.shape[1] + 1) * (sequence != 0)).max(axis=1), 1)
        filled = np.pad(sequence, [(0, 0), (0, -sequence.shape[1] % self._width), *[(0, 0)] * (sequence.ndim - 2)])
        first = [np.stack([one] * len(sequence)) for one in self._first]
        return self.advance(filled, -(-lengths // self._width), first)[0]


class _Window:
    """A network that reads a window of the last timesteps, anew for each answer: its first state is the window."""

    def __init__(self, model):
        self.compute, self._size = model.compute, model.preprocessor.window
        nothing = np.zeros((0, len(model.preprocessor.variables)), "float32")
        self.begun = StreamState(None, nothing, 0, [nothing], None)

    def read(self, states, preprocessor, last=False):
        """Streams with their windows moved on; those that are full get outputs."""
        states, full = list(states), []
        for index, one in enumerate(states):
            if one is not None and len(one.waiting):
                window = np.concatenate([*one.network, one.waiting])[-self._size :]
                states[index] = one._replace(waiting=one.waiting[:0], network=[window])
                full += [index] * (len(window) == self._size)
        if full:
            outputs = np.asarray(self.compute(np.stack([states[index].network[0] for index in full])))
            for index, output in zip(full, outputs, strict=True):
                states[index] = states[index]._replace(output=output)
        return states


def refuse(model, reason):
    """Say why a model cannot stream."""
    raise ValueError(f"{model.name} cannot stream: {reason}.")


def to_streaming(model):
    """A Task that answers while its input comes in, piece by piece; at the end the answer is that of `Task.infer`.

    Models that read in one direction remember what they have read: a new timestep costs one step. Those of series read
    a window of the last timesteps anew whenever rows come in. Many streams can share a batch. Texts are cut
    where words are settled, so that a word that comes in two pieces is one word. Sound is read at the level that it
    has; `Task.infer` brings recordings that are far quieter or louder than voices are to the level of these.

    Args:
        model: a Task that reads forward, such as those of keywords, videos and forecasts, or of texts with
            `bidirectional=False`; or a forecaster from `rnn_zoo.runtime.load`, which gives others, that were exported
            with `one_step=True`, as a `Streaming` already.

    Returns:
        A `Streaming`, with `feed` and `finish`.

    Raises:
        ValueError: for a model that cannot answer before it has read all, with the reason in one line.

    Example:
        >>> texts, labels = ["good", "bad", "very good", "very bad"], ["positive", "negative"] * 2
        >>> task = rnn_zoo.sentiment_gru.from_examples((texts, labels), min_count=1, units=8, bidirectional=False)
        >>> stream, states = rnn_zoo.to_streaming(task), None
        >>> for piece in ["very g", "oo", "d"]:
        ...     (answer,), states = stream.feed([piece], states)
        >>> stream.finish(states)[0] == task.infer("very good")
        True
    """
    if hasattr(model, "generate"):
        refuse(model, "a decoder needs it all" if model.has_encoder else "stream(text) gives the text as it is written")
    if model.preprocessor.needs_whole:
        refuse(model, model.preprocessor.needs_whole)
    if isinstance(model.preprocessor, Series):
        return Streaming(model)
    if not hasattr(model, "layers"):
        refuse(model, "the file holds the whole network; export one of a timestep with one_step=True")
    from rnn_zoo.exporting.one_step import steps_of

    return Streaming(model, steps_of(model))
