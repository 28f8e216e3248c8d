"""A bundle of files: whole or not at all, each with its digest, and read back before it is kept."""

from __future__ import annotations

import io
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from storage.exports.bundle import SUMS, Item, bundle_at
from storage.exports.dossier_index import Index, index_html
from storage.exports.form import NotSound

TARGETS = ("bundle", "bundle.zip", "BUNDLE.ZIP")


def _read(target: Path) -> dict[str, bytes]:
    """Every file in it by its name."""
    if target.is_dir():
        files = (one for one in target.rglob("*") if one.is_file())
        return {one.relative_to(target).as_posix(): one.read_bytes() for one in files}
    with zipfile.ZipFile(target) as found:
        return {name: found.read(name) for name in found.namelist()}


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_put_in_comes_out(tmp_path: Path, name: str) -> None:
    """With a list of digests that says so, in the form of sha256sum."""
    with bundle_at(tmp_path / name) as bundle:
        bundle.put("a/one.pdf", b"one")
        bundle.copy("b/two.csv", io.BytesIO(b"two" * 1_000_000))
        with bundle.file("three.html") as out:
            out.write(b"thr")
            out.write(b"ee")
        bundle.sums()
    found = _read(tmp_path / name)
    assert found["a/one.pdf"] == b"one"
    assert found["b/two.csv"] == b"two" * 1_000_000
    assert found["three.html"] == b"three"
    sums = dict(line.split("  ")[::-1] for line in found.pop(SUMS).decode().splitlines())
    assert sums == {name: sha256(content).hexdigest() for name, content in found.items()}
    assert [(one.name, one.size) for one in bundle.items[:2]] == [
        ("a/one.pdf", 3),
        ("b/two.csv", 3_000_000),
    ]
    assert [one.name for one in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_is_left_when_it_fails(tmp_path: Path, name: str) -> None:
    """What was there before stays: a file as it was, a folder not even begun."""

    class Halfway(Exception):
        pass

    def fail() -> None:
        with bundle_at(tmp_path / name) as bundle:
            bundle.put("one", b"one")
            raise Halfway

    before = name.casefold().endswith(".zip")
    if before:
        (tmp_path / name).write_bytes(b"before")
    with pytest.raises(Halfway):
        fail()
    assert [one.name for one in tmp_path.iterdir()] == ([name] if before else [])
    assert not before or (tmp_path / name).read_bytes() == b"before"


def test_a_folder_is_never_written_into(tmp_path: Path) -> None:
    """Not even an empty one."""
    (tmp_path / "bundle").mkdir()
    with pytest.raises(FileExistsError), bundle_at(tmp_path / "bundle"):
        pass
    assert list((tmp_path / "bundle").iterdir()) == []


def test_a_file_that_changed_meanwhile_is_noticed(tmp_path: Path) -> None:
    """Each is read back; nothing takes its place then."""

    def change() -> None:
        with bundle_at(tmp_path / "bundle") as bundle:
            bundle.put("one", b"one")
            (made,) = tmp_path.glob(".export-*")
            (made / "one").write_bytes(b"two")

    with pytest.raises(NotSound, match="one"):
        change()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["one", "/one", "../one", "a/../../one", ".one"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    """One that is taken, or that leads out of the bundle."""
    with bundle_at(tmp_path / "bundle") as bundle:
        bundle.put("one", b"one")
        with pytest.raises(NotSound, match="one"):
            bundle.put(name, b"two")


def test_the_index_lists_every_file_as_text() -> None:
    """Once, with its digest; what looks like HTML is shown, and there is no script."""
    items = [Item("<i>/x", 3, "0" * 64)]
    index = Index(
        "en", "<b>", (("a", "<i>"),), ("&",), "v", (("s", "<c>"),), ("F", "B", "S"), (("<i>", "f"),)
    )
    page = b"".join(index_html(index, items)).decode()
    for hidden in ("<b>", "<i>", "<c>"):
        assert hidden not in page
    assert "&lt;b&gt;" in page
    assert "<script" not in page
    assert "http" not in page
