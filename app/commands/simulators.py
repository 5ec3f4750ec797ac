"""`packhouse sim scale|scanner|printer|bench`: simulated devices as processes of their own."""

import argparse


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "sim",
        help="simulated devices on a pty or a TCP port",
        epilog="packhouse sim scale --protocol mt-sics --link /tmp/scale0 --seed 7",
    )
    parser.add_argument("device", choices=("scale", "scanner", "printer", "bench"))
    parser.add_argument("--protocol", choices=("mt-sics", "toledo-8217"), default="mt-sics")
    parser.add_argument("--link", metavar="PATH", help="symbolic link to the pty")
    parser.add_argument("--seed", type=int, default=7)
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """Run one simulated device until its input ends."""
    from app.devices.sim.serve import run as serve

    return serve(chosen.device, chosen.protocol, chosen.link, chosen.seed)
