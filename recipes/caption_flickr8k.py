"""Captions: learn from photographs of Flickr8k with five descriptions each to say what a photograph shows.

python recipes/caption_flickr8k.py --data-dir flickr8k  # see rnn_zoo.datasets.flickr8k for the files
python recipes/caption_flickr8k.py --data-dir flickr8k --attention luong_general --condition both
python recipes/caption_flickr8k.py --data-dir flickr8k --backbone mobilenet_v2  # ImageNet's weights are downloaded

From some hundred photographs a small CNN learns colours and little more: captions then read as English, but seldom
fit. No weights are in the package: the photographs are for research only.
"""

from rnn_zoo import Words
from rnn_zoo.models.convolutions import BACKBONES
from rnn_zoo.training import Recipe


def build(
    builder, training, class_names, *, vocabulary_size=3_000, size=96, backbone="none", attention="none",
    condition="state", embedding_dim=128, units=256, image_dropout=0.3, embedding_dropout=0.2, dropout=0.4,
    scheduled_sampling=0.0,
):  # fmt: skip
    """A writer of words that begins with what a CNN saw.

    Args:
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
    """
    tokenizer = Words(Words.build_vocabulary(training.labels, vocabulary_size - 2, min_count=2))
    return builder(
        tokenizer, weights=None, height=size, width=size, backbone=None if backbone == "none" else backbone,
        attention=None if attention == "none" else attention, condition=condition, embedding_dim=embedding_dim,
        units=units, image_dropout=image_dropout, embedding_dropout=embedding_dropout, dropout=dropout,
        scheduled_sampling=scheduled_sampling,
    )  # fmt: skip


main = Recipe(
    __file__, "caption", "flickr8k", build, cores=("gru", "lstm", "simple_rnn"), epochs=12, batch_size=64,
    learning_rate=2e-3, smoke={"units": 8, "size": 32}, smoke_share=40,
    choices={
        "backbone": ("none", *BACKBONES), "attention": ("none", "luong_general", "bahdanau"),
        "condition": ("state", "inputs", "both"),
    },
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
