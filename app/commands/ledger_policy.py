"""`packhouse ledger policy …`: what a site has decided beforehand; every version is kept."""

import argparse
import json
import sys

from app.commands.ledger_place import add_place, change_ledger, open_ledger
from app.errors import Refusal

_EXAMPLE = (
    "packhouse ledger policy set BER1 count_tolerance=2 adjust.clerk.quantity=5 "
    '--actor p-weber --reason "Start with little"'
)


def add(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    policy = parts.add_parser("policy", help="rules of a site", epilog=_EXAMPLE)
    policies = policy.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, help_text, handler in (
        ("show", "print what holds, as JSON", _show),
        ("set", "change single words; makes a version", _set),
        ("history", "who changed it, when and why", _history),
    ):
        example = _EXAMPLE if name == "set" else f"packhouse ledger policy {name} BER1"
        one = policies.add_parser(name, help=help_text, epilog=example)
        one.add_argument("site")
        if name == "set":
            _add_set(one)
        add_place(one)
        one.set_defaults(handler=handler)


def _add_set(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "words",
        nargs="+",
        metavar="WORD=VALUE",
        help="numbers, none (no limit) or a JSON list; adjust.clerk=none takes a role out",
    )
    parser.add_argument("--actor", required=True, help="who decides it")
    parser.add_argument("--reason", required=True, help="why")
    parser.add_argument("--expect", type=int, help="the version it was made from, as shown")


def _show(chosen: argparse.Namespace) -> int:
    import msgspec

    with open_ledger(chosen) as service:
        now = service.policies.current(service.site(chosen.site))
    shown = msgspec.json.format(msgspec.json.encode(now.policy), indent=2).decode()
    sys.stdout.write(f"{shown}\n")
    sys.stderr.write(f"version {now.version}\n")
    return 0


def _set(chosen: argparse.Namespace) -> int:
    from app.ledger.journal import tell
    from app.ledger.policies import changed

    with change_ledger(chosen, "policy set", chosen.site) as service:
        where = service.site(chosen.site)
        before = service.policies.current(where)
        made = service.policies.put(
            where,
            changed(before.policy, dict(_word(word) for word in chosen.words)),
            actor=chosen.actor,
            reason=chosen.reason,
            expected=before.version if chosen.expect is None else chosen.expect,
        )
        tell(before=before.policy, after=made.policy, site_n=where.n)
    sys.stdout.write(f"policy of {chosen.site}: version {made.version}\n")
    return 0


def _history(chosen: argparse.Namespace) -> int:
    with open_ledger(chosen) as service:
        versions = service.policies.history(service.site(chosen.site))
    for one in versions:
        sys.stdout.write(f"{one.version}\t{one.at}\t{one.actor}\t{one.reason}\n")
    sys.stdout.write("" if versions else "none yet\n")
    return 0


def _word(text: str) -> tuple[str, object]:
    word, equals, value = text.partition("=")
    if not equals or not word:
        raise Refusal("bad_policy", f"“{text}” is not WORD=VALUE. As in: count_tolerance=2")
    if value == "none":
        return word, None
    try:
        return word, json.loads(value)
    except json.JSONDecodeError as error:
        raise Refusal(
            "bad_policy", f"“{value}” is no number, none or JSON list. As in: {word}=2"
        ) from error
