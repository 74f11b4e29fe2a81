"""What a trained Task hands on: its words beside new ones, and a language model's layers to a classifier."""

import numpy as np

from rnn_zoo.codecs import Classes
from rnn_zoo.models.texts import build
from rnn_zoo.preprocessors.text import UNKNOWN_ID


def extend_vocabulary(task, tokens):
    """A new Task that also knows other tokens; their vectors begin as that of the unknown token.

    So it answers as before until it is trained. Tokens known before keep their ids and their vectors.

    Args:
        task: a Task that reads ids of tokens through a layer named "embedding", such as `sentiment_*`; it stays as it
            is.
        tokens: a list of strings, see `Words.build_vocabulary`; those that are known already are left out.

    Returns:
        A Task, all of whose weights are trainable.

    Example:
        >>> task = rnn_zoo.sentiment_lstm()
        >>> more = extend_vocabulary(task, ["film", "blockchain"])
        >>> more.preprocessor.vocabulary_size - task.preprocessor.vocabulary_size
        1
        >>> more.infer(["Blockchain: the film."]) == task.infer(["Blockchain: the film."])
        True
    """
    if isinstance(tokens, str) or not all(isinstance(token, str) for token in tokens):
        raise ValueError(f"tokens must be a list of strings. Received: {tokens!r:.60}")
    old = getattr(task.preprocessor, "vocabulary_size", None)
    embedding = next((layer for layer in task.layers if layer.name == "embedding"), None)
    if embedding is None or embedding.input_dim != old or len(task.inputs) != 1:
        raise ValueError(
            'task must read ids of tokens through a layer named "embedding" with a row for each. '
            f"Received: {task.name} with {old or 'no'} tokens"
        )
    known = set(task.preprocessor.vocabulary)
    added = [token for token in dict.fromkeys(tokens) if token not in known]
    new = old + len(added)
    config = task.get_config()
    config["preprocessor"]["config"]["vocabulary"] = [*task.preprocessor.vocabulary, *added]
    _resize(config["network"]["config"]["layers"], new)
    extended = type(task).from_config(config)
    for layer, source in zip(extended.layers, task.layers, strict=True):
        layer.trainable = True
        layer.set_weights(_grown(source, old, new))
    return extended


def classifier_of_language_model(task, class_names, *, embedding_dropout=0.4, dropout=0.4):
    """A classifier that begins with what a language model knows: its tokens, their vectors, its recurrent layers.

    Beside the last word's, the classifier sees the maximum and the mean of all states (section 3.3 of the source has
    the last state too); its head is new.

    Args:
        task: a `language_model_*` over words or characters; it stays as it is.
        class_names: the classes.
        embedding_dropout: rate at which embedding features go missing for a whole text, in [0, 1).
        dropout: rate between layers and before the head, in [0, 1).

    Returns:
        A Task, `<int32>[batch, timesteps]` to logits `<float32>[batch, classes]`; `fine_tune` takes it from there.

    Example:
        >>> texts = ["a great film", "a film"]
        >>> language_model = rnn_zoo.language_model_gru.from_examples((texts, texts), token_type="words", units=16)
        >>> task = classifier_of_language_model(language_model, ["negative", "positive"])
        >>> [[layer.name for layer in group] for group in rnn_zoo.training.layer_groups(task)]
        [['embedding'], ['gru_0'], ['logits']]

    Source: Howard & Ruder, "Universal language model fine-tuning for text classification", ACL 2018, section 3.3.
    """
    decoder = next((layer for layer in task.layers if layer.name == "decoder"), None)
    if decoder is None or len(task.inputs) != 1 or not hasattr(task.preprocessor, "bigram_ids"):
        raise ValueError(f"task must be a language model over words or characters. Received: {task.name}")
    settings = decoder.settings
    classifier = build(
        task.preprocessor, Classes(class_names), core=settings["core"], name=f"classifier_of_{task.name}",
        embedding_dim=settings["embedding_dim"], units=settings["units"], num_layers=settings["num_layers"],
        bidirectional=False, word_dropout=0.0, embedding_dropout=embedding_dropout, dropout=dropout,
    )  # fmt: skip
    rows = decoder.embedding.get_weights()[0]  # the last one stands between texts, which a classifier never reads
    classifier.get_layer("embedding").set_weights([rows[: task.preprocessor.vocabulary_size]])
    for layer in decoder.recurrent_layers:
        target = classifier.get_layer(layer.name)
        for variable, source in zip(target.trainable_variables, layer.trainable_variables, strict=True):
            variable.assign(source)
    return classifier


def _resize(layer_configs, size):
    """Give the layers that know how many tokens there are another number of them."""
    sizes = {"embedding": "input_dim", "bigram_ids": "vocabulary_size"}
    for layer in layer_configs:
        if layer["name"] in sizes:
            layer["config"][sizes[layer["name"]]] = size


def _grown(layer, old, new):
    """The weights of a layer for more tokens."""
    weights = layer.get_weights()
    if layer.name == "embedding":
        rows = weights[0]
        return [np.concatenate([rows, np.repeat(rows[UNKNOWN_ID : UNKNOWN_ID + 1], new - old, axis=0)])]
    if layer.name == "bigram_ids":  # a pair's number is first * vocabulary_size + second
        first, second = np.divmod(weights[0].astype("int64"), old)
        return [(first * new + second).astype("int32")]
    return weights
