"""What a log must never hold, whatever brought it along; and one event is one line (P7)."""

import json
import logging
import logging.handlers
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import log as logs
from app.contract.messages import EnrolRequest, Token
from app.log import JsonFormatter, LineFormatter
from app.redaction import redact, redact_all

HEX = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
BASE64 = "Pk/0Ad8cVSYp3QFqd3Xyw0jTzJ2iHk9d+VfWm4oGx1U="
KEY = f"phk_4b25955df563_{HEX}"
BADGE = "PHB-7K2M9QX4TD7K2M9QX4TD7K2M9Q"
CODE = "7K2M9QX4TD"
PIN = "739204"
PEM = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\nAgEGCCqGSM49\n-----END PRIVATE KEY-----"
PASSPHRASE = "correct-horse-battery"

# A secret, and a text as an error or an access log would bring it.
CASES = [
    (HEX, f"Authorization: Bearer {HEX}"),
    (HEX, f"{{'token': '{HEX}', 'expires_in_s': 3600}}"),
    (HEX, repr(Token(token=HEX, expires_in_s=3600))),
    (HEX, f"PRAGMA key=\"x'{HEX}'\""),
    (HEX, f"GET /v1/orders?key={KEY}"),
    (HEX, f"no such path: /v1/{KEY}/orders"),
    (BASE64, f"keyring returned {BASE64} for packhouse"),
    (BADGE[4:], f"the badge {BADGE} is unknown"),
    (BADGE[4:], f'raw scan b"{BADGE}\\r\\n"'),
    (CODE, repr(EnrolRequest(code=CODE, public_key="0" * 64, program_version="1"))),
    (CODE, f"packhouse station --ledger https://l:8800 --enrol {CODE}"),
    (CODE, f'{{"code": "{CODE}", "public_key": "00"}}'),
    (PIN, f"pin={PIN} was wrong"),
    (PIN, f"{{'pin': '{PIN}'}}"),
    (PIN, f'{{"user_pin":{PIN}}}'),
    (PASSPHRASE, f"passphrase: {PASSPHRASE}"),
    (PASSPHRASE, f"postgresql+psycopg://ledger:{PASSPHRASE}@db:5432/packhouse"),
    ("JBSWY3DPEHPK3PXP", "otpauth://totp/packhouse:anna?secret=JBSWY3DPEHPK3PXP&issuer=p"),
    ("JBSWY3DPEHPK3PXP", "totp_seed = JBSWY3DPEHPK3PXP"),
    ("AgEGCCqGSM49", PEM),
    ("MIGHAgEAMBMG", PEM[:60]),
]
HARMLESS = [
    "link to the ledger: offline The ledger cannot be reached.",
    'File "/usr/lib/packhouse/app/ledger/web/areas/replenishment_of_bins.py", line 12, in pick',
    "operation 01980a00-5d10-7c3e-9a41-2f60b8c7d1e2 is held: unknown_kind",
    "ORD-48213 SKU-1001 00340123450000000018",
    "(01)04012345000016(21)ABC123",
    "serving localhost, 127.0.0.1 until 2027-02-19T11:34:54+00:00",
    "code='bad_code' status=403",
    "exit code 1",
    "certificates: lusab-babad-gutih-tugad",
]


@pytest.mark.parametrize(("secret", "text"), CASES)
@pytest.mark.parametrize("form", [LineFormatter, JsonFormatter])
def test_a_secret_in_the_text_of_an_error_is_not_written(
    secret: str, text: str, form: Callable[[], logging.Formatter]
) -> None:
    error = ValueError(text)
    happened = (ValueError, error, None)
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "%s", (text,), happened)
    record.fields = {"path": text, "nested": [{"said": text}]}

    line = form().format(record)

    assert secret not in line


def test_what_has_a_telling_name_is_gone_whatever_it_is() -> None:
    fields = {"pin": 1234, "user": "p-anna", "deep": {"Api_Key": ["a", "b"], "badge_secret": b"x"}}

    assert redact_all(fields) == {
        "pin": "***",
        "user": "p-anna",
        "deep": {"Api_Key": "***", "badge_secret": "***"},
    }


@pytest.mark.parametrize("text", HARMLESS)
def test_what_people_need_stays_as_it_is(text: str) -> None:
    assert redact(text) == text


def test_two_digests_can_still_be_told_apart() -> None:
    assert redact(f"digest {HEX} differs") == f"digest {HEX[:8]}… differs"


# ------------------------------------------------------------------ one event, one line


@given(st.text(st.characters(), max_size=60), st.text(st.characters(), max_size=60))
def test_one_event_is_one_line_without_controls(scan: str, name: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "f", 1, "scan %s by %s", (scan, name), None)
    record.fields = {"path": scan, name or "n": name}

    plain, json_line = LineFormatter().format(record), JsonFormatter().format(record)

    for line in (plain, json_line):
        assert len(line.splitlines()) == 1
        assert not any(ord(one) < 32 or 127 <= ord(one) < 160 for one in line)
    plain.encode("utf-8")
    assert json_line.isascii()
    assert isinstance(json.loads(json_line), dict)


FORGED = [
    "x\n2026-11-21 12:00:00 ERROR forged",
    "x\r\nforged",
    "x\x0bforged",
    "x\x0cforged",
    "x\x1cforged",
    "x\x85forged",
    "x\u2028forged",
    "x\u2029forged",
    "\x1b[2K\x1b[1Aforged",
    "\x9b2Jforged",
    "\x08\x08\x08forged",
    "\u202eforged",
    "\u2066forged",
    "\u200bforged",
    "\ufeffforged",
    "\U000e0041forged",
    "\ud800forged",
    "\x00forged",
]


@pytest.mark.parametrize("scan", FORGED, ids=ascii)
@pytest.mark.parametrize("form", [LineFormatter, JsonFormatter])
def test_a_scan_cannot_forge_or_hide_a_line_of_the_file(
    scan: str, form: Callable[[], logging.Formatter], tmp_path: Path
) -> None:
    handler = logging.handlers.RotatingFileHandler(tmp_path / "log", encoding="utf-8")
    handler.setFormatter(form())
    record = logging.LogRecord("x", logging.INFO, "f", 1, "scan %s", (scan,), None)

    handler.emit(record)
    handler.close()

    written = (tmp_path / "log").read_text(encoding="utf-8")
    assert written.count("forged") == 1
    assert written.endswith("\n")
    assert len(written.splitlines()) == 1
    assert not logs._UNSAFE.search(written[:-1])
