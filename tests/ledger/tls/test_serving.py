"""A server on TLS 1.3: what it tells, what it refuses, and what it never stops for."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from app.ledger.clock import SystemClock
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.ledger.tls.folder import TlsFolder
from app.ledger.tls.serving import Serving
from app.ledger.web import loops
from app.ledger.web.authority_page import PATH, TYPE
from app.ledger.web.server import ServerThread
from tests.fakes.clock import FakeClock
from tests.support.leaks import ExpectedLogs

NAMES = ("localhost", "127.0.0.1")
DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def folder(tmp_path: Path) -> TlsFolder:
    return TlsFolder(tmp_path / "tls")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[LedgerService]:
    opened = LedgerService(Database.in_folder(tmp_path / "ledger"))
    yield opened
    opened.close()


@pytest.fixture
def url(service: LedgerService, folder: TlsFolder) -> Iterator[str]:
    with ServerThread(service, tls=Serving(folder, NAMES, SystemClock())) as server:
        yield server.url


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


def _believing(folder: TlsFolder) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=folder.path / "ca.pem")


def test_it_speaks_tls_13_and_nothing_older(url: str, folder: TlsFolder) -> None:
    context = _believing(folder)
    with (
        closing(socket.create_connection(("127.0.0.1", _port(url)))) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        assert secure.version() == "TLSv1.3"

    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with (
        closing(socket.create_connection(("127.0.0.1", _port(url)))) as plain,
        pytest.raises(ssl.SSLError),
    ):
        context.wrap_socket(plain, server_hostname="localhost")


def test_it_hands_out_its_authority_and_no_key(url: str, folder: TlsFolder) -> None:
    page = httpx.get(url + PATH, verify=_believing(folder))

    assert (page.status_code, page.headers["content-type"]) == (200, TYPE)
    assert page.content == (folder.path / "ca.pem").read_bytes()
    assert b"PRIVATE" not in page.content


def test_without_tls_there_is_no_authority_to_hand_out(service: LedgerService) -> None:
    with ServerThread(service) as server:
        assert httpx.get(server.url + PATH).status_code == 404


def test_plain_http_is_not_answered(url: str) -> None:
    with pytest.raises(httpx.HTTPError):
        httpx.get(url.replace("https:", "http:") + "/v1/hello")


def test_a_stranger_who_never_shakes_hands_is_dropped(
    service: LedgerService, folder: TlsFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "HANDSHAKE_S", 0.5)
    with (
        ServerThread(service, tls=Serving(folder, NAMES, SystemClock())) as server,
        closing(socket.create_connection(("127.0.0.1", _port(server.url)))) as silent,
    ):
        silent.settimeout(20)
        began = time.monotonic()
        try:
            end = silent.recv(1)
        except ConnectionResetError:
            end = b""

        assert end == b""
        assert time.monotonic() - began < 10


@pytest.mark.slow
def test_a_thousand_who_never_shake_hands_hold_up_nobody(url: str, folder: TlsFolder) -> None:
    """P2 under TLS: they stop after the first byte of their greeting."""
    took = []
    silent = [socket.create_connection(("127.0.0.1", _port(url))) for _ in range(1_000)]
    try:
        for one in silent:
            one.sendall(b"\x16")
        with httpx.Client(base_url=url, verify=_believing(folder)) as healthy:
            for _ in range(100):
                began = time.monotonic()
                assert healthy.get("/v1/hello").status_code == 200
                took.append(time.monotonic() - began)
    finally:
        for one in silent:
            one.close()

    assert sorted(took)[98] < 1


# ------------------------------------------------------------------ looked after while it serves


def test_it_renews_what_it_shows(folder: TlsFolder) -> None:
    clock = FakeClock()
    serving = Serving(folder, NAMES, clock)
    before = serving.kept.server

    clock.pass_ms(61 * DAY_MS)
    serving.look()

    assert serving.kept.server != before
    assert set(serving.kept.names) == set(NAMES)


def test_a_damaged_folder_does_not_stop_a_server(
    folder: TlsFolder, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("certificates not renewed")
    serving = Serving(folder, NAMES, SystemClock())
    before = serving.kept
    (folder.path / "server.pem").write_bytes(b"nothing")

    serving.look()

    assert serving.kept == before


def test_a_certificate_of_it_that_ends_is_announced(
    folder: TlsFolder, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the certificate that IT gave ends on")
    clock = FakeClock()
    first = folder.keep(clock.now(), NAMES)
    folder.use(first.chain.read_bytes(), first.trusted_pem)
    clock.pass_ms(70 * DAY_MS)

    serving = Serving(folder, (), clock)

    assert not serving.kept.is_own
