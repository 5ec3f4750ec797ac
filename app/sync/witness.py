"""What the ledger has signed of its feed, and whether it still says so.

A station that keeps the newest signed place of the feed is a witness: a ledger whose history was
rewound or rewritten contradicts its own signature there, and is not followed any further.
"""

from binascii import Error as HexError
from binascii import unhexlify

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.contract import chain
from app.contract.messages import ChangesPage, ChangesQuery, Checkpoint
from app.errors import Refusal

_REWRITTEN = (
    "The ledger's history differs from the one it signed for this station. Everything recorded here"
    " is kept, and nothing more is taken over. Tell IT: a ledger that was restored must say so with"
    " packhouse ledger restored; any other one was tampered with."
)
_ODD = "The ledger gave a checkpoint that does not fit its page. It is asked again."
_FORGED = (
    "The ledger's signature is not the one this station was enrolled with. Everything recorded is"
    " kept. Ask IT whether the ledger was replaced."
)


def believe(query: ChangesQuery, page: ChangesPage, site: str, ledger_key: str) -> None:
    """The page's checkpoint is of its end, and signed by the ledger we know.

    Raises:
        Refusal: `bad_checkpoint` when it is of something else, `bad_signature`.
    """
    point = page.checkpoint
    if point is None:
        return
    ends = (site, page.epoch, page.cursor, page.chain or query.chain or chain.GENESIS)
    if (point.site, point.epoch, point.seq, point.chain) != ends:
        raise Refusal("bad_checkpoint", _ODD, detail=f"{point.epoch} {point.seq}")
    try:
        key = Ed25519PublicKey.from_public_bytes(unhexlify(ledger_key))
        key.verify(unhexlify(point.signature), chain.checkpoint_bytes(point))
    except (InvalidSignature, HexError, ValueError) as error:
        raise Refusal("bad_signature", _FORGED, detail=repr(error)) from error


def against_page(held: Checkpoint | None, query: ChangesQuery, page: ChangesPage) -> Refusal | None:
    """Why a page contradicts what is held; None when it does not.

    Pages that pass the place held are compared there; of a longer way to it, each page is.
    """
    if held is None or held.epoch != page.epoch:
        return None
    if page.head < held.seq:
        return _rewritten(held, f"the feed ends at {page.head}")
    if not query.cursor <= held.seq <= page.cursor:
        return None
    digest = query.chain or chain.GENESIS
    for row in page.rows[: held.seq - query.cursor]:
        digest = chain.next_chain(digest, bytes(row.body))
    return None if digest == held.chain else _rewritten(held, f"{digest} at {held.seq}")


def against_denial(
    held: Checkpoint | None, epoch: str, asked: tuple[str, int, str]
) -> Refusal | None:
    """Why "your place is not in my history" cannot be: the ledger has signed that place.

    Args:
        held: The newest place signed.
        epoch: The history the ledger says it has; another one is a restore, and is followed.
        asked: Epoch, cursor and chain that were said to be unknown.
    """
    if held is None or epoch != held.epoch or asked != (held.epoch, held.seq, held.chain):
        return None
    return _rewritten(held, f"place {held.seq} is denied")


def _rewritten(held: Checkpoint, told: str) -> Refusal:
    return Refusal("history_rewritten", _REWRITTEN, detail=f"{held.epoch} {held.seq}: {told}")
