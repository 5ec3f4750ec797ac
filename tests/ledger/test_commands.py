"""`packhouse ledger …` and `packhouse import …`, as an administrator uses them."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.conformance.probe import Device
from app.conformance.remote import HttpStations

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "resources" / "sample"
# A cold start on a busy two-core machine; it usually takes one second.
START_LIMIT_S = 60

pytestmark = pytest.mark.system


def packhouse(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ui", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=START_LIMIT_S,
        check=False,
    )


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "ui", "ledger", "serve", "--data-dir", str(folder), "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    where = tmp_path / "ledger"
    assert packhouse("ledger", "site", "add", "BER1", "--data-dir", where).returncode == 0
    return where


def test_a_ledger_is_set_up_served_and_spoken_to(folder: Path) -> None:
    with served(folder) as (process, line):
        assert line.startswith("listening on http://127.0.0.1:")
        added = packhouse("ledger", "station", "add", "BER1", "PACK-01", "--data-dir", folder)
        remote = HttpStations(line.split()[-1])
        device = Device("PACK-01")
        who = remote.gate.enrol(device.enrol_request(added.stdout.strip()))
        remote.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(START_LIMIT_S) == 0

    assert (who.site, who.station) == ("BER1", "PACK-01")
    seen = packhouse("ledger", "station", "list", "--data-dir", folder)
    assert "PACK-01\tactive" in seen.stdout


def test_a_second_server_on_the_same_folder_is_refused_in_one_sentence(folder: Path) -> None:
    with served(folder):
        second = packhouse("ledger", "serve", "--data-dir", folder, "--port", "0")

    assert second.returncode == 1
    assert "already" in second.stderr
    assert second.stderr.count("\n") == 1


def test_a_server_killed_outright_starts_again_with_everything(folder: Path) -> None:
    with served(folder) as (process, _):
        packhouse("import", "items", SAMPLE / "items.csv", "--data-dir", folder)
        process.kill()
        process.wait()

    with served(folder) as (_, line):
        assert line.startswith("listening on")
    again = packhouse("import", "items", SAMPLE / "items.csv", "--data-dir", folder)
    assert "items: 0 written" in again.stdout


def test_the_sample_goes_in_twice_and_counts_once(folder: Path) -> None:
    for expected in (" 0 unchanged", " 0 written"):
        for kind in ("items", "locations", "boxes", "stock", "orders"):
            done = packhouse("import", kind, SAMPLE / f"{kind}.csv", "--data-dir", folder)
            assert done.returncode == 0, done.stderr
            assert expected in done.stdout


def test_rows_only_the_ledger_can_judge_come_back_with_a_reason(
    folder: Path, tmp_path: Path
) -> None:
    packhouse("import", "items", SAMPLE / "items.csv", "--data-dir", folder)
    packhouse("import", "locations", SAMPLE / "locations.csv", "--data-dir", folder)
    good = (SAMPLE / "stock.csv").read_text(encoding="utf-8").splitlines()[:3]
    names = good[0].split(",")
    odd = dict.fromkeys(names, "") | {"location": "ZZ-99-9", "sku": "NO-SUCH", "quantity": "4"}
    file, rejects = tmp_path / "stock.csv", tmp_path / "rejects.csv"
    file.write_text("\n".join([*good, ",".join(odd[name] for name in names), ""]), encoding="utf-8")

    whole = packhouse("import", "stock", file, "--data-dir", folder)
    part = packhouse(
        "import", "stock", file, "--partial", "--rejects", rejects, "--data-dir", folder
    )

    assert (whole.returncode, part.returncode) == (1, 1)
    assert "Row 4" in whole.stderr
    assert "2 written" in part.stdout
    left = rejects.read_text(encoding="utf-8-sig")
    assert "ZZ-99-9" in left
    assert "not known" in left
    assert good[1].split(",")[0] not in left.splitlines()[1]


def test_a_person_is_added_listed_and_revoked(folder: Path) -> None:
    added = packhouse("ledger", "user", "add", "BER1", "p-novak", "A. Novak", "--data-dir", folder)
    packhouse("ledger", "user", "revoke", "p-novak", "--data-dir", folder)
    listed = packhouse("ledger", "user", "list", "--data-dir", folder)

    assert added.stdout.startswith("badge PHB-")
    assert "PIN " in added.stdout
    assert listed.stdout == "BER1\tp-novak\tA. Novak\tclerk\trevoked\n"


def test_a_badge_is_kept_where_it_is_given_and_printed_where_it_is_new(folder: Path) -> None:
    place = ("--data-dir", folder)
    sheet = folder / "badge.svg"
    added = packhouse(
        "ledger", "user", "add", "*", "Ada Berg", "--role", "admin", "--sheet", sheet, *place
    )
    id_, badge = (line.split()[1] for line in added.stdout.splitlines()[:2])
    kept = packhouse("ledger", "user", "pin", id_, "--badge", badge, *place)
    other = packhouse("ledger", "user", "pin", id_, "--badge", f"{badge[:-1]}0", *place)
    again = packhouse("ledger", "user", "badge", id_, "--sheet", sheet, *place)

    assert sheet.stat().st_mode & 0o777 == 0o600
    assert "Ada Berg" in sheet.read_text(encoding="utf-8")
    assert badge not in sheet.read_text(encoding="utf-8")
    assert [line.split()[0] for line in kept.stdout.splitlines()] == ["PIN"]
    assert (other.returncode, "not" in other.stderr) == (1, True)
    assert badge not in other.stderr
    assert (again.returncode, "already" in again.stderr) == (1, True)


def test_orders_are_cancelled_by_number(folder: Path) -> None:
    for kind in ("items", "locations", "orders"):
        packhouse("import", kind, SAMPLE / f"{kind}.csv", "--data-dir", folder)
    number = (SAMPLE / "orders.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]

    done = packhouse("ledger", "order", "cancel", number, "--data-dir", folder)
    unknown = packhouse("ledger", "order", "cancel", "ORD-0", "--data-dir", folder)

    assert (done.returncode, done.stdout) == (0, "1 orders cancelled\n")
    assert (unknown.returncode, unknown.stderr.count("\n")) == (1, 1)
    assert "ORD-0" in unknown.stderr


def test_conformance_judges_a_running_ledger(folder: Path) -> None:
    with served(folder) as (_, line):
        codes = [
            packhouse("ledger", "station", "add", "BER1", f"P-{n}", "--data-dir", folder).stdout
            for n in range(5)
        ]
        flags = [flag for code in codes for flag in ("--code", code.strip())]
        judged = packhouse("conformance", line.split()[-1], *flags)

    assert judged.returncode == 0, judged.stdout
    assert " 0 broken" in judged.stdout.splitlines()[-1]
    assert "kept    a move sent twice is posted once" in judged.stdout


def test_a_key_is_made_listed_and_revoked(folder: Path) -> None:
    place = ("--data-dir", folder)
    made = packhouse(
        "ledger",
        "key",
        "add",
        "shop",
        "--scope",
        "read",
        "--actor",
        "p-novak",
        "--site",
        "BER1",
        *place,
    )
    listed = packhouse("ledger", "key", "list", *place)
    wrong = packhouse(
        "ledger", "key", "add", "shop", "--scope", "all", "--actor", "p-novak", *place
    )
    revoked = packhouse("ledger", "key", "revoke", "shop", *place)
    again = packhouse("ledger", "key", "revoke", "shop", *place)

    assert made.stdout.startswith("phk_")
    assert "once only" in made.stderr
    assert made.stdout.strip().rpartition("_")[2] not in listed.stdout
    assert "\tshop\tBER1\tread\tp-novak\tactive\t" in listed.stdout
    assert (wrong.returncode, wrong.stderr.count("\n")) == (1, 1)
    assert revoked.stdout == "1 keys revoked\n"
    assert again.returncode == 1


def test_a_policy_is_shown_set_and_remembered(folder: Path) -> None:
    said = ("--actor", "p-weber", "--reason", "Start with little", "--data-dir", folder)

    made = packhouse("ledger", "policy", "set", "BER1", "adjust.clerk.quantity=5", *said)
    shown = packhouse("ledger", "policy", "show", "BER1", "--data-dir", folder)
    wrong = packhouse("ledger", "policy", "set", "BER1", "grant_days=99", *said)
    history = packhouse("ledger", "policy", "history", "BER1", "--data-dir", folder)

    assert made.stdout == "policy of BER1: version 1\n"
    assert '"quantity": 5' in shown.stdout
    assert (wrong.returncode, wrong.stderr.count("\n")) == (1, 1)
    assert "grant_days is 99" in wrong.stderr
    assert history.stdout.endswith("\tp-weber\tStart with little\n")
    assert history.stdout.count("\n") == 1
