"""The document of a plan that comes packed as KMZ."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import PurePosixPath

from upwind.readers.files import LARGEST, File

__all__ = ["unpacked"]

_ZIP = b"PK\x03\x04"
#: What an aircraft flies stands before the template that it was made from.
_FIRST = ("wpmz/waylines.wpml", "wpmz/template.kml", "waylines.wpml", "template.kml", "doc.kml")
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError)


def unpacked(file: File) -> File:
    """Return a file with the document of its archive as content; the file itself where it is no archive.

    Raises
    ------
    FormatError
        The archive is broken or locked, holds no plan, or too much.
    """
    if not file.head.startswith(_ZIP):
        return file
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            member = _member(file, archive.namelist())
            with archive.open(member) as stream:
                content = stream.read(LARGEST + 1)
    except RuntimeError as error:  # NotImplementedError, of a packing that is not known, is one too
        words = "is locked with a password" if "password" in str(error) else "is packed in a way that is not known"
        raise file.fault(0, "", f"the archive {words}", "give it open, or its .kml alone") from None
    except _BROKEN:
        raise file.fault(0, "", "the archive is cut off or broken", "copy it again, whole") from None
    if len(content) > LARGEST:
        raise file.fault(0, member, f"holds more than {LARGEST >> 20} MB", "split the plan into several")
    return replace(file, content=content)


def _member(file: File, names: list[str]) -> str:
    """Return the name of the document that holds the plan."""
    for name in (*_FIRST, *(name for name in names if PurePosixPath(name).suffix.lower() in (".kml", ".wpml"))):
        if name in names:
            return name
    raise file.fault(0, "", "there is no plan in this archive", "a KMZ holds wpmz/waylines.wpml or a .kml")
