"""Every address of the ledger in one table: the sync protocol, upkeep, and all areas."""

from functools import cache

from app.ledger.web import areas, sync_routes, upkeep
from app.ledger.web.route import Route


@cache
def table() -> tuple[Route, ...]:
    """All routes, in the order of the description."""
    return sync_routes.ROUTES + areas.routes() + upkeep.ROUTES
