"""How many requests a second a server answers, each a review of its own, and how long the slowest wait.

rnn-zoo serve sentiment_lstm --port 8000 &
python recipes/benchmarks/serving_speed.py --port 8000 --model sentiment_lstm --connections 64 --requests 4000
"""

import asyncio
import json
import time

import numpy as np

from rnn_zoo.training import script_command

REVIEW = "A film about {}, funny and moving at first, that loses its way after an hour or so and never finds it again."


async def _ask(reader, writer, request):
    """The status of one request on a connection that stays open."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])


async def _measure(port, model, connections, requests):
    numbers, statuses, seconds = iter(range(requests)), [], []

    async def one_connection():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            body = json.dumps({"input": REVIEW.format(number)}).encode()
            head = f"POST /models/{model}/infer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            began = time.perf_counter()
            statuses.append(await _ask(reader, writer, f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body))
            seconds.append(time.perf_counter() - began)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one_connection() for _ in range(connections)))
    return statuses, seconds, time.perf_counter() - began


def run(*, port=8000, model="sentiment_lstm", connections=64, requests=4000):
    """Ask, and print what it took.

    Args:
        port: of the server, on this machine.
        model: of the server.
        connections: at once.
        requests: in all.
    """
    statuses, seconds, whole = asyncio.run(_measure(port, model, connections, requests))
    half, most = 1e3 * np.quantile(seconds, [0.5, 0.99])
    print(
        f"{requests / whole:.0f} requests a second over {connections} connections, "
        f"{sum(status != 200 for status in statuses)} errors; half within {half:.0f} ms, 99 % within {most:.0f} ms"
    )


main = script_command(globals(), run)
