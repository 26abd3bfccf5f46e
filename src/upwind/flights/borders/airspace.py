"""The special-use airspace that upwind brings along: what the United States publish, of one AIRAC cycle.

A cycle is in force for 28 days. Later flights need a newer one: `upwind.readers.airspaces.read_airspaces` reads it from
the FAA's file, and `scripts/make_airspace.py` makes this module's file anew. The file is two streams one behind the
other, the first one's length before it in four bytes: what is said of the areas, as JSON, and their outlines.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from itertools import pairwise

import numpy as np

from upwind.flights.borders.packed import pack, unpack
from upwind.flights.borders.polygons import polygons_of
from upwind.records import Airspace, Datum, Level

__all__ = ["CYCLE", "VALID_FROM", "VALID_TO", "pack_airspaces", "shipped_airspaces", "unpack_airspaces"]

#: Of the Aeronautical Information Regulation and Control: the seventh one of 2026.
CYCLE = "2607"

#: When the cycle takes effect (FAA, Coded Instrument Flight Procedures, volume 2607: 9 July 2026; at 09:01 UTC, as the
#: Federal Register has it for changes of airspace), and when the next one does.
VALID_FROM = datetime(2026, 7, 9, 9, 1, tzinfo=UTC)
VALID_TO = VALID_FROM + timedelta(days=28)

#: Of a degree, so a centimetre; the publisher gives hundredths of a second, a third of a metre.
_DECIMALS = 7

_LENGTH_BYTES = 4
_TEXTS = ("id", "name", "state", "kind", "active", "schedule")


def shipped_airspaces() -> tuple[Airspace, ...]:
    """Return the areas that the United States publish for `VALID_FROM` to `VALID_TO`, as `data/airspace.bin` has them.

    Of 1,386 of the 1,583 the file does not say at what times they are active; `schedule` is "" there.
    """
    return unpack_airspaces(resources.files("upwind.flights.borders").joinpath("data", "airspace.bin").read_bytes())


def pack_airspaces(airspaces: Sequence[Airspace]) -> bytes:
    """Return airspaces as the bytes of a file, their vertices rounded to a centimetre."""
    rounded = [replace(one, rings=tuple(np.round(ring, _DECIMALS) for ring in one.rings)) for one in airspaces]
    said = {
        **{key: [getattr(one, key) for one in airspaces] for key in _TEXTS},
        "floor": [(one.floor.metres, one.floor.datum) for one in airspaces],
        "ceiling": [(one.ceiling.metres, one.ceiling.datum) for one in airspaces],
    }
    head = lzma.compress(json.dumps(said, separators=(",", ":")).encode(), preset=9)
    return len(head).to_bytes(_LENGTH_BYTES, "big") + head + pack(polygons_of(rounded), _DECIMALS)


def unpack_airspaces(content: bytes) -> tuple[Airspace, ...]:
    """Return the airspaces of a file that `pack_airspaces` made."""
    end = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "big")
    said = json.loads(lzma.decompress(content[_LENGTH_BYTES:end]))
    outlines = unpack(content[end:])
    vertices = np.column_stack([outlines.longitude, outlines.latitude])
    rings = [np.concatenate([vertices[a:b], vertices[a : a + 1]]) for a, b in pairwise(outlines.start)]
    bounds = np.searchsorted(outlines.area, np.arange(len(outlines.names) + 1))
    return tuple(
        Airspace(
            **{key: said[key][number] for key in _TEXTS},
            rings=tuple(rings[first:last]),
            floor=_level(*said["floor"][number]),
            ceiling=_level(*said["ceiling"][number]),
        )
        for number, (first, last) in enumerate(pairwise(bounds))
    )


def _level(metres: float, datum: str) -> Level:
    return Level(metres=metres, datum=Datum(datum))
