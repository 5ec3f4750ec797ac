"""The first run against a real ledger on https and simulated devices: its checks are true."""

import queue
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from app.bootstrap import build
from app.contract import fingerprint
from app.devices.ports_here import ports_here
from app.devices.sim.bench import SimBench
from app.domain.device import DeviceChanged, DeviceState
from app.domain.scan import Scan
from app.domain.weight import Reading
from app.errors import PackhouseError
from app.ledger.clock import SystemClock
from app.ledger.tls.folder import TlsFolder
from app.ledger.tls.making import read_pair
from app.ledger.tls.serving import Serving
from app.settings import StationSettings, configuration, load
from app.setup.answers import Answers, Step, begun
from app.setup.doing import RealHands, begin
from app.setup.hands import Heard, failed
from app.setup.scanner_check import TEST_CODE, Verdict, judge
from app.station.configuration import Origin
from app.station.inbox import Printed, PrintState
from tests.support.certificates import NAMES
from tests.support.keys import by_passphrase
from tests.support.leaks import ExpectedLogs
from tests.support.synced import SITE, RealLedger

pytestmark = pytest.mark.system
WAIT_S = 20


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RealLedger, str]]:
    """A ledger on https, and the fingerprint of its authority."""
    folder = tmp_path_factory.mktemp("first-run")
    certs = TlsFolder(folder / "tls")
    served = RealLedger(folder / "ledger", Serving(certs, NAMES, SystemClock()))
    authority = read_pair((certs.path / "authority.pem").read_bytes())
    yield served, fingerprint.of(authority.certificate.public_bytes(Encoding.DER))
    served.go_down()


def hands_in(folder: Path) -> RealHands:
    return RealHands(folder, lambda _settings: by_passphrase())


def why(hands: RealHands, answers: Answers) -> str:
    with pytest.raises(PackhouseError) as found:
        hands.reach(answers)
    return failed(found.value, answers.url).why.code


def test_each_thing_that_can_be_wrong_with_a_ledger_has_its_sentence(
    ledger: tuple[RealLedger, str], tmp_path: Path
) -> None:
    served, true = ledger
    hands, right = hands_in(tmp_path), Answers(url=served.url, fingerprint=true)
    plain = served.url.replace("https:", "http:")

    assert why(hands, replace(right, fingerprint="")) == "setup.why_no_fingerprint"
    assert why(hands, replace(right, fingerprint="kettle")) == "setup.why_bad_fingerprint"
    assert why(hands, replace(right, fingerprint="0" * 64)) == "setup.why_other_fingerprint"
    assert why(hands, replace(right, url="https://127.0.0.1:1")) == "setup.unreachable"
    hands.reach(right)
    assert why(hands, replace(right, url=plain)) == "setup.trouble", "there is no way back to http"


def test_a_station_is_enrolled_and_starts(
    ledger: tuple[RealLedger, str], tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the setting scale was not changed")
    served, true = ledger
    code = served.service.identity.add_station(SITE, "PACK-07").code
    hands, answers = hands_in(tmp_path), Answers(url=served.url, fingerprint=true)
    hands.reach(answers)

    with pytest.raises(PackhouseError) as refused:
        hands.enrol(answers, "0000000000", again=False)
    known = hands.enrol(answers, code, again=False)
    again = hands.enrol(answers, "no code is spent", again=False)
    found = replace(answers, step=Step.SOUND, station=known.station, site=known.site)
    hands.keep(found)
    assert begin(load(tmp_path, {})) == found
    hands.finish(found)

    assert failed(refused.value, "").why.code == "setup.why_bad_code"
    assert (known.station, known.site) == ("PACK-07", SITE)
    assert again == known
    assert known.words.count("-") == 3
    assert not begun(tmp_path)
    with build(load(tmp_path, {}), unlock=by_passphrase()) as workstation:
        assert "PACK-07" in workstation.introduced
        workstation._change("scale_protocol", "toledo-8217")
        workstation._change("scale", "serial:///dev/ttyUSB0")
        workstation._change("wedge_gs", "^]")
        workstation._change("scanner", "tcp://127.0.0.1:9")
        assert [device._device.name for device in workstation._devices] == ["scanner-1"]
        told = {one.name: (one.value, one.origin) for one in configuration(load(tmp_path, {}))}
        board = workstation.station.engine.board
        assert workstation.station.call(lambda: board.settings).result(WAIT_S) == configuration(
            load(tmp_path, {})
        )

    assert told["scale_protocol"] == ("toledo-8217", Origin.FILE)
    assert told["scale"] == ("", Origin.DEFAULT), "an 8217 scale whose unit nobody said"
    assert told["ledger"] == (served.url, Origin.FILE)


def test_scanner_scale_and_printer_are_tried_on_their_own_ports(tmp_path: Path) -> None:
    heard: queue.Queue[Heard] = queue.Queue()
    hands, bench = hands_in(tmp_path / "station"), SimBench(tmp_path / "devices", 7)

    def until(kind: type[Heard]) -> Heard:
        while True:
            found = heard.get(timeout=WAIT_S)
            if isinstance(found, Reading) and not (found.usable and found.weight_mg):
                continue
            if isinstance(found, DeviceChanged) and found.state is not DeviceState.READY:
                continue
            if isinstance(found, kind):
                return found

    try:
        hands.listen(bench.scanner_url, heard.put)
        until(DeviceChanged)
        bench.scan(TEST_CODE)
        scan = until(Scan)
        bench.place(1_250_000)
        hands.weigh(bench.scale_url, "mt-sics", heard.put)
        weight = until(Reading)
        hands.print(bench.printer_url, "PACK-07", heard.put)
        printed = until(Printed)
    finally:
        hands.let_go()
        bench.close()

    assert isinstance(scan, Scan)
    assert judge(scan).verdict is Verdict.GOOD
    assert isinstance(weight, Reading)
    assert weight.weight_mg == pytest.approx(1_250_000, abs=5_000)
    assert isinstance(printed, Printed)
    assert printed.state is PrintState.PRINTED


def test_ports_are_named_by_what_survives_replugging(tmp_path: Path) -> None:
    for name in ("usb-FTDI_FT232R-if00", "usb-Honeywell_1950-if00"):
        (tmp_path / name).touch()

    assert [Path(port).name for port in ports_here(tmp_path)] == [
        "usb-FTDI_FT232R-if00",
        "usb-Honeywell_1950-if00",
    ]
    assert isinstance(ports_here(tmp_path / "none"), tuple)


def test_what_the_settings_say_already_is_where_it_begins(tmp_path: Path) -> None:
    settings = StationSettings(tmp_path, ledger="https://ledger:8800", language="de")

    fresh = begin(settings)

    assert (fresh.step, fresh.url, fresh.language) == (
        Step.LANGUAGE,
        "https://ledger:8800",
        "de",
    )
