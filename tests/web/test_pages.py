"""Pages and the API behind them: what each tells, to whom, and what forms enter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from makers.views import furnished, site_feature
from pyproj import Geod
from starlette.testclient import TestClient

from upwind.readers.sites import candidate_of
from upwind.store.places import default_url, open_store, shelf_of
from upwind.store.sites import arrive
from upwind.web.app import application


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    folder: Path = tmp_path_factory.mktemp("pages")
    made = furnished(folder)
    url = default_url({"XDG_DATA_HOME": str(folder / "data")})
    with open_store(url) as store, TestClient(application(store, shelf_of(url))) as client:

        def ask(who: str, method: str, path: str, **more: object):
            headers = {"Authorization": f"Bearer {made.tokens[who]}", "Idempotency-Key": "k", "Accept": "text/html"}
            return client.request(method, path, headers=headers, follow_redirects=False, **more)

        yield SimpleNamespace(ask=ask, store=store)


def test_a_role_that_judges_takes_two_administrators(desk: SimpleNamespace) -> None:
    asked = {"name": "flights-1", "role": "reviewer"}
    assert desk.ask("admin-1", "POST", "/accounts/grant", data=asked).status_code == 303
    assert "requested" not in desk.ask("admin-1", "GET", "/accounts").text
    listed = desk.ask("auditor-1", "GET", "/api/v1/accounts").json()
    assert listed["asked"] == [{**asked, "by": "admin-1"}]
    assert {"name": "flights-1", "roles": ["flight-manager"], "partner": ""} in listed["accounts"]
    assert desk.ask("admin-1", "POST", "/accounts/grant", data=asked).status_code == 409
    assert ">Confirm<" in desk.ask("admin-2", "GET", "/accounts").text
    grant = "/api/v1/grants/flights-1:reviewer"
    assert desk.ask("admin-2", "POST", f"{grant}/confirm").status_code == 201
    assert desk.ask("admin-1", "POST", f"{grant}/revoke").status_code == 200
    assert "reviewer" not in str(desk.ask("admin-1", "GET", "/api/v1/accounts").json()["accounts"][5])
    said = [entry["what"] for entry in desk.ask("auditor-1", "GET", "/api/v1/log").json()["entries"]]
    assert [what for what in said if "grant" in what or what == "revoke"] == ["grant-asked", "grant", "revoke"]


def test_the_docket_is_searched_by_id_and_compound(desk: SimpleNamespace) -> None:
    def found(query: str) -> list[str]:
        return [row["id"] for row in desk.ask("analyst-1", "GET", f"/api/v1/cases?{query}").json()["cases"]]

    assert found("q=TOLUENE") == [f"site-{number}" for number in range(8)]
    assert found("q=site-3") == ["site-3"]
    assert found("q=%25") == found("q=_") == found("q=0.8") == []
    assert 'href="/cases/site-3?q=site-3"' in desk.ask("analyst-1", "GET", "/?q=site-3").text


def test_what_lies_near_is_as_far_as_geodesics_say(desk: SimpleNamespace) -> None:
    features = desk.ask("analyst-1", "GET", "/cases/site-0/map").json()["features"]
    places = {one["properties"].get("name"): one["geometry"]["coordinates"] for one in features}
    azimuth, _, metres = Geod(ellps="WGS84").inv(*places["site-0"], *places["site-1"])
    row = re.search(
        r"site-1</a></td><td>.*?</td><td>(\d+) m, (\d+)°", desk.ask("analyst-1", "GET", "/cases/site-0").text
    )
    assert row is not None
    assert float(row[1]) == pytest.approx(metres, abs=1.0)
    assert float(row[2]) == pytest.approx(azimuth, abs=1.0)


def test_the_map_shows_the_track_and_its_wind(desk: SimpleNamespace) -> None:
    features = desk.ask("analyst-1", "GET", "/cases/site-0/map").json()["features"]
    track, later = [one["properties"] for one in features if one["properties"]["role"] == "track"]
    assert (track["from"], track["to"], track["readings"]) == ("2026-03-01 08:00:00", "2026-03-01 08:09:59", 600)
    assert later["from"] == "2026-03-02 08:00:00"
    assert track["peak"] == pytest.approx(0.065, rel=0.05)  # 65 ppb in ppm
    assert track["wind"]["from"] == pytest.approx(200, abs=2)
    assert track["wind"]["spread"] == pytest.approx(15 / 2**0.5, abs=2)
    roles = {one["properties"]["role"] for one in features}
    assert roles == {"track", "reading", "region", "near", "site", "crossing", "keep", "zone"}


def test_the_machines_word_is_withheld_from_every_part_of_a_page(desk: SimpleNamespace) -> None:
    many = [site_feature(number, 0.6) for number in range(1000, 1100)]
    for feature in many:
        feature["properties"] |= {"compounds": ["acetone"], "id": f"blind-{feature['properties']['id']}"}
    desk.store.write(lambda session: arrive(session, "test", [candidate_of(one, "test", "") for one in many], "test"))
    rows = desk.ask("analyst-1", "GET", "/api/v1/cases?q=blind&limit=100").json()["cases"]
    blind = next(row["id"] for row in rows if row["probability"] is None)
    markup = desk.ask("analyst-1", "GET", f"/cases/{blind}").text
    said = desk.ask("analyst-1", "GET", f"/api/v1/cases/{blind}").json()
    for word in ("surface coating", "any place that these flights name", "very likely that"):
        assert word not in markup
    assert not {"probability_90", "terms", "explanations", "unexplained", "in_parts", "places"} & set(
        said["feature"]["properties"]
    )
    other = next(row["id"] for row in rows if row["probability"] is not None)
    assert "surface coating" in desk.ask("analyst-1", "GET", f"/cases/{other}").text


def test_a_partner_reads_spanish_first_and_answers(desk: SimpleNamespace) -> None:
    assert '<html lang="es"' in desk.ask("partner-1", "GET", "/").text
    assert "release-1" in desk.ask("partner-1", "GET", "/").text
    send = lambda **form: desk.ask("partner-1", "POST", "/releases/release-1/answer", data=form)  # noqa: E731
    assert send(step="acted").status_code == 422
    assert send(step="classified").status_code == 409
    assert send(step="received", arrests="many").status_code == 422
    assert send(step="received", text="en mano").status_code == 303
    assert desk.ask("partner-1", "POST", "/releases/release-1/receipt").status_code == 303
    assert send(step="classified").status_code == 303
    done = {"step": "acted", "outcome": "nothing found", "activity": "none", "evidence": "word", "arrests": "0"}
    assert send(**done, **{"seized-0-substance": "acetone", "seized-0-grams": "1500"}).status_code == 303
    last = desk.ask("partner-1", "GET", "/api/v1/releases/release-1").json()["answers"][-1]
    assert (last["arrests"], last["seized"]) == (0, [{"substance": "acetone", "grams": 1500}])
    complaint = "/releases/release-1/complaint"
    assert desk.ask("partner-1", "POST", complaint, data={"text": " "}).status_code == 422
    assert desk.ask("partner-1", "POST", complaint, data={"text": "la puerta era de otro"}).status_code == 303
    entries = desk.ask("auditor-1", "GET", "/api/v1/log?limit=10000").json()["entries"]
    assert [one["body"]["by"] for one in entries if one["what"] == "complaint"] == ["partner"]
    assert desk.ask("partner-1", "GET", "/releases/other").status_code == 404


def test_flights_and_statistics_say_what_the_log_holds(desk: SimpleNamespace) -> None:
    assert "not authorised" in desk.ask("auditor-1", "GET", "/flights").text
    text = desk.ask("analyst-1", "GET", "/statistics").text
    assert re.search(r'open</a></td><td class="number">\d+<', text)
    assert "Only you see these" in text
    assert "Only you see these" not in desk.ask("auditor-1", "GET", "/statistics").text


def test_other_steps_are_entered_by_a_form(desk: SimpleNamespace) -> None:
    def enter(**form: str) -> int:
        return desk.ask("analyst-2", "POST", "/cases/site-6/step", data=form).status_code

    assert enter(step="comment", text="look at the <b>wind</b>") == 303
    assert enter(step="watch", text="it may be a bakery") == 303
    assert enter(step="assign", other="reviewer-1") == 303
    assert enter(step="assign", other="nobody") == 404
    assert enter(step="merge", other="site-6") == 409
    assert enter(step="promote") == 422
    text = desk.ask("reviewer-1", "GET", "/cases/site-6").text
    assert "look at the &lt;b&gt;wind&lt;/b&gt;" in text
    assert "assigned to reviewer-1 · watched" in text


def test_faults_are_said_in_the_readers_language(desk: SimpleNamespace) -> None:
    assert "Aquí no hay nada." in desk.ask("analyst-1", "GET", "/cases/none?lang=es").text
    assert "Esta cuenta no puede" in desk.ask("partner-1", "GET", "/cases/site-1?lang=es").text
