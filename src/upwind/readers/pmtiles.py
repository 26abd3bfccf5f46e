"""PMTiles archives (version 3) of vector tiles: what a map must know before it draws one."""

from __future__ import annotations

import gzip
import json
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from upwind.errors import FormatError
from upwind.readers.files import shown

__all__ = ["Tileset", "read_tileset"]

_MAGIC, _VERSION = b"PMTiles", 3
#: https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md: eight places and lengths, three counts, six bytes,
#: two positions; the rest is where a map begins.
_HEAD, _LENGTH = struct.Struct("<7sB8Q3Q6B4i"), 127
_NONE, _GZIP, _MVT = 1, 2, 1
_TYPES = {0: "of no known type", 2: "PNG pictures", 3: "JPEG pictures", 4: "WebP pictures", 5: "AVIF pictures"}
_LARGEST_METADATA = 16 * 1024 * 1024
_REMEDY = "give a PMTiles archive of version 3 with vector tiles (MVT), such as tippecanoe writes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tileset:
    """A tileset: its zooms, its box of west, south, east, north [deg], the names of its layers, and whose it is.

    `size` is that of its file [bytes]; `attribution` is as it is written there, with markup if there is any.
    """

    size: int
    zooms: tuple[int, int]
    box: tuple[float, float, float, float]
    tiles: int
    layers: tuple[str, ...]
    attribution: str


def read_tileset(path: Path) -> Tileset:
    """Return what an archive says of itself.

    Raises
    ------
    FormatError
        It is no such archive, another version, holds pictures, is cut off, or packed in a way that no browser unpacks.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_LENGTH)
        if len(head) < _LENGTH or not head.startswith(_MAGIC):
            _fail(path, "", "this is no PMTiles archive")
        _, version, *rest = _HEAD.unpack_from(head)
        if version != _VERSION:
            _fail(path, "byte 8", f"this is version {version} of PMTiles")
        places, (addressed, *_), (_, inner, packed, kind, low, high), corners = (
            rest[:8],
            rest[8:11],
            rest[11:17],
            rest[17:],
        )
        if kind != _MVT:
            _fail(path, "byte 100", f"its tiles are {_TYPES.get(kind, f'of type {kind}')}")
        if {inner, packed} - {_NONE, _GZIP}:
            _fail(path, "bytes 98-99", "it is packed in a way that not every browser unpacks", "pack it with gzip")
        if any(at + length > size for at, length in zip(places[::2], places[1::2], strict=True)):
            _fail(path, "", f"it is cut off: it has {size:,} bytes and tells of more", "copy or download it again")
        if not addressed:
            _fail(path, "byte 73", "it holds no tile")
        file.seek(places[2])
        said = _metadata(path, file.read(min(places[3], _LARGEST_METADATA)), is_packed=inner == _GZIP)
    listed = said.get("vector_layers")
    layers = [one.get("id") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    west, south, east, north = (corner / 1e7 for corner in corners)
    return Tileset(
        size=size,
        zooms=(low, high),
        box=(west, south, east, north),
        tiles=addressed,
        layers=tuple(sorted(str(layer) for layer in layers if layer)),
        attribution=str(said.get("attribution") or ""),
    )


def _metadata(path: Path, octets: bytes, *, is_packed: bool) -> dict[str, Any]:
    try:
        said = json.loads(gzip.decompress(octets) if is_packed else octets)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        _fail(path, "metadata", f"they cannot be read ({shown(str(error))})", "make it again")
    if not isinstance(said, dict):
        _fail(path, "metadata", "they are no JSON object", "make it again")
    return said


def _fail(path: Path, place: str, fault: str, remedy: str = _REMEDY) -> NoReturn:
    raise FormatError(str(path), place, fault, remedy) from None
