"""The ground under a map of flights: land and coast, borders and limits, names of states, areas of special use."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from zlib import crc32

import numpy as np

from upwind.arrays import FloatArray
from upwind.geo import Frame
from upwind.render.content import Surroundings
from upwind.render.svg import element, words_of
from upwind.render.view import View, grid, pin
from upwind.render.words import LANGUAGES, kind_name, state_name

__all__ = ["ground_layers", "local", "outline", "pin_at"]

#: Beyond so many areas of special use only those that were entered are named, and beyond so many of those none.
_NAMED_AREAS = 14
#: Maps wider than the first are drawn to the metre, narrower ones to a tenth, and the smallest to a centimetre. [m]
_METRES_SAID = ((5_000.0, 0), (500.0, 1), (0.0, 2))


def ground_layers(around: Surroundings, frame: Frame, view: View, step: float) -> Iterator[str]:
    """Yield what lies under the flights of a map whose grid has a step [m], from below upward."""
    yield _land(around, frame, view)
    yield grid(view, step)
    yield from _areas(around, frame, view)
    yield from _lines(around, frame, view)
    yield from _names(around, frame, view)


def outline(points: FloatArray, view: View, *, closed: bool = False) -> str:
    """Return the `d` of a line through points (2, point) [m], each step from the one before."""
    digits = next(digits for width, digits in _METRES_SAID if view.width > width)
    whole = np.round(points * [[1], [-1]], digits)
    steps = np.round(np.diff(whole, axis=1), digits)
    said = "".join(f"l{x:g} {y:g}" for x, y in steps.T if x or y)
    return f"M{whole[0, 0]:.{digits}f} {whole[1, 0]:.{digits}f}{said}{'z' if closed else ''}"


def local(frame: Frame, line: FloatArray) -> FloatArray:
    """Return a line (vertex, 2), longitude and latitude [deg], in a frame, (2, vertex). [m]"""
    return np.stack(frame.to_local(line[:, 0], line[:, 1]))


def pin_at(marks: str, place: FloatArray, view: View) -> str:
    """Return marks that keep their size, at a place. [m]"""
    return pin(marks, float(place[0]), float(place[1]), view)


def _land(around: Surroundings, frame: Frame, view: View) -> str:
    shapes = "".join(outline(local(frame, ring), view, closed=True) for ring in around.land)
    return element("path", class_="land", d=shapes)


def _lines(around: Surroundings, frame: Frame, view: View) -> Iterator[str]:
    for kind in ("coast", "border", "limit"):
        shapes = "".join(outline(local(frame, line.places), view) for line in around.lines if line.kind == kind)
        yield element("path", class_=kind, d=shapes)


def _names(around: Surroundings, frame: Frame, view: View) -> Iterator[str]:
    for label in around.states:
        place = local(frame, np.array([[label.longitude, label.latitude]]))[:, 0]
        text = element("text", words_of(state_name(label.state)), class_="state")
        yield pin_at(text, place, view)


def _areas(around: Surroundings, frame: Frame, view: View) -> Iterator[str]:
    """Yield areas of special use: hatched where one was entered; hatches are so wide that they are seen at first."""
    hatch = f"hatch-{crc32(view.box.encode()):x}"
    size = 9 * view.scale
    line = element("path", class_="hatch", d=f"M0,{size:.2f}L{size:.2f},0")
    pattern = element("pattern", line, id=hatch, width=size, height=size, patternUnits="userSpaceOnUse")
    yield element("defs", pattern)
    entered = sum(around.entered)
    for area, was_in in zip(around.areas, around.entered, strict=True):
        rings = [local(frame, ring) for ring in area.rings]
        shape = "".join(outline(ring, view, closed=True) for ring in rings)
        tips = {language: f"{area.id} {area.name} · {kind_name(area.kind, language)}" for language in LANGUAGES}
        fill = f"url(#{hatch})" if was_in else "none"
        yield element(
            "path",
            class_="area entered" if was_in else "area",
            d=shape,
            fill=fill,
            data_tip=tips["en"],
            data_tip_es=tips["es"],
        )
        if (was_in and entered <= _NAMED_AREAS) or len(around.areas) <= _NAMED_AREAS:
            place = _middle(rings[0], view)
            if place is not None:
                yield pin_at(element("text", escape(area.id), class_="area"), place, view)


def _middle(ring: FloatArray, view: View) -> FloatArray | None:
    """Return a place in a ring (2, vertex) that is in view, as near its middle as that allows; None: there is none."""
    low, extent = np.array([view.west, view.south]), np.array([view.width, view.height])
    place: FloatArray = np.clip((ring.min(axis=1) + ring.max(axis=1)) / 2, low + 0.12 * extent, low + 0.88 * extent)
    (x0, y0), (x1, y1) = ring[:, :-1], ring[:, 1:]
    crossed = np.flatnonzero((y0 > place[1]) != (y1 > place[1]))
    at = x0[crossed] + (place[1] - y0[crossed]) / (y1[crossed] - y0[crossed]) * (x1[crossed] - x0[crossed])
    return place if np.count_nonzero(at > place[0]) % 2 else None
