"""Readers and writers of files. They need no Keras, and name file and line of what they cannot read."""
