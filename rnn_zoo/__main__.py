"""`python -m rnn_zoo`: the command `rnn-zoo`."""

from rnn_zoo.cli import main

main(prog_name="rnn-zoo")
