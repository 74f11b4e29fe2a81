"""Export: a model as a file that runs without Keras. `layer_functions.py` has a function for every layer."""

from rnn_zoo.exporting.exporter import ExportReport, export

__all__ = ["ExportReport", "export"]
