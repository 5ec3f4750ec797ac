"""An auditor comes when the floor is at rest: every chain, checked by the program in the bundle."""

import importlib.util
from collections.abc import Callable
from functools import cache
from typing import Any

from app.ledger.bundle import Bundles
from app.paths import resources_dir
from app.simulation.host import Host
from app.simulation.world import World


def audit(world: World, host: Host, ledger_key: str) -> None:
    """Export everything, and let the stand-alone verifier look at it.

    Args:
        world: Takes violations.
        host: The ledger, still up.
        ledger_key: As a station was told at its enrolment.
    """
    service, target = host.service, world.folder / "audit.zip"
    Bundles(service.database, service.clock, service.key).write(target)
    try:
        _verify()(target, ledger_key)
    except ValueError as flaw:
        world.violated(f"the auditor says: {flaw}")


@cache
def _verify() -> Callable[..., Any]:
    """The verifier as it is in every bundle: it imports nothing of ours."""
    path = resources_dir() / "audit" / "verify.py"
    spec = importlib.util.spec_from_file_location("packhouse_verify", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    checker: Callable[..., Any] = module.verify
    return checker
