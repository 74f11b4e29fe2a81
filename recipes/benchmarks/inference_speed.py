"""How many reviews a second `infer` answers, from raw strings.

python recipes/benchmarks/inference_speed.py
python recipes/benchmarks/inference_speed.py --name sentiment_gru --json speed.json
"""

import statistics
import time

import click
from measuring import benchmark_command, json_option, write_json

import rnn_zoo


@benchmark_command(__doc__)
@click.option("--name", default="sentiment_lstm", show_default=True, help="A builder with trained weights.")
@click.option("--num-reviews", default=2_000, show_default=True, help="Reviews answered in a turn, after a warm-up.")
@click.option("--rounds", default=5, show_default=True, help="Turns; the median counts.")
@click.option("--data-dir", default=None, help="Folder or archive with the original files.")
@json_option
def main(name, num_reviews, rounds, data_dir, json_path):
    """Answer reviews in turns and print the median speed."""
    reviews = rnn_zoo.load_dataset("imdb", "train", source=data_dir).raw
    reviews = reviews[:: max(1, len(reviews) // num_reviews)][:num_reviews]
    task = getattr(rnn_zoo, name)()
    task.infer(reviews)
    speeds = []
    for _ in range(rounds):
        began = time.perf_counter()
        task.infer(reviews)
        speeds.append(len(reviews) / (time.perf_counter() - began))
    click.echo(
        f"{name}: {statistics.median(speeds):,.0f} reviews/s, median of {rounds} turns of {len(reviews)} reviews"
    )
    write_json(json_path, {"name": name, "reviews_a_second": speeds})


if __name__ == "__main__":
    main()
