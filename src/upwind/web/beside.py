"""Passes beside each other as pictures on one scale: readings over time, the way past the site, compounds smelt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from upwind.arrays import FloatArray
from upwind.compounds import find
from upwind.geo import Frame
from upwind.render.svg import Axis, colour, element, nice_ticks, path
from upwind.safety.limits import mg_per_ppm
from upwind.web.passes import Channel, Pass

__all__ = ["Scale", "bars", "scale_of", "series", "small_map"]

_WIDE, _TALL = 320.0, 150.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 8.0, 8.0, 34.0
#: No line joins readings farther apart than this. [s]
_APART_S = 30.0
_ROW = 26.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What the pictures share: the greatest reading by unit, the longest pass [s], how far the maps reach [m].

    `least_ppm`, `most_ppm` bound what was smelt at the crossings, and its limits.
    """

    peaks: Mapping[str, float]
    longest_s: float
    reach_m: float
    least_ppm: float
    most_ppm: float


def scale_of(passes: Sequence[Pass]) -> Scale:
    """Return the scale that passes share."""
    peaks: dict[str, float] = {}
    for one in passes:
        peaks[one.units] = max(peaks.get(one.units, 0.0), float(one.value.max()))
    reach = max((float(np.abs(np.append(one.easting, one.northing)).max()) for one in passes), default=1.0)
    told = [value for one in passes for row in _rows(one) for value in row[1:] if value is not None and value > 0.0]
    return Scale(
        peaks=peaks,
        longest_s=max((float(np.ptp(one.time)) for one in passes), default=1.0) or 1.0,
        reach_m=reach,
        least_ppm=min(told, default=1.0) / 2.0,
        most_ppm=max(told, default=1.0) * 2.0,
    )


def series(one: Pass, scale: Scale) -> str:
    """Return the readings of a pass over its minutes; a cross marks the greatest."""
    across = Axis(lower=0.0, upper=scale.longest_s / 60.0, start=_LEFT, end=_WIDE - _RIGHT)
    up = Axis(lower=0.0, upper=scale.peaks[one.units] or 1.0, start=_TALL - _BOTTOM, end=_TOP)
    minutes = (one.time - one.time[0]) / 60.0
    breaks = np.flatnonzero(np.diff(one.time) > _APART_S) + 1
    lines = [
        path([(across.place(x), up.place(y)) for x, y in zip(minutes[rows], one.value[rows], strict=True)])
        for rows in np.split(np.arange(minutes.size), breaks)
    ]
    x, y = across.place(float(minutes[one.at])), up.place(float(one.value[one.at]))
    marks = [
        *_axis_up(up),
        *_axis_across(across, "min"),
        element("path", class_="read", d="".join(lines)),
        element("path", class_="peak", d=f"M{x - 4:.1f},{y - 4:.1f}l8,8m0,-8l-8,8"),
    ]
    return element("svg", *marks, class_="series-still", viewBox=f"0 0 {_WIDE:g} {_TALL:g}", aria_hidden="true")


def small_map(one: Pass, scale: Scale, region: object, place: tuple[float, float]) -> str:
    """Return the way past the site in metres, by concentration, north up; the site is the circle in the middle."""
    side = 1.08 * scale.reach_m
    unit = side / 100.0
    peak = scale.peaks[one.units] or 1.0
    order = np.argsort(one.value, kind="stable")
    dots = [
        element(
            "circle",
            cx=float(one.easting[at]),
            cy=-float(one.northing[at]),
            r=unit * (1.0 + 2.0 * float(one.value[at]) / peak),
            fill=colour(float(one.value[at]) / peak),
            fill_opacity=min(1.0, 0.3 + 7.0 * max(float(one.value[at]) / peak, 0.0)),
        )
        for at in order
    ]
    x, y = float(one.easting[one.at]), -float(one.northing[one.at])
    far = 5.0 * unit
    bar = float(nice_ticks(0.0, 0.6 * side, 2)[1])
    marks = [
        element("path", class_="region", d=_outline(region, place)),
        *dots,
        element("path", class_="peak", d=path([(x - far, y), (x, y - far), (x + far, y), (x, y + far)], closed=True)),
        element("circle", class_="site", cx=0, cy=0, r=3.0 * unit),
        element("path", class_="bar", d=f"M{-0.95 * side:.1f},{0.95 * side:.1f}h{bar:.1f}"),
        element("text", f"{bar:g} m", x=-0.95 * side, y=0.91 * side, font_size=9.0 * unit),
        element(
            "path",
            class_="north",
            d=path([(0.9 * side, -0.95 * side), (0.93 * side, -0.86 * side), (0.87 * side, -0.86 * side)], closed=True),
        ),
        element("text", "N", x=0.9 * side, y=-0.76 * side, font_size=9.0 * unit, text_anchor="middle"),
    ]
    box = f"{-side:.1f} {-side:.1f} {2 * side:.1f} {2 * side:.1f}"
    return element("svg", *marks, class_="small-map", viewBox=box, aria_hidden="true")


def bars(one: Pass, scale: Scale, names: Mapping[str, str]) -> str:
    """Return a bar a compound, from what is usual to what was read, on a logarithmic scale; a stroke is its limit.

    Parameters
    ----------
    names
        What each compound is called, as markup.
    """
    rows = [row for row in _rows(one) if row[2] is not None and row[2] > 0.0]
    if not rows:
        return ""
    tall = _ROW * len(rows) + _BOTTOM
    across = Axis(lower=scale.least_ppm, upper=scale.most_ppm, start=8.0, end=_WIDE - _RIGHT, logarithmic=True)
    marks = _axis_across(across, "ppm", tall)
    for number, (name, ambient, value, limit) in enumerate(rows):
        top = number * _ROW
        start = across.place(max(ambient or 0.0, scale.least_ppm))
        end = across.place(value or 0.0)
        marks.append(element("text", names[name], x=8, y=top + 11))
        marks.append(element("rect", class_="bar", x=min(start, end), y=top + 14, width=abs(end - start) + 1, height=8))
        if limit is not None:
            marks.append(element("path", class_="limit", d=f"M{across.place(limit):.1f},{top + 11:.1f}v13"))
    return element("svg", *marks, class_="bars", viewBox=f"0 0 {_WIDE:g} {tall:g}", aria_hidden="true")


def _rows(one: Pass) -> list[tuple[str, float | None, float | None, float | None]]:
    """Return name, usual reading, reading and limit of each gas, in ppm; None where it cannot be told in ppm."""
    return [
        (each.compound, _ppm(each, each.ambient), _ppm(each, each.value), _ppm(each, each.limit))
        for each in one.channels
    ]


def _ppm(channel: Channel, value: float | None) -> float | None:
    if value is None or channel.units == "ppm":
        return value
    compound = find(channel.compound)
    return None if compound is None else value / mg_per_ppm(compound)


def _axis_up(up: Axis) -> list[str]:
    ticks = up.ticks(3)
    marks = []
    for value, words in zip(ticks, up.labels(ticks), strict=True):
        marks.append(element("path", class_="rule", d=f"M{_LEFT:g},{up.place(value):.1f}H{_WIDE - _RIGHT:g}"))
        marks.append(element("text", words, x=_LEFT - 4, y=up.place(value) + 4, text_anchor="end"))
    return marks


def _axis_across(across: Axis, units: str, tall: float = _TALL) -> list[str]:
    ticks = across.ticks(4)
    marks = [element("text", units, x=_WIDE - _RIGHT, y=tall - 4, text_anchor="end")]
    for value, words in zip(ticks, across.labels(ticks), strict=True):
        x = across.place(value)
        marks.append(
            element("path", class_="rule", d=f"M{x:.1f},{0 if across.logarithmic else _TOP:g}V{tall - _BOTTOM:.1f}")
        )
        marks.append(element("text", words, x=x, y=tall - _BOTTOM + 13, text_anchor="middle"))
    return marks


def _outline(region: object, place: tuple[float, float]) -> str:
    """Return the outline of a region in metres about the site; "" where there is none."""
    if not isinstance(region, Mapping):
        return ""
    frame = Frame(longitude=place[0], latitude=place[1])
    polygons: Any = region["coordinates"] if region["type"] == "MultiPolygon" else [region["coordinates"]]
    rings: list[FloatArray] = [np.asarray(ring, dtype=np.float64) for polygon in polygons for ring in polygon]
    places = (np.stack(frame.to_local(ring[:, 0], ring[:, 1])) for ring in rings)
    return "".join(path([(float(x), -float(y)) for x, y in ring.T], closed=True) for ring in places)
