"""Several parcels of one order: the next one, one opened again, units from one into another."""

from pathlib import Path

from app.contract.messages import OrderedLine
from app.domain.operation import Kind
from app.domain.text import Text, text
from app.station.inbox import Intent
from app.station.lists import ListView
from app.station.screen import Page, Sound
from tests.station.recorded import operations_of
from tests.station.test_pack import MUG_CODE, SMALL_TRAY_CODE, TOWEL_CODE, TRAY_CARTON, TRAY_CODE
from tests.support.bench import MUG, TOWEL, TRAY, TestBench, order_row

SMALL_BOX = 120_000
FIRST_WEIGHT = 2 * 310_000 + SMALL_BOX
SECOND_WEIGHT = 3 * 820_000 + 95_000 + SMALL_BOX


def seal(bench: TestBench, weight_mg: int) -> str:
    """The box in hand goes over the scale and gets its label; the SSCC."""
    bench.weigh(weight_mg)
    bench.printed()
    assert bench.screen.label is not None
    return bench.screen.label.sscc


def two_mugs_sealed(bench: TestBench) -> str:
    """Both mugs are in parcel 1, which is full, sealed and labelled; parcel 2 is in hand."""
    bench.scan(MUG_CODE)
    bench.scan(MUG_CODE)
    bench.do(Intent.NEXT)
    bench.do(Intent.NEXT)
    sscc = seal(bench, FIRST_WEIGHT)
    assert bench.title == "pack.label_on"
    bench.do(Intent.MAIN)
    return sscc


def shown(bench: TestBench) -> ListView:
    assert bench.screen.choices is not None
    return bench.screen.choices


def flagged(bench: TestBench) -> Text | None:
    return bench.screen.flag


def test_what_does_not_fit_goes_into_a_second_parcel_and_both_leave_together(
    packing: TestBench,
) -> None:
    first = two_mugs_sealed(packing)
    assert "ship" not in packing.kinds()
    assert packing.screen.prompt.title.code == "pack.packing_into"
    for code in (TRAY_CODE, TRAY_CODE, TRAY_CODE, TOWEL_CODE):
        packing.scan(code)
    assert packing.title == "weigh.title_parcel"
    second = seal(packing, SECOND_WEIGHT)
    assert packing.title == "pack.hand_over_all"
    packing.do(Intent.MAIN)

    shipped = [body for body in operations_of(packing) if body.kind == Kind.SHIP]
    assert [body.evidence["sscc"] for body in shipped] == [first, second]
    assert [sum(line.quantity for line in body.lines) for body in shipped] == [2, 4]
    assert packing.stock("customer") == {MUG.sku: 2, TRAY.sku: 3, TOWEL.sku: 1}
    assert (packing.page, packing.sounds[-1]) == (Page.HOME, Sound.ORDER)


def test_every_line_says_in_which_parcel_its_units_are(packing: TestBench) -> None:
    packing.scan(TRAY_CODE)
    assert packing.screen.lines[1].note is None
    packing.do(Intent.NEXT)
    packing.do(Intent.CHOOSE, "2")
    packing.do(Intent.OPEN, "2")
    packing.scan(TRAY_CODE)
    packing.scan(TRAY_CODE)

    notes = [line.note for line in packing.screen.lines]
    assert notes[0] is None
    assert notes[1] is not None
    assert notes[1].params == (("where", "P1:1 P2:2"),)
    packing.do(Intent.UNDO)
    packing.do(Intent.UNDO)
    assert packing.screen.lines[1].note is None


def test_a_sealed_parcel_is_opened_again_and_sealed_under_a_new_number(packing: TestBench) -> None:
    first = two_mugs_sealed(packing)
    packing.scan("00" + first)
    assert packing.title == "pack.parcels"
    packing.do(Intent.MAIN)
    assert packing.title == "pack.opened_again"

    packing.scan(TOWEL_CODE)
    packing.do(Intent.NEXT)
    packing.do(Intent.NEXT)
    again = seal(packing, FIRST_WEIGHT + 95_000)

    assert again != first
    assert [body.reason for body in operations_of(packing) if body.kind == Kind.REOPEN] == [
        "repack"
    ]
    assert packing.title == "pack.label_on"


def test_opening_by_mistake_is_taken_back_and_the_label_holds(packing: TestBench) -> None:
    first = two_mugs_sealed(packing)
    packing.scan("00" + first)
    packing.do(Intent.MAIN)
    packing.do(Intent.UNDO)

    assert packing.title == "pack.label_on"
    assert packing.screen.label is not None
    assert packing.screen.label.sscc == first
    packing.do(Intent.MAIN)
    packing.scan(TRAY_CODE)
    assert packing.screen.done == 3


def test_a_unit_moves_from_one_parcel_into_another(packing: TestBench) -> None:
    first = two_mugs_sealed(packing)
    packing.scan("00" + first)
    packing.do(Intent.TAKE_OUT)
    packing.scan(MUG_CODE)
    assert packing.title == "pack.taken_out"
    assert packing.screen.done == 1
    packing.do(Intent.MAIN)
    packing.do(Intent.NEXT)
    packing.do(Intent.OPEN, "2")
    packing.scan(MUG_CODE)

    assert packing.screen.lines[0].note is not None
    assert packing.screen.lines[0].note.params == (("where", "P1:1 P2:1"),)
    assert packing.stock("A-04-2") == {MUG.sku: 38}


def test_what_is_not_in_the_parcel_cannot_come_out(packing: TestBench) -> None:
    packing.scan(MUG_CODE)
    packing.do(Intent.TAKE_OUT)
    kinds = packing.kinds()

    for code in (TRAY_CODE, SMALL_TRAY_CODE, TRAY_CARTON):
        packing.scan(code)
        assert packing.title == "pack.not_inside"
        packing.scan("CMD:ACK")
    assert packing.kinds() == kinds


def test_an_empty_parcel_is_neither_weighed_nor_searched(packing: TestBench) -> None:
    packing.do(Intent.TAKE_OUT)
    assert packing.title == "pack.nothing_inside"
    packing.do(Intent.NEXT)
    packing.do(Intent.NEXT)

    assert packing.title == "pack.nothing_inside"
    assert packing.fates == packing.fates[:2]


def test_undo_walks_back_through_every_parcel(packing: TestBench) -> None:
    two_mugs_sealed(packing)
    packing.scan(TRAY_CODE)

    packing.do(Intent.UNDO)
    assert packing.title == "pack.undone"
    packing.do(Intent.UNDO)
    assert packing.title == "weigh.title"
    packing.do(Intent.UNDO)
    packing.do(Intent.UNDO)

    assert packing.screen.done == 0
    assert packing.stock("A-04-2") == {MUG.sku: 40}
    packing.do(Intent.UNDO)
    assert packing.title == "pack.nothing_to_undo"


def test_the_parcels_of_an_order_survive_kill_9(packing: TestBench) -> None:
    first = two_mugs_sealed(packing)
    packing.scan(TRAY_CODE)

    again = packing.crash_and_restart()

    assert again.screen.done == 3
    assert again.screen.lines[1].note is not None
    again.do(Intent.NEXT)
    assert [
        row.cells[1].params for row in shown(again).rows if not isinstance(row.cells[1], str)
    ] == [
        (("n", 2),),
        (("n", 1),),
        (("n", 0),),
    ]
    again.scan("00" + first)
    assert shown(again).chosen == "1"
    again.book.close()


def test_the_rest_is_short_and_what_is_sealed_leaves_alone(packing: TestBench) -> None:
    two_mugs_sealed(packing)
    for _ in range(2):
        packing.do(Intent.SHORT)
        packing.do(Intent.SHORT)

    assert packing.title == "pack.hand_over"
    packing.do(Intent.MAIN)
    assert packing.stock("customer") == {MUG.sku: 2}
    assert packing.kinds().count("seal") == 1


def test_an_order_with_nothing_to_send_makes_no_parcel(tmp_path: Path) -> None:
    bench = TestBench(tmp_path, orders=(order_row(lines=(OrderedLine(1, MUG.sku, 2),)),))
    bench.sign_in()
    bench.scan("ORD-48213")
    bench.do(Intent.SHORT)
    bench.do(Intent.REASON, "not_reached")
    assert bench.title == "pack.nothing_in"

    bench.do(Intent.MAIN)

    assert bench.page == Page.HOME
    assert bench.kinds()[-1] == "short"
    assert operations_of(bench)[-1].reason == "not_reached"
    bench.book.close()


def test_a_cancelled_order_is_taken_out_of_every_parcel(packing: TestBench) -> None:
    two_mugs_sealed(packing)
    packing.scan(TRAY_CODE)
    packing.feed(order_row(version=2, state="cancelled"))

    packing.scan("LOC:C-07-3")

    assert packing.stock("C-07-3")[MUG.sku] == 2
    assert packing.stock("C-07-3")[TRAY.sku] == 1
    assert packing.kinds()[-2:] == ["unpack", "unpack"]


def test_a_new_address_voids_the_labels_of_all_parcels(packing: TestBench) -> None:
    first = two_mugs_sealed(packing)
    packing.feed(order_row(version=2, ship_to=("Jonna Berg", "Neuer Weg 1", "24103 Kiel", "DE")))
    assert packing.title == "pack.order_changed"
    packing.do(Intent.ACKNOWLEDGE)

    packing.scan("00" + first)

    assert packing.title == "label.wrong"
    packing.do(Intent.ACKNOWLEDGE)
    packing.do(Intent.NEXT)
    states = [row.cells[2] for row in shown(packing).rows]
    assert [getattr(state, "code", "") for state in states] == [
        "pack.parcel_open",
        "pack.parcel_in_hand",
    ]


def test_a_damaged_unit_is_recorded_with_its_reason(packing: TestBench) -> None:
    packing.do(Intent.SHORT)
    packing.scan("CMD:REASON-LEAKING")

    last = operations_of(packing)[-1]
    assert (last.kind, last.reason) == (Kind.RECLASSIFY, "leaking")
    assert packing.screen.done == 0


def test_the_customer_s_note_is_flagged_until_the_box_is_closed(tmp_path: Path) -> None:
    bench = TestBench(tmp_path, orders=(order_row(note="Gift: no invoice"),))
    bench.sign_in()
    bench.scan("ORD-48213")
    assert flagged(bench) == text("pack.flag", note="Gift: no invoice")
    for code in (MUG_CODE, MUG_CODE, TRAY_CODE, TRAY_CODE, TRAY_CODE, TOWEL_CODE):
        bench.scan(code)
    assert flagged(bench) is not None

    bench.weigh(FIRST_WEIGHT + SECOND_WEIGHT - SMALL_BOX)

    assert flagged(bench) is None
    bench.book.close()


def test_parcels_taken_back_after_the_hand_over_stand_beside_each_other_again(
    packing: TestBench,
) -> None:
    first = two_mugs_sealed(packing)
    for code in (TRAY_CODE, TRAY_CODE, TRAY_CODE, TOWEL_CODE):
        packing.scan(code)
    second = seal(packing, SECOND_WEIGHT)
    packing.do(Intent.MAIN)
    for sscc in (second, first):
        packing.do(Intent.UNDO)
        packing.scan(f"00{sscc}")
        packing.do(Intent.MAIN)
        while packing.page == Page.UNDO:
            packing.do(Intent.NO)

    packing.scan("ORD-48213")
    assert packing.page == Page.PACK
    packing.do(Intent.NO)
    packing.do(Intent.NEXT)

    assert packing.stock("customer") == {}
    units = [row.cells[1] for row in shown(packing).rows]
    assert units == [text("pack.units", n=2), text("pack.units", n=4), text("pack.units", n=0)]
    assert shown(packing).rows[2].key == "3"
