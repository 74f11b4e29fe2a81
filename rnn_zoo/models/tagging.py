"""The network that part-of-speech and entity taggers share: words and their characters -> a tag for every word."""

import keras
from keras import layers

from rnn_zoo.formats.tag_schemes import PREFIXES
from rnn_zoo.formats.word_vectors import first_words
from rnn_zoo.heads import head_of
from rnn_zoo.layers import (
    FoldTimesteps,
    MaskedMaxPooling,
    SequenceLengths,
    UnfoldTimesteps,
    WordDropout,
    beside_bigrams,
    recurrent_stack,
)
from rnn_zoo.models.tokenizers import bigrams
from rnn_zoo.preprocessors import CharacterTokens, Tokens
from rnn_zoo.pretrained_embeddings import start_from_word_vectors
from rnn_zoo.task import Task

CHOICES = {"token_type": ("words", "characters"), "scheme": tuple(PREFIXES)}


def tokens_of(
    examples, *, token_type="words", vocabulary_size=12_000, min_count=2, min_character_count=3,
    word_vectors: str | None = None, num_vector_words=0,
):  # fmt: skip
    """Learn a vocabulary of words and of their characters.

    Args:
        token_type: what is tagged: "words", also read by their characters, or single "characters", which is what
            strings are then split into.
        vocabulary_size: number of ids of tokens, padding and unknown among them.
        min_character_count: characters that come less often in words are unknown.
        num_vector_words: so many first words of word_vectors are known too, though no example has them.
    """
    if num_vector_words and (word_vectors is None or token_type != "words"):
        raise ValueError(
            "num_vector_words takes words from word_vectors, and token_type must be 'words'. Received: "
            f"{num_vector_words=}, {word_vectors=}, {token_type=}"
        )
    if token_type == "characters":
        return CharacterTokens.from_examples(examples.raw, vocabulary_size=vocabulary_size, min_count=min_count)
    tokens = Tokens.from_examples(
        examples.raw, vocabulary_size=vocabulary_size, min_count=min_count, min_character_count=min_character_count
    )
    if num_vector_words:
        more = map(tokens.form, first_words(word_vectors, num_vector_words))
        tokens = Tokens(list(dict.fromkeys([*tokens.vocabulary, *more])), tokens.characters)
    return tokens


def build(
    preprocessor, codec, bigrams=(), *, core, name, embedding_dim=100, bigram_dim=32, character_dim=32,
    character_units=32, units=128, num_layers=1, word_dropout=0.1, dropout=0.5, word_vectors: str | None = None,
):  # fmt: skip
    """Tag words: words and their characters -> {core} in both directions -> a tag for every word.

    Args:
        preprocessor: `rnn_zoo.Tokens`; or `rnn_zoo.CharacterTokens`, which hold no characters to read one by one.
        codec: `rnn_zoo.Tags` or `rnn_zoo.EntityTags`, with a conditional random field or a softmax on top; or
            `rnn_zoo.Requests`, which also tell what the whole sentence wants.
        character_dim: size of a character's vector.
        character_units: size of the hidden state of one direction over characters.
        word_dropout: rate at which tokens become unknown while training, in [0, 1); their characters stay.
        word_vectors: the path of a file of GloVe's or word2vec's text format, whose vectors known words start from.

    Returns:
        A Task: `{"word_ids": <int32>[batch, timesteps], "character_ids": <int32>[batch, timesteps, characters]}` (the
        first only for "characters"), right-padded with 0, to logits `<float32>[batch, timesteps, tags]`, or
        with a CRF to what `rnn_zoo.layers.CRF` gives, `<float32>[batch, tags + timesteps, tags]`; below the intents of
        `rnn_zoo.Requests`, a row more. `infer` answers lists of tokens with lists of tags, and strings with spans,
        `{"text", "label", "start", "end", "score"}`, requests with `{"intent", "score", "slots"}`.

    Example:
        >>> examples = [["in", "Rome"], ["Rome", "sings"]], [["O", "B-LOC"], ["B-LOC", "O"]]
        >>> task = rnn_zoo.ner_gru.from_examples(examples, min_count=1, min_character_count=1, units=8)
        >>> [len(tags) for tags in task.infer([["in", "Rome"], ["Rome"]])]
        [2, 1]

    Source: Plank, Sogaard & Goldberg, "Multilingual part-of-speech tagging with bidirectional long short-term memory
    models and auxiliary loss", ACL 2016; Lample, Ballesteros, Subramanian, Kawakami & Dyer, "Neural architectures for
    named entity recognition", NAACL 2016; Ma & Hovy, "End-to-end sequence labeling via bi-directional LSTM-CNNs-CRF",
    ACL 2016.
    """
    inputs = {"word_ids": keras.Input((None,), dtype="int32", name="word_ids")}
    lengths = SequenceLengths(name="lengths")(inputs["word_ids"])
    x = WordDropout(word_dropout, name="word_dropout")(inputs["word_ids"])
    x = layers.Embedding(preprocessor.vocabulary_size, embedding_dim, name="embedding")(x)
    if not isinstance(preprocessor, CharacterTokens):
        inputs["character_ids"] = keras.Input((None, None), dtype="int32", name="character_ids")
        y = spelling(inputs["character_ids"], preprocessor.num_characters, core, character_dim, character_units)
        x = layers.Concatenate(name="words_and_spellings")([x, y])
    pairs = preprocessor.bigram_ids(bigrams)
    x = beside_bigrams(x, inputs["word_ids"], pairs, preprocessor.vocabulary_size, bigram_dim, word_dropout)
    x = layers.SpatialDropout1D(dropout, name="embedding_dropout")(x)
    x = recurrent_stack(x, lengths, core, units, num_layers, bidirectional=True, dropout=dropout)
    x = layers.Dropout(dropout, name="features")(x)
    task = Task(inputs, head_of(codec, x, lengths), preprocessor=preprocessor, codec=codec, name=name)
    if word_vectors is not None:
        start_from_word_vectors(task, word_vectors)
    return task


LEARN = {"preprocessor": tokens_of, "bigrams": bigrams}


def spelling(character_ids, num_characters, core, character_dim, character_units):
    """A vector `<float>[batch, timesteps, 2 * units]` for every word from its characters, right-padded with 0."""
    x = FoldTimesteps(name="word_by_word")(character_ids)
    lengths = SequenceLengths(name="character_lengths")(x)
    x = layers.Embedding(num_characters, character_dim, name="character_embedding")(x)
    x = recurrent_stack(x, lengths, core, character_units, bidirectional=True, prefix="character_")
    x = MaskedMaxPooling(name="spelling")(x, lengths)
    return UnfoldTimesteps(name="spellings")(x, character_ids)
