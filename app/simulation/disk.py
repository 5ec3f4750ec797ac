"""A disk that can lose power: what of an SQLite file survives, by the rules of its own pragmas.

A killed process loses nothing it has written. A power cut leaves what was synced: with
synchronous=FULL the WAL is synced at every commit; below that only at checkpoints, so everything
since the last one is gone.
"""

import shutil
from pathlib import Path
from zlib import crc32

_FULL = 2


def copy_database(source: Path, target: Path) -> None:
    """Copy a database file and its WAL as they lie there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    wal = _wal(source)
    if wal.exists():
        shutil.copyfile(wal, _wal(target))


class Disk:
    """Where one database lies; every death moves it to a new folder with what survived.

    Args:
        folder: One of its own.
        name: File name.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._life = 0
        self._synced: Path | None = None
        self._seen = 0
        self.path = self._at(0)
        self.path.parent.mkdir(parents=True)

    def opened(self, synchronous: int) -> None:
        """The database was opened; `synchronous` is what its writing connection says."""
        self._synced = None
        if synchronous < _FULL:
            self._keep()

    def committed(self) -> None:
        """A commit returned. Below FULL only a checkpoint has made anything safe."""
        if self._synced is not None and self._look() != self._seen:
            self._keep()

    def die(self, *, power: bool) -> None:
        """The process ends here, or the power goes: from now on `path` is what is left."""
        survivor = self._synced if power and self._synced is not None else self.path
        self._life += 1
        target = self._at(self._life)
        copy_database(survivor, target)
        self.path = target
        self._synced = None

    def replace(self, source: Path) -> None:
        """Another copy is put in its place: a backup is restored."""
        self._life += 1
        self.path = self._at(self._life)
        copy_database(source, self.path)
        self._synced = None

    def _at(self, life: int) -> Path:
        return self._folder / str(life) / self._name

    def _keep(self) -> None:
        self._synced = self._folder / "synced" / self._name
        shutil.rmtree(self._synced.parent, ignore_errors=True)
        copy_database(self.path, self._synced)
        self._seen = self._look()

    def _look(self) -> int:
        """The file without its WAL: only a checkpoint changes it."""
        return crc32(self.path.read_bytes())


def _wal(path: Path) -> Path:
    return path.with_name(path.name + "-wal")
