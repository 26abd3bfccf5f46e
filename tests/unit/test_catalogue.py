"""The catalogue holds what missions name, says where its figures come from, and refuses figures that no thing has."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from upwind.errors import FormatError, InputError
from upwind.flights.catalogue import platform, platform_of, platforms, sensor, sensor_of, sensors
from upwind.readers.mission import read_mission
from upwind.records import Platform, Sensor

TOP = Path(__file__).parents[2]
WING = """\
name = "wing"
speed_m_s = 25.0
bank_deg = 25.0
endurance_h = 200
"""
SCANNER = """\
name = "line scanner"
swath_m = 300.0      # at height_m
overlap = 0.2        # of the swath, between neighbouring lines
height_m = 400       # above ground
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("mission", ["prairie-grass", "exercise-one"])
def test_what_the_bundled_missions_name_is_in_it(mission: str) -> None:
    for flight in read_mission(TOP / "missions" / mission).flights:
        assert platform_of(flight) is not None
        assert sensor_of(flight) is not None


@pytest.mark.parametrize("name", ["quadcopter", "QuadCopter ", "vtol", "king air", "King  Air", "er-2", "P-8"])
def test_capitals_and_blanks_make_no_difference(name: str) -> None:
    assert platform(name).name == " ".join(name.lower().split())


@pytest.mark.parametrize("name", ["PTR-MS", "ptr-ms", "Midget Impinger", "drone", "HyTES", "methaneair"])
def test_sensors_are_found_alike(name: str) -> None:
    assert sensor(name).name.casefold() == name.casefold()


def test_what_does_not_fly_says_so() -> None:
    assert not platform("fixed").flies
    assert [one.name for one in platforms().values() if not one.flies] == ["fixed"]


def test_every_figure_has_a_source_and_what_is_not_verified_says_why() -> None:
    for one in (*platforms().values(), *sensors().values()):
        assert one.source
        assert one.verified != bool(one.why_unverified), one.name
        assert one.description


def test_figures_agree_with_each_other() -> None:
    # To a tenth, as they come from different sheets: what flies its range at its cruise does not outstay its endurance.
    for one in platforms().values():
        if one.flies and one.range_km is not None:
            hours = one.range_km / (one.speed_m_s * 3.6)
            assert hours <= 1.1 * one.endurance_h, one.name


def test_no_field_speaks_of_arms() -> None:
    names = " ".join(field.name for noun in (Platform, Sensor) for field in fields(noun))
    texts = " ".join(f"{one.description} {one.name}" for one in (*platforms().values(), *sensors().values()))
    assert not any(word in f"{names} {texts}".lower() for word in ("weapon", "arm", "strike", "target", "hunter"))


@pytest.mark.parametrize(
    ("name", "said"),
    [("quadcoptr", "did you mean 'quadcopter'?"), ("king-air", "did you mean 'king air'?"), ("", "is no platform")],
)
def test_a_name_that_is_not_there_is_answered_with_the_nearest(name: str, said: str) -> None:
    with pytest.raises(InputError) as fault:
        platform(name)
    assert said in str(fault.value)
    with pytest.raises(InputError, match="is no sensor of the catalogue"):
        sensor(f"{name} of no kind")


def test_the_examples_of_the_layout_are_read(tmp_path: Path) -> None:
    wing = platform(written(tmp_path, WING))
    assert (wing.name, wing.speed_m_s, wing.bank_deg, wing.endurance_h) == ("wing", 25.0, 25.0, 200.0)
    assert (wing.fastest_m_s, wing.ceiling_m, wing.verified) == (None, None, False)
    scanner = sensor(str(written(tmp_path, SCANNER)))
    assert (scanner.name, scanner.swath_m, scanner.overlap, scanner.height_m) == ("line scanner", 300.0, 0.2, 400.0)
    assert scanner.detection_limits == ()


def test_detection_limits_bear_their_units(tmp_path: Path) -> None:
    said = SCANNER + 'detection_limits = { "methane [ppm m]" = 500, "acetone [ppb]" = 2.5 }\n'
    limits = sensor(written(tmp_path, said)).detection_limits
    assert [(one.gas, one.limit, one.units) for one in limits] == [("methane", 500, "ppm m"), ("acetone", 2.5, "ppb")]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("speed_m_s", "speed_ms", "did you mean 'speed_m_s'?"),
        ("speed_m_s = 25.0", "", 'key "speed_m_s" is missing'),
        ('name = "wing"', 'name = ""', 'key "name" is missing'),
        ("speed_m_s = 25.0", 'speed_m_s = "fast"', "'fast'"),
        ("speed_m_s = 25.0", "speed_m_s = 0", "0 m/s is no cruise"),
        ("speed_m_s = 25.0", "speed_m_s = -1", "is not a speed"),
        ("speed_m_s = 25.0", "speed_m_s = nan", "is not a speed"),
        ("speed_m_s = 25.0", "speed_m_s = true", "True is not a speed"),
        ("speed_m_s = 25.0", "speed_m_s = 25\nslowest_m_s = 26", "not between the slowest and the fastest, 26 and 25"),
        ("speed_m_s = 25.0", "speed_m_s = 25\nfastest_m_s = 24", "not between the slowest and the fastest"),
        ("speed_m_s = 25.0", "speed_m_s = 25\nslowest_m_s = 0", "cannot fly at 0 m/s"),
        ("bank_deg = 25.0", "bank_deg = 0", "0 degrees turn nothing"),
        ("bank_deg = 25.0", "bank_deg = 90", "is not an angle"),
        ("endurance_h = 200", "endurance_h = 0", "is not a number of hours above 0"),
        ("endurance_h = 200", "endurance_h = 200\nceiling_m = -3", "is not a height"),
        ("endurance_h = 200", "endurance_h = 200\nseparation_m = 0", "is not a distance above 0, to 100,000 m"),
        ("endurance_h = 200", 'endurance_h = 200\nseparation_height_m = "wide"', "'wide'"),
        ("endurance_h = 200", 'endurance_h = 200\ncategory = "fixed"', "25 m/s is no cruise"),
        ('name = "wing"', "name = wing", "this is not TOML"),
    ],
)
def test_what_no_platform_is_is_refused_in_one_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(FormatError) as fault:
        platform(written(tmp_path, WING.replace(old, new)))
    assert said in str(fault.value)
    assert "own.toml" in str(fault.value)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("swath_m = 300.0", "swat_m = 300.0", "did you mean 'swath_m'?"),
        ("swath_m = 300.0", "swath_m = 0", "is not a width above 0"),
        ("overlap = 0.2", "overlap = 1", "is not a share"),
        ("overlap = 0.2", "overlap = -0.1", "is not a share"),
        ("height_m = 400", "", 'key "height_m" is missing'),
        ("height_m = 400", "height_m = 400\ndetection_limits = { methane = 2 }", "no gas with its unit"),
        ("height_m = 400", 'height_m = 400\ndetection_limits = { "methane [parts]" = 2 }', "with a unit of ppm"),
        ("height_m = 400", 'height_m = 400\ndetection_limits = { "methane [ppb]" = 0 }', "0 is not a number above 0"),
        ("height_m = 400", "height_m = 400\ndetection_limits = 2", "2 is not a table"),
    ],
)
def test_what_no_sensor_is_is_refused_in_one_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(FormatError) as fault:
        sensor(written(tmp_path, SCANNER.replace(old, new)))
    assert said in str(fault.value)
    assert len(str(fault.value)) <= 400


def test_a_mission_may_bring_its_own_and_may_use_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("time\n")
    written(tmp_path, WING)
    (tmp_path / "mission.toml").write_text(
        'name = "own"\n'
        '[[flight]]\nid = "1"\nfiles = ["a.csv"]\nplatform = "own.toml"\nsensor = "a nose of ours"\n'
        '[[flight]]\nid = "2"\nfiles = ["a.csv"]\n'
    )
    first, second = read_mission(tmp_path).flights
    own = platform_of(first)
    assert (first.platform, first.platform_file, first.sensor_file) == ("own.toml", tmp_path / "own.toml", None)
    assert own is not None
    assert own.name == "wing"
    assert sensor_of(first) is platform_of(second) is sensor_of(second) is None


def test_a_mission_names_no_toml_file_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("time\n")
    written(tmp_path, WING)
    text = 'name = "own"\n[[flight]]\nid = "1"\nfiles = ["a.csv"]\nplatform = "owm.toml"\n'
    (tmp_path / "mission.toml").write_text(text)
    with pytest.raises(FormatError, match=r"did you mean .own\.toml."):
        read_mission(tmp_path)


def test_the_page_names_all_of_the_catalogue() -> None:
    page = (TOP / "docs" / "how-to" / "platforms.md").read_text(encoding="utf-8")
    assert all(f"`{one.name}`" in page for one in (*platforms().values(), *sensors().values()))
