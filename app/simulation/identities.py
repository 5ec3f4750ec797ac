"""Who a station is to its ledger: how it signs in, gets a new device key, and is enrolled anew."""

from collections.abc import Callable

from app.cache.database import Book
from app.cache.enrolling import Taken, last_link, take
from app.cache.work import Numbers
from app.contract.messages import Operation
from app.errors import PackhouseError
from app.simulation.bench import KEY, Bench
from app.simulation.compiled import share
from app.simulation.host import Host
from app.simulation.watch import WatchedStore
from app.simulation.world import World
from app.station import unattended
from app.station.ports import Identity, Position
from app.sync import enrol

Event = Callable[[Taken, Position], Operation]
ENROLLED_AGAIN = "station_enrolled_again"


def is_shut_out(bench: Bench) -> bool:
    """Whether the ledger speaks with it no more, though it works."""
    return not bench.retired and (bench.forked or bool(bench.cast_out))


class Identities:
    """What becomes of identities while the floor works.

    Args:
        world: Its knob says what happens.
        host: The ledger.
        benches: Every book in use.
    """

    def __init__(self, world: World, host: Host, benches: list[Bench]) -> None:
        self._world = world
        self._host = host
        self._benches = benches

    def plan(self, end: int) -> None:
        """One of them, at some time of the first shift; and somebody who looks after it."""
        chance = self._world.chance
        strikes = {"key": self._new_key, "revoked": self._revoke, "again": enrol_again}
        strike = strikes[self._world.knobs.identity]

        def struck() -> None:
            bench = chance.choice([one for one in self._benches if not one.retired])
            strike(bench, self._host)

        self._world.agenda.after(chance.randrange(end), struck)

    def mend(self) -> None:
        """Whoever is shut out is enrolled anew."""
        for bench in list(self._benches):
            if is_shut_out(bench):
                enrol_again(bench, self._host)

    @staticmethod
    def _new_key(bench: Bench, _host: Host) -> None:
        """Its device key is a year old: the next token is asked for with a new one."""
        bench.signer.is_due = True
        if bench.up:
            bench.guarded(bench.sign_in_anew)

    def _revoke(self, bench: Bench, host: Host) -> None:
        """Somebody says that it was stolen; it was not."""
        try:
            host.run(lambda: host.service.identity.revoke(bench.site, bench.name))
        except PackhouseError:
            return
        host.revoked.add(bench.enrolment)
        self._world.rare.saw("station revoked")


def enrol_again(bench: Bench, host: Host) -> None:
    """Somebody stops it, and trades a new code for an enrolment; or tries again later."""
    bench.stop()
    bench.away = True
    book = Book(bench.disk.path, KEY)
    share("book", book.writer, book.reader)
    try:
        _enrol(bench, host, WatchedStore(book, bench))
    except PackhouseError:
        # The ledger did not answer, or the disk is full.
        return
    finally:
        book.close()
        bench.away = False
        bench.boot()


def _enrol(bench: Bench, host: Host, store: WatchedStore) -> None:
    code = host.run(lambda: host.service.identity.add_station(bench.site, bench.name)).code
    before, key = store.identity(), bench.signer.begin()
    told = enrol.enrol(bench.wire, code, key, last_link(store))

    def event(taken: Taken, position: Position) -> Operation:
        evidence: dict[str, str | int] = {
            "device_key": told.identity.device_key,
            "previous": before.enrolment,
            "relinked": taken.relinked,
        }
        return unattended.event_of(
            (told.identity, position), bench.clock, bench.ids, ENROLLED_AGAIN, evidence
        )

    numbers = Numbers(int(told.numbers.first), told.numbers.count)
    _take(bench, store, told.identity, numbers, event)
    bench.signer.settle(told.identity.device_key)
    bench.forked, bench.cast_out = False, ""
    bench.world.rare.saw("station enrolled anew")


def _take(
    bench: Bench,
    store: WatchedStore,
    identity: Identity,
    numbers: Numbers,
    event: Event,
) -> None:
    """The book changes in one transaction; what is noted of it is of the new chain."""
    before = bench.enrolment
    bench.connect(identity.enrolment, bench.outcomes)
    try:
        taken = take(store, identity, numbers, event)
    except BaseException:
        bench.enrolments.remove(identity.enrolment)
        bench.connect(before, bench.outcomes)
        raise
    if taken.relinked:
        bench.world.rare.saw("records linked anew")
