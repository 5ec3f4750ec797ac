"""What somebody waits for at the screen and the station cannot know: fetched, for its inbox.

Called on a thread of its own; the station works on meanwhile.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from app.devices import pictures
from app.station.events import EditAsked, GrantAsked, PhotoAsked
from app.station.inbox import Message
from app.sync import asking

if TYPE_CHECKING:
    # The window starts before the network stack is loaded.
    from app.sync.http_ledger import HttpLedger

Fetched = GrantAsked | EditAsked | PhotoAsked


def fetch(wanted: Fetched, ledger: "HttpLedger | None", data_dir: Path) -> Message:
    """A grant or a changed item of the ledger, or the newest picture of the folder."""
    match wanted:
        case GrantAsked(request):
            return asking.grant(ledger, request)
        case EditAsked(put):
            return asking.edit(ledger, put)
        case PhotoAsked():
            return pictures.newest(data_dir / pictures.FOLDER)
