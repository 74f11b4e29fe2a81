"""What texts that are written are made of, and pairs of what others are made of."""

from rnn_zoo.preprocessors import Characters, SpacedWords, Subwords, Words

TOKENIZERS = {"subwords": Subwords, "words": Words, "spaced_words": SpacedWords, "characters": Characters}


def learn_tokenizer(texts, tokens, vocabulary_size, min_count=1, character_coverage=1.0):
    """A tokenizer, one of `TOKENIZERS`, with the vocabulary of some texts; `character_coverage` is of subwords."""
    own = {"character_coverage": character_coverage} if tokens == "subwords" else {"min_count": min_count}
    return TOKENIZERS[tokens].from_examples(texts, vocabulary_size=vocabulary_size, **own)


def bigrams(examples, preprocessor, *, num_bigrams=0, bigram_min_count=2):
    """Learn which pairs of neighbouring tokens are frequent."""
    return preprocessor.build_bigrams(examples.raw, num_bigrams, bigram_min_count)
