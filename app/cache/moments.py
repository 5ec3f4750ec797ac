"""Where a day begins in a table of what was recorded, without an index on its moments.

Numbers grow with time, so halving finds the first in some twenty steps. A clock that was set back
in between moves the beginning by what lay between; whoever counts asks for the moment, too.
"""

from sqlalchemy import Column, Connection, bindparam, func, select


def first_since(connection: Connection, number: Column[int], at: Column[str], moment: str) -> int:
    """The first number recorded at `moment` or later; one above the last when there is none.

    Args:
        connection: Where.
        number: The primary key of the table, growing.
        at: Its column of ISO moments.
        moment: ISO 8601, as recorded.
    """
    low = 1
    high = int(connection.execute(select(func.max(number))).scalar() or 0) + 1
    question = select(number, at).where(number >= bindparam("from_")).order_by(number).limit(1)
    while low < high:
        middle = (low + high) // 2
        found = connection.execute(question, {"from_": middle}).one_or_none()
        if found is None or found[1] >= moment:
            high = middle
        else:
            low = found[0] + 1
    return low
