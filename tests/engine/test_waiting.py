"""Who waits for news of another process hears of it, whenever it came and whatever broke."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from app.errors import Trouble
from app.ledger.changes import RECHECK_S, Bell
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
        await watch.wait(watch.mark(1), LONG_S)
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
        await watch.wait(watch.mark(1), LONG_S)  # the first look
        began = time.monotonic()
        await watch.wait(watch.mark(1), LONG_S)
        return time.monotonic() - began

    assert asyncio.run(wait()) < SOON_S


def test_nothing_new_is_not_news() -> None:
    """After the first look, which is always one."""

    async def heads() -> Heads:
        return {1: 7}

    async def wait() -> float:
        watch = Watch(Bell(), heads)
        await watch.wait(watch.mark(1), LONG_S)
        began = time.monotonic()
        await watch.wait(watch.mark(1), 0.7)
        return time.monotonic() - began

    assert asyncio.run(wait()) >= 0.7


async def _no_news() -> Heads:
    return {}


def test_only_who_waits_where_the_news_is_hears_of_it() -> None:
    async def wait() -> tuple[float, float]:
        bell = Bell()
        watch = Watch(bell, _no_news)
        began = time.monotonic()

        async def hears(site_n: int) -> float:
            await watch.wait(watch.mark(site_n), 0.7)
            return time.monotonic() - began

        waiting = [asyncio.create_task(hears(site_n)) for site_n in (1, 2)]
        await asyncio.sleep(0.1)
        bell.ring([2])
        elsewhere, here = await asyncio.gather(*waiting)
        return elsewhere, here

    elsewhere, here = asyncio.run(wait())

    assert here < 0.6
    assert elsewhere >= 0.7


def test_many_who_wait_are_told_of_many_facts_at_once() -> None:
    """Sixty facts in a row wake a hundred stations a few times, not sixty times."""

    async def count() -> int:
        bell = Bell()
        watch = Watch(bell, _no_news)
        woken = 0

        async def follow() -> None:
            nonlocal woken
            while True:
                await watch.wait(watch.mark(1), LONG_S)
                woken += 1

        following = [asyncio.create_task(follow()) for _ in range(100)]
        for _ in range(60):
            await asyncio.sleep(0.005)
            bell.ring([1])
        await asyncio.sleep(0.5)
        for task in following:
            task.cancel()
        return woken

    woken = asyncio.run(count())

    assert 100 <= woken <= 100 * 12
    assert woken % 100 == 0


def test_the_same_page_is_read_once_and_never_from_before_the_news() -> None:
    async def look() -> tuple[list[int], int]:
        bell = Bell()
        watch = Watch(bell, _no_news)
        reads = 0

        async def read() -> int:
            nonlocal reads
            reads += 1
            now = reads
            await asyncio.sleep(0.01)
            return now

        together = [watch.look(watch.mark(1), "page", read) for _ in range(50)]
        first = await asyncio.gather(*together)
        bell.ring([1])
        await asyncio.sleep(0)
        second = await watch.look(watch.mark(1), "page", read)
        return [*set(first), second], reads

    assert asyncio.run(look()) == ([1, 2], 2)


def test_one_who_leaves_does_not_take_the_page_away_from_the_others() -> None:
    async def look() -> int:
        watch = Watch(Bell(), _no_news)

        async def read() -> int:
            await asyncio.sleep(0.05)
            return 7

        leaving, staying = (
            asyncio.create_task(watch.look(watch.mark(1), "page", read)) for _ in range(2)
        )
        await asyncio.sleep(0.01)
        leaving.cancel()
        return await staying

    assert asyncio.run(look()) == 7


class Reads:
    """Pages of a feed that are counted; what a database would be asked."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> str:
        self.count += 1
        return f"page {self.count}"


async def _steady() -> Heads:
    return {1: 7}


def _asked(heads: Callable[[], Awaitable[Heads]], seconds: float, reads: Reads) -> list[str]:
    """What is answered to who asks at a site all the time, while others wait there."""

    async def ask() -> list[str]:
        watch = Watch(Bell(), heads)
        waiting = [asyncio.create_task(watch.wait(watch.mark(site), LONG_S)) for site in (1, 2)]
        await asyncio.sleep(2.5 * RECHECK_S)  # the first look at the counters tells everybody
        waiting.append(asyncio.create_task(watch.wait(watch.mark(1), LONG_S)))
        answers = []
        for _ in range(int(seconds / 0.02)):
            answers.append(await watch.look(watch.mark(1), "cursor 7", reads))
            await asyncio.sleep(0.02)
        watch.close()
        await asyncio.gather(*waiting)
        return answers

    return asyncio.run(ask())


def test_who_asks_while_nothing_happens_is_answered_without_reading_each_time() -> None:
    reads = Reads()

    answers = _asked(_steady, 0.6, reads)

    assert len(answers) == 30
    assert reads.count <= 2


def test_a_page_is_not_shown_again_while_the_database_cannot_be_asked() -> None:
    answered = [{1: 7}, {1: 7}, {1: 7}]

    async def heads() -> Heads:
        if answered:
            return answered.pop()
        raise Trouble("The connection to the ledger's database broke.")

    reads = Reads()

    _asked(heads, 1.1, reads)

    assert reads.count >= 4


def test_a_page_is_not_shown_again_once_its_site_has_grown() -> None:
    async def look() -> list[str]:
        bell, reads = Bell(), Reads()
        watch = Watch(bell, _steady)
        waiting = asyncio.create_task(watch.wait(watch.mark(1), LONG_S))
        await asyncio.sleep(0.1)
        before = await watch.look(watch.mark(1), "cursor 7", reads)
        bell.ring([1])
        await asyncio.sleep(0)
        after = await watch.look(watch.mark(1), "cursor 7", reads)
        await waiting
        return [before, after]

    assert asyncio.run(look()) == ["page 1", "page 2"]


def test_who_waited_in_vain_is_told_so() -> None:
    async def wait() -> tuple[bool, bool]:
        bell = Bell()
        watch = Watch(bell, _no_news)
        in_vain = await watch.wait(watch.mark(1), 0.05)
        hears = asyncio.create_task(watch.wait(watch.mark(1), LONG_S))
        await asyncio.sleep(0)
        bell.ring([1])
        return in_vain, await hears

    assert asyncio.run(wait()) == (False, True)
