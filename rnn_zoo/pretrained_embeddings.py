"""Models of words that begin with vectors which somebody trained on more text."""

import numpy as np

from rnn_zoo.formats.word_vectors import read_word_vectors
from rnn_zoo.preprocessors.vocabulary import NUM_SPECIAL_IDS

SIDES = ("input", "output")


def start_from_word_vectors(task, path, *, side=None):
    """Put the vectors of known words into the rows of a Task's embedding; other rows stay as they are.

    Do so before training. Words are looked for as the vocabulary writes them: those of `rnn_zoo.Words` are in lower
    case.

    Args:
        task: a Task with a vocabulary of words, whichever it is for: `sentiment_*`, `ner_*`, `vqa_*`, `translation_*`,
            `language_model_*`, ...; it is changed.
        path: a file in GloVe's or word2vec's text format, see `rnn_zoo.formats.word_vectors.read_word_vectors`.
        side: "input" for the words that are read, "output" for those that are written; None for the only one there is,
            or those that are read.

    Returns:
        How many words were found.

    Raises:
        ValueError: for a Task that knows no words on that side, vectors of another size than the embedding's, a file
            that knows none of the words, or a damaged one.
        FileNotFoundError: if there is no file.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "vectors.txt"
        >>> with open(path, "w") as file:
        ...     print("good 1.0 0.0", "bad -1.0 0.0", "ugly -1.0 1.0", sep=chr(10), file=file)
        >>> task = rnn_zoo.sentiment_gru(rnn_zoo.Words(["good", "bad", "film"]), rnn_zoo.Classes("ab"), embedding_dim=2)
        >>> start_from_word_vectors(task, path)
        2

    Source: Pennington, Socher & Manning, "GloVe: global vectors for word representation", EMNLP 2014.
    """
    if side not in (None, *SIDES):
        raise ValueError(f"side must be None or one of {list(SIDES)}. Received: {side=}")
    found = {"input": _reading(task), "output": _writing(task)}
    embedding, vocabulary = found[side or next((name for name in SIDES if found[name]), "input")] or (None, None)
    if embedding is None:
        raise ValueError(f"task must have words and vectors for them as {side or 'input'}. Received: {task.name}")
    vectors, dim = read_word_vectors(path, vocabulary)
    if dim != embedding.output_dim:
        raise ValueError(f"embedding_dim must be {dim} as in {path}. Received: embedding_dim={embedding.output_dim}")
    if not vectors:
        raise ValueError(f"word_vectors must know words of the vocabulary. Received: none in {path}")
    rows = np.array(embedding.get_weights()[0])
    for row, word in enumerate(vocabulary, start=NUM_SPECIAL_IDS):
        if word in vectors:
            rows[row] = vectors[word]
    embedding.set_weights([rows])
    return len(vectors)


def _reading(task):
    """The embedding of what is read, and the words of its rows, or None."""
    words = getattr(task.preprocessor, "words", task.preprocessor)
    model = _layer(task, "encoder") or task
    embedding = _layer(model, "embedding")
    if embedding is None or embedding.input_dim != getattr(words, "vocabulary_size", None):
        return None
    return embedding, words.vocabulary


def _writing(task):
    """The same of what is written."""
    decoder, tokenizer = _layer(task, "decoder"), getattr(task.codec, "tokenizer", None)
    vocabulary = getattr(tokenizer, "vocabulary", None)
    return None if decoder is None or vocabulary is None else (decoder.embedding, vocabulary)


def _layer(model, name):
    return next((layer for layer in model.layers if layer.name == name), None)
