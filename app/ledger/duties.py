"""Duties that belong apart, over all accounts of one person: found, and refused when given.

Which permissions those are is said in `app.domain.roles`. What counts is the person, not the
account: the same employee, or the same badge. Two accounts at different sites never meet.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.contract.messages import PersonRow
from app.domain.roles import Permission, apart
from app.errors import Refusal


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
    """Every conflict among active accounts, two by two."""
    persons: dict[tuple[str, str], list[PersonRow]] = {}
    for row in people:
        if row.active:
            for name in _names(row):
                persons.setdefault(name, []).append(row)
    found = {
        conflict
        for accounts in persons.values()
        for index, one in enumerate(accounts)
        for other in accounts[index + 1 :]
        if (conflict := _between(one, other)) is not None
    }
    return sorted(found, key=lambda conflict: conflict.accounts)


def refuse_conflicts(people: Iterable[PersonRow], row: PersonRow) -> None:
    """Refuse a role somebody must not have beside those they have.

    Raises:
        Refusal: `duties_conflict`.
    """
    for other in people:
        if other.person == row.person or not other.active or not _are_one(row, other):
            continue
        conflict = _between(row, other)
        if conflict is not None:
            one, two = conflict.pairs[0]
            raise Refusal(
                "duties_conflict",
                f"{row.person} and {other.person} are one person, who could then {_said(one)} and "
                f"{_said(two)}. Give one of the two to somebody else: packhouse ledger user role",
            )


def _names(row: PersonRow) -> list[tuple[str, str]]:
    """What makes accounts one person's."""
    found = [("employee", row.employee), ("badge", row.badge_hash)]
    return [(how, name) for how, name in found if name]


def _are_one(one: PersonRow, other: PersonRow) -> bool:
    return bool(set(_names(one)) & set(_names(other)))


def _between(one: PersonRow, other: PersonRow) -> Conflict | None:
    """What two accounts of one person conflict in, if they can be used at one site."""
    if one.site and other.site and one.site != other.site:
        return None
    pairs = apart([one.role, other.role])
    if not pairs:
        return None
    first, second = sorted((one.person, other.person))
    return Conflict((first, second), pairs)


def _said(permission: Permission) -> str:
    return permission.value.replace("_", " ")
