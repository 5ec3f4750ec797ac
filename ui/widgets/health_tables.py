"""The tables of the health page: outbox, devices, scan tape."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.domain.device import DeviceChanged, DeviceState
from app.domain.operation import Kind
from app.station.views import OutboxRow, ScanRow
from ui.announce import announce
from ui.models.rows import Column, RowLook
from ui.widgets.kit import Kit
from ui.widgets.row_table import RowTable

KINDS = frozenset(Kind)
# A person is needed for these; the ledger will not decide them by itself.
STUCK = frozenset({"refused", "held", "conflict"})
FATE_LOOKS = {
    "applied": RowLook(mark="check", mark_ink="ok"),
    "command": RowLook(mark="keyboard", mark_ink="muted"),
    "duplicate": RowLook("muted", mark="minus", mark_ink="muted"),
    "held": RowLook(mark="hand", mark_ink="warn"),
    "refused": RowLook(mark="x", mark_ink="err"),
}
OUTCOMES = frozenset({"posted", "waiting", "refused", "held", "conflict"})
TRANSPORTS = frozenset({"unsent", "acknowledged", "confirmed"})


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device and the last thing it said."""

    device: DeviceChanged
    last: str = ""


class OutboxTable(RowTable[OutboxRow]):
    """What the ledger has not confirmed, or what needs a person; oldest first."""

    def __init__(self, kit: Kit, now: Callable[[], datetime]) -> None:
        self._now = now
        words = kit.words
        columns: tuple[Column[OutboxRow], ...] = (
            Column(words.of("health.column_seq"), lambda row: words.number(row.seq), True, 7),
            Column(words.of("health.column_what"), self._what, False, 14),
            Column(words.of("health.column_about"), lambda row: row.about, True, 12),
            Column(words.of("health.column_age"), self._age, False, 7),
            Column(words.of("health.column_state"), self._state),
            Column(
                words.of("health.column_tries"), lambda row: words.number(row.attempts), False, 4
            ),
        )
        super().__init__(kit, words.of("health.outbox"), columns, self._look)
        self.chosen = ""

    def show_outbox(self, rows: tuple[OutboxRow, ...]) -> None:
        """Show the rows; a choice stays with its record, and is the first while there is none."""
        self.rows.show_rows(rows)
        if all(row.operation != self.chosen for row in rows):
            self.chosen = rows[0].operation if rows else ""
        self.fit_columns()

    def move_choice(self, step: int) -> None:
        """Choose the next (+1) or the one before (−1)."""
        ids = [row.operation for row in self.rows.rows]
        if ids:
            at = min(max(ids.index(self.chosen) + step, 0), len(ids) - 1)
            self.chosen = ids[at]
            self.viewport().update()
            self.keep_in_view(at)
            announce(self, self._state(self.rows.rows[at]))

    def _what(self, row: OutboxRow) -> str:
        return self.kit.words.of(f"ui.kind_{row.kind}") if row.kind in KINDS else row.kind

    def _age(self, row: OutboxRow) -> str:
        return self.kit.words.since(row.recorded_at, self._now())

    def _state(self, row: OutboxRow) -> str:
        words = self.kit.words
        if row.sentence:
            return words.sentence(row.sentence)
        if row.outcome in OUTCOMES:
            return words.of(f"health.outcome_{row.outcome}")
        if row.transport in TRANSPORTS:
            return words.of(f"health.transport_{row.transport}")
        return row.transport

    def _look(self, row: OutboxRow) -> RowLook:
        ground = "ok_bg" if row.operation == self.chosen else ""
        if row.outcome in STUCK:
            return RowLook("text", ground, True, "hand", "warn")
        mark = "cloud-upload" if row.transport == "unsent" else "cloud-check"
        return RowLook("text", ground, bool(ground), mark, "muted")


class DeviceTable(RowTable[DeviceRow]):
    """Every device: state in words, and its last bytes as they came."""

    def __init__(self, kit: Kit) -> None:
        words = kit.words
        columns: tuple[Column[DeviceRow], ...] = (
            Column(words.of("health.column_device"), lambda row: row.device.device, True, 10),
            Column(words.of("health.column_state"), self._state),
            Column(words.of("health.column_last"), self._last, True, 14),
        )
        super().__init__(kit, words.of("health.devices"), columns, self._look)

    def _name(self, row: DeviceRow) -> str:
        return row.device.device

    def _state(self, row: DeviceRow) -> str:
        device = row.device
        return self.kit.words.of(f"device.{device.kind.value}_{device.state.value}")

    def _last(self, row: DeviceRow) -> str:
        """The last bytes; before there are any, what the device layer says about the port."""
        return row.last or self.kit.words.sentence(row.device.detail)

    def _look(self, row: DeviceRow) -> RowLook:
        match row.device.state:
            case DeviceState.READY:
                return RowLook(mark="check", mark_ink="ok")
            case DeviceState.LOST:
                return RowLook(mark="triangle-alert", mark_ink="warn")
            case DeviceState.ABSENT | DeviceState.OPENING:
                return RowLook("muted", mark="minus", mark_ink="muted")


class ScanTape(RowTable[ScanRow]):
    """Every scan and its fate, newest first: a clerk can see that it counted."""

    def __init__(self, kit: Kit, now: Callable[[], datetime]) -> None:
        self._now = now
        words = kit.words
        columns: tuple[Column[ScanRow], ...] = (
            Column(words.of("health.column_at"), self._at, False, 5),
            Column(words.of("health.column_code"), lambda row: row.shown, True),
            Column(words.of("health.column_fate"), self._fate, False, 10),
        )
        super().__init__(kit, words.of("health.tape"), columns, self._look)

    def _at(self, row: ScanRow) -> str:
        return self.kit.words.clock(row.at)

    def _fate(self, row: ScanRow) -> str:
        return self.kit.words.of(f"health.fate_{row.fate}") if row.fate in FATE_LOOKS else row.fate

    def _look(self, row: ScanRow) -> RowLook:
        return FATE_LOOKS.get(row.fate, RowLook(mark="circle-question-mark", mark_ink="muted"))
