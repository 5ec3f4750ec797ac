"""Take back: what was finished is chosen, shown line by line, reversed once, several steps back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.contract.messages import PostedLine
from app.domain.gtin import check_digit
from app.station.inbox import Intent, LinkChanged, LinkState
from app.station.screen import Tone
from tests.station.recorded import operations_of
from tests.station.test_exceptions import row as exception
from tests.station.test_four_eyes import (
    adjust,
    grant_to_boss,
    is_signed_by,
    last,
    outcome,
    policy_row,
    prove,
)
from tests.station.test_pack import RIGHT_WEIGHT, fill
from tests.station.undoing import (
    ORDER,
    again,
    confirm,
    move,
    pack,
    reversals,
    rows,
    stock,
    take_back,
)
from tests.support.bench import MUG, TRAY, TestBench, order_row
from tests.support.deliveries import ASN, MUG_CODE, TRAY_CODE, dock_bench, tallied
from tests.support.people import BADGE, BOSS_BADGE, OTHER_BADGE

OTHER_SSCC = f"34012345000000099{check_digit('34012345000000099')}"


def shelf(units: int) -> tuple[PostedLine, PostedLine]:
    """What an adjustment by so many posts."""
    return PostedLine("A-04-2", MUG.sku, units), PostedLine("adjustment", MUG.sku, -units)


SHELF, BACK = shelf(-12), shelf(12)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = dock_bench(tmp_path)
    yield made
    made.book.close()


def receive(bench: TestBench, mugs: int) -> None:
    """So many mugs come in, one by one; the receipt is closed, the rest is still to come."""
    bench.scan(ASN)
    for _ in range(mugs):
        bench.scan(MUG_CODE)
    bench.do(Intent.MAIN)
    bench.do(Intent.YES)
    assert bench.page == "home"


def switch(bench: TestBench, badge: str) -> None:
    """Somebody else takes over the station."""
    bench.do(Intent.SIGN_OUT)
    bench.sign_in(badge)


# ------------------------------------------------------------------------------------- parcels


@pytest.mark.parametrize("synced", [False, True])
def test_a_parcel_handed_over_is_open_again_and_its_label_void(
    bench: TestBench, synced: bool
) -> None:
    sscc = pack(bench)
    if synced:
        confirm(bench)

    bench.do(Intent.UNDO)
    listed = rows(bench)
    bench.do(Intent.MAIN)
    asked, key = bench.title, bench.screen.actions[-1]
    bench.scan(f"00{sscc}")
    bench.do(Intent.MAIN)

    assert listed == [("undo.did_ship", "undo.now_synced" if synced else "undo.now_here")]
    assert (asked, key.key, key.enabled) == ("undo.scan_label", "F10", False)
    assert (bench.title, rows(bench)) == ("undo.done_ship", [("undo.did_ship", "undo.now_back")])
    assert reversals(bench) == ["ship", "seal"]
    void = last(bench, "reverse")[0]
    assert void.evidence == {"void": sscc, "labels": 1}
    parcel = void.reference.parcel if void.reference is not None else ""
    assert (bench.stock("customer"), sum(bench.stock(parcel).values())) == ({}, 6)


def test_an_order_that_is_open_again_goes_on_unit_by_unit_under_a_new_number(
    bench: TestBench,
) -> None:
    old = pack(bench)
    bench.do(Intent.UNDO)
    bench.scan(f"00{old}")
    bench.do(Intent.MAIN)
    bench.do(Intent.NO)

    bench.scan(ORDER)
    opened = (bench.page, bench.title)
    bench.do(Intent.UNDO)
    taken_out = bench.screen.done
    bench.scan("2900000000049")
    bench.weigh(RIGHT_WEIGHT)
    bench.printed()
    bench.scan(f"00{old}")
    refused = bench.title
    bench.do(Intent.ACKNOWLEDGE)
    bench.do(Intent.MAIN)

    assert opened == ("pack", "weigh.title")
    assert (taken_out, refused) == (5, "label.wrong")
    assert (bench.page, last(bench, "ship")[0].reference.shipment != old) == ("home", True)  # type: ignore[union-attr]  # of a parcel
    bench.do(Intent.UNDO)
    assert rows(bench) == [("undo.did_ship", "undo.now_here"), ("undo.did_ship", "undo.now_back")]


def test_an_order_that_is_open_again_stops_for_another_address_and_not_for_its_own_versions(
    bench: TestBench,
) -> None:
    sscc = pack(bench)
    bench.do(Intent.UNDO)
    bench.scan(f"00{sscc}")
    bench.do(Intent.MAIN)
    bench.do(Intent.NO)
    bench.feed(order_row(version=2, state="shipped"), order_row(version=3))
    bench.scan(ORDER)
    own = bench.title

    bench.feed(order_row(version=4, ship_to=("Jonna Berg", "Holtenauer Str. 9", "24105 Kiel")))

    assert (own, bench.title) == ("weigh.title", "pack.order_changed")


def test_a_parcel_that_was_sealed_twice_loses_the_seal_it_left_under(bench: TestBench) -> None:
    bench.scan(ORDER)
    fill(bench)
    bench.weigh(RIGHT_WEIGHT)
    bench.printed()
    bench.do(Intent.UNDO)
    bench.weigh(RIGHT_WEIGHT)
    unprinted = last(bench, "seal")[0].reference
    bench.do(Intent.UNDO)
    bench.weigh(RIGHT_WEIGHT)
    bench.printed()
    bench.do(Intent.MAIN)
    left = last(bench, "seal")[0]

    bench.do(Intent.UNDO)
    bench.scan(f"00{left.reference.shipment}")  # type: ignore[union-attr]  # of a seal
    bench.do(Intent.MAIN)

    assert reversals(bench) == ["seal", "seal", "ship", "seal"]
    assert last(bench, "reverse")[0].reference.original == left.id  # type: ignore[union-attr]  # of a seal
    with bench.store.begin() as work:
        assert work.open_prints() == []
        assert [state for _, state in work.labels_of(unprinted.shipment)] == ["void"]  # type: ignore[union-attr]  # of a seal


def test_a_parcel_that_is_not_here_is_a_return(bench: TestBench) -> None:
    sscc = pack(bench)
    bench.do(Intent.UNDO)
    bench.do(Intent.MAIN)

    bench.do(Intent.MAIN)
    without = bench.kinds()
    bench.scan(f"00{OTHER_SSCC}")
    wrong = bench.title
    bench.do(Intent.ACKNOWLEDGE)
    bench.do(Intent.TASK, "return")

    assert sscc != OTHER_SSCC
    assert (without.count("reverse"), wrong) == (0, "undo.other_label")
    assert bench.page == "return"


# ------------------------------------------------------------------------------- step after step


@pytest.mark.parametrize("synced", [False, True])
def test_several_steps_go_back_one_after_another_until_the_book_is_as_it_was(
    bench: TestBench, synced: bool
) -> None:
    bench.feed(policy_row())
    before, counted = stock(bench), tallied(bench, "inbound", ASN)
    receive(bench, 2)
    move(bench)
    adjust(bench, "38")
    if synced:
        confirm(bench)

    bench.do(Intent.UNDO)
    listed = rows(bench)
    bench.do(Intent.NO)
    take_back(bench, times=4)

    assert [code for code, _ in listed] == [
        "undo.did_adjust", "undo.did_move", "undo.did_short", "undo.did_receive",
    ]  # fmt: skip
    assert reversals(bench) == ["adjust", "move", "short", "receive", "receive"]
    assert (stock(bench), tallied(bench, "inbound", ASN)) == (before, counted)
    assert {state for _, state in rows(bench)} == {"undo.now_back"}
    confirm(bench)
    assert (stock(bench), tallied(bench, "inbound", ASN)) == (before, counted)


def test_what_was_taken_back_is_not_taken_back_again(bench: TestBench) -> None:
    move(bench)
    take_back(bench)
    recorded = bench.kinds()

    bench.do(Intent.MAIN)
    said = bench.screen.prompt
    bench.do(Intent.YES)

    assert (said.tone, said.title.code) == (Tone.WARN, "undo.already")
    assert bench.kinds() == recorded


def test_goods_that_went_on_are_taken_back_the_latest_first(bench: TestBench) -> None:
    move(bench, "B-11-1", "C-07-3")
    move(bench, "C-07-3", "A-04-2")
    bench.do(Intent.UNDO)
    first = bench.screen.choices.rows[1].key  # type: ignore[union-attr]  # a list
    bench.do(Intent.OPEN, first)
    said = bench.screen.prompt
    bench.do(Intent.MAIN)
    barred = reversals(bench)
    bench.do(Intent.NO)
    bench.do(Intent.NO)

    take_back(bench, times=2)

    assert (said.title.code, said.title.value("place")) == ("undo.gone", "C-07-3")
    assert (barred, reversals(bench)) == ([], ["move", "move"])
    assert bench.stock("B-11-1")[TRAY.sku] == 25


def test_an_act_shows_every_line_and_where_it_goes_back(bench: TestBench) -> None:
    receive(bench, 2)
    take_back(bench)
    bench.do(Intent.MAIN)

    assert bench.screen.choices is not None
    lines = [tuple(getattr(c, "code", c) for c in row.cells) for row in bench.screen.choices.rows]
    assert lines == [("undo.item", "lookup.units", "DOCK-1", "undo.place_supplier")] * 2
    assert bench.screen.document == ASN


# ---------------------------------------------------------------------------------- what it is not


def test_work_of_an_open_task_is_taken_back_there(bench: TestBench) -> None:
    bench.scan(ASN)
    bench.scan(MUG_CODE)
    bench.do(Intent.PAUSE)

    bench.do(Intent.UNDO)

    assert (bench.page, bench.title, bench.screen.choices.rows) == ("undo", "undo.none", ())  # type: ignore[union-attr]  # a list


def test_others_work_is_taken_back_by_whoever_puts_things_right(bench: TestBench) -> None:
    move(bench)
    switch(bench, OTHER_BADGE)
    bench.do(Intent.UNDO)
    colleague = rows(bench)
    bench.do(Intent.HOME)
    switch(bench, BOSS_BADGE)

    take_back(bench)

    assert colleague == []
    assert [one.actor for one in operations_of(bench) if one.kind == "reverse"] == ["p-adeyemi"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [("refused", "undo.never"), ("held", "undo.held"), ("conflict", "undo.never")],
)
def test_what_did_not_count_has_nothing_to_reverse(bench: TestBench, answer: str, why: str) -> None:
    move(bench)
    confirm(bench, answer)

    take_back(bench)

    assert (bench.title, reversals(bench)) == (why, [])


def test_a_reversal_the_ledger_refused_may_be_tried_again_unless_another_counts(
    bench: TestBench,
) -> None:
    move(bench)
    confirm(bench)
    take_back(bench)
    confirm(bench, "refused", "not_permitted")
    open_ = rows(bench)
    bench.do(Intent.MAIN)
    bench.do(Intent.MAIN)
    confirm(bench, "refused", "already_reversed")

    assert open_ == [("undo.did_move", "undo.now_synced")]
    assert rows(bench) == [("undo.did_move", "undo.now_back")]
    assert reversals(bench) == ["move", "move"]


def test_a_count_is_counted_again(bench: TestBench) -> None:
    bench.do(Intent.TASK, "count")
    bench.scan("LOC:A-04-2")
    bench.scan(MUG_CODE)
    bench.do(Intent.MAIN)
    bench.do(Intent.HOME)
    bench.do(Intent.UNDO)
    bench.do(Intent.MAIN)
    said = bench.title

    bench.do(Intent.TASK, "count")

    assert (said, bench.page, reversals(bench)) == ("undo.counted", "count", [])
    assert bench.screen.title.code == "count.title"


# ------------------------------------------------------------------------------------- four eyes


def test_taking_back_what_another_person_approved_asks_another_person(bench: TestBench) -> None:
    bench.feed(policy_row())
    bench.station.handle([LinkChanged(LinkState.ONLINE, "2026-11-23T07:00:00Z")])
    before = stock(bench)
    adjust(bench, "28")
    bench.do(Intent.UNDO)
    bench.do(Intent.MAIN)
    waits = bench.title
    bench.do(Intent.TASK, "approvals")
    bench.do(Intent.MAIN)
    prove(bench, BOSS_BADGE)
    bench.feed(
        outcome(bench, "adjust", "posted", postings=SHELF), outcome(bench, "decide", "posted")
    )
    bench.do(Intent.HOME)
    after = stock(bench)

    bench.do(Intent.UNDO)
    bench.do(Intent.OPEN, last(bench, "adjust")[0].id)
    asked = bench.screen.prompt
    bench.do(Intent.MAIN)
    held = (stock(bench), rows(bench)[-1])

    assert (waits, asked.title.code, asked.note.code) == (  # type: ignore[union-attr]  # it waits
        "undo.waits", "undo.confirm_waits", "waits.over_quantity_limit",
    )  # fmt: skip
    assert (bench.title, held) == ("undo.asked", (after, ("undo.did_adjust", "undo.now_back")))
    assert is_signed_by(bench, "reverse", BADGE)

    bench.feed(outcome(bench, "reverse", "waiting", "over_quantity_limit"))
    assert rows(bench)[-1] == ("undo.did_adjust", "undo.now_asked")
    later = bench.crash_and_restart()
    later.do(Intent.APPROVALS)
    assert [row.change for row in later.screen.waiting] == [12]
    later.do(Intent.MAIN)
    prove(later, BOSS_BADGE)
    later.feed(
        outcome(later, "reverse", "posted", postings=BACK), outcome(later, "decide", "posted")
    )
    assert stock(later) == before
    later.book.close()


def test_an_approval_is_answered_by_a_counter_entry_only(bench: TestBench) -> None:
    bench.feed(policy_row())
    bench.station.handle([LinkChanged(LinkState.ONLINE, "2026-11-23T07:00:00Z")])
    adjust(bench, "28")
    bench.scan("CMD:APPROVALS")
    bench.do(Intent.MAIN)
    prove(bench, BOSS_BADGE)
    bench.do(Intent.HOME)
    switch(bench, BOSS_BADGE)
    bench.do(Intent.UNDO)
    bench.do(Intent.MAIN)
    said, recorded = bench.title, bench.kinds()

    bench.do(Intent.MAIN)
    adjustment = bench.title

    assert (said, recorded.count("reverse")) == ("undo.approved", 0)
    assert adjustment == "undo.deciding"


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("at_once", [True, False])
def test_an_approval_made_without_a_link_is_countered_at_once(
    bench: TestBench, counts: bool, at_once: bool
) -> None:
    """Whether the ledger's answers come together or one by one, and whether it counts there."""
    bench.feed(policy_row())
    before = stock(bench)
    bench.station.handle([LinkChanged(LinkState.OFFLINE, "2026-11-23T07:00:00Z")])
    grant_to_boss(bench)
    adjust(bench, "28")
    bench.scan("CMD:APPROVALS")
    bench.do(Intent.MAIN)
    prove(bench, BOSS_BADGE)
    bench.do(Intent.HOME)
    approved = stock(bench)
    bench.feed(policy_row(limit=20))

    bench.do(Intent.UNDO)
    bench.do(Intent.OPEN, last(bench, "adjust")[0].id)
    bench.do(Intent.MAIN)
    countered = stock(bench)
    waits = outcome(bench, "adjust", "waiting", "over_quantity_limit")
    told = (
        (
            waits,
            outcome(bench, "decide", "posted"),
            outcome(bench, "adjust", "posted", postings=SHELF),
            outcome(bench, "reverse", "posted", postings=BACK),
        )
        if counts
        else (
            waits,
            outcome(bench, "decide", "refused", "grant_used_up"),
            outcome(bench, "reverse", "posted", "withdrew"),
            outcome(bench, "adjust", "refused", "withdrawn"),
        )
    )
    between = []
    for page in [told] if at_once else [(row,) for row in told]:
        bench.feed(*page)
        between.append(stock(bench))

    assert (approved != before, countered) == (True, before)
    assert bench.title == "undo.done"
    assert between == [before] * len(between)
    assert rows(bench)[-1] == ("undo.did_adjust", "undo.now_back")
    with bench.store.begin() as work:
        work.rebuild_effects()
    assert stock(bench) == before


def test_an_approval_made_without_a_link_is_countered_from_approvals(bench: TestBench) -> None:
    """The clerk whose bench it is sees what was approved there, not the decision itself."""
    bench.feed(policy_row())
    before = stock(bench)
    bench.station.handle([LinkChanged(LinkState.OFFLINE, "2026-11-23T07:00:00Z")])
    grant_to_boss(bench)
    adjust(bench, "28")
    bench.scan("CMD:APPROVALS")
    bench.do(Intent.MAIN)
    prove(bench, BOSS_BADGE)
    bench.feed(policy_row(limit=20))

    bench.do(Intent.UNDO)
    asked = (bench.page, bench.title)
    bench.do(Intent.MAIN)

    assert asked == ("undo", "undo.confirm")
    assert (bench.title, stock(bench)) == ("undo.done", before)
    assert reversals(bench) == ["adjust"]


@pytest.mark.parametrize("decided", ["withdrawn", "approved", "rejected"])
def test_what_turns_out_to_wait_after_it_was_taken_back_has_moved_nothing(
    bench: TestBench, decided: str
) -> None:
    """The ledger knows more than the station: the day's sum, a policy that is not here yet."""
    bench.feed(policy_row())
    before = stock(bench)
    adjust(bench, "38")
    take_back(bench)
    between = [stock(bench)]
    answers = {
        "withdrawn": (
            outcome(bench, "reverse", "posted", "withdrew"),
            outcome(bench, "adjust", "refused", "withdrawn"),
        ),
        "approved": (
            outcome(bench, "adjust", "posted", postings=shelf(-2)),
            outcome(bench, "reverse", "posted", postings=shelf(2)),
        ),
        "rejected": (
            outcome(bench, "adjust", "refused", "rejected"),
            outcome(bench, "reverse", "refused", "original_refused"),
        ),
    }

    for row in (outcome(bench, "adjust", "waiting", "over_daily_quantity"), *answers[decided]):
        bench.feed(row)
        between.append(stock(bench))

    assert between == [before] * 4
    with bench.store.begin() as work:
        assert work.waiting_count() == 0
        # The request was rejected: that is said, once.
        assert len(work.attention(5)) == (decided == "rejected")
        work.rebuild_effects()
    assert stock(bench) == before
    now = "undo.now_refused" if decided == "rejected" else "undo.now_back"
    assert rows(bench) == [("undo.did_adjust", now)]


def test_only_whoever_takes_it_back_signs_and_without_a_key_by_badge_and_pin(
    bench: TestBench,
) -> None:
    bench.feed(policy_row())
    adjust(bench, "38")
    bench.station.engine._session = replace(bench.station.engine._session, key=None)  # type: ignore[type-var]  # signed in

    take_back(bench)
    asked = (bench.screen.proof is not None, reversals(bench))
    bench.do(Intent.NO)
    left = (bench.page, reversals(bench))
    bench.do(Intent.MAIN)
    prove(bench, BADGE)

    assert (asked, left) == ((True, []), ("undo", []))
    assert (reversals(bench), is_signed_by(bench, "reverse", BADGE)) == (["adjust"], True)


# ------------------------------------------------------------------------------- how it is found


def test_a_slip_an_item_or_a_parcel_finds_what_was_done_with_it(bench: TestBench) -> None:
    receive(bench, 1)
    sscc = pack(bench)
    move(bench)
    bench.do(Intent.UNDO)
    bench.scan(ORDER)
    slip = rows(bench)
    bench.do(Intent.NO)
    bench.scan(TRAY_CODE)
    item = rows(bench)
    bench.scan(ASN)
    delivery = rows(bench)
    bench.scan(f"00{sscc}")
    parcel = bench.title
    bench.do(Intent.NO)
    bench.scan("LOC:A-04-2")
    place = bench.title

    assert [code for code, _ in slip] == ["undo.did_ship"]
    assert [code for code, _ in item] == ["undo.did_move", "undo.did_ship", "undo.did_short"]
    assert [code for code, _ in delivery] == ["undo.did_short", "undo.did_receive"]
    assert (parcel, place, bench.screen.locked) == ("undo.confirm", "undo.not_now", True)


def test_a_finished_order_and_a_record_looked_up_lead_to_what_is_taken_back(
    bench: TestBench,
) -> None:
    pack(bench)
    bench.scan(ORDER)
    bench.do(Intent.UNDO)
    from_slip = (bench.page, rows(bench))
    bench.do(Intent.HOME)
    bench.do(Intent.LOOKUP)
    bench.scan(MUG_CODE)
    bench.do(Intent.WHY)
    bench.do(Intent.UNDO)

    assert from_slip == ("undo", [("undo.did_ship", "undo.now_here")])
    assert (bench.page, bench.title) == ("undo", "undo.scan_label")


def test_an_exception_leads_to_the_record_that_was_wrong(bench: TestBench) -> None:
    move(bench)
    wrong = operations_of(bench)[-1].id
    ways = ("reverse_mistake", "close_with_note")
    bench.feed(exception("x-1", operation=wrong, ways=ways), exception("x-2", ways=ways))
    switch(bench, BOSS_BADGE)
    bench.do(Intent.TASK, "exceptions")
    bench.do(Intent.OPEN)
    bench.do(Intent.CHOOSE, "x-2")
    bench.do(Intent.TASK, "reverse_mistake")
    elsewhere = (bench.page, bench.title)
    bench.do(Intent.CHOOSE, "x-1")
    bench.do(Intent.TASK, "reverse_mistake")

    assert elsewhere == ("exceptions", "way.reverse_mistake")
    assert (bench.page, bench.title) == ("undo", "undo.confirm")


def test_a_long_day_is_pages_of_fifty_that_follow_by_key(bench: TestBench) -> None:
    move(bench)
    again(bench, 53)
    bench.do(Intent.UNDO)
    first = len(rows(bench))
    bench.do(Intent.NEXT)
    rest = len(rows(bench))

    assert (first, rest, bench.screen.choices.more) == (50, 4, False)  # type: ignore[union-attr]  # a list


def test_own_work_behind_a_thousand_records_of_others_is_pages_further(bench: TestBench) -> None:
    move(bench)
    switch(bench, OTHER_BADGE)
    move(bench)
    again(bench, 1_000)
    switch(bench, BADGE)
    bench.do(Intent.UNDO)
    first = (bench.title, rows(bench))
    bench.do(Intent.NEXT)

    assert first == ("undo.further", [])
    assert rows(bench) == [("undo.did_move", "undo.now_here")]


def test_without_a_link_it_holds_here_at_once(bench: TestBench) -> None:
    bench.station.handle([LinkChanged(LinkState.OFFLINE, "2026-11-23T07:00:00Z")])
    move(bench)
    bench.do(Intent.UNDO)
    said = bench.screen.prompt.note
    bench.do(Intent.NO)

    take_back(bench)

    assert said is not None
    assert (said.code, bench.stock("B-11-1")[TRAY.sku]) == ("undo.offline", 25)
