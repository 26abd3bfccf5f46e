"""The indices that every audit asks: states, land, and areas of special use; made once and kept on disk."""

from __future__ import annotations

import hashlib
import inspect
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from upwind.flights.borders import grid, packed, polygons, shipped
from upwind.flights.borders.grid import Grid, build
from upwind.flights.borders.polygons import Polygons, polygons_of
from upwind.records import Airspace

__all__ = ["Atlas", "atlas_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Atlas:
    """What a place is part of: `states` (index `borders`), `land`, and `airspaces` (index `special`)."""

    states: tuple[str, ...]
    borders: Grid
    land: Grid
    airspaces: tuple[Airspace, ...]
    special: Grid


def atlas_of(airspaces: Sequence[Airspace]) -> Atlas:
    """Return the atlas with some areas of special use; that of borders and land is made once a machine."""
    names, borders = _kept("borders", shipped.states)
    _, land = _kept("land", shipped.land)
    special = build(polygons_of(airspaces))
    return Atlas(states=names, borders=borders, land=land, airspaces=tuple(airspaces), special=special)


def _kept(name: str, outlines: Callable[[], Polygons]) -> tuple[tuple[str, ...], Grid]:
    """Return names and index of areas that upwind brings along, from the disk where they were made before."""
    place = _folder() / f"{name}-{_digest(name)}"
    with suppress(OSError, ValueError):  # not made yet, or not whole: made anew
        made = Grid(*(np.load(place / f"{field}.npy", mmap_mode="r") for field in Grid._fields))
        return tuple(np.load(place / "names.npy").tolist()), made
    areas = outlines()
    made = build(areas)
    with suppress(OSError):  # nowhere to keep it: the next process makes it again
        _keep({"names": np.array(areas.names), **made._asdict()}, place)
    return areas.names, made


def _keep(arrays: Mapping[str, npt.NDArray[Any]], place: Path) -> None:
    """Write an index beside its place, then rename it there: another process may be doing the same."""
    beside = place.with_name(f"{place.name}.{secrets.token_hex(4)}.part")
    beside.mkdir(parents=True)
    for old in place.parent.glob(f"{place.name.partition('-')[0]}-????????????????"):
        shutil.rmtree(old, ignore_errors=True)
    try:
        for name, array in arrays.items():
            np.save(beside / f"{name}.npy", array)
        beside.rename(place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _digest(name: str) -> str:
    """Return a digest of all that an index depends on: the outlines as packed, and the code that makes it of them."""
    parts = [
        shipped.octets(name),
        *(inspect.getsource(module).encode() for module in (grid, packed, polygons, shipped)),
    ]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


def _folder() -> Path:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return (home if os.access(home.parent, os.W_OK) else Path(tempfile.gettempdir())) / "upwind"
