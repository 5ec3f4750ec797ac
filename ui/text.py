"""Sentences, weights, times and ages as this person reads them: the window's only source of words.

Not for deciding what is said; `app.station` and the pages hand in codes and plain values.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

from app.catalogue import Catalogue
from app.domain.text import Text, text

MILLIGRAMS_PER_GRAM = 1_000
# Below a kilogram a packer thinks in grams; from there on in kilograms with three decimals.
KILOGRAMS_FROM_MG = 1_000_000


class Words:
    """What the widgets say.

    Args:
        catalogue: The language.
        zone: Time zone of the clock on the wall; None is the machine's own.
        now: The wall clock: moments of today are said without their date. None: always without.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        zone: tzinfo | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.catalogue = catalogue
        self._zone = zone
        self._now = now

    def say(self, what: Text | None) -> str:
        """The sentence, or nothing for None."""
        return "" if what is None else self.catalogue.say(what, self._at)

    def of(self, code: str, **params: str | int) -> str:
        """The sentence for a code of the window's own."""
        return self.catalogue.say(text(code, **params), self._at)

    def sentence(self, said: str) -> str:
        """What a rule, a device or the ledger said, in this language where it is known."""
        return self.catalogue.sentence(said, self._at)

    def number(self, value: int) -> str:
        """A whole number."""
        return self.catalogue.number(value)

    def money(self, minor: int) -> str:
        """An amount of minor units, with two decimals; which currency is said by the site."""
        return self.catalogue.money(minor)

    def weight(self, weight_mg: int | None) -> str:
        """A weight with its unit: whole grams below a kilogram (a decimal when there is one)."""
        if weight_mg is None:
            return "—"
        if abs(weight_mg) < KILOGRAMS_FROM_MG:
            if weight_mg % MILLIGRAMS_PER_GRAM == 0:
                return f"{self.number(weight_mg // MILLIGRAMS_PER_GRAM)} g"
            return f"{self._thousandths(weight_mg, places=1)} g"
        grams = _rounded(weight_mg, MILLIGRAMS_PER_GRAM)
        return f"{self._thousandths(grams, places=3)} kg"

    def clock(self, iso: str) -> str:
        """Hours and minutes here of an ISO moment; empty for none."""
        moment = _moment(iso)
        return "" if moment is None else f"{self._here(moment):%H:%M}"

    def moment(self, iso: str, now: datetime) -> str:
        """Time of day, with the date in front when it is not today's."""
        moment = _moment(iso)
        if moment is None:
            return ""
        here = self._here(moment)
        if here.date() == self._here(now).date():
            return f"{here:%H:%M}"
        return self.of("ui.date_and_time", date=self._date(here), time=f"{here:%H:%M}")

    def _at(self, iso: str) -> str:
        return self.clock(iso) if self._now is None else self.moment(iso, self._now())

    def age(self, seconds: int) -> str:
        """How long ago, in the largest unit that says it."""
        if seconds < 60:
            return self.of("ui.age_seconds", n=max(seconds, 0))
        if seconds < 3600:
            return self.of("ui.age_minutes", n=seconds // 60)
        if seconds < 2 * 86_400:
            return self.of("ui.age_hours", n=seconds // 3600)
        return self.of("ui.age_days", n=seconds // 86_400)

    def since(self, iso: str, now: datetime) -> str:
        """Age of an ISO moment; empty for none."""
        moment = _moment(iso)
        return "" if moment is None else self.age((now - moment) // timedelta(seconds=1))

    def _here(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone)

    def _date(self, here: datetime) -> str:
        return self.of("ui.date", day=f"{here:%d}", month=f"{here:%m}", year=f"{here:%Y}")

    def _thousandths(self, value: int, *, places: int) -> str:
        """`value` thousandths with `places` decimals; whole numbers only, halves away from zero."""
        scaled = _rounded(value, 10 ** (3 - places))
        whole, rest = divmod(abs(scaled), 10**places)
        sign = "\N{MINUS SIGN}" if scaled < 0 else ""
        return f"{sign}{self.number(whole)}{self.catalogue.decimal_sign}{rest:0{places}d}"


def _rounded(value: int, by: int) -> int:
    """`value / by`, halves away from zero."""
    magnitude = (abs(value) + by // 2) // by
    return -magnitude if value < 0 else magnitude


def _moment(iso: str) -> datetime | None:
    """An ISO moment; one without a zone is UTC, one that cannot be read is none."""
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
