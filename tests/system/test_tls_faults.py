"""A station, its ledger, and TLS that goes wrong between them (D6, D7).

Nothing leaves and nothing is lost. The impostor forwards truly whatever it is given, so a station
that believed it would never notice.
"""

import logging
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.ledger.clock import SystemClock
from app.ledger.tls import making
from app.ledger.tls.folder import TlsFolder
from app.ledger.tls.making import Pair, read_pair
from app.ledger.tls.serving import Serving
from app.ledger.web.server import ServerThread
from app.sync.dialling import Address, Dialled
from app.sync.pins import Pins
from app.sync.runner import Pace
from app.sync.trouble import CutOff, Unreachable
from tests.support import certificates
from tests.support.certificates import NAMES, Guise
from tests.support.impostor import Impostor
from tests.support.proxy import Fault, FaultProxy, How, Way
from tests.support.synced import SITE, RealLedger, SyncedBench, eventually

pytestmark = pytest.mark.system

SENTENCES = {
    Guise.TLS_1_2: "no TLS 1.3",
    Guise.WRONG_CA: "not of the authority",
    Guise.EXPIRED: "expired",
    Guise.WRONG_HOST: "another address",
    Guise.SELF_SIGNED: "not of the authority",
    Guise.NOT_YET: "Check the clock",
}
BAD = [*SENTENCES, None]


@dataclass
class Stage:
    """A ledger on https, the proxy before it, and a bench that has pinned it and is online."""

    folder: Path
    authority: Pair
    ledger: RealLedger
    plain: str
    proxy: FaultProxy
    bench: SyncedBench

    @property
    def port(self) -> int:
        return int(self.ledger.url.rpartition(":")[2])

    def impostor(self, guise: Guise | None) -> Impostor:
        context = guise and certificates.serving(guise, self.authority, self.folder)
        return Impostor(int(self.plain.rpartition(":")[2]), context or None)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    certs = TlsFolder(tmp_path / "tls")
    ledger = RealLedger(tmp_path / "ledger", Serving(certs, NAMES, SystemClock()))
    code = ledger.service.identity.add_station(SITE, "Bench 4").code
    port = int(ledger.url.rpartition(":")[2])
    with ServerThread(ledger.service) as plain, FaultProxy(port) as proxy:
        url = proxy.url.replace("http:", "https:")
        bench = SyncedBench(tmp_path / "bench", url, code, ca=certs.path / "ca.pem")
        bench.start_sync(Pace())
        assert eventually(lambda: "online" in bench.desk.links)
        authority = read_pair((certs.path / "authority.pem").read_bytes())
        yield Stage(tmp_path, authority, ledger, plain.url, proxy, bench)
        bench.close()
    ledger.go_down()


def _online_again(stage: Stage) -> bool:
    assert stage.bench.sync is not None
    stage.bench.sync.link_up()
    return stage.bench.desk.links[-1] == "online" and stage.bench.confirmed()


@pytest.mark.parametrize("guise", BAD, ids=lambda guise: guise or "plain http")
def test_an_impostor_gets_nothing_and_nothing_is_lost(
    stage: Stage, guise: Guise | None, caplog: pytest.LogCaptureFixture
) -> None:
    # Diverting breaks connections off; whether the link was called offline in between is chance.
    caplog.set_level(logging.ERROR, "app.sync.link")
    early = [stage.bench.receive(2) for _ in range(3)]
    assert eventually(stage.bench.confirmed)

    with stage.impostor(guise) as impostor:
        stage.proxy.divert(impostor.port)
        assert eventually(lambda: stage.bench.desk.links[-1] == "unproven")
        late = [stage.bench.receive(2) for _ in range(5)]
        assert stage.bench.sync is not None
        stage.bench.sync.link_up()
        assert eventually(lambda: impostor.met >= 6)
        said = SENTENCES[guise] if guise else "plain http"
        assert eventually(lambda: said in stage.bench.desk.sentences[-1])
        assert impostor.read == []
        stage.proxy.divert(stage.port)

    assert eventually(lambda: _online_again(stage))
    assert stage.ledger.posted() == early + late
    assert stage.bench.at_dock() == 16


def test_the_same_impostor_with_the_true_key_reads_everything(stage: Stage) -> None:
    """The control: only the certificates make the difference above."""
    with stage.impostor(Guise.GENUINE) as impostor:
        stage.proxy.divert(impostor.port)
        sent = [stage.bench.receive() for _ in range(3)]

        assert eventually(lambda: _online_again(stage))
        assert any(sent[0].encode() in request for request in impostor.read)
        stage.proxy.divert(stage.port)


# Greeting, hello, certificate, finished: about 700 bytes up and 2,000 down.
@pytest.mark.parametrize(
    ("way", "at"),
    [(Way.REQUEST, at) for at in (0, 1, 300)] + [(Way.RESPONSE, at) for at in (0, 120, 900)],
)
@pytest.mark.parametrize("how", [How.CLOSE, How.RESET, How.SILENCE])
def test_a_handshake_that_breaks_off_loses_nothing(
    stage: Stage, way: Way, at: int, how: How, caplog: pytest.LogCaptureFixture
) -> None:
    # Whether the link was called down before the next try came through is chance.
    caplog.set_level(logging.ERROR, "app.sync.link")
    stage.proxy.arm(Fault(way, at, how))
    stage.proxy.divert(stage.port)

    sent = [stage.bench.receive() for _ in range(3)]

    assert eventually(lambda: stage.proxy.fired)
    assert eventually(lambda: _online_again(stage))
    assert stage.ledger.posted() == sent


# ------------------------------------------------------------------ the outer gate


@pytest.fixture
def gated(tmp_path: Path) -> Iterator[tuple[str, Path, Pair]]:
    """A ledger that lets in only stations with a certificate; address, folder, whose they are."""
    stations = certificates.authority()
    client_ca = tmp_path / "client-ca.pem"
    client_ca.write_bytes(making.pem(stations.certificate))
    certs = TlsFolder(tmp_path / "tls")
    ledger = RealLedger(tmp_path / "ledger", Serving(certs, NAMES, SystemClock(), client_ca))
    Pins(tmp_path / "bench").pin_file(certs.path / "ca.pem")
    yield ledger.url, tmp_path / "bench", stations
    ledger.go_down()


def _hello(url: str, folder: Path, own: Path | None) -> str:
    dialled = Dialled(Address(url, folder, client_cert=own))
    try:
        return dialled.gate.hello().epoch
    finally:
        dialled.wire.close()


def test_the_gate_lets_in_a_station_with_its_certificate(
    gated: tuple[str, Path, Pair], tmp_path: Path
) -> None:
    url, folder, stations = gated

    assert _hello(url, folder, certificates.client_file(tmp_path, stations))


@pytest.mark.parametrize("whose", ["nobody's", "a stranger's"])
def test_the_gate_refuses_no_certificate_and_a_strangers(
    gated: tuple[str, Path, Pair], tmp_path: Path, whose: str
) -> None:
    url, folder, _ = gated
    own = None
    if whose == "a stranger's":
        own = certificates.client_file(tmp_path, certificates.authority())

    # In TLS 1.3 the refusal comes after the station's last word; uvloop hangs up without a reason.
    with pytest.raises((Unreachable, CutOff)):
        _hello(url, folder, own)


# ------------------------------------------------------------------ renewal while it serves


def test_a_renewed_certificate_is_served_without_a_restart(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ssl.get_server_certificate(("localhost", stage.port))

    TlsFolder(stage.folder / "tls").renew_server(certificates.now())
    monkeypatch.setattr("app.ledger.web.server.LOOK_TICKS", 1)

    pause = threading.Event()
    assert eventually(
        lambda: pause.wait(0.1) or ssl.get_server_certificate(("localhost", stage.port)) != before
    )
    sent = stage.bench.receive()
    assert eventually(stage.bench.confirmed)
    assert stage.ledger.posted() == [sent]
