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
    Enrolled,
    EnrolRequest,
    Grant,
    GrantRequest,
    Hello,
    MasterAnswer,
    MasterQuery,
    NewKey,
    NewKeyRequest,
    NotNow,
    PostAnswer,
    PostBatch,
    Posted,
    Request,
    SnapshotAnswer,
    SnapshotQuery,
    Token,
    TokenRequest,
)
from app.errors import Refusal, Trouble
from app.ledger.stationledger import StationLedger
from app.simulation.host import Host
from app.simulation.world import World
from app.sync import answers
from app.sync.tokens import TokenSource
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

_hello: msgspec.json.Decoder[Hello] = msgspec.json.Decoder(Hello)
_enrol_in = msgspec.json.Decoder(EnrolRequest)
_enrolled: msgspec.json.Decoder[Enrolled] = msgspec.json.Decoder(Enrolled)
_token_in = msgspec.json.Decoder(TokenRequest)
_token: msgspec.json.Decoder[Token] = msgspec.json.Decoder(Token)
_new_key_in = msgspec.json.Decoder(NewKeyRequest)
_new_key: msgspec.json.Decoder[NewKey] = msgspec.json.Decoder(NewKey)


def _there(answer: A | NotNow) -> A:
    """At the gate, "not now" is trouble."""
    if isinstance(answer, NotNow):
        raise Trouble(answer.sentence)
    return answer


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
        self.site = ""
        # Asked for before everything else, where stations sign in.
        self.tokens: TokenSource | None = None
        self._signing_in = False
        self._sent = 0

    @property
    def down(self) -> bool:
        """Whether the link is down now."""
        return not self._world.calm and self._world.time.ms < self.down_until

    def post(self, batch: PostBatch) -> PostAnswer:
        """Send a batch."""

        def serve(ledger: StationLedger, raw: bytes) -> PostAnswer:
            return ledger.post(_post_in.decode(raw))

        return self._signed(batch, serve, _post)

    def changes(self, query: ChangesQuery) -> ChangesAnswer:
        """Ask for rows."""
        return self._signed(
            query, lambda ledger, raw: ledger.changes(_changes_in.decode(raw)), _changes
        )

    def master(self, query: MasterQuery) -> MasterAnswer:
        """Ask for master rows."""
        return self._signed(
            query, lambda ledger, raw: ledger.master(_master_in.decode(raw)), _master
        )

    def snapshot(self, query: SnapshotQuery) -> SnapshotAnswer:
        """Ask for a page of a picture."""
        return self._signed(
            query, lambda ledger, raw: ledger.snapshot(_snapshot_in.decode(raw)), _snapshot
        )

    def digest(self, query: DigestQuery) -> DigestAnswer:
        """Ask where the books differ."""
        return self._signed(
            query, lambda ledger, raw: ledger.digest(_digest_in.decode(raw)), _digest
        )

    def grant(self, request: GrantRequest) -> Grant:
        """Ask what somebody may approve without a link."""

        def serve(ledger: StationLedger, raw: bytes) -> Grant:
            return ledger.grant(_grant_in.decode(raw))

        answer = self._signed(request, serve, _grant)
        return _there(answer)

    def edit(self, put: EditPut) -> Edited:
        """Ask for a change of master data."""

        def serve(ledger: StationLedger, raw: bytes) -> Edited:
            answer = ledger.edit(_edit_in.decode(raw))
            self._world.edits.answered(self.site, put, answer)
            return answer

        answer = self._signed(put, serve, _edited)
        return _there(answer)

    # ------------------------------------------------------------------ before it is known

    def hello(self) -> Hello:
        """Ask which time it is there, and what is understood."""
        answer = self._ask(None, lambda _: self._host.service.hello(), _hello)
        return _there(answer)

    def enrol(self, request: EnrolRequest) -> Enrolled:
        """Trade a code for an enrolment."""

        def serve(raw: bytes) -> Enrolled:
            return self._host.service.enrol(_enrol_in.decode(raw))

        answer = self._ask(request, serve, _enrolled)
        return _there(answer)

    def token(self, request: TokenRequest) -> Token:
        """Sign in."""

        def serve(raw: bytes) -> Token:
            return self._host.service.token(_token_in.decode(raw))

        answer = self._ask(request, serve, _token)
        return _there(answer)

    def new_key(self, request: NewKeyRequest) -> NewKey:
        """Let a new device key follow the old one."""

        def serve(raw: bytes) -> NewKey:
            told = self._host.service.new_key(_new_key_in.decode(raw))
            self._host.new_keys += 1
            self._world.rare.saw("device key changed")
            return told

        answer = self._ask(request, serve, _new_key)
        return _there(answer)

    # ------------------------------------------------------------------ the way there and back

    def _signed(
        self,
        message: Request,
        serve: Callable[[StationLedger, bytes], A],
        decoder: msgspec.json.Decoder[A],
    ) -> A | NotNow:
        """Ask as an enrolled station: with a token, and once more with a new one."""
        tokens = self.tokens
        if tokens is None:
            return self._ask(message, lambda raw: serve(self._known(), raw), decoder)
        for last in (False, True):
            token = self._current(tokens)
            try:
                return self._ask(message, self._with(token, serve), decoder)
            except Refusal as refusal:
                if refusal.code != "bad_token" or last:
                    raise
                tokens.forget(token)
        raise Trouble("The ledger took no token.")

    def _with(self, token: str, serve: Callable[[StationLedger, bytes], A]) -> Callable[[bytes], A]:
        return lambda raw: serve(self._bearer(token), raw)

    def _known(self) -> StationLedger:
        return self._host.service.as_seen_by(self._enrolment)

    def _bearer(self, token: str) -> StationLedger:
        return StationLedger(self._host.service, self._host.service.who_bears(token))

    def _current(self, tokens: TokenSource) -> str:
        """One thread asks for it; here the other comes by while that waits, and tries later."""
        if self._signing_in:
            raise Trouble("The station is signing in.")
        self._signing_in = True
        try:
            return tokens.current()
        finally:
            self._signing_in = False

    def _ask(
        self,
        message: Request | None,
        serve: Callable[[bytes], A],
        decoder: msgspec.json.Decoder[A],
    ) -> A | NotNow:
        world, knobs = self._world, self._world.knobs
        still_there = self._alive()
        if self.down:
            world.rare.saw("link down")
            raise Unreachable("The ledger cannot be reached.")
        raw = codec.encode(message) if message is not None else b""
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
            answer = self._host.run(lambda: serve(raw))
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
        serve: Callable[[bytes], object],
        raw: bytes,
        still_there: Callable[[], None],
    ) -> None:
        """Perhaps only the beginning arrives: the ledger must take nothing of it."""
        world = self._world
        if not raw or not world.happens(world.knobs.truncate):
            return
        half = raw[: world.chance.randrange(len(raw))]
        try:
            self._host.run(lambda: serve(half))
        except msgspec.DecodeError:
            world.rare.saw("request truncated")
        else:
            world.violated(f"the ledger took {len(half)} of {len(raw)} bytes for a request")
        self._wait(PATIENCE_MS, still_there)
        raise Trouble("The ledger did not answer in time.")

    def _double(self, serve: Callable[[bytes], object], raw: bytes) -> None:
        """The same bytes arrive once more, perhaps after what was sent later."""
        world, number = self._world, self._sent
        world.rare.saw("request doubled")

        def again() -> None:
            if self._sent > number:
                world.rare.saw("request after a later one")
            self._again(serve, raw)

        world.agenda.after(world.chance.randrange(SLOW_MS), again)

    def _again(self, serve: Callable[[bytes], object], raw: bytes) -> None:
        """The same bytes arrive; nobody hears the answer."""
        try:
            self._host.run(lambda: serve(raw))
        except (Trouble, Refusal):
            return

    def _travel(self, still_there: Callable[[], None]) -> None:
        if self._world.happens(self._world.knobs.slow):
            self._world.rare.saw("message delayed")
            self._wait(self._world.chance.randrange(SLOW_MS), still_there)

    def _wait(self, ms: int, still_there: Callable[[], None]) -> None:
        self._world.agenda.pass_ms(ms)
        still_there()
