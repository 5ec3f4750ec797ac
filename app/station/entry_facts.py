"""What one record says, as facts beside a list: the same in the audit and on the health page."""

from app.domain.text import Text, text
from app.station.audit_log import Entry
from app.station.cases import Fact

# Lines of an operation that are named; the rest is counted.
LINES = 8
# Roles that have a word; others are shown as they came.
ROLES = frozenset(
    {"admin", "auditor", "clerk", "controller", "packer_lead", "site_manager", "supervisor"}
)


def facts(found: Entry, name: str) -> tuple[Fact, ...]:
    """Who, as what, about what, why, and from where to where.

    Args:
        found: The record.
        name: Of who did it, as people say it.
    """
    operation = found.operation
    told = [
        Fact(text("audit.column_who"), text("case.plain", said=name)),
        Fact(text("audit.as"), _role(operation.role)),
        Fact(text("audit.number"), text("audit.of_chain", number=found.seq)),
        Fact(text("lookup.column_became"), _became(found)),
    ]
    if found.sentence:
        told.append(Fact(text("audit.answer"), text("ui.sentence", sentence=found.sentence)))
    document = operation.reference.document if operation.reference else ""
    if document:
        told.append(Fact(text("lookup.document_of"), text("case.plain", said=document)))
    if operation.reason:
        told.append(Fact(text("case.reason"), text("case.plain", said=operation.reason)))
    for line in operation.lines[:LINES]:
        way = text("lookup.way", n=line.quantity, source=line.source, target=line.target)
        told.append(Fact(text("case.plain", said=line.item), way))
    if len(operation.lines) > LINES:
        rest = text("audit.more_lines", n=len(operation.lines) - LINES)
        told.append(Fact(text("audit.lines"), rest))
    return tuple(told)


def _role(role: str) -> Text:
    return text(f"ui.role_{role}") if role in ROLES else text("case.plain", said=role)


def _became(found: Entry) -> Text:
    if found.outcome and found.outcome != "posted":
        return text(f"health.outcome_{found.outcome}")
    return text(f"health.transport_{found.transport}")
