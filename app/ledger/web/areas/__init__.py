"""Resource routes by area; each module here has `ROUTES` and is named in `_MODULES`."""

from importlib import import_module

from app.ledger.web.route import Route

# A new area is one word here. In the order of the interface's description.
_MODULES: tuple[str, ...] = (
    "sites",
    "stock",
    "exceptions",
    "reports",
    "documents",
    "promises",
    "claims",
    "replenishment",
    "announced",
    "transfers",
    "lots",
    "orders",
    "feed",
    "master",
    "mappings",
    "operations",
    "approvals",
    "counts",
    "policy",
)


def routes() -> tuple[Route, ...]:
    """Every resource route."""
    found: list[Route] = []
    for name in _MODULES:
        found.extend(import_module(f"app.ledger.web.areas.{name}").ROUTES)
    return tuple(found)
