"""The digest is the same in every program that follows its page: known answers, and its algebra."""

from random import Random

import pytest

from app.contract import digest
from app.contract.digest import BUCKETS, EMPTY, Key
from app.domain.operation import StockKey

SHELF: Key = ("A-01-1", "SKU-1001", "", "", "good")
TRANSIT: Key = ("transit/TR-7", "TURQUOISE-KETTLE", "L-2", "S/N 9", "damaged")
UMLAUT: Key = ("dock", "SKU-Ä", "", "", "good")

# Worked out by hand from the words of the module: netstrings, SHA-256, its first eight bytes made
# odd, the ninth byte modulo 64.
KNOWN = [
    (SHELF, 7, 22, 0xC74A4DB679F35A31, 0x73081FFD55A77757),
    (TRANSIT, -3, 51, 0xC9073B59106542AF, 0xA4EA4DF4CED037F3),
    (UMLAUT, 2**53, 46, 0xDC2F6E81D6C2B6E3, 0xDC60000000000000),
]


@pytest.mark.parametrize(("key", "quantity", "bucket", "factor", "total"), KNOWN)
def test_a_known_balance_has_a_known_digest(
    key: Key, quantity: int, bucket: int, factor: int, total: int
) -> None:
    told = digest.digest([(key, quantity)])

    assert digest.weight(key) == (bucket, factor)
    assert digest.bucket_of(key) == bucket
    assert told == (*EMPTY[:bucket], total, *EMPTY[bucket + 1 :])


def test_a_key_is_written_with_the_length_of_each_part() -> None:
    assert digest.key_bytes(UMLAUT) == b"4:dock,6:SKU-\xc3\x84,0:,0:,4:good,"


def test_a_stock_key_is_a_key() -> None:
    assert digest.digest([(StockKey("A-01-1", "SKU-1001"), 7)]) == digest.digest([(SHELF, 7)])


def test_keys_that_read_alike_when_joined_differ() -> None:
    one = digest.weight(("A", "B,1:C", "", "", "good"))
    other = digest.weight(("A", "B", "C", "", "good"))

    assert one != other


def test_order_and_parts_of_a_sum_make_no_difference() -> None:
    together = digest.digest([(SHELF, 7), (TRANSIT, 5)])
    in_parts = digest.digest([(TRANSIT, 6), (SHELF, 3), (SHELF, 4), (TRANSIT, -1)])

    assert together == in_parts


def test_nothing_there_and_no_row_are_the_same() -> None:
    assert digest.digest([(SHELF, 0), (TRANSIT, 4), (TRANSIT, -4)]) == EMPTY


def test_a_book_that_is_ahead_tells_its_digest_of_before() -> None:
    before = digest.digest([(SHELF, 7), (TRANSIT, 2)])
    now = digest.digest([(SHELF, 4), (TRANSIT, 2), (UMLAUT, 3)])
    postings = digest.digest([(SHELF, -3), (UMLAUT, 3)])

    assert digest.minus(now, postings) == before


def test_two_books_name_the_bucket_in_which_they_differ() -> None:
    station = digest.digest([(SHELF, 7), (TRANSIT, 2)])
    ledger = digest.digest([(SHELF, 6), (TRANSIT, 2)])

    assert digest.differing(station, station) == ()
    assert digest.differing(station, ledger) == (digest.bucket_of(SHELF),)


def test_one_wrong_balance_shows_whatever_the_difference() -> None:
    """The weight is odd, so no difference a book can hold is lost in the modulus."""
    for power in range(64):
        assert digest.digest([(SHELF, 1 << power)]) != EMPTY


def test_keys_spread_over_all_buckets() -> None:
    chance = Random(48213)
    counted = [0] * BUCKETS
    for n in range(6_400):
        counted[
            digest.bucket_of((f"A-{n:04}", f"SKU-{chance.randrange(9_999)}", "", "", "good"))
        ] += 1

    assert min(counted) > 50
    assert max(counted) < 150


def test_a_digest_comes_back_from_the_wire() -> None:
    value = digest.digest([(SHELF, 7), (TRANSIT, -3)])
    texts = digest.to_texts(value)

    assert texts[22] == "73081ffd55a77757"
    assert digest.from_texts(texts) == value


@pytest.mark.parametrize(
    "wrong",
    [
        ("0" * 16,) * (BUCKETS - 1),
        ("0" * 15,) * BUCKETS,
        ("0" * 15 + "x",) * BUCKETS,
        ("0" * 15 + "A",) * BUCKETS,
        ("+" + "0" * 15,) * BUCKETS,
    ],
)
def test_what_is_no_digest_is_not_read_as_one(wrong: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="a digest is"):
        digest.from_texts(wrong)
