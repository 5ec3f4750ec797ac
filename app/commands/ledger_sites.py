"""`packhouse ledger site|station …`: warehouses, and the stations that belong to them."""

import argparse
import sys

from app.commands.ledger_place import add_place, change_ledger, open_ledger
from app.commands.ledger_tls import handed_over

_EMPTY = "none yet\n"


def add(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    site = parts.add_parser("site", help="warehouses", epilog="packhouse ledger site add BER1")
    sites = site.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = sites.add_parser("add", help="add a site", epilog="packhouse ledger site add BER1")
    new.add_argument("site", help="short name, as in operations")
    new.add_argument("--title", default="", help="name for people")
    new.add_argument(
        "--company-prefix", default="0000000", help="GS1 company prefix of its SSCCs, 7-12 digits"
    )
    _end(new, _add_site)
    _end(sites.add_parser("list", help="list sites", epilog="packhouse ledger site list"), _sites)

    station = parts.add_parser(
        "station", help="stations", epilog="packhouse ledger station add BER1 pack-1"
    )
    stations = station.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, help_text, handler in (
        ("add", "print a one-time enrolment code", _add_station),
        ("revoke", "take its rights; what it recorded is kept", _revoke_station),
    ):
        one = stations.add_parser(
            name, help=help_text, epilog=f"packhouse ledger station {name} BER1 pack-1"
        )
        one.add_argument("site")
        one.add_argument("station")
        _end(one, handler)
    _end(
        stations.add_parser("list", help="list stations", epilog="packhouse ledger station list"),
        _stations,
    )


def _end(parser: argparse.ArgumentParser, handler: object) -> None:
    add_place(parser)
    parser.set_defaults(handler=handler)


def _add_site(chosen: argparse.Namespace) -> int:
    from app.ledger.journal import tell

    with change_ledger(chosen, "site add", chosen.site) as service:
        tell(after={"title": chosen.title, "company_prefix": chosen.company_prefix})
        service.add_site(chosen.site, title=chosen.title, company_prefix=chosen.company_prefix)
    sys.stdout.write(f"site {chosen.site} added\n")
    return 0


def _sites(chosen: argparse.Namespace) -> int:
    with open_ledger(chosen) as service:
        seen = service.overview.sites()
    for site in seen:
        sys.stdout.write(
            f"{site.site}\t{site.name}\tcompany prefix {site.company_prefix}\t"
            f"claim hold {site.claim_hold_s // 3600} h\t{site.feed_seq} rows\n"
        )
    sys.stdout.write("" if seen else _EMPTY)
    return 0


def _add_station(chosen: argparse.Namespace) -> int:
    with change_ledger(chosen, "station add", f"{chosen.site} {chosen.station}") as service:
        code = service.identity.add_station(chosen.site, chosen.station)
    sys.stdout.write(f"{code.code}\n")
    sys.stderr.write(
        f"One-time code of {code.station} at {code.site}, good until {code.expires_at}. "
        f"At the station: packhouse station --ledger URL --enrol {code.code}\n"
        + handed_over(chosen)
    )
    return 0


def _revoke_station(chosen: argparse.Namespace) -> int:
    with change_ledger(chosen, "station revoke", f"{chosen.site} {chosen.station}") as service:
        count = service.identity.revoke(chosen.site, chosen.station)
    sys.stdout.write(f"{count} enrolments of {chosen.station} revoked\n")
    return 0 if count else 1


def _stations(chosen: argparse.Namespace) -> int:
    with open_ledger(chosen) as service:
        seen = service.overview.stations()
    for one in seen:
        sys.stdout.write(
            f"{one.site}\t{one.station}\t{one.state}\t{one.seq} operations\t"
            f"last seen {one.seen_at}\t{one.enrolment}\tkey {one.words}\n"
        )
    sys.stdout.write("" if seen else _EMPTY)
    return 0
