"""Outputs that appear whole or not at all: written beside their place, then renamed onto it."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["require_apart", "require_place", "write_beside", "write_together"]


def write_beside(path: str | Path, content: bytes | str) -> None:
    """Put `content` at `path` in one step; a reader sees the old file or the new one, never a part.

    Parameters
    ----------
    path
        A symbolic link is followed; a pipe or terminal is written to as it is. Its folder must exist.
    content
        Text is written as UTF-8, its line ends untouched.

    Raises
    ------
    OSError
        If it cannot be written; it names `path`, and nothing is left beside it.
    """
    write_together({path: content})


def require_place(path: str | Path) -> None:
    """Raise `OSError` where nothing could be put at `path`: told before long work, not after it."""
    if _is_stream(path):
        return
    place = Path(path).resolve()
    with _naming(path):
        if not place.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "its folder is not there; make it, or name another", str(path))
        if place.is_dir():
            raise IsADirectoryError(errno.EISDIR, "is a folder, a file's name is needed", str(path))
        if not os.access(place.parent, os.W_OK):
            raise PermissionError(errno.EACCES, "its folder is write-protected", str(path))


def require_apart(results: Iterable[str | Path], inputs: Iterable[str | Path]) -> None:
    """Raise `OSError` where a result would be written over an input, or over another result."""
    taken = {Path(path).resolve() for path in inputs}
    for path in results:
        place = Path(path).resolve()
        if place in taken and not _is_stream(path):
            raise FileExistsError(errno.EEXIST, "would be written over: it is named twice; name another", str(path))
        taken.add(place)


def write_together(contents: Mapping[str | Path, bytes | str]) -> None:
    """Put every content at its path; none is replaced before all are fully written.

    Raises
    ------
    OSError
        If one cannot be written; it names that path, and nothing is left beside any.
    """
    made: list[tuple[Path, Path, str | Path]] = []
    try:
        for path, content in contents.items():
            beside, place = _places(path)
            made.append((beside, place, path))
            with _naming(path):
                _write_new(beside, place, content.encode() if isinstance(content, str) else content)
        for beside, place, path in made:
            with _naming(path):
                beside.replace(place)
    finally:
        for beside, place, _ in made:
            _remove(beside, place)


def _remove(beside: Path, place: Path) -> None:
    """Leave nothing beside; where all went well there is nothing left to remove."""
    if beside != place:
        with suppress(OSError):
            beside.unlink()


def _places(path: str | Path) -> tuple[Path, Path]:
    """Return where to write and where it belongs: the same for a pipe or terminal."""
    if _is_stream(path):
        return Path(path), Path(path)
    place = Path(path).resolve()
    return place.parent / f".upwind-{secrets.token_hex(6)}.part", place


def _write_new(beside: Path, place: Path, octets: bytes) -> None:
    """Write a new file with the rights that `place` has, or that a new file gets here."""
    if beside == place:
        place.write_bytes(octets)
        return
    if place.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a folder, a file's name is needed", str(place))
    if place.exists() and not os.access(place, os.W_OK):
        raise PermissionError(errno.EACCES, "is write-protected", str(place))
    with beside.open("xb") as file:
        file.write(octets)
    if place.exists():
        shutil.copymode(place, beside)


def _is_stream(path: str | Path) -> bool:
    """Return whether a path is a pipe, terminal or device, which cannot be replaced by renaming."""
    if Path(path).is_relative_to("/dev"):  # standard output may be a file: then it is still not ours to replace
        return True
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


@contextmanager
def _naming(path: str | Path) -> Iterator[None]:
    """Let a fault name the file that was asked for, not the one beside it."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        fault = error.strerror or str(error)
        raise type(error)(error.errno, fault, str(path)) from error
