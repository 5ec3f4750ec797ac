"""A resource route as a value: what is asked, who may ask, what is answered, with examples.

How to add one: write a module in `app/ledger/web/areas` whose `ROUTES` is a tuple of `Route`, and
name it in `areas/__init__.py`. Everything else follows from the table: the address, the sign-in,
the site, the checks of path, query and body, idempotency, ETags, the OpenAPI document, metrics, the
access log, and the tests that walk all routes. docs/api.md has an example.

A handler is a plain function on a worker thread. It reads `Ask`, calls one method of the service
and returns a message or `Answered`. It raises `Refusal`; `problems.py` knows the status of each
code. It opens no transaction around the call: for a write with an idempotency key the framework
has one open already, which the service's own `database.write()` joins.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from app.contract.messages import Answer
from app.ledger.sites import SiteRef, Who

if TYPE_CHECKING:
    from app.ledger.service import LedgerService

# Longest text in a query; ids, names and codes of the contract have 64.
MAX_TEXT = 200
MAX_NUMBER = 2**53
# Rows of a page, unless asked for fewer.
PAGE_ROWS = 100
MAX_PAGE_ROWS = 1_000


T = TypeVar("T")
_Type = type[str] | type[int] | type[bool]


class Page(Answer, Generic[T], frozen=True):
    """Some rows of a list, in its order; `next` is the cursor of the rest, empty at the end."""

    rows: tuple[T, ...]
    next: str = ""


class Scope(StrEnum):
    """What a bearer may do; a key has a set of them."""

    OPEN = "open"
    """Anybody, without a bearer."""
    STATION = "station"
    """An enrolled station speaking the sync protocol; no key has it."""
    READ = "read"
    """Read anything of the sites it is for; every station may, at its own site."""
    MASTER = "master"
    """Change items, locations, parties, mappings."""
    DOCUMENTS = "documents"
    """Send orders, inbounds, return authorisations, transfers, count plans."""
    STOCK = "stock"
    """Ask for adjustments and other operations on stock."""
    DECIDE = "decide"
    """Approve, reject, resolve exceptions, take over claims."""
    ADMIN = "admin"
    """Stations, sites, policies."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who asks.

    Attributes:
        caller: `key:NAME` or `station:ENROLMENT`; idempotency keys are each caller's own.
        actor: The person in whose name it acts, as in operations; empty for a station.
        scopes: What it may do.
        site: The only site it may see; None for every site.
        who: The enrolment, when it is a station.
    """

    caller: str
    actor: str
    scopes: frozenset[Scope]
    site: SiteRef | None
    who: Who | None = None


@dataclass(frozen=True, slots=True)
class Param:
    """A query parameter.

    Attributes:
        name: As in the address.
        type: `str`, `int` or `bool`.
        default: What it is when left out; ignored when required.
        maximum: Largest number, or longest text.
        description: For the description of the interface.
        choices: The only texts allowed; any when empty.
        required: It may not be left out.
        minimum: Smallest number.
    """

    name: str
    type: _Type = str
    default: str | int | bool = ""
    maximum: int | None = None
    description: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    minimum: int = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that is more than its body.

    Attributes:
        body: The message, or raw bytes for a route that answers no JSON.
        etag: Version of what is shown, as made by `conditions.version_tag`.
        status: 200, 201 or 202.
        content_type: Of raw bytes.
    """

    body: object
    etag: str = ""
    status: int = 200
    content_type: str = "application/json"


def _no_cursor(_position: tuple[str | int, ...]) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request, with everything checked that needs no knowledge of its area.

    Attributes:
        service: The ledger.
        bearer: Who asks.
        at: The site of a route with `at_site`, else None; handlers use `site`.
        path: The parts of the address in braces.
        query: Every declared parameter, with its type and default.
        body: The decoded question; of the type the route names.
        if_match: The version the change is meant for, or empty; see `conditions.expected_version`.
        if_none_match: The version the reader has; compared by the framework.
        idempotency_key: As sent, or empty.
        correlation_id: A UUID: as sent, or made; put it into operations.
        after: Position the page starts after, from the cursor; empty at the start.
        to_cursor: Makes the cursor of a position; handlers use `next_cursor`.
    """

    service: "LedgerService"
    bearer: Bearer
    at: SiteRef | None
    path: Mapping[str, str]
    query: Mapping[str, str | int | bool]
    body: Any = None
    if_match: str = ""
    if_none_match: str = ""
    idempotency_key: str = ""
    correlation_id: str = ""
    after: tuple[str | int, ...] = ()
    to_cursor: Callable[[tuple[str | int, ...]], str] = _no_cursor

    @property
    def site(self) -> SiteRef:
        """The site of a route with `at_site`; comes from the bearer, never from a body.

        Raises:
            LookupError: The route does not say `at_site`.
        """
        if self.at is None:
            raise LookupError("a route that speaks about one site says at_site=True")
        return self.at

    @property
    def write(self) -> str:
        """Names this write among all callers'; the same key of another caller is another write."""
        return f"{self.bearer.caller}\n{self.idempotency_key}"

    def text(self, name: str) -> str:
        """A text parameter."""
        return str(self.query[name])

    def number(self, name: str) -> int:
        """A number parameter."""
        return int(self.query[name])

    def flag(self, name: str) -> bool:
        """A yes-or-no parameter."""
        return bool(self.query[name])

    @property
    def limit(self) -> int:
        """Rows of a page, of a route with `paged`."""
        return self.number("limit")

    def next_cursor(self, *position: str | int) -> str:
        """The cursor of the page after this position, of a route with `paged`."""
        return self.to_cursor(position)

    def page(self, rows: Sequence[T], position: Callable[[T], tuple[str | int, ...]]) -> "Page[T]":
        """A page from up to `limit + 1` rows: the one too many says that there are more.

        Args:
            rows: In the order of the list, from the first after `after`.
            position: The sort key of a row.
        """
        shown = tuple(rows[: self.limit])
        more = len(rows) > self.limit
        return Page(rows=shown, next=self.next_cursor(*position(shown[-1])) if more else "")


Handle = Callable[[Ask], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address and method.

    Attributes:
        method: GET, POST, PUT, PATCH or DELETE. A POST asks for an Idempotency-Key.
        path: `/v1/items/{sku}`.
        summary: One sentence for the description of the interface.
        scope: What the bearer must have.
        handle: Answers; None for the sync protocol, which `stations.py` carries.
        answer: Type of the answer.
        question: Type of the body; None without one.
        query: Parameters.
        example: An answer.
        example_question: A body; required with `question`.
        status: Of a good answer.
        at_site: It speaks about one site: the bearer's, or the `site` parameter of a bearer of all.
        paged: It has `limit` and `cursor`; the handler uses `ask.after` and `ask.next_cursor`.
        conditional: Its answer has an ETag (GET), or it insists on If-Match (anything else).
        content_type: Of the answer.
        codes: Codes it may refuse with beside the general ones, for the description.
    """

    method: str
    path: str
    summary: str
    scope: Scope
    answer: Any
    example: object
    handle: Handle | None = None
    question: Any = None
    example_question: object = None
    query: tuple[Param, ...] = ()
    status: int = 200
    at_site: bool = False
    paged: bool = False
    conditional: bool = False
    content_type: str = "application/json"
    codes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`GET /v1/items/{sku}`: how it is called in logs and metrics."""
        return f"{self.method} {self.path}"

    @property
    def keyed(self) -> bool:
        """Whether it must be asked with an Idempotency-Key."""
        return self.method == "POST" and self.scope not in {Scope.OPEN, Scope.STATION}

    @property
    def params(self) -> tuple[Param, ...]:
        """Declared parameters and those that follow from `at_site` and `paged`."""
        site = (_SITE,) if self.at_site else ()
        return self.query + site + (_PAGE if self.paged else ())


_SITE = Param(
    "site",
    maximum=64,
    description="Which site. Only a bearer of all sites needs it; another may name its own.",
)
_PAGE = (
    Param("limit", int, PAGE_ROWS, MAX_PAGE_ROWS, "Rows of the page.", minimum=1),
    Param("cursor", maximum=2_000, description="`next` of the page before; empty for the first."),
)
