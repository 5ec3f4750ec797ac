"""Counters of one server process, in the Prometheus text format.

Our own eighty lines rather than prometheus_client: that library takes a lock for every value it
changes and brings a registry, collectors and a server of its own. Here everything is counted on the
loop's thread, once a request or once a batch, and read there; nothing on the posting path waits.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# Seconds: from a cached read to a long-poll that ran its full time.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

Labels = tuple[tuple[str, str], ...]
Sample = tuple[Labels, float]


@dataclass(slots=True)
class _Histogram:
    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total_s: float = 0.0


class Meters:
    """What this process has done since it started."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, int]] = Counter()
        self._took: dict[str, _Histogram] = {}
        self._operations: Counter[str] = Counter()

    def request(self, route: str, status: int, took_s: float) -> None:
        """Count a request; `route` is the address with its braces, so that series stay few."""
        self._requests[route, status] += 1
        took = self._took.setdefault(route, _Histogram())
        took.counts[bisect_left(BUCKETS, took_s)] += 1
        took.total_s += took_s

    def operations(self, outcomes: Iterable[str]) -> None:
        """Count the outcomes of a batch."""
        self._operations.update(outcomes)

    def lines(self) -> Iterable[str]:
        """Everything counted here, as exposition lines."""
        yield from family(
            "packhouse_requests_total",
            "counter",
            "Requests by route and status.",
            [
                ((("route", route), ("status", str(status))), count)
                for (route, status), count in sorted(self._requests.items())
            ],
        )
        yield from self._histogram()
        yield from family(
            "packhouse_operations_total",
            "counter",
            "Operations answered, by outcome.",
            [((("outcome", name),), count) for name, count in sorted(self._operations.items())],
        )

    def _histogram(self) -> Iterable[str]:
        name = "packhouse_request_seconds"
        yield f"# HELP {name} How long requests took, long-polls with their waiting."
        yield f"# TYPE {name} histogram"
        for route, took in sorted(self._took.items()):
            seen = 0
            for limit, count in zip((*BUCKETS, "+Inf"), took.counts, strict=True):
                seen += count
                yield line(f"{name}_bucket", (("route", route), ("le", str(limit))), seen)
            yield line(f"{name}_sum", (("route", route),), round(took.total_s, 6))
            yield line(f"{name}_count", (("route", route),), seen)


def family(name: str, kind: str, help_text: str, samples: Iterable[Sample]) -> Iterable[str]:
    """One metric with all its series."""
    yield f"# HELP {name} {help_text}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        yield line(name, labels, value)


def gauge(name: str, help_text: str, values: Mapping[Labels, float]) -> Iterable[str]:
    """A value that goes up and down."""
    return family(name, "gauge", help_text, values.items())


def line(name: str, labels: Labels, value: float) -> str:
    """One series."""
    told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
    return f"{name}{{{told}}} {value}" if told else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
