"""Audit in believable states."""

from dataclasses import replace

from app.domain.text import text
from app.station import audit_screen
from app.station.audit_log import Limits, Links
from app.station.cases import Fact
from app.station.events import LogTaken
from app.station.inbox import Intent
from app.station.lists import Choice, ListView, Mark
from app.station.screen import Action, Page, Prompt, Screen, Tone
from ui.gallery.bench import OFFLINE
from ui.gallery.scene import Scene

_AT = "2026-11-20T09:51:{second}Z"
_WHOLE = Links(1_204, 1_204, 0, "2026-11-20T09:51:48Z")
_SIGNED = text("audit.signed", at="2026-11-20T09:51:40Z")
_ROWS = (
    ("48", "Anna Novak", "pack", "ORD-48213", Mark.WAITING),
    ("31", "Anna Novak", "pack", "ORD-48213", Mark.WAITING),
    ("22", "Anna Novak", "claim", "ORD-48213", Mark.NONE),
    ("15", "Olu Adeyemi", "decide", "SKU-11872", Mark.NONE),
    ("09", "José Ibáñez", "adjust", "SKU-11872", Mark.WRONG),
    ("02", "José Ibáñez", "event", "", Mark.NONE),
)
_WHO = Fact(text("audit.column_who"), text("case.plain", said="Anna Novak"))
_CLERK = Fact(text("audit.as"), text("ui.role_clerk"))
LOG = Screen(
    page=Page.AUDIT,
    title=text("audit.title"),
    subtitle=text("lookup.fresh", at="2026-11-20T09:51:48Z", n=2),
    prompt=audit_screen.chain_prompt(_WHOLE, Limits(), _SIGNED),
    scan_hint=text("audit.hint"),
    choices=ListView(
        text("audit.list_log"),
        audit_screen.LOG,
        tuple(
            Choice(
                second,
                (
                    text("audit.at", at=_AT.format(second=second)),
                    who,
                    text("audit.event_sign_in") if kind == "event" else text(f"audit.kind_{kind}"),
                    about,
                ),
                mark,
            )
            for second, who, kind, about, mark in _ROWS
        ),
        len(_ROWS),
        "48",
        more=True,
    ),
    facts=(
        _WHO,
        _CLERK,
        Fact(text("audit.number"), text("audit.of_chain", number=1_204)),
        Fact(text("lookup.column_became"), text("health.transport_unsent")),
        Fact(text("lookup.document_of"), text("case.plain", said="ORD-48213")),
        Fact(
            text("case.plain", said="SKU-10987"),
            text("lookup.way", n=1, source="B-11-1", target="parcel/ORD-48213-1"),
        ),
    ),
    actions=audit_screen.log_keys(limited=False, more=True),
)
_LIMITED = replace(
    LOG,
    prompt=audit_screen.chain_prompt(_WHOLE, Limits(person="p-anna", item="SKU-10987"), _SIGNED),
    actions=audit_screen.log_keys(limited=True, more=True),
)
_HASHES = ("9f2c41d08ab3", "03be77a1c94d")
ENTRY = Screen(
    page=Page.AUDIT,
    title=text("audit.entry", number=1_197),
    subtitle=LOG.subtitle,
    prompt=Prompt(
        Tone.ASK,
        "search",
        text("audit.kind_adjust"),
        text("audit.at", at="2026-11-20T09:51:09Z"),
    ),
    scan_hint=text("audit.hint"),
    choices=audit_screen.fields(
        (
            Fact(text("case.on_hand"), text("audit.before_after", before=12, after=9)),
            Fact(text("audit.column_who"), text("case.plain", said="José Ibáñez")),
            _CLERK,
            Fact(text("audit.number"), text("audit.of_chain", number=1_197)),
            Fact(text("lookup.column_became"), text("health.outcome_refused")),
            Fact(text("case.reason"), text("case.plain", said="damaged")),
            Fact(
                text("case.plain", said="SKU-11872"),
                text("lookup.way", n=3, source="C-07-3", target="adjustment"),
            ),
        )
    ),
    facts=(
        Fact(text("audit.hash"), text("case.plain", said=_HASHES[0])),
        Fact(text("audit.digest"), text("case.plain", said=_HASHES[1])),
        Fact(text("audit.in_feed"), text("audit.feed_at", n=48_211)),
        Fact(text("audit.signed_by"), text("case.plain", said="p-jose")),
        Fact(text("audit.seen"), text("audit.feed_at", n=48_190)),
    ),
    actions=(Action("Esc", Intent.NO, text("key.step_back"), main=True),),
)


def audit_scenes() -> tuple[Scene, ...]:
    """All of them."""
    broken = audit_screen.chain_prompt(Links(800, 1_204, 731, ""), Limits(), None)
    following = audit_screen.chain_prompt(Links(12_000, 50_310, 0, ""), Limits(), None)
    path = "/var/lib/packhouse/exports/audit-PACK-03-20261120T095148-5e7f21.csv"
    taken = audit_screen.taken_prompt(LogTaken(path, 1_204))
    return (
        Scene("audit", LOG),
        Scene("audit_limited", _LIMITED, OFFLINE),
        Scene("audit_broken", replace(LOG, prompt=broken)),
        Scene("audit_following", replace(LOG, prompt=following)),
        Scene("audit_taken", replace(LOG, prompt=taken)),
        Scene("audit_entry", ENTRY),
    )
