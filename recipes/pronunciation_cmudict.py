"""Pronunciation: learn from 94,000 English words how a word that was never seen is spoken.

python recipes/pronunciation_cmudict.py  # pip install "rnn-zoo[pronunciation]"
python recipes/pronunciation_cmudict.py --core gru
python recipes/pronunciation_cmudict.py --attention none  # the last state is all the decoder gets
"""

from rnn_zoo.layers.attention import ATTENTIONS
from rnn_zoo.preprocessors import Letters, Symbols
from rnn_zoo.training import Recipe


def build(
    builder, training, class_names, *, embedding_dim=64, units=256, num_layers=1, attention="luong_general",
    dropout=0.3, label_smoothing=0.0, scheduled_sampling=0.0,
):  # fmt: skip
    """A reader of letters that writes phonemes.

    Args:
        builder: one of the zoo's.
        training: the `Examples` of the train part: words and the lists of their pronunciations.
        class_names: not used.
        embedding_dim: size of a symbol's vector.
        units: size of the hidden state, of one direction in the encoder.
        num_layers: recurrent layers on top of one another, in encoder and decoder.
        attention: how the decoder looks at the letters; none for not at all.
        dropout: rate between layers and before the logits.
        label_smoothing: share of each target that all phonemes have alike.
        scheduled_sampling: share of the phonemes before the targets that the model writes itself in the last epoch; it
            grows from 0.
    """
    return builder(
        sorted(Letters.build_vocabulary(training.raw)),
        sorted(Symbols.build_vocabulary([first for first, *_ in training.labels])),
        weights=None, embedding_dim=embedding_dim, units=units, num_layers=num_layers, dropout=dropout,
        attention=None if attention == "none" else attention, label_smoothing=label_smoothing,
        scheduled_sampling=scheduled_sampling,
    )  # fmt: skip


main = Recipe(
    __file__, "pronunciation", "cmudict", build, epochs=12, batch_size=128, learning_rate=3e-3, weight_decay=0.01,
    smoke={"units": 8}, smoke_share=200, choices={"attention": (*ATTENTIONS, "none")},
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
