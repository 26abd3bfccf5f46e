"""The outlines that upwind brings along; `data/ATTRIBUTION.md` says where they are from and under which terms."""

from __future__ import annotations

from importlib import resources

from upwind.flights.borders.packed import unpack
from upwind.flights.borders.polygons import Polygons

__all__ = ["land", "octets", "states"]


def states() -> Polygons:
    """Return the land and territorial sea of 249 states and territories by ISO A3, as OpenStreetMap draws them.

    Outlines are those of the source to the last digit, simplified there to 10 m. Some overlap: states claim the same
    ground. They are cut at 180 degrees and, in the south, at 85.0511 degrees, where the source's projection ends: the
    South Pole is in no state.
    """
    return unpack(octets("borders"))


def land() -> Polygons:
    """Return the world's land, one area, whether lake or dry ground, its coast within 100 m.

    Inland water counts as land here, since what matters is where the sea begins.
    """
    return unpack(octets("land"))


def octets(name: str) -> bytes:
    """Return "borders" or "land" as it is packed."""
    return resources.files("upwind.flights.borders").joinpath("data", f"{name}.bin").read_bytes()
