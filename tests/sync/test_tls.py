"""Whom a station believes: what it has pinned, over TLS 1.3, and never http instead (D6)."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import ENOSPC
from pathlib import Path

import pytest

from app.contract import fingerprint
from app.errors import Refusal, Trouble
from app.ledger.tls import making
from app.ledger.tls.making import Pair
from app.sync import tls
from app.sync.dialling import Address, Dialled
from app.sync.http_ledger import HttpGate
from app.sync.pins import FILE_NAME, PATH, Pins
from app.sync.trouble import CutOff, Unreachable
from app.sync.wire import Patience, Wire
from tests.support import certificates
from tests.support.certificates import Guise
from tests.support.scripted_server import Script, ScriptedServer, answer

LONG = Patience(silence_s=10, total_s=20, most_bytes=64 << 10)

SENTENCES = {
    Guise.TLS_1_2: "no TLS 1.3",
    Guise.WRONG_CA: "not of the authority",
    Guise.EXPIRED: "expired",
    Guise.WRONG_HOST: "another address",
    Guise.SELF_SIGNED: "not of the authority",
    Guise.NOT_YET: "Check the clock",
}


@pytest.fixture(scope="module")
def genuine() -> Pair:
    return certificates.authority()


def _says(body: bytes) -> Script:
    return lambda connection, asked: connection.sendall(answer(body))


def _pem(*authorities: Pair) -> str:
    return b"".join(making.pem(one.certificate) for one in authorities).decode()


@contextmanager
def _saying_at_once(raw: bytes) -> Iterator[str]:
    """A server that takes the first bytes, says this, and hangs up; its https address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        near, _ = listener.accept()
        with near:
            near.recv(4_096)
            near.sendall(raw)
            near.shutdown(socket.SHUT_WR)
            with suppress(ConnectionError):
                near.recv(4_096)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"https://localhost:{listener.getsockname()[1]}"
    finally:
        thread.join(10)
        listener.close()


def test_the_pinned_ledger_is_spoken_to(genuine: Pair, tmp_path: Path) -> None:
    context = certificates.serving(Guise.GENUINE, genuine, tmp_path)

    with ScriptedServer(_says(b"{}"), context) as server:
        wire = Wire(server.url, tls.trust(_pem(genuine)))
        reply = wire.ask("/v1/hello", None, "", LONG)
        wire.close()

    assert (reply.status, reply.body) == (200, b"{}")


@pytest.mark.parametrize("guise", SENTENCES)
def test_whatever_else_answers_is_sent_nothing_and_told_why(
    guise: Guise, genuine: Pair, tmp_path: Path
) -> None:
    context = certificates.serving(guise, genuine, tmp_path)

    with ScriptedServer(_says(b"{}"), context) as server:
        wire = Wire(server.url, tls.trust(_pem(genuine)))
        with pytest.raises(Unreachable, match=SENTENCES[guise]) as caught:
            wire.ask("/v1/token", b'{"secret":1}', "bearer", LONG)
        wire.close()

        assert "Nothing was sent" in caught.value.say
        assert server.asked == []


def test_the_systems_own_list_is_never_asked() -> None:
    with pytest.raises(Trouble, match="which certificate authority"):
        Wire("https://ledger.example")


def test_plain_http_where_https_was_is_refused(genuine: Pair) -> None:
    with _saying_at_once(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url:
        wire = Wire(url, tls.trust(_pem(genuine)))
        with pytest.raises(Unreachable, match="speaks plain http"):
            wire.ask("/v1/token", b"{}", "bearer", LONG)
        wire.close()


def test_a_line_that_breaks_in_the_handshake_is_no_impostor(genuine: Pair) -> None:
    with _saying_at_once(b"") as url:
        wire = Wire(url, tls.trust(_pem(genuine)))
        with pytest.raises(CutOff, match="broke off"):
            wire.ask("/v1/hello", None, "", LONG)
        wire.close()


def test_a_redirect_to_http_is_not_followed(genuine: Pair, tmp_path: Path) -> None:
    with ScriptedServer(_says(b"{}")) as plain:
        moved = answer(b"", status="307 Moved", more=f"Location: {plain.url}/v1/token\r\n")
        context = certificates.serving(Guise.GENUINE, genuine, tmp_path)
        with ScriptedServer(lambda end, asked: end.sendall(moved), context) as server:
            wire = Wire(server.url, tls.trust(_pem(genuine)))
            reply = wire.ask("/v1/token", b"{}", "bearer", LONG)
            wire.close()

        assert reply.status == 307
        assert plain.asked == []


# ------------------------------------------------------------------ pinning


def _announcing(*authorities: Pair) -> Script:
    return _says(_pem(*authorities).encode())


def test_the_authority_a_person_named_is_pinned(genuine: Pair, tmp_path: Path) -> None:
    context = certificates.serving(Guise.GENUINE, genuine, tmp_path)
    known = making.fingerprint_of(genuine.certificate)

    with ScriptedServer(_announcing(genuine), context) as server:
        Pins(tmp_path).pin_fingerprint(server.url, fingerprint.short(known))
        asked = [one.path for one in server.asked]
        # A second start asks nobody.
        Pins(tmp_path).pin_fingerprint(server.url, known)

        assert asked == [PATH]
        assert len(server.asked) == 1

    assert Pins(tmp_path).pem == _pem(genuine)
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_a_certificate_that_says_a_thing_twice_is_none(genuine: Pair, tmp_path: Path) -> None:
    """Anybody may send it to a station that pins: it must not end with a traceback."""
    twice = tmp_path / "twice.pem"
    twice.write_bytes(certificates.doubled())

    with pytest.raises(Refusal, match="holds no certificate"):
        Pins(tmp_path).pin_file(twice)


def test_a_disk_that_is_full_when_authorities_change_keeps_the_old_ones(
    genuine: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    following = certificates.authority()
    context = certificates.serving(Guise.GENUINE, genuine, tmp_path)
    (tmp_path / FILE_NAME).write_text(_pem(genuine))

    def full(*_more: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    with ScriptedServer(_announcing(genuine, following), context) as server:
        wire = Wire(server.url, tls.trust(_pem(genuine)))
        monkeypatch.setattr("app.sync.pins.os.fsync", full)
        added = Pins(tmp_path).refresh(wire, server.url)
        wire.close()

    assert added == ""
    assert Pins(tmp_path).pem == _pem(genuine)


def test_an_impostor_at_first_sight_pins_nothing(genuine: Pair, tmp_path: Path) -> None:
    impostor = certificates.authority()
    context = certificates.serving(Guise.WRONG_CA, genuine, tmp_path)
    known = making.fingerprint_of(genuine.certificate)

    with (
        ScriptedServer(_announcing(impostor), context) as server,
        pytest.raises(Refusal, match="another authority") as caught,
    ):
        Pins(tmp_path).pin_fingerprint(server.url, known)

    # What a person needs to compare.
    assert fingerprint.words(making.fingerprint_of(impostor.certificate)) in caught.value.say
    assert Pins(tmp_path).pem == ""


def test_an_impostor_that_shows_the_true_authority_still_proves_nothing(
    genuine: Pair, tmp_path: Path
) -> None:
    context = certificates.serving(Guise.WRONG_CA, genuine, tmp_path)

    with ScriptedServer(_announcing(genuine), context) as server:
        address = Address(server.url, tmp_path)
        Pins(tmp_path).pin_fingerprint(address.url, making.fingerprint_of(genuine.certificate))
        dialled = Dialled(address)
        with pytest.raises(Unreachable):
            dialled.gate.hello()
        dialled.wire.close()

        assert [one.path for one in server.asked] == [PATH]


@pytest.mark.parametrize(
    "said", [b"", b"{}", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"\0"]
)
def test_nonsense_instead_of_an_authority_pins_nothing(
    said: bytes, genuine: Pair, tmp_path: Path
) -> None:
    context = certificates.serving(Guise.GENUINE, genuine, tmp_path)

    with ScriptedServer(_says(said), context) as server, pytest.raises(Refusal):
        Pins(tmp_path).pin_fingerprint(server.url, making.fingerprint_of(genuine.certificate))

    assert Pins(tmp_path).pem == ""


def test_a_server_certificate_cannot_be_pinned_as_an_authority(tmp_path: Path) -> None:
    leaf = tmp_path / "leaf.pem"
    leaf.write_bytes(making.pem(certificates.self_signed(certificates.NAMES).certificate))

    with pytest.raises(Refusal, match="no certificate"):
        Pins(tmp_path).pin_file(leaf)


@pytest.mark.parametrize("typed", ["", "abcd", "lusab-babad-gutih-tugad", "0" * 31, "x" * 64])
def test_too_little_to_compare_is_refused_before_anything_is_asked(
    typed: str, tmp_path: Path
) -> None:
    with pytest.raises(Refusal, match="at least 32 digits"):
        Pins(tmp_path).pin_fingerprint("https://127.0.0.1:1", typed)


# ------------------------------------------------------------------ the next authority


@pytest.fixture
def following() -> Pair:
    return certificates.authority()


def _both_trusted(genuine: Pair, following: Pair, folder: Path) -> None:
    (folder / "both.pem").write_text(_pem(genuine, following))
    Pins(folder).pin_file(folder / "both.pem")


def _refresh(server: ScriptedServer, folder: Path) -> str:
    pins = Pins(folder)
    wire = Wire(server.url, tls.trust(pins.pem))
    try:
        return pins.refresh(wire, server.url)
    finally:
        wire.close()


def test_the_next_authority_is_learnt_from_a_ledger_that_is_believed(
    genuine: Pair, following: Pair, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_text(_pem(genuine))
    Pins(tmp_path).pin_file(tmp_path / "ca.pem")
    context = certificates.serving(Guise.GENUINE, genuine, tmp_path)

    with ScriptedServer(_announcing(genuine, following), context) as server:
        assert _refresh(server, tmp_path) == _pem(genuine, following)
        assert _refresh(server, tmp_path) == ""

    assert Pins(tmp_path).pem == _pem(genuine, following)


def test_an_authority_that_is_announced_no_more_is_dropped(
    genuine: Pair, following: Pair, tmp_path: Path
) -> None:
    _both_trusted(genuine, following, tmp_path)
    context = certificates.serving(Guise.GENUINE, following, tmp_path)

    with ScriptedServer(_announcing(following), context) as server:
        _refresh(server, tmp_path)

    assert Pins(tmp_path).pem == _pem(following)


def test_a_set_that_would_shut_the_station_out_is_not_taken(
    genuine: Pair, following: Pair, tmp_path: Path
) -> None:
    """As behind a proxy of IT's: it shows one authority, the ledger behind it names another."""
    (tmp_path / "ca.pem").write_text(_pem(genuine))
    Pins(tmp_path).pin_file(tmp_path / "ca.pem")
    context = certificates.serving(Guise.GENUINE, genuine, tmp_path)

    with ScriptedServer(_announcing(following), context) as server:
        assert _refresh(server, tmp_path) == ""

    assert Pins(tmp_path).pem == _pem(genuine)


# ------------------------------------------------------------------ dialling


@pytest.mark.parametrize("url", ["http://127.0.0.1:8800", "http://localhost:8800", "http://[::1]"])
def test_plain_http_is_for_this_machine(url: str, tmp_path: Path) -> None:
    dialled = Dialled(Address(url, tmp_path))
    dialled.wire.close()

    assert type(dialled.gate) is HttpGate


def test_plain_http_elsewhere_needs_a_person_who_accepts_it(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="--plain-http"):
        Dialled(Address("http://ledger.example:8800", tmp_path))

    Dialled(Address("http://ledger.example:8800", tmp_path, plain_http=True)).wire.close()


def test_a_station_that_has_pinned_does_not_go_back_to_http(genuine: Pair, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(_pem(genuine))
    Pins(tmp_path).pin_file(tmp_path / "ca.pem")

    for url in ("http://127.0.0.1:8800", "http://ledger.example"):
        with pytest.raises(Trouble, match="does not go back"):
            Dialled(Address(url, tmp_path))


def test_an_unknown_authority_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="--ca-fingerprint"):
        Dialled(Address("https://ledger.example", tmp_path))


def test_a_damaged_pin_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("-----BEGIN CERTIFICATE-----\nnothing")

    with pytest.raises(Trouble, match="Pin it again"):
        Dialled(Address("https://ledger.example", tmp_path))


def test_the_context_is_as_strict_as_it_says(genuine: Pair) -> None:
    context = tls.trust(_pem(genuine))

    assert context.minimum_version is ssl.TLSVersion.TLSv1_3
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert len(context.get_ca_certs()) == 1
