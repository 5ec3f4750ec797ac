"""Who may do what: permissions as data, denied unless written here.

Client and ledger ask the same function, so that both agree; a screen may hide what is not allowed,
but it never decides. A permission is held at one site, at the moment it is used, by a person, not
by an account. What is a matter of amounts is said by the policy (`app.domain.policy`).
"""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a person is at a site. Stable words of the contract."""

    CLERK = "clerk"
    PACKER_LEAD = "packer_lead"
    CONTROLLER = "controller"
    SUPERVISOR = "supervisor"
    SITE_MANAGER = "site_manager"
    AUDITOR = "auditor"
    ADMIN = "admin"
    INTEGRATION = "integration"


class Permission(StrEnum):
    """Something a person may do, named as a verb a sentence can use."""

    WORK = "work"
    """Scan, pack, receive, move, return: record facts."""
    COUNT = "count"
    ADJUST = "adjust"
    """Ask for an adjustment; whether it waits is said by the policy."""
    ASK = "ask"
    """Ask for transfers and replenishment; cancel."""
    DECIDE = "decide"
    """Approve or reject what another person asked for."""
    ACCEPT_COUNT = "accept_count"
    """Accept a variance before every station has reported."""
    RELEASE_HELD = "release_held"
    """Release what is held: of a revoked station, or not understood before."""
    RESOLVE = "resolve"
    """Close exceptions, hand them over."""
    TAKE_OVER = "take_over"
    """Take orders from a station."""
    OVERRIDE = "override"
    """Let a parcel go whose weight does not fit."""
    EDIT_MASTER = "edit_master"
    """Items, locations, parties, lots, mappings."""
    SEND_DOCUMENTS = "send_documents"
    """Orders, inbounds, return authorisations, transfers, count plans."""
    SET_POLICY = "set_policy"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_STATIONS = "manage_stations"
    REVIEW_ACCESS = "review_access"
    """Say, once a quarter, who keeps which rights."""
    READ = "read"
    EXPORT = "export"
    AUDIT = "audit"
    """Read the journal, take bundles of evidence away, judge them."""


_P = Permission
_FLOOR = frozenset({_P.WORK, _P.COUNT, _P.ADJUST, _P.READ})
_OFFICE = frozenset({_P.ASK, _P.RESOLVE, _P.EDIT_MASTER, _P.SEND_DOCUMENTS, _P.EXPORT})
_DECIDING = frozenset({_P.DECIDE, _P.ACCEPT_COUNT, _P.RESOLVE, _P.EXPORT})
_LEADING = frozenset({_P.TAKE_OVER, _P.OVERRIDE})

# Deny by default: what does not stand here is not allowed. Users and devices give no stock rights,
# reading gives no writing.
ROLES: dict[Role, frozenset[Permission]] = {
    Role.CLERK: _FLOOR,
    Role.PACKER_LEAD: _FLOOR | _LEADING | {_P.ASK},
    Role.CONTROLLER: _FLOOR | _OFFICE | {_P.DECIDE, _P.ACCEPT_COUNT},
    Role.SUPERVISOR: _FLOOR | _DECIDING | _LEADING | {_P.ASK, _P.RELEASE_HELD},
    Role.SITE_MANAGER: _FLOOR
    | _OFFICE
    | _DECIDING
    | _LEADING
    | {_P.RELEASE_HELD, _P.REVIEW_ACCESS},
    Role.AUDITOR: frozenset({_P.READ, _P.EXPORT, _P.AUDIT}),
    Role.ADMIN: frozenset(
        {_P.READ, _P.MANAGE_PEOPLE, _P.MANAGE_STATIONS, _P.SET_POLICY, _P.REVIEW_ACCESS}
    ),
    Role.INTEGRATION: frozenset({_P.READ, _P.ASK, _P.EDIT_MASTER, _P.SEND_DOCUMENTS, _P.EXPORT}),
}

# Everything that changes stock, or what is believed of it.
STOCK = frozenset(
    {_P.WORK, _P.COUNT, _P.ADJUST, _P.ASK, _P.DECIDE, _P.ACCEPT_COUNT, _P.RELEASE_HELD}
    | {_P.TAKE_OVER}
)
_CHANGING = frozenset(_P) - {_P.READ, _P.EXPORT, _P.AUDIT}
_CONFIRMING = frozenset({_P.DECIDE, _P.ACCEPT_COUNT, _P.RELEASE_HELD})

# Pairs one person must not hold together at a site, by whatever accounts: whoever sets the limits,
# makes the users or lets the stations in does not use them; whoever judges changes nothing.
# Asking and approving the same thing, and counting and adjusting the same place, are no pairs of
# rights but of acts: four eyes and the ledger's rules see to those.
CONFLICTS: tuple[tuple[Permission, Permission], ...] = tuple(
    (one, other)
    for one, others in (
        (_P.SET_POLICY, _CONFIRMING | {_P.ADJUST}),
        (_P.MANAGE_PEOPLE, STOCK),
        (_P.MANAGE_STATIONS, _CONFIRMING),
        (_P.AUDIT, _CHANGING),
    )
    for other in sorted(others)
)

# What a station asks badge and PIN for once more, however shortly ago somebody signed in.
STEP_UP = frozenset(
    {_P.DECIDE, _P.ACCEPT_COUNT, _P.RELEASE_HELD, _P.TAKE_OVER, _P.SET_POLICY}
    | {_P.MANAGE_PEOPLE, _P.MANAGE_STATIONS, _P.REVIEW_ACCESS, _P.EXPORT}
)
# Who may sign in with a PIN and no badge, where the station knows the site's pepper. Whoever
# confirms what others ask for, or manages people, needs the badge: nobody is in this set with a
# permission of `BADGE_NEEDED`.
BY_PIN = frozenset({Role.CLERK, Role.PACKER_LEAD})
BADGE_NEEDED = _CONFIRMING | {_P.SET_POLICY, _P.MANAGE_PEOPLE, _P.MANAGE_STATIONS, _P.AUDIT}

_BY_NAME = {role.value: permissions for role, permissions in ROLES.items()}
_NOTHING: frozenset[Permission] = frozenset()


def may(role: str, permission: Permission) -> bool:
    """Whether a role has a permission; a role nobody knows has none."""
    return permission in _BY_NAME.get(role, _NOTHING)


def may_at(role: str, held_at: str, permission: Permission, site: str) -> bool:
    """Whether a role that is held at a site (empty: at every site) has a permission at a site."""
    return held_at in {"", site} and may(role, permission)


def signs_in_by_pin(role: str) -> bool:
    """Whether a PIN without a badge is enough for a role; never for one nobody knows."""
    return role in BY_PIN


def apart(roles: Iterable[str]) -> tuple[tuple[Permission, Permission], ...]:
    """The pairs of `CONFLICTS` that somebody with all these roles would hold."""
    held = frozenset[Permission]().union(*(_BY_NAME.get(role, _NOTHING) for role in roles))
    return tuple(pair for pair in CONFLICTS if held.issuperset(pair))
