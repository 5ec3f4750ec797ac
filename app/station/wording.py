"""How values are put so that a person reads them at a glance."""


def due(ship_before: str, now: str) -> str:
    """A cut-off as people say it: the time alone when it is today, else day and time.

    Args:
        ship_before: ISO 8601 local time of the site, or empty.
        now: ISO 8601.
    """
    day, _, hour = ship_before.partition("T")
    return hour[:5] if day == now[:10] else f"{day} {hour[:5]}".strip()
