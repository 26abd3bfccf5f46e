"""The shelf: large evidence in files beside the database, each under the digest of its content."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from upwind.errors import AbsentError, StoreError
from upwind.render.objections import Objection

__all__ = ["Shelf"]


class Shelf:
    """A folder of evidence, made where there is none when something is put there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Return the digest (sha256, hexadecimal) under which content is now on the disk."""
        digest = hashlib.sha256(content).hexdigest()
        place = self._place(digest)
        if place.is_file():
            return digest
        beside = place.with_name(f".{secrets.token_hex(6)}.part")
        try:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with beside.open("xb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(place)
            _flush_folder(place.parent)
        except OSError as error:
            with suppress(OSError):
                beside.unlink()
            msg = f"{place.parent}: evidence cannot be kept ({error.strerror})"
            raise StoreError(msg) from error
        return digest

    def get(self, digest: str) -> bytes:
        """Return the content of a digest.

        Raises
        ------
        AbsentError
            There is none: it was forgotten, or never came.
        StoreError
            What is there has another digest.
        """
        try:
            content = self._place(digest).read_bytes()
        except OSError as error:
            raise AbsentError(Objection("no_evidence", digest=digest[:16])) from error
        if hashlib.sha256(content).hexdigest() != digest:
            msg = f"evidence {digest[:16]}… is not what was put there"
            raise StoreError(msg)
        return content

    def path(self, digest: str) -> Path:
        """Return the file that holds the content of a digest, if it is there."""
        return self._place(digest)

    def forget(self, digests: Iterable[str]) -> None:
        """Delete content for good."""
        for digest in digests:
            with suppress(FileNotFoundError):
                self._place(digest).unlink()

    def __iter__(self) -> Iterator[str]:
        """Yield every digest on the shelf."""
        return (file.name for file in sorted(self._folder.glob("??/*")) if not file.name.startswith("."))

    def _place(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def _flush_folder(folder: Path) -> None:
    """Let a new name in a folder be on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
