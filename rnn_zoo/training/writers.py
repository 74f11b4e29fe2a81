"""Fresh Tasks that write, from the training examples of a recipe, where several recipes build alike."""

from rnn_zoo.layers.attention import ATTENTIONS
from rnn_zoo.models.convolutions import BACKBONES
from rnn_zoo.preprocessors import Characters, SpacedWords, Subwords, Words

TRANSLATOR_CHOICES = {"attention": (*ATTENTIONS, "none"), "symbols": ("subwords", "words", "characters")}
"""Legal values of settings of `translator`."""


def translator(
    builder, training, class_names, *, symbols="subwords", vocabulary_size=4_000, embedding_dim=192, units=256,
    num_layers=1, attention="luong_general", embedding_dropout=0.3, dropout=0.3, label_smoothing=0.1,
    scheduled_sampling=0.0,
):  # fmt: skip
    """An encoder-decoder with a vocabulary of its own for each language.

    Args:
        builder: one of the zoo's.
        training: the `Examples` of the train part: sentences and their translations.
        class_names: not used.
        symbols: what sentences are read and written in.
        vocabulary_size: symbols of each language.
        embedding_dim: size of a symbol's vector.
        units: size of the hidden state, of one direction in the encoder.
        num_layers: recurrent layers on top of one another, in encoder and decoder.
        attention: how the decoder looks at the source; none for not at all.
        embedding_dropout: rate at which features of symbols go missing for a whole sentence.
        dropout: rate between layers and before the logits.
        label_smoothing: share of each target that all symbols have alike.
        scheduled_sampling: share of the symbols before the targets that the model writes itself in the last epoch; it
            grows from 0.

    Returns:
        A Task.
    """
    tokenizers = [_tokenizer(symbols, texts, vocabulary_size) for texts in training]
    return builder(
        *tokenizers, weights=None, embedding_dim=embedding_dim, units=units, num_layers=num_layers,
        attention=None if attention == "none" else attention, embedding_dropout=embedding_dropout, dropout=dropout,
        label_smoothing=label_smoothing, scheduled_sampling=scheduled_sampling,
    )  # fmt: skip


def _tokenizer(symbols, texts, vocabulary_size):
    if symbols == "subwords":
        return Subwords.from_examples(texts, vocabulary_size=vocabulary_size)
    kind = {"words": Words, "characters": Characters}[symbols]
    return kind.from_examples(texts, vocabulary_size=vocabulary_size, min_count=2)


CAPTIONER_CHOICES = {
    "backbone": ("none", *BACKBONES), "attention": ("none", "luong_general", "bahdanau"),
    "condition": ("state", "inputs", "both"),
}  # fmt: skip
"""Legal values of settings of `captioner`."""


def captioner(
    builder, training, class_names, *, vocabulary_size=3_000, size=96, backbone="none", attention="none",
    condition="state", embedding_dim=128, units=256, image_dropout=0.3, embedding_dropout=0.2, dropout=0.4,
    scheduled_sampling=0.0,
):  # fmt: skip
    """A writer of words that begins with what a CNN saw.

    Args:
        builder: one of the zoo's.
        training: the `Examples` of the train part: photographs, and one caption each.
        class_names: not used.
        vocabulary_size: words known to the model.
        size: rows and columns that photographs are resized to.
        backbone: a frozen network that sees; none for a small one that is trained.
        attention: over the places of the photograph; none for not at all.
        condition: where the photograph goes: the first state, the inputs of every word, or both.
        embedding_dim: size of a word's vector.
        units: size of the hidden state.
        image_dropout: rate on what the CNN found.
        embedding_dropout: rate at which features of words go missing for a whole caption.
        dropout: rate between layers and before the logits.
        scheduled_sampling: share of the words before the targets that the model writes itself in the last epoch; it
            grows from 0.

    Returns:
        A `GenerativeTask`.
    """
    tokenizer = Words(Words.build_vocabulary(training.labels, vocabulary_size - 2, min_count=2))
    return builder(
        tokenizer, weights=None, height=size, width=size, backbone=None if backbone == "none" else backbone,
        attention=None if attention == "none" else attention, condition=condition, embedding_dim=embedding_dim,
        units=units, image_dropout=image_dropout, embedding_dropout=embedding_dropout, dropout=dropout,
        scheduled_sampling=scheduled_sampling,
    )  # fmt: skip


def composer(frames_per_quarter, held=False):
    """How to build a model that writes pieces.

    Args:
        frames_per_quarter: a dictionary, for each `grid` the frames that a quarter note takes.
        held: frames tell held notes from struck ones.

    Returns:
        A function as `Recipe` wants it for `build`.
    """

    def build(
        builder, training, class_names, *, embedding_dim=64, units=256, num_layers=1, embedding_dropout=0.1,
        dropout=0.3, max_symbols=1000, grid="quarter",
    ):  # fmt: skip
        """A decoder that begins from a genre.

        Args:
            builder: one of the zoo's.
            training: not used.
            class_names: the genres.
            embedding_dim: size of a symbol's vector.
            units: size of the hidden state.
            num_layers: recurrent layers on top of one another.
            embedding_dropout: rate at which features of symbols go missing for a whole piece.
            dropout: rate between layers and before the logits.
            max_symbols: the most symbols that a piece is written with.
            grid: the note that is one frame.

        Returns:
            A Task.
        """
        return builder(
            class_names, weights=None, frames_per_quarter=frames_per_quarter[grid],
            held=held, embedding_dim=embedding_dim, units=units, num_layers=num_layers, dropout=dropout,
            embedding_dropout=embedding_dropout, max_symbols=max_symbols,
        )  # fmt: skip

    return build


def character_language_model(
    builder, training, class_names, *, embedding_dim=128, units=512, num_layers=1, embedding_dropout=0.1, dropout=0.4,
    weight_drop=0.2,
):  # fmt: skip
    """A language model that knows the characters of the train part.

    Args:
        builder: one of the zoo's.
        training: the `Examples` of the train part: texts.
        class_names: not used.
        embedding_dim: size of a character's vector.
        units: size of the hidden state.
        num_layers: recurrent layers on top of one another.
        embedding_dropout: rate at which features of embedded characters go missing for a whole window.
        dropout: rate between layers and before the logits.
        weight_drop: rate at which connections from state to state go missing for a batch.

    Returns:
        A `GenerativeTask`.
    """
    return builder(
        Characters(Characters.build_vocabulary(training.raw)), weights=None, embedding_dim=embedding_dim, units=units,
        num_layers=num_layers, embedding_dropout=embedding_dropout, dropout=dropout, weight_drop=weight_drop,
    )  # fmt: skip


def word_language_model(
    builder, training, class_names, *, vocabulary_size=10_000, embedding_dim=400, units=400, num_layers=2,
    word_dropout=0.1, embedding_dropout=0.3, dropout=0.3, weight_drop=0.3,
):  # fmt: skip
    """A language model that knows the words of the train part as they stand between spaces; its vectors are tied.

    Args:
        builder: one of the zoo's.
        training: the `Examples` of the train part: texts.
        class_names: not used.
        vocabulary_size: words known to the model, without the end of a text.
        embedding_dim: size of a word's vector.
        units: size of the hidden state.
        num_layers: recurrent layers on top of one another.
        word_dropout: rate at which words lose their vectors wherever they come in a batch.
        embedding_dropout: rate at which features of embedded words go missing for a whole window.
        dropout: rate between layers and before the logits.
        weight_drop: rate at which connections from state to state go missing for a batch.

    Returns:
        A `GenerativeTask`.
    """
    return builder(
        SpacedWords(SpacedWords.build_vocabulary(training.raw, vocabulary_size)), weights=None,
        embedding_dim=embedding_dim, units=units, num_layers=num_layers, tied=True, word_dropout=word_dropout,
        embedding_dropout=embedding_dropout, dropout=dropout, weight_drop=weight_drop,
    )  # fmt: skip
