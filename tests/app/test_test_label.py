"""The label somebody asks for on the health page really comes out of the printer."""

import time
from pathlib import Path
from threading import Event

from app.station.inbox import Do, Intent
from tests.support.running import RunningSite


def test_a_test_label_with_the_stations_name_comes_out_of_the_printer(tmp_path: Path) -> None:
    with RunningSite(tmp_path, seed=7, orders=1) as site:
        site.station.put(Do(Intent.TEST_LABEL))
        rest, until = Event(), time.monotonic() + 30
        while not site.bench.printer.labels and time.monotonic() < until:
            rest.wait(0.05)
        printed = site.bench.printer.labels

    assert len(printed) == 1
    assert site.station.identity.station.encode() in printed[0]
