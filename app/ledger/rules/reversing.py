"""Taking something back: the mirror of its postings, at most once."""

from app.domain.operation import REQUESTS, Kind
from app.ledger import ended, facts
from app.ledger import goods_contradictions as found
from app.ledger.book import Book, Known
from app.ledger.case import POSTED, REFUSED, Case, Decision, held, refused
from app.ledger.rules import expecting, serials, transfers, withdrawing
from app.ledger.rules.adjusting import stopped_back

_KINDS = {kind.value: kind for kind in Kind}
# Requests are asked for anew, reversals recorded anew, places counted anew: what was seen was seen.
# An adjustment is stock, and can be wrong.
_FINAL = (REQUESTS | {Kind.REVERSE, Kind.COUNT}) - {Kind.ADJUST}
_INSTEAD = {
    Kind.COUNT.value: "A count is not taken back. Count the place again.",
    Kind.DECIDE.value: "A decision is not taken back. Take back what it approved, or ask anew.",
}
_ANEW = "This cannot be taken back. Record what happened as something new."


def reverse(case: Case) -> Decision:
    """Post the mirror of an earlier operation; what was built on it stands, contradicted."""
    operation, book = case.operation, case.book
    original_id = operation.reference.original if operation.reference else ""
    original = book.known.get(original_id)
    if original is None:
        return held("unknown_original", "What this takes back has not arrived at the ledger.")
    if original_id in book.reversed:
        return refused("already_reversed", "This was taken back before. Nothing was changed.")
    if original.kind not in _KINDS or _KINDS[original.kind] in _FINAL:
        return refused("not_reversible", _INSTEAD.get(original.kind, _ANEW))
    if original.outcome == REFUSED:
        return refused(
            "original_refused", "This was refused itself. There is nothing to take back."
        )
    asked = withdrawing.waits(original_id, book)
    if asked is not None:
        return withdrawing.take_back(case, asked)
    effect = book.effects.get(original_id)
    if effect is None and original_id in book.told:
        effect = facts.effect_told(
            book.told[original_id], book.told_abroad.get(original_id, []), book
        )
    if original.outcome != POSTED or effect is None:
        return held("original_not_posted", "What this takes back is not posted itself yet.")
    if effect.final:
        return refused(
            "not_reversible", "This cannot be taken back. Record what holds now as something new."
        )
    back = facts.mirrored(effect)
    stopped = stopped_back(case, original.kind, back)
    if stopped is not None:
        return stopped
    book.reversed.add(original_id)
    facts.apply(back, "", book)
    decision = Decision(POSTED, effect=back, reverses=original_id)
    facts.judge_balances(back, operation, decision)
    _follow_goods(decision, original, book)
    decision.closes.extend(ended.by_effect(back, book))
    decision.rows.extend(facts.order_rows_after_shipping(back, book))
    transfers.taken_back(case, decision)
    return decision


def _follow_goods(decision: Decision, original: Known, book: Book) -> None:
    """Documents and serials stand elsewhere again."""
    if decision.effect.tallies:
        expecting.follow(decision, book)
    if book.goods.tracked:
        serials.follow(decision, book)
    if original.kind == Kind.RECLASSIFY:
        decision.closes.append(found.moved_cause(decision.reverses))
