"""Every step of the first run with everything that may happen on it."""

from app.domain.device import DeviceChanged
from app.domain.scan import Scan
from app.domain.weight import Reading
from app.setup import asking, trying
from app.setup.answers import Answers, Step
from app.setup.happenings import Found, Known, Pressed, Reached, Typed
from app.setup.machine import Handler, Machine, Row
from app.station.inbox import Printed

TABLE: dict[Row, Handler] = {
    (Step.LANGUAGE, Pressed): asking.language,
    (Step.SERVER, Typed): asking.server,
    (Step.SERVER, Pressed): asking.server_key,
    (Step.SERVER, Reached): asking.reached,
    (Step.CONSENT, Pressed): asking.consent,
    (Step.TRUST, Typed): asking.trust,
    (Step.TRUST, Pressed): asking.trust_key,
    (Step.TRUST, Reached): asking.reached,
    (Step.CODE, Typed): asking.code,
    (Step.CODE, Pressed): asking.code_key,
    (Step.CODE, Known): asking.known,
    (Step.STATION, Pressed): asking.station,
    (Step.SCANNER, Found): trying.found,
    (Step.SCANNER, Pressed): trying.scanner,
    (Step.SCANNER, Typed): trying.scanner_typed,
    (Step.SCAN, Scan): trying.scan,
    (Step.SCAN, Typed): trying.scan_typed,
    (Step.SCAN, Pressed): trying.scan_key,
    (Step.SCAN, DeviceChanged): trying.scanner_state,
    (Step.SCALE, Found): trying.found,
    (Step.SCALE, Pressed): trying.scale,
    (Step.SCALE, Typed): trying.scale_typed,
    (Step.WEIGH, Reading): trying.weigh,
    (Step.WEIGH, Pressed): trying.weigh_key,
    (Step.WEIGH, DeviceChanged): trying.scale_state,
    (Step.PRINTER, Pressed): trying.printer,
    (Step.PRINTER, Typed): trying.printer_typed,
    (Step.LABEL, Printed): trying.printed,
    (Step.LABEL, Pressed): trying.label,
    (Step.SOUND, Pressed): trying.sound,
}


def first_run(answers: Answers, languages: tuple[str, ...]) -> Machine:
    """The machine of a first run, from where it was left.

    Args:
        answers: Where to begin.
        languages: Codes of the catalogues there are.
    """
    return Machine(answers, languages, TABLE)
