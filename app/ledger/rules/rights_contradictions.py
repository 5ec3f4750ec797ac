"""What contradicts the rights of people: facts of somebody revoked, decisions that do not count."""

from app.ledger.contradictions import Contradiction


def signed_while_revoked(actor: str, station: str) -> Contradiction:
    """Somebody whose rights were taken recorded facts."""
    return Contradiction(
        "signed_while_revoked",
        f"signed_while_revoked\n{actor}",
        f"{actor} may not sign in any more, and {station} sent what was recorded in that name. It "
        "is posted. Ask who worked there, and check what was done.",
    )


def approval_disputed(original: str, actor: str, sentence: str) -> Contradiction:
    """A decision that was in effect at a station already is refused by the ledger."""
    return Contradiction(
        "approval_disputed",
        disputed_cause(original),
        f"{actor} decided this without a link, and it does not count: {sentence}",
    )


def disputed_cause(original: str) -> str:
    """What makes all refused decisions about one operation one story."""
    return f"approval_disputed\n{original}"
