"""Regions: what is hidden is as drawn, what is flown finds what physics lets it, and a seed decides everything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from upwind.arrays import FloatArray
from upwind.exercise.filaments import TrueSource
from upwind.exercise.regions import (
    CELL_M,
    DAY_S,
    DUTY,
    MOST_SITES,
    SIDE_M,
    FlownPath,
    HiddenSite,
    Region,
    Sniffer,
    finds,
    make_region,
)

SENSITIVE = Sniffer(limit_ppb=1.0, response_s=1.0)


def always(rate_kg_h: float) -> HiddenSite:
    source = TrueSource(easting_m=500.0, northing_m=-200.0, height_m=3.0, rate_kg_h=rate_kg_h)
    return HiddenSite(source=source, duty=1.0, first_on=True, switches=np.array([1e9]))


def with_site(seed: int, site: HiddenSite) -> Region:
    return replace(make_region(seed), sites=(site,))


def across(region: Region, downwind_m: float, start_s: float = 54_000.0) -> FlownPath:
    """Return a path of 2 km across the wind at the start, so far downwind of the site at (500, -200)."""
    toward = np.radians(region.weathers[0].wind_from_deg + 180.0)
    east, north = np.sin(toward), np.cos(toward)
    step: FloatArray = np.arange(-1_000.0, 1_000.0, 10.0)
    return FlownPath(
        start_s=start_s,
        easting=500.0 + downwind_m * east + step * north,
        northing=-200.0 + downwind_m * north - step * east,
        up=np.full(step.size, 20.0),
    )


def test_the_same_seed_gives_the_same_region_and_the_same_finds():
    one, other = make_region(19), make_region(19)
    assert np.array_equal(one.prior, other.prior)
    assert one.forecasts == other.forecasts
    path = across(one, 300.0)
    assert finds(one, 0, path, SENSITIVE) == finds(other, 0, path, SENSITIVE)


def test_regions_hold_from_none_to_five_sites_within_the_square():
    numbers = set()
    for seed in range(60):
        region = make_region(seed)
        numbers.add(len(region.sites))
        for site in region.sites:
            assert max(abs(site.source.easting_m), abs(site.source.northing_m)) <= SIDE_M / 2
            assert DUTY[0] <= site.duty <= DUTY[1]
    assert numbers == set(range(MOST_SITES + 1))


def test_the_map_tells_of_the_sites_and_is_not_the_truth():
    """Sites lie where the map is above even far more often than chance, and not always."""
    shares = []
    for seed in range(80):
        region = make_region(seed)
        assert region.prior.sum() == pytest.approx(MOST_SITES / 2)
        # The share of the area that the map ranks above the site's cell.
        for site in region.sites:
            row = int((site.source.northing_m + SIDE_M / 2) // CELL_M)
            column = int((site.source.easting_m + SIDE_M / 2) // CELL_M)
            shares.append(float((region.prior > region.prior[row, column]).mean()))
    assert np.mean(np.array(shares) < 0.2) > 0.5
    assert np.mean(np.array(shares) > 0.5) > 0.05


def test_sites_emit_for_their_duty_in_the_long_run():
    sites = [site for seed in range(60) for site in make_region(seed, days=40).sites]
    times = np.arange(0.0, 40 * DAY_S, 1_800.0)
    emitting = [np.mean([site.emits(time) for time in times]) for site in sites]
    assert np.mean(emitting) == pytest.approx(np.mean([site.duty for site in sites]), abs=0.03)


def test_spells_last_hours():
    gaps = np.concatenate([np.diff(site.switches) for seed in range(40) for site in make_region(seed).sites])
    assert 1.0 < np.median(gaps) / 3_600.0 < 12.0


def test_a_strong_source_is_found_close_downwind_and_never_upwind():
    found = [finds(with_site(seed, always(5.0)), 0, across(make_region(seed), 250.0), SENSITIVE) for seed in range(8)]
    assert sum(answer[0] for answer in found) >= 7
    wrong = [finds(with_site(seed, always(5.0)), 0, across(make_region(seed), -400.0), SENSITIVE) for seed in range(8)]
    assert not any(answer[0] for answer in wrong)


def test_what_is_silent_is_not_found():
    silent = replace(always(50.0), first_on=False)
    region = with_site(3, silent)
    assert finds(region, 0, across(region, 200.0), SENSITIVE) == (False,)


def test_finds_grow_with_the_rate_and_fall_with_the_limit():
    """The filaments' ways do not depend on the rate, so what a weak source shows a strong one shows too."""
    for seed in range(6):
        by_rate = [
            finds(with_site(seed, always(rate)), 0, across(make_region(seed), 600.0), SENSITIVE)[0]
            for rate in (0.01, 0.3, 3.0, 100.0)
        ]
        assert by_rate == sorted(by_rate)
    weak = [
        finds(with_site(seed, always(0.01)), 0, across(make_region(seed), 600.0), SENSITIVE)[0] for seed in range(6)
    ]
    assert not any(weak)


def test_a_forecast_errs_but_tells_most_of_the_direction():
    off = []
    for seed in range(60):
        region = make_region(seed)
        for weather, forecast in zip(region.weathers, region.forecasts, strict=True):
            off.append((forecast.wind_from_deg - weather.wind_from_deg + 180.0) % 360.0 - 180.0)
    assert 8.0 < np.std(off) < 25.0
