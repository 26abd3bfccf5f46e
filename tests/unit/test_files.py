"""Outputs appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from upwind.cli.files import write_beside, write_together


def names(folder: Path) -> list[str]:
    """Return what a folder holds."""
    return sorted(path.name for path in folder.iterdir())


def test_bytes_and_text_arrive_as_given(tmp_path: Path) -> None:
    write_beside(tmp_path / "a", b"\x00\xff")
    write_beside(tmp_path / "b", "Ω\r\n")
    assert (tmp_path / "a").read_bytes() == b"\x00\xff"
    assert (tmp_path / "b").read_bytes() == "Ω\r\n".encode()


def test_a_file_is_replaced_and_keeps_its_rights(tmp_path: Path) -> None:
    place = tmp_path / "a"
    place.write_text("old")
    place.chmod(0o640)
    write_beside(place, "new")
    assert place.read_text() == "new"
    assert place.stat().st_mode & 0o777 == 0o640
    assert names(tmp_path) == ["a"]


def test_a_new_file_has_the_rights_of_new_files(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_beside(tmp_path / "a", "new")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_reader_of_the_old_file_keeps_it(tmp_path: Path) -> None:
    place = tmp_path / "a"
    place.write_text("old")
    with place.open() as reader:
        write_beside(place, "new")
        assert reader.read() == "old"


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("a")
    write_beside(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "a").read_text() == "new"


def test_a_device_is_written_to_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "nowhere").symlink_to(os.devnull)
    write_beside(tmp_path / "nowhere", "gone")
    assert Path(os.devnull).is_char_device()
    assert names(tmp_path) == ["nowhere"]


@pytest.mark.parametrize("place", ["folder", "missing/a", "file/a"])
def test_a_fault_names_the_place_and_leaves_nothing(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=place) as fault:
        write_beside(tmp_path / place, "new")
    assert fault.value.filename == str(tmp_path / place)
    assert names(tmp_path) == ["file", "folder"]


def test_of_several_none_appears_when_one_fails(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(FileNotFoundError):
        write_together({tmp_path / "a": "new", tmp_path / "b": "new", tmp_path / "missing" / "c": "new"})
    assert (tmp_path / "a").read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_several_appear_together(tmp_path: Path) -> None:
    write_together({tmp_path / "a": "one", str(tmp_path / "b"): b"two"})
    assert [(tmp_path / name).read_text() for name in "ab"] == ["one", "two"]
    assert names(tmp_path) == ["a", "b"]
