"""Other programs doing the same work in the same run on the same machine: `python -m bench peers`.

They are installed from the public registries into `out/peers` on first use and never become part
of Packhouse. What runs inside their environments lies in `guests/`. What can be compared and what
cannot is said in docs/performance.md, beside the figures.
"""

from bench.peers.contest import measure

__all__ = ["measure"]
