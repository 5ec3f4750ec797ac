"""`packhouse ledger tls …`, and whether `ledger serve` speaks https."""

import argparse
import logging
import socket
import sys
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.ledger_place import add_place, change_ledger, folder_of
from app.errors import Refusal

if TYPE_CHECKING:
    from app.ledger.tls.folder import Kept, TlsFolder
    from app.ledger.tls.serving import Serving

# In the ledger's data folder.
FOLDER = "tls"

_PLAIN = (
    "Plain http: whoever is on the network between can read every order and take over the sign-in "
    "of a station for an hour. Use it only behind a proxy on the same machine that speaks TLS."
)


def add_serving(serve: argparse.ArgumentParser) -> None:
    """Add the flags of `ledger serve`."""
    _add_folder(serve)
    serve.add_argument(
        "--tls", action="store_true", help="https on this machine too; elsewhere it is always on"
    )
    serve.add_argument(
        "--tls-name", action="append", default=[], metavar="NAME",
        help="what stations call this server: a host name or an address; may be given again",
    )  # fmt: skip
    serve.add_argument(
        "--client-ca", type=Path, metavar="FILE",
        help="let in only stations with a certificate of this authority (PEM)",
    )  # fmt: skip
    serve.add_argument("--plain-http", action="store_true", help=f"no https. {_PLAIN}")


def add(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `ledger tls`."""
    tls = parts.add_parser(
        "tls", help="certificates of the server", epilog="packhouse ledger tls show"
    )
    actions = tls.add_subparsers(dest="action", required=True, metavar="ACTION")
    show = actions.add_parser(
        "show", help="what stations must trust, and until when", epilog="packhouse ledger tls show"
    )
    renew = actions.add_parser(
        "renew",
        help="a new certificate now; with --ca a new authority, announced first",
        epilog="packhouse ledger tls renew --ca",
    )
    renew.add_argument("--ca", action="store_true", help="announce the next authority")
    renew.add_argument(
        "--now", action="store_true",
        help="with --ca: let the announced one take over at once, because the old one leaked",
    )  # fmt: skip
    renew.add_argument("--tls-name", action="append", default=[], metavar="NAME")
    use = actions.add_parser(
        "use",
        help="use IT's own certificate",
        epilog="packhouse ledger tls use --cert ledger.pem --key ledger.key --ca company-ca.pem",
    )
    for name, help_text in (
        ("--cert", "certificate and chain, PEM"),
        ("--key", "its private key, PEM, without passphrase"),
        ("--ca", "the authority that stations must trust, PEM"),
    ):
        use.add_argument(name, type=Path, required=True, metavar="FILE", help=help_text)
    for parser, handler in ((show, _show), (renew, _renew), (use, _use)):
        _add_folder(parser)
        add_place(parser)
        parser.set_defaults(handler=handler)


def _add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--tls-dir", type=Path, metavar="D", help="folder of the certificates, with --database"
    )


def folder_named(chosen: argparse.Namespace) -> "TlsFolder | None":
    """Where the certificates of the ledger that the flags name lie; None when nobody said."""
    from app.ledger.tls.folder import TlsFolder

    named: Path | None = getattr(chosen, "tls_dir", None)
    place = folder_of(chosen)
    if named is None and place is None:
        return None
    return TlsFolder(named or (place or Path()) / FOLDER)


def serving(chosen: argparse.Namespace) -> "Serving | None":
    """What `ledger serve` proves itself with; None for plain http.

    Raises:
        Refusal: The flags contradict each other, or do not say where certificates go.
        Trouble: The certificates cannot be used.
    """
    from app.clock import SystemClock
    from app.ledger.tls.serving import Serving

    asked = chosen.tls or chosen.tls_name or chosen.client_ca
    if chosen.plain_http:
        if asked:
            raise Refusal("which_one", "Choose --plain-http or https, not both.")
        if not is_loopback(chosen.host):
            sys.stderr.write(f"packhouse: {_PLAIN}\n")
            logging.getLogger(__name__).warning(_PLAIN)
        return None
    if is_loopback(chosen.host) and not asked:
        return None
    folder = _folder(chosen)
    # What IT gave is for the names IT chose.
    known = [] if folder.is_given else own_names(chosen.host)
    return Serving(folder, [*chosen.tls_name, *known], SystemClock(), chosen.client_ca)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def own_names(host: str) -> list[str]:
    """What this machine is called, as far as it knows without asking a name server."""
    names = ["localhost", "127.0.0.1", "::1", socket.gethostname()]
    try:
        if not ip_address(host).is_unspecified:
            names.append(str(ip_address(host)))
    except ValueError:
        names.append(host)
    return [name for name in dict.fromkeys(names) if name]


def handed_over(chosen: argparse.Namespace) -> str:
    """What an administrator gives a station beside its code; empty without certificates."""
    from app.contract import fingerprint

    folder = folder_named(chosen)
    if folder is None or not folder.exists:
        return ""
    known = folder.look().fingerprint
    return (
        f"The ledger's certificate authority: {fingerprint.words(known)}\n"
        f"At the station add: --ca-fingerprint {fingerprint.short(known)}\n"
    )


def _folder(chosen: argparse.Namespace) -> "TlsFolder":
    folder = folder_named(chosen)
    if folder is None:
        raise Refusal(
            "which_folder",
            "Certificates do not go into the database. Say where they lie with --tls-dir FOLDER; "
            "servers of one database each need a copy of that folder.",
        )
    return folder


def _show(chosen: argparse.Namespace) -> int:
    _tell(_folder(chosen).look())
    return 0


def _renew(chosen: argparse.Namespace) -> int:
    from app.clock import SystemClock

    folder, now = _folder(chosen), SystemClock().now()
    if chosen.now and not chosen.ca:
        raise Refusal("which_one", "Write --ca --now: it is the authority that takes over.")
    if not chosen.ca:
        what, renew = "server", partial(folder.renew_server, now, chosen.tls_name)
    elif chosen.now:
        what, renew = "authority at once", partial(folder.switch, now)
    else:
        what, renew = "next authority", partial(folder.begin_next, now)
    # Told first: an event without its renewal is a question, a renewal without its event a hole.
    with change_ledger(chosen, "tls renew", what, whole=False):
        _tell(renew())
    if chosen.now:
        sys.stderr.write(
            "Stations that were not connected since it was announced must be started with the new "
            "--ca-fingerprint.\n"
        )
    return 0


def _use(chosen: argparse.Namespace) -> int:
    from app.ledger.tls import proof

    try:
        chain, key, authority = (path.read_bytes() for path in (chosen.cert, chosen.key, chosen.ca))
    except OSError as error:
        raise Refusal(
            "unreadable", f"{error.filename} cannot be read. Check its name and its rights."
        ) from error
    names = proof.check(chain, key, authority)
    with change_ledger(chosen, "tls use", ", ".join(names), whole=False):
        _tell(_folder(chosen).use(key.rstrip() + b"\n" + chain, authority))
    return 0


def _tell(kept: "Kept") -> None:
    from app.contract import fingerprint
    from app.ledger.tls import making

    out = sys.stdout
    for number, authority in enumerate(kept.trusted):
        known = making.fingerprint_of(authority)
        which = "authority" if number == 0 else "next authority"
        out.write(f"{which}\t{fingerprint.words(known)}\n")
        out.write(f"\t--ca-fingerprint {fingerprint.short(known)}\n\tsha256 {known}\n")
        out.write(f"\tuntil {authority.not_valid_after_utc.date()}\n")
    by = "renewed by itself" if kept.is_own else "renewed by IT (packhouse ledger tls use)"
    out.write(f"server\t{', '.join(kept.names)}\n")
    out.write(f"\tuntil {kept.server.not_valid_after_utc.date()}, {by}\n")
