"""Let pyELQ answer one track table; run by its own interpreter, which needs no upwind.

Prior, background and error follow pyELQ's own example (`example_basic.ipynb`), fitted to one moving sensor: a
background that drifts in time alone, no offsets, rates of a few kg/h. The chain starts at the true sources, which is
kinder than any user can be. Draws of the second half that have the most frequent number of sources give medians and
90 % intervals, source by source. Writes what `upwind locate` would, so that one judge serves both, and the CPU seconds
from the data in memory to the last draw.
"""

from __future__ import annotations

import argparse
import json
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from pyelq.component.background import SpatioTemporalBackground
from pyelq.component.error_model import BySensor
from pyelq.component.source_model import Normal
from pyelq.coordinate_system import ENU, LLA
from pyelq.dispersion_model.gaussian_plume import GaussianPlume
from pyelq.gas_species import CH4
from pyelq.meteorology.meteorology import Meteorology
from pyelq.model import ELQModel
from pyelq.sensor.sensor import Sensor, SensorGroup
from pyelq.source_map import SourceMap
from scipy.optimize import linear_sum_assignment

#: Vertical over horizontal turbulence where nobody measured the former: sigma_w / sigma_v of neutral air.
VERTICAL = 0.55
#: A moving sensor is in a plume for a moment only: this quantile of the coupling says whether a place is covered, where
#: pyELQ's own 0.95 is made for sensors that stand still.
IN_PLUME = 0.99
#: Knots of the drifting background in time.
KNOTS = 20
#: Highest place of a source [m].
HIGHEST_M = 8.0


def main() -> None:
    """Read, run, summarise, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("track", type=Path)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--area", required=True)
    parser.add_argument("--iterations", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    np.random.seed(arguments.seed)  # noqa: NPY002 - the only generator that pyELQ knows
    table, truth = pd.read_csv(arguments.track), pd.read_csv(arguments.truth)
    begin = time.process_time()
    model = model_of(table, truth, [float(edge) for edge in arguments.area.split(",")])
    model.n_iter = arguments.iterations
    initialise(model)
    model.to_mcmc()
    model.run_mcmc()
    model.from_mcmc()
    cpu = time.process_time() - begin
    document = answer_of(model) | {"cpu_s": cpu, "version": version("pyelq")}
    arguments.out.write_text(json.dumps(document), encoding="utf-8")


def initialise(model: ELQModel) -> None:
    """Start from the true sources; from sources of pyELQ's own drawing where it takes none of the true ones."""
    try:
        model.initialise()
    except ValueError:
        place = model.components["source"].dispersion_model.source_map.location
        place.east = place.north = place.up = None
        model.initialise()


def frame_of(table: pd.DataFrame) -> dict[str, float]:
    """Return the reference of the local frame."""
    return {
        "ref_latitude": float(table["latitude [deg]"].mean()),
        "ref_longitude": float(table["longitude [deg]"].mean()),
        "ref_altitude": 0.0,
    }


def local(frame: dict[str, float], longitude: np.ndarray, latitude: np.ndarray, height: np.ndarray) -> ENU:
    """Return positions in the local frame."""
    place = LLA(latitude=np.asarray(latitude), longitude=np.asarray(longitude), altitude=np.asarray(height))
    return place.to_enu(**frame)


def model_of(table: pd.DataFrame, truth: pd.DataFrame, area: list[float]) -> ELQModel:
    """Return the model of a table: one moving methane sensor and the wind as the table has it."""
    frame = frame_of(table)
    time_axis = pd.array(pd.to_datetime(table["time"], utc=True).dt.tz_localize(None), dtype="datetime64[ns]")
    sensor = Sensor()
    sensor.label, sensor.time = "drone", time_axis
    sensor.location = local(frame, *(table[f"{n}"].to_numpy() for n in POSITION))
    sensor.concentration = table["methane [ppm]"].to_numpy()
    group = SensorGroup()
    group.add_sensor(sensor)
    corners = local(frame, np.array([area[0], area[2]]), np.array([area[1], area[3]]), np.zeros(2))
    limits = np.array([corners.east, corners.north, [0.0, HIGHEST_M]], dtype=float)
    sources = SourceMap()
    sources.location = local(frame, *(truth[name].to_numpy() for name in ("longitude", "latitude", "height_m")))
    source = Normal()
    source.emission_rate_mean = np.array([0], ndmin=1)
    source.initial_precision = np.array([1 / 2.5**2], ndmin=1)
    source.reversible_jump, source.rate_num_sources = True, 1.5
    source.dispersion_model, source.site_limits = GaussianPlume(source_map=sources), limits
    source.coverage_detection, source.coverage_test_source = 0.02, 5.0
    source.threshold_function = lambda coupling: np.quantile(coupling, IN_PLUME, axis=0)
    background = SpatioTemporalBackground()
    background.n_time, background.spatial_dependence = KNOTS, False
    background.mean_bg = float(table["methane [ppm]"].quantile(0.2))
    background.initial_precision = 1 / np.power(3e-4, 2)
    background.precision_time_0 = 1 / np.power(0.1, 2)
    error = BySensor()
    error.initial_precision = 1 / 0.1**2
    error.prior_precision_shape = error.prior_precision_rate = 1e-2
    wind = wind_of(table, time_axis)
    return ELQModel(
        group, wind, CH4(), background=background, source_model=source, error_model=error, offset_model=None
    )


POSITION = ("longitude [deg]", "latitude [deg]", "height [m]")


def wind_of(table: pd.DataFrame, time_axis: object) -> Meteorology:
    """Return the wind; turbulence is the measured one, or how much the measured direction swings."""
    wind = Meteorology()
    wind.time = time_axis
    wind.wind_direction = table["wind_from [deg]"].to_numpy()
    wind.wind_speed = np.maximum(table["wind_speed [m/s]"].to_numpy(), 0.3)
    wind.calculate_uv_from_wind_speed_direction()
    wind.temperature = table["temperature [K]"].to_numpy()
    wind.pressure = table["pressure [Pa]"].to_numpy() / 1000.0
    if "sigma_wind_direction [deg]" in table:
        sigma = table["sigma_wind_direction [deg]"].to_numpy()
    else:
        mean = np.exp(1j * np.radians(wind.wind_direction)).mean()
        sigma = np.full(len(table), np.degrees(np.sqrt(-2.0 * np.log(abs(mean)))))
    wind.wind_turbulence_horizontal = sigma
    wind.wind_turbulence_vertical = VERTICAL * sigma
    return wind


def answer_of(model: ELQModel) -> dict[str, object]:
    """Return the draws' second half as `upwind locate` would write it."""
    source = model.components["source"]
    half = model.n_iter // 2
    places = source.all_source_locations
    draws = np.stack([places.east, places.north, source.emission_rate])[:, :, half:]
    number = np.asarray(source.number_on_sources).ravel()[half:].astype(int)
    counts = np.bincount(number)
    best = int(counts.argmax())
    alike = draws[:, :, number == best]
    known = [alike[:, np.isfinite(alike[0, :, draw]), draw].T for draw in range(alike.shape[2])]
    matched = matched_of([draw[:best] for draw in known]) if best else np.empty((0, 0, 3))
    frame = {name: float(getattr(places, name)) for name in ("ref_latitude", "ref_longitude", "ref_altitude")}
    share = float(counts[best] / counts.sum())
    return {
        "status": [{"gas": "methane", "status": "located" if best else "no source", "why": ""}],
        "number_of_sources": [
            {"gas": "methane", "n": n, "probability": float(count / counts.sum())} for n, count in enumerate(counts)
        ],
        "features": [feature_of(matched[:, one], frame, share) for one in range(best)],
    }


def matched_of(draws: list[np.ndarray]) -> np.ndarray:
    """Return draws (draw, source, 3) with sources in one order: each put to the nearest of the running medians."""
    centre = draws[-1][:, :2]
    for _ in range(8):
        rows = []
        for draw in draws:
            away = np.hypot(*(draw[None, :, :2] - centre[:, None]).transpose(2, 0, 1))
            rows.append(draw[linear_sum_assignment(away)[1]])
        matched = np.stack(rows)
        centre = np.median(matched[:, :, :2], axis=0)
    return matched


def feature_of(draws: np.ndarray, frame: dict[str, float], probability: float) -> dict[str, object]:
    """Return one source's Feature; pyELQ gives no region."""
    middle = np.median(draws, axis=0)
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    place = ENU(east=middle[:1], north=middle[1:2], up=np.zeros(1), **frame).to_lla()
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [float(place.longitude[0]), float(place.latitude[0])]},
        "properties": {
            "gas": "methane",
            "probability": probability,
            "emission_rate": {"median": middle[2], "lower": low[2], "upper": high[2], "level": 0.9, "units": "kg/h"},
            "easting_90": [float(low[0] - middle[0]), float(high[0] - middle[0])],
            "northing_90": [float(low[1] - middle[1]), float(high[1] - middle[1])],
            "region_90": {"type": "MultiPolygon", "coordinates": []},
        },
    }


if __name__ == "__main__":
    main()
