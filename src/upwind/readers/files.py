"""A file's bytes, read once, within bounds, unpacked if they are gzip."""

from __future__ import annotations

import gzip
import hashlib
import io
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from upwind.errors import FormatError

__all__ = ["File", "open_file", "shown"]

#: The largest content that is read, unpacked. [bytes]
LARGEST = 256 * 1024 * 1024

#: The same where the content goes on as columns, never as rows. [bytes]
LARGEST_BINARY = 4 * 1024 * 1024 * 1024

#: How much of a file decides what kind it is. [bytes]
HEAD = 64 * 1024

_BINARY = (b"PAR1", b"\x89HDF", b"CDF")
_GZIP = b"\x1f\x8b"
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1a"))

_FOREIGN = (
    (b"PK\x03\x04", "a zip archive or a spreadsheet", "unpack it, or save the table as CSV"),
    (b"\xd0\xcf\x11\xe0", "a spreadsheet of an old kind", "save the table as CSV"),
    (b"\xff\xfe", "text in UTF-16", "save it as UTF-8"),
    (b"\xfe\xff", "text in UTF-16", "save it as UTF-8"),
    (b"%PDF", "a PDF", "give the table as CSV or Parquet"),
    (b"BZh", "packed with bzip2", "unpack it, or pack it with gzip"),
    (b"\xfd7zXZ", "packed with xz", "unpack it, or pack it with gzip"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", "unpack it, or pack it with gzip"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What was read from one file.

    Attributes
    ----------
    shown
        The file as messages name it.
    name
        Without its folder.
    sha256
        Of the file's own bytes, packed or not.
    content
        Unpacked.
    growing
        Whether somebody may still be writing it, so that its last line may be cut off.
    notes
        What was lost of a packed file that is damaged, a sentence each.
    """

    shown: str
    name: str
    sha256: str
    content: bytes
    growing: bool
    notes: tuple[str, ...] = ()

    @property
    def head(self) -> bytes:
        """The first bytes, which decide what kind of file it is."""
        return self.content[:HEAD]

    def fault(self, line: int, place: str, fault: str, remedy: str) -> FormatError:
        """Return the error that says what is wrong where in this file; line 0 is none."""
        return FormatError(self.shown, place, fault, remedy, line)

    def require_text(self) -> None:
        """Raise `FormatError` where the content is no text that could be a table."""
        for magic, kind, remedy in _FOREIGN:
            if self.head.startswith(magic):
                raise self.fault(0, "", f"this is {kind}", remedy)
        odd, even = self.head[1::2].count(0), self.head[::2].count(0)
        if max(odd, even) > len(self.head) // 4 and min(odd, even) < len(self.head) // 64:
            raise self.fault(0, "", "this is text in UTF-16", "save it as UTF-8")
        if len(self.head.translate(None, _CONTROL)) < len(self.head):
            raise self.fault(0, "", "this is binary, not a table", "give CSV, Parquet, ICARTT or NetCDF")


def open_file(path: Path, *, growing: bool = False, binary: bool = False) -> File:
    """Return the content of a file.

    Parameters
    ----------
    path
        Of the file, which may be packed with gzip.
    growing
        Whether somebody may still be writing it.
    binary
        Whether a packed file may hold anything, and is read as far as it unpacks; otherwise only what could be a
        table is unpacked, whole.

    Raises
    ------
    FormatError
        There is no such file, it is a folder or a device, it may not be read, its packing is broken or cut off, or
        it is larger than `LARGEST`.
    """
    name = shown(str(path), 100)
    largest = LARGEST_BINARY if binary else LARGEST
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise FormatError(name, "", "this is a folder or a device, not a file", "name a file")
        with path.open("rb") as stream:
            packed = stream.read(min(largest, state.st_size + LARGEST) + 1)
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise FormatError(name, "", f"cannot be read ({why})", "check the name and the permissions") from None
    file = File(
        shown=name,
        name=path.name,
        sha256=hashlib.sha256(packed).hexdigest(),
        content=packed,
        growing=growing,
    )
    if packed.startswith(_GZIP):
        file = _unpacked(file, binary=binary)
    if len(file.content) > largest:
        raise file.fault(0, "", f"holds more than {largest >> 20} MB", "split it into several files")
    return file


def shown(text: str, longest: int = 40) -> str:
    """Return text as a message may show it: printable, of one line, and cut to its end where it is longer."""
    clean = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[-longest - 1 :])
    return clean if len(text) <= longest else f"…{clean[-longest + 1 :]}"


def _unpacked(file: File, *, binary: bool) -> File:
    """Return the file with its gzip taken off, as far as `LARGEST`."""
    parts: list[bytes] = []
    lost = ""
    try:
        parts.extend(_parts(file, binary=binary))
    except EOFError:
        lost = "" if file.growing else "the packed file is cut off"
    except (OSError, zlib.error):
        lost = "the packed file is broken"
    if lost and not (binary and parts):
        raise file.fault(0, "", lost, "copy it again, whole")
    return replace(file, content=b"".join(parts), notes=(f"{lost}: read as far as it unpacks",) if lost else ())


def _parts(file: File, *, binary: bool) -> Iterator[bytes]:
    """Yield what is packed, piece by piece; the first of them tells whether there is any use in going on."""
    with gzip.GzipFile(fileobj=io.BytesIO(file.content)) as stream:
        first = stream.read1(HEAD)
        if not binary and not first.startswith(_BINARY):
            replace(file, content=first).require_text()
        yield first
        size = len(first)
        while size <= LARGEST and (part := stream.read1(1 << 20)):
            yield part
            size += len(part)
