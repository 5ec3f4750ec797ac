"""GS1 dates: two-digit years by a sliding window, day 00 as the last of the month."""

from app.domain.gtin import is_digits


def full_year(two_digits: int, this_year: int) -> int:
    """The year two digits mean: at most 50 years ahead, 49 back (General Specifications §7.12)."""
    century = this_year - this_year % 100
    ahead = two_digits - this_year % 100
    if ahead >= 51:
        return century - 100 + two_digits
    if ahead <= -50:
        return century + 100 + two_digits
    return century + two_digits


def iso_date(yymmdd: str, this_year: int) -> str | None:
    """`261231` as `2026-12-31`; day 00 is the last of the month; None when there is no such day.

    Args:
        yymmdd: Six digits.
        this_year: Year of the station's clock; the window moves with it.
    """
    if len(yymmdd) != 6 or not is_digits(yymmdd):
        return None
    year = full_year(int(yymmdd[:2]), this_year)
    if not is_day(f"{year:04d}{yymmdd[2:]}", day_may_be_open=True):
        return None
    month = int(yymmdd[2:4])
    return f"{year:04d}-{month:02d}-{int(yymmdd[4:]) or _last_day(year, month):02d}"


def is_day(yyyymmdd: str, *, day_may_be_open: bool = False) -> bool:
    """Whether eight digits are a day of the calendar; day 00 only where it may be open."""
    if len(yyyymmdd) != 8 or not is_digits(yyyymmdd):
        return False
    year, month, day = int(yyyymmdd[:4]), int(yyyymmdd[4:6]), int(yyyymmdd[6:])
    first = 0 if day_may_be_open else 1
    return 1 <= month <= 12 and first <= day <= _last_day(year, month)


def _last_day(year: int, month: int) -> int:
    # Not `calendar.monthrange`: it refuses the year 0000, which a barcode may well say.
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
