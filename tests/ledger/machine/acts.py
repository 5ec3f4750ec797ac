"""What is done with goods, and from where to where they go by it."""

# Some more often than others.
KINDS = (
    "receive", "receive", "move", "move", "pick", "unpick", "pack", "pack", "unpack", "ship",
    "return", "reclassify", "short", "seal", "reopen", "event", "count", "count", "adjust",
    "adjust", "dispatch", "accept", "lost", "reserve", "unreserve", "claim", "release",
    "transfer", "end",
)  # fmt: skip


def way(
    kind: str, places: tuple[str, ...], boxes: tuple[str, str, str], *, more: bool
) -> tuple[str, str]:
    """Source and target of a line.

    Args:
        kind: One of `KINDS`.
        places: Two places of the building.
        boxes: A parcel, a tote, and the place of goods that are under way.
        more: Whether an adjustment finds something.
    """
    (place, to), (parcel, tote, transit) = places[:2], boxes
    ways = {
        "receive": ("supplier", place), "move": (place, to), "pick": (place, tote),
        "unpick": (tote, place), "pack": (place, parcel), "unpack": (parcel, place),
        "ship": (parcel, "customer"), "return": ("customer", place),
        "reclassify": (place, place), "short": (place, ""), "count": (place, ""),
        "dispatch": (place, transit), "accept": (transit, place), "lost": (transit, "scrap"),
        "end": (transit, place),
        "adjust": ("adjustment", place) if more else (place, "adjustment"),
    }  # fmt: skip
    return ways.get(kind, ("", ""))
