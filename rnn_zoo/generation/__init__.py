"""Writing token by token: `settings` say how, `engine` does it over any step, `writer` in a graph, `task` for a Task.

Only the settings are imported here, which need no Keras.
"""

from rnn_zoo.generation.settings import Decoding

__all__ = ["Decoding"]
