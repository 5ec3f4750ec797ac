"""Codes we print ourselves: what they press, and what they must never give away."""

import pytest

from app.catalogue import Catalogue
from app.domain.barcode import (
    Badge,
    Command,
    Damage,
    Damaged,
    Document,
    Location,
    Tote,
    carries_badge,
    own_code,
)


@pytest.mark.parametrize(
    ("scanned", "meaning"),
    [
        ("CMD:ACK", Command("ACK")),
        ("CMD:QTY-3", Command("QTY-3")),
        ("cmd:undo", Command("UNDO")),
        ("LOC:A-04-2", Location("A-04-2")),
        ("loc:a-04-2", Location("A-04-2")),
        ("TOTE:T-017", Tote("T-017")),
        ("DOC:ORD-48213", Document("ORD-48213")),
    ],
)
def test_our_own_labels_say_what_they_are(scanned: str, meaning: object) -> None:
    assert own_code(scanned) == meaning


@pytest.mark.parametrize(
    "scanned", ["ORD-48213", "BAMBOO-TRAY-L", "CMD", "ALPHB-12", "4006381333931"]
)
def test_other_texts_are_none_of_ours(scanned: str) -> None:
    assert own_code(scanned) is None


@pytest.mark.parametrize("scanned", ["CMD:", "LOC:   ", "TOTE:\x00", "DOC:" + "9" * 100])
def test_a_prefix_with_nothing_readable_after_it_is_damaged(scanned: str) -> None:
    meaning = own_code(scanned)

    assert isinstance(meaning, Damaged)
    assert meaning.code is Damage.OWN_CODE


def test_a_badge_keeps_its_secret_out_of_every_text_made_of_it() -> None:
    badge = own_code("PHB-kX9w2Lq7TzRm")

    assert badge == Badge("PHB-kX9w2Lq7TzRm")
    assert "kX9w2" not in repr(badge)
    assert "kX9w2" not in f"{badge}"


@pytest.mark.parametrize(
    "scanned", ["phb-KX9W2lQ7tZrM", "PHB-", "PHB-kX9w2Lq7\x00", "PHB-" + "k" * 100]
)
def test_a_badge_that_cannot_be_read_gives_nothing_away(scanned: str) -> None:
    meaning = own_code(scanned)

    assert isinstance(meaning, Damaged)
    assert meaning.scanned == "PHB-"
    assert "kx9w2" not in repr(meaning).lower()
    assert "kkk" not in repr(meaning)


@pytest.mark.parametrize(
    ("scanned", "secret"),
    [
        ("PHB-kX9w2Lq7TzRm", True),
        ("]C0PHB-kX9w2Lq7TzRm\r", True),
        ("phb-KX9W2lQ7tZrM", True),
        ("ALPHB-12", False),
        ("4006381333931", False),
    ],
)
def test_a_badge_is_known_before_anything_is_stored(scanned: str, secret: bool) -> None:
    assert carries_badge(scanned) is secret


def test_every_kind_of_damage_has_a_sentence_of_its_own() -> None:
    for language in ("en", "de"):
        catalogue = Catalogue.load(language, strict=True)

        said = [catalogue.say(Damaged(damage, "why", "4006").say) for damage in Damage]

        assert len(set(said)) == len(Damage)
