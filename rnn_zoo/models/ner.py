"""Named entities: which words name a person, a place, an organization ...?"""

from rnn_zoo.codecs import EntityTags
from rnn_zoo.models.tagging import tagger
from rnn_zoo.preprocessors import CharacterTokens, Tokens
from rnn_zoo.registry import zoo_model


def ner(
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
    scheme="BIOES",
    crf=True,
    word_vectors=None,
):
    """Find entities: words and their characters -> {core} in both directions -> a conditional random field over tags.

    Args:
        vocabulary: word forms in the order of their ids, from `rnn_zoo.Tokens.build_vocabulary`.
        characters: characters in the order of their ids, from `rnn_zoo.Tokens.from_examples`; None if the tokens
            are single characters, which is what strings are then split into: `vocabulary` is then from
            `rnn_zoo.CharacterTokens.build_vocabulary`.
        class_names: the types of entities, such as "PER".
        bigrams: known pairs of neighbouring words, from `build_bigrams`, that get vectors of their own; those with
            unknown words are left out.
        embedding_dim: size of a word's vector.
        bigram_dim: size of a pair's vector.
        character_dim: size of a character's vector.
        character_units: size of the hidden state of one direction over characters.
        units: size of the hidden state of one direction over words.
        num_layers: recurrent layers over words, on top of one another.
        word_dropout: rate at which words become unknown while training, in [0, 1); their characters stay.
        dropout: rate before, between and behind the layers over words, in [0, 1).
        scheme: tags that the network works with, "BIO" or "BIOES"; labels and answers are BIO either way.
        crf: score neighbouring tags too, with a conditional random field on top of the logits, and never answer what
            the scheme forbids; False for a softmax over the logits of each word.
        word_vectors: the path of a file of GloVe's or word2vec's text format, whose vectors known words start from.
        weights: a trained model by name (see `rnn_zoo.list_weights`), the path of a `.keras` file, or None for a fresh
            model. Without any argument: the default trained model.

    Returns:
        A Task: `{"word_ids": <int32>[batch, timesteps], "character_ids": <int32>[batch, timesteps, characters]}` (the
        first only if characters is None), right-padded with 0, to scores `<float32>[batch, tags + timesteps, tags]` of
        `rnn_zoo.layers.CRF`, or without it to logits `<float32>[batch, timesteps, tags]`. `infer` answers lists of
        tokens with BIO tags, and strings with entities, `{"text", "label", "start", "end", "score"}`.

    Raises:
        ValueError: for weights together with architecture arguments, unknown weights, illegal settings, or word vectors
            that do not fit.

    Example:
        >>> task = rnn_zoo.ner_gru(["in", "rome"], list("Romein"), ["LOC"], weights=None, units=8)
        >>> [len(tags) for tags in task.infer([["in", "Rome"], ["Rome"]])]
        [2, 1]

    Source: Lample, Ballesteros, Subramanian, Kawakami & Dyer, "Neural architectures for named entity recognition",
    NAACL 2016; Ma & Hovy, "End-to-end sequence labeling via bi-directional LSTM-CNNs-CRF", ACL 2016.
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
        CharacterTokens(vocabulary) if characters is None else Tokens(vocabulary, characters),
        EntityTags(class_names, scheme=scheme, crf=crf),
        core,
        sizes,
        word_dropout=word_dropout,
        dropout=dropout,
        word_vectors=word_vectors,
        name=f"ner_{core}",
        bigrams=bigrams,
    )


ner_simple_rnn = zoo_model(ner, core="simple_rnn")
ner_gru = zoo_model(ner, core="gru")
ner_lstm = zoo_model(ner, core="lstm")
