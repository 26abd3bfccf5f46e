"""Sensors that stand still and share their air are followed by fitting all again, whenever there is more."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from upwind.exercise.conditions import Conditions, Kind
from upwind.exercise.scenes import as_track, make_scene
from upwind.invert import Settings, locate
from upwind.invert.live import Live, caught_up, is_due, refitted
from upwind.invert.observations import common_frame, gather
from upwind.invert.smc import Effort
from upwind.invert.stations import is_network
from upwind.records import Track, Wind

SENSORS = 5
SETTINGS = Settings(max_sources=2, effort=Effort(chains=6, length=6, last=12))


@cache
def table() -> Track:
    """Return five open paths over a field, read every five minutes."""
    track = as_track(make_scene(np.random.default_rng(3), Conditions(kind=Kind.BEAMS), 1))
    return rows_of(track, np.flatnonzero(track.sensor < SENSORS))


def rows_of(track: Track, rows: np.ndarray) -> Track:
    whole = ("name", "sha256", "sensors", "extra", "gases", "wind")
    columns = {name: getattr(track, name)[rows] for name in Track.__dataclass_fields__ if name not in whole}
    gases = tuple(replace(gas, values=gas.values[rows]) for gas in track.gases)
    wind = Wind(**{name: getattr(track.wind, name)[rows] for name in Wind.__dataclass_fields__})
    return replace(track, sensors=track.sensors[:SENSORS], **columns, gases=gases, wind=wind)


def until(moments: int) -> Track:
    """Return what had been read after so many moments."""
    last = np.unique(table().time)[moments - 1]
    return rows_of(table(), np.flatnonzero(table().time <= last))


def network(track: Track, gas: str) -> bool:
    observations = gather([track], gas, common_frame([track]), (10**6, 10**6))
    assert observations is not None
    return is_network(observations)


def test_a_table_of_fixed_sensors_that_grows_is_followed_to_the_answer_of_locate() -> None:
    gas = table().gases[0].name
    rng = np.random.default_rng(1)
    assert [network(until(moments), gas) for moments in (2, 5, 6, 12)] == [False, False, True, True]
    live: Live | None = None
    for moments in (1, 3, 4, 6, 7):
        part = until(moments)
        live = caught_up(rng, live, [part]) if live is not None else None
        live = refitted(rng, [part], gas, SETTINGS) if live is None or is_due(live) else live
        assert (live.state is None) == (moments == 1 or moments >= 6)
    assert live is not None
    (batch,) = locate([until(7)], SETTINGS)
    assert (live.located.status, live.located.sources) == (batch.status, batch.sources)
    assert live.located.number_of_sources == batch.number_of_sources
