"""The network between a station and the ledger: real bytes on a way that is not."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import msgspec

from app.contract import codec
from app.contract.messages import (
    ChangesAnswer,
    ChangesQuery,
    DigestAnswer,
    DigestQuery,
    Edited,
    EditPut,
    Grant,
    GrantRequest,
    MasterAnswer,
    MasterQuery,
    NotNow,
    PostAnswer,
    PostBatch,
    Posted,
    Request,
    SnapshotAnswer,
    SnapshotQuery,
)
from app.errors import Refusal, Trouble
from app.ledger.stationledger import StationLedger
from app.simulation.host import Host
from app.simulation.world import World
from app.sync import answers
from app.sync.trouble import CutOff, Unreachable
from app.sync.wire import Reply

if TYPE_CHECKING:
    from app.simulation.outcomes import Outcomes

A = TypeVar("A")
R = TypeVar("R", bound=Request)

SLOW_MS = 20_000
# A station stops waiting for an answer after about this long.
PATIENCE_MS = 8_000

_post_in = msgspec.json.Decoder(PostBatch)
_post: msgspec.json.Decoder[PostAnswer] = msgspec.json.Decoder(PostAnswer)
_changes_in = msgspec.json.Decoder(ChangesQuery)
_changes: msgspec.json.Decoder[ChangesAnswer] = msgspec.json.Decoder(ChangesAnswer)
_grant_in = msgspec.json.Decoder(GrantRequest)
_grant: msgspec.json.Decoder[Grant] = msgspec.json.Decoder(Grant)
_master_in = msgspec.json.Decoder(MasterQuery)
_master: msgspec.json.Decoder[MasterAnswer] = msgspec.json.Decoder(MasterAnswer)
_digest_in = msgspec.json.Decoder(DigestQuery)
_digest: msgspec.json.Decoder[DigestAnswer] = msgspec.json.Decoder(DigestAnswer)
_snapshot_in = msgspec.json.Decoder(SnapshotQuery)
_edit_in = msgspec.json.Decoder(EditPut)
_edited: msgspec.json.Decoder[Edited] = msgspec.json.Decoder(Edited)
_snapshot: msgspec.json.Decoder[SnapshotAnswer] = msgspec.json.Decoder(SnapshotAnswer)


class Wire:
    """Implements `Ledger` for one enrolment.

    Args:
        world: Time, chance and faults.
        host: The other end.
        enrolment: Who asks.
        outcomes: Hears every answer the ledger gives, delivered or not.
        alive: Raises when the station that asked is no more.
    """

    def __init__(
        self,
        world: World,
        host: Host,
        enrolment: str,
        outcomes: "Outcomes",
        alive: Callable[[], Callable[[], None]],
    ) -> None:
        self._world = world
        self._host = host
        self._enrolment = enrolment
        self._outcomes = outcomes
        self._alive = alive
        self.down_until = 0
        self._sent = 0

    @property
    def down(self) -> bool:
        """Whether the link is down now."""
        return not self._world.calm and self._world.time.ms < self.down_until

    def post(self, batch: PostBatch) -> PostAnswer:
        """Send a batch."""

        def serve(ledger: StationLedger, raw: bytes) -> PostAnswer:
            return ledger.post(_post_in.decode(raw))

        return self._ask(batch, serve, _post)

    def changes(self, query: ChangesQuery) -> ChangesAnswer:
        """Ask for rows."""
        return self._ask(
            query, lambda ledger, raw: ledger.changes(_changes_in.decode(raw)), _changes
        )

    def master(self, query: MasterQuery) -> MasterAnswer:
        """Ask for master rows."""
        return self._ask(query, lambda ledger, raw: ledger.master(_master_in.decode(raw)), _master)

    def snapshot(self, query: SnapshotQuery) -> SnapshotAnswer:
        """Ask for a page of a picture."""
        return self._ask(
            query, lambda ledger, raw: ledger.snapshot(_snapshot_in.decode(raw)), _snapshot
        )

    def digest(self, query: DigestQuery) -> DigestAnswer:
        """Ask where the books differ."""
        return self._ask(query, lambda ledger, raw: ledger.digest(_digest_in.decode(raw)), _digest)

    def grant(self, request: GrantRequest) -> Grant:
        """Ask what somebody may approve without a link."""
        answer = self._ask(request, lambda ledger, raw: ledger.grant(_grant_in.decode(raw)), _grant)
        if isinstance(answer, NotNow):
            raise Trouble(answer.sentence)
        return answer

    def edit(self, put: EditPut) -> Edited:
        """Ask for a change of master data."""

        def serve(ledger: StationLedger, raw: bytes) -> Edited:
            answer = ledger.edit(_edit_in.decode(raw))
            self._world.edits.answered(put, answer)
            return answer

        answer = self._ask(put, serve, _edited)
        if isinstance(answer, NotNow):
            raise Trouble(answer.sentence)
        return answer

    # ------------------------------------------------------------------ the way there and back

    def _ask(
        self,
        message: Request,
        serve: Callable[[StationLedger, bytes], A],
        decoder: msgspec.json.Decoder[A],
    ) -> A | NotNow:
        world, knobs = self._world, self._world.knobs
        still_there = self._alive()
        if self.down:
            world.rare.saw("link down")
            raise Unreachable("The ledger cannot be reached.")
        raw = codec.encode(message)
        self._travel(still_there)
        if world.happens(knobs.drop):
            world.rare.saw("request dropped")
            self._wait(PATIENCE_MS, still_there)
            raise Trouble("The ledger did not answer in time.")
        self._cut_short(serve, raw, still_there)
        self._sent += 1
        if world.happens(knobs.double):
            self._double(serve, raw)
        generation = self._host.generation
        try:
            answer = self._host.ask(self._enrolment, lambda ledger: serve(ledger, raw))
        except Refusal:
            raise
        except Trouble as trouble:
            raise CutOff(trouble.say) from trouble
        if isinstance(message, PostBatch):
            self._outcomes.heard(generation, message, answer)
        self._travel(still_there)
        if world.happens(knobs.drop_answer):
            if isinstance(answer, Posted):
                world.rare.saw("answer dropped after the ledger committed")
            self._wait(PATIENCE_MS, still_there)
            raise Trouble("The ledger did not answer in time.")
        body = codec.encode(answer)
        if world.happens(knobs.truncate):
            world.rare.saw("answer truncated")
            body = body[: world.chance.randrange(len(body))]
        return answers.read(Reply(200, "application/json", "", body), decoder)

    def _cut_short(
        self,
        serve: Callable[[StationLedger, bytes], object],
        raw: bytes,
        still_there: Callable[[], None],
    ) -> None:
        """Perhaps only the beginning arrives: the ledger must take nothing of it."""
        world = self._world
        if not world.happens(world.knobs.truncate):
            return
        half = raw[: world.chance.randrange(len(raw))]
        try:
            self._host.ask(self._enrolment, lambda ledger: serve(ledger, half))
        except msgspec.DecodeError:
            world.rare.saw("request truncated")
        else:
            world.violated(f"the ledger took {len(half)} of {len(raw)} bytes for a request")
        self._wait(PATIENCE_MS, still_there)
        raise Trouble("The ledger did not answer in time.")

    def _double(self, serve: Callable[[StationLedger, bytes], object], raw: bytes) -> None:
        """The same bytes arrive once more, perhaps after what was sent later."""
        world, number = self._world, self._sent
        world.rare.saw("request doubled")

        def again() -> None:
            if self._sent > number:
                world.rare.saw("request after a later one")
            self._again(serve, raw)

        world.agenda.after(world.chance.randrange(SLOW_MS), again)

    def _again(self, serve: Callable[[StationLedger, bytes], object], raw: bytes) -> None:
        """The same bytes arrive; nobody hears the answer."""
        try:
            self._host.ask(self._enrolment, lambda ledger: serve(ledger, raw))
        except (Trouble, Refusal):
            return

    def _travel(self, still_there: Callable[[], None]) -> None:
        if self._world.happens(self._world.knobs.slow):
            self._world.rare.saw("message delayed")
            self._wait(self._world.chance.randrange(SLOW_MS), still_there)

    def _wait(self, ms: int, still_there: Callable[[], None]) -> None:
        self._world.agenda.pass_ms(ms)
        still_there()
