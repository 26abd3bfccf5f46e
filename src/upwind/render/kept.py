"""How far a flight kept to its plan: planned lines beside the flown track, and a row a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from upwind.arrays import FloatArray
from upwind.geo import Frame, frame_of
from upwind.records import Conformance, LineFlown
from upwind.render.ground import local, outline, pin_at
from upwind.render.numbers import NOTHING
from upwind.render.page import cells_table, exact
from upwind.render.panels import movable
from upwind.render.route import north_arrow
from upwind.render.svg import element
from upwind.render.view import View, grid, grid_step, scale_bar, view_of
from upwind.render.words import say, spoken

__all__ = ["KeptPlan", "kept_section"]

_MARGIN = 1.15
#: Samples of a track that are drawn, and rows of a table that stand open.
_MOST_SAMPLES, _MOST_ROWS = 3_000, 40
#: Where the worst place is looked at, so much is seen about it. [m]
_ABOUT_M = 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPlan:
    """A plan beside what was flown of it.

    `lines` are the planned lines in the comparison's order and `flown` the ways of the track, gaps left out, each
    (position, 2): longitude, latitude. [deg]
    """

    flight: str
    conformance: Conformance
    lines: tuple[FloatArray, ...]
    flown: tuple[FloatArray, ...]


def kept_section(kept: KeptPlan) -> str:
    """Return the section of one flight: what share of its lines was flown, the map, and the lines one by one."""
    one = kept.conformance
    share, km = f"{100.0 * (one.share or 0.0):.0f}", f"{one.planned_m / 1000.0:,.1f}"
    title = say("kept_title", flight=escape(kept.flight), share=share, km=km, metres=f"{one.tolerance_m:g}")
    said = "".join(f"<p>{sentence}</p>" for sentence in _sentences(one))
    drawn = _map(kept) if kept.lines else ""
    return f'<section class="analysis"><h2>{title}</h2>{drawn}{said}{_table(one.lines)}</section>'


def _map(kept: KeptPlan) -> str:
    every = np.concatenate([*kept.lines, *kept.flown])
    frame = frame_of(every[:, 0], every[:, 1])
    view = view_of(local(frame, every), _MARGIN)
    step = grid_step(view)
    layers = [
        grid(view, step),
        *_lines(kept, frame, view),
        *_track(kept, frame, view),
        *_worst(kept.conformance, frame, view),
        scale_bar(view),
    ]
    near = _near(kept.conformance, frame, view)
    seen = {"viewBox": view.box, "data_home": view.box, "data_near": near.box}
    svg = element("svg", *layers, class_="map", tabindex=0, role="img", **seen, **spoken("kept_map"))
    keys = (("planned", "kept_key_planned"), ("planned missed", "kept_key_missed"), ("kept", "kept_key_flown"))
    marks = [element("path", class_=kind, d="M0,9H26") for kind, _ in keys]
    key = "".join(
        f"<li>{element('svg', mark, viewBox='0 0 26 18', aria_hidden='true')}<span>{say(said)}</span></li>"
        for mark, (_, said) in zip(marks, keys, strict=True)
    )
    note = f"{say('grid_of', step=f'{step:,.0f}')} <span class='screen'>{say('map_help')}</span>"
    pictures = movable(svg + north_arrow(), "zoom_worst")
    return f'<figure>{pictures}<ul class="key">{key}</ul><figcaption>{note}</figcaption></figure>'


def _lines(kept: KeptPlan, frame: Frame, view: View) -> Iterator[str]:
    for number, (line, places) in enumerate(zip(kept.conformance.lines, kept.lines, strict=True), start=1):
        kind = "planned" if line.flown else "planned missed"
        worst = "" if line.cross_worst_m is None else f" · {line.cross_worst_m:.1f} m"
        tip = f"{number}: {100.0 * line.share:.0f} %{worst}"
        yield element("path", class_=kind, d=outline(local(frame, places), view), data_tip=tip)


def _track(kept: KeptPlan, frame: Frame, view: View) -> Iterator[str]:
    stride = sum(map(len, kept.flown)) // _MOST_SAMPLES + 1
    for way in kept.flown:
        rows = np.unique(np.append(np.arange(0, len(way), stride), len(way) - 1))
        yield element("path", class_="kept", d=outline(local(frame, way[rows]), view))


def _worst(one: Conformance, frame: Frame, view: View) -> Iterator[str]:
    if one.worst is not None:
        place = local(frame, np.array([[one.worst.longitude, one.worst.latitude]]))[:, 0]
        marks = element("path", d="M0,-6L6,0L0,6L-6,0Z")
        said = element("text", f"{one.worst.metres:.1f} m", x=10, y=-6, class_="entry")
        yield pin_at(element("g", marks, class_="entry refused") + said, place, view)


def _near(one: Conformance, frame: Frame, view: View) -> View:
    """Return the view about the worst place."""
    if one.worst is None:
        return view
    place = local(frame, np.array([[one.worst.longitude, one.worst.latitude]]))
    return view_of(place + np.array([[-_ABOUT_M, _ABOUT_M], [-_ABOUT_M, _ABOUT_M]]), 1.0)


def _sentences(one: Conformance) -> Iterator[str]:
    missed = sum(not line.flown for line in one.lines)
    if missed:
        yield say("kept_missed", n=str(missed), all=str(len(one.lines)))
    if not one.in_order:
        yield say("kept_order")
    if one.worst is not None:
        when = exact(f"{one.worst.time:%Y-%m-%d %H:%M:%S}")
        yield say("kept_worst", metres=f"{one.worst.metres:.1f}", line=str(one.worst.line + 1), when=when)
    yield say("kept_length", flown=f"{one.flown_way_m / 1000.0:,.1f}", planned=f"{one.planned_way_m / 1000.0:,.1f}")


def _table(lines: Sequence[LineFlown]) -> str:
    keys = ("plan_line", "kept_share", "kept_median", "kept_95", "kept_worst_short", "kept_height", "when")
    heads = [say(key) for key in keys]
    rows = [_row(number, line) for number, line in enumerate(lines, start=1)]
    if len(rows) <= _MOST_ROWS:
        return cells_table(heads, rows)
    more = say("rows_folded", n=f"{len(rows) - _MOST_ROWS:,}")
    folded = f"<details><summary>{more}</summary>{cells_table(heads, rows[_MOST_ROWS:])}</details>"
    return cells_table(heads, rows[:_MOST_ROWS]) + folded


def _row(number: int, line: LineFlown) -> list[str]:
    sizes = (line.cross_median_m, line.cross_95_m, line.cross_worst_m, line.height_median_m)
    when = NOTHING
    if line.start is not None and line.end is not None:
        when = exact(f"{line.start:%m-%d %H:%M:%S} \N{EN DASH} {line.end:%H:%M:%S}")
    back = f"<br><small>{say('kept_backward')}</small>" if line.backward else ""
    return [
        f"{number}{back}",
        f"{100.0 * line.share:.0f} %",
        *(NOTHING if size is None else f"{size:.1f}" for size in sizes),
        when,
    ]
