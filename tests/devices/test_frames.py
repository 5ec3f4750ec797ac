"""Every recorded or documented frame, in both directions."""

import csv
import re
import socket
from decimal import Decimal
from urllib.parse import urlsplit

import pytest

from app.devices.printer_status import status_of
from app.devices.sim.bench import side_of
from app.devices.sim.printer import SimPrinter
from app.devices.sim.scale import SimScale
from tests.devices.frames import OWN, Vector, read_frames, understood
from tests.support.shared_data import SKIP_REASON, shared_data

S = 1_000_000_000
FROM_DEVICE = ("scale>host", "scanner>host", "printer>host")


def name_of(vector: Vector) -> str:
    unit = "" if vector.unit == "kg" else f" in {vector.unit}"
    return f"{vector.protocol} {vector.direction} {vector.data!r}{unit}"


def own(*directions: str) -> list[Vector]:
    return [vector for vector in read_frames(OWN) if vector.direction in directions]


@pytest.mark.parametrize("vector", own(*FROM_DEVICE), ids=name_of)
def test_a_frame_from_a_device_means_what_its_manual_says(vector: Vector) -> None:
    assert understood(vector.protocol, vector.data, vector.unit) == vector.expected


@pytest.mark.parametrize("vector", own("host>scale"), ids=name_of)
def test_a_simulated_scale_answers_every_command_like_a_real_one(vector: Vector) -> None:
    platform = SimScale(seed=7)
    side = side_of(vector.protocol, platform)
    platform.place(1_250_000)
    side.tick(1 * S)
    side.tick(9 * S)
    if vector.data == b"B":  # the result of a test exists only after one
        side.feed(b"A", 9 * S)

    answer = side.feed(vector.data, 9 * S) + side.tick(9 * S + 1)
    answer = answer or side.tick(10 * S)  # the 8217 takes its time over a tare

    assert answer == bytes.fromhex(vector.expected)


@pytest.mark.parametrize("vector", own("host>printer"), ids=name_of)
def test_a_simulated_printer_answers_a_status_question(vector: Vector) -> None:
    printer = SimPrinter()
    try:
        with socket.create_connection(("127.0.0.1", urlsplit(printer.url).port), 2) as line:
            line.sendall(vector.data)
            heard = b""
            while status_of(heard) is None:
                heard += line.recv(256)
    finally:
        printer.close()

    assert understood("zpl-hs", heard) == vector.expected


def test_every_shared_frame_of_our_protocols_is_among_our_own() -> None:
    shared = shared_data()
    if shared is None:
        pytest.skip(SKIP_REASON)
    ours = {vector.key for vector in read_frames(OWN)}

    missing = [
        name_of(vector)
        for vector in read_frames(shared / "device_frames.csv")
        if vector.key not in ours
    ]

    assert not missing


def test_what_the_shared_file_says_of_a_weight_is_what_we_read() -> None:
    shared = shared_data()
    if shared is None:
        pytest.skip(SKIP_REASON)
    checked = 0
    with (shared / "device_frames.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            said = re.search(r"^(?:stable|gross|net).* (-?[\d.]+) (g|kg)$", row["meaning"])
            if row["protocol"] not in {"mt-sics", "toledo-8217"} or said is None:
                continue
            expected = int(Decimal(said[1]) * {"g": 1_000, "kg": 1_000_000}[said[2]])
            assert f"stable {expected} {said[2]}" in understood(
                row["protocol"], bytes.fromhex(row["hex"])
            )
            checked += 1

    assert checked >= 5
