"""How many reviews a second `infer` answers, from raw strings.

python recipes/benchmarks/inference_speed.py
python recipes/benchmarks/inference_speed.py --name sentiment_gru --json speed.json
"""

import statistics
import time

from measuring import write_json

import rnn_zoo
from rnn_zoo.training import script_command


def run(*, name="sentiment_lstm", num_reviews=2_000, rounds=5, data_dir: str | None = None, json: str | None = None):
    """Answer reviews in turns and print the median speed.

    Args:
        name: a builder with trained weights.
        num_reviews: reviews answered in a turn, after a warm-up.
        rounds: turns; the median counts.
    """
    reviews = rnn_zoo.load_dataset("imdb", "train", source=data_dir).raw
    reviews = reviews[:: max(1, len(reviews) // num_reviews)][:num_reviews]
    task = getattr(rnn_zoo, name)()
    task.infer(reviews)
    speeds = []
    for _ in range(rounds):
        began = time.perf_counter()
        task.infer(reviews)
        speeds.append(len(reviews) / (time.perf_counter() - began))
    print(f"{name}: {statistics.median(speeds):,.0f} reviews/s, median of {rounds} turns of {len(reviews)} reviews")
    write_json(json, {"name": name, "reviews_a_second": speeds})


main = script_command(globals(), run)
