"""`upwind audit` as users start it: what is entered, who allowed it, and what is left behind."""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CARRIER = ROOT.parent / "shared" / "data" / "flight" / "adsb" / "aircraft_carrier.json.gz"
NEEDS_CARRIER = pytest.mark.skipif(not CARRIER.exists(), reason="the recording is not beside the checkout")
HEAD = "time,longitude [deg],latitude [deg],height [m],flight,platform"
START = datetime(2026, 7, 20, 12, tzinfo=UTC)
#: A degree of latitude at 37 degrees. [m]
DEGREE_M = 110_977.0


def upwind(*arguments: str | Path, at: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "upwind", "audit", *map(str, arguments)],
        cwd=at,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def audited(*arguments: str | Path, at: Path, code: int) -> dict[str, Any]:
    """Return the document of an audit that ends with a code."""
    done = upwind(*arguments, "--out", "audit.json", at=at)
    assert done.returncode == code, done.stderr
    assert done.stderr.count("\n") == (code == 3)
    document: dict[str, Any] = json.loads((at / "audit.json").read_text())
    return document


def track(
    path: Path, places: Sequence[tuple[float, float]], height: str = "50", names: str = "F1,drone", step_s: float = 10
) -> Path:
    """Write a track of one flight, a sample every so many seconds."""
    rows = [
        f"{START + timedelta(seconds=step_s * number):%Y-%m-%dT%H:%M:%SZ},{x:.7f},{y:.7f},{height},{names}"
        for number, (x, y) in enumerate(places)
    ]
    path.write_text("\n".join([HEAD, *rows]) + "\n")
    return path


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


def authorisation(**keys: object) -> str:
    """Return an authorisation in TOML."""
    lines = [
        f"{key} = {value if key in ('from', 'to') else json.dumps(value)}"
        for key, value in keys.items()
        if value is not None
    ]
    return "\n".join(["[[authorisation]]", *lines, ""])


def said(document: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(entry["state"], entry["kind"], entry["points"]) for entry in document["entries"]]


@pytest.fixture(scope="module")
def carrier(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Audit a military flight off San Diego, without authorisations."""
    folder = tmp_path_factory.mktemp("carrier")
    document = audited(CARRIER, "--points", "points.csv", at=folder, code=3)
    return {**document, "points": table(folder / "points.csv")}


@pytest.mark.shared
@NEEDS_CARRIER
def test_the_flight_off_san_diego_was_in_mexican_waters_and_over_no_mexican_land(carrier: dict[str, Any]) -> None:
    """226 samples by whole polygons of the source's (FACTS), give or take those within 50 m of an edge."""
    mexican = [entry for entry in carrier["entries"] if entry["state"] == "MEX"]
    assert {entry["kind"] for entry in mexican} == {"territorial sea"}
    assert 221 <= sum(entry["points"] for entry in mexican) <= 231
    assert {entry["state"] for entry in carrier["entries"]} == {"MEX", "USA"}
    assert {entry["platform"] for entry in carrier["entries"]} == {"PSWRD35"}
    assert carrier["unauthorised"] == len(carrier["entries"])
    assert carrier["tracks"][0]["samples"] == 7335


@pytest.mark.shared
@NEEDS_CARRIER
def test_rows_of_the_points_are_those_of_the_recording(carrier: dict[str, Any]) -> None:
    rows = carrier["points"]
    assert list(rows[0])[:6] == ["track", "row", "time", "state", "kind", "verdict"]
    counts = Counter((row["state"], row["kind"]) for row in rows)
    told: Counter[tuple[str, str]] = Counter()
    for entry in carrier["entries"]:
        told[entry["state"], entry["kind"]] += entry["points"]
    assert counts == told
    recorded = json.loads(gzip.decompress(CARRIER.read_bytes()))
    for row in rows:
        written = datetime.fromtimestamp(recorded[int(row["row"])]["timestamp"] / 1e3, UTC)
        assert row["time"] == f"{written:%Y-%m-%dT%H:%M:%SZ}"
        assert recorded[int(row["row"])]["latitude"] is not None


def _covering(document: dict[str, Any], of: str, **changed: object) -> str:
    """Return the narrowest authorisation of a state that covers its entries, with something changed."""
    own = [entry for entry in document["entries"] if entry["state"] == of]
    keys: dict[str, object] = {
        "id": f"{of}-1",
        "state": of,
        "from": min(entry["from"] for entry in own),
        "to": max(entry["to"] for entry in own),
        "floor_m": 0,
        "ceiling_m": max(entry["highest_m"] for entry in own),
        "platform": "PSWRD35",
    }
    return authorisation(**(keys | changed))


def _shifted(document: dict[str, Any], key: str, seconds: int) -> str:
    times = [entry[key] for entry in document["entries"] if entry["state"] == "MEX"]
    edge = datetime.fromisoformat(min(times) if key == "from" else max(times)) + timedelta(seconds=seconds)
    return f"{edge:%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.shared
@NEEDS_CARRIER
@pytest.mark.parametrize("wrong", ["nothing", "begins late", "ends early", "too low", "platform", "state", "no USA"])
def test_only_what_covers_state_time_height_and_platform_clears(
    carrier: dict[str, Any], tmp_path: Path, wrong: str
) -> None:
    highest = max(entry["highest_m"] for entry in carrier["entries"] if entry["state"] == "MEX")
    changed: dict[str, object] = {
        "begins late": {"from": _shifted(carrier, "from", 1)},
        "ends early": {"to": _shifted(carrier, "to", -1)},
        "too low": {"ceiling_m": highest - 1.0},
        "platform": {"platform": "PSWRD36"},
        "state": {"state": "GTM"},
    }.get(wrong, {})
    texts = [_covering(carrier, "MEX", **changed)] + [_covering(carrier, "USA")] * (wrong != "no USA")
    (tmp_path / "allowed.toml").write_text("\n".join(texts))
    document = audited(CARRIER, "--authorisations", "allowed.toml", at=tmp_path, code=0 if wrong == "nothing" else 3)
    refused = {entry["state"] for entry in document["entries"] if entry["authorised_by"] is None}
    assert refused == {"nothing": set(), "no USA": {"USA"}}.get(wrong, {"MEX"})
    cleared = {entry["authorised_by"] for entry in document["entries"]} - {None}
    assert cleared == {"nothing": {"MEX-1", "USA-1"}, "no USA": {"MEX-1"}}.get(wrong, {"USA-1"})


@pytest.fixture(scope="module")
def border(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Audit a flight from San Ysidro to Tijuana, a sample every 100 m or so."""
    folder = tmp_path_factory.mktemp("border")
    track(folder / "flight.csv", [(-117.03, 32.57 - number * 0.0009) for number in range(70)])
    return folder, audited("flight.csv", "--points", "points.csv", at=folder, code=3)


def test_a_track_over_the_border_is_in_one_state_and_then_in_the_other(border: tuple[Path, dict[str, Any]]) -> None:
    """From 32.5343 N, 117.1238 W the border is a straight line to 32.7187 N, 114.7196 W: 32.5415 N at 117.03 W."""
    folder, document = border
    assert [entry["state"] for entry in document["entries"]] == ["MEX", "USA"]
    assert {entry["kind"] for entry in document["entries"]} == {"land"}
    rows = table(folder / "points.csv")
    for row in rows:
        north = 32.57 - int(row["row"]) * 0.0009 - 32.5415
        if abs(north) > 0.0012:
            assert (row["state"], row["verdict"]) == ("USA" if north > 0 else "MEX", "inside")
    assert sorted({int(row["row"]) for row in rows}) == list(range(70))


def test_an_audit_says_who_made_it_of_what(border: tuple[Path, dict[str, Any]]) -> None:
    folder, document = border
    assert document["status"] == "unreviewed lead, not for action"
    assert document["borders"]["within_error_m"] <= 60
    assert str(folder) not in json.dumps(document)
    assert [one["name"] for one in document["upwind"]["inputs"]] == ["flight.csv"]


def test_the_same_audit_gives_the_same_bytes(border: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    folder, _ = border
    out, points = tmp_path / "audit.json", tmp_path / "points.csv"
    done = upwind("flight.csv", "--points", points, "--out", out, at=folder)
    assert done.returncode == 3
    assert out.read_bytes() == (folder / "audit.json").read_bytes()
    assert points.read_bytes() == (folder / "points.csv").read_bytes()


#: North to south through P-56 about the White House, and over Groom Lake within R-4808N.
WASHINGTON = [(-77.0365, 38.93 - number * 0.002) for number in range(35)]
GROOM_LAKE = [(-115.811, 37.30 - number * 0.002) for number in range(40)]
LONG = {"from": "2026-07-01T00:00:00Z", "to": "2026-08-01T00:00:00Z", "platform": "*"}


def test_special_use_needs_an_authorisation_that_says_so(tmp_path: Path) -> None:
    track(tmp_path / "washington.csv", WASHINGTON)
    track(tmp_path / "groom.csv", GROOM_LAKE)
    (tmp_path / "plain.toml").write_text(authorisation(id="U1", state="USA", **LONG))
    (tmp_path / "special.toml").write_text(authorisation(id="U2", state="USA", special_use=True, **LONG))
    tracks = ("washington.csv", "groom.csv")
    refused = audited(*tracks, "--authorisations", "plain.toml", at=tmp_path, code=3)
    entered = [entry for entry in refused["entries"] if entry["kind"] == "special use"]
    assert {(entry["state"], entry["authorised_by"]) for entry in entered} == {("USA", None)}
    by_track = {name: {entry["name"] for entry in entered if entry["track"] == name} for name in tracks}
    assert any("P56" in name.replace("-", "") for name in by_track["washington.csv"])
    assert any("R4808N" in name.replace("-", "") for name in by_track["groom.csv"])
    land = [entry for entry in refused["entries"] if entry["kind"] != "special use"]
    assert {(entry["track"], entry["authorised_by"]) for entry in land} == {(name, "U1") for name in tracks}
    cleared = audited(*tracks, "--authorisations", "special.toml", at=tmp_path, code=0)
    assert {entry["authorised_by"] for entry in cleared["entries"]} == {"U2"}
    assert len(cleared["entries"]) == len(refused["entries"])


OPENAIR = """\
AC R
AN HOME
AL GND
AH 300 ft AGL
DP 20:00:00 N 040:00:00 W
DP 20:01:00 N 040:00:00 W
DP 20:01:00 N 039:59:00 W
DP 20:00:00 N 039:59:00 W
"""
#: A square of a minute and a half beside it, on the high sea, where there is no state.
FENCE = {
    "type": "Feature",
    "properties": {"name": "fence", "kind": "prohibited"},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[-40.05, 20.0], [-40.03, 20.0], [-40.03, 20.02], [-40.05, 20.02], [-40.05, 20.0]]],
    },
}


def test_areas_of_files_stand_in_place_of_those_brought_along(tmp_path: Path) -> None:
    (tmp_path / "home.txt").write_text(OPENAIR)
    (tmp_path / "fence.geojson").write_text(json.dumps(FENCE))
    beside = 20.0 / DEGREE_M  # 20 m south of the fence, so within error of it
    track(tmp_path / "over.csv", [(-39.9917, 20.008), (-39.9916, 20.009)])
    track(tmp_path / "high.csv", [(-39.9917, 20.008), (-39.9916, 20.009)], height="100")
    track(tmp_path / "near.csv", [(-40.04, 20.0 - beside), (-40.041, 20.0 - beside)])
    track(tmp_path / "far.csv", [(-40.04, 20.0 - 4 * beside), (-40.041, 20.0 - 4 * beside)])
    track(tmp_path / "unknown.csv", [(-39.9917, 20.008), (-39.9916, 20.009)], height="")
    names = ("over.csv", "high.csv", "near.csv", "far.csv", "unknown.csv")
    document = audited(*names, "--airspace", "home.txt", "--airspace", "fence.geojson", at=tmp_path, code=3)
    found = {entry["track"]: (entry["kind"], entry["points"], entry["verdict"]) for entry in document["entries"]}
    assert found == {
        "over.csv": ("special use", 2, "inside"),
        "near.csv": ("special use", 2, "within error"),
        "unknown.csv": ("special use", 2, "within error"),
    }


def test_without_a_height_a_ceiling_does_not_clear(tmp_path: Path) -> None:
    track(tmp_path / "known.csv", [(-100.0, 42.0), (-100.0, 42.001)])
    track(tmp_path / "unknown.csv", [(-100.0, 42.0), (-100.0, 42.001)], height="")
    (tmp_path / "ceiling.toml").write_text(authorisation(id="U1", state="USA", ceiling_m=10_000, **LONG))
    (tmp_path / "none.toml").write_text(authorisation(id="U1", state="USA", **LONG))
    tracks = ("known.csv", "unknown.csv")
    document = audited(*tracks, "--authorisations", "ceiling.toml", at=tmp_path, code=3)
    by_track = {entry["track"]: entry for entry in document["entries"]}
    assert by_track["known.csv"]["authorised_by"] == "U1"
    assert by_track["unknown.csv"]["authorised_by"] is None
    assert "how high the flight was is not known" in by_track["unknown.csv"]["why_not"]
    audited(*tracks, "--authorisations", "none.toml", at=tmp_path, code=0)


def test_files_of_one_flight_are_not_joined(tmp_path: Path) -> None:
    """From Bermuda's west to Portugal's: joined, they would pass over the one and come near the other."""
    track(tmp_path / "one.csv", [(-66.0, 32.3), (-66.0, 32.301)])
    track(tmp_path / "other.csv", [(-60.0, 32.3), (-60.0, 32.301)])
    assert audited("one.csv", "other.csv", at=tmp_path, code=0)["entries"] == []
    both = (tmp_path / "one.csv").read_text().splitlines()
    later = [row.replace("T12:0", "T23:0") for row in (tmp_path / "other.csv").read_text().splitlines()[1:]]
    (tmp_path / "both.csv").write_text("\n".join([*both, *later]) + "\n")
    joined = audited("both.csv", at=tmp_path, code=3)["entries"]
    assert {(entry["state"], entry["points"]) for entry in joined} == {("BMU", 0)}
    (tmp_path / "two.csv").write_text("\n".join([*both, *(row.replace("F1", "F2") for row in later)]) + "\n")
    assert audited("two.csv", at=tmp_path, code=0)["entries"] == []


def test_platform_names_what_a_track_does_not(tmp_path: Path) -> None:
    track(tmp_path / "named.csv", [(-100.0, 42.0), (-100.0, 42.001)])
    track(tmp_path / "silent.csv", [(-100.0, 42.0), (-100.0, 42.001)], names="F1,")
    (tmp_path / "allowed.toml").write_text(authorisation(id="U1", state="USA", **{**LONG, "platform": "balloon"}))
    tracks = ("named.csv", "silent.csv", "--authorisations", "allowed.toml")
    document = audited(*tracks, "--platform", "Balloon", at=tmp_path, code=3)
    assert {entry["track"]: (entry["platform"], entry["authorised_by"]) for entry in document["entries"]} == {
        "named.csv": ("drone", None),
        "silent.csv": ("Balloon", "U1"),
    }
    silent = audited("silent.csv", "--authorisations", "allowed.toml", at=tmp_path, code=3)
    assert "that of the flight is not known" in silent["entries"][0]["why_not"]


@pytest.mark.parametrize(
    "text", ["[[authorisation]]\nid = 'x'\n", "nonsense", "", authorisation(id="x", state="XXX", **LONG)]
)
def test_a_bad_authorisation_file_is_one_line_and_nothing_is_written(tmp_path: Path, text: str) -> None:
    track(tmp_path / "flight.csv", [(-100.0, 42.0), (-100.0, 42.001)])
    (tmp_path / "bad.toml").write_text(text)
    before = sorted(path.name for path in tmp_path.iterdir())
    given = ("flight.csv", "--authorisations", "bad.toml", "--points", "points.csv", "--out", "audit.json")
    done = upwind(*given, at=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "bad.toml" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize("given", [("--out", "flight.csv"), ("--out", "audit.json", "--points", "./audit.json")])
def test_no_result_is_written_over_an_input_or_another_result(tmp_path: Path, given: tuple[str, ...]) -> None:
    path = track(tmp_path / "flight.csv", [(-100.0, 42.0), (-100.0, 42.001)])
    before = path.read_bytes()
    done = upwind("flight.csv", *given, at=tmp_path)
    assert done.returncode == 1
    assert "named twice" in done.stderr
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["flight.csv"]


def test_of_two_tracks_a_bad_one_leaves_nothing(tmp_path: Path) -> None:
    track(tmp_path / "good.csv", [(-100.0, 42.0), (-100.0, 42.001)])
    track(tmp_path / "bad.csv", [(-100.0, 42.0), (-100.0, 142.0)])
    done = upwind("good.csv", "bad.csv", "--out", "audit.json", at=tmp_path)
    assert done.returncode == 1
    assert "bad.csv:3" in done.stderr
    assert not (tmp_path / "audit.json").exists()


def test_over_the_high_sea_there_is_no_entry(tmp_path: Path) -> None:
    track(tmp_path / "sea.csv", [(-40.0, 30.0), (-40.0, 30.001)])
    document = audited("sea.csv", at=tmp_path, code=0)
    assert (document["entries"], document["unauthorised"], document["counts"]) == ([], 0, [])
