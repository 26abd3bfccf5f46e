"""The register says what the files say; its counts are those that one makes by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from makers.flown import trajectory

from upwind.errors import ContractError
from upwind.flights.register import box_around, counts, register
from upwind.readers.mission import read_mission
from upwind.records import Entry, EntryKind, Trajectory, Verdict

NOON = datetime(2020, 9, 14, 12, tzinfo=UTC)


def flown(longitude: list[float], latitude: list[float], **changes: Any) -> Trajectory:
    times = NOON.timestamp() + 10.0 * np.arange(len(longitude))
    return trajectory(times, longitude, latitude, **({"name": "a.csv", "sha256": "ab" * 32} | changes))


def registered(folder: Path, keys: str, *trajectories: Trajectory) -> Any:
    """Return the one row of a mission whose flight left these trajectories."""
    names = [f"{count}.csv" for count in range(len(trajectories))]
    for name in names:
        (folder / name).write_text("time\n")
    files = ", ".join(f'"{name}"' for name in names)
    (folder / "mission.toml").write_text(f'name = "n"\n[[flight]]\nid = "F1"\nfiles = [{files}]\n{keys}\n')
    places = [folder / name for name in names]
    (row,) = register(read_mission(folder), dict(zip(places, trajectories, strict=True)))
    return row


def test_a_row_says_what_flew_where_and_when(tmp_path: Path) -> None:
    heights = np.array([np.nan, 120.0, 80.0])
    one = flown([0.0, 0.0, 1.0], [0.0, 1.0, 1.0], height=heights)
    row = registered(tmp_path, 'platform = "Quadcopter"\nsensor = "PTR-MS"\nauthority = "order 7"', one)
    assert (row.flight, row.platform, row.sensor, row.authority) == ("F1", "Quadcopter", "PTR-MS", "order 7")
    assert row.files == (("a.csv", "ab" * 32),)
    assert (row.start, row.end, row.duration_s) == (NOON, NOON + timedelta(seconds=20), 20.0)
    assert (row.lowest_m, row.highest_m, row.samples) == (80.0, 120.0, 3)
    assert row.box == (0.0, 0.0, 1.0, 1.0)
    # A degree of latitude at the equator is 110.574 km, one of longitude on the first parallel 111.303 km (WGS84,
    # NGA.STND.0036: N cos(latitude)); the geodesic lies within centimetres of the parallel here.
    assert row.length_km == pytest.approx(110.574 + 111.303, abs=0.002)


def test_a_path_never_leads_from_file_to_file_or_flight_to_flight(tmp_path: Path) -> None:
    first = flown([0.0, 0.0], [0.0, 1.0])
    far = flown([90.0, 90.0], [0.0, 1.0], name="b.csv")
    assert registered(tmp_path, "", first, far).length_km == pytest.approx(2 * 110.574, abs=0.002)
    mixed = flown([0.0, 90.0, 0.0, 90.0], [0.0, 0.0, 1.0, 1.0], flight=np.array([0, 1, 0, 1]), flights=("1", "2"))
    assert registered(tmp_path, "", mixed).length_km == pytest.approx(2 * 110.574, abs=0.002)


def test_what_stands_still_goes_no_way(tmp_path: Path) -> None:
    sensors = flown([0.0, 0.001, 0.0, 0.001], [0.0, 0.0, 0.0, 0.0])
    row = registered(tmp_path, 'platform = "fixed"', sensors)
    assert row.length_km == 0.0
    assert (row.lowest_m, row.highest_m) == (None, None)


def test_where_the_mission_is_silent_the_files_name_the_platform(tmp_path: Path) -> None:
    said = flown([0.0, 0.0], [0.0, 1.0], platforms=("PSWRD35",))
    assert registered(tmp_path, "", said).platform == "PSWRD35"
    assert registered(tmp_path, 'platform = "N123"', said).platform == "N123"


def test_a_file_without_a_trajectory_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("time\n")
    (tmp_path / "mission.toml").write_text('name = "n"\n[[flight]]\nid = "F1"\nfiles = ["a.csv"]\n')
    with pytest.raises(ContractError, match=r"F1: there is no trajectory of a\.csv"):
        register(read_mission(tmp_path), {})
    with pytest.raises(ContractError, match="no sample"):
        register(read_mission(tmp_path), {tmp_path / "a.csv": flown([], [])})


@pytest.mark.parametrize(
    ("longitude", "west", "east"),
    [
        ([10.0, 20.0, 15.0], 10.0, 20.0),
        ([179.5, -179.0, 178.0], 178.0, -179.0),
        ([-120.0, 0.0, 120.0], -120.0, 120.0),
        ([7.0, 7.0], 7.0, 7.0),
        ([-180.0, 180.0], 180.0, -180.0),
    ],
)
def test_a_box_goes_the_short_way_round(longitude: list[float], west: float, east: float) -> None:
    box = box_around(np.array(longitude), np.linspace(-1.0, 1.0, len(longitude)))
    assert box == (west, -1.0, east, 1.0)


def entry(**changes: Any) -> Entry:
    said: dict[str, Any] = {
        "state": "MEX",
        "kind": EntryKind.SEA,
        "name": "",
        "flight": "F1",
        "platform": "PSWRD35",
        "track": "a.csv",
        "start": NOON,
        "end": NOON + timedelta(seconds=3, microseconds=250),
        "points": 4,
        "verdict": Verdict.INSIDE,
        "disputed": False,
        "suspect": False,
        "lowest_m": 800.0,
        "highest_m": None,
        "authorised_by": (),
        "why_not": "",
    }
    return Entry(**(said | changes))


def test_an_entry_is_spelt_as_the_layout_says() -> None:
    said = json.loads(json.dumps(entry().as_json()))
    assert said == {
        "state": "MEX",
        "kind": "territorial sea",
        "name": "",
        "flight": "F1",
        "platform": "PSWRD35",
        "track": "a.csv",
        "from": "2020-09-14T12:00:00Z",
        "to": "2020-09-14T12:00:03.000250Z",
        "points": 4,
        "verdict": "inside",
        "disputed": False,
        "suspect": False,
        "lowest_m": 800.0,
        "highest_m": None,
        "authorised_by": None,
        "why_not": "",
    }
    assert entry(authorised_by=("7",)).as_json()["authorised_by"] == "7"
    assert entry(authorised_by=("7", "8")).as_json()["authorised_by"] == ["7", "8"]


def test_entries_are_counted_by_state_platform_and_month() -> None:
    late = datetime(2020, 9, 30, 20, tzinfo=timezone(timedelta(hours=-7)))  # October in UTC
    entries = [
        entry(),
        entry(authorised_by=("7",), verdict=Verdict.WITHIN_ERROR),
        entry(start=late, disputed=True),
        entry(state="USA", platform="N123", suspect=True, authorised_by=("7", "8")),
    ]
    rows = [(one.state, one.platform, one.month, one.entries, one.unauthorised) for one in counts(entries)]
    assert rows == [
        ("MEX", "PSWRD35", "2020-09", 2, 1),
        ("MEX", "PSWRD35", "2020-10", 1, 1),
        ("USA", "N123", "2020-09", 1, 0),
    ]
    (every,) = counts(entries, by=())
    assert (every.entries, every.authorised, every.within_error, every.disputed, every.suspect) == (4, 2, 1, 1, 1)
    assert every.as_json()["unauthorised"] == 2
    assert [(one.month, one.entries) for one in counts(entries, by=("month",))] == [("2020-09", 3), ("2020-10", 1)]
    assert counts([]) == ()
