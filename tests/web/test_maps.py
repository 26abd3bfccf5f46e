"""What maps and passes tell, against what was put into them: cells of a search map, zones, crossings, compounds."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from makers.views import CENTRE, furnished, search_map, site_feature, track
from PIL import Image
from pyproj import Geod
from starlette.testclient import TestClient

from upwind.cli.stored import keep_sites
from upwind.readers.sites import candidate_of
from upwind.store.places import default_url, open_store, shelf_of
from upwind.store.search_maps import record_search_map, search_maps
from upwind.store.sites import arrive, attach
from upwind.web.app import application

GEOD = Geod(ellps="WGS84")
ZONE = {"limit": "odour", "compound": "a", "distance": {"median": 1, "lower": 1, "upper": 1}}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    folder: Path = tmp_path_factory.mktemp("maps")
    made = furnished(folder)
    url = default_url({"XDG_DATA_HOME": str(folder / "data")})
    with open_store(url) as store, TestClient(application(store, shelf_of(url))) as client:

        def ask(path: str, who: str = "analyst-1"):
            headers = {"Authorization": f"Bearer {made.tokens[who]}", "Accept": "text/html"}
            return client.get(path, headers=headers, follow_redirects=False)

        yield SimpleNamespace(ask=ask, store=store, url=url, shelf=shelf_of(url), folder=folder)


def digest(desk: SimpleNamespace) -> str:
    return desk.store.read(search_maps)[0].sha256


def test_the_table_names_the_likeliest_cells_and_what_is_left(desk: SimpleNamespace) -> None:
    text, undiscovered = desk.ask("/search-map").text, search_map().undiscovered
    rows = re.findall(r'<td class="number">(\d+)</td><td><code>([\d.-]+), ([\d.-]+)</code>', text)
    assert [int(row[0]) for row in rows] == list(range(1, 21))
    assert (float(rows[0][1]), float(rows[0][2])) == pytest.approx((CENTRE[1] - 0.0045, CENTRE[0] - 0.0055), abs=1e-5)
    nothing = math.prod(1.0 - undiscovered.ravel())
    assert f'<strong class="sure">{round(100 * (1 - nothing))} %</strong>' in text
    assert f"{-math.log(nothing):.2f}" in text
    assert "an exercise" in text


def test_the_picture_has_the_cells_where_they_lie(desk: SimpleNamespace) -> None:
    answer = desk.ask(f"/search-map/{digest(desk)}/pictures/shown")
    pixels = np.asarray(Image.open(io.BytesIO(answer.content)))
    assert pixels.shape == (40, 12, 3)  # a cell is one wide and four tall
    flown, other = pixels[0, 0], pixels[-1, 0]
    assert (pixels[:12] == flown).all()
    assert (pixels[12:] == other).all()
    bright = np.asarray(Image.open(io.BytesIO(desk.ask(f"/search-map/{digest(desk)}/pictures/undiscovered").content)))
    green = bright[..., 1].astype(int)
    assert np.unravel_index(green.argmax(), green.shape)[1] == 0  # the south-west
    assert green.argmax() // 12 >= 36


def test_the_outlines_are_those_of_the_grid(desk: SimpleNamespace) -> None:
    features = desk.ask(f"/search-map/{digest(desk)}/cells").json()["features"]
    whole, first = features[0]["geometry"]["coordinates"][0], features[1]["geometry"]["coordinates"][0]
    assert np.min(whole, axis=0) == pytest.approx([CENTRE[0] - 0.006, CENTRE[1] - 0.005])
    assert np.max(whole, axis=0) == pytest.approx([CENTRE[0] + 0.006, CENTRE[1] + 0.005])
    assert np.ptp(first, axis=0) == pytest.approx([0.001, 0.001])
    assert np.min(first, axis=0) == pytest.approx(np.min(whole, axis=0))


def test_no_other_evidence_is_had_by_its_digest(desk: SimpleNamespace) -> None:
    other = desk.shelf.put((desk.folder / "f1.csv").read_bytes())
    for path in (other, "0" * 64, "..%2F..%2Fetc%2Fpasswd", "%00"):
        assert desk.ask(f"/search-map/{path}/cells").status_code in (404, 422)
        assert desk.ask(f"/search-map/{path}/pictures/shown").status_code in (404, 422)
    assert desk.ask(f"/search-map?map={other}").status_code == 404
    assert desk.ask(f"/search-map/{digest(desk)}/pictures/other").status_code == 404


def test_a_map_whose_file_is_gone_is_said_to_be(desk: SimpleNamespace) -> None:
    desk.store.write(lambda session: record_search_map(session, "test", "gone", "ab" * 32, {"flights": []}))
    assert desk.ask("/search-map").status_code == 404
    assert desk.ask(f"/search-map?map={digest(desk)}").status_code == 404
    kept = desk.store.read(search_maps)
    assert [one.mission for one in kept] == ["gone", "an exercise"]
    assert desk.ask(f"/search-map?map={kept[1].sha256}").status_code == 200


def test_the_distance_to_keep_is_a_circle_of_that_radius(desk: SimpleNamespace) -> None:
    features = desk.ask("/cases/site-2/map").json()["features"]
    (circle,) = [one["geometry"]["coordinates"][0] for one in features if one["properties"]["role"] == "keep"]
    place = site_feature(2, 0.8)["geometry"]["coordinates"]
    away = [GEOD.inv(*place, *corner)[2] for corner in circle]
    assert away == pytest.approx([160.0] * len(circle), abs=0.2)


def test_zones_and_winds_stand_in_the_table(desk: SimpleNamespace) -> None:
    text = unescape(desk.ask("/cases/site-0").text)
    assert "toluene: lasting harm (level 2), 60 min</td><td>70 m (35\N{EN DASH}140)</td><td>2,100 mg/m³" in text
    assert "figure not verified" in text
    assert "Keep 160 m away until somebody has measured there" in text
    assert "wind from 200° ± 11°, 3.2 m/s" in text


@pytest.mark.parametrize(
    "odd",
    [
        {"zones": "all", "winds": {}, "keep_away_m": "far", "region_50": {"type": "Point", "coordinates": [0, 0]}},
        {"zones": [{"limit": "<b>", "compound": 1}, None], "winds": [None, {"wind_from": "x"}], "keep_away_m": 1e12},
        {"zones": [{"limit": ["x"], "compound": "a"}], "region_90": {"type": "Polygon", "coordinates": "x"}},
        {"region_90": {"type": "MultiPolygon", "coordinates": [[[1, 2]]]}, "region_50": {"type": "Polygon"}},
        {"zones": [{**ZONE, "distance": None, "outlines": 3}], "radius_90_m": None, "keep_away_for": "<i>"},
        {"zones": [{**ZONE, "minutes": "soon", "concentration_mg_m3": [], "outlines": [{"geometry": None}, 7]}]},
    ],
)
def test_odd_properties_break_no_page(desk: SimpleNamespace, odd: dict[str, object]) -> None:
    feature = site_feature(400, 0.5)
    feature["properties"] |= {**odd, "id": "odd"}
    desk.store.write(lambda session: arrive(session, "test", [candidate_of(feature, "test", "")], "test"))
    for path in ("/cases/odd", "/cases/odd/map", "/cases/odd/passes"):
        answer = desk.ask(path)
        assert answer.status_code == 200, path
        assert "<b>" not in answer.text.replace("<b></b>", "")


def test_passes_stand_beside_each_other_on_one_scale(desk: SimpleNamespace) -> None:
    text = desk.ask("/cases/site-0/passes").text
    assert len(re.findall(r"<article", text)) == 2
    peaks = [float(each) for each in re.findall(r"crossed gas at .*?: ([\d.]+) ppm", text)]
    assert peaks == pytest.approx([0.005 + 0.060 * 0.96, 0.005 + 0.020 * 0.96], rel=0.01)  # the legs' nearest reading
    lines = re.findall(r'class="read" d="([^"]+)"', text)
    tops = [min(float(pair.split(",")[1]) for pair in re.findall(r"[\d.]+,[\d.]+", line)) for line in lines]
    floor = 116.0  # where the axis begins
    assert (floor - tops[0]) / (floor - tops[1]) == pytest.approx(peaks[0] / peaks[1], rel=0.01)


def test_who_was_silent_is_evidence_too(desk: SimpleNamespace) -> None:
    feature = site_feature(0, 0.5)
    silent = {**feature["properties"]["terms"][1], "kind": "silent", "evidence": "F7"}
    feature["properties"] |= {"id": "quiet", "flights": [], "terms": [silent]}
    path = desk.folder / "quiet.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    flown = track(desk.folder / "f7.csv", day=7, crest_ppb=0.0)
    keep_sites(desk.store, desk.url, path, {"F7": [flown], "F8": [desk.folder / "f1.csv"]})
    text = desk.ask("/cases/quiet/passes").text
    assert re.findall(r"<h2>(\w+) <small>", text) == ["F7"]
    assert "Nothing stood out of what is usual" in text


def test_an_address_names_the_passes_beside_each_other(desk: SimpleNamespace) -> None:
    key = re.search(r'name="pass" value="([^"]+)"', desk.ask("/cases/site-0/passes").text)
    assert key is not None
    text = desk.ask(f"/cases/site-0/passes?pass={key[1]}").text
    assert len(re.findall(r"<article", text)) == 1
    assert "2026-03-01" in text


def test_compounds_at_a_crossing_stand_with_their_limits(desk: SimpleNamespace) -> None:
    text = desk.ask("/cases/site-0/passes").text
    rows = re.findall(
        r'<td>(\w+)</td><td class="number">([\d.]+) ppm</td><td class="number">([\d.]+)</td><td>([\d.]+) ppm', text
    )
    assert [row[0] for row in rows] == ["acetone", "toluene"] * 2
    values = {row[0]: [float(each) for each in row[1:]] for row in rows[:2]}
    assert values["toluene"][0] == pytest.approx(0.001 + 0.012 * 0.96, rel=0.02)
    assert values["acetone"][2] == pytest.approx(200, rel=0.01)  # AEGL-1 of acetone, 60 min: 200 ppm
    assert values["toluene"][2] == pytest.approx(67, rel=0.02)  # AEGL-1 of toluene, 60 min: 67 ppm


def test_a_columns_name_is_no_markup(desk: SimpleNamespace) -> None:
    head = "time,longitude [deg],latitude [deg],height [m],<script>x</script> [ppb]\n"
    rows = "".join(f"2026-03-03T08:00:{n:02d}Z,{CENTRE[0] + n * 1e-5},{CENTRE[1]},40,{n}\n" for n in range(40))
    spoilt = desk.shelf.put((head + rows).encode())
    desk.store.write(lambda session: attach(session, "site-5", '"><img src=x>', spoilt))
    feature = desk.ask("/api/v1/cases/site-5").json()["feature"]
    feature["properties"]["gas"] = "<script>x</script>"
    feature["geometry"]["coordinates"] = list(CENTRE)
    desk.store.write(lambda session: arrive(session, "test", [candidate_of({**feature, "properties": {
        **site_feature(5, 0.65)["properties"], "gas": "<script>x</script>"}}, "test", "")], "test"))  # fmt: skip
    text = desk.ask("/cases/site-5/passes").text + desk.ask("/cases/site-5").text
    assert "&lt;script&gt;x" in text
    assert "<script>x" not in text
    assert "<img" not in text


def test_flights_say_who_allowed_which_entry(desk: SimpleNamespace) -> None:
    text = desk.ask("/flights").text
    assert "<strong>USA-1</strong> valid 2026-01-01 00:00 to 2026-12-31 00:00<br>Letter of agreement 7" in text
    assert "recorded by flights-1" in text
    assert "within error" in text
    assert "does not cover it: it ends 3 days before the flight leaves" in text


def test_a_language_is_changed_without_losing_the_address(desk: SimpleNamespace) -> None:
    chosen = desk.store.read(search_maps)[-1].sha256
    text = desk.ask(f"/search-map?map={chosen}&layer=shown").text
    assert f'href="?map={chosen}&amp;layer=shown&amp;lang=es"' in text


def test_the_same_map_comes_once(desk: SimpleNamespace) -> None:
    audit = json.loads('{"flights": [{"flight": "F9", "to": "2026-03-09T00:00:00Z"}]}')
    come = lambda sha: desk.store.write(lambda session: record_search_map(session, "test", "twice", sha, audit))  # noqa: E731
    assert [come("cd" * 32), come("cd" * 32), come("ef" * 32), come("cd" * 32)] == [True, False, True, True]
    assert desk.store.read(search_maps)[0].until == "2026-03-09T00:00:00Z"
