"""Duties that belong apart, over all accounts of one person: found, and refused when given.

Which permissions those are is said in `app.domain.roles`. What counts is the person, not the
account (`app.identity.accounts`). Two accounts at different sites never meet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations_with_replacement

from app.contract.messages import PersonRow
from app.domain.roles import Permission, apart
from app.errors import Refusal
from app.identity.accounts import accounts


@dataclass(frozen=True, slots=True)
class Conflict:
    """Accounts of one person that should not be one person's.

    Attributes:
        accounts: Their ids, sorted; one where a role conflicts with itself.
        pairs: The permissions that belong apart.
    """

    accounts: tuple[str, ...]
    pairs: tuple[tuple[Permission, Permission], ...]


def conflicts(people: Iterable[PersonRow]) -> list[Conflict]:
    """Every conflict among active accounts, two by two, or of one by itself."""
    active = [row for row in people if row.active]
    words = accounts(active)
    persons: dict[str, list[PersonRow]] = {}
    for row in active:
        persons.setdefault(words[row.person], []).append(row)
    found = {
        conflict
        for held in persons.values()
        for one, other in combinations_with_replacement(held, 2)
        if (conflict := _between(one, other)) is not None
    }
    return sorted(found, key=lambda conflict: conflict.accounts)


def refuse_conflicts(people: Iterable[PersonRow], row: PersonRow) -> None:
    """Refuse a role somebody must not have beside those they have.

    Raises:
        Refusal: `duties_conflict`.
    """
    for conflict in conflicts(people):
        if row.person in conflict.accounts:
            other = next((one for one in conflict.accounts if one != row.person), row.person)
            one, two = conflict.pairs[0]
            raise Refusal(
                "duties_conflict",
                f"{row.person} and {other} are one person, who could then {_said(one)} and "
                f"{_said(two)}. Give one of the two to somebody else: packhouse ledger user role",
            )


def _between(one: PersonRow, other: PersonRow) -> Conflict | None:
    """What two accounts of one person conflict in, if they can be used at one site."""
    if one.site and other.site and one.site != other.site:
        return None
    pairs = apart([one.role, other.role])
    if not pairs:
        return None
    return Conflict(tuple(sorted({one.person, other.person})), pairs)


def _said(permission: Permission) -> str:
    return permission.value.replace("_", " ")
