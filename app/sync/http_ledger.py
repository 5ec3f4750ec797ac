"""The ledger over HTTP: `Ledger` and `Gate`, with a time and a size for every question."""

from typing import TypeVar

import msgspec

from app.contract import codec
from app.contract.messages import (
    ChangesAnswer,
    ChangesPage,
    ChangesQuery,
    DigestAnswer,
    DigestQuery,
    Edited,
    EditPut,
    Enrolled,
    EnrolRequest,
    EscrowPut,
    EscrowTaken,
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
    RecoveryAnswer,
    RecoveryAsked,
    Request,
    SnapshotAnswer,
    SnapshotQuery,
    Token,
    TokenRequest,
)
from app.errors import Trouble
from app.sync import answers
from app.sync.skew import Skew
from app.sync.tokens import TokenSource
from app.sync.trouble import Busy
from app.sync.wire import Patience, Reply, Wire

A = TypeVar("A")

# A ledger in good health answers small questions in milliseconds; a feed that is silent for this
# long beyond the wait it was given is what the footer calls offline.
ANSWER_S = 1.5
# A commit may wait for a disk and for other stations' batches before it.
COMMIT_S = 3.0
# For every record: ten times what the slowest disk we know needs.
RECORD_S = 0.02
# Making a picture of a large site takes seconds; so does a page over a bad line.
PICTURE_S = 60.0
TRANSFER_S = 10.0

# Decoded sizes. A usual row or result is far below 4 KiB; a page of rows that are all as large as
# the contract allows does not fit, and is asked for again in smaller pages.
SMALL_BYTES = 64 << 10
RECORD_BYTES = 4 << 10
PAGE_BYTES = 32 << 20

_post: msgspec.json.Decoder[PostAnswer] = msgspec.json.Decoder(PostAnswer)
_changes: msgspec.json.Decoder[ChangesAnswer] = msgspec.json.Decoder(ChangesAnswer)
_master: msgspec.json.Decoder[MasterAnswer] = msgspec.json.Decoder(MasterAnswer)
_snapshot: msgspec.json.Decoder[SnapshotAnswer] = msgspec.json.Decoder(SnapshotAnswer)
_digest: msgspec.json.Decoder[DigestAnswer] = msgspec.json.Decoder(DigestAnswer)
_grant: msgspec.json.Decoder[Grant] = msgspec.json.Decoder(Grant)
_edited: msgspec.json.Decoder[Edited] = msgspec.json.Decoder(Edited)
_hello = msgspec.json.Decoder(Hello)
_enrolled = msgspec.json.Decoder(Enrolled)
_token = msgspec.json.Decoder(Token)
_new_key = msgspec.json.Decoder(NewKey)
_escrow: msgspec.json.Decoder[EscrowTaken] = msgspec.json.Decoder(EscrowTaken)
_recovery: msgspec.json.Decoder[RecoveryAnswer] = msgspec.json.Decoder(RecoveryAnswer)

_LOOK = Patience(ANSWER_S, ANSWER_S * 2, SMALL_BYTES)
# Every other small question is committed, if only as an event: for the disk, as a batch is.
_ACT = Patience(COMMIT_S, COMMIT_S * 2, SMALL_BYTES)


class HttpGate:
    """What anyone may ask before being known.

    Args:
        wire: The connection.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def hello(self) -> Hello:
        """Versions, epoch and clock."""
        return _at_the_gate(self._wire.ask("/v1/hello", None, "", _LOOK), _hello)

    def enrol(self, request: EnrolRequest) -> Enrolled:
        """Trade a one-time code and a public key for an enrolment."""
        return self._ask("/v1/enrol", request, _enrolled)

    def token(self, request: TokenRequest) -> Token:
        """Trade a signed request for a bearer token."""
        return self._ask("/v1/token", request, _token)

    def new_key(self, request: NewKeyRequest) -> NewKey:
        """Let a new device key follow the old one."""
        return self._ask("/v1/key", request, _new_key)

    def recovery(self, asked: RecoveryAsked) -> RecoveryAnswer:
        """Ask for lost keys, and how far the administrators are."""
        return self._ask("/v1/recovery", asked, _recovery)

    def _ask(self, path: str, request: Request, decoder: msgspec.json.Decoder[A]) -> A:
        return _at_the_gate(self._wire.ask(path, codec.encode(request), "", _ACT), decoder)


class HttpLedger:
    """The ledger as one enrolled station sees it, over one `Wire`.

    Args:
        wire: The connection, shared by the threads of the sync.
        tokens: Who says that it is us.
        skew: Told the ledger's clock with every answer that carries it.
    """

    def __init__(self, wire: Wire, tokens: TokenSource, skew: Skew) -> None:
        self._wire = wire
        self._tokens = tokens
        self._skew = skew

    @property
    def skew_ms(self) -> int | None:
        """How far the station's clock is ahead of the ledger's; None before the first answer."""
        return self._skew.ms

    def post(self, batch: PostBatch) -> PostAnswer:
        """Decide every operation of the batch once and for ever, in one transaction."""
        count = len(batch.operations)
        deadline = COMMIT_S + count * RECORD_S
        patience = Patience(deadline, deadline + TRANSFER_S, SMALL_BYTES + count * RECORD_BYTES)
        answer = self._ask("/v1/post", batch, _post, patience)
        if isinstance(answer, Posted):
            self._skew.heard(answer.high_water.at)
        return answer

    def changes(self, query: ChangesQuery) -> ChangesAnswer:
        """The site's feed after a cursor; waits up to `wait_s` at the ledger for news."""
        silence = query.wait_s + ANSWER_S
        patience = Patience(silence, silence + TRANSFER_S + query.limit * RECORD_S, PAGE_BYTES)
        answer = self._ask("/v1/changes", query, _changes, patience)
        if isinstance(answer, ChangesPage):
            self._skew.heard(answer.at)
        return answer

    def master(self, query: MasterQuery) -> MasterAnswer:
        """Items, locations, people and boxes after a cursor."""
        silence = ANSWER_S + query.limit * RECORD_S
        patience = Patience(silence, silence + TRANSFER_S, PAGE_BYTES)
        return self._ask("/v1/master", query, _master, patience)

    def snapshot(self, query: SnapshotQuery) -> SnapshotAnswer:
        """One consistent materialisation of the site, page by page."""
        patience = Patience(PICTURE_S, PICTURE_S + TRANSFER_S, PAGE_BYTES)
        return self._ask("/v1/snapshot", query, _snapshot, patience)

    def digest(self, query: DigestQuery) -> DigestAnswer:
        """Where the station's confirmed balances differ from the ledger's at its cursor."""
        # The ledger reads every balance of the site, as for a picture.
        patience = Patience(PICTURE_S, PICTURE_S + TRANSFER_S, PAGE_BYTES)
        return self._ask("/v1/digest", query, _digest, patience)

    def grant(self, request: GrantRequest) -> Grant:
        """Let a person who proves themselves approve at this station while there is no link.

        Raises:
            Trouble: The ledger cannot answer now.
        """
        answer = self._ask("/v1/grants", request, _grant, _ACT)
        return _now(answer)

    def edit(self, put: EditPut) -> Edited:
        """Change master data in somebody's name, or look at what it is now.

        Raises:
            Trouble: The ledger cannot answer now.
        """
        answer = self._ask("/v1/edits", put, _edited, _ACT)
        return _now(answer)

    def escrow(self, put: EscrowPut) -> EscrowTaken:
        """Hand the station's sealed keys over, or ask what to seal them to.

        Raises:
            Trouble: The ledger cannot take them now.
        """
        answer = self._ask("/v1/escrow", put, _escrow, _ACT)
        return _now(answer)

    def hang_up(self) -> None:
        """End what is under way, for good. Callable from any thread."""
        self._wire.hang_up()

    def close(self) -> None:
        """Close what is left; call it when no thread asks any more."""
        self._wire.close()

    def _ask(
        self, path: str, message: Request, decoder: msgspec.json.Decoder[A], patience: Patience
    ) -> A | NotNow:
        """Ask with a token; once more with a new one, if the ledger did not take the old."""
        body = codec.encode(message)
        token = self._tokens.current()
        reply = self._wire.ask(path, body, token, patience)
        if reply.status == 401:
            self._tokens.forget(token)
            reply = self._wire.ask(path, body, self._tokens.current(), patience)
        return answers.read(reply, decoder)


def _at_the_gate(reply: Reply, decoder: msgspec.json.Decoder[A]) -> A:
    """At the gate "not now" is trouble: nothing was asked of the book yet."""
    answer = answers.read(reply, decoder)
    return _now(answer)


def _now(answer: A | NotNow) -> A:
    """The answer to what is asked once; "not now" is trouble, with the wait it asked for."""
    match answer:
        case NotNow(problem="retry_later"):
            raise Busy(answer.sentence, answer.retry_after_s)
        case NotNow():
            raise Trouble(answer.sentence, detail=answer.problem)
        case _:
            return answer
