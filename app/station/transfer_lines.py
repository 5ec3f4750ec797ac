"""The lines of a transfer as the page shows them; of thousands, one changes with a scan."""

from collections.abc import Mapping
from dataclasses import replace

from app.station.ports import Work
from app.station.screen import LineState, LineView
from app.station.transfer_board import Figures, Manifest, Transfer


class Lines:
    """Views of the transfer that was shown last: each is made again when its line has changed."""

    def __init__(self) -> None:
        self._manifest: Manifest | None = None
        self._figures: Mapping[int, Figures] = {}
        self._shown: tuple[LineView, ...] = ()

    def of(self, transfer: Transfer, work: Work) -> tuple[LineView, ...]:
        """Every line; where the current one lies is asked anew, as goods are moved meanwhile."""
        current, figures = transfer.current, transfer.figures
        if self._manifest is not transfer.manifest:
            shown = [_view(transfer, place, current) for place in range(len(transfer.row.lines))]
        else:
            before = self._figures
            shown = [
                one
                if figures[one.line] is before[one.line]
                and (one.state is LineState.CURRENT) is (one.line == current)
                else _view(transfer, place, current)
                for place, one in enumerate(self._shown)
            ]
        if transfer.leaves and current:
            _take_from(shown, transfer, work, current)
        self._manifest, self._figures, self._shown = transfer.manifest, figures, tuple(shown)
        return self._shown


def _view(transfer: Transfer, place: int, current: int) -> LineView:
    line, manifest = transfer.row.lines[place], transfer.manifest
    stands = transfer.figures[line.line]
    state = LineState.OPEN
    if line.line == current:
        state = LineState.CURRENT
    elif not stands.open:
        state = LineState.SHORT if stands.short else LineState.DONE
    return LineView(
        line=line.line,
        sku=line.item,
        name=manifest.names.get(line.item, line.item),
        place=manifest.places.get(line.item, ""),
        done=stands.done,
        wanted=stands.wanted,
        state=state,
        short=stands.short,
    )


def _take_from(shown: list[LineView], transfer: Transfer, work: Work, current: int) -> None:
    """The place of the current line, as the book has it now."""
    at = next(place for place, line in enumerate(transfer.row.lines) if line.line == current)
    line = shown[at]
    place = work.places([line.sku]).get(line.sku, "")
    if place != line.place:
        shown[at] = replace(line, place=place)
