"""The map of a plan: area and holes, lines, turns and transits, what is held free beside them, and what bars it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.geo import Frame, frame_of
from upwind.render.apart import craft_class
from upwind.render.content import AuditedTrack, Mark
from upwind.render.ground import ground_layers, local, outline, pin_at
from upwind.render.planned import PlannedSortie, PlanPicture
from upwind.render.route import CLASSES
from upwind.render.svg import element
from upwind.render.view import View, grid_step, scale_bar, view_of
from upwind.render.words import spoken

__all__ = ["PlanMap", "fences_of", "is_barred", "plan_map"]

_MARGIN, _NEAR = 1.12, 1.4
#: Sorties that bear their number, and stretches without leave whose beginning is marked.
_MOST_NUMBERS = 40
#: Of stretches without leave so many samples are drawn; their times are known to this. [s]
_MOST_SAMPLES, _TICK_S = 4_000, 1e-4
#: Where more than this share of all is unauthorised, the whole is.
_MOST_OF_IT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMap:
    """A drawn map, and the step of its grid. [m]"""

    svg: str
    step: float


def plan_map(picture: PlanPicture) -> PlanMap:
    """Return the map of a plan; what nobody allowed is drawn wherever the plan could lead there."""
    way = np.concatenate([sortie.path for sortie in picture.sorties])
    frame = frame_of(way[:, 0], way[:, 1])
    stretches = [] if is_barred(picture.swept) else _thinned(_barred(picture.swept))
    barred = [_rows(picture, frame, rows) for rows in stretches]
    corners = [local(frame, one) for one in (way, *picture.area, *_base(picture))]
    fences = [local(frame, ring) for ring in fences_of(picture)]
    places = np.concatenate([*corners, *barred, *fences], axis=1)
    view, near = view_of(places, _MARGIN), view_of(np.concatenate(corners, axis=1), _NEAR)
    step = grid_step(view)
    around = picture.swept.surroundings
    layers = [
        *(ground_layers(around, frame, view, step) if around is not None else ()),
        *(element("path", class_="fence", d=outline(ring, view, closed=True)) for ring in fences),
        _area(picture, frame, view),
        *(_stroke(way, view) for way in barred),
        *_ways(picture, frame, view),
        *(
            pin_at(element("g", element("path", d="M0,-6L6,0L0,6L-6,0Z"), class_="entry refused"), way[:, 0], view)
            for way in barred[:_MOST_NUMBERS]
        ),
        *_pins(picture, frame, view),
        scale_bar(view),
    ]
    seen = {"viewBox": view.box, "data_home": view.box, "data_near": near.box}
    svg = element("svg", *layers, class_="map plan", tabindex=0, role="img", **seen, **spoken("plan_map"))
    return PlanMap(svg=svg, step=step)


def fences_of(picture: PlanPicture) -> Iterator[FloatArray]:
    """Yield the fence of each aircraft, (corner, 2). [deg]"""
    if picture.secured is not None:
        yield from (ring for ring in picture.secured.fences if ring is not None)


def _base(picture: PlanPicture) -> list[FloatArray]:
    return [np.array([picture.base])] if picture.base is not None else []


def _rows(picture: PlanPicture, frame: Frame, rows: IntArray) -> FloatArray:
    swept = picture.swept
    return local(frame, np.column_stack([swept.longitude[rows], swept.latitude[rows]]))


def is_barred(swept: AuditedTrack) -> bool:
    """Return whether most of all that a plan could lead over is unauthorised: then single stretches tell nothing."""
    return sum(map(len, _barred(swept))) > _MOST_OF_IT * len(swept.time)


def _barred(swept: AuditedTrack) -> list[IntArray]:
    """Return the samples of each stretch that nobody allowed, with the one before and the one after."""
    found = []
    for entry in swept.entries:
        if not entry.authorised_by:
            own = np.flatnonzero(swept.flight == swept.flights.index(entry.flight))
            first, last = np.searchsorted(
                swept.time[own], [entry.start.timestamp() - _TICK_S, entry.end.timestamp() + _TICK_S]
            )
            found.append(own[max(first - 1, 0) : last + 1])
    return found


def _thinned(stretches: list[IntArray]) -> list[IntArray]:
    stride = sum(map(len, stretches)) // _MOST_SAMPLES + 1
    return [np.unique(np.append(rows[::stride], rows[-1])) for rows in stretches if len(rows)]


def _area(picture: PlanPicture, frame: Frame, view: View) -> str:
    shape = "".join(outline(local(frame, ring), view, closed=True) for ring in picture.area)
    return element("path", class_="aim", d=shape, fill_rule="evenodd")


def _stroke(way: FloatArray, view: View) -> str:
    """Return a stretch that nobody allowed: two lines as in an audit, dark with a bright core."""
    shape, kind = outline(way, view), f"leg swept {CLASSES[Mark.UNAUTHORISED]}"
    return element("path", class_=kind, d=shape) + element("path", class_=f"{kind} core", d=shape)


def _ways(picture: PlanPicture, frame: Frame, view: View) -> Iterator[str]:
    """Yield what is held free as one broad stroke, then the whole way, then the lines."""
    paths = "".join(outline(local(frame, sortie.path), view) for sortie in picture.sorties)
    kind = "margin refused" if is_barred(picture.swept) else "margin"
    yield element("path", class_=kind, d=paths, stroke_width=2.0 * picture.margin_m)
    for craft, own in _by_craft(picture).items():
        yield element("path", class_=f"way{craft}", d="".join(outline(local(frame, one.path), view) for one in own))
    for number, sortie in enumerate(picture.sorties, start=1):
        kind = f"surveyed{craft_class(sortie.crew)}"
        for line, ends in enumerate(sortie.lines, start=1):
            tip = f"{_called(number, sortie)}: {line}"
            yield element("path", class_=kind, d=outline(local(frame, ends), view), data_tip=tip)


def _by_craft(picture: PlanPicture) -> dict[str, list[PlannedSortie]]:
    """Return sorties by how their aircraft is drawn: all together where there is one."""
    found: dict[str, list[PlannedSortie]] = {}
    for sortie in picture.sorties:
        found.setdefault(craft_class(sortie.crew), []).append(sortie)
    return found


def _called(number: int, sortie: PlannedSortie) -> str:
    """Return what a sortie is called on the map: its number, or that of its aircraft where there are several."""
    return str(number if sortie.crew is None else sortie.crew.aircraft)


def _pins(picture: PlanPicture, frame: Frame, view: View) -> Iterator[str]:
    """Yield the number of each sortie where its first line begins, and the base."""
    for number, sortie in enumerate(picture.sorties[:_MOST_NUMBERS], start=1):
        marks = element("circle", r=4.0, class_=f"begin{craft_class(sortie.crew)}") + element(
            "text", _called(number, sortie), x=7, y=-6, class_="entry"
        )
        yield pin_at(marks, local(frame, sortie.lines[0][:1])[:, 0], view)
    for place in _base(picture):
        mark = element("path", d="M-7,7V-3L0,-9L7,-3V7Z", class_="depot")
        yield pin_at(mark, local(frame, place)[:, 0], view)
