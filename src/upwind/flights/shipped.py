"""The outlines that upwind brings along; `data/ATTRIBUTION.md` says where they are from and under which terms."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources

import numpy as np

from upwind.flights.packed import unpack
from upwind.flights.polygons import Polygons

__all__ = ["land", "octets", "states"]

#: Where the source's projection ends, and Antarctica with it: there it is cut, not bounded. [deg]
_CUT = -85.05


def states() -> Polygons:
    """Return the land and territorial sea of 249 states and territories by ISO A3, as OpenStreetMap draws them.

    Outlines are those of the source to the last digit, simplified there to 10 m. Some overlap: states claim the same
    ground. They are cut at 180 degrees. Antarctica, cut in the source at 85.0511 degrees, is carried on to the pole.
    """
    outlines = unpack(octets("borders"))
    return replace(outlines, latitude=np.where(outlines.latitude < _CUT, -90.0, outlines.latitude))


def land() -> Polygons:
    """Return the world's land, one area, whether lake or dry ground, its coast within 100 m.

    Inland water counts as land here, since what matters is where the sea begins.
    """
    return unpack(octets("land"))


def octets(name: str) -> bytes:
    """Return "borders" or "land" as it is packed."""
    return resources.files("upwind.flights").joinpath("data", f"{name}.bin").read_bytes()
