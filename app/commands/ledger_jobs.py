"""`packhouse ledger jobs …`: what the server does by time, done now."""

import argparse
import sys

from app.commands.ledger_place import add_place, change_ledger


def add(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    example = "packhouse ledger jobs run reconcile_everything --data-dir /srv/ledger"
    jobs = parts.add_parser("jobs", help="what the server does by time", epilog=example)
    actions = jobs.add_subparsers(dest="action", required=True, metavar="ACTION")
    shown = actions.add_parser("list", help="all jobs", epilog="packhouse ledger jobs list")
    shown.set_defaults(handler=_list)
    run = actions.add_parser("run", help="run one now, also beside a server", epilog=example)
    run.add_argument("job", help="its name, as in: packhouse ledger jobs list")
    add_place(run)
    run.set_defaults(handler=_run)


def _list(_chosen: argparse.Namespace) -> int:
    from app.ledger.joblist import JOBS

    for job in JOBS:
        when = f"daily at {job.at_hour:02d}:00 UTC" if job.at_hour >= 0 else f"{job.every_s} s"
        sys.stdout.write(f"{job.name}\t{when}\n")
    return 0


def _run(chosen: argparse.Namespace) -> int:
    from app.ledger.joblist import JOBS
    from app.ledger.jobs import Jobs

    with change_ledger(chosen, "job run", chosen.job, whole=False) as service:
        did = Jobs(service, JOBS, service.clock).run(chosen.job)
    sys.stdout.write(f"{chosen.job}: {did}\n")
    return 0
