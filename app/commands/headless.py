"""`packhouse station --headless`: JSON lines in, the station's events as JSON lines out.

    {"scan": "2912345678905"}          what a scanner would send
    {"do": "undo"}                     an intent; "argument" and "extra" as the intent needs
    {"do": "sign_in_pin", "argument": "…"}   the PIN of whoever's badge was scanned before
    {"stop": true}                     an orderly end

The same station as behind the window: for automation, tests and machines without a screen.
"""

import sys
import time
from typing import IO

import msgspec

from app.bootstrap import build
from app.catalogue import Catalogue
from app.domain.scan import Scan
from app.domain.text import Text
from app.errors import PackhouseError
from app.settings import StationSettings
from app.station.events import EditAsked, Event, GrantAsked, ScreenChanged
from app.station.inbox import Do, Intent, Message

MAX_LINE = 64 << 10


class Line(msgspec.Struct, forbid_unknown_fields=True):
    """One line of input; exactly one of `scan`, `do`, `stop`."""

    scan: str | None = None
    do: str | None = None
    argument: str = ""
    extra: str = ""
    stop: bool = False


def run(settings: StationSettings, code: str, source: IO[str], sink: IO[str]) -> int:
    """Run until the input ends or says stop; exit code."""
    workstation = build(settings, code)
    if code:
        sys.stderr.write(workstation.introduced)
    catalogue = Catalogue.load(settings.language)

    def tell(event: Event) -> None:
        sink.write(msgspec.json.encode(described(event, catalogue)).decode() + "\n")
        sink.flush()

    workstation.subscribe(tell)
    with workstation:
        sink.write('{"event":"Ready"}\n')
        sink.flush()
        for raw in source:
            try:
                line = understood(raw)
                if line.stop:
                    break
                message = message_of(line)
                if message is not None:
                    workstation.put(message)
            except (msgspec.DecodeError, ValueError) as error:
                sink.write(
                    msgspec.json.encode({"event": "NotUnderstood", "detail": str(error)}).decode()
                    + "\n"
                )
                sink.flush()
            except PackhouseError as error:
                sys.stderr.write(f"{error.say}\n")
    return 0


def understood(raw: str) -> Line:
    """One line of input.

    Raises:
        ValueError: It is none.
    """
    return msgspec.json.decode(raw[:MAX_LINE], type=Line)


def message_of(line: Line) -> Message | None:
    """What a line puts into the inbox; None when it says nothing.

    Raises:
        ValueError: There is no such intent.
    """
    if line.scan is not None:
        return Scan(line.scan.encode(), line.scan, None, "headless", at_ns=time.monotonic_ns())
    if line.do is not None:
        return Do(Intent(line.do), line.argument, line.extra)
    return None


def described(event: Event, catalogue: Catalogue) -> dict[str, object]:
    """An event as plain values; prompts also in words."""
    if isinstance(event, EditAsked):
        # A signature is for the ledger alone.
        return {"event": "EditAsked"}
    if isinstance(event, GrantAsked):
        # A code and a signature are for the ledger alone.
        return {"event": "GrantAsked"}
    plain = msgspec.to_builtins(event, enc_hook=str)
    answer: dict[str, object] = {"event": type(event).__name__, **plain}
    if isinstance(event, ScreenChanged):
        prompt = event.screen.prompt
        answer["say"] = [
            _said(catalogue, part) for part in (prompt.title, prompt.detail, prompt.note)
        ]
    return answer


def _said(catalogue: Catalogue, said: Text | None) -> str:
    return catalogue.say(said) if said is not None else ""
