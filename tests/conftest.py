"""What every test gets: no screen, no home folder of its own, and no leak that goes unnoticed."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support import scratch

pytest_plugins = ["tests.support.compiled", "tests.support.leaks", "tests.support.postgres"]

# Before pytest makes its first folder.
scratch.into_memory()

# Before Qt is loaded. `QT_QPA_PLATFORM=xcb pytest ...` shows the windows.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Durations are measured in bench/; a deadline here would only make busy machines fail.
settings.register_profile("here", deadline=None)
# The same examples every time, so that red means changed; the seeds are widened at the desk.
settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# A fixture says what a test needs, so the marker that selects it cannot be forgotten.
MARKERS_BY_FIXTURE = {"postgres_server": "postgres", "qapp": "ui"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures they use; the slow ones come first, so that none is the last."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    for item in items:
        for fixture, marker in MARKERS_BY_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)


@pytest.fixture(autouse=True, scope="session")
def _home_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing a test does may touch the person's own data, settings or logs."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        for name in ("DATA", "CONFIG", "STATE", "CACHE"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        yield
