"""The main job from a mission's folder to its files, as a person starts it."""

import hashlib
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from upwind.readers.geotiff import read_search_map

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "missions" / "prairie-grass"
NAMES = {"sheet-1.html", "sources.geojson", "sites.geojson", "search.tif", "audit.json", "report.html"}
REPORTS = """id,time,longitude,latitude,radius_m,kind,reliability,credibility,origin,text
R1,1956-08-24T08:00:00Z,-98.5699,42.4914,60,tip,B,2,caller 1,"it smells, at night"
R2,1956-08-25T09:00:00Z,-98.5699,42.4914,60,tip,C,3,caller 1,told again
R3,1956-08-25T10:00:00Z,-98.5000,42.4000,100,waste dump,C,3,,
"""


def upwind(*arguments: str | Path, at: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "upwind", *map(str, arguments)],
        cwd=at,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def mission(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run of the bundled mission, and a flight that says nothing."""
    folder = tmp_path_factory.mktemp("mission")
    for name in ("run57.csv", "truth.csv"):
        shutil.copy(SOURCE / name, folder)
    rows = (folder / "run57.csv").read_text().splitlines()
    (folder / "short.csv").write_text("\n".join(rows[:4]) + "\n")
    (folder / "reports.csv").write_text(REPORTS)
    (folder / "mission.toml").write_text(
        'name = "one"\ntruth = "truth.csv"\nreports = "reports.csv"\n'
        '[[flight]]\nid = "run 57"\nfiles = ["run57.csv"]\nplatform = "fixed"\n'
        '[[flight]]\nid = "short"\nfiles = ["short.csv"]\nplatform = "fixed"\n'
    )
    return folder


@pytest.fixture(scope="module")
def first(mission: Path) -> subprocess.CompletedProcess[str]:
    return upwind("run", mission, "--store", f"sqlite:///{mission / 's.db'}", at=mission)


def test_a_run_ends_well_and_says_where_results_are(first: subprocess.CompletedProcess[str], mission: Path) -> None:
    assert first.returncode == 0, first.stderr
    assert first.stderr == ""
    lines = first.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[-1].startswith("Results are in out/one: ")
    assert {path.name for path in (mission / "out" / "one").iterdir()} == NAMES
    assert "short, sulfur dioxide: not enough data" in first.stdout


def test_the_known_release_stands_beside_the_estimate(first: subprocess.CompletedProcess[str], mission: Path) -> None:
    assert "off by" in first.stdout
    made = json.loads((mission / "out" / "one" / "sources.geojson").read_text())
    assert [feature["properties"]["flights"] for feature in made["features"]] == [["run 57"]]
    longitude, latitude = made["features"][0]["geometry"]["coordinates"]
    assert longitude == pytest.approx(-98.569899, abs=40 / 82_000)
    assert latitude == pytest.approx(42.491390, abs=40 / 111_000)


def test_every_file_says_that_nobody_reviewed_it(first: subprocess.CompletedProcess[str], mission: Path) -> None:
    assert first.returncode == 0
    for path in (mission / "out" / "one").iterdir():
        assert b"nreviewed lead, not for action" in path.read_bytes(), path.name
    audit = json.loads((mission / "out" / "one" / "audit.json").read_text())
    assert audit["status"] == "unreviewed lead, not for action"
    assert audit["entries"] == []
    assert audit["flights"][0]["samples"] == 118
    # The readings last ten minutes, of which `time` is the start.
    assert (audit["flights"][0]["from"], audit["flights"][0]["to"]) == ("1956-08-25T23:30:00Z", "1956-08-25T23:40:00Z")
    made = json.loads((mission / "out" / "one" / "sites.geojson").read_text())
    assert made["status"] == "unreviewed lead, not for action"
    sites = made["features"]
    assert all(
        {"id", "probability", "gas", "explanations", "emission_rate"} <= set(site["properties"]) for site in sites
    )


def test_the_search_map_and_the_flights_come_into_the_store(
    first: subprocess.CompletedProcess[str], mission: Path
) -> None:
    assert "1 of 1 candidate sites are new or changed in the store" in first.stdout
    whole = (mission / "out" / "one" / "search.tif").read_bytes()
    told = upwind("log", "export", "--out", "log.jsonl", "--store", f"sqlite:///{mission / 's.db'}", at=mission)
    assert told.returncode == 0, told.stderr
    entries = [json.loads(line) for line in (mission / "log.jsonl").read_text().splitlines()]
    (searched,) = [entry["body"] for entry in entries if entry.get("what") == "search-map"]
    assert searched["sha256"] == hashlib.sha256(whole).hexdigest()
    assert searched["until"] == "1956-08-25T23:40:00Z"
    assert searched["flights"] == ["run 57", "short"]
    kept = mission / "s.db.evidence" / searched["sha256"][:2] / searched["sha256"]
    assert kept.read_bytes() == whole


def test_sites_are_fused_ranked_and_add_up(first: subprocess.CompletedProcess[str], mission: Path) -> None:
    assert "1 candidate site" in first.stdout
    assert "1 of 3 reports fit no site." in first.stdout
    assert "of the area, most about " in first.stdout
    made = json.loads((mission / "out" / "one" / "sites.geojson").read_text())
    (site,) = made["features"]
    said = site["properties"]
    assert said["id"] == site["id"]
    assert [term["kind"] for term in said["terms"]] == ["prior", "seen", "report", "report"]
    assert said["terms"][3]["counted_with"] == "R1"
    odds = sum(term["weight"]["median"] for term in said["terms"])
    assert said["probability"] == pytest.approx(1.0 / (1.0 + math.exp(-odds)), abs=1e-5)
    assert said["probability"] > 0.5
    assert said["abstained"] is True
    assert sum(each["probability"] for each in said["explanations"]) < 1.0
    assert {row["id"]: row["site"] for row in made["reports"]} == {"R1": site["id"], "R2": site["id"], "R3": None}
    assert [event["decision"] for event in made["events"]] == ["minted", "joined", "joined"]
    page = (mission / "out" / "one" / "report.html").read_text()
    assert all(f'id="{part}"' in page for part in ("sites", "reports", "search", site["id"]))
    assert "same origin as R1" in page


def test_people_and_outcomes_are_heard(first: subprocess.CompletedProcess[str], mission: Path, tmp_path: Path) -> None:
    """Outcomes weigh reports anew, and a report that a person parted from a site speaks no more for it."""
    assert first.returncode == 0
    (before,) = json.loads((mission / "out" / "one" / "sites.geojson").read_text())["features"]
    shutil.copytree(mission, tmp_path / "two", ignore=shutil.ignore_patterns("out"))
    written = tmp_path / "two" / "mission.toml"
    written.write_text('ratios = "ratios.toml"\ndecisions = "decisions.csv"\n' + written.read_text())
    (written.parent / "ratios.toml").write_text("[tip]\nratio = 30\nlower = 10\nupper = 90\nsource = 'outcomes'\n")
    (written.parent / "decisions.csv").write_text(f"decision,site,other,evidence\npart,{before['id']},,R2\n")
    assert upwind("run", "two", "--out", "heard", at=tmp_path).returncode == 0
    made = json.loads((tmp_path / "heard" / "sites.geojson").read_text())
    (site,) = made["features"]
    assert site["properties"]["reports"] == ["R1"]
    assert made["events"][-1] == {"decision": "parted", "site": before["id"], "other": "", "evidence": ["R2"]}
    old, new = (one["properties"]["terms"][2]["weight"]["median"] for one in (before, site))
    assert old < new < math.log(30.0)
    (written.parent / "ratios.toml").write_text("[dream]\nratio = 30\nlower = 10\nupper = 90\nsource = 'x'\n")
    refused = upwind("run", "two", "--out", "never", at=tmp_path)
    assert (refused.returncode, "there is no kind of report 'dream'" in refused.stderr) == (1, True)
    assert not (tmp_path / "never").exists()


def test_the_search_map_is_one_that_plans_take(first: subprocess.CompletedProcess[str], mission: Path) -> None:
    assert first.returncode == 0
    left = read_search_map(mission / "out" / "one" / "search.tif")
    longitude, latitude = left.grid.middles()
    assert longitude.min() < -98.5699 < longitude.max()
    assert latitude.min() < 42.4914 < latitude.max()
    assert 0.0 < left.undiscovered.max() < 1.0


@pytest.mark.slow
def test_a_second_run_gives_the_same_bytes(first: subprocess.CompletedProcess[str], mission: Path) -> None:
    assert first.returncode == 0
    again = upwind("run", mission / "mission.toml", "--out", mission / "again", at=mission.parent)
    assert again.returncode == 0, again.stderr
    for name in NAMES:
        assert (mission / "again" / name).read_bytes() == (mission / "out" / "one" / name).read_bytes(), name


def test_no_machine_path_leaks_into_the_files(first: subprocess.CompletedProcess[str], mission: Path) -> None:
    assert first.returncode == 0
    for path in (mission / "out" / "one").iterdir():
        assert str(mission).encode() not in path.read_bytes(), path.name


def test_bad_input_is_one_line_and_leaves_nothing(mission: Path, tmp_path: Path) -> None:
    shutil.copytree(mission, tmp_path / "bad", ignore=shutil.ignore_patterns("out", "again"))
    rows = (tmp_path / "bad" / "run57.csv").read_text().splitlines()
    rows[9] = rows[9].replace("42.", "942.")
    (tmp_path / "bad" / "run57.csv").write_text("\n".join(rows) + "\n")
    done = upwind("run", tmp_path / "bad", "--out", tmp_path / "results", at=tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "run57.csv:10" in done.stderr
    assert not (tmp_path / "results").exists()


def test_locate_writes_one_collection_and_a_page(mission: Path, tmp_path: Path) -> None:
    out, page = tmp_path / "made.geojson", tmp_path / "page.html"
    box = "-98.58,42.486,-98.56,42.5"
    done = upwind(
        "locate", mission / "run57.csv", "--area", box, "--seed", 2, "--out", out, "--report", page, at=tmp_path
    )
    assert done.returncode == 0, done.stderr
    made = json.loads(out.read_text())
    assert made["type"] == "FeatureCollection"
    assert made["upwind"]["seed"] == 2
    assert sum(row["probability"] for row in made["number_of_sources"]) == pytest.approx(1, abs=1e-4)
    assert "Content-Security-Policy" in page.read_text()


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        (["--area", "1,2,3"], 2),
        (["--area", "5,2,3,4"], 2),
        (["--area", "5,2,6,4"], 1),
        (["--max-sources", "0"], 2),
        (["--max-sources", "21"], 2),
        (["--seed", "-3"], 2),
        (["--gas", "methane"], 1),
        ([SOURCE / "run57.csv"], 1),
    ],
)
def test_locate_refuses_what_makes_no_sense(mission: Path, tmp_path: Path, extra: list[str | Path], code: int) -> None:
    done = upwind("locate", mission / "run57.csv", *extra, "--out", tmp_path / "x.geojson", at=tmp_path)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x.geojson").exists()
