"""What the exchange promises, against a ledger in memory that loses, repeats and is restored."""

from dataclasses import replace

import msgspec
import pytest

from app.contract.messages import (
    ChangesPage,
    ChangesQuery,
    MasterQuery,
    NotNow,
    PostBatch,
    Posted,
    SnapshotPage,
    SnapshotQuery,
)
from app.errors import Trouble
from app.station.inbox import LinkState
from app.sync import exchange as exchange_module
from app.sync.outcomes import Again, Failed, Idle, Later, Moved, Stopped
from app.sync.trouble import CutOff, Unreachable
from tests.sync.floor import Floor, floor, poison, times


@pytest.fixture
def bench() -> Floor:
    return floor()


# ------------------------------------------------------------------ the good day


def test_what_was_recorded_is_posted_once_and_confirmed_by_the_feed(bench: Floor) -> None:
    ids = [bench.desk.record(quantity=n) for n in (3, 1, 4)]

    bench.settle()

    assert bench.ledger.ids() == ids
    assert bench.desk.confirmed()
    assert bench.desk.balances["DOCK-1", "MUG-BLUE"] == 8


def test_acknowledged_is_not_confirmed_until_the_feed_shows_it(bench: Floor) -> None:
    bench.settle()
    bench.desk.record()

    pushed = bench.exchange.push()

    assert pushed == Moved(1, more=False)
    assert bench.desk.transports() == ["acknowledged"]
    bench.exchange.pull(0)
    assert bench.desk.transports() == ["confirmed"]


def test_nothing_to_send_asks_the_ledger_nothing(bench: Floor) -> None:
    assert bench.exchange.push() == Idle()
    assert bench.ledger.posts == []


def test_a_long_outbox_goes_in_batches_and_a_long_feed_in_pages(bench: Floor) -> None:
    bench.settle()
    for _ in range(1_203):
        bench.desk.record()

    outcomes = [bench.exchange.push() for _ in range(4)]
    pages = [bench.exchange.pull(0) for _ in range(4)]

    assert outcomes == [
        Moved(500, more=True),
        Moved(500, more=True),
        Moved(203, more=False),
        Idle(),
    ]
    assert pages == [Moved(500, more=True), Moved(500, more=True), Moved(203, more=False), Idle()]
    assert bench.desk.confirmed()


def test_a_round_is_only_done_when_the_feed_has_been_read_to_its_head(bench: Floor) -> None:
    bench.settle()
    for _ in range(501):
        bench.desk.record()
    bench.exchange.push()
    bench.exchange.push()
    rounds = bench.desk.rounds

    bench.exchange.pull(0)
    assert bench.desk.rounds == rounds

    bench.exchange.pull(0)
    assert bench.desk.rounds == rounds + 1


def test_another_bench_sees_what_this_one_posted(bench: Floor) -> None:
    other = bench.another_bench("enr-bench-5")
    other.settle()
    bench.desk.record(quantity=12)

    bench.settle()
    other.settle()

    assert other.desk.balances == {("DOCK-1", "MUG-BLUE"): 12, ("supplier", "MUG-BLUE"): -12}


def test_the_patience_asked_for_is_what_the_ledger_is_told(bench: Floor) -> None:
    bench.settle()

    bench.exchange.pull(7)

    assert bench.ledger.pulls[-1].wait_s == 7


def test_master_rows_are_applied_before_the_feed_rows_that_need_them(bench: Floor) -> None:
    bench.settle()
    bench.ledger.add_item("TIN-RED", "Tin, red, 2 l")
    other = bench.another_bench("enr-bench-5")
    other.settle()
    other.desk.record(item="TIN-RED")
    other.exchange.push()
    bench.ledger.before = times(1, MasterQuery, Trouble("The ledger is busy."))

    failed = bench.exchange.pull(0)
    assert isinstance(failed, Failed)
    assert bench.desk.balances.get(("DOCK-1", "TIN-RED")) is None

    bench.exchange.pull(0)
    assert bench.desk.items == {"TIN-RED": "Tin, red, 2 l"}
    assert bench.desk.balances["DOCK-1", "TIN-RED"] == 1


def test_a_new_item_arrives_although_no_stock_moved(bench: Floor) -> None:
    bench.settle()
    bench.ledger.add_item("TIN-RED", "Tin, red, 2 l")

    bench.exchange.pull(0)

    assert bench.desk.items == {"TIN-RED": "Tin, red, 2 l"}


def test_master_can_be_pulled_by_itself(bench: Floor) -> None:
    bench.ledger.add_item("TIN-RED", "Tin, red, 2 l")

    assert bench.exchange.pull_master() == Moved(1, more=False)
    assert bench.exchange.pull_master() == Idle()
    assert bench.desk.items == {"TIN-RED": "Tin, red, 2 l"}


# ------------------------------------------------------------------ lost, doubled, out of turn


def test_a_lost_answer_is_sent_again_and_posted_once(bench: Floor) -> None:
    bench.settle()
    sent = bench.desk.record()
    bench.ledger.after = times(1, PostBatch, CutOff("The answer was cut off."))

    first = bench.exchange.push()
    assert isinstance(first, Failed)
    assert first.forgivable
    bench.settle()

    assert bench.ledger.ids() == [sent]
    assert bench.desk.confirmed()


def test_a_lost_answer_is_confirmed_by_the_feed_without_sending_again(bench: Floor) -> None:
    bench.settle()
    bench.desk.record()
    bench.ledger.after = times(1, PostBatch, CutOff("The answer was cut off."))
    bench.exchange.push()

    bench.exchange.pull(0)

    assert bench.desk.confirmed()
    assert bench.exchange.push() == Idle()
    assert bench.ledger.posts == [1]


def test_a_batch_delivered_twice_is_posted_once(bench: Floor) -> None:
    bench.settle()
    sent = [bench.desk.record(), bench.desk.record()]

    def deliver_once_more(message: object) -> None:
        bench.ledger.before = lambda again: None
        if isinstance(message, PostBatch):
            bench.ledger.post(message)

    bench.ledger.before = deliver_once_more

    bench.settle()

    assert bench.ledger.ids() == sent
    assert bench.ledger.posts == [2, 2]


def test_a_lost_request_changes_nothing(bench: Floor) -> None:
    bench.settle()
    sent = bench.desk.record()
    bench.ledger.before = times(3, PostBatch, CutOff("The request was cut off."))

    bench.settle()

    assert bench.ledger.ids() == [sent]


# ------------------------------------------------------------------ shrinking


def test_a_batch_that_breaks_the_ledger_is_halved_until_one_record_is_named(bench: Floor) -> None:
    bench.settle()
    ids = [bench.desk.record() for _ in range(40)]
    culprit = ids[17]
    bench.ledger.before = poison(culprit)

    outcomes = [bench.exchange.push() for _ in range(20)]

    named = {o.culprit for o in outcomes if isinstance(o, Failed) and o.culprit}
    assert named == {culprit}
    assert bench.ledger.ids() == ids[:17]


def test_after_the_culprit_is_solved_batches_grow_back(bench: Floor) -> None:
    bench.settle()
    ids = [bench.desk.record() for _ in range(600)]
    bench.ledger.before = poison(ids[0])
    for _ in range(12):
        bench.exchange.push()
    bench.ledger.before = lambda message: None
    bench.ledger.posts.clear()

    bench.settle()

    assert bench.ledger.posts[:5] == [1, 2, 4, 8, 16]
    assert bench.ledger.ids() == ids


def test_a_dead_line_does_not_shrink_the_batch(bench: Floor) -> None:
    bench.settle()
    for _ in range(40):
        bench.desk.record()
    bench.ledger.before = times(5, PostBatch, Unreachable("The ledger cannot be reached."))

    failures = [bench.exchange.push() for _ in range(5)]
    bench.exchange.push()

    assert all(isinstance(f, Failed) and not f.reached and not f.culprit for f in failures)
    assert bench.ledger.posts == [40]


def test_a_ledger_that_takes_fewer_says_so_and_gets_fewer(bench: Floor) -> None:
    bench.settle()
    ids = [bench.desk.record() for _ in range(25)]
    bench.ledger.most_operations = 10

    assert isinstance(bench.exchange.push(), Again)
    bench.settle()

    assert bench.ledger.ids() == ids
    assert max(bench.ledger.posts[1:]) <= 20


def test_a_batch_too_heavy_for_one_request_is_made_lighter_before_it_is_sent(
    bench: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.settle()
    ids = [bench.desk.record() for _ in range(8)]
    monkeypatch.setattr(exchange_module, "BODY_BYTES", 1_500)

    bench.settle()

    assert max(bench.ledger.posts) < 8
    assert bench.ledger.ids() == ids


def test_a_page_that_fails_is_asked_for_smaller(bench: Floor) -> None:
    bench.settle()
    bench.ledger.before = times(2, ChangesQuery, Trouble("The answer was larger than allowed."))

    for _ in range(3):
        bench.exchange.pull(0)

    assert bench.ledger.pulls[-1].limit == 125


# ------------------------------------------------------------------ held ones, refusals, later


def test_a_held_operation_blocks_nobody(bench: Floor) -> None:
    bench.settle()
    bench.ledger.hold_kinds = frozenset({"reclassify"})
    bench.desk.record(kind="reclassify")
    bench.desk.record()

    bench.settle()

    assert [kept.outcome for kept in bench.desk.outbox] == ["held", "posted"]
    assert bench.desk.confirmed()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            NotNow(problem="fork", sentence="Two stations share one identity. Enrol again."),
            Stopped(LinkState.FORKED, "fork", "Two stations share one identity. Enrol again."),
        ),
        (
            NotNow(problem="too_old", sentence="Update this station."),
            Stopped(LinkState.TOO_OLD, "too_old", "Update this station."),
        ),
        (
            NotNow(problem="retry_later", sentence="The ledger is busy.", retry_after_s=12),
            Later(12, "The ledger is busy."),
        ),
    ],
)
def test_what_the_ledger_says_of_the_whole_batch_is_passed_on_and_nothing_is_marked(
    bench: Floor, answer: NotNow, expected: object
) -> None:
    bench.settle()
    bench.desk.record()
    bench.ledger.answer_instead = answer

    assert bench.exchange.push() == expected
    assert bench.desk.transports() == ["unsent"]


def test_one_record_too_large_by_itself_is_named(bench: Floor) -> None:
    bench.settle()
    giant = bench.desk.record()
    bench.ledger.answer_instead = NotNow(problem="too_large", sentence="Over 8 MiB.")

    outcome = bench.exchange.push()

    assert isinstance(outcome, Failed)
    assert outcome.culprit == giant


def test_a_station_the_ledger_does_not_know_keeps_everything(bench: Floor) -> None:
    bench.settle()
    bench.desk.record()
    bench.ledger.stations.clear()

    outcome = bench.exchange.push()

    assert isinstance(outcome, Stopped)
    assert (outcome.state, outcome.code) == (LinkState.NOT_ENROLLED, "not_enrolled")
    assert bench.desk.transports() == ["unsent"]


def test_a_mark_signed_by_another_ledger_is_refused_and_nothing_is_acknowledged(
    bench: Floor,
) -> None:
    bench.settle()
    bench.desk.record()
    bench.desk.ledger_key = "00" * 31 + "01"

    outcome = bench.exchange.push()

    assert isinstance(outcome, Stopped)
    assert (outcome.state, outcome.code) == (LinkState.REFUSED, "bad_signature")
    assert bench.desk.transports() == ["unsent"]


# ------------------------------------------------------------------ restored ledgers


def test_a_restored_ledger_gets_again_what_it_lost(bench: Floor) -> None:
    bench.settle()
    early = [bench.desk.record() for _ in range(3)]
    bench.settle()
    backup = bench.ledger.backup()
    late = [bench.desk.record() for _ in range(5)]
    bench.settle()

    bench.ledger.restore(backup, announced=True)
    bench.settle()

    assert bench.ledger.ids() == early + late
    assert bench.desk.confirmed()
    assert bench.desk.balances["DOCK-1", "MUG-BLUE"] == 8
    assert bench.desk.epochs == ["epoch-1+"]


def test_a_restore_nobody_announced_is_noticed_by_the_chain(bench: Floor) -> None:
    bench.settle()
    backup = bench.ledger.backup()
    mine = [bench.desk.record() for _ in range(2)]
    bench.settle()
    bench.ledger.restore(backup, announced=False)
    other = bench.another_bench("enr-bench-5")
    other.settle()
    theirs = [other.desk.record() for _ in range(2)]
    other.settle()

    bench.settle()
    other.settle()

    assert bench.ledger.ids() == theirs + mine
    assert bench.desk.confirmed()
    assert bench.desk.balances == other.desk.balances


def test_an_acknowledged_record_the_ledger_lost_is_sent_again_from_the_gap(bench: Floor) -> None:
    bench.settle()
    backup = bench.ledger.backup()
    first = bench.desk.record()
    bench.exchange.push()
    bench.ledger.restore(backup, announced=False)
    second = bench.desk.record()

    assert bench.exchange.push() == Again("the ledger expects 1")
    bench.settle()

    assert bench.ledger.ids() == [first, second]
    assert bench.desk.confirmed()


def test_an_answer_from_before_a_restart_is_not_applied_after_it(bench: Floor) -> None:
    bench.settle()
    backup = bench.ledger.backup()
    bench.desk.record()

    def restored_meanwhile(message: object) -> None:
        if isinstance(message, PostBatch):
            bench.ledger.after = lambda again: None
            bench.ledger.restore(backup, announced=True)
            assert bench.exchange.pull(0) == Again("epoch epoch-1+")

    bench.ledger.after = restored_meanwhile

    assert isinstance(bench.exchange.push(), Again)
    assert bench.desk.transports() == ["unsent"]
    bench.settle()
    assert len(bench.ledger.ids()) == 1


def test_a_page_from_before_a_restart_is_not_applied_after_it(bench: Floor) -> None:
    bench.settle()
    backup = bench.ledger.backup()
    other = bench.another_bench("enr-bench-5")
    other.settle()
    other.desk.record()
    other.exchange.push()
    bench.desk.record()

    def restored_meanwhile(message: object) -> None:
        bench.ledger.after = lambda again: None
        bench.ledger.restore(backup, announced=True)
        assert bench.exchange.push() == Again("epoch epoch-1+")

    bench.ledger.after = restored_meanwhile

    assert isinstance(bench.exchange.pull(0), Again)
    assert bench.desk.position().cursor == 0
    bench.settle()
    assert bench.desk.confirmed()


def test_two_threads_told_of_one_new_epoch_begin_it_once(bench: Floor) -> None:
    bench.settle()
    bench.desk.record()
    bench.ledger.epoch = "epoch-2"

    def pull_first(message: object) -> None:
        bench.ledger.before = lambda again: None
        bench.exchange.pull(0)

    bench.ledger.before = pull_first
    bench.exchange.push()

    assert bench.desk.epochs == ["epoch-2"]


# ------------------------------------------------------------------ a fresh start


def test_a_fresh_station_starts_from_a_snapshot_and_goes_on_from_its_cursor(bench: Floor) -> None:
    bench.ledger.add_item("TIN-RED", "Tin, red, 2 l")
    for item in ("MUG-BLUE", "TIN-RED", "LAMP"):
        bench.desk.record(quantity=2, item=item)
    bench.settle()
    fresh = bench.another_bench("enr-bench-9")

    fresh.settle()

    assert fresh.desk.balances == bench.desk.balances
    assert fresh.desk.items == {"TIN-RED": "Tin, red, 2 l"}
    assert fresh.desk.position().cursor == 3
    assert min(q.cursor for q in bench.ledger.pulls[-1:]) == 3


def test_a_snapshot_that_breaks_off_goes_on_with_the_page_it_was_at(bench: Floor) -> None:
    for item in ("MUG-BLUE", "TIN-RED", "LAMP"):
        bench.desk.record(item=item)
    bench.settle()
    fresh = bench.another_bench("enr-bench-9")
    asked: list[tuple[str, int]] = []

    def note_and_cut(message: object) -> None:
        if isinstance(message, SnapshotQuery):
            asked.append((message.snapshot, message.page))
            if len(asked) == 2:
                raise CutOff("The answer was cut off.")

    bench.ledger.before = note_and_cut
    fresh.settle()

    assert [page for _, page in asked] == [0, 1, 1, 2]
    assert len({snapshot for snapshot, _ in asked[1:]}) == 1
    assert fresh.desk.balances == bench.desk.balances


def test_a_snapshot_that_keeps_failing_is_taken_anew(bench: Floor) -> None:
    for item in ("MUG-BLUE", "TIN-RED", "LAMP"):
        bench.desk.record(item=item)
    bench.settle()
    fresh = bench.another_bench("enr-bench-9")
    fresh.exchange.pull(0)
    bench.ledger.before = times(3, SnapshotQuery, Trouble("This page is damaged."))

    fresh.settle()

    assert fresh.desk.balances == bench.desk.balances


def test_a_picture_the_ledger_no_longer_keeps_is_replaced_by_a_new_one(
    bench: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for item in ("MUG-BLUE", "TIN-RED", "LAMP"):
        bench.desk.record(item=item)
    bench.settle()
    fresh = bench.another_bench("enr-bench-9")
    fresh.exchange.pull(0)
    honest, gone = bench.ledger.snapshot, NotNow(problem="retry_later", sentence="Not kept.")
    monkeypatch.setattr(
        bench.ledger, "snapshot", lambda query: gone if query.snapshot else honest(query)
    )

    assert fresh.exchange.pull(0) == Later(0, "Not kept.")
    monkeypatch.undo()
    fresh.settle()

    assert fresh.desk.balances == bench.desk.balances


def test_a_snapshot_of_an_empty_ledger_is_a_start_too(bench: Floor) -> None:
    bench.settle()

    assert bench.desk.position().chain == "0" * 64
    assert bench.exchange.pull(0) == Idle()


# ------------------------------------------------------------------ answers that do not fit


def _twisted_page(page: ChangesPage, how: str) -> ChangesPage:
    change = msgspec.structs.replace
    row = page.rows[0]
    match how:
        case "starts late":
            return change(page, rows=page.rows[1:])
        case "hole":
            return change(page, rows=(row, *page.rows[2:]), cursor=page.cursor - 1)
        case "other body":
            other = msgspec.Raw(bytes(row.body).replace(b"enr-bench-5", b"enr-bench-6"))
            return change(page, rows=(change(row, body=other), *page.rows[1:]))
        case "other epoch":
            return change(page, epoch="epoch-7")
        case "cursor too far":
            return change(page, cursor=page.cursor + 1)
        case "head behind":
            return change(page, head=0)
        case "needs unknown master":
            return change(page, rows=(change(row, master=9), *page.rows[1:]))
        case _:
            return change(page, rows=page.rows * 400)


@pytest.mark.parametrize(
    "how",
    [
        "starts late",
        "hole",
        "other body",
        "other epoch",
        "cursor too far",
        "head behind",
        "needs unknown master",
        "a million rows",
    ],
)
def test_a_page_that_does_not_fit_is_refused_whole(
    bench: Floor, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    bench.settle()
    other = bench.another_bench("enr-bench-5")
    other.settle()
    for _ in range(3):
        other.desk.record()
    other.exchange.push()
    honest = bench.ledger.changes
    before = replace(bench.desk.position())

    def twisted(query: ChangesQuery) -> object:
        page = honest(query)
        assert isinstance(page, ChangesPage)
        return _twisted_page(page, how)

    monkeypatch.setattr(bench.ledger, "changes", twisted)
    outcome = bench.exchange.pull(0)

    assert isinstance(outcome, Failed)
    assert bench.desk.position() == before
    assert bench.desk.balances == {}


def _twisted_answer(answer: Posted, how: str) -> Posted:
    change = msgspec.structs.replace
    mark = answer.high_water
    match how:
        case "one result short":
            return change(answer, results=answer.results[:-1])
        case "results swapped":
            return change(answer, results=answer.results[::-1])
        case "unknown outcome":
            odd = change(answer.results[0], outcome="perhaps")
            return change(answer, results=(odd, *answer.results[1:]))
        case "mark of another":
            return change(answer, high_water=change(mark, enrolment="enr-bench-5"))
        case "mark too low":
            return change(answer, high_water=change(mark, seq=mark.seq - 1))
        case _:
            return change(answer, high_water=change(mark, digest="ab" * 32))


@pytest.mark.parametrize(
    "how",
    [
        "one result short",
        "results swapped",
        "unknown outcome",
        "mark of another",
        "mark too low",
        "other digest",
    ],
)
def test_results_that_are_not_those_of_the_batch_acknowledge_nothing(
    bench: Floor, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    bench.settle()
    bench.desk.record()
    bench.desk.record()
    honest = bench.ledger.post

    def twisted(batch: PostBatch) -> object:
        answer = honest(batch)
        assert isinstance(answer, Posted)
        return _twisted_answer(answer, how)

    monkeypatch.setattr(bench.ledger, "post", twisted)
    outcome = bench.exchange.push()

    assert isinstance(outcome, Failed)
    assert bench.desk.transports() == ["unsent", "unsent"]


def test_a_snapshot_that_changes_under_way_is_not_swapped_in(
    bench: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for item in ("MUG-BLUE", "TIN-RED", "LAMP"):
        bench.desk.record(item=item)
    bench.settle()
    fresh = bench.another_bench("enr-bench-9")
    honest = bench.ledger.snapshot

    def shifting(query: SnapshotQuery) -> object:
        page = honest(query)
        assert isinstance(page, SnapshotPage)
        return msgspec.structs.replace(page, cursor=page.cursor - query.page)

    monkeypatch.setattr(bench.ledger, "snapshot", shifting)
    outcomes = [fresh.exchange.pull(0) for _ in range(3)]

    assert any(isinstance(outcome, Failed) for outcome in outcomes)
    assert fresh.desk.balances == {}
