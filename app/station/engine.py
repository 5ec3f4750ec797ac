"""The station's turns: take a message, answer it inside one transaction, commit, then tell.

A scan is journaled before it is understood. Sound, screen and announcements come only after the
commit they stand for (law 2). No thread in here: `app.station.station` has the inbox.
"""

import logging
from collections.abc import Callable, Sequence

from app.domain.barcode import Command
from app.domain.device import DeviceChanged, DeviceKind, DeviceState
from app.domain.scan import Scan
from app.domain.weight import Reading
from app.errors import Fault, PackhouseError, Trouble
from app.station import events, inbox, pack_claim
from app.station.cards import card
from app.station.door import Door, answered, distrusted
from app.station.flow import INTENT_TRIGGERS, Flow, Happening, Trigger
from app.station.flows import TICKING, flows
from app.station.gate import new_gate
from app.station.inbox import (
    OUTSIDE,
    Call,
    Do,
    Granted,
    Intent,
    LinkChanged,
    Message,
    Printed,
    Stop,
    Tick,
    Unlocked,
)
from app.station.interpret import interpret
from app.station.journal import DUPLICATE_NS, BounceJudge, Tape, half_code, is_quantity
from app.station.looking_up import LookupFlow
from app.station.notice_board import Listener, NoticeBoard
from app.station.pack import PackFlow
from app.station.pack_job import PackState
from app.station.ports import (
    Applied,
    Clock,
    IdSource,
    Position,
    Store,
    Understand,
    Unlocker,
    Work,
)
from app.station.scale_watch import ScaleWatch
from app.station.screen import Page, Sound
from app.station.sign_in import WORLD
from app.station.turn import Fate, Session, Surroundings, Turn, iso

log = logging.getLogger(__name__)


class Engine:
    """Answers messages one at a time; called on the station's thread only.

    Args:
        store: The book.
        clock: Wall and monotonic time.
        ids: Where operation ids come from.
        understand: What a scanned text means.
        unlocker: Opens people's keys.
        duplicate_ns: Window in which the same code again is a bounce.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: IdSource,
        understand: Understand,
        unlocker: Unlocker,
        *,
        duplicate_ns: int = DUPLICATE_NS,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._understand = understand
        self._bounce = BounceJudge(duplicate_ns)
        self._session: Session | None = None
        self._scale = ScaleWatch()
        self._identity = store.identity()
        self._tape = Tape(store)
        self._board = NoticeBoard(clock, self._identity)
        self.position = store.position()
        self._door = Door(new_gate(unlocker, clock), clock)
        self._flows = flows(self._door, self._scale)
        self._flow: Flow = self._flows[Page.SIGN_IN]

    # --------------------------------------------------------------------------- on its own thread

    def open(self) -> None:
        """Take up where the last run ended: unanswered scans get a fate, the open job resumes."""
        with self._store.begin() as work:
            turn = Turn(work, self._around())
            self._board.link.since = turn.now
            interrupted = work.interrupt_scans(turn.now)
            for job, _, _ in work.open_prints():
                # A printer may have had it: somebody looks before it is printed again.
                work.settle_print(job, inbox.PrintState.UNKNOWN.value, "")
            self._door.open(turn)
            flow = self._travel(turn)
            work.commit()
            self._finish(turn, flow)
        if interrupted:
            log.warning("%d scans were interrupted by the last stop, not counted", interrupted)
        self._show_footer()

    def subscribe(self, listener: Listener) -> None:
        """Hear every event from now on, the current screen and footer first."""
        self._board.subscribe(listener)

    def handle(self, messages: Sequence[Message]) -> None:
        """Answer messages; scans among them are journaled together before any is understood."""
        scans = [message for message in messages if isinstance(message, Scan)]
        if scans:
            self._handle_scans(scans)
        for message in messages:
            if not isinstance(message, Scan):
                self._handle_one(message)
        for happening in self._door.answers():
            self._turn(happening)

    def _handle_one(self, message: Message) -> None:
        match message:
            case Do():
                self._do(message)
            case Reading():
                self._reading(message)
            case DeviceChanged():
                self._device(message)
            case Printed():
                self._printed(message)
            case LinkChanged():
                self._board.link.changed(message)
                self._refresh()
                self._show_footer()
            case Call():
                message.answer()
            case Unlocked() | Granted() | inbox.EditAnswered() | inbox.PhotoTaken():
                self._turn(answered(message))
            case Tick():
                self._tape.close(self._now())
                self._pass_time()
                self._show_footer()
            case Scan() | Stop():
                raise Fault("This message is handled elsewhere.", detail=repr(message))

    # -------------------------------------------------------------------------------------- scans

    def _handle_scans(self, scans: Sequence[Scan]) -> None:
        self._somebody_is_here()
        try:
            journaled = self._tape.take(scans, self._now())
        except PackhouseError as error:
            self._trouble(error)
            return
        for number, scanned, shown in journaled:
            self._scan(number, scanned, shown)

    def _scan(self, number: int, scanned: Scan, shown: str) -> None:
        if self._bounce.is_bounce(scanned):
            self._decide_bounce(number, shown)
            return
        meaning = half_code(scanned, shown) or self._understand(scanned)
        if isinstance(meaning, Command):
            self._turn(card(meaning, shown, self._board.screen), number, shown)
            return

        def happen(work: Work) -> Happening:
            return interpret(work, meaning, scanned, shown)

        self._turn(happen, number, shown)

    def _decide_bounce(self, number: int, shown: str) -> None:
        try:
            why = self._tape.bounced(number, self._bounce.gap_ms)
        except PackhouseError as error:
            self._trouble(error)
            return
        self._board.announce(events.Sounded(Sound.ATTENTION))
        self._board.announce(events.ScanDecided(number, shown, Fate.DUPLICATE, why))

    def _now(self) -> str:
        return iso(self._clock.now())

    # ------------------------------------------------------------------------------------ intents

    def _do(self, do: Do) -> None:
        self._somebody_is_here()
        if do.action is Intent.CODE:
            typed = do.argument.strip()
            if typed.isdecimal() and self._door.wants_pin(self._flow):
                # Typed into the scan line all the same: a PIN is in no journal.
                self._turn(Happening(Trigger.SIGN_IN_PIN, argument=typed))
            elif typed:
                self._typed(typed, self._clock.monotonic_ns())
            return
        if do.action in OUTSIDE:
            return
        trigger = INTENT_TRIGGERS[do.action]
        self._turn(Happening(trigger, shown=do.argument, argument=do.argument, extra=do.extra))

    def _typed(self, typed: str, at_ns: int) -> None:
        """A code typed by hand is a scan of device `keyboard`; a short number is a quantity."""
        if is_quantity(typed, self._flow.page):
            self._turn(Happening(Trigger.QUANTITY, shown=typed, argument=typed))
            return
        self._handle_scans([Scan(typed.encode(), typed, None, "typed", at_ns=at_ns)])

    # --------------------------------------------------------------------------------- the turn

    def _turn(
        self,
        happening: Happening | Callable[[Work], Happening],
        scan: int | None = None,
        shown: str = "",
    ) -> None:
        """One turn: one transaction, then sound and screen."""
        try:
            with self._store.begin() as work:
                turn = Turn(work, self._around())
                what = happening if isinstance(happening, Happening) else happening(work)
                self._door.answer(turn, what, self._task if what.trigger in WORLD else self._flow)
                flow = self._travel(turn)
                if scan is not None:
                    why = turn.why.code if turn.why else ""
                    work.decide(scan, turn.fate or Fate.REFUSED, why, turn.operation)
                work.commit()
                self._finish(turn, flow)
        except Trouble as error:
            self._trouble(error)
            return
        except Fault as error:
            log.exception("a turn was abandoned")
            self._board.announce(events.Broken(error.say, error.detail))
            self._trouble(error)
            return
        if scan is not None:
            fate = turn.fate or Fate.REFUSED
            self._board.announce(events.ScanDecided(scan, shown, fate, turn.why))
        self._show_footer()

    def _travel(self, turn: Turn) -> Flow:
        """Follow `goto` inside the transaction; a page may send on (an order that is gone)."""
        flow = self._flow
        for _ in range(3):
            if turn.goto is None:
                break
            page, argument = turn.goto
            turn.goto = None
            flow = self._flows[page]
            flow.enter(turn, argument)
        if turn.back is not None:
            flow = self._flows[turn.back]
        self._door.keep(turn)
        return flow

    def _finish(self, turn: Turn, flow: Flow) -> None:
        """After the commit: memory, sound, screen, announcements — in that order."""
        turn.committed()
        self._flow = flow
        self._session = turn.session
        self._door.committed(turn)
        if turn.sound is not None:
            self._board.announce(events.Sounded(turn.sound))
        self._board.show(self._door.over(flow.screen(turn), turn))
        for event in turn.announce:
            self._board.announce(event)

    @property
    def _task(self) -> Flow:
        """What is open on the bench, even while something is looked up over it."""
        looking = self._flow
        return self._flows[looking.under] if isinstance(looking, LookupFlow) else looking

    def _around(self) -> Surroundings:
        return Surroundings(
            identity=self._identity,
            clock=self._clock,
            ids=self._ids,
            session=self._session,
            position=self.position,
            link=self._board.link.state,
            skew_ms=self._board.link.skew_ms,
            gate=self._door.gate,
            last_sync=self._board.link.last_sync,
            settings=self._board.settings,
        )

    # ------------------------------------------------------------------------- as time goes by

    def _somebody_is_here(self) -> None:
        """A scan or a key: too late for a session whose time is up, and else it goes on."""
        self._pass_time()
        self._door.touched()

    def _pass_time(self) -> None:
        due = self._door.due(self._session)
        if due is not None:
            self._turn(due)
        elif self._flow.page in TICKING:
            self._refresh()
        self._door.keep_time(self._store)

    # ------------------------------------------------------------------- devices, printer, link

    def _reading(self, reading: Reading) -> None:
        self._scale.see(reading)
        self._board.announce(events.ReadingShown(reading))
        pack = self._task
        weighing = (
            isinstance(pack, PackFlow)
            and pack.job is not None
            and pack.job.state is PackState.WEIGH
        )
        if weighing and self._scale.why_not(self._clock.monotonic_ns()) is None:
            self._turn(Happening(Trigger.READING, reading=reading))

    def _device(self, change: DeviceChanged) -> None:
        self._board.devices[change.device] = change
        if change.kind is DeviceKind.SCALE:
            self._scale.device(change.state)
        self._board.announce(change)
        if change.kind is DeviceKind.SCALE and change.state is not DeviceState.OPENING:
            self._refresh()
        self._show_footer()

    def _printed(self, answer: Printed) -> None:
        try:
            with self._store.begin() as work:
                work.settle_print(answer.job, answer.state.value, answer.detail)
                work.commit()
        except PackhouseError as error:
            self._trouble(error)
            return
        happening = Happening(
            Trigger.PRINTED, print_job=answer.job, print_state=answer.state, extra=answer.detail
        )
        self._turn(happening)

    # ----------------------------------------------------------------------- what the sync changed

    def followed(self, applied: Applied, position: Position) -> None:
        """The book followed the ledger: settle announcements, and look at the open job again."""
        self.position = position
        ended = self._door.followed(self._store, self._session)
        for happening in (*distrusted(applied.distrusted), *ended):
            self._turn(happening)
        for settled in applied.settled:
            self._board.announce(events.Settled(settled.operation, settled.outcome, settled.code))
        pack = self._task
        if isinstance(pack, PackFlow) and pack.job is not None:
            job = pack.job
            if job.order in applied.orders:
                self._turn(Happening(Trigger.CHANGED))
            if job.state is PackState.CLAIMING:
                for claimed in pack_claim.answers(self._store, applied, job.job):
                    self._turn(claimed)
        elif self._flow.page is not Page.PACK:
            self._refresh()
        self._show_footer()

    @property
    def board(self) -> NoticeBoard:
        """What tells the world."""
        return self._board

    def round_done(self) -> None:
        """A complete round with the ledger came back."""
        self._board.link.last_sync = self._clock.now().isoformat(timespec="seconds")
        self._show_footer()

    # ------------------------------------------------------------------------------- announcing

    def _refresh(self) -> None:
        try:
            with self._store.begin() as work:
                turn = Turn(work, self._around())
                self._board.show(self._door.over(self._flow.screen(turn), turn))
        except PackhouseError as error:
            self._trouble(error)

    def _trouble(self, error: PackhouseError) -> None:
        self._board.trouble(self._flow.page, error)

    def _show_footer(self) -> None:
        try:
            with self._store.begin() as work:
                outbox = work.outbox_state()
                runs_out = self._door.runs_out(work, self._session, self._board.link.state)
        except PackhouseError:
            log.exception("the footer could not be read")
            return
        self._board.footer(outbox, self._session.name if self._session else "", runs_out)
