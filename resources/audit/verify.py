"""Checks an audit bundle of Packhouse; needs Python and `cryptography`, and no network.

    python verify.py BUNDLE.zip LEDGER_KEY [CHECKPOINTS.json …]
Have the key from elsewhere. Checkpoints that others hold find what was signed anew, or cut off.
"""

import json
import sys
import zipfile
from contextlib import suppress
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SAID = {
    "events": "packhouse head 1\n{chain}\n{seq}\n{digest}",
    "feed": "packhouse checkpoint 1\n{chain}\n{epoch}\n{seq}\n{digest}\n{master}\n{at}",
    "journal": "packhouse journal 1\n{seq}\n{digest}\n{at}",
}


def insist(right, why):
    if not right:
        raise ValueError(why)


def check(keys, seq, signature, message, why):
    ends = [*(after for after, _ in keys[1:]), seq]  # a key answers up to its successor's number
    for key in (key for (_, key), end in zip(keys, ends, strict=True) if seq <= end):
        with suppress(InvalidSignature):
            public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
            return public.verify(bytes.fromhex(signature), message)
    raise ValueError(why)


def lines(bundle, name, manifest):
    """One line at a time; at the end the file must be the one the manifest was signed for."""
    told = sha256()
    with bundle.open(name) as stream:
        while line := stream.readline(32 << 20):  # the longest record has 8 MiB
            told.update(line)
            yield line
    insist(told.hexdigest() == manifest["files"][name], f"{name} was changed")


def walk(bundle, kind, manifest, held):
    """Follow every chain of a file; the memory does not depend on how long it is."""
    chains = manifest["chains"][kind]
    ends = {chain: (part["after"], part["from"]) for chain, part in chains.items()}
    for row in map(json.loads, lines(bundle, f"{kind}.ndjson", manifest)):
        chain, seq, digest = row["chain"], row["seq"], row["digest"]
        part, (last, before) = chains[chain], ends[chain]
        where = f"{part['name']}: number {last + 1}"
        insist(seq == last + 1, f"{where} is missing")
        body = bytes.fromhex(row["hex"]) if "hex" in row else row.get("body", "").encode()
        if kind == "events":
            insist(not body or sha256(body).hexdigest() == row["hash"], f"{where} was edited")
            body = f"{chain}\n{seq}\n{row['hash']}".encode()
        follows = sha256(before.encode() + b"\n" + body).hexdigest()
        insist(follows == digest or not before, f"{where} does not follow from what came before")
        if "signature" in row:
            said = SAID["events"].format(**row).encode()
            check(part["keys"], seq, row["signature"], said, f"{where} is not signed by it")
        others = held.pop((kind, chain, seq), {digest})
        insist(others == {digest}, f"{where} differs from a checkpoint held elsewhere")
        ends[chain] = seq, digest
    for chain, part in chains.items():
        there = max([seq for of, name, seq in held if (of, name) == (kind, chain)], default=0)
        whole = ends[chain] == (part["seq"], part["digest"]) and there <= part["seq"]
        insist(whole, f"{part['name']}: number {ends[chain][0] + 1} is missing")


def verify(path, ledger_key, elsewhere=()):
    """Raise ValueError with the chain and its first bad number, unless all is whole and genuine."""
    with zipfile.ZipFile(path) as bundle:
        said, signed = (bundle.open(f"manifest.{end}").read(1 << 27) for end in ("json", "sig"))
        own = [(0, ledger_key)]
        check(own, 0, signed.decode(), b"packhouse audit 1\n" + said, "not signed by this ledger")
        manifest, held = json.loads(said), {}
        names = sorted(["manifest.json", "manifest.sig", *manifest["files"]])
        insist(names == sorted(bundle.namelist()), "a file was added or taken out")
        for name in (one for one in manifest["files"] if not one.endswith(".ndjson")):
            sum(map(len, lines(bundle, name, manifest)))  # one made to fill the memory fills none
        for one in [*json.loads(bundle.open("checkpoints.json").read(1 << 27)), *elsewhere]:
            kind, chain, seq = one["file"], one["chain"], one["seq"]
            insist(chain in manifest["chains"][kind], f"{chain}: number 1 is missing")
            part, said = manifest["chains"][kind][chain], SAID[kind].format(**one)
            keys, why = part.get("keys", own), f"{part['name']}: a false checkpoint {seq}"
            check(keys, seq, one["signature"], said.encode(), why)
            held.setdefault((kind, chain, seq), set()).add(one["digest"])
        for kind in SAID:
            walk(bundle, kind, manifest, held)
        return manifest


if __name__ == "__main__":
    held = [one for path in sys.argv[3:] for one in json.load(open(path))]
    print("whole and genuine:", verify(*sys.argv[1:3], held)["at"])
