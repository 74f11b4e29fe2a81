"""Builders, one module a task; the catalogue is in `rnn_zoo.catalogue`."""
