"""Both ends of a transfer as people do them: what leaves, what arrives, and what does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs
from sqlalchemy import event

from app.contract.messages import (
    DocumentLine,
    DocumentRow,
    ItemRow,
    Operation,
    OutcomeRow,
    PostedLine,
    Reference,
    TallyDelta,
    operation_body,
)
from app.domain.text import Text
from app.station.inbox import Intent, LinkChanged, LinkState
from app.station.screen import LineState, Page, Sound, Tone
from tests.support.bench import MUG, TRAY, TestBench

OUT, IN = "TR-5001", "TR-5002"
MUG_CODE, TRAY_CODE, TOWEL_CODE = "2900000000018", "2900000000025", "2900000000049"
CLOCK = ItemRow("SKU-30001", "Kitchen clock", tracking="serial")
LINES = (DocumentLine(1, MUG.sku, 4), DocumentLine(2, TRAY.sku, 2))


def transfer(number: str, state: str, version: int = 1) -> DocumentRow:
    """Four mugs and two trays, from here to BRE or from BRE to here."""
    ends = ("HAM", "BRE") if number == OUT else ("BRE", "HAM")
    return DocumentRow(
        kind="transfer",
        document=number,
        version=version,
        state=state,
        origin=ends[0],
        destination=ends[1],
        lines=LINES,
    )


def under_way(number: str = IN, mugs: int = 4, trays: int = 2) -> OutcomeRow:
    """The other site has dispatched them."""
    return OutcomeRow(
        id="0193a1c2-77aa-7c3d-9d15-0000000000aa",
        kind="dispatch",
        outcome="posted",
        enrolment="enr-bre",
        seq=1,
        actor="p-berg",
        reference=Reference(document_kind="transfer", document=number),
        postings=(
            PostedLine(f"transit/{number}", MUG.sku, mugs),
            PostedLine(f"transit/{number}", TRAY.sku, trays),
        ),
        tallies=(
            TallyDelta("transfer", number, 1, "dispatched", mugs),
            TallyDelta("transfer", number, 2, "dispatched", trays),
        ),
    )


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    made.sign_in()
    made.master(CLOCK)
    made.feed(transfer(OUT, "approved"), transfer(IN, "in_transit"), under_way())
    yield made
    made.book.close()


def recorded(bench: TestBench, kind: str) -> list[Operation]:
    """Operations of a kind that are about a transfer."""
    with bench.book.reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT body FROM operation ORDER BY n").all()
    found = [operation_body.decode(row[0]) for row in rows]
    return [one for one in found if one.kind == kind and one.reference is not None]


def ship_all(bench: TestBench) -> None:
    bench.scan(OUT)
    bench.scan("CMD:QTY-4")
    bench.scan(MUG_CODE)
    bench.scan("CMD:QTY-2")
    bench.scan(TRAY_CODE)


def two_lots(bench: TestBench) -> None:
    """Mugs of two lots lie at C-07-3, and goods are taken from there."""
    postings = tuple(PostedLine("C-07-3", MUG.sku, 3, lot) for lot in ("L-2291", "L-3000"))
    bench.feed(OutcomeRow("op-lots", "receive", "posted", "enr-9", 1, postings=postings))
    bench.scan(OUT)
    bench.scan("LOC:C-07-3")
    bench.scan(MUG_CODE)


def receiving(bench: TestBench) -> None:
    bench.scan(IN)
    bench.scan("LOC:C-07-3")


# ------------------------------------------------------------------------------------ shipping


def test_every_scan_dispatches_from_where_the_goods_are(bench: TestBench) -> None:
    bench.scan(OUT)
    bench.scan(MUG_CODE)

    (made,) = recorded(bench, "dispatch")
    (line,) = made.lines
    assert (line.item, line.quantity, line.order_line) == (MUG.sku, 1, 1)
    assert (line.source, line.target) == ("A-04-2", f"transit/{OUT}")
    assert made.reference == Reference(document_kind="transfer", document=OUT)
    assert (bench.screen.done, bench.screen.total) == (1, 6)


@pytest.mark.parametrize(("number", "kind"), [(OUT, "dispatch"), (IN, "accept")])
def test_a_serial_number_leaves_once_and_arrives_once(
    bench: TestBench, number: str, kind: str
) -> None:
    bench.scan(number)
    bench.scan("LOC:B-11-1")
    bench.scan("(01)02900000000018(21)S-1")

    bench.scan("(01)02900000000018(21)S-1")

    assert bench.title == "pack.serial_twice"
    assert len(recorded(bench, kind)) == 1


def test_a_place_that_was_scanned_is_where_goods_are_taken_from(bench: TestBench) -> None:
    bench.scan(OUT)
    bench.scan("LOC:B-11-1")
    bench.scan(MUG_CODE)

    assert recorded(bench, "dispatch")[0].lines[0].source == "B-11-1"


@pytest.mark.parametrize(("answer", "lot"), [("", "L-2291"), ("L-3000", "L-3000")])
def test_which_lot_leaves_is_asked_where_several_lie(
    bench: TestBench, answer: str, lot: str
) -> None:
    two_lots(bench)
    assert (bench.title, recorded(bench, "dispatch")) == ("lots.which", [])

    if answer:
        bench.scan(answer)
    else:
        bench.do(Intent.MAIN)

    (sent,) = recorded(bench, "dispatch")
    assert (sent.lines[0].lot, sent.lines[0].source) == (lot, "C-07-3")
    assert bench.title == "transfer.shipped"


def test_a_complete_transfer_is_closed_with_its_seal(bench: TestBench) -> None:
    ship_all(bench)
    assert bench.sounds[-1] is Sound.ORDER
    bench.do(Intent.MAIN)
    bench.scan("SEAL-0099812")

    (closed,) = recorded(bench, "event")
    assert (closed.reason, closed.evidence) == (
        "transfer_sealed",
        {"seal": "SEAL-0099812", "left": 0},
    )
    assert (bench.page, bench.title) == ("home", "transfer.ship_done")


def test_what_stays_here_needs_a_reason(bench: TestBench) -> None:
    bench.scan(OUT)
    bench.scan(MUG_CODE)
    bench.do(Intent.MAIN)
    assert bench.title == "transfer.ask_rest"
    bench.scan("CMD:REASON-NOT-FOUND")
    bench.do(Intent.MAIN)

    (closed,) = recorded(bench, "event")
    assert (closed.reason, closed.evidence["left"]) == ("transfer_not_found", 5)
    assert bench.title == "transfer.ship_part"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (TOWEL_CODE, "transfer.not_asked"),
        ("4006381333931", "transfer.unknown_item"),
        ("CMD:QTY-3", "pack.armed"),
    ],
)
def test_a_wrong_piece_does_not_leave(bench: TestBench, code: str, said: str) -> None:
    bench.scan(OUT)
    bench.scan(code)

    assert bench.title == said
    assert recorded(bench, "dispatch") == []


def test_more_than_asked_for_does_not_leave(bench: TestBench) -> None:
    bench.scan(OUT)
    bench.scan("CMD:QTY-5")
    bench.scan(MUG_CODE)

    assert (bench.title, bench.screen.prompt.tone) == ("transfer.too_many", Tone.ERROR)
    bench.scan(MUG_CODE)
    assert bench.fates[-1] == "refused"
    bench.scan("CMD:ACK")
    assert recorded(bench, "dispatch") == []


def test_a_dispatch_is_taken_back_step_by_step(bench: TestBench) -> None:
    ship_all(bench)
    bench.do(Intent.UNDO)
    bench.do(Intent.UNDO)

    assert len(recorded(bench, "reverse")) == 2
    assert bench.screen.done == 0
    assert bench.stock("A-04-2")[MUG.sku] == 40


# ------------------------------------------------------------------------------------ receiving


def test_every_scan_accepts_into_the_place(bench: TestBench) -> None:
    receiving(bench)
    bench.scan(MUG_CODE)

    (made,) = recorded(bench, "accept")
    (line,) = made.lines
    assert (line.source, line.target, line.order_line) == (f"transit/{IN}", "C-07-3", 1)
    assert (bench.screen.done, bench.screen.total) == (1, 6)


def test_goods_need_a_place_before_they_are_received(bench: TestBench) -> None:
    bench.scan(IN)
    bench.scan(MUG_CODE)

    assert bench.title == "transfer.target_first"
    assert recorded(bench, "accept") == []


def test_a_damaged_piece_is_received_as_damaged(bench: TestBench) -> None:
    receiving(bench)
    bench.scan("CMD:DAMAGED")
    bench.scan(MUG_CODE)
    bench.scan(MUG_CODE)

    conditions = [made.lines[0].to_condition for made in recorded(bench, "accept")]
    assert conditions == ["damaged", ""]


def test_everything_received_ends_the_transfer(bench: TestBench) -> None:
    receiving(bench)
    bench.scan("CMD:QTY-4")
    bench.scan(MUG_CODE)
    bench.scan("CMD:QTY-2")
    bench.scan(TRAY_CODE)
    bench.do(Intent.MAIN)

    assert (bench.page, bench.title) == ("home", "transfer.receive_done")


@pytest.mark.parametrize(("answer", "accepted"), [(Intent.YES, 1), (Intent.NO, 0)])
def test_what_is_not_on_the_manifest_is_asked_about(
    bench: TestBench, answer: Intent, accepted: int
) -> None:
    receiving(bench)
    bench.scan(TOWEL_CODE)
    assert bench.title == "transfer.ask_extra"

    bench.do(answer)

    made = recorded(bench, "accept")
    assert len(made) == accepted
    assert [line.order_line for one in made for line in one.lines] == [0] * accepted
    assert bench.screen.prompt.tone is not Tone.ERROR


@pytest.mark.parametrize(
    ("way", "target", "said"),
    [("lost", "scrap", "transfer.lost_told"), ("never_left", "DOCK-9", "transfer.never_left_told")],
)
def test_what_is_missing_is_put_where_it_is(
    bench: TestBench, way: str, target: str, said: str
) -> None:
    receiving(bench)
    bench.scan("CMD:QTY-3")
    bench.scan(MUG_CODE)
    bench.do(Intent.MAIN)
    assert (bench.title, dict(bench.screen.prompt.title.params)) == (
        "transfer.ask_missing",
        {"n": 3},
    )
    bench.do(Intent.REASON, way)
    if way == "never_left":
        bench.scan(target)

    (made,) = recorded(bench, "short")
    told = {(line.item, line.quantity, line.order_line) for line in made.lines}
    assert told == {(MUG.sku, 1, 1), (TRAY.sku, 2, 2)}
    assert {(line.source, line.target) for line in made.lines} == {(f"transit/{IN}", target)}
    assert bench.title == said
    bench.scan(IN)
    bench.do(Intent.MAIN)
    assert len(recorded(bench, "short")) == 1
    assert bench.title == "transfer.receive_done"


def test_missing_goods_are_told_to_both_sites(bench: TestBench) -> None:
    receiving(bench)
    bench.scan(MUG_CODE)
    bench.do(Intent.MAIN)
    bench.do(Intent.REASON, "missing")

    told = recorded(bench, "accept")[-1]
    assert (told.lines, told.evidence) == ((), {"complete": True})
    assert bench.title == "transfer.missing_told"


def test_the_rest_may_come_later(bench: TestBench) -> None:
    receiving(bench)
    bench.scan(MUG_CODE)
    bench.do(Intent.MAIN)
    bench.do(Intent.REASON, "later")
    assert bench.title == "transfer.more_comes"

    bench.scan(IN)

    assert (bench.page, bench.screen.done) == ("transfer", 1)


def test_lines_say_how_far_each_has_come(bench: TestBench) -> None:
    receiving(bench)
    bench.scan("CMD:QTY-4")
    bench.scan(MUG_CODE)

    lines = bench.screen.lines
    assert [line.state for line in lines] == [LineState.DONE, LineState.CURRENT]
    assert bench.screen.current == 2


# ------------------------------------------------------------------------------------ around it


def test_kill_9_loses_nothing(bench: TestBench) -> None:
    receiving(bench)
    bench.scan(MUG_CODE)
    bench.scan("CMD:DAMAGED")

    again = bench.crash_and_restart()

    assert (again.screen.page, again.screen.done) == (Page.TRANSFER, 1)
    again.scan(MUG_CODE)
    assert recorded(again, "accept")[-1].lines[0].to_condition == "damaged"
    again.book.close()


def test_a_paused_transfer_goes_on_where_it_was(bench: TestBench) -> None:
    bench.scan(OUT)
    bench.scan("LOC:B-11-1")
    bench.do(Intent.PAUSE)
    bench.scan(OUT)
    bench.scan(MUG_CODE)

    assert recorded(bench, "dispatch")[0].lines[0].source == "B-11-1"


def test_the_list_says_both_directions(bench: TestBench) -> None:
    bench.do(Intent.TASK, "transfer")
    shown = bench.screen.choices
    assert shown is not None
    assert {row.key: row.cells[1] for row in shown.rows} == {
        OUT: Text("transfer.row_ship", (("other", "BRE"), ("n", 6))),
        IN: Text("transfer.row_receive", (("other", "BRE"), ("n", 6))),
    }

    bench.do(Intent.CHOOSE, IN)
    bench.do(Intent.MAIN)

    assert bench.screen.document == IN


@pytest.mark.parametrize(
    ("number", "state", "said"),
    [
        (OUT, "requested", "transfer.not_approved"),
        (OUT, "closed", "transfer.over"),
        (IN, "approved", "transfer.not_shipped"),
        (IN, "closed", "transfer.over"),
    ],
)
def test_a_transfer_nothing_can_be_done_for_is_said_before_the_work(
    bench: TestBench, number: str, state: str, said: str
) -> None:
    bench.feed(transfer(number, state, version=2))
    bench.scan(number)

    assert (bench.page, bench.title) == ("home", said)
    assert bench.fates[-1] == "refused"


def test_a_transfer_goes_on_without_a_link(bench: TestBench) -> None:
    bench.station.handle([LinkChanged(LinkState.OFFLINE, "2026-11-23T07:30:00Z")])
    ship_all(bench)

    assert len(recorded(bench, "dispatch")) == 2


# ------------------------------------------------------------------------------------ many lines


@pytest.mark.parametrize("number", [OUT, IN])
def test_six_hundred_lines_cost_no_more_questions_than_ten(tmp_path: Path, number: str) -> None:
    """More than one bite of a query by items: reading names and places anew would show."""

    def questions(count: int) -> int:
        items = tuple(ItemRow(f"SKU-9{n:04}", f"Candle {n}") for n in range(count))
        lines = tuple(DocumentLine(n, one.sku, 2) for n, one in enumerate(items, 1))
        folder = tmp_path / str(count)
        folder.mkdir()
        bench = TestBench(folder)
        bench.sign_in()
        bench.master(*items)
        row = transfer(number, "approved" if number == OUT else "in_transit")
        came = tuple(TallyDelta("transfer", IN, line.line, "dispatched", 2) for line in lines)
        bench.feed(structs.replace(row, lines=lines), structs.replace(under_way(), tallies=came))
        bench.scan(number)
        bench.scan("LOC:C-07-3")
        bench.scan(items[3].sku)
        asked: list[str] = []
        event.listen(bench.book.writer, "before_cursor_execute", lambda *q: asked.append(str(q[2])))
        bench.scan(items[5].sku)
        assert (bench.screen.done, bench.screen.lines[5].done) == (2, 1)
        bench.book.close()
        return len(asked)

    assert questions(600) == questions(10)


def test_what_others_do_to_an_open_transfer_is_shown_at_once(bench: TestBench) -> None:
    bench.scan(OUT)
    bench.scan(MUG_CODE)
    delta = (TallyDelta("transfer", OUT, 2, "dispatched", 2),)
    reference = Reference(document_kind="transfer", document=OUT)
    bench.feed(structs.replace(under_way(), postings=(), tallies=delta, reference=reference))

    assert [line.done for line in bench.screen.lines] == [1, 2]
    bench.feed(structs.replace(transfer(OUT, "dispatching", 2), lines=LINES[:1]))
    assert [(line.done, line.wanted) for line in bench.screen.lines] == [(1, 4)]
    bench.do(Intent.UNDO)
    assert [line.done for line in bench.screen.lines] == [0]


def test_the_place_to_take_from_follows_the_goods(bench: TestBench) -> None:
    bench.scan(OUT)
    assert bench.screen.lines[0].place == "A-04-2"
    moved = (PostedLine("A-04-2", MUG.sku, -40), PostedLine("C-07-3", MUG.sku, 40))
    bench.feed(structs.replace(under_way(), tallies=(), postings=moved))

    assert bench.screen.lines[0].place == "C-07-3"
