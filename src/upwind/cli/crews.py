"""What the page of a plan shows of several aircraft: who flies what, when, and how they keep clear."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from upwind.flights.plan.air import Air
from upwind.flights.plan.fleet import Fleet
from upwind.flights.plan.occupied import LATE_S, SHARE, WIND_ERROR_M_S, timed
from upwind.render.planned import Apart, Crew, PlannedSortie

__all__ = ["apart_of", "crewed", "transit_m"]


def transit_m(fleet: Fleet, number: int) -> float:
    """Return the height above ground of an aircraft's transits, and of its way home without a link. [m]"""
    if fleet.layers:
        return fleet.layers[number % len(fleet.layers)]
    return float(max(sortie.waypoints[:, 2].max() for sortie in fleet.survey.sorties))


def crewed(fleet: Fleet, air: Air, start: datetime) -> Iterator[PlannedSortie]:
    """Yield the sorties of a fleet with the aircraft that fly them."""
    for number, sortie, begin, held in zip(fleet.of, fleet.survey.sorties, fleet.begins, fleet.held, strict=True):
        yield PlannedSortie(
            start=start + timedelta(seconds=begin),
            time_s=sortie.time_s,
            length_m=sortie.length_m,
            path=sortie.path,
            lines=sortie.waypoints[sortie.lines][..., :2],
            finding=None,
            crew=Crew(
                aircraft=number + 1,
                on_lines=timed(sortie, fleet.survey.frame, air).on_lines(air),
                landed=start + timedelta(seconds=begin + held.home_s),
                transit_m=transit_m(fleet, number),
            ),
        )


def apart_of(fleet: Fleet, start: datetime) -> Apart | None:
    """Return how a fleet keeps clear; None where nobody looked."""
    if fleet.separation is None:
        return None
    near = (
        (one.pair, one.across, None if one.across is None else start + timedelta(seconds=one.after_s))
        for one in fleet.near
    )
    return Apart(
        makespan_s=fleet.makespan_s,
        latest_s=fleet.latest_s,
        unheld_s=fleet.unheld_s,
        bound_s=fleet.makespan_bound_s,
        across_m=fleet.separation.across_m,
        up_m=fleet.separation.up_m,
        wind_m_s=WIND_ERROR_M_S,
        share=SHARE,
        late_s=LATE_S,
        near=tuple(near),
        own_heights=len(fleet.layers) >= sum(map(bool, fleet.shares)) if fleet.layers else None,
    )
