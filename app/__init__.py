"""The program without a screen: station, ledger and what connects them. Runs headless and in tests.

    domain     nouns and rules, standard library only
    contract   what station and ledger agree on
    station    what can happen at a workstation; the only writer of its book
    cache, sync, devices, labels, importing, gs1     the rim: disk, wire, hardware, paper, files
    ledger     the central book
    bootstrap  the composition root
    commands   the command line of everything without a window

`docs/ARCHITECTURE.md` has the picture and says where each rule is enforced.
"""

__version__ = "0.1.0"
