"""The pace of questions, on a clock of paper."""

from app.devices.asking import Asking, Next
from app.devices.device import MS, Polling
from app.devices.recent import LIMIT_BYTES, LIMIT_CHUNKS, Recent


def test_one_question_is_out_at_a_time_and_five_go_out_a_second() -> None:
    asking, asked = Asking(Polling(), opened_ns=0), []

    for at_ms in range(0, 1_000, 10):
        if asking.next(at_ms * MS) is Next.ASK:
            asked.append(at_ms)
            assert asking.next(at_ms * MS + 1) is Next.LISTEN
            asking.answered(at_ms * MS + 50, sound=True)

    assert asked == [0, 200, 400, 600, 800]


def test_a_question_is_given_up_and_its_late_answer_not_heard() -> None:
    asking = Asking(Polling(), opened_ns=0)
    asking.next(0)

    steps = [asking.next(at_ms * MS) for at_ms in (499, 500, 799, 800)]

    assert steps == [Next.LISTEN, Next.GIVE_UP, Next.LISTEN, Next.ASK]
    assert asking.deaf(799 * MS)
    assert not asking.deaf(800 * MS)


def test_unanswered_questions_are_counted_until_something_answers() -> None:
    asking, given_up = Asking(Polling(unanswered=3), opened_ns=0), []

    for at_ms in range(0, 6_000, 100):
        if at_ms == 1_000:
            asking.answered(at_ms * MS, sound=False)
        asking.next(at_ms * MS)
        if asking.hopeless:
            given_up.append(at_ms)

    assert given_up[0] == 1_000 + 500 + 800 + 800


def test_nonsense_does_not_keep_a_device_alive() -> None:
    asking = Asking(Polling(), opened_ns=0)

    asking.answered(1_900 * MS, sound=False)

    assert not asking.silent(1_999 * MS)
    assert asking.silent(2_000 * MS)


def test_a_value_keeps_it_alive_for_two_seconds() -> None:
    asking = Asking(Polling(), opened_ns=0)

    asking.answered(1_900 * MS, sound=True)

    assert not asking.silent(3_899 * MS)
    assert asking.silent(3_900 * MS)


def test_the_ring_for_support_keeps_the_newest_and_no_more_than_its_limits() -> None:
    by_bytes, by_chunks = Recent(), Recent()

    for number in range(200):
        by_bytes.add(number, bytes((number,)) * 1_024)
    by_bytes.add(200, b"x" * (LIMIT_BYTES * 2))
    for number in range(LIMIT_CHUNKS * 2):
        by_chunks.add(number, b"S")

    assert sum(len(data) for _, data in by_bytes.list()) == LIMIT_BYTES
    assert [at_ns for at_ns, _ in by_bytes.list()] == [200]
    assert len(by_chunks.list()) == LIMIT_CHUNKS
    assert by_chunks.list()[-1][0] == LIMIT_CHUNKS * 2 - 1
