"""A mission is read whole or refused in one line that says where and what would be right."""

from pathlib import Path

import numpy as np
import pytest

from upwind.errors import FormatError
from upwind.readers.mission import read_area, read_mission

MISSION = """\
name = "north"
area = "area.geojson"
gas = ["methane"]
max_sources = 3
truth = "truth.csv"

[[flight]]
id = "F1"
files = ["a.csv", "b.csv"]
platform = "quadcopter"
sensor = "PTR-MS"
wind = "wind.csv"
authority = "order 7"
group = "north"

[[flight]]
id = "mast"
files = ["a.csv"]
platform = "fixed"
"""
AREA = '{"type": "Polygon", "coordinates": [[[-98.6, 42.4], [-98.5, 42.4], [-98.5, 42.5], [-98.6, 42.4]]]}'
TRUTH = "file,source,longitude,latitude,height_m,rate_kg_h\na.csv,one,-98.55,42.45,0.5,\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.csv", "b.csv", "wind.csv"):
        (tmp_path / name).write_text("time\n")
    (tmp_path / "area.geojson").write_text(AREA)
    (tmp_path / "truth.csv").write_text(TRUTH)
    (tmp_path / "mission.toml").write_text(MISSION)
    return tmp_path


def test_every_key_is_read(folder: Path) -> None:
    mission = read_mission(folder)
    first, second = mission.flights
    assert (mission.name, mission.gases, mission.max_sources) == ("north", ("methane",), 3)
    assert mission.area == (-98.6, 42.4, -98.5, 42.5)
    assert first.files == (folder / "a.csv", folder / "b.csv")
    assert (first.wind, first.group, first.authority) == (folder / "wind.csv", "north", "order 7")
    assert (second.platform, second.wind, second.group) == ("fixed", None, "")
    assert [name for name, _ in mission.files] == ["mission.toml", "area.geojson", "truth.csv"]
    assert (mission.truth[0].file, mission.truth[0].longitude) == ("a.csv", -98.55)
    assert np.isnan(mission.truth[0].emission_rate)


def test_folder_and_file_are_the_same_mission(folder: Path) -> None:
    assert str(read_mission(folder)).replace("nan", "") == str(read_mission(folder / "mission.toml")).replace("nan", "")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("max_sources", "max_source", "did you mean 'max_sources'?"),
        ("sensor =", "senser =", "did you mean 'sensor'?"),
        ("max_sources = 3", "max_sources = 0", "0 is not from 1 to 20"),
        ("max_sources = 3", "max_sources = true", "is not a whole number"),
        ('gas = ["methane"]', 'gas = "methane"', "is not a list of texts"),
        ('gas = ["methane"]', "gas = []", "is not a list of texts"),
        ('"b.csv"', '"c.csv"', "there is no file 'c.csv' beside the mission; did you mean"),
        ('id = "mast"', 'id = "F1"', "'F1' is taken"),
        ('id = "mast"', "", 'flight 2: key "id" is missing'),
        ("max_sources = 3", "max_sources = 21", "21 is not from 1 to 20"),
        ('name = "north"', 'name = "../north"', "cannot name a folder"),
        ('name = "north"', 'name = ".."', "cannot name a folder"),
        ('name = "north"', 'name = "no\\u0000rth"', "cannot name a folder"),
        ('name = "north"', 'name = "north', "this is not TOML"),
        ("[[flight]]", "[flight]", "this is not TOML"),
    ],
)
def test_faults_name_the_place_and_the_remedy(folder: Path, old: str, new: str, said: str) -> None:
    (folder / "mission.toml").write_text(MISSION.replace(old, new))
    with pytest.raises(FormatError) as fault:
        read_mission(folder)
    line = str(fault.value)
    assert said in line
    assert "mission.toml" in line
    assert "\n" not in line
    assert len(line) <= 400


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line"),
        ("file,source\na,b\n", 'column "longitude"'),
        (TRUTH.replace("42.45", "north"), "'north' is no number"),
        (TRUTH.replace("42.45", "142.45"), "not on the globe"),
        (TRUTH.replace("one,", ""), "5 cells, not 6"),
    ],
)
def test_faults_of_the_truth(folder: Path, text: str, said: str) -> None:
    (folder / "truth.csv").write_text(text)
    with pytest.raises(FormatError) as fault:
        read_mission(folder)
    assert "truth.csv" in str(fault.value)
    assert said in str(fault.value) or not text


@pytest.mark.parametrize("text", ["", "{", "[]", '{"type": "Point", "coordinates": [200, 10]}', "[" * 100_000])
def test_what_is_no_area_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.geojson").write_text(text)
    with pytest.raises(FormatError):
        read_area(tmp_path / "x.geojson")


def test_no_mission_here(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"mission\.toml"):
        read_mission(tmp_path)


def test_the_bundled_mission_is_sound() -> None:
    mission = read_mission(Path(__file__).parents[2] / "missions" / "prairie-grass")
    assert len(mission.flights) == len(mission.truth) == 3
    assert {truth.file for truth in mission.truth} == {path.name for one in mission.flights for path in one.files}
