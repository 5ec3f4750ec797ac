"""ETags, parameters and bearers in small: what every area relies on."""

from dataclasses import replace
from typing import Any

import pytest

from app.errors import Refusal
from app.ledger.service import LedgerService
from app.ledger.sites import SiteRef
from app.ledger.web.bearers import may_see, site_of
from app.ledger.web.conditions import expected_version, is_unchanged, version_tag
from app.ledger.web.cursors import Cursors
from app.ledger.web.params import read_query
from app.ledger.web.problems import status_of
from app.ledger.web.route import Ask, Bearer, Page, Param, Route, Scope
from tests.ledger.conftest import SITE

SHOP = Bearer("key:shop", "p-novak", frozenset({Scope.READ}), None)
LIST = Route(
    method="GET",
    path="/v1/kettles",
    summary="Kettles.",
    scope=Scope.READ,
    answer=Page[str],
    example=Page(rows=()),
    query=(
        Param("color", choices=("", "red", "blue")),
        Param("hot", bool, default=False),
        Param("litres", int, 2, 9, minimum=1),
    ),
    at_site=True,
    paged=True,
)


def _ask(service: LedgerService, **given: Any) -> Ask:
    return replace(Ask(service, SHOP, None, {}, {"limit": 2}), **given)


def _code_of(task: Any) -> str:
    with pytest.raises(Refusal) as refused:
        task()
    return refused.value.code


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("", "precondition_required"),
        ("*", "stale_version"),
        ('W/"7"', "stale_version"),
        ("7", "stale_version"),
        ('"7", "8"', "stale_version"),
        ('"-7"', "stale_version"),
        ('"' + "9" * 19 + '"', "stale_version"),
    ],
)
def test_a_change_names_exactly_one_version(ledger: LedgerService, sent: str, told: str) -> None:
    assert _code_of(lambda: expected_version(_ask(ledger, if_match=sent))) == told


def test_the_tag_that_was_shown_is_the_version_that_is_meant(ledger: LedgerService) -> None:
    assert expected_version(_ask(ledger, if_match=version_tag(7))) == 7


@pytest.mark.parametrize(
    ("sent", "same"),
    [('"7"', True), ('W/"7"', True), ('"6", "7"', True), ("*", True), ('"77"', False), ("", False)],
)
def test_a_reader_is_spared_what_it_has(sent: str, same: bool) -> None:
    assert is_unchanged(version_tag(7), sent) is same


def test_parameters_have_their_types_and_defaults() -> None:
    assert read_query(LIST, b"") == {
        "color": "", "hot": False, "litres": 2, "site": "", "limit": 100, "cursor": "",
    }  # fmt: skip
    assert read_query(LIST, b"hot=true&litres=9&color=red&site=HAM")["hot"] is True


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"kettle=1", "unknown_parameter"),
        (b"hot=yes", "bad_parameter"),
        (b"hot=", "bad_parameter"),
        (b"litres=10", "bad_parameter"),
        (b"litres=0", "bad_parameter"),
        (b"litres=%D9%A1", "bad_parameter"),
        (b"color=green", "bad_parameter"),
        (b"color=red&color=red", "bad_parameter"),
        (b"color", "bad_parameter"),
        (b"color=%ff", "bad_parameter"),
        (b"site=%00", "bad_parameter"),
        (b"limit=1001", "bad_parameter"),
        (b"\xff=1", "bad_parameter"),
    ],
)
def test_a_parameter_that_is_none_is_refused(raw: bytes, code: str) -> None:
    assert _code_of(lambda: read_query(LIST, raw)) == code


def test_the_site_comes_from_the_bearer(ledger: LedgerService) -> None:
    bound = replace(SHOP, site=SiteRef(1, SITE))

    assert site_of(ledger, bound, "").site == site_of(ledger, bound, SITE).site == SITE
    assert _code_of(lambda: site_of(ledger, bound, "MUC")) == "unknown_site"
    assert site_of(ledger, SHOP, SITE).site == SITE
    assert _code_of(lambda: site_of(ledger, SHOP, "")) == "which_site"
    assert _code_of(lambda: site_of(ledger, SHOP, "MUC")) == "unknown_site"
    assert may_see(_ask(ledger), "MUC")
    assert not may_see(_ask(ledger, bearer=bound), "MUC")


def test_a_route_that_forgot_its_site_is_told_so(ledger: LedgerService) -> None:
    with pytest.raises(LookupError, match="at_site"):
        _ask(ledger).site  # noqa: B018 - asking is the point


def test_a_page_knows_whether_there_is_more(ledger: LedgerService) -> None:
    cursors = Cursors(b"secret")
    ask = _ask(ledger, to_cursor=lambda position: cursors.write("list", position))

    full = ask.page(["a", "b", "c"], lambda row: (row,))
    last = ask.page(["d", "e"], lambda row: (row,))

    assert (full.rows, last.rows, last.next) == (("a", "b"), ("d", "e"), "")
    assert cursors.read("list", full.next) == ("b",)
    assert _code_of(lambda: cursors.read("other", full.next)) == "bad_cursor"
    assert _code_of(lambda: Cursors(b"other").read("list", full.next)) == "bad_cursor"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("unknown_item", 404),
        ("unknown_parameter", 400),
        ("site_exists", 409),
        ("already_closed", 409),
        ("stale_version", 412),
        ("precondition_required", 428),
        ("idempotency_mismatch", 422),
        ("bad_token", 401),
        ("wrong_scope", 403),
        ("too_many_requests", 429),
        ("anything_else", 422),
    ],
)
def test_every_code_has_its_status(code: str, status: int) -> None:
    assert status_of(code) == status
