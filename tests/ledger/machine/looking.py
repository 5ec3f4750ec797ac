"""What lies in the tables of a ledger, held against the oracle and against each other."""

from collections import Counter
from typing import Any

import sqlalchemy as sa

from app.ledger.backup import INVARIANTS
from app.ledger.reconciliation import EVERYTHING
from app.ledger.tables import balance, exception, operation, progress, site
from tests.ledger.machine.hall import Hall
from tests.ledger.machine.words import Key, home


def look(hall: Hall) -> None:
    """Compare everything that lies in the tables."""
    hall.follow(500)
    _compare_outcomes(hall)
    _compare_stock(hall)
    _compare_progress(hall)
    _compare_exceptions(hall)
    with hall.service.database.read() as connection:
        for what, question in INVARIANTS.items():
            assert connection.exec_driver_sql(question).first() is None, what


def look_closely(hall: Hall) -> None:
    """The same, and what the ledger's own nightly check looks at."""
    look(hall)
    for name in hall.sites:
        told = hall.service.reconciliation.compare(hall.service.site(name), EVERYTHING)
        assert (told.state, told.differences[:3]) == ("equal", ())


def _compare_outcomes(hall: Hall) -> None:
    o = operation.c
    with hall.service.database.read() as connection:
        rows = connection.execute(
            sa.select(o.id, o.outcome, o.content_hash)
            .join(site, site.c.n == o.site_n)
            .where(site.c.site.in_(hall.sites))
        ).all()
    there = {row.id: (row.outcome, row.content_hash) for row in rows}
    known = hall.oracle.fates
    assert there == {id_: (known[id_][0], hall.oracle.came[id_].content) for id_ in known}


def _compare_stock(hall: Hall) -> None:
    b = balance.c
    with hall.service.database.read() as connection:
        rows = connection.execute(
            sa.select(site.c.site, b.location, b.item, b.lot, b.serial, b.condition, b.quantity)
            .join(site, site.c.n == b.site_n)
            .where(site.c.site.in_(hall.sites))
        ).all()
    there, told = Counter[Key](), Counter[Key]()
    for name, place, item, lot, serial, condition, quantity in rows:
        there[home(name, place), place, item, lot, serial, condition] += quantity
    for reader in hall.readers.values():
        for (name, place, item, lot, serial, condition), quantity in reader.stock.items():
            told[home(name, place), place, item, lot, serial, condition] += quantity
    must = filled(hall.oracle.stock)
    assert filled(there) == must
    assert filled(told) == must
    assert not filled(Counter(_by_item(must)))


def _compare_progress(hall: Hall) -> None:
    p = progress.c
    with hall.service.database.read() as connection:
        rows = connection.execute(
            sa.select(site.c.site, p.document, p.line, p.packed, p.short)
            .join(site, site.c.n == p.site_n)
            .where(site.c.site.in_(hall.sites))
        ).all()
    there = Counter[tuple[str, str, int, str]]()
    for name, order, line, packed, short in rows:
        there[name, order, line, "packed"], there[name, order, line, "short"] = packed, short
    assert filled(there) == filled(hall.oracle.packed)


def _compare_exceptions(hall: Hall) -> None:
    e = exception.c
    with hall.service.database.read() as connection:
        rows = connection.execute(
            sa.select(site.c.site, e.code, e.sentence, e.state)
            .join(site, site.c.n == e.site_n)
            .where(site.c.site.in_(hall.sites))
        ).all()
    for name, codes, words in hall.oracle.must_tell:
        told = [row for row in rows if row.site == name and row.code in codes]
        assert any(all(word in row.sentence for word in words) for row in told), (codes, words)
    for name, place, item in hall.oracle.plain_places():
        negative = hall.oracle.stock[name, place, item, "", "", "good"] < 0
        is_open = any(
            row.code == "negative_balance" and row.state != "closed" and row.site == name
            and f" of {item} at {place}:" in row.sentence
            for row in rows
        )  # fmt: skip
        assert is_open == negative, (name, place, item)


def filled(counted: Counter[Any]) -> dict[Any, int]:
    """What is not zero."""
    return {key: units for key, units in counted.items() if units}


def _by_item(stock: dict[Key, int]) -> dict[str, int]:
    sums = Counter[str]()
    for key, units in stock.items():
        sums[key[2]] += units
    return sums
