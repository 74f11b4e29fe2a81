"""What a trained Task hands on: its words beside new ones, and a language model's layers to a classifier."""

import math

import keras
import numpy as np
from keras import layers, ops

from rnn_zoo.buckets import outputs_of
from rnn_zoo.checks import check_below
from rnn_zoo.codecs import Classes
from rnn_zoo.heads import replace_head
from rnn_zoo.layers import BigramIds, MaskedMeanPooling, SequenceLengths
from rnn_zoo.layers.tokens import FIRST_ID, LARGEST_VOCABULARY
from rnn_zoo.losses import loss_of
from rnn_zoo.models.texts import build
from rnn_zoo.preprocessors.text import UNKNOWN_ID
from rnn_zoo.schedules import SlantedTriangular
from rnn_zoo.task import Task


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


def replace_head_beside_tokens(task, class_names, texts, *, min_count=2, dropout=0.5):
    """As `rnn_zoo.replace_head`, with a head that also sees for itself which tokens and pairs of tokens a text holds.

    What the body learned of one question may say little about another; which words a text holds says more, and is
    learned from few examples. The logits are the sum of both, zeros before training. `train_head` trains them.

    Args:
        task: a trained Task that reads ids of tokens; it stays as it is.
        class_names: the new classes.
        texts: the training split, a list of strings; of its pairs of neighbours those are read that come often enough.
        min_count: leave out pairs that come in fewer texts.
        dropout: rate at which tokens and pairs go missing while training, in [0, 1).

    Returns:
        A Task, `<int32>[batch, timesteps]` to logits `<float32>[batch, classes]`. All weights are trainable.

    Example:
        >>> texts = ["is it open", "is it far", "open it", "close it"]
        >>> task = replace_head_beside_tokens(rnn_zoo.sentiment_lstm(), ["question", "command"], texts)
        >>> [layer.name for layer in rnn_zoo.training.layer_groups(task)[-1]]
        ['logits', 'pair_ids', 'pair_logits', 'token_logits']

    Source: Cheng et al., "Wide & deep learning for recommender systems", DLRS 2016; tokens and pairs: Wang & Manning,
    "Baselines and bigrams: simple, good sentiment and topic classification", ACL 2012.
    """
    check_below(1, dropout=dropout)
    task = replace_head(task, class_names)
    task.get_layer("logits").kernel.assign(ops.zeros_like(task.get_layer("logits").kernel))
    token_ids, size = task.input, task.preprocessor.vocabulary_size
    lengths = SequenceLengths(name="token_counts")(token_ids)
    read = {"token": (token_ids, size)}
    pairs = task.preprocessor.bigram_ids(task.preprocessor.build_bigrams(texts, None, min_count))
    if len(pairs) and size <= LARGEST_VOCABULARY:
        pair_ids = BigramIds(len(pairs), size, name="pair_ids")
        pair_ids.adapt(pairs)
        read["pair"] = pair_ids(token_ids), len(pairs) + FIRST_ID
    logits = [task.output]
    for name, (ids, num_ids) in read.items():
        x = layers.Embedding(num_ids, len(class_names), embeddings_initializer="zeros", name=f"{name}_logits")(ids)
        x = layers.Dropout(dropout, noise_shape=(None, None, 1), name=f"{name}_dropout")(x)
        mean = MaskedMeanPooling(name=f"mean_{name}_logits")(x, lengths)
        logits.append(mean * ops.expand_dims(ops.cast(lengths, mean.dtype), 1))
    logits = layers.Add(dtype="float32", name="sum_of_logits")(logits)
    return Task(token_ids, logits, preprocessor=task.preprocessor, codec=task.codec, name=task.name)


def train_head(task, training, validation=None, *, steps=400, batch_size=32, seed=0, verbose="auto"):
    """Train the head of a `replace_head_beside_tokens` alone, on features of the body that are computed once.

    The rate rises to 1e-2 and falls again, that of what reads features to 3e-3. This head is linear, and nothing is
    chosen: a few dozen validation examples could not tell.

    Args:
        task: the Task; it is changed.
        training: raw texts and their labels.
        validation: not used; for calls as of `fine_tune`.
        steps: of the training, 4 passes over the examples at least.
        batch_size: examples a batch.
        seed: of the order of the examples and of dropout.
        verbose: as in Keras' `fit`.

    Returns:
        The history: a dictionary of lists, one value an epoch.

    Raises:
        KeyboardInterrupt: at Ctrl-C, with the history of the epochs that ended; the Task has what it learned in them.

    Example:
        >>> texts, labels = ["is it open", "is it far", "open it", "close it"] * 4, ["question"] * 2 + ["command"] * 2
        >>> task = replace_head_beside_tokens(rnn_zoo.sentiment_lstm(), ["command", "question"], texts)
        >>> history = train_head(task, (texts, labels * 4), steps=20, verbose=0)
        >>> task.infer("is it near")["label"]
        'question'

    Source: linear probing: Kumar et al., "Fine-tuning can distort pretrained features and underperform
    out-of-distribution", ICLR 2022.
    """
    keras.utils.set_random_seed(seed)
    raw, labels = training
    seen = keras.Model(task.input, task.get_layer("features").input)
    encoded = task.preprocessor.encode(raw)
    features = np.empty((len(raw), seen.output_shape[-1]), "float32")
    for positions, found in outputs_of(encoded, lambda ids: ops.convert_to_numpy(seen.predict_on_batch(ids)),
                                       task.preprocessor, 64):  # fmt: skip
        features[positions] = found
    head = keras.Model([seen.output, task.input], task.output)
    steps_a_pass = math.ceil(len(raw) / batch_size)
    epochs = max(4, math.ceil(steps / steps_a_pass))
    of_tokens, of_features = (
        keras.optimizers.AdamW(SlantedTriangular(rate, steps_a_pass * epochs), weight_decay=0.01)
        for rate in (1e-2, 3e-3)
    )
    optimizers = keras.optimizers.OptimizerMap(of_tokens, {"logits/.*": of_features})
    head.compile(keras.optimizers.MultiOptimizer(optimizers), loss_of(task.codec))
    inputs, targets = (features, task.preprocessor.pad(encoded)), task.codec.encode(labels)
    order = np.random.default_rng(seed)

    def shuffled():  # without end: Keras starts a generator once, and arrays anew for each epoch, which takes longer
        while True:
            for rows in np.array_split(order.permutation(len(raw)), range(batch_size, len(raw), batch_size)):
                yield tuple(column[rows] for column in inputs), targets[rows]

    history = keras.callbacks.History()
    try:
        head.fit(shuffled(), steps_per_epoch=steps_a_pass, epochs=epochs, shuffle=False, verbose=verbose,
                 callbacks=[history])  # fmt: skip
    except KeyboardInterrupt:
        raise KeyboardInterrupt(getattr(history, "history", {})) from None  # as `fine_tune` says what has ended
    return history.history


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
    sizes = {
        "embedding": "input_dim", "token_logits": "input_dim", "bigram_ids": "vocabulary_size",
        "pair_ids": "vocabulary_size",
    }  # fmt: skip
    for layer in layer_configs:
        if layer["name"] in sizes:
            layer["config"][sizes[layer["name"]]] = size


def _grown(layer, old, new):
    """The weights of a layer for more tokens."""
    weights = layer.get_weights()
    if layer.name in ("embedding", "token_logits"):
        rows = weights[0]
        return [np.concatenate([rows, np.repeat(rows[UNKNOWN_ID : UNKNOWN_ID + 1], new - old, axis=0)])]
    if layer.name in ("bigram_ids", "pair_ids"):  # a pair's number is first * vocabulary_size + second
        first, second = np.divmod(weights[0].astype("int64"), old)
        return [(first * new + second).astype("int32")]
    return weights
