"""What stands in for the station until there is one: the first run behind the same window.

It takes what a station's inbox takes and announces what a station announces, so that window, keys,
cards and scanners work as ever. One thread owns the machine; what takes long is done beside it.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from functools import partial

from app.bootstrap import beside
from app.domain.barcode import COMMAND_PREFIX
from app.domain.device import DeviceChanged
from app.domain.scan import Scan
from app.domain.weight import Reading
from app.errors import PackhouseError, Trouble
from app.setup.answers import Answers, Step
from app.setup.hands import Hands, failed
from app.setup.happenings import (
    Enrol,
    Failed,
    Finish,
    Found,
    Happening,
    Look,
    OpenScale,
    OpenScanner,
    Order,
    Play,
    Pressed,
    Reach,
    Reached,
    TryPrinter,
    Typed,
)
from app.setup.screens import screen
from app.setup.table import first_run
from app.station.events import Event, Footer, FooterChanged, ScreenChanged, Sounded
from app.station.flow import CARDS
from app.station.inbox import Do, Intent, LinkState, Message, Printed
from app.station.screen import Screen, Sound
from app.station.views import Health, OutboxRow, ScanRow, Sending, Views

# A tone is over after a quarter of a second; five in a row stay five.
TONE_GAP_S = 0.6
_NO_BOOK = "This station is being set up. Finish that first; Esc goes back."
# Here a number is no quantity but the digit on a key.
DIGIT_CARD = "QTY-"
# Ending waits for no ledger: what is asked there ends by its own limit.
STOP_WAIT_S = 2.0


class FirstRun:
    """The first run as the window's station.

    Args:
        answers: Where to begin, or go on.
        languages: Codes of the catalogues there are.
        hands: What it may do to the world.
        wants_keys: Whether this error means that a passphrase is wanted.
    """

    def __init__(
        self,
        answers: Answers,
        languages: tuple[str, ...],
        hands: Hands,
        wants_keys: Callable[[PackhouseError], bool],
    ) -> None:
        self.views: Views = NoBook()
        self._machine = first_run(answers, languages)
        self._languages, self._hands, self._wants_keys = languages, hands, wants_keys
        self._inbox: queue.Queue[Happening | Message | None] = queue.Queue()
        self._listeners: list[Callable[[Event], None]] = []
        self._over: Callable[[str | PackhouseError], None] = lambda _how: None
        self._waiting: Enrol | None = None
        self._stopped = threading.Event()
        self._thread_done = threading.Event()

    # ------------------------------------------------------------------------- the window's side

    def start(self) -> None:
        """Begin; on a thread of its own."""
        beside(self._run, "first-run")

    def when_over(self, tell: Callable[[str | PackhouseError], None]) -> None:
        """Told how it ends: `station`, `demo`, or the error that a passphrase mends."""
        self._over = tell

    def put(self, message: Message) -> None:
        """A scan, a key or a typed line."""
        self._inbox.put(message)

    def subscribe(self, listener: Callable[[Event], None]) -> None:
        """Hear every event, the present screen first."""
        self._listeners.append(listener)
        listener(FooterChanged(self._footer()))
        listener(ScreenChanged(self._screen()))

    def unlocked(self) -> None:
        """A passphrase was typed: what wanted it is tried again."""
        if self._waiting is not None:
            self._do(self._waiting)

    def stop(self) -> None:
        """End the thread and let go of the devices; what was found out is kept."""
        self._stopped.set()
        self._inbox.put(None)
        self._thread_done.wait(STOP_WAIT_S)
        self._hands.let_go()

    # ------------------------------------------------------------------------------ on its thread

    def _run(self) -> None:
        self._obey(self._machine.begin())
        while not self._stopped.is_set():
            message = self._inbox.get()
            if message is None:
                break
            for happening in self._understood(message):
                self.happen(happening)
        self._thread_done.set()

    def happen(self, happening: Happening) -> None:
        """One happening to its end: kept, then shown and heard."""
        before = self._machine.state.answers
        orders = self._machine.happen(happening)
        if self._machine.state.answers != before:
            self._keep()
        self._announce(ScreenChanged(self._screen()))
        self._announce(FooterChanged(self._footer()))
        self._obey(orders)

    def _keep(self) -> None:
        try:
            self._hands.keep(self._machine.state.answers)
        except PackhouseError as error:
            self._machine.happen(failed(error, ""))

    def _understood(self, message: "Happening | Message") -> tuple[Happening, ...]:
        """What the window or a device sent, as the machine knows it."""
        match message:
            case Do(action=Intent.CODE, argument=line):
                return (self._line(line),)
            case Do(action=intent, argument=argument):
                return (Pressed(intent, argument),)
            case Scan():
                return (self._scanned(message),)
            case Reading() | DeviceChanged() | Printed():
                return (message,)
            case Found() | Reached() | Failed() | Pressed() | Typed():
                return (message,)
            case _:
                return () if not isinstance(message, Happening) else (message,)

    def _line(self, line: str) -> Happening:
        return self._card(line) if line.upper().startswith(COMMAND_PREFIX) else Typed(line)

    def _scanned(self, scan: Scan) -> Happening:
        if scan.text.upper().startswith(COMMAND_PREFIX):
            return self._card(scan.text)
        return scan if self._machine.state.step is Step.SCAN else Typed(scan.text)

    def _card(self, text: str) -> Pressed:
        """A command card presses the key of the page that means the same."""
        name = text[len(COMMAND_PREFIX) :].strip().upper()
        digit = name.removeprefix(DIGIT_CARD) if name.startswith(DIGIT_CARD) else ""
        intent = CARDS.get(name, Intent.CHOOSE)
        for action in self._screen().actions:
            if digit and action.key == digit:
                return Pressed(Intent(action.intent), action.argument)
            if not digit and action.intent == intent and not action.argument:
                return Pressed(intent)
        return Pressed(intent)

    # ----------------------------------------------------------------------------- doing

    def _obey(self, orders: tuple[Order, ...]) -> None:
        tones = [order.sound for order in orders if isinstance(order, Play)]
        if len(tones) > 1:
            beside(partial(self._play, tones), "tones")
        for order in orders:
            match order:
                case Play(sound) if len(tones) == 1:
                    self._announce(Sounded(sound))
                case Play():
                    pass
                case Finish(demo):
                    self._finish(demo=demo)
                case _:
                    self._do(order)

    def _play(self, tones: list[Sound]) -> None:
        for tone in tones:
            self._announce(Sounded(tone))
            if self._stopped.wait(TONE_GAP_S):
                return

    def _finish(self, *, demo: bool) -> None:
        try:
            if not demo:
                self._hands.finish(self._machine.state.answers)
        except PackhouseError as error:
            self.happen(failed(error, ""))
            return
        self._over("demo" if demo else "station")

    def _do(self, order: Order) -> None:
        """Do it beside; the answer comes to the inbox."""
        self._waiting = order if isinstance(order, Enrol) else None

        def work() -> None:
            try:
                answer = self._done(order)
            except PackhouseError as error:
                if self._wants_keys(error):
                    self._over(error)
                    return
                answer = failed(error, self._machine.state.answers.url)
            if answer is not None:
                self._inbox.put(answer)

        beside(work, type(order).__name__.lower())

    def _done(self, order: Order) -> Happening | None:
        hands, tell = self._hands, self._inbox.put
        match order:
            case Reach(answers):
                hands.reach(answers)
                return Reached()
            case Enrol(answers, code, again):
                return hands.enrol(answers, code, again=again)
            case Look():
                hands.let_go()
                return Found(hands.ports())
            case OpenScanner(url):
                hands.listen(url, tell)
            case OpenScale(url, protocol):
                hands.weigh(url, protocol, tell)
            case TryPrinter(url, station):
                hands.print(url, station, tell)
            case Play() | Finish():
                pass
        return None

    # ------------------------------------------------------------------------------- announcing

    def _announce(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)

    def _screen(self) -> Screen:
        return screen(self._machine.state, self._languages)

    def _footer(self) -> Footer:
        state = self._machine.state
        devices = (state.device,) if state.device is not None else ()
        return Footer(
            link=LinkState.NOT_SET_UP,
            since="",
            outbox=0,
            oldest_s=0,
            need_you=0,
            last_sync="",
            skew_ms=None,
            station=state.answers.station,
            site=state.answers.site,
            person="",
            devices=devices,
        )


class NoBook:
    """There is no book to ask yet."""

    def outbox(self, limit: int) -> tuple[OutboxRow, ...]:
        """Nothing waits."""
        del limit
        return ()

    def scans(self, limit: int) -> tuple[ScanRow, ...]:
        """Nothing was scanned."""
        del limit
        return ()

    def recorded(self, operation: str) -> None:
        """Nothing was."""

    def health(self) -> Health:
        """Nobody knows.

        Raises:
            Trouble: Always.
        """
        raise Trouble(_NO_BOOK)

    def sending(self) -> Sending:
        """Nothing is sent."""
        return Sending()

    def diagnose(self, devices: Sequence[str]) -> str:
        """There is nothing to tell.

        Raises:
            Trouble: Always.
        """
        del devices
        raise Trouble(_NO_BOOK)
