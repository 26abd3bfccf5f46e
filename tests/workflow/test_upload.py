"""A plan goes to an aircraft over a link that loses and doubles, and is read back as it was sent."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path

import pytest
from makers.vehicle import ARDUPILOT, PX4, Vehicle

from upwind.cli import main
from upwind.flights.exports.frames import GROUND, Frame, Kind, framed, frames_in

EXAMPLE = Path(__file__).parents[2] / "missions" / "plan-example"
START = "2026-10-15T12:00:00Z"


def plan(out: Path, *more: str, leave: bool = True) -> int:
    files = [("--platform", "platform.toml"), ("--sensor", "sensor.toml")]
    files += [("--authorisations", "authorisations.toml")] if leave else []
    named = [word for option, name in files for word in (option, str(EXAMPLE / name))]
    return main(["plan", str(EXAMPLE / "area.geojson"), *named, "--start", START, "--out", str(out), *more])


@pytest.mark.parametrize(("autopilot", "loss"), [(ARDUPILOT, 0.0), (PX4, 0.1)], ids=["ardupilot", "px4 on a bad link"])
def test_an_aircraft_holds_the_plan_as_the_file_does(tmp_path: Path, autopilot: int, loss: float) -> None:
    out = tmp_path / "p.plan"
    with Vehicle(autopilot, loss, doubled=loss) as vehicle:
        assert plan(out, "--upload", vehicle.link) == 0
        mission = [vehicle.mission[seq] for seq in sorted(vehicle.mission)]
    items = json.loads(out.read_text(encoding="utf-8"))["mission"]["items"]
    if autopilot == ARDUPILOT:
        assert mission.pop(0)[8] == 16  # home
    assert [item[8] for item in mission] == [item["command"] for item in items]
    for held, item in zip(mission, items, strict=True):
        if item["command"] == 16:
            latitude, longitude, height = item["params"][4:]
            assert held[4] / 1e7 == pytest.approx(latitude, abs=1e-7)
            assert held[5] / 1e7 == pytest.approx(longitude, abs=1e-7)
            assert held[6] == pytest.approx(height, abs=0.01)


def test_what_the_gate_refuses_never_reaches_an_aircraft(tmp_path: Path) -> None:
    with Vehicle() as vehicle:
        assert plan(tmp_path / "p.plan", "--upload", vehicle.link, leave=False) == 3
        assert vehicle.mission == {}


def test_a_refusal_and_a_changed_item_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Vehicle() as vehicle:
        vehicle.refuses = 4
        assert plan(tmp_path / "p.plan", "--upload", vehicle.link) == 1
    assert "refuses the fence (MAV_MISSION_RESULT 4)" in capsys.readouterr().err
    with Vehicle() as vehicle:
        vehicle.changes = 3
        assert plan(tmp_path / "p.plan", "--upload", vehicle.link) == 1
    assert "mission item 3 on the aircraft is not the one that was sent" in capsys.readouterr().err


@pytest.mark.parametrize(("autopilot", "height"), [(ARDUPILOT, 400.0), (PX4, 0.0)], ids=["ardupilot", "px4"])
def test_an_aircraft_holds_its_fence_and_the_way_home_before_the_mission(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], autopilot: int, height: float
) -> None:
    """A rally point's height is that of the way there to ArduPilot, and that of the ground there to PX4."""
    out = tmp_path / "p.plan"
    with Vehicle(autopilot) as vehicle:
        assert plan(out, "--base", "124.49,-20.605", "--upload", vehicle.link) == 0
        lists = vehicle.lists
    assert list(lists) == [1, 2, 0]
    (fence,) = json.loads(out.read_text(encoding="utf-8"))["geoFence"]["polygons"]
    held = [[item[4] / 1e7, item[5] / 1e7] for item in lists[1].values()]
    assert held == [pytest.approx(corner, abs=1e-7) for corner in fence["polygon"]]
    assert {(item[8], item[0], item[11]) for item in lists[1].values()} == {(5001, len(held), 0)}
    (rally,) = lists[2].values()
    assert (rally[4] / 1e7, rally[5] / 1e7, rally[6]) == pytest.approx((-20.605, 124.49, height), abs=1e-7)
    assert (rally[8], rally[11]) == (5100, 3)
    assert f"holds {len(held)} fence items, 1 rally item, " in capsys.readouterr().out


def test_rally_points_of_another_day_go_and_an_aircraft_without_fences_still_flies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Vehicle() as vehicle:
        vehicle.lists[2] = {0: (0.0,) * 15}
        vehicle.knows = (0, 2)
        assert plan(tmp_path / "p.plan", "--upload", vehicle.link) == 0
        assert vehicle.lists[2] == {}
        assert vehicle.mission
    assert "holds no fence (it knows none), 0 rally items, " in capsys.readouterr().out


def test_frames_are_those_that_pymavlink_writes() -> None:
    """Octets written by pymavlink 2.4.50: a heartbeat, a count of 12, and a waypoint near Canberra."""
    item = struct.pack(
        "<ffffiifHHBBBBBB", 0.0, 2.5, 0.0, math.nan, -353621474, 1491651746, 120.5, 5, 16, 1, 1, 3, 0, 1, 0
    )
    for count, kind, says, octets in (
        (1, Kind.HEARTBEAT, struct.pack("<IBBBBB", 0, 6, 8, 0, 4, 3), "fd09000001ffbe0000000000000006080004032dc6"),
        (2, Kind.MISSION_COUNT, struct.pack("<HBB", 12, 1, 1), "fd04000002ffbe2c00000c000101d98d"),
        (
            7,
            Kind.MISSION_ITEM_INT,
            item,
            "fd25000007ffbe4900000000000000002040000000000000c07f1e2aeceaa2cce8580000f1420500100001010300018d29",
        ),
    ):
        frame = Frame(sender=GROUND, kind=kind, says=says)
        assert framed(frame, count).hex() == octets
        (back,) = frames_in(b"noise" + bytes.fromhex(octets) + b"\xfd")
        assert back.says.ljust(len(says), b"\0") == says
