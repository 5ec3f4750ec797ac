"""Freezes the contract as it is: golden bytes of every message, the schema, and vectors of chains.

Run it by hand when a change of the wire is meant: `python -m tools.freeze_contract`. The tests in
`tests/contract/test_golden.py` compare with what it wrote, so that no change goes unseen.
"""

import json
import sys
from pathlib import Path
from typing import Any, cast

import msgspec

from app.contract import chain, digest, messages
from app.contract.codec import canonical, encode
from tests.contract.examples import example, message_types

GOLDEN = Path(__file__).resolve().parents[1] / "tests" / "contract" / "golden"
FILES = ("messages.json", "schema.json", "vectors.json")


def frozen_messages() -> dict[str, str]:
    """Every message as it travels, by name; bytes as text."""
    told = {name: encode(example(kind)) for name, kind in message_types().items()}
    told["Operation"] = canonical(cast("messages.Operation", example(messages.Operation)))
    return {name: raw.decode() for name, raw in told.items()}


def frozen_schema() -> dict[str, Any]:
    """The JSON schema of every message: fields, types, limits."""
    kinds = list(message_types().values())
    _, components = msgspec.json.schema_components(kinds)
    return {
        "protocol": messages.PROTOCOL_VERSION,
        "contract": messages.CONTRACT_VERSION,
        "messages": components,
    }


def frozen_vectors() -> dict[str, str]:
    """What hashes and signed bytes of fixed input are."""
    one, at = "01980a11-0b52-7f1a-8f6e-77ad1c20b9f4", "2026-11-21T06:00:00.000Z"
    content = chain.content_hash(b'{"id":"1"}')
    first = chain.next_digest(chain.GENESIS, one, 1, content)
    row = digest.digest([(("A-04-2", "SKU-10442", "L-1", "", "good"), 7)])
    return {
        "content_hash": content,
        "next_digest": first,
        "next_chain": chain.next_chain(chain.GENESIS, b'{"type":"claim"}'),
        "head_bytes": chain.head_bytes(one, 1, first).decode(),
        "mark_bytes": chain.mark_bytes(one, "epoch-1", 1, first, at).decode(),
        "token_bytes": chain.token_bytes(one, "ab" * 32, at).decode(),
        "digest": " ".join(digest.to_texts(row)),
    }


def frozen() -> dict[str, Any]:
    """Content of every golden file, by its name."""
    return dict(zip(FILES, (frozen_messages(), frozen_schema(), frozen_vectors()), strict=True))


def main() -> int:
    """Write the golden files."""
    GOLDEN.mkdir(exist_ok=True)
    for name, content in frozen().items():
        text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
        (GOLDEN / name).write_text(text + "\n", encoding="utf-8")
        sys.stdout.write(f"frozen: {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
