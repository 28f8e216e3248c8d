"""Many files in one folder or one ZIP, written one after the other, each with its SHA-256.

Whole or not at all: nothing stands under the wanted name before the last file is written and every
one was read back and found to be what was written.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, mkdtemp
from typing import BinaryIO, Final, Protocol, cast

from storage.exports.form import NotSound

SUMS: Final = "SHA256SUMS"
"""The file that `sha256sum -c` reads."""

ZIP: Final = ".zip"
_MADE: Final = (1980, 1, 1, 0, 0, 0)
"""The date of every file in a ZIP: when each was made is said in the index, once."""

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the bundle: its name with folders, how many bytes, their SHA-256."""

    name: str
    size: int
    sha256: str


class _Place(Protocol):
    """Where files are put, and read back from."""

    def write(self, name: str) -> BinaryIO: ...

    def read(self, name: str) -> BinaryIO: ...

    def close(self) -> None: ...


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, name: str) -> BinaryIO:
        file = self._path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        return file.open("xb")

    def read(self, name: str) -> BinaryIO:
        return (self._path / name).open("rb")

    def close(self) -> None:
        """Nothing is left open."""


class _Zip:
    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._file = file

    def write(self, name: str) -> BinaryIO:
        about = zipfile.ZipInfo(name, _MADE)
        about.compress_type = zipfile.ZIP_STORED if name.endswith(".pdf") else zipfile.ZIP_DEFLATED
        return cast(BinaryIO, self._zip.open(about, "w", force_zip64=True))

    def read(self, name: str) -> BinaryIO:
        if self._zip.mode == "w":  # the list of files is written now; from here on they are read
            self._zip.close()
            del self._zip  # one list of 100,000 files at a time
            self._zip = zipfile.ZipFile(self._file)
        return cast(BinaryIO, self._zip.open(name))

    def close(self) -> None:
        self._zip.close()


class _Counted:
    """A file that is being written, and the digest of what was."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._digest = file, hashlib.sha256()
        self.size = 0

    def write(self, part: bytes) -> int:
        self._digest.update(part)
        self.size += len(part)
        return self._file.write(part)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class Bundle:
    """The files so far. No name is given twice."""

    def __init__(self, place: _Place) -> None:
        self._place = place
        self._items: dict[str, Item] = {}

    @property
    def items(self) -> tuple[Item, ...]:
        """What was written, in order."""
        return tuple(self._items.values())

    @contextmanager
    def file(self, name: str) -> Iterator[BinaryIO]:
        """One more file, to be written from its beginning to its end; raises NotSound."""
        if name in self._items or name.startswith(("/", ".")) or ".." in name:
            raise NotSound(f"{name}: no name for a file, or the name of another one")
        with self._place.write(name) as file:
            counted = _Counted(file)
            yield cast(BinaryIO, counted)
        self._items[name] = Item(name, counted.size, counted.sha256)

    def put(self, name: str, content: bytes) -> None:
        """One more file, at once."""
        with self.file(name) as out:
            out.write(content)

    def copy(self, name: str, source: BinaryIO) -> None:
        """One more file, from another."""
        with self.file(name) as out:
            while part := source.read(_CHUNK):
                out.write(part)

    def sums(self) -> None:
        """Write the list of all files so far, each with its digest."""
        with self.file(SUMS) as out:
            for item in self.items:
                if item.name != SUMS:
                    out.write(f"{item.sha256}  {item.name}\n".encode())

    def check(self) -> None:
        """Read every file back; raises NotSound for one that is not what was written."""
        for item in self.items:
            digest = hashlib.sha256()
            with self._place.read(item.name) as file:
                while part := file.read(_CHUNK):
                    digest.update(part)
            if digest.hexdigest() != item.sha256:
                raise NotSound(f"{item.name} is not what was written")


@contextmanager
def bundle_at(target: Path) -> Iterator[Bundle]:
    """A bundle under a name that ends in .zip, or in a folder that is not there yet.

    Raises:
        FileExistsError: the folder is there.
        NotSound: a file is not what was written.

    """
    begin = _zip_at if target.suffix.casefold() == ZIP else _folder_at
    with begin(target) as place:
        bundle = Bundle(place)
        try:
            yield bundle
            bundle.check()
        finally:
            place.close()


@contextmanager
def _zip_at(target: Path) -> Iterator[_Place]:
    with NamedTemporaryFile(dir=target.parent, prefix=".export-", delete=False) as out:
        try:
            yield _Zip(cast(BinaryIO, out))
            out.flush()
            os.fsync(out.fileno())
            Path(out.name).replace(target)
        except BaseException:
            Path(out.name).unlink(missing_ok=True)
            raise


@contextmanager
def _folder_at(target: Path) -> Iterator[_Place]:
    if target.exists():
        raise FileExistsError(17, "File exists", str(target))
    made = Path(mkdtemp(dir=target.parent, prefix=".export-"))
    try:
        yield _Folder(made)
        made.chmod(0o755)
        made.replace(target)
    except BaseException:
        shutil.rmtree(made)
        raise
