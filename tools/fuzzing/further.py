"""Readers of files that lie on disks, and of what is typed or asked at the borders of the program.

Files of the data folder are written by the program alone; a disk that damages them, or somebody who
edits them, must be met with a sentence.
"""

import gzip
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import msgspec

from app.cache import backups
from app.catalogue import Catalogue
from app.commands import headless
from app.contract.codec import UNREADABLE
from app.contract.messages import Edited, EditPut
from app.domain.picture import MAX_PIXELS, PictureFlaw, look_at
from app.errors import Refusal
from app.keys import keyfile
from app.ledger import keepers, mark, policies, sealedfile
from app.ledger.tls import making
from app.ledger.web import strangers, strict
from app.ledger.web.params import read_path, read_query
from app.ledger.web.table import table
from app.settings import FILE_NAME as SETTINGS
from app.settings import load
from app.setup import address, answers
from app.storage.mounts import from_mount, from_mountinfo
from app.sync import believe_once, http_ledger, pins
from app.sync.trouble import BadAnswer
from app.sync.wire import decoded
from tools.fuzzing import bundles

_GERMAN = Catalogue.load("de")
# An authority, as `packhouse ledger tls init` makes one; its key was thrown away.
_CERTIFICATE = (
    b"-----BEGIN CERTIFICATE-----\n"
    b"MIIBxTCCAWqgAwIBAgIUW8lWU1onCCrG/Xwl1BiyFzqhTeAwCgYIKoZIzj0EAwIw\n"
    b"LjEsMCoGA1UEAwwjUGFja2hvdXNlIGxlZGdlciBhdXRob3JpdHkgYjc2Mjk4YzYw\n"
    b"HhcNMjYxMTIwMDAwMDAwWhcNMzYxMTIxMDAwMDAwWjAuMSwwKgYDVQQDDCNQYWNr\n"
    b"aG91c2UgbGVkZ2VyIGF1dGhvcml0eSBiNzYyOThjNjBZMBMGByqGSM49AgEGCCqG\n"
    b"SM49AwEHA0IABK7JNDK0zNSp5cjomK2koF6iA9gw59Nv1dHxZo5gvkD8HBiIZJrQ\n"
    b"hafUNYUmZYfJGHviRnOLmAZWl7h1NPTxZD2jZjBkMB0GA1UdDgQWBBS3YpjGGT2P\n"
    b"yR5pnhXpUB+3voe+CTASBgNVHRMBAf8ECDAGAQH/AgEAMA4GA1UdDwEB/wQEAwIB\n"
    b"BjAfBgNVHSMEGDAWgBS3YpjGGT2PyR5pnhXpUB+3voe+CTAKBggqhkjOPQQDAgNJ\n"
    b"ADBGAiEAjj1Rp//ve/U5A9/Gk3u31wFeXHuOazsfB7HmfxELyDkCIQDaUxteI9+q\n"
    b"4njyhyDceH2+ZDzUsj+MBt5f/NqzZT0H9Q==\n"
    b"-----END CERTIFICATE-----\n"
)
_KEY = b"\x07" * 32
MOST_OF_AN_ANSWER = 1 << 20
_NULL = msgspec.Raw(b"null")
_ROUTES = table()
# Every body an address of the ledger takes.
QUESTIONS: tuple["msgspec.json.Decoder[Any]", ...] = tuple(
    msgspec.json.Decoder(kind)
    for kind in dict.fromkeys(route.question for route in _ROUTES if route.question)
)

_EXAMPLES = [route.example_question for route in _ROUTES if route.question]

# Every answer a station knows.
ANSWERS: tuple["msgspec.json.Decoder[Any]", ...] = tuple(
    one for one in vars(http_ledger).values() if isinstance(one, msgspec.json.Decoder)
)


def in_a_file(name: str, read: Callable[[Path], object]) -> Callable[[bytes], None]:
    """A reader of a folder whose file holds the input."""

    def write_and_read(data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / name).write_bytes(data)
            read(Path(folder))

    return write_and_read


def _sealed(folder: Path) -> list[bytes]:
    return list(sealedfile.read(folder / "archive", _KEY))


def _settings(folder: Path) -> None:
    load(folder, {})


def _resumed(folder: Path) -> None:
    answers.resumed(folder, answers.Answers())


def _pinned(folder: Path) -> None:
    pins.Pins(folder / "kept").pin_file(folder / "ca.pem")


def questions(data: bytes) -> None:
    """A body at every address that takes one, as `app.ledger.web.resource` reads it."""
    strict.check(data)
    for decoder in QUESTIONS:
        try:
            strangers.refuse(data, decoder.decode(data))
        except UNREADABLE:
            continue


def addresses(data: bytes) -> None:
    """The part after the question mark, and the parts between slashes, of every address."""
    for route in _ROUTES:
        try:
            read_query(route, data)
        except Refusal:
            continue
    read_path({"document": data.decode("utf-8", "surrogateescape")})


def _typed(data: bytes) -> None:
    told = address.read(data.decode("latin-1"))
    assert told is None or told.url.startswith(("http://", "https://")), told


def _mounts(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    from_mountinfo(text)
    from_mount(text)


def _line(data: bytes) -> None:
    try:
        headless.message_of(headless.understood(data.decode("utf-8", "replace")))
    except ValueError:
        return


def _policy(data: bytes) -> None:
    try:
        tree = msgspec.json.decode(data, type=dict[str, Any])
    except UNREADABLE:
        return
    policies.read_policy(tree)


def _backup(folder: Path) -> None:
    (folder / "book-20261123T060000Z.db").touch()
    backups.listed(folder)


def _pair(data: bytes) -> None:
    try:
        making.read_pair(data)
    except ValueError:
        return


def _recalled(data: bytes) -> None:
    """A sentence of the ledger in another language: known, or as it came."""
    text = data.decode("utf-8", "replace")
    assert _GERMAN.sentence(text) or not text, "said nothing"


def _photo(data: bytes) -> None:
    found = look_at(data)
    assert isinstance(found, PictureFlaw) or found.width * found.height <= MAX_PIXELS, found


def _edited(data: bytes) -> None:
    """What came of an edit, as a ledger that is none tells it of each kind of thing."""
    for what in ("item", "location", "reorder"):
        put = EditPut(
            what=what, name="SKU-1001", person="p-cora", version=1, nonce="0" * 64,
            signature="0" * 128, before=_NULL, after=msgspec.Raw(b"{}"),
        )  # fmt: skip
        try:
            believe_once.edited(put, Edited(outcome="done", current=msgspec.Raw(data)))
        except BadAnswer:
            continue


def _zipped(data: bytes) -> None:
    """An answer that says it is zipped, in two pieces; never more of it than the limit."""
    pieces = (data[: len(data) // 2], data[len(data) // 2 :])
    response = httpx.Response(200, headers={"content-encoding": "gzip"}, content=iter(pieces))
    assert sum(map(len, decoded(response, MOST_OF_AN_ANSWER))) <= MOST_OF_AN_ANSWER


FURTHER: Mapping[str, tuple[Callable[[bytes], object], tuple[bytes, ...]]] = {
    "questions": (questions, tuple(map(msgspec.json.encode, _EXAMPLES))),
    "addresses": (addresses, (b"site=HAM&limit=10&cursor=AAAA&item=SKU-1001",)),
    "ledger_line": (_typed, (b"https://ledger:8800 7F4Q2K9M1C AB12 CD34", b"10.0.0.5:8800")),
    "headless_line": (_line, (b'{"scan": "2912345678905"}', b'{"do": "undo"}')),
    "policy": (_policy, (b'{"adjust":{"clerk":{"units":5}},"approve":{}}',)),
    "mounts": (
        _mounts,
        (b"61 25 0:51 / /srv/a\\040b rw - cifs //files/data rw\n", b"61 25 0:51 / /srv rw -  \n"),
    ),
    "settings": (in_a_file(SETTINGS, _settings), (b'language = "de"\ntext_percent = 150\n',)),
    "first_run": (in_a_file(answers.FILE_NAME, _resumed), (b'{"step":"scan","site":"HAM"}',)),
    "key_file": (in_a_file(keyfile.NAME, keyfile.read), (b'{"format":1,"vault":"v"}',)),
    "recovery_file": (in_a_file(keepers.NAME, keepers.read), (b'{"format":1,"keepers":[]}',)),
    "authority": (in_a_file("ca.pem", _pinned), (_CERTIFICATE,)),
    "key_pair": (_pair, (_CERTIFICATE,)),
    "backup": (in_a_file("book-20261123T060000Z.json", _backup), (b'{"format":1,"size":0}',)),
    "archive": (in_a_file("archive", _sealed), (sealedfile.MAGIC + bytes(40),)),
    "ledger_mark": (
        in_a_file(mark.MARK_NAME, mark.read),
        (b'{"runs":["a"],"feeds":{"1":[7,"c"]}}',),
    ),
    "bundle": (bundles.whole, (bundles.zipped(bundles.GENUINE),)),
    "bundle_part": (
        bundles.part,
        tuple(bytes([n]) + one for n, one in enumerate(bundles.GENUINE.values()) if n in {0, 3, 4}),
    ),
    "held_elsewhere": (
        in_a_file("pack-01.json", bundles.elsewhere),
        (b'[{"file":"feed","chain":"HAM","seq":1,"digest":"d","signature":"s"}]', b"[]"),
    ),
    "photo": (
        _photo,
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff\xc0\0\x11\x08\0\1\0\1\xff\xd9"),
    ),
    "edited": (_edited, (b'{"sku":"SKU-1001","name":"Enamel mug"}', b'{"low":7}', b"null")),
    "zipped_answer": (_zipped, (gzip.compress(b'{"protocol":2}', mtime=0), b"")),
    "sentence": (_recalled, (b"Order ORD-48213 is held by PACK-02.",)),
}
