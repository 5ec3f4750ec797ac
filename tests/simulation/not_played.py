"""What the simulated floor does not play, each with its reason."""

# Looking alone: nothing follows from it, so there is nothing to hold against it. Each is asked
# in `tests/ledger` and, over HTTP, in `tests/ledger/web`.
READ = frozenset(
    f"ledger {name}"
    for name in (
        "api_keys.find",
        "api_keys.list",
        "approvals.find",
        "changes_for_all",
        "comparison.shipments",
        "comparison.stock",
        "counts.lines",
        "exception_queue.closed",
        "exception_queue.find",
        "exception_queue.open",
        "exception_queue.stories",
        "explainer.packs",
        "explainer.why",
        "last_uses.note",
        "lots.after",
        "lots.get",
        "mappings.all_of",
        "mappings.meaning",
        "master_data.items_after",
        "master_data.party",
        "master_data.rules",
        "office.find",
        "order_view.show",
        "overview.people",
        "people.fresh",
        "people.proves",
        "policies.history",
        "reconciliation.report",
        "reconciliation.reports",
        "replenishment.thresholds",
        "reservations.available",
        "second_factors.people",
        "stock_list.beside",
        "stock_list.page",
        "working.claim",
    )
)
_CUSTODY = "tests/app/test_custody.py"
_DIGEST = "app/conformance/promises/digests.py"
# Where another harness shows it, most by real processes.
PROVEN = {
    "call digest": _DIGEST,
    "ledger digest": _DIGEST,
    "ledger escrow.approve": _CUSTODY,
    "ledger escrow.ask": _CUSTODY,
    "ledger escrow.heard": _CUSTODY,
    "ledger escrow.listen": _CUSTODY,
    "ledger escrow.put": _CUSTODY,
    "ledger escrow.set_up": _CUSTODY,
    "ledger escrow.wishes": _CUSTODY,
    "ledger announcements.edit": "tests/ledger/web/test_goods_in.py",
    "ledger imports.people": "tests/ledger/test_imports.py",
    "ledger lots.edit": "tests/ledger/test_lots.py",
    "ledger master_data.edit_party": "tests/ledger/test_masterdata.py",
    "ledger master_data.edit_rules": "tests/ledger/test_masterdata.py",
    "ledger people.add": "tests/ledger/test_imports.py",
    "ledger people.renew": "tests/ledger/test_people.py",
    "ledger replenishment.remove": "tests/ledger/test_replenishment.py",
    "ledger reviews.close": "tests/ledger/test_reviews.py",
    "ledger second_factors.remove": "tests/ledger/test_grants.py",
    "ledger set_claim_hold": "tests/ledger/test_claims.py",
    "ledger sweeper.close": "tests/ledger/test_lots.py",
    "page setup": "tests/app/test_first_run.py",
}
# Everything else.
_REASONS = {
    "event Broken": "the station says that it is our fault; one is a violation",
    "event ScanHeard": "said by the inbox, which the simulation has no need of",
    "event SettingAsked": "answered by the program around the station: devices, printer, folders",
    "kind identify": "asked for where a code is linked while receiving; seldom, and walked there",
    "kind release": "a word of the contract that no station of this program records",
    "kind unpick": "a word of the contract that no station of this program records",
    "message Call": "the sync hands its work over on the one thread there is",
    "message Stop": "a process ends here by a kill, by a power cut, or between two messages",
    "message Unlocked": "the unlocker answers at once: keys are opened with the cheap cost",
}

# Met by nobody in two hundred floors and a tour of each page: what such a key or code comes to
# there is walked, every state times every trigger, in `tests/station`.
_SELDOM: dict[str, tuple[str, ...]] = {
    "adjust": ("next", "open", "stepped_up"),
    "audit": ("pause", "yes"),
    "dashboards": ("choose", "pause", "undo"),
    "edit": ("stepped_up", "withdraw"),
    "exceptions": ("pause", "step_up_left", "stepped_up", "yes"),
    "lookup": ("acknowledge", "document", "next", "open"),
    "pick": ("document", "yes"),
    "plan": ("choose", "open", "stepped_up"),
    "receive": ("label", "photo", "photo_taken", "stepped_up"),
    "reports": ("label",),
    "settings": ("acknowledge", "step_up_left", "stepped_up"),
    "undo": ("step_up_left", "stepped_up"),
}
_WALKED = {
    f"trigger {page}.{name}": "walked in tests/station, state by state"
    for page, names in _SELDOM.items()
    for name in names
}
NOT_PLAYED = (*READ, *PROVEN, *_REASONS, *_WALKED)


def reason(name: str) -> str:
    """Why something is not played."""
    if name in READ:
        return "it only looks"
    return PROVEN.get(name) or _REASONS.get(name) or _WALKED.get(name, "")
