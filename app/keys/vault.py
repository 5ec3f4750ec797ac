"""The port other parts use: the keys of a station while it runs.

The vault never gives out the key everything is wrapped under. Whoever needs a key of its own for a
file makes one, has it wrapped here (`wrap`) and keeps the wrapped text beside the file.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from app.errors import Fault
from app.keys import keyfile
from app.keys.keyfile import BookFormat, Escrowed, KeyFile, Lock, Slot
from app.keys.report import KeyReport, report
from app.keys.troubles import KeyState, KeyTrouble
from app.keys.unlocking import Unlock
from app.keys.wrapping import (
    KEY_BYTES,
    NotThisKeyError,
    bound_to,
    check_value,
    new_key,
    seal,
    unseal,
)

BOOK, DEVICE, WRAP = "book", "device", "wrap"
_WRAPPED = "wrapped/"
_KEPT = "secret/"
# A wrapping key a year, and one on suspicion: the oldest go when no backup of theirs is left.
MAX_WRAPS = 32
# The site pepper and a few like it; what is larger belongs into the book.
MAX_SECRET_BYTES = 4_096
MAX_SECRETS = 64

Now = Callable[[], datetime]


class Vault:
    """The opened keys of one data folder. Safe to use from any thread.

    Args:
        folder: The data folder.
        content: The key file as it is on disk.
        kek: What its keys are wrapped under.
        now: Wall time, for the dates of new keys.

    Raises:
        KeyTrouble: `file_damaged`, when the KEK is right and the file does not open with it.
    """

    def __init__(self, folder: Path, content: KeyFile, kek: bytes, now: Now) -> None:
        self._folder, self._now = folder, now
        self._content, self._kek = content, kek
        self._busy = threading.RLock()
        if not keyfile.is_whole(content, kek):
            raise KeyTrouble(KeyState.FILE_DAMAGED, detail="the seal over the file is broken")

    # ------------------------------------------------------------------------------- for everyone

    def book_key(self) -> bytes:
        """The 32 bytes that open the book."""
        return self._opened(BOOK, self._content.active)

    def device_seed(self) -> bytes:
        """The 32 bytes of the Ed25519 device key."""
        return self._opened(DEVICE, self._content.device)

    def pending_device_seed(self) -> bytes | None:
        """The next device key, if one is under way."""
        pending = self._content.device_pending
        return None if pending is None else self._opened(DEVICE, pending)

    def former_device_seed(self) -> bytes | None:
        """The device key before the present one, if there was one."""
        former = self._content.device_former
        return None if former is None else self._opened(DEVICE, former)

    def wrap(self, purpose: str, key: bytes) -> str:
        """A key of another part (a backup's), wrapped; keep the text beside what it opens.

        Args:
            purpose: What it is for, e.g. `backup`; unwrapping asks for the same.
            key: 32 bytes.
        """
        newest = self._content.wraps[-1]
        aad = bound_to(self.name, _WRAPPED + purpose, newest.version)
        return f"{newest.version}:{seal(self._opened(WRAP, newest), key, aad)}"

    def unwrap(self, purpose: str, wrapped: str) -> bytes:
        """The key that was wrapped, also under an earlier wrapping key.

        Raises:
            KeyTrouble: `lost`, when it was wrapped by another station or for another purpose.
        """
        version, _, sealed = wrapped.partition(":")
        found = next((slot for slot in self._content.wraps if str(slot.version) == version), None)
        if found is None:
            raise KeyTrouble(KeyState.LOST, detail=f"no wrapping key {version[:12]}")
        aad = bound_to(self.name, _WRAPPED + purpose, found.version)
        try:
            return unseal(self._opened(WRAP, found), sealed, aad)
        except NotThisKeyError as error:
            raise KeyTrouble(KeyState.LOST, detail=f"not wrapped here for {purpose}") from error

    def secret(self, name: str) -> bytes | None:
        """A small secret by its name; None when there is none."""
        sealed = self._content.secrets.get(name)
        if sealed is None:
            return None
        return self._unsealed(sealed, bound_to(self.name, _KEPT + name, 1))

    def put_secret(self, name: str, value: bytes) -> None:
        """Keep a small secret, sealed in `keys.json`; on disk when this returns."""
        with self._busy:
            known = self._content.secrets
            if len(value) > MAX_SECRET_BYTES or (name not in known and len(known) >= MAX_SECRETS):
                raise Fault("A secret is too large for the key file.", detail=name)
            sealed = seal(self._kek, value, bound_to(self.name, _KEPT + name, 1))
            self._write(secrets={**known, name: sealed})

    # ------------------------------------------------------------------------ what it consists of

    @property
    def name(self) -> str:
        """Random name of this set of keys; no secret."""
        return self._content.vault

    @property
    def content(self) -> KeyFile:
        """The key file as it is on disk; everything secret in it is wrapped."""
        return self._content

    def book_keys(self) -> tuple[bytes, ...]:
        """What may open the book, the likeliest first: a rotation may have been killed."""
        slots = (self._content.active, self._content.pending)
        return tuple(self._opened(BOOK, slot) for slot in slots if slot is not None)

    @property
    def state(self) -> KeyReport:
        """Backend, slots, age and what is due; holds no secret."""
        return report(self._content, self.custody(), self._now())

    def custody(self) -> str:
        """Digest of the keys the ledger should hold in escrow; from check values alone."""
        kept = (self._content.active, self._content.pending, *self._content.wraps)
        names = " ".join(slot.check for slot in kept if slot is not None)
        return sha256(f"{self.name} {names}".encode()).hexdigest()

    def wrapping_keys(self) -> dict[int, bytes]:
        """Every wrapping key by its version, for the escrow."""
        return {slot.version: self._opened(WRAP, slot) for slot in self._content.wraps}

    # ------------------------------------------------------------------------ changes, whole or not

    def begin_rotation(self) -> bytes:
        """Write the next book key as pending and return it; goes on with one already there."""
        with self._busy:
            pending = self._content.pending
            if pending is None:
                pending = self._slot(BOOK, self._content.active.version + 1, new_key())
                self._write(pending=pending)
            return self._opened(BOOK, pending)

    def promote(self) -> None:
        """The book opens with the pending key: it is the active one, the former is forgotten."""
        with self._busy:
            if self._content.pending is not None:
                self._write(active=self._content.pending, pending=None)

    def drop_pending(self) -> None:
        """The book opens with the active key: the rotation did not happen."""
        with self._busy:
            if self._content.pending is not None:
                self._write(pending=None)

    def rewrap(self, unlock: Unlock) -> None:
        """A new key-encryption key, and a new wrapping key beside the old ones.

        The book is not rewritten. A kill leaves the old lock or the new one in use; the keyring may
        keep an entry that opens nothing.

        Raises:
            KeyTrouble: The keyring does not take it, or the passphrase is missing or too short.
        """
        with self._busy:
            old = self._content
            lock, kek = unlock.make(self.name, self._moment(), old.lock)
            self._resealed(lock, kek)
            unlock.forget(self.name, old.lock)

    def begin_device_key(self) -> bytes:
        """Write the next device key as pending and return it; goes on with one already there.

        It is on disk before the ledger hears of it, so that no kill leaves the ledger with a key
        that nobody has.
        """
        with self._busy:
            pending = self._content.device_pending
            if pending is None:
                pending = self._slot(DEVICE, self._content.device.version + 1, new_key())
                self._write(device_pending=pending)
            return self._opened(DEVICE, pending)

    def promote_device_key(self) -> None:
        """The ledger knows the pending device key: it is the present one, with its predecessor."""
        with self._busy:
            if self._content.device_pending is not None:
                self._write(
                    device=self._content.device_pending,
                    device_pending=None,
                    device_former=self._content.device,
                )

    def remember_format(self, salt: str) -> None:
        """Pin how the book is written, once it was opened for the first time."""
        if self._content.book.salt != salt:
            with self._busy:
                self._write(book=BookFormat(salt=salt))

    def remember_escrow(self, contents: str, recovery_key: str) -> None:
        """The ledger has taken these keys into custody."""
        with self._busy:
            self._write(escrowed=Escrowed(contents, recovery_key, self._moment()))

    # ------------------------------------------------------------------------------------- inside

    def _resealed(self, lock: Lock, kek: bytes) -> None:
        """Every key under another KEK and a new wrapping key, in one write."""
        old = self._content
        made = slot_of(kek, self.name, WRAP, old.wraps[-1].version + 1, new_key(), self._moment())
        kept = [self._again(kek, WRAP, slot) for slot in old.wraps[-(MAX_WRAPS - 1) :]]
        changed = msgspec.structs.replace(
            old,
            lock=lock,
            active=self._again(kek, BOOK, old.active),
            pending=None if old.pending is None else self._again(kek, BOOK, old.pending),
            device=self._again(kek, DEVICE, old.device),
            device_pending=self._maybe_again(kek, old.device_pending),
            device_former=self._maybe_again(kek, old.device_former),
            wraps=(*kept, made),
            secrets={
                name: self._secret_again(kek, name, text) for name, text in old.secrets.items()
            },
        )
        self._content, self._kek = keyfile.write(self._folder, changed, kek), kek

    def _secret_again(self, kek: bytes, name: str, sealed: str) -> str:
        aad = bound_to(self.name, _KEPT + name, 1)
        return seal(kek, self._unsealed(sealed, aad), aad)

    def _again(self, kek: bytes, purpose: str, slot: Slot) -> Slot:
        """The same key under another KEK."""
        key = self._opened(purpose, slot)
        return slot_of(kek, self.name, purpose, slot.version, key, slot.made_at)

    def _maybe_again(self, kek: bytes, slot: Slot | None) -> Slot | None:
        return None if slot is None else self._again(kek, DEVICE, slot)

    def _slot(self, purpose: str, version: int, key: bytes) -> Slot:
        return slot_of(self._kek, self.name, purpose, version, key, self._moment())

    def _opened(self, purpose: str, slot: Slot) -> bytes:
        key = self._unsealed(slot.sealed, bound_to(self.name, purpose, slot.version))
        if len(key) != KEY_BYTES or check_value(key) != slot.check:
            raise KeyTrouble(KeyState.FILE_DAMAGED, detail=f"{purpose} {slot.version}")
        return key

    def _unsealed(self, sealed: str, aad: bytes) -> bytes:
        try:
            return unseal(self._kek, sealed, aad)
        except NotThisKeyError as error:
            raise KeyTrouble(KeyState.FILE_DAMAGED, detail=str(error)) from error

    def _write(self, **changes: object) -> None:
        changed = msgspec.structs.replace(self._content, **changes)
        self._content = keyfile.write(self._folder, changed, self._kek)

    def _moment(self) -> str:
        return moment(self._now)


def slot_of(kek: bytes, vault: str, purpose: str, version: int, key: bytes, made_at: str) -> Slot:
    """A key wrapped under a KEK."""
    sealed = seal(kek, key, bound_to(vault, purpose, version))
    return Slot(version, sealed, check_value(key), made_at)


def moment(now: Now) -> str:
    """The wall time in seconds, ISO 8601, UTC."""
    return now().strftime("%Y-%m-%dT%H:%M:%SZ")
