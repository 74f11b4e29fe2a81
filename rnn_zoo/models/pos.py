"""Parts of speech: is a word a noun, a verb, an adjective ...?"""

from rnn_zoo.codecs import Tags
from rnn_zoo.models.tagging import tagger
from rnn_zoo.preprocessors import Tokens
from rnn_zoo.registry import zoo_model


def pos(
    vocabulary,
    characters,
    class_names,
    *,
    core,
    bigrams=(),
    embedding_dim=100,
    bigram_dim=32,
    character_dim=32,
    character_units=32,
    units=128,
    num_layers=1,
    word_dropout=0.1,
    dropout=0.5,
    crf=False,
    word_vectors=None,
):
    """Tag words: words and their characters -> {core} in both directions -> logits for every word.

    Args:
        vocabulary: word forms in the order of their ids, from `rnn_zoo.Tokens.build_vocabulary`.
        characters: characters in the order of their ids, from `rnn_zoo.Tokens.from_examples`.
        class_names: the tags, in the order of the logits.
        bigrams: known pairs of neighbouring words, from `rnn_zoo.Tokens.build_bigrams`, that get vectors of their own;
            those with unknown words are left out.
        embedding_dim: size of a word's vector.
        bigram_dim: size of a pair's vector.
        character_dim: size of a character's vector.
        character_units: size of the hidden state of one direction over characters.
        units: size of the hidden state of one direction over words.
        num_layers: recurrent layers over words, on top of one another.
        word_dropout: rate at which words become unknown while training, in [0, 1); their characters stay.
        dropout: rate before, between and behind the layers over words, in [0, 1).
        crf: score neighbouring tags too, with a conditional random field on top of the logits.
        word_vectors: the path of a file of GloVe's or word2vec's text format, whose vectors known words start from.
        weights: a trained model by name (see `rnn_zoo.list_weights`), the path of a `.keras` file, or None for a fresh
            model. Without any argument: the default trained model.

    Returns:
        A Task: `{"word_ids": <int32>[batch, timesteps], "character_ids": <int32>[batch, timesteps, characters]}`,
        right-padded with 0, to logits `<float32>[batch, timesteps, tags]`, or with a CRF to its scores
        `<float32>[batch, tags + timesteps, tags]`. `infer` takes lists of tokens, or strings.

    Raises:
        ValueError: for weights together with architecture arguments, unknown weights, illegal settings, or word vectors
            that do not fit.

    Example:
        >>> task = rnn_zoo.pos_gru(["a", "film"], list("afilm"), ["DET", "NOUN"], weights=None, units=8)
        >>> [len(tags) for tags in task.infer([["a", "film"], ["film"]])]
        [2, 1]

    Source: Plank, Søgaard & Goldberg, "Multilingual part-of-speech tagging with bidirectional long short-term memory
    models and auxiliary loss", ACL 2016; Ling et al., "Finding function in form", EMNLP 2015.
    """
    sizes = {
        "embedding_dim": embedding_dim,
        "bigram_dim": bigram_dim,
        "character_dim": character_dim,
        "character_units": character_units,
        "units": units,
        "num_layers": num_layers,
    }
    return tagger(
        Tokens(vocabulary, characters),
        Tags(class_names, crf=crf),
        core,
        sizes,
        word_dropout=word_dropout,
        dropout=dropout,
        word_vectors=word_vectors,
        name=f"pos_{core}",
        bigrams=bigrams,
    )


pos_simple_rnn = zoo_model(pos, core="simple_rnn")
pos_gru = zoo_model(pos, core="gru")
pos_lstm = zoo_model(pos, core="lstm")
