"""`python -m rnn_zoo.cli`."""

from rnn_zoo.cli import main

main(prog_name="rnn-zoo")
