"""The map of an audited track: where it was, over whose land and sea, and what was found of each stretch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.geo import Frame, frame_of
from upwind.records import Entry, Verdict
from upwind.render.content import AuditedTrack, Mark, Surroundings
from upwind.render.ground import ground_layers, outline, pin_at
from upwind.render.legs import Leg, legs_of
from upwind.render.numbers import instant
from upwind.render.svg import element, words_of
from upwind.render.view import View, grid_step, scale_bar, view_of
from upwind.render.words import say, spoken

__all__ = ["CLASSES", "Route", "entry_mark", "north_arrow", "route_of"]

#: How stretches and entries look, by `Mark`: classes of the style.
CLASSES = {Mark.OUTSIDE: "outside", Mark.WITHIN_ERROR: "near", Mark.AUTHORISED: "allowed", Mark.UNAUTHORISED: "refused"}
_MARGIN = 1.12
_MARGIN_NEAR = 1.8
_LEAST_NEAR_M = 2_000.0
#: Flights whose times are written along them, and how many times where it is the only one.
_TIMED_FLIGHTS, _TIMES = 3, 6
#: The room that a time with its date takes. [pixels]
_TIME_ROOM = np.array([100.0, 12.0])
_MOST_SUSPECTS = 200
#: Numbers nearer than this at first are written as one. [pixels]
_APART = 16.0
#: Of more entries than this only the unauthorised ones are numbered; a place bears so many ranges of numbers at most.
_CROWD, _MOST_RANGES = 24, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A drawn map; `drawn` of the track's samples stand for it; the grid's step [m]; suspect samples off the map."""

    svg: str
    step: float
    drawn: int
    suspect_off: int


def route_of(track: AuditedTrack, around: Surroundings, numbers: Sequence[int]) -> Route:
    """Return the map of a track.

    Parameters
    ----------
    track
        With at least one sample.
    around
        Of the track.
    numbers
        By which the page calls each entry, (entry,).
    """
    legs = legs_of(track)
    frame, places, drawn = _placed(track, legs)
    view = view_of(places[:, drawn], _MARGIN)
    near = _near(track, places, view, drawn)
    suspects, off = _suspects(track, places, view)
    step = grid_step(view)
    layers = [
        *ground_layers(around, frame, view, step),
        *_legs(track, legs, places, view),
        *suspects,
        *_times(track, legs, places, view),
        *_entries(track, places, view, numbers),
        scale_bar(view),
    ]
    seen = {"viewBox": view.box, "data_home": view.box, "data_near": near.box}
    svg = element("svg", *layers, class_="map route", tabindex=0, role="img", **seen, **spoken("route"))
    return Route(svg=svg, step=step, drawn=len(drawn), suspect_off=off)


def entry_mark(entry: Entry) -> Mark:
    """Return how an entry is drawn."""
    if entry.verdict is Verdict.WITHIN_ERROR:
        return Mark.WITHIN_ERROR
    return Mark.AUTHORISED if entry.authorised_by else Mark.UNAUTHORISED


def north_arrow() -> str:
    """Return the arrow that says where north is."""
    needle = element("path", class_="needle", d="M0,-44 L7,-20 L0,-26 L-7,-20Z")
    north = element("text", words_of(say("north")), x=0, y=-48, class_="north")
    return element("svg", needle, north, class_="compass", viewBox="-50 -62 100 100", role="img", **spoken("north_up"))


def _placed(track: AuditedTrack, legs: Sequence[Leg]) -> tuple[Frame, FloatArray, IntArray]:
    """Return the frame, places (2, sample) in it of what is drawn, NaN elsewhere [m], and the samples of the legs."""
    drawn = np.unique(np.concatenate([leg.rows for leg in legs])) if legs else np.arange(len(track.time))
    frame = frame_of(track.longitude[drawn], track.latitude[drawn])
    rows = np.union1d(np.union1d(drawn, track.entered_at), np.flatnonzero(track.suspect))
    places = np.full((2, len(track.time)), np.nan)
    places[:, rows] = frame.to_local(track.longitude[rows], track.latitude[rows])
    return frame, places, drawn


def _near(track: AuditedTrack, places: FloatArray, view: View, drawn: IntArray) -> View:
    """Return the view of what matters most: the unauthorised stretches, or else every entry."""
    for least in (Mark.UNAUTHORISED, Mark.WITHIN_ERROR):
        rows = drawn[track.mark[drawn] >= least]
        if len(rows):
            low, high = places[:, rows].min(axis=1), places[:, rows].max(axis=1)
            spread = np.maximum(_LEAST_NEAR_M - (high - low), 0.0) / 2
            return view_of(np.stack([low - spread, high + spread], axis=1), _MARGIN_NEAR)
    return view


def _legs(track: AuditedTrack, legs: Sequence[Leg], places: FloatArray, view: View) -> Iterator[str]:
    """Yield the stretches, what matters most on top; an unauthorised one is two lines, dark with a bright core."""
    for leg in sorted(legs, key=lambda leg: leg.mark):
        ends = f"{instant(track.time[leg.rows[0]])} \N{EN DASH} {instant(track.time[leg.rows[-1]])}"
        said = {
            "d": outline(places[:, leg.rows], view),
            "data_tip": f"{track.flights[leg.flight] or track.name} · {ends}",
        }
        kind = f"leg {CLASSES[Mark(leg.mark)]}{' gap' if leg.gap else ''}"
        yield element("path", class_=kind, **said)
        if leg.mark == Mark.UNAUTHORISED:
            yield element("path", class_=f"{kind} core", **said)


def _suspects(track: AuditedTrack, places: FloatArray, view: View) -> tuple[list[str], int]:
    """Return triangles at suspect samples, and how many of these lie off the map."""
    rows = np.flatnonzero(track.suspect)
    across, up = places[0, rows] - view.west, places[1, rows] - view.south
    on = (across >= 0) & (across <= view.width) & (up >= 0) & (up <= view.height)
    shown = rows[on][:: max(1, -(-int(on.sum()) // _MOST_SUSPECTS))]
    shape = "M0,-5L5,4L-5,4Z"
    marks = [
        pin_at(element("path", class_=f"suspect {CLASSES[Mark(int(track.mark[row]))]}", d=shape), places[:, row], view)
        for row in shown
    ]
    return marks, int((~on).sum())


def _times(track: AuditedTrack, legs: Sequence[Leg], places: FloatArray, view: View) -> Iterator[str]:
    """Yield times along the flights that matter most; the date where it is a new one, no time upon another."""
    weight: dict[int, tuple[int, int]] = {}
    for leg in legs:
        most, length = weight.get(leg.flight, (0, 0))
        weight[leg.flight] = (max(most, leg.mark), length + len(leg.rows))
    written: list[FloatArray] = []
    for flight in sorted(weight, key=lambda one: weight[one], reverse=True)[:_TIMED_FLIGHTS]:
        rows = np.unique(np.concatenate([leg.rows for leg in legs if leg.flight == flight]))
        wanted = np.linspace(track.time[rows[0]], track.time[rows[-1]], _TIMES if len(weight) == 1 else 2)
        near = rows[np.abs(track.time[rows] - wanted[:, None]).argmin(axis=1)]
        date = ""
        for row in np.unique(near):
            moment = f"{datetime.fromtimestamp(track.time[row], UTC):%Y-%m-%d %H:%M}"
            dot, place = element("circle", r=2.5, class_="clock"), places[:, row] / view.scale
            if not any((np.abs(place - other) < _TIME_ROOM).all() for other in written):
                written.append(place)
                text = moment[11:] if moment[:10] == date else moment
                dot += element("text", text, x=6, y=14, class_="clock")
                date = moment[:10]
            yield pin_at(dot, places[:, row], view)


def _entries(track: AuditedTrack, places: FloatArray, view: View, numbers: Sequence[int]) -> Iterator[str]:
    """Yield a mark where each entry begins, the unauthorised ones last, with the numbers of those that stand there."""
    shapes = {Mark.UNAUTHORISED: "M0,-8L8,0L0,8L-8,0Z", Mark.WITHIN_ERROR: "M-5,-5H5V5H-5Z"}
    said: list[tuple[FloatArray, list[int]]] = []
    crowd = len(numbers) > _CROWD
    numbered = zip(numbers, track.entered_at.tolist(), track.entries, strict=True)
    for number, at in sorted((number, at) for number, at, entry in numbered if not (crowd and entry.authorised_by)):
        group = next((own for place, own in said if np.hypot(*(place - places[:, at])) < _APART * view.scale), None)
        if group is None:
            said.append((places[:, at], [number]))
        else:
            group.append(number)
    every = sorted(zip(track.entries, track.entered_at.tolist(), strict=True), key=lambda one: entry_mark(one[0]))
    for entry, at in every:
        mark = entry_mark(entry)
        shape = (
            element("path", d=shapes[mark])
            if mark in shapes
            else element("circle", r=2.5 if crowd else 4.5, cx=0, cy=0)
        )
        yield pin_at(element("g", shape, class_=f"entry {CLASSES[mark]}"), places[:, at], view)
    for place, group in said:
        yield pin_at(element("text", _ranges(group), x=10, y=-6, class_="entry"), place, view)


def _ranges(numbers: Sequence[int]) -> str:
    """Return ascending numbers as 1-4, 7.

    Examples
    --------
    >>> _ranges([1, 2, 3, 7])
    '1-3, 7'
    """
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    said = [str(part[0]) if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in parts]
    return ", ".join([*said[:_MOST_RANGES], *(["…"] if len(said) > _MOST_RANGES else [])])
