"""From tracks to the next legs: what `locate` says and what nobody has seen yet, put together and thought about."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray
from upwind.errors import InputError
from upwind.flights.adaptive.belief import belief_of, radius_90
from upwind.flights.adaptive.candidates import Ground
from upwind.flights.adaptive.gain import Eye
from upwind.flights.adaptive.propose import Craft, Effort, Proposal, propose
from upwind.flights.plan.sortie import Sortie
from upwind.geo import Frame
from upwind.invert import Settings, locate
from upwind.invert.air import noise_of_each
from upwind.invert.cells import NOISES, RESPONSE, cells_over, focused, heard, is_narrow, wind_now
from upwind.invert.locate import box_of
from upwind.invert.observations import Observations, common_frame, gather
from upwind.records import Located, Platform, Status, Track

__all__ = ["Conditions", "Thought", "sortie_of", "think"]

#: Acceleration of gravity, standard. [m s-2]
_GRAVITY = 9.80665
#: Lag of a sensor that nobody told of. [s]
_LAG_S = 4.0
#: Cells are no smaller than this, and no more than so many lie side by side. [m]
_CELL_M, _FINE_M, _MOST_CELLS = 12.5, 4.0, 24
_DRAWS, _OUTCOMES = 256, 48
#: What was flown and blew in so long counts as now. [s]
_NOW_S = 60.0
_UNBOUNDED = (10**9, 10**9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a leg is flown with: aircraft, speed over ground, height (None: as flown), sensor's response, and where.

    `response_s` is to 90 % of a step, None where it is not known; `area` west, south, east, north [deg], None: that of
    `locate`.
    """

    craft: Platform
    speed_m_s: float
    height_m: float | None
    response_s: float | None
    area: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """Proposals, best first, in a frame; the height that they are for, and the wind that was thought of.

    `standing` says in words what is known before them; `here` is where the aircraft is, easting, northing [m].
    """

    gas: str
    frame: Frame
    here: tuple[float, float]
    height_m: float
    wind_m_s: float
    wind_from_deg: float
    standing: str
    proposals: tuple[Proposal, ...]


def think(tracks: Sequence[Track], gas: str, conditions: Conditions, seed: int) -> Thought:
    """Return the next legs that tracks ask for.

    Parameters
    ----------
    tracks
        All that was flown so far.
    gas
        That is sought.
    conditions
        What a leg is flown with.
    seed
        The same seed gives the same proposals.

    Raises
    ------
    InputError
        There are too few readings, or there is too little wind.
    """
    rng = np.random.default_rng([seed, 7])
    frame = common_frame(tracks)
    observations = gather(tracks, gas, frame, _UNBOUNDED)
    located = locate(tracks, Settings(gases=(gas,), area=conditions.area, seed=seed))[0]
    if observations is None or located.status in {Status.NOT_ENOUGH_DATA, Status.TOO_CALM}:
        msg = f"{gas}: {located.status}, {located.why}; nothing can be proposed before there is more"
        raise InputError(msg)
    box = box_of(observations, conditions.area, frame)
    lag_s = _LAG_S if conditions.response_s is None else conditions.response_s
    side_m = max(_CELL_M, max(box[1] - box[0], box[3] - box[2]) / _MOST_CELLS)
    coarse = heard(cells_over(box, side_m), observations, lag_s)
    cells = focused(coarse, observations, lag_s, _FINE_M) if is_narrow(coarse) else coarse
    belief = belief_of(rng, located, frame, cells, _DRAWS)
    eye = _eye(observations, conditions, lag_s)
    craft = _craft(observations, conditions)
    ground = Ground(box=(box[0], box[1], box[2], box[3]), toward=eye.toward)
    proposals = propose(rng, belief, craft, ground, eye, Effort(outcomes=_OUTCOMES))
    return Thought(
        gas=gas,
        frame=frame,
        here=craft.place,
        height_m=eye.height_m,
        wind_m_s=eye.wind_m_s,
        wind_from_deg=math.degrees(math.atan2(-eye.toward[0], -eye.toward[1])) % 360.0,
        standing=_standing(located, radius_90(belief.main, np.ones(len(belief.main)))),
        proposals=tuple(proposals),
    )


def sortie_of(proposal: Proposal, thought: Thought) -> Sortie:
    """Return a proposal as a sortie: from where the aircraft is to the leg, and along it."""
    way = np.vstack([thought.here, proposal.corners])
    longitude, latitude = thought.frame.to_geographic(way[:, 0], way[:, 1])
    count = len(way)
    return Sortie(
        waypoints=np.column_stack([longitude, latitude, np.full(count, thought.height_m)]),
        lines=np.column_stack([np.arange(1, count - 1), np.arange(2, count)]),
        path=np.column_stack([longitude, latitude]),
        time_s=proposal.time_s,
        length_m=float(np.hypot(*np.diff(way, axis=0).T).sum()),
    )


def _eye(o: Observations, conditions: Conditions, lag_s: float) -> Eye:
    """Return how a leg would be read: in the wind of the last minute, by the sensor as it has been."""
    late = o.time >= o.time[-1] - _NOW_S
    speed, toward = wind_now(o)
    noise = NOISES * float(np.median(noise_of_each(o)))
    return Eye(
        height_m=float(np.median(o.start[late, 2])) if conditions.height_m is None else conditions.height_m,
        speed_m_s=conditions.speed_m_s,
        wind_m_s=speed,
        toward=toward,
        noises=float(np.median(o.unit)) / 3600.0 / noise,
        response_s=RESPONSE * lag_s,
    )


def _craft(o: Observations, conditions: Conditions) -> Craft:
    """Return where the aircraft is by its last readings, and how it moves."""
    last: FloatArray = o.end[-2:, :2]
    velocity = (last[1] - last[0]) / max(float(o.time[-1] - o.time[-2]), 1.0)
    bank = math.radians(conditions.craft.bank_deg)
    if not (conditions.speed_m_s > 0.0 and bank > 0.0):
        msg = f"platform {conditions.craft.name!r} does not fly; give one with speed_m_s and bank_deg above 0"
        raise InputError(msg)
    return Craft(
        place=(float(last[1, 0]), float(last[1, 1])),
        velocity=(float(velocity[0]), float(velocity[1])),
        speed_m_s=conditions.speed_m_s,
        acceleration=_GRAVITY * math.tan(bank),
    )


def _standing(located: Located, radius_m: float) -> str:
    """Return what is known in a few words."""
    if not located.sources:
        return "no source is located"
    some = f"{len(located.sources)} source{'s' * (len(located.sources) != 1)} located"
    return f"{some}, the first within {radius_m:.0f} m (90 %)"
