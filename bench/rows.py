"""Rows of the bench: a name from the design, a value, and what it was measured on."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

RESULTS = Path(__file__).with_name("results.json")

# DESIGN §9: what to reach, and what others do on the same kind of machine.
GOALS: dict[str, tuple[str, str]] = {
    "scan_to_paint_p50_ms": ("5", "nobody publishes one"),
    "scan_to_paint_p99_ms": ("50", "nobody publishes one"),
    "window_cold_s": ("0.8", "bare Qt window 0.30"),
    "window_warm_s": ("0.4", "bare Qt window 0.17"),
    "ready_s": ("1.5", ""),
    "ledger_posts_per_s_postgresql": ("10,000", "bare prototype 30,000; Tryton 250"),
    "ledger_posts_per_s_sqlite": ("10,000", "bare prototype 30,000; Tryton 250"),
    "drain_10000_s": ("2", "Anki (Rust) 0.34; PouchDB 2.0; morango 11"),
    "drain_50000_s": ("8", "Anki (Rust) 1.7; PouchDB 9.4; morango 48"),
    "noop_sync_ms": ("20", "Anki 1; PouchDB 10; morango 3,500"),
    "single_post_p99_ms": ("15", "Tryton 78–92"),
    "station_to_station_p95_s": ("1", "Odoo POS: next reload"),
    "bootstrap_s": ("10", ""),
    "station_rss_mb": ("220", ""),
    "day7_scan_to_paint_p99_ms": ("50", "none works that long"),
    "board_p95_ms": ("50", ""),
}


# What a figure was measured with.
Beside = dict[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure.

    Attributes:
        name: Name of DESIGN §9, or one of our own beside them.
        value: The figure, in `unit`.
        unit: `ms`, `s`, `MB`, `operations/s`.
        n: How many measurements it stands on.
        beside: What it was measured with: engine, rows, share of the load generator, …
    """

    name: str
    value: float
    unit: str
    n: int
    beside: Beside = field(default_factory=dict)


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    place = max(0, min(len(ordered) - 1, round(percent / 100 * len(ordered)) - 1))
    return ordered[place]


def spread(
    prefix: str, unit: str, values: Sequence[float], **beside: str | int | float
) -> list[Row]:
    """p50, p95 and p99 of a series."""
    return [
        Row(f"{prefix}_p{percent}_{unit}", percentile(values, percent), unit, len(values), beside)
        for percent in (50, 95, 99)
    ]


def median(values: Sequence[float]) -> float:
    """The middle of a series."""
    return statistics.median(values)


def machine() -> dict[str, str | int]:
    """What this was measured on."""
    return {
        "cores": os.cpu_count() or 0,
        "cpu": _cpu(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "priority": os.nice(0),
        "memory_gb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30,
    }


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def write(rows: Sequence[Row]) -> None:
    """Keep the figures: rows measured now replace those of the same name."""
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {"rows": {}}
    for row in rows:
        known["rows"][row.name] = {
            "value": float(f"{row.value:.4g}"),
            "unit": row.unit,
            "n": row.n,
            **row.beside,
        }
    known["machine"] = machine()
    RESULTS.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def line(row: Row) -> str:
    """One line of the printed table."""
    goal, others = GOALS.get(row.name, ("", ""))
    beside = ", ".join(f"{name} {value}" for name, value in row.beside.items())
    return (
        f"{row.name:<34}{row.value:>12,.4g} {row.unit:<13}n={row.n:<7}"
        f"reach {goal or '–':<8}{('others: ' + others) if others else '':<46}{beside}"
    )
