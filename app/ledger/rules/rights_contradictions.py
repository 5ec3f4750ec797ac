"""What contradicts the rights of people: facts of somebody revoked, decisions that do not count."""

from app.ledger.contradictions import Contradiction


def signed_while_revoked(actor: str, station: str, *, knew: bool = False) -> Contradiction:
    """Somebody whose rights were taken recorded facts; perhaps where that was known already."""
    if knew:
        return Contradiction(
            "signed_while_revoked",
            f"signed_while_revoked\n{actor}\n{station}",
            f"{station} recorded this in the name of {actor} after it had heard that {actor} may "
            "not sign in any more. It is posted. Look at the station, and ask who worked there.",
        )
    return Contradiction(
        "signed_while_revoked",
        f"signed_while_revoked\n{actor}",
        f"{actor} may not sign in any more, and {station} sent what was recorded in that name. It "
        "is posted. Ask who worked there, and check what was done.",
    )


def glass_broken(id_: str, person: str, role: str, approved_by: str) -> Contradiction:
    """A role was lent to somebody in an emergency."""
    return Contradiction(
        "glass_broken",
        f"glass_broken\n{id_}",
        f"{person} is {role.replace('_', ' ')} for an hour; {approved_by} approved it. When it is "
        "over, look through what was done.",
    )


def counted_and_adjusted(actor: str, place: str, day: str) -> Contradiction:
    """One person has counted a place and adjusted it the same day, within the policy."""
    return Contradiction(
        "counted_and_adjusted",
        f"counted_and_adjusted\n{actor}\n{place}\n{day}",
        f"{actor} has counted {place} and adjusted it on the same day. It is posted. Let another "
        "person count there.",
    )


def approval_disputed(original: str, actor: str, sentence: str) -> Contradiction:
    """A decision that was in effect at a station already is refused by the ledger."""
    return Contradiction(
        "approval_disputed",
        disputed_cause(original),
        f"{actor} decided this without a link, and it does not count: {sentence}",
    )


def decided_on_carried_grant(actor: str, station: str, grant: str) -> Contradiction:
    """Somebody decided on a grant that was carried on while the link was down."""
    return Contradiction(
        "decided_on_carried_grant",
        f"decided_on_carried_grant\n{grant}",
        f"{actor} went on deciding at {station} after the grant's own day, because there was no "
        "link. It counts. Look through what was decided.",
    )


def disputed_cause(original: str) -> str:
    """What makes all refused decisions about one operation one story."""
    return f"approval_disputed\n{original}"
