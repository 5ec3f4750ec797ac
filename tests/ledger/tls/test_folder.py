"""The ledger's certificates: made once, renewed by themselves, believed by whoever pins them."""

import ssl
import stat
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from cryptography import x509

from app.errors import Trouble
from app.ledger import files
from app.ledger.tls import making, proof
from app.ledger.tls.folder import NEXT_BEFORE, OVERLAP, RENEW_BEFORE, Kept, TlsFolder
from app.ledger.tls.making import AUTHORITY_LIFE, SERVER_LIFE

# Certificates are checked against the real clock by OpenSSL.
NOW = datetime.now(UTC).replace(microsecond=0)
# An authority announced then hands over a few minutes ago.
EARLIER = NOW - OVERLAP - timedelta(minutes=5)
NAMES = ["ledger.example", "10.0.0.5"]


@pytest.fixture
def tls(tmp_path: Path) -> TlsFolder:
    return TlsFolder(tmp_path / "tls")


def _shake_hands(kept: Kept, pinned: bytes, name: str) -> None:
    """A handshake in memory, as strict as the newest Python is by default."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(kept.chain)
    client = ssl.create_default_context(cadata=pinned.decode())
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    proof._shake_hands(server, client, name)


@pytest.mark.parametrize("name", NAMES)
def test_whoever_pins_the_authority_believes_the_server(tls: TlsFolder, name: str) -> None:
    kept = tls.keep(NOW, NAMES)

    _shake_hands(kept, kept.trusted_pem, name)

    assert kept.is_own
    with pytest.raises(ssl.SSLCertVerificationError):
        _shake_hands(kept, kept.trusted_pem, "other.example")


def test_another_ledgers_authority_proves_nothing(tls: TlsFolder, tmp_path: Path) -> None:
    kept, stranger = tls.keep(NOW, NAMES), TlsFolder(tmp_path / "other").keep(NOW, NAMES)

    with pytest.raises(ssl.SSLCertVerificationError):
        _shake_hands(stranger, kept.trusted_pem, NAMES[0])


def test_nobody_else_can_read_the_keys(tls: TlsFolder) -> None:
    tls.begin_next(NOW)

    assert stat.S_IMODE(tls.path.stat().st_mode) == 0o700
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tls.path.iterdir()}
    assert modes == {
        "authority.pem": 0o600,
        "next.pem": 0o600,
        "server.pem": 0o600,
        "ca.pem": 0o644,
    }
    assert b"PRIVATE" not in (tls.path / "ca.pem").read_bytes()


def test_a_second_start_changes_nothing(tls: TlsFolder) -> None:
    tls.keep(NOW, NAMES)
    before = {file.name: file.read_bytes() for file in tls.path.iterdir()}

    tls.keep(NOW + timedelta(days=1), NAMES)

    assert {file.name: file.read_bytes() for file in tls.path.iterdir()} == before


def test_a_new_name_is_added_and_none_is_forgotten(tls: TlsFolder) -> None:
    first = tls.keep(NOW, ["ledger.example"])

    kept = tls.keep(NOW, ["10.0.0.5"])

    assert kept.names == NAMES
    assert kept.fingerprint == first.fingerprint


def test_the_server_certificate_is_renewed_in_time_and_keeps_its_names(tls: TlsFolder) -> None:
    first = tls.keep(NOW, NAMES)
    due = NOW + SERVER_LIFE - RENEW_BEFORE

    assert tls.keep(due - timedelta(minutes=1)).server == first.server
    renewed = tls.keep(due + timedelta(minutes=1))

    assert renewed.server != first.server
    assert renewed.names == NAMES
    assert renewed.fingerprint == first.fingerprint


def test_the_authority_hands_over_with_an_overlap(tls: TlsFolder) -> None:
    old = tls.keep(EARLIER, NAMES)

    announced = tls.begin_next(EARLIER)
    during = tls.keep(NOW - timedelta(minutes=6))
    after = tls.keep(NOW)

    assert making.fingerprint_of(announced.trusted[0]) == old.fingerprint
    assert (len(announced.trusted), len(during.trusted), len(after.trusted)) == (2, 2, 1)
    assert during.server == old.server
    assert after.trusted[0] == announced.trusted[1]
    # Who pinned both while they were announced never notices.
    _shake_hands(during, announced.trusted_pem, NAMES[0])
    _shake_hands(after, announced.trusted_pem, NAMES[0])
    with pytest.raises(ssl.SSLCertVerificationError):
        _shake_hands(after, old.trusted_pem, NAMES[0])


def test_the_next_authority_is_announced_by_itself_in_the_last_year(tls: TlsFolder) -> None:
    tls.keep(NOW, NAMES)
    last_year = NOW + AUTHORITY_LIFE - NEXT_BEFORE

    assert len(tls.keep(last_year - timedelta(days=1)).trusted) == 1
    assert len(tls.keep(last_year + timedelta(days=1)).trusted) == 2
    handed_over = tls.keep(last_year + timedelta(days=2) + OVERLAP)

    assert len(handed_over.trusted) == 1
    assert handed_over.trusted[0].not_valid_after_utc > NOW + AUTHORITY_LIFE


def test_a_leaked_authority_is_dropped_at_once_on_request(tls: TlsFolder) -> None:
    old = tls.keep(NOW, NAMES)
    with pytest.raises(Trouble, match="no next authority"):
        tls.switch(NOW)
    announced = tls.begin_next(NOW)

    switched = tls.switch(NOW)

    assert switched.trusted == announced.trusted[1:]
    assert switched.fingerprint != old.fingerprint
    assert switched.names == NAMES


class _PowerCut(Exception):
    pass


@pytest.mark.parametrize("at", range(12))
def test_a_hand_over_cut_off_anywhere_is_finished_at_the_next_start(
    tls: TlsFolder, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    tls.keep(EARLIER, NAMES)
    announced = tls.begin_next(EARLIER)
    steps = 0
    sync = files.sync

    def dying(path: Path) -> None:
        nonlocal steps
        if steps == at:
            raise _PowerCut
        steps += 1
        sync(path)

    with monkeypatch.context() as patch:
        patch.setattr(files, "sync", dying)
        with suppress(_PowerCut):
            tls.keep(NOW)

    kept = TlsFolder(tls.path).keep(NOW)
    assert kept.fingerprint == making.fingerprint_of(announced.trusted[1])
    _shake_hands(kept, announced.trusted_pem, NAMES[0])


def test_two_that_start_at_once_make_one_authority(tls: TlsFolder) -> None:
    tls.path.mkdir()
    together = Barrier(4)
    found: list[str] = []

    def start() -> None:
        together.wait()
        found.append(TlsFolder(tls.path).keep(NOW, NAMES).fingerprint)

    threads = [Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert len(set(found)) == 1


@pytest.mark.parametrize("name", ["", "https://ledger", "led ger", "ledger:8800", "a" * 300])
def test_what_is_no_name_is_a_sentence(tls: TlsFolder, name: str) -> None:
    with pytest.raises(Trouble, match="no host name"):
        tls.keep(NOW, [name])


def test_a_damaged_file_is_a_sentence_and_not_replaced(tls: TlsFolder) -> None:
    tls.keep(NOW, NAMES)
    (tls.path / "authority.pem").write_bytes(b"-----BEGIN nothing")

    with pytest.raises(Trouble, match="cannot be used"):
        tls.keep(NOW)

    assert (tls.path / "authority.pem").read_bytes() == b"-----BEGIN nothing"


# ------------------------------------------------------------------ given by IT


def _its() -> tuple[bytes, bytes, bytes]:
    """Chain, key and authority as an IT department would hand them over."""
    authority = making.new_authority(NOW)
    server = making.new_server(authority, ["ledger.example"], NOW)
    return (
        making.pem(server.certificate),
        making.key_pem(server.key),
        making.pem(authority.certificate),
    )


def test_certificates_of_it_are_used_and_never_renewed_here(tls: TlsFolder) -> None:
    tls.keep(NOW, NAMES)
    chain, key, authority = _its()

    assert proof.check(chain, key, authority) == ["ledger.example"]
    tls.use(key + chain, authority)
    kept = tls.keep(NOW + SERVER_LIFE)

    assert not kept.is_own
    assert kept.server == x509.load_pem_x509_certificate(chain)
    _shake_hands(kept, authority, "ledger.example")
    for renew in (tls.renew_server, tls.begin_next, tls.switch):
        with pytest.raises(Trouble, match="given by IT"):
            renew(NOW)
    with pytest.raises(Trouble, match=r"not for 10\.0\.0\.5"):
        tls.keep(NOW, NAMES)


def test_certificates_that_no_station_would_believe_are_refused_before_they_are_used() -> None:
    chain, key, authority = _its()
    other_chain, other_key, other_authority = _its()
    old = making.new_server(making.new_authority(NOW), ["a.example"], NOW - 2 * SERVER_LIFE)

    for given in (
        (chain, key, other_authority),
        (chain, other_key, authority),
        (other_chain, key, authority),
        (making.pem(old.certificate), making.key_pem(old.key), authority),
        (b"", key, authority),
        (chain, key, b"no certificate"),
        (authority, key, authority),
    ):
        with pytest.raises(Trouble):
            proof.check(*given)
