"""`packhouse ledger …`: serve it, and set it up: sites, stations, people, orders."""

import argparse
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from app.commands.ledger_place import (
    add_place,
    folder_of,
    open_database,
    spare_the_collector,
    take_short_turns,
)

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8800

Handler = Callable[[argparse.Namespace], int]


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "ledger",
        help="serve and set up the central ledger",
        epilog="packhouse ledger serve --data-dir /srv/ledger --port 8800",
    )
    parts = parser.add_subparsers(dest="part", required=True, metavar="WHAT")
    serve = _leaf(parts, "serve", "serve stations over https", _serve)
    serve.add_argument("--host", default=DEFAULT_HOST, help="address to listen on")
    serve.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 chooses a free one")
    serve.add_argument(
        "--archive-dir", type=Path, metavar="DIR", help="where each day is closed to; D/archive"
    )
    from app.commands import (
        ledger_backup,
        ledger_break_glass,
        ledger_compare,
        ledger_jobs,
        ledger_keys,
        ledger_orders,
        ledger_people,
        ledger_policy,
        ledger_reconcile,
        ledger_recover,
        ledger_review,
        ledger_sites,
        ledger_thresholds,
        ledger_tls,
    )

    ledger_tls.add_serving(serve)

    ledger_backup.add(parts)
    ledger_compare.add(parts)
    ledger_sites.add(parts)
    ledger_people.add(parts)
    ledger_break_glass.add(parts)
    ledger_review.add(parts)
    ledger_policy.add(parts)
    ledger_reconcile.add(parts)
    ledger_recover.add(parts)
    ledger_orders.add(parts)
    ledger_thresholds.add(parts)
    ledger_keys.add(parts)
    ledger_jobs.add(parts)
    ledger_tls.add(parts)


def _leaf(
    parts: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    help_text: str,
    handler: Handler,
) -> argparse.ArgumentParser:
    parser = parts.add_parser(name, help=help_text, epilog=f"packhouse ledger {name}")
    add_place(parser)
    parser.set_defaults(handler=handler)
    return parser


def _serve(chosen: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl+C."""
    from app import log
    from app.commands.ledger_tls import serving
    from app.instance import InstanceLock
    from app.ledger import mark
    from app.ledger.service import LedgerService
    from app.ledger.web import journal
    from app.ledger.web.server import serve

    folder = folder_of(chosen)
    lock = InstanceLock(folder) if folder else None
    try:
        if folder:
            log.to_file(folder / "log", form=log.JsonFormatter())
            log.apart(folder / "log", journal.LOGGER, "requests.log", log.JsonFormatter())
        else:
            log.to_stderr(logging.INFO, log.JsonFormatter())
        tls = serving(chosen)
        service = LedgerService(open_database(chosen))
        if chosen.archive_dir:
            service.archive = service.archive_in(chosen.archive_dir)
        try:
            if folder:
                mark.begin(folder, service.database, service.ids)
            spare_the_collector()
            take_short_turns()
            serve(service, chosen.host, chosen.port, _listening, tls)
            if folder:
                mark.note(folder, service.database)
        finally:
            service.close()
    finally:
        if lock:
            lock.release()
    return 0


def _listening(url: str) -> None:
    sys.stdout.write(f"listening on {url}\n")
    sys.stdout.flush()
