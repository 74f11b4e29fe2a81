"""Examples of many requests that are computed together, and texts that are written piece by piece."""

import asyncio
import functools
from concurrent.futures import ThreadPoolExecutor

QUEUED = 1024
"""So many examples wait for a model at most; further ones are answered with 503."""
STREAMS = 64
"""So many texts are written at once by a model at most; further ones are answered with 503."""


class Batches:
    """A model, and the examples that wait for it."""

    def __init__(self, model, batch_size, observe):
        self.model, self.batch_size, self.observe = model, batch_size, observe
        self.waiting, self.thread, self.streams = asyncio.Queue(QUEUED), ThreadPoolExecutor(1), 0

    async def answers(self, examples, top_k):
        """The answers to some examples, in order."""
        futures = [asyncio.get_running_loop().create_future() for _ in examples]
        if self.waiting.qsize() + len(futures) > QUEUED:
            raise asyncio.QueueFull
        for one in zip(examples, futures, strict=True):
            self.waiting.put_nowait((*one, top_k))
        try:
            return [await one for one in futures]
        finally:
            for one in futures:
                one.cancel()  # nobody waits for those behind an error

    async def run(self):
        """Answer what waits, for ever."""
        while True:
            asked = [await self.waiting.get()]
            while not self.waiting.empty() and len(asked) < self.batch_size:
                asked.append(self.waiting.get_nowait())
            for top_k in {one[2] for one in asked}:
                await self._answer([one[:2] for one in asked if one[2] == top_k and not one[1].done()], top_k)

    async def _answer(self, asked, top_k):
        if not asked:
            return
        self.observe(len(asked))
        raw = [one for one, _ in asked]
        try:
            found = await self._in_thread(self.model.infer, raw, top_k=top_k, batch_size=self.batch_size)
        except Exception as error:
            if len(asked) > 1:  # one of them is wrong, and says so by itself
                for one in asked:
                    await self._answer([one], top_k)
            elif not asked[0][1].done():
                asked[0][1].set_exception(error)
            return
        for (_, future), answer in zip(asked, found, strict=True):
            if not future.done():
                future.set_result(answer)

    async def attended(self, texts):
        """What each token that is written about some texts attends to; so many wait as texts are written at once."""
        if self.streams >= STREAMS:
            raise asyncio.QueueFull
        self.streams += 1
        try:
            return await self._in_thread(self.model.attended, texts)
        finally:
            self.streams -= 1

    async def begun(self, text, settings):
        """The first piece of what a language model writes and those that follow, an iterator, once it is known."""
        if not hasattr(self.model, "stream"):
            raise ValueError(f"stream needs a language model. Received: {type(self.model.codec).__name__}")
        if self.streams >= STREAMS:
            raise asyncio.QueueFull
        self.streams += 1
        try:
            pieces = await self._in_thread(self.model.stream, text, **settings)
            first = await self._in_thread(next, pieces, None)
        except BaseException:
            self.streams -= 1
            raise
        return self._pieces(first, pieces)

    async def _pieces(self, piece, following):
        try:
            while piece is not None:
                yield piece
                piece = await self._in_thread(next, following, None)
        finally:
            self.streams -= 1

    def _in_thread(self, call, *arguments, **settings):
        """Between two batches, for a model computes one thing at a time."""
        return asyncio.get_running_loop().run_in_executor(self.thread, functools.partial(call, *arguments, **settings))
