"""Answers over HTTP: models of the zoo behind a server; needs neither Keras nor TensorFlow for exported files.

`rnn-zoo serve` runs it; the extra `serve` installs what it needs.
"""

from rnn_zoo.serving.app import create_app

__all__ = ["create_app"]
