"""Do hazard zones hold on real releases? Zones against the arcs of Project Prairie Grass.

The highest ten-minute mean on an arc, taken as a limit, must be passed as far as that arc. Rate, place and weather are
the measured ones, so that what is tested is the plume and its error alone: open country, sulfur dioxide near the
ground. The wind's height is not stated (a fit of its profiles says 2 to 4 m); below 10 m it is taken as it is.

From the top of the checkout::

    python -m validation.protect_measured
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
from validation.measured import TRACKS

from upwind.arrays import FloatArray
from upwind.cli.screen import table
from upwind.geo import Frame
from upwind.readers import read_track
from upwind.records import Limit
from upwind.safety import DRAWS, plume
from upwind.safety.climate import wind_of_hour
from upwind.safety.zones import MODEL_ERROR, distances

HEADS = ("arc", "arcs", "held by 90 %", "beyond", "short of", "told / true")
ARCS = (50.0, 100.0, 200.0, 400.0, 800.0)
SAMPLER_M = 1.5
ALONG = np.geomspace(2.0, plume.FARTHEST_M, 200)


def main() -> int:
    """Judge every arc of every run and print how many hold."""
    table("Zones against the arcs of Prairie Grass", HEADS, judged_rows())
    return 0


def judged_rows() -> list[tuple[str, ...]]:
    """Return a row an arc, and one for all; none where the measured data are not there."""
    if not (TRACKS / "prairie-grass").is_dir():
        return []
    judged = [each for row in _releases() for each in _arcs(row)]
    rows = [_row(f"{arc:g} m", [each for each in judged if each[0] == arc]) for arc in ARCS]
    return [*rows, _row("all", judged)]


def _releases() -> Iterator[dict[str, str]]:
    lines = (TRACKS / "prairie-grass" / "truth.csv").read_text(encoding="utf-8").splitlines()
    heads = lines[0].split(",")
    yield from (dict(zip(heads, line.split(","), strict=True)) for line in lines[1:])


def _arcs(row: dict[str, str]) -> Iterator[tuple[float, FloatArray]]:
    """Yield each arc of a run with the draws of how far its highest reading, as a limit, is passed. [m]"""
    track = read_track(TRACKS / "prairie-grass" / f"{row['run']}.csv")
    frame = Frame(longitude=float(row["longitude"]), latitude=float(row["latitude"]))
    away = np.hypot(*frame.to_local(track.longitude, track.latitude))
    ground = plume.Ground(town=False, building=None, source_m=float(row["height_m"]), read_m=SAMPLER_M)
    rng = np.random.default_rng(7)
    blowing, _ = wind_of_hour(track.wind, None, (frame.longitude, frame.latitude), ground.roughness_m, rng)
    axis = plume.axis(blowing, ground, ALONG)
    rate = float(row["rate_kg_h"]) / 3600.0 * 1e6 * np.exp(MODEL_ERROR * rng.standard_normal(DRAWS))
    values = track.gases[0].values
    for arc in ARCS:
        at = np.abs(away / arc - 1.0) < 0.1  # noqa: PLR2004 - samplers stand within metres of their arc
        if at.any() and np.nanmax(values[at], initial=0.0) > 0.0:
            highest = float(np.nanmax(values[at]))
            limit = Limit(kind="odour", minutes=None, mg_m3=highest, basis="", stands_in=False, verified=True)
            yield arc, distances(axis, ALONG, rate, limit)


def _row(name: str, judged: list[tuple[float, FloatArray]]) -> tuple[str, ...]:
    bounds = np.array([(arc, *np.quantile(far, (0.05, 0.5, 0.95))) for arc, far in judged])
    truth, lower, median, upper = bounds.T
    shares = ((truth >= lower) & (truth <= upper), truth > upper, truth < lower)
    ratio = np.median(median / truth)
    return (name, str(len(judged)), *(f"{100.0 * share.mean():.0f} %" for share in shares), f"{ratio:.2f}")


if __name__ == "__main__":
    sys.exit(main())
