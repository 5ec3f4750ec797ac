"""The link is told once a change, and is as good as its worse half."""

from app.station.inbox import LinkState
from app.sync.link import Link, Side, View
from tests.fakes.desk import FakeDesk
from tests.support.leaks import ExpectedLogs

ONLINE, OFFLINE = LinkState.ONLINE, LinkState.OFFLINE


def _states(desk: FakeDesk) -> list[str]:
    return [seen.state for seen in desk.links]


def test_a_ledger_that_answers_all_day_is_told_once() -> None:
    desk = FakeDesk("")
    link = Link(desk)

    for _ in range(1_000):
        link.report(Side.FEED, View(ONLINE, ""), 12)
        link.report(Side.POST, View(ONLINE, ""), 15)

    assert _states(desk) == ["online"]


def test_nothing_to_post_says_nothing_about_the_link() -> None:
    desk = FakeDesk("")

    Link(desk).report(Side.POST, View(ONLINE, ""), None)

    assert desk.links == []


def test_a_morning_without_a_ledger_is_told_with_its_sentence(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("offline")
    desk = FakeDesk("")

    Link(desk).report(Side.FEED, View(OFFLINE, "The ledger cannot be reached."), None)

    assert desk.links[0].sentence == "The ledger cannot be reached."


def test_a_feed_that_works_does_not_hide_a_post_that_fails(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("offline")
    desk = FakeDesk("")
    link = Link(desk)

    link.report(Side.FEED, View(ONLINE, ""), 0)
    link.report(Side.POST, View(OFFLINE, "The ledger has a problem of its own."), 0)
    link.report(Side.FEED, View(ONLINE, ""), 0)
    link.report(Side.POST, View(ONLINE, ""), 0)

    assert _states(desk) == ["online", "offline", "online"]


def test_different_troubles_of_one_outage_are_one_change(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("offline")
    desk = FakeDesk("")
    link = Link(desk)

    for sentence in ("No answer in time.", "Cannot be reached.", "No answer in time."):
        link.report(Side.FEED, View(OFFLINE, sentence), None)

    assert _states(desk) == ["offline"]


def test_somebody_in_the_ledgers_place_is_told_though_the_link_is_down(
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("offline")
    expected_logs.expect("unproven")
    desk = FakeDesk("")
    link = Link(desk)

    link.report(Side.POST, View(OFFLINE, "Cannot be reached."), None)
    for _ in range(3):
        link.report(Side.FEED, View(LinkState.UNPROVEN, "It cannot prove itself."), None)

    assert [seen.sentence for seen in desk.links] == [
        "Cannot be reached.",
        "It cannot prove itself.",
    ]


def test_refused_is_worse_than_offline_and_its_new_sentence_is_told(
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("refused")
    desk = FakeDesk("")
    link = Link(desk)

    link.report(Side.FEED, View(LinkState.REFUSED, "Revoked by IT."), None)
    link.report(Side.POST, View(OFFLINE, "Cannot be reached."), None)
    link.report(Side.FEED, View(LinkState.REFUSED, "Enrol this station again."), None)

    assert [(seen.state, seen.sentence) for seen in desk.links] == [
        ("refused", "Revoked by IT."),
        ("refused", "Enrol this station again."),
    ]


def test_the_first_good_answer_after_trouble_says_that_this_side_is_back(
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("offline")
    link = Link(FakeDesk(""))
    link.report(Side.FEED, View(OFFLINE, "Cannot be reached."), None)

    assert link.report(Side.FEED, View(ONLINE, ""), 0)
    assert not link.report(Side.FEED, View(ONLINE, ""), 0)


def test_a_clock_that_drifts_is_told_by_the_second() -> None:
    desk = FakeDesk("")
    link = Link(desk)

    for skew in (100, 400, 900, 1_150, 1_300, -900):
        link.report(Side.FEED, View(ONLINE, ""), skew)

    assert [seen.skew_ms for seen in desk.links] == [100, 1_150, -900]
