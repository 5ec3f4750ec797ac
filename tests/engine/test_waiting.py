"""Who waits for news of another process hears of it, whenever it came and whatever broke."""

import asyncio
import time

from app.errors import Trouble
from app.ledger.changes import Bell
from app.ledger.web.waiting import Heads, Watch

# A station waits at most half a minute; news must not take that long.
LONG_S = 20.0
SOON_S = 5.0


def test_what_grew_between_the_look_and_the_wait_is_news() -> None:
    async def heads() -> Heads:
        return {1: 8}  # it was 7 when the page was read

    async def wait() -> float:
        watch = Watch(Bell(), heads)
        began = time.monotonic()
        await watch.wait(watch.mark, LONG_S)
        return time.monotonic() - began

    assert asyncio.run(wait()) < SOON_S


def test_a_database_that_was_away_does_not_end_the_watch() -> None:
    away = Trouble("The connection to the ledger's database broke.")
    answers: list[Heads | Trouble] = [{1: 7}, away, away, {1: 8}]

    async def heads() -> Heads:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Trouble):
            raise answer
        return answer

    async def wait() -> float:
        watch = Watch(Bell(), heads)
        await watch.wait(watch.mark, LONG_S)  # the first look
        began = time.monotonic()
        await watch.wait(watch.mark, LONG_S)
        return time.monotonic() - began

    assert asyncio.run(wait()) < SOON_S


def test_nothing_new_is_not_news() -> None:
    """After the first look, which is always one."""

    async def heads() -> Heads:
        return {1: 7}

    async def wait() -> float:
        watch = Watch(Bell(), heads)
        await watch.wait(watch.mark, LONG_S)
        began = time.monotonic()
        await watch.wait(watch.mark, 0.7)
        return time.monotonic() - began

    assert asyncio.run(wait()) >= 0.7
