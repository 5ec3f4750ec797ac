"""Which accounts are one person: those of one employee, and those that share a badge."""

from collections.abc import Iterable

from app.contract.messages import PersonRow


def accounts(people: Iterable[PersonRow]) -> dict[str, str]:
    """One word for each account, the same for all of a person: the first of their accounts.

    An account of the same employee as another, which shares its badge with a third, makes one
    person of all three.
    """
    word: dict[str, str] = {}
    first: dict[tuple[str, str], str] = {}

    def found(account: str) -> str:
        while word[account] != account:
            account = word[account]
        return account

    for row in sorted(people, key=lambda one: one.person):
        word[row.person] = row.person
        for mark in (("employee", row.employee), ("badge", row.badge_hash)):
            if not mark[1]:
                continue
            one, other = found(first.setdefault(mark, row.person)), found(row.person)
            word[max(one, other)] = min(one, other)
    return {account: found(account) for account in word}
