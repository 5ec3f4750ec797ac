"""An administrator and a clerk bring a station to a ledger over https, as the manual says."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.contract import fingerprint
from tests.support.keys import passphrase_file
from tests.support.processes import PACKHOUSE

pytestmark = pytest.mark.system

START_S = 60
TEN = "0123-4567-89ab-cdef-0123-4567-89ab-cdef"


def _packhouse(*arguments: object, said: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PACKHOUSE, *map(str, arguments)],
        input=said, capture_output=True, text=True, timeout=START_S, check=False,
    )  # fmt: skip


@contextmanager
def _served(folder: Path, *flags: object) -> Iterator[str]:
    with subprocess.Popen(
        [*PACKHOUSE, "ledger", "serve", "--port", "0", "--data-dir", folder, *map(str, flags)],
        stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip().removeprefix("listening on ")
        finally:
            process.terminate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    where = tmp_path / "ledger"
    assert _packhouse("ledger", "site", "add", "BER1", "--data-dir", where).returncode == 0
    return where


def _station(folder: Path, url: str, *flags: object) -> subprocess.CompletedProcess[str]:
    """Start, and stop as soon as it is ready."""
    return _packhouse(
        "station", "--headless", "--data-dir", folder, "--ledger", url,
        "--passphrase-file", passphrase_file(folder.parent), *flags, said='{"stop":true}\n',
    )  # fmt: skip


def test_a_station_is_enrolled_with_a_code_and_a_fingerprint(folder: Path, tmp_path: Path) -> None:
    with _served(folder, "--tls") as url:
        added = _packhouse("ledger", "station", "add", "BER1", "pack-1", "--data-dir", folder)
        shown = _packhouse("ledger", "tls", "show", "--data-dir", folder)
        code = added.stdout.strip()
        (printed,) = re.findall(r"--ca-fingerprint ([0-9a-f-]+)", added.stderr)

        unknown = _station(tmp_path / "a", url, "--enrol", code)
        wrong = _station(tmp_path / "a", url, "--enrol", code, "--ca-fingerprint", TEN)
        right = _station(tmp_path / "a", url, "--enrol", code, "--ca-fingerprint", printed)
        again = _station(tmp_path / "a", url)
        back = _station(tmp_path / "b", url.replace("https:", "http:"), "--enrol", code)

    assert url.startswith("https://127.0.0.1:")
    (known,) = re.findall(r"sha256 ([0-9a-f]{64})", shown.stdout)
    assert fingerprint.tidy(printed) == known[:32]
    assert fingerprint.words(known) in added.stderr
    assert unknown.returncode == 1
    assert "--ca-fingerprint" in unknown.stderr
    assert wrong.returncode == 1
    assert "another authority" in wrong.stderr
    assert fingerprint.words(known) in wrong.stderr
    assert (right.returncode, again.returncode) == (0, 0), right.stderr + again.stderr
    assert back.returncode == 1
    assert code not in "".join(one.stderr for one in (unknown, wrong, back))


def test_beyond_this_machine_https_is_not_a_choice(folder: Path) -> None:
    with _served(folder, "--host", "0.0.0.0", "--tls-name", "ledger.example") as url:
        assert url.startswith("https://")
    shown = _packhouse("ledger", "tls", "show", "--data-dir", folder)
    assert "ledger.example" in shown.stdout

    both = _packhouse("ledger", "serve", "--tls", "--plain-http", "--data-dir", folder)
    assert (both.returncode, both.stderr.count("\n")) == (1, 1)
    with _served(folder, "--host", "0.0.0.0", "--plain-http") as url:
        assert url.startswith("http://")
    log = (folder / "log" / "packhouse.log").read_text(encoding="utf-8")
    assert "Plain http: whoever is on the network" in log


def test_certificates_are_renewed_announced_and_given_by_command(
    folder: Path, tmp_path: Path
) -> None:
    place = ("--data-dir", folder)
    none_yet = _packhouse("ledger", "tls", "show", *place)
    with _served(folder, "--tls"):
        first = _packhouse("ledger", "tls", "show", *place)
        renewed = _packhouse("ledger", "tls", "renew", *place)
        announced = _packhouse("ledger", "tls", "renew", "--ca", *place)
        switched = _packhouse("ledger", "tls", "renew", "--ca", "--now", *place)
    other = _packhouse(
        "ledger", "tls", "use", *place, "--cert", tmp_path / "no.pem", "--key", tmp_path / "no.key",
        "--ca", tmp_path / "no-ca.pem",
    )  # fmt: skip

    assert (none_yet.returncode, none_yet.stderr.count("\n")) == (1, 1)
    assert "renewed by itself" in renewed.stdout
    assert renewed.stdout.splitlines()[:4] == first.stdout.splitlines()[:4]
    (following,) = re.findall(r"next authority\t(\S+)", announced.stdout)
    assert f"authority\t{following}" in switched.stdout
    assert "next authority" not in switched.stdout
    assert (other.returncode, other.stderr.count("\n")) == (1, 1)


def test_a_database_says_where_certificates_go() -> None:
    asked = _packhouse(
        "ledger", "serve", "--tls", "--database", "postgresql://nobody@127.0.0.1:1/none"
    )

    assert asked.returncode == 1
    assert "--tls-dir" in asked.stderr
