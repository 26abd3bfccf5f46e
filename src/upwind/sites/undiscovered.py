"""The search map: where an emitting site could still be, after what flights did and did not show.

Sites are a Poisson process (`flights.search.belief`): each silent look thins those that would have been seen while they
emitted, so what was found elsewhere changes nothing, a found site is not among the undiscovered, and no number of
passes erases a cell. Reports that no site explains raise the cells that they may mean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from upwind.arrays import FloatArray
from upwind.flights.search.belief import Duties, believe
from upwind.flights.search.chances import Rates
from upwind.flights.search.maps import uniform_map
from upwind.geo import Frame
from upwind.records import Report
from upwind.records.mapped import SearchMap
from upwind.sites.fuse import Settings
from upwind.sites.hearsay import RADIUS_M
from upwind.sites.looks import Look
from upwind.sites.ratios import graded, kind_of

__all__ = ["search_map"]

#: Lasting sites that nobody knows of yet, in a square kilometre of a settled place. A choice.
_SITES_PER_KM2 = 1.0
#: Cells are no smaller, and no more than about so many. [m]
_LEAST_CELL_M, _CELLS = 25.0, 6000
_METRES_A_DEGREE = 111_200.0
_MOST = 1.0 - 1e-9


def search_map(
    box: tuple[float, float, float, float],
    gases: Sequence[str],
    looks: Sequence[Look],
    reports: Sequence[Report],
    settings: Settings,
) -> SearchMap:
    """Return the search map of a box: west, south, east, north. [deg]

    Parameters
    ----------
    gases
        A site is thought to emit one of them.
    looks
        What flights would have shown, in any order.
    reports
        Those that no site explains.
    """
    wide = (box[2] - box[0]) * _METRES_A_DEGREE * math.cos(math.radians(0.5 * (box[1] + box[3])))
    area = max(wide * (box[3] - box[1]) * _METRES_A_DEGREE, 1.0)
    cell_m = max(_LEAST_CELL_M, math.sqrt(area / _CELLS))
    before = _told(uniform_map(box, cell_m, _SITES_PER_KM2 * area * 1e-6), reports, settings)
    longitude, latitude = (middles.ravel() for middles in before.grid.middles())
    rates = Rates()
    belief = believe(before, rates, Duties(shares=settings.habits.duties, on_h=settings.habits.on_h))
    ordered = sorted(looks, key=lambda look: (look.time, look.flight))
    for number, look in enumerate(ordered):
        if number > 0:
            belief = belief.later((look.time - ordered[number - 1].time).total_seconds() / 3600.0)
        belief = belief.after(look.miss(longitude, latitude, gases, rates))
    return belief.mapped(before)


def _told(searched: SearchMap, reports: Sequence[Report], settings: Settings) -> SearchMap:
    """Return the map with reports laid on: expected numbers times what each report says of the cell."""
    longitude, latitude = searched.grid.middles()
    number = -np.log1p(-searched.undiscovered)
    for report in _one_an_origin(reports):
        frame = Frame(longitude=report.longitude, latitude=report.latitude)
        away = np.hypot(*frame.to_local(longitude, latitude))
        square = max(report.radius_m, 1.0) ** 2
        near: FloatArray = np.exp(-0.5 * away**2 / square) * min(1.0, RADIUS_M**2 / square)
        ratio = graded(settings.hearing.ratios[kind_of(report.kind)], report.reliability, report.credibility)
        number = number * (1.0 + near * math.expm1(settings.hearing.scale * ratio.log_mean))
    return replace(searched, undiscovered=np.minimum(-np.expm1(-number), _MOST))


def _one_an_origin(reports: Sequence[Report]) -> list[Report]:
    """Return a report an origin: the one whose place is known best."""
    first: dict[str, Report] = {}
    for report in sorted(reports, key=lambda one: (one.radius_m, one.id)):
        first.setdefault(report.origin or report.id, report)
    return list(first.values())
