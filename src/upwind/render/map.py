"""The map of one answer as SVG in local metres: it stands by itself, and `static/report.js` lets it be moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.geo import Frame, frame_of
from upwind.records import Source
from upwind.render.content import KnownSource
from upwind.render.numbers import figure, instant
from upwind.render.readings import Places, Weather, noise_of, thin
from upwind.render.svg import colour, element, path, words_of
from upwind.render.view import View, grid, grid_step, pin, scale_bar, view_of
from upwind.render.words import say, spoken

__all__ = ["MOST_PLACES", "Map", "compass", "legend_bar", "map_of", "place_in", "radius_90"]

#: More marks than this cannot be told apart, and make a page slow.
MOST_PLACES = 1500
_MARGIN = 1.12
_MARGIN_NEAR = 2.5
#: Colours reach so far below the largest enhancement.
_DECADES = 1e-3
_NOISES = 3.0
_TIME_LABELS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """A drawn map, and what its legend has to say: colours run from `lower` to `upper`; the grid's step [m]."""

    svg: str
    lower: float
    upper: float
    step: float
    drawn: int


def map_of(places: Places, sources: Sequence[Source], known: Sequence[KnownSource]) -> Map:
    """Return the map of readings, sources with their regions, and known releases."""
    readings = places.readings
    frame = frame_of(readings.longitude, readings.latitude)
    easting, northing = frame.to_local(readings.longitude, readings.latitude)
    end_east, end_north = frame.to_local(readings.end_longitude, readings.end_latitude)
    regions = list(_corners(frame, sources, known))
    corners = [np.stack([easting, northing]), np.stack([end_east, end_north]), *regions]
    view = view_of(np.concatenate(corners, axis=1), _MARGIN)
    near = view_of(np.concatenate(regions, axis=1), _MARGIN_NEAR) if sources else view
    upper = float(max(np.nanmax(readings.enhancement), 0.0)) or 1.0
    lower = min(max(upper * _DECADES, _NOISES * noise_of(readings.enhancement)), upper * 0.5)
    rows = thin(readings.enhancement, MOST_PLACES)
    step = grid_step(view)
    layers = [
        grid(view, step),
        _tracks(places, easting, northing),
        *(_region(frame, source.region_90, "region r90") for source in sources),
        *(_region(frame, source.region_50, "region r50") for source in sources),
        *_marks(places, rows, np.stack([easting, northing, end_east, end_north]), (lower, upper)),
        *(_times(places, easting, northing, view) if places.moving else ()),
        *(_known_pin(frame, one, view) for one in known),
        *(_source_pin(frame, number, source, view) for number, source in enumerate(sources, start=1)),
        scale_bar(view),
    ]
    seen = {"viewBox": view.box, "data_home": view.box, "data_near": near.box}
    svg = element("svg", *layers, class_="map", tabindex=0, role="img", **seen, **spoken("map"))
    return Map(svg=svg, lower=lower, upper=upper, step=step, drawn=len(rows))


def place_in(frame: Frame, one: Source | KnownSource) -> tuple[float, float]:
    """Return easting and northing of a source in a frame, in metres."""
    easting, northing = frame.to_local(np.array([one.longitude]), np.array([one.latitude]))
    return float(easting[0]), float(northing[0])


def radius_90(source: Source) -> float:
    """Return how far from the posterior median the 90 % region reaches, in metres."""
    frame = Frame(longitude=source.longitude, latitude=source.latitude)
    reach = [np.hypot(*frame.to_local(*ring.T)).max() for ring in _rings(source.region_90)]
    return float(max(reach, default=np.nan))


def compass(weather: Weather | None) -> str:
    """Return the arrow that flies with the wind, its fan of one standard deviation, and north."""
    marks = [
        element("path", class_="needle", d="M0,-44 L4,-34 L-4,-34Z"),
        element("text", words_of(say("north")), x=0, y=-48, class_="north"),
        element("circle", class_="dial", r=34, cx=0, cy=0),
    ]
    if weather is not None:
        spread = min(weather.spread, 90.0) if np.isfinite(weather.spread) else 0.0
        edge = [_polar(33, weather.wind_from + 180 + turn) for turn in np.linspace(-spread, spread, 13)]
        arrow = [(-1.0, 28.0), (-1.0, -18.0), (-4.0, -18.0), (0.0, -30.0), (4.0, -18.0), (1.0, -18.0), (1.0, 28.0)]
        turn = f"rotate({(weather.wind_from + 180) % 360:.1f})"
        marks.append(element("path", class_="fan", d=path([(0, 0), *edge], closed=True)))
        marks.append(element("path", class_="wind", d=path(arrow, closed=True), transform=turn))
    return element("svg", *marks, class_="compass", viewBox="-50 -62 100 100", role="img", **spoken("wind"))


def legend_bar(lower: float, upper: float) -> str:
    """Return the colours from near ambient to the largest enhancement, on a logarithmic scale."""
    steps = 48
    cells = [
        element("rect", x=10 + 5 * i, y=2, width=5.2, height=10, fill=colour(i / (steps - 1))) for i in range(steps)
    ]
    labels = [
        element("text", figure(value), x=10 + 240 * fraction, y=26, class_="tick", text_anchor=anchor)
        for fraction, value, anchor in (
            (0.0, lower, "start"),
            (0.5, float(np.sqrt(lower * upper)), "middle"),
            (1.0, upper, "end"),
        )
    ]
    return element("svg", *cells, *labels, class_="ramp", viewBox="0 0 262 30", role="img", **spoken("legend"))


def _polar(radius: float, bearing: float) -> tuple[float, float]:
    turn = np.radians(bearing)
    return float(radius * np.sin(turn)), float(-radius * np.cos(turn))


def _rings(geometry: Mapping[str, Any]) -> Iterator[FloatArray]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        for ring in polygon:
            yield np.asarray(ring, dtype=np.float64)[:, :2]


def _corners(frame: Frame, sources: Sequence[Source], known: Sequence[KnownSource]) -> Iterator[FloatArray]:
    for source in sources:
        for ring in _rings(source.region_90):
            yield np.stack(frame.to_local(*ring.T))
    for one in known:
        yield np.array([place_in(frame, one)]).T


def _tracks(places: Places, easting: FloatArray, northing: FloatArray) -> str:
    if not places.moving:
        return ""
    lines = []
    for one in np.unique(places.readings.sensor):
        rows = np.flatnonzero(places.readings.sensor == one)
        rows = rows[:: max(1, len(rows) // MOST_PLACES)]
        lines.append(path([(easting[row], -northing[row]) for row in rows]))
    return element("path", class_="track", d="".join(lines))


def _region(frame: Frame, geometry: Mapping[str, Any], kind: str) -> str:
    rings = [np.stack(frame.to_local(*ring.T)) * [[1], [-1]] for ring in _rings(geometry)]
    outline = "".join(path([(x, y) for x, y in ring.T], closed=True) for ring in rings)
    return element("path", class_=kind, d=outline, fill_rule="evenodd")


def _marks(places: Places, rows: IntArray, corners: FloatArray, ends: tuple[float, float]) -> list[str]:
    """Return the marks of places, faint ones first; a mark is a line of no length, so zooming keeps its size."""
    readings = places.readings
    faint, bright = [], []
    for row in sorted(rows, key=lambda row: readings.enhancement[row]):
        x, y, end_x, end_y = corners[:, row] * (1, -1, 1, -1)
        beam = bool(np.isfinite(end_x))
        shape = path([(x, y), (end_x, end_y)]) if beam else f"{path([(x, y)])}h0"
        said = {"class_": "beam" if beam else "dot", "d": shape, "data_tip": _tip(places, int(row))}
        if readings.enhancement[row] < ends[0]:
            faint.append(element("path", **{**said, "class_": said["class_"] + " faint"}))
        else:
            fraction = np.log(readings.enhancement[row] / ends[0]) / np.log(ends[1] / ends[0])
            bright.append(element("path", **{**said, "class_": said["class_"] + " rim"}))
            bright.append(element("path", **said, stroke=colour(float(fraction))))
    return [element("g", *faint), element("g", *bright)]


def _tip(places: Places, row: int) -> str:
    readings = places.readings
    value = f"{figure(readings.value[row], 3)} {readings.units}"
    number = f" (n = {places.count[row]})" if places.count[row] > 1 else ""
    return f"{value}{number} · {readings.sensors[readings.sensor[row]]} · {instant(readings.time[row])}"


def _times(places: Places, easting: FloatArray, northing: FloatArray, view: View) -> Iterator[str]:
    time = places.readings.time
    for wanted in np.linspace(time[0], time[-1], _TIME_LABELS):
        row = int(np.argmin(np.abs(time - wanted)))
        date = instant(time[row])
        label = element("text", date[5:16] if row == 0 else date[11:16], x=6, y=-6, class_="clock")
        yield pin(element("circle", r=2.5, class_="clock") + label, easting[row], northing[row], view)


def _source_pin(frame: Frame, number: int, source: Source, view: View) -> str:
    marks = element("circle", r=4.5, class_="source") + element("text", str(number), x=-9, y=-7, class_="source")
    return pin(marks, *place_in(frame, source), view)


def _known_pin(frame: Frame, known: KnownSource, view: View) -> str:
    cross = "M-8,-8L8,8M-8,8L8,-8"
    marks = element("path", d=cross, class_="known rim") + element("path", d=cross, class_="known")
    return pin(marks, *place_in(frame, known), view)
