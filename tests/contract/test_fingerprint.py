"""Fingerprints: read out, copied, and never believed when they are too short."""

import pytest

from app.contract import fingerprint

KEY = b"the ledger's certificate"
WHOLE = fingerprint.of(KEY)


def test_the_words_are_the_published_proquints() -> None:
    assert fingerprint.words("7f0000013f54dcc1" + "0" * 48) == "lusab-babad-gutih-tugad"


def test_two_keys_have_different_words() -> None:
    seen = {fingerprint.words(fingerprint.of(bytes([n, n >> 4]))) for n in range(256)}

    assert len(seen) == 256


@pytest.mark.parametrize(
    "typed",
    [WHOLE, WHOLE.upper(), fingerprint.short(WHOLE), f"sha256:{WHOLE[:40]}", f" {WHOLE[:32]} "],
)
def test_a_fingerprint_is_known_however_it_was_copied(typed: str) -> None:
    assert fingerprint.is_of(typed, KEY)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        WHOLE[:31],
        WHOLE + "0",
        fingerprint.words(WHOLE),
        fingerprint.of(b"another"),
        WHOLE[:32] + "g",
        ("0" if WHOLE[31] != "0" else "1").join((WHOLE[:31], "")),
    ],
)
def test_too_short_too_long_or_another_is_not_believed(typed: str) -> None:
    assert not fingerprint.is_of(typed, KEY)
