"""Named entities: learn from tweets (WNUT-17) which words name persons, locations, products, works, groups, ...

python recipes/ner_wnut17.py --data-dir wnut17  # a folder with wnut17train.conll and emerging.dev.conll
python recipes/ner_wnut17.py --data-dir wnut17 --core gru --seed 1
python recipes/ner_wnut17.py --data-dir wnut17 --word-vectors glove.6B.100d.txt
"""

from rnn_zoo.training import Recipe

main = Recipe(__file__, "ner", "wnut17", core="lstm", epochs=20, batch_size=16, learning_rate=4e-3, smoke={"units": 8})


if __name__ == "__main__":
    main.command()()
