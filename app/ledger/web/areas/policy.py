"""A site's policy: what holds, every version, and a new one for the version it was made from."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from app.contract.base import Answer, Request
from app.domain.policy import DEFAULT, AdjustLimit, Policy
from app.ledger.policies import PolicyVersion, read_policy
from app.ledger.web.conditions import expected_version, version_tag
from app.ledger.web.route import Answered, Ask, Page, Route, Scope


class PolicyShown(Answer, frozen=True):
    """One version, and who made it; version 0 is what holds before anybody has decided."""

    version: int
    policy: Policy
    actor: str = ""
    reason: str = ""
    at: str = ""


class PolicyPut(Request, frozen=True):
    """All of a policy: a word that is left out is at its default again. `reason` says why."""

    policy: dict[Annotated[str, Meta(max_length=64)], Any]
    reason: Annotated[str, Meta(min_length=1, max_length=200)]


def _show(ask: Ask) -> Answered:
    now = ask.service.policies.current(ask.site)
    return Answered(_shown(now), etag=version_tag(now.version))


def _put(ask: Ask) -> Answered:
    wanted: PolicyPut = ask.body
    made = ask.service.policies.put(
        ask.site,
        read_policy(wanted.policy),
        actor=ask.bearer.actor,
        reason=wanted.reason,
        expected=expected_version(ask),
    )
    ask.service.bell.ring()
    return Answered(_shown(made), etag=version_tag(made.version))


def _history(ask: Ask) -> Page[PolicyShown]:
    (before,) = ask.after or (2**53,)
    rows = ask.service.policies.history(ask.site, before=int(before), limit=ask.limit + 1)
    return ask.page([_shown(one) for one in rows], lambda row: (row.version,))


def _shown(one: PolicyVersion) -> PolicyShown:
    return PolicyShown(
        version=one.version, policy=one.policy, actor=one.actor, reason=one.reason, at=one.at
    )


_EXAMPLE = PolicyShown(
    version=3,
    policy=Policy(count_tolerance=2, adjust={"clerk": AdjustLimit(5, 5_000, 100, 20, 20_000)}),
    actor="p-weber",
    reason="Start with little",
    at="2026-03-02T07:14:05.120Z",
)

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/v1/policy",
        summary="What the site has decided beforehand: limits, tolerances, times.",
        scope=Scope.READ,
        handle=_show,
        answer=PolicyShown,
        example=_EXAMPLE,
        at_site=True,
        conditional=True,
    ),
    Route(
        method="PUT",
        path="/v1/policy",
        summary="Decide anew: makes a version; stations are told.",
        scope=Scope.ADMIN,
        handle=_put,
        question=PolicyPut,
        example_question=PolicyPut(
            policy=msgspec.to_builtins(DEFAULT), reason="Back to the beginning"
        ),
        answer=PolicyShown,
        example=_EXAMPLE,
        at_site=True,
        conditional=True,
        codes=("bad_policy", "no_reason"),
    ),
    Route(
        method="GET",
        path="/v1/policy/versions",
        summary="Every version of the policy, the latest first: who, when and why.",
        scope=Scope.READ,
        handle=_history,
        answer=Page[PolicyShown],
        example=Page(rows=(_EXAMPLE,)),
        at_site=True,
        paged=True,
    ),
)
