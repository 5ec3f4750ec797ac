"""A site's feed for other systems: everything that happened, in one order, without a hole.

Stations follow the same rows over `/v1/changes`, with the chain that proves them; a system that
only wants to know what is new follows a number.
"""

from msgspec import Raw

from app.contract.codec import encode
from app.contract.messages import Answer, FeedRow, OutcomeRow, PostedLine
from app.ledger.lookup import Lookup
from app.ledger.web.cursors import refuse_future
from app.ledger.web.route import MAX_NUMBER, MAX_PAGE_ROWS, PAGE_ROWS, Ask, Param, Route, Scope


class FeedPage(Answer, frozen=True):
    """Rows `after + 1 …` without a hole; ask again after `last`. `head` is the last there is.

    Another `epoch` than before says that the ledger was restored: begin at the start.
    """

    site: str
    epoch: str
    rows: tuple[FeedRow, ...]
    last: int
    head: int


def _feed(ask: Ask) -> FeedPage:
    after = ask.number("after")
    read = Lookup(ask.service.database).feed(ask.site, after, ask.number("limit"))
    refuse_future(after, read.head)
    return FeedPage(
        site=ask.site.site,
        epoch=read.epoch,
        rows=tuple(
            FeedRow(seq=seq, body=Raw(body), master=master) for seq, master, body in read.rows
        ),
        last=read.rows[-1][0] if read.rows else after,
        head=read.head,
    )


_MOVED = OutcomeRow(
    id="01980a2c-91d4-7b09-b1de-3c5f64e8a07d",
    kind="move",
    outcome="posted",
    enrolment="01980a11-0b52-7f1a-8f6e-77ad1c20b9f4",
    seq=17,
    actor="p-anna",
    postings=(PostedLine("DOCK-1", "SKU-1001", -12), PostedLine("A-04-2", "SKU-1001", 12)),
)

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/v1/feed",
        summary="What happened at a site after a position, in one order.",
        scope=Scope.READ,
        handle=_feed,
        query=(
            Param("after", int, 0, MAX_NUMBER, "The last row that is known; 0 is the start."),
            Param("limit", int, PAGE_ROWS, MAX_PAGE_ROWS, "Rows of the page.", minimum=1),
        ),
        answer=FeedPage,
        example=FeedPage(
            site="BER1",
            epoch="01980a00-5d10-7c3e-9a41-2f60b8c7d1e2",
            rows=(FeedRow(seq=4712, body=Raw(encode(_MOVED)), master=12),),
            last=4712,
            head=4712,
        ),
        at_site=True,
        codes=("cursor_from_future",),
    ),
)
