"""Every module that decodes bytes is aimed at by a fuzzer, or it is said why it need not be."""

import re
from pathlib import Path, PurePosixPath

import pytest

from tools.fuzzing.targets import TARGETS

ROOT = Path(__file__).resolve().parents[1]
DECODES = re.compile(
    r"json\.Decoder\b|json\.decode\(|json\.loads?\(|JSONDecoder|struct\.(unpack|iter_unpack)"
    r"|int\.from_bytes\(|ZipFile\(|tarfile|zlib\.decompress|gzip\.(open|decompress)|tomllib\.loads?"
    r"|csv\.(reader|DictReader)|load_pem_|load_der_"
    r"|\b(feed|master|snapshot|operation)_body\b.*Decoder"
)
# What plays both sides, and reads what it made.
ELSEWHERE = {"simulation", "conformance"}
# What reads bytes of others: the target that goes through it.
AIMED = {
    "app/cache/backups.py": "backup",
    "app/commands/audit.py": "held_elsewhere",
    "app/commands/headless.py": "headless_line",
    "app/contract/messages.py": "feed_row",
    "app/domain/picture.py": "photo",
    "app/importing/table.py": "items",
    "app/keys/keyfile.py": "key_file",
    "app/ledger/keepers.py": "recovery_file",
    "app/ledger/mark.py": "ledger_mark",
    "app/ledger/people_signed.py": "bundle",
    "app/ledger/policies.py": "policy",
    "app/ledger/tls/making.py": "key_pair",
    "app/ledger/web/cursors.py": "cursor",
    "app/ledger/web/resource.py": "questions",
    "app/ledger/web/stations.py": "batch",
    "app/ledger/web/strangers.py": "questions",
    "app/ledger/web/strict.py": "strict",
    "app/settings.py": "settings",
    "app/setup/answers.py": "first_run",
    "app/sync/answers.py": "answers",
    "app/sync/believe_once.py": "edited",
    "app/sync/http_ledger.py": "answers",
    "app/sync/pins.py": "authority",
    "app/sync/wire.py": "zipped_answer",
}
# What reads only what this program wrote, where nobody else writes.
OWN = {
    "app/cache/*": "rows of the station's book: every page is sealed, and read as a whole or not",
    "app/station/*": "rows of the station's book",
    "app/reports/reading.py": "rows of the station's book",
    "app/labels/job.py": "a row of the station's book",
    "app/ledger/*": "rows of the ledger's own database, written from what was decoded before",
    "app/ledger/web/openapi.py": "words of a type in the description of the interface",
    "app/ledger/web/acts.py": "an answer of this process, read again for the journal",
    "app/ledger/tls/*": "certificates of the ledger's own folder, made by it",
    "app/catalogue.py": "texts that are shipped",
    "app/commands/ledger_policy.py": "a word typed at this command line",
    "app/contract/digest.py": "eight bytes of a hash that was just made",
    "app/contract/fingerprint.py": "bytes of a hash that was just made",
    "app/demo/*": "the demo's own files and processes",
    "app/devices/replay_port.py": "a recording of one's own, named by hand; any flaw is a sentence",
    "app/domain/badges.py": "random bytes",
    "app/keys/escrow.py": "opened by the recovery key: only a letter sealed to it gets so far",
}


def _decoding() -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        if not ELSEWHERE & set(path.parts) and DECODES.search(path.read_text(encoding="utf-8"))
    }


def _excused(module: str) -> bool:
    return any(PurePosixPath(module).match(which) for which in OWN)


def test_every_module_that_decodes_is_aimed_at_or_excused() -> None:
    assert sorted(one for one in _decoding() - set(AIMED) if not _excused(one)) == []


def test_what_is_listed_still_decodes_and_every_target_is_there() -> None:
    found = _decoding()

    assert sorted(set(AIMED) - found) == []
    assert sorted(set(AIMED.values()) - set(TARGETS)) == []
    assert [
        which for which in OWN if not any(PurePosixPath(one).match(which) for one in found)
    ] == []


@pytest.mark.parametrize("how", ["msgspec.json.decode(raw)", "zipfile.ZipFile(path)"])
def test_a_new_decoder_would_be_seen(how: str) -> None:
    assert DECODES.search(f"    kept = {how}\n")
