"""What is shown of an answer: bytes that repeat, words in two languages, a page that asks nothing of a network."""

import json
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from makers.pages import Page

from upwind.arrays import WIND
from upwind.records import Estimate, Fit, Gas, Located, Posterior, Source, Status, Track, Wind
from upwind.render import geojson, numbers, words
from upwind.render.content import NOTICE, Analysis, Input, KnownSource, Provenance
from upwind.render.map import map_of, radius_90
from upwind.render.panels import _TOOLS
from upwind.render.readings import places_of, readings_of, thin, weather_of
from upwind.render.report import report_page
from upwind.render.svg import Axis

START = 1_700_000_000.0
LONGITUDE, LATITUDE = -98.57, 42.49
EAST = 1 / (111_320 * np.cos(np.radians(LATITUDE)))
NORTH = 1 / 111_050
PROVENANCE = Provenance(version="0.1.0", seed=3, command="upwind run x", inputs=(Input(name="a.csv", sha256="0" * 64),))


def ring(radius: float, squeeze: float = 1.0) -> dict[str, Any]:
    turn = np.linspace(0, 2 * np.pi, 41)
    places = zip(
        LONGITUDE + radius * np.cos(turn) * EAST, LATITUDE + squeeze * radius * np.sin(turn) * NORTH, strict=True
    )
    return {"type": "Polygon", "coordinates": [[list(place) for place in places]]}


def make_track(*, moving: bool, rows: int = 240) -> Track:
    rng = np.random.default_rng(4)
    if moving:
        along = np.linspace(0, 1, rows)
        east, north = 300 * np.sin(12 * along), 60 + 340 * along
        sensor, sensors, time = np.zeros(rows, dtype=np.int64), ("nose",), START + np.arange(rows)
    else:
        bearing = np.radians(np.resize(np.linspace(-40, 40, rows // 5), rows))
        radius = np.repeat([50, 100, 200, 400, 800], rows // 5)
        east, north = radius * np.sin(bearing), radius * np.cos(bearing)
        sensor, time = np.arange(rows), np.full(rows, START)
        sensors = tuple(f"S{i}" for i in range(rows))
    plume = 4e4 / np.maximum(north, 20) ** 1.5 * np.exp(-0.5 * (east / (5 + 0.12 * np.abs(north))) ** 2)
    none = np.full(rows, np.nan)
    weather = {spec.name: none for spec in WIND} | {
        "time": time,
        "wind_speed": np.full(rows, 4.2),
        "wind_from": np.full(rows, 181.0),
        "sigma_wind_direction": np.full(rows, 9.0),
    }
    return Track(
        name="a.csv",
        sha256="0" * 64,
        time=time,
        longitude=LONGITUDE + east * EAST,
        latitude=LATITUDE + north * NORTH,
        height=np.full(rows, 1.5),
        duration=none,
        end_longitude=none,
        end_latitude=none,
        end_height=none,
        sensor=sensor,
        sensors=sensors,
        gases=(Gas(name="sulfur dioxide", units="mg/m3", values=plume * rng.lognormal(0, 0.3, rows) + 0.01),),
        wind=Wind(**weather),
        extra={},
    )


def estimate(median: float, units: str, factor: float = 1.6) -> Estimate:
    return Estimate(median=median, lower=median / factor, upper=median * factor, level=0.9, units=units)


def make_source(probability: float = 0.97, rate: float | None = 320.0) -> Source:
    return Source(
        gas="sulfur dioxide",
        probability=probability,
        longitude=LONGITUDE + 1e-9,
        latitude=LATITUDE,
        height=estimate(1.1, "m"),
        emission_rate=None if rate is None else estimate(rate, "kg/h"),
        why_no_rate="" if rate is not None else "its molar mass is not known",
        easting_90=(-11.123456789, 12.0),
        northing_90=(-31.0, 29.0),
        region_90=ring(14, 2.4),
        region_50=ring(6, 2.4),
    )


def make_located(track: Track, sources: Sequence[Source]) -> Located:
    rng = np.random.default_rng(5)
    gas = track.gases[0]
    rows, draws = len(track.time), 600
    middle = gas.values * rng.lognormal(0, 0.2, rows)
    fit = Fit(
        units=gas.units,
        time=track.time,
        longitude=track.longitude,
        latitude=track.latitude,
        sensor=track.sensor,
        sensors=track.sensors,
        observed=gas.values,
        ambient=np.full(rows, 0.01),
        median=middle,
        lower=middle / 1.9,
        upper=middle * 1.9,
        wind_speed=track.wind.wind_speed,
        wind_from=track.wind.wind_from,
        used=np.ones(rows, dtype=bool),
    )
    posterior = Posterior(
        draw=np.arange(draws),
        source=np.zeros(draws, dtype=np.int64),
        longitude=np.full(draws, LONGITUDE),
        latitude=np.full(draws, LATITUDE),
        height=np.full(draws, 1.0),
        emission_rate=320 * rng.lognormal(0, 0.28, draws),
        nuisance={},
        trace={"log likelihood": -400 * np.exp(-np.arange(30) / 6) - 100, "number of sources": np.arange(30) / 30},
        effective_sample_size=412.0,
    )
    return Located(
        gas=gas.name,
        status=Status.LOCATED if sources else Status.NO_SOURCE,
        why="",
        number_of_sources=((0, 0.01), (1, 0.91), (2, 0.08)),
        sources=tuple(sources),
        fit=fit,
        posterior=posterior,
    )


def make_analysis(name="run 7", *, moving=False, sources=(), rows=240):
    track = make_track(moving=moving, rows=rows)
    return Analysis(
        name=name,
        flights=(name,),
        platform="fixed",
        tracks=(track,),
        located=(make_located(track, sources or (make_source(),)),),
        known=(
            KnownSource(name="run", longitude=LONGITUDE + 9 * EAST, latitude=LATITUDE, height=0.5, emission_rate=360.0),
        ),
    )


@pytest.fixture(scope="module")
def page() -> str:
    return report_page("prairie", [make_analysis(), make_analysis("F2", moving=True)], PROVENANCE)


def test_page_fetches_nothing_and_is_well_formed(page: str) -> None:
    parser = Page()
    parser.feed(page)
    assert parser.open == []
    assert parser.fetched == ["data:,"]
    assert "http:" not in page
    assert "https:" not in page
    assert "url(" not in page


def test_page_says_on_its_face_that_nobody_reviewed_it(page: str) -> None:
    body = page[page.index("<body>") :]
    assert body.index("Unreviewed lead, not for action") < 300
    assert "Indicio sin revisar" in body


def test_a_place_is_said_for_maps_people_and_radios(page: str) -> None:
    for said in (numbers.coordinates(LONGITUDE, LATITUDE), numbers.degrees_minutes_seconds(LONGITUDE, LATITUDE)):
        assert said in page
    assert "14T NN 3" in page


def test_times_bring_what_the_reader_needs_for_a_local_one(page: str) -> None:
    (begin, shown), *_ = re.findall(r'<time datetime="([^"]+)">([^<]+)</time>', page)
    assert shown == f"{begin[:10]} {begin[11:19]} UTC"


def test_page_repeats_to_the_byte(page: str) -> None:
    assert page == report_page("prairie", [make_analysis(), make_analysis("F2", moving=True)], PROVENANCE)


def test_what_a_file_says_cannot_become_markup() -> None:
    page = report_page("<script>alert(1)</script>", [make_analysis("<b>{x}</b>")], PROVENANCE)
    assert "<script>alert" not in page
    assert "<b>" not in page


@pytest.mark.parametrize("status", list(Status))
def test_page_shows_every_status_without_a_fit(status: Status) -> None:
    analysis = make_analysis()
    empty = Located(
        gas="sulfur dioxide", status=status, why="?", number_of_sources=(), sources=(), fit=None, posterior=None
    )
    bare = Analysis(name="F", flights=("F",), platform="", tracks=analysis.tracks, located=(empty,), known=())
    assert "Nothing was fitted" in report_page("x", [bare], PROVENANCE)


def test_large_tracks_are_thinned_and_the_page_says_so() -> None:
    page = report_page("x", [make_analysis(moving=True, rows=9000)], PROVENANCE)
    assert "readings are drawn" in page
    assert len(page) < 1_500_000


def used_keys() -> set[str]:
    """Every key of the words that the code or the template names, as a whole string."""
    code = "".join(
        path.read_text(encoding="utf-8") for path in files("upwind.render").iterdir() if path.name.endswith(".py")
    )
    return set(re.findall(r'["\x27]([a-z0-9_]+)["\x27]', code)) | {f"zoom_{act}" for act in _TOOLS}


def test_every_word_is_used_and_none_is_missing() -> None:
    table = words.table()
    assert set(table) - used_keys() == set()
    code = "".join(p.read_text(encoding="utf-8") for p in files("upwind.render").iterdir() if p.name.endswith(".py"))
    named = set(re.findall(r'(?:say|spoken|word)\(\s*["\x27]([a-z0-9_]+)["\x27]', code))
    assert named - set(table) == set()


def test_every_word_has_both_languages_and_the_same_values() -> None:
    for key, said in words.table().items():
        assert set(said) == set(words.LANGUAGES), key
        assert len({tuple(sorted(re.findall(r"\{(\w+)[:}]", text))) for text in said.values()}) == 1, key


@pytest.mark.parametrize(
    ("probability", "term"),
    [
        (0.04, "almost no chance"),
        (0.3, "unlikely"),
        (0.5, "roughly even chance"),
        (0.93, "very likely"),
        (1, "almost certain"),
    ],
)
def test_likelihood_follows_icd_203(probability: float, term: str) -> None:
    assert words.word(words.likelihood(probability), "en") == term


def test_collection_has_the_layout_of_the_design() -> None:
    analysis = make_analysis(sources=[make_source(), make_source(0.49), make_source(0.6, rate=None)])
    text = geojson.written(geojson.located_collection(analysis.located, PROVENANCE))
    made = json.loads(text)
    assert made["notice"] == NOTICE
    assert made["status"] == [{"gas": "sulfur dioxide", "status": "located", "why": ""}]
    assert {"gas": "sulfur dioxide", "n": 1, "probability": 0.91} in made["number_of_sources"]
    assert made["upwind"] == {"version": "0.1.0", "seed": 3, "inputs": [{"name": "a.csv", "sha256": "0" * 64}]}
    first, second = made["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [LONGITUDE, LATITUDE]}
    assert first["properties"]["emission_rate"] == {
        "median": 320,
        "lower": 200,
        "upper": 512,
        "level": 0.9,
        "units": "kg/h",
    }
    assert first["properties"]["easting_90"] == [-11.1235, 12.0]
    assert first["properties"]["region_90"]["type"] == "Polygon"
    assert second["properties"]["emission_rate"] is None
    assert second["properties"]["why"] == "its molar mass is not known"


def test_coordinates_have_seven_decimals() -> None:
    made = geojson.located_collection(make_analysis().located, PROVENANCE)
    region = np.array(made["features"][0]["properties"]["region_90"]["coordinates"][0])
    np.testing.assert_array_equal(region, np.round(region, 7))


def test_radius_reaches_the_farthest_point_of_the_region() -> None:
    assert radius_90(make_source()) == pytest.approx(14 * 2.4, rel=2e-3)


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.4234, "0.42"), (0.899, "0.90"), (21.4, "21"), (323.64, "320"), (1234567, "1,200,000"), (0, "0")],
)
def test_figures_have_two_digits(value: float, said: str) -> None:
    assert numbers.figure(value) == said


def test_an_interval_reads_as_the_house_writes_it() -> None:
    rate = Estimate(median=0.42, lower=0.21, upper=0.9, level=0.9, units="kg/h")
    assert numbers.interval(rate) == "0.42 kg/h (0.21-0.90)"


def test_positions_in_degrees_minutes_seconds() -> None:
    assert (
        numbers.degrees_minutes_seconds(-98.5, 42.25)
        == "42°15\N{PRIME}00.0\N{DOUBLE PRIME}N 98°30\N{PRIME}00.0\N{DOUBLE PRIME}W"
    )


@pytest.mark.parametrize(("probability", "said"), [(1.0, "> 99 %"), (0.914, "91 %"), (0.001, "< 1 %"), (0.0, "0 %")])
def test_what_is_nearly_sure_is_not_called_sure(probability: float, said: str) -> None:
    assert numbers.percent(probability) == said


def test_readings_at_one_place_become_their_mean() -> None:
    track = make_track(moving=False, rows=10)
    twice = readings_of([track, track], "sulfur dioxide", None)
    places = places_of(twice)
    assert not places.moving
    np.testing.assert_array_equal(places.count, 1)
    single = places_of(readings_of([track], "sulfur dioxide", None))
    np.testing.assert_allclose(single.readings.value, track.gases[0].values)


def test_thinning_keeps_the_largest_of_each_stretch() -> None:
    np.testing.assert_array_equal(thin(np.array([1, 5, 2, 0, 9, 3.0]), 2), [1, 4])


def test_mean_wind_crosses_north() -> None:
    track = make_track(moving=True)
    wind = Wind(
        **{spec.name: getattr(track.wind, spec.name) for spec in WIND} | {"wind_from": np.resize([350.0, 10.0], 240)}
    )
    turned = Track(**{name: getattr(track, name) for name in Track.__slots__} | {"wind": wind})
    weather = weather_of([turned], None)
    assert min(weather.wind_from, 360 - weather.wind_from) < 1e-6
    assert weather.spread == pytest.approx(np.hypot(10.03, 9.0), rel=0.01)


@pytest.mark.parametrize(
    ("lower", "upper", "logarithmic"), [(2.2, 2.8, False), (-1050, -600, False), (260, 620, True), (1e-3, 98, True)]
)
def test_labels_of_an_axis_are_numbers_in_order_that_differ(lower: float, upper: float, logarithmic: bool) -> None:  # noqa: FBT001
    axis = Axis(lower=lower, upper=upper, start=0, end=100, logarithmic=logarithmic)
    ticks = axis.ticks()
    said = [float(label.replace(",", "")) for label in axis.labels(ticks)]
    assert 2 <= len(ticks) <= 8
    assert said == sorted(set(said))
    np.testing.assert_allclose(said, ticks)


def test_a_beam_is_drawn_as_a_line_and_its_place_is_the_mean_over_time() -> None:
    point = make_track(moving=False, rows=10)
    columns = {name: getattr(point, name) for name in Track.__slots__}
    ends = {
        "end_longitude": np.full(10, LONGITUDE),
        "end_latitude": np.full(10, LATITUDE),
        "end_height": np.full(10, 1.5),
    }
    east, sensor = np.repeat([1e-3, 2e-3], 5), np.repeat(np.arange(2), 5)
    still = {"longitude": LONGITUDE + east, "latitude": np.full(10, LATITUDE), "sensor": sensor}
    beams = Track(**columns | ends | still)
    places = places_of(readings_of([beams], "sulfur dioxide", None))
    assert list(places.count) == [5, 5]
    assert not places.moving
    np.testing.assert_allclose(places.readings.value, beams.gases[0].values.reshape(2, 5).mean(axis=1))
    svg = map_of(places, [make_source()], []).svg
    assert svg.count('data-tip="') >= 2
    assert 'class="beam' in svg
    assert 'class="dot' not in svg
