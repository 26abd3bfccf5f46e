"""The answer for one gas while its tracks grow: settled readings are stepped through; now and then all is refitted.

Sensors that stand still and show together the air they share are refitted whenever there is more: a new reading of
theirs changes what is known of that air, of each sensor's offset and of every hour, and they read slowly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from upwind.geo import Frame
from upwind.invert.growth import rows_of
from upwind.invert.layout import NUMBER
from upwind.invert.locate import CALM, LEAST_READINGS, MOST_READINGS, Settings
from upwind.invert.locate import locate as located_at_once
from upwind.invert.observations import Observations, common_frame, gather
from upwind.invert.sequential import State, draws, init, one_by_one, step
from upwind.invert.smc import Population
from upwind.invert.stations import is_network
from upwind.invert.summary import draws_of, number_probabilities, sources_of
from upwind.records import Located, Status, Track

__all__ = ["Live", "caught_up", "is_due", "refitted"]

#: All is refitted when there are so many times the readings of the last fit.
_MORE = 1.25
#: A refit because the number of sources changed waits for so many readings after the last.
_PATIENCE = 12
#: The longest over which fast readings are averaged before they count. [s]
_BLOCK_S = 2.0
_DRAWS = 2000
_UNBOUNDED = (10**9, 10**9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """Where the following of a gas stands.

    `frame`, and how many delays and sensors were `met`, are those of the last fit, over `fitted` rows with most
    probably `number` sources; `stepped` rows came since, the last of them at `until` [s]. `state` is None where all is
    to be fitted again: there was too little, other sensors, or sensors that share their air.
    """

    gas: str
    frame: Frame
    met: tuple[int, int]
    fitted: int
    number: int
    stepped: int
    until: float
    state: State | None
    located: Located


def refitted(rng: np.random.Generator, tracks: Sequence[Track], gas: str, settings: Settings) -> Live:
    """Return the answer fitted to all readings at once, as `locate` does, from where it can be followed.

    Parameters
    ----------
    rng
        The same generator gives the same answer.
    tracks
        As read so far.
    gas
        One of theirs.
    settings
        As for `locate`.
    """
    frame = common_frame(tracks)
    observations = gather(tracks, gas, frame, MOST_READINGS)
    if observations is None or _is_hopeless(observations) or is_network(observations):
        alone = replace(settings, gases=(gas,))
        return _at_once(gas, frame, located_at_once(tracks, alone)[0])
    state = init(rng, observations, settings)
    live = Live(
        gas=gas,
        frame=frame,
        met=_met(observations),
        fitted=len(observations.time),
        number=0,
        stepped=0,
        until=float(observations.time[-1]),
        state=state,
        located=_located(rng, state, observations, gas),
    )
    return replace(live, number=_likeliest(live.located))


def caught_up(rng: np.random.Generator, live: Live, tracks: Sequence[Track]) -> Live:
    """Return the answer with the readings that have settled since: those whose slowest delay has passed.

    Parameters
    ----------
    rng
        The same generator and answer give the same answer.
    live
        The answer as it stood.
    tracks
        The same tracks, grown.
    """
    observations = gather(tracks, live.gas, live.frame, _UNBOUNDED)
    if live.state is None or observations is None or _met(observations) != live.met or is_network(observations):
        return replace(live, state=None)
    settled = observations.time[-1] - float(observations.delays.max()) - _BLOCK_S
    fresh = np.flatnonzero((observations.time > live.until) & (observations.time <= settled))
    if len(fresh) == 0:
        return live
    state = live.state
    for observation in one_by_one(rows_of(observations, fresh), 0):
        state = step(rng, state, observation)
    return replace(
        live,
        state=state,
        stepped=live.stepped + len(fresh),
        until=float(observations.time[fresh[-1]]),
        located=_located(rng, state, observations, live.gas),
    )


def is_due(live: Live) -> bool:
    """Tell whether so much has come, or changed, since the last fit that all should be fitted again."""
    if live.state is None or live.stepped >= (_MORE - 1.0) * live.fitted:
        return True
    return live.stepped >= _PATIENCE and _likeliest(live.located) != live.number


def _is_hopeless(observations: Observations) -> bool:
    """Tell whether `locate` would say that there is too little, or too little wind."""
    return len(observations.time) < LEAST_READINGS or float(np.median(observations.weather["wind_speed"])) < CALM


def _met(observations: Observations) -> tuple[int, int]:
    return len(observations.delays), len(observations.sensors)


def _at_once(gas: str, frame: Frame, located: Located) -> Live:
    return Live(gas=gas, frame=frame, met=(0, 0), fitted=0, number=0, stepped=0, until=0.0, state=None, located=located)


def _likeliest(located: Located) -> int:
    return max(located.number_of_sources, key=lambda pair: pair[1])[0]


def _located(rng: np.random.Generator, state: State, observations: Observations, gas: str) -> Located:
    """Return what a state says; without fit and posterior, which nobody shows while it grows."""
    problem = state.ground.problem
    states = draws(rng, state, _DRAWS)
    drawn = draws_of(Population(states=states, trace={}, effective=float(len(states))), problem)
    sources = sources_of(drawn, observations, gas)
    none = float((states[:, NUMBER] == 0).mean())
    return Located(
        gas=gas,
        status=Status.LOCATED if sources else Status.NO_SOURCE,
        why=f"probability of no source {none:.2f}",
        number_of_sources=number_probabilities(drawn.number, state.ground.most),
        sources=sources,
        fit=None,
        posterior=None,
    )
