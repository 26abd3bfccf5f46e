"""The height of an audited track against time, with its entries as bars below and as bands behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from upwind.arrays import IntArray
from upwind.records import Authorisation, Entry, EntryKind
from upwind.render.charts import clock_ticks
from upwind.render.content import AuditedTrack, Mark
from upwind.render.legs import Leg, legs_of
from upwind.render.numbers import instant
from upwind.render.route import CLASSES, entry_mark
from upwind.render.svg import Axis, element, path, words_of
from upwind.render.words import say, spoken, state_name

__all__ = ["KINDS", "profile_of"]

#: What an entry is into, as the words have it.
KINDS = {EntryKind.LAND: "kind_land", EntryKind.SEA: "kind_sea", EntryKind.SPECIAL_USE: "kind_special"}
_WIDTH = 520.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 508.0, 34.0, 190.0
_LANE, _BAR = 28.0, 9.0
#: States and kinds that have a row of bars of their own; the others are in the table.
_MOST_LANES = 8
#: More bands than this behind the heights hide what they should show.
_MOST_BANDS = 30
_LEAST_BAR = 3.0
_MOST_MARKS = 600
_DATUMS = {"ground": "over_ground", "sea": "over_sea", "ellipsoid": "over_ellipsoid", "pressure": "over_pressure"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axes:
    across: Axis
    up: Axis


def profile_of(track: AuditedTrack) -> str:
    """Return the profile of a track with at least one sample."""
    legs = legs_of(track, _MOST_MARKS)
    rows = np.unique(np.concatenate([leg.rows for leg in legs])) if legs else np.arange(len(track.time))
    windows = [one for one in track.authorisations if _concerns(one, track)]
    axes = _Axes(across=_across(track, rows), up=_up(track, rows, windows))
    lanes = _lanes(track.entries)
    marks = [
        *_bands(track, axes),
        *_scale(track, axes),
        *(mark for window in windows for mark in _window(window, axes)),
        *(mark for leg in legs for mark in _line(track, leg, axes)),
        *(mark for number, lane in enumerate(lanes) for mark in _bars(lane, number, axes.across)),
    ]
    bottom = _BOTTOM + 16
    for value, label in clock_ticks(axes.across):
        marks.append(element("text", label, class_="tick", x=axes.across.place(value), y=bottom))
    start = say("fit_time_axis", start=instant(float(track.time[rows].min())))
    marks.append(element("line", class_="base", x1=_LEFT, x2=_RIGHT, y1=_BOTTOM, y2=_BOTTOM))
    marks.append(element("text", words_of(start), class_="title", x=_RIGHT, y=bottom + 17, text_anchor="end"))
    box = f"0 0 {_WIDTH:g} {_BOTTOM + 44 + _LANE * len(lanes):g}"
    return element("svg", *marks, class_="chart profile", viewBox=box, role="img", **spoken("profile"))


def _concerns(one: Authorisation, track: AuditedTrack) -> bool:
    """Return whether an authorisation is of a state that was entered, and overlaps the track in time."""
    entered = {entry.state for entry in track.entries}
    begins, ends = one.start.timestamp(), one.end.timestamp()
    return one.state in entered and begins <= float(track.time.max()) and ends >= float(track.time.min())


def _across(track: AuditedTrack, rows: IntArray) -> Axis:
    time = track.time[rows]
    return Axis(lower=float(time.min()), upper=float(max(time.max(), time.min() + 1)), start=_LEFT, end=_RIGHT)


def _up(track: AuditedTrack, rows: IntArray, windows: Sequence[Authorisation]) -> Axis:
    """Return the axis of heights: what was flown and, as far as it is near that, what was allowed."""
    heights = track.height[rows]
    heights = heights[np.isfinite(heights)]
    low, high = (float(heights.min()), float(heights.max())) if len(heights) else (0.0, 100.0)
    reach = 2.5 * max(high, 50.0)
    limits = [limit for one in windows for limit in (one.floor_m, one.ceiling_m) if limit is not None and limit < reach]
    low, high = min([low, 0.0, *limits]), max([high, *limits])
    room = (high - low or 1.0) * 0.06
    return Axis(lower=low - room * (low < 0), upper=high + room, start=_BOTTOM, end=_TOP)


def _scale(track: AuditedTrack, axes: _Axes) -> Iterator[str]:
    if not track.datum:
        yield element("text", words_of(say("height_unknown")), class_="title", x=_LEFT, y=(_TOP + _BOTTOM) / 2)
        return
    ticks = axes.up.ticks(4)
    for value, label in zip(ticks, axes.up.labels(ticks), strict=True):
        y = axes.up.place(value)
        yield element("line", class_="rule", x1=_LEFT, x2=_RIGHT, y1=y, y2=y)
        yield element("text", label, class_="tick left", x=_LEFT - 6, y=y + 4)
    yield element("text", words_of(say(_DATUMS[track.datum])), class_="title", x=4, y=_TOP - 14)


def _bands(track: AuditedTrack, axes: _Axes) -> Iterator[str]:
    """Yield a band behind the heights for each entry, of many for the unauthorised alone."""
    entries = track.entries
    if len(entries) > _MOST_BANDS:
        entries = tuple(entry for entry in entries if not entry.authorised_by)[:_MOST_BANDS]
    for entry in entries:
        x, width = _extent(entry, axes.across)
        kind = f"stay {CLASSES[entry_mark(entry)]}"
        yield element("rect", class_=kind, x=x, width=width, y=_TOP, height=_BOTTOM - _TOP)


def _window(one: Authorisation, axes: _Axes) -> Iterator[str]:
    """Yield floor and ceiling of an authorisation for the time that it holds."""
    x0, x1 = (axes.across.place(moment.timestamp()) for moment in (one.start, one.end))
    late = x0 > (_LEFT + _RIGHT) / 2
    x, anchor = (x1 - 4, "end") if late else (x0 + 4, "start")
    for limit, dy in ((one.floor_m, -4.0), (one.ceiling_m, 12.0)):
        if limit is None:
            continue
        above = limit > axes.up.upper
        y = axes.up.place(limit)
        said = escape(f"{one.id}: {limit:,.0f} m{' ↑' if above else ''}")
        if not above:
            yield element("path", class_="window", d=path([(x0, y), (x1, y)]))
        yield element("text", said, class_="note", x=x, y=y + dy, text_anchor=anchor)


def _line(track: AuditedTrack, leg: Leg, axes: _Axes) -> Iterator[str]:
    """Yield the heights of a stretch."""
    rows = leg.rows[np.isfinite(track.height[leg.rows])]
    if not len(rows):
        return
    points = [(axes.across.place(float(track.time[row])), axes.up.place(float(track.height[row]))) for row in rows]
    kind = f"leg {CLASSES[Mark(leg.mark)]}{' gap' if leg.gap else ''}"
    yield element("path", class_=kind, d=path(points))
    if leg.mark == Mark.UNAUTHORISED:
        yield element("path", class_=f"{kind} core", d=path(points))


def _lanes(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Return entries by what they are into, those with an unauthorised one first."""
    lanes: dict[tuple[str, EntryKind, str], list[Entry]] = {}
    for entry in entries:
        lanes.setdefault((entry.state, entry.kind, entry.name), []).append(entry)
    ordered = sorted(lanes.values(), key=lambda lane: (-max(map(entry_mark, lane)), lane[0].start))
    return ordered[:_MOST_LANES]


def _bars(lane: Sequence[Entry], number: int, across: Axis) -> Iterator[str]:
    """Yield one row of bars with what they are into."""
    y = _BOTTOM + 56 + _LANE * number
    first = lane[0]
    said = f"{state_name(first.state)}, {what_of(first)}"
    yield element("text", words_of(said), class_="lane", x=_LEFT, y=y - 3)
    yield element("line", class_="rule", x1=_LEFT, x2=_RIGHT, y1=y + _BAR / 2, y2=y + _BAR / 2)
    for entry in lane:
        x, width = _extent(entry, across)
        yield element("rect", class_=f"bar {CLASSES[entry_mark(entry)]}", x=x, width=width, y=y, height=_BAR)


def what_of(entry: Entry) -> str:
    """Return what an entry is into, beside its state, as markup."""
    return words_of(say(KINDS[entry.kind])) + (f" {entry.name}" if entry.name else "")


def _extent(entry: Entry, across: Axis) -> tuple[float, float]:
    """Return where an entry begins on an axis, and how wide it is: never too narrow to be seen."""
    begin, end = across.place(entry.start.timestamp()), across.place(entry.end.timestamp())
    return min(begin, _RIGHT - _LEAST_BAR), max(end - begin, _LEAST_BAR)
