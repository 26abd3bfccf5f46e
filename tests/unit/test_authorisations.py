"""A file of authorisations is read whole, or refused in one line that says where and what would be right."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from upwind.errors import FormatError
from upwind.readers.authorisations import read_authorisations

ONE = """\
[[authorisation]]
id = "MEX-2020-7"
state = "MEX"                    # ISO A3
from = 2020-09-15T00:43:00Z      # inclusive
to = 2020-09-15T00:50:00Z        # inclusive
floor_m = 0                      # compared with height [m], inclusive
ceiling_m = 6000
platform = "PSWRD35"             # "*": any
special_use = true               # default false; without it no "special use" entry is covered
basis = "a note of 14 September"
"""
OTHER = """
[[authorisation]]
id = "USA-own"
state = "USA"
from = 1990-01-01T00:00:00Z
to = 2090-01-01T00:00:00Z
platform = "*"
"""
SQUARE = "[[-118, 32], [-117, 32], [-117, 33], [-118, 33], [-118, 32]]"


def written(folder: Path, text: str, name: str = "authorisations.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_of_the_layout_is_read_as_it_says(tmp_path: Path) -> None:
    first, second = read_authorisations(written(tmp_path, ONE + OTHER))
    assert (first.id, first.state, first.platform, first.special_use) == ("MEX-2020-7", "MEX", "PSWRD35", True)
    assert first.start == datetime(2020, 9, 15, 0, 43, tzinfo=UTC)
    assert first.end == datetime(2020, 9, 15, 0, 50, tzinfo=UTC)
    assert (first.floor_m, first.ceiling_m, first.basis) == (0.0, 6000.0, "a note of 14 September")
    assert (second.floor_m, second.ceiling_m, second.special_use, second.area) == (None, None, False, None)
    assert (second.recorded_by, second.conditions) == ("", "")


def test_an_offset_from_utc_is_taken_off(tmp_path: Path) -> None:
    (one,) = read_authorisations(written(tmp_path, ONE.replace("2020-09-15T00:43:00Z", "2020-09-14T17:43:00-07:00")))
    assert one.start == datetime(2020, 9, 15, 0, 43, tzinfo=UTC)
    assert one.start.utcoffset() == datetime.now(UTC).utcoffset()


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ('"MEX"', '"mex"', 'authorisation 1: key "state"', "did you mean 'MEX'?"),
        ('"MEX"', '"Mexico"', 'key "state"', "three letters of ISO 3166-1"),
        ('"MEX"', '"XXX"', 'key "state"', "is not the ISO A3 code of a state"),
        ("2020-09-15T00:43:00Z", "2020-09-15T00:43:00", 'authorisation 1: key "from"', "has no offset from UTC"),
        ("2020-09-15T00:43:00Z", '"2020-09-15 00:43"', 'key "from"', "write it in UTC, such as"),
        ("2020-09-15T00:50:00Z", "2020-09-15", 'key "to"', "has no time of day"),
        ("2020-09-15T00:50:00Z", '"soon"', 'key "to"', "'soon' is not a time"),
        ("2020-09-15T00:50:00Z", "9999-12-31T23:59:59-01:00", 'key "to"', "is not a time"),
        ("2020-09-15T00:50:00Z", "12", 'key "to"', "12 is not a time"),
        ("2020-09-15T00:50:00Z", "2020-09-15T00:42:59.999Z", 'key "to"', "it ends before it begins"),
        ("ceiling_m = 6000", "ceiling_m = -1", 'key "ceiling_m"', "below the floor of 0 m"),
        ("ceiling_m = 6000", "ceiling_m = inf", 'key "ceiling_m"', "without a limit, no key"),
        ("ceiling_m = 6000", "ceiling_m = nan", 'key "ceiling_m"', "is not a height in metres"),
        ("ceiling_m = 6000", "ceiling_m = true", 'key "ceiling_m"', "is not a height in metres"),
        ("ceiling_m = 6000", f"ceiling_m = 1{'0' * 400}", 'key "ceiling_m"', "is not a height in metres"),
        ("ceiling_m", "ceiling", "key 'ceiling'", "did you mean 'ceiling_m'?"),
        ("special_use = true", 'special_use = "yes"', 'key "special_use"', "is not true or false"),
        ('id = "MEX-2020-7"', "", "authorisation 1", 'key "id" is missing'),
        ('id = "MEX-2020-7"', 'id = " "', "authorisation 1", 'key "id" is missing'),
        ('platform = "PSWRD35"', "", "authorisation 1", 'key "platform" is missing'),
        ('id = "USA-own"', 'id = "MEX-2020-7"', 'authorisation 2: key "id"', "is taken"),
        ("[[authorisation]]", "[[authorization]]", "key 'authorization'", "did you mean 'authorisation'?"),
        ('basis = "', "basis = ", "", "this is not TOML"),
        ('state = "USA"', 'state = "USA"\narea = "north"', 'authorisation 2: key "area"', "is not a GeoJSON geometry"),
    ],
)
def test_faults_name_the_place_and_the_remedy(tmp_path: Path, old: str, new: str, place: str, said: str) -> None:
    with pytest.raises(FormatError) as fault:
        read_authorisations(written(tmp_path, (ONE + OTHER).replace(old, new)))
    line = str(fault.value)
    assert "authorisations.toml: " in line
    assert place in line
    assert said in line
    assert "\n" not in line
    assert len(line) <= 400


@pytest.mark.parametrize(
    ("area", "said"),
    [
        ({"type": "Point", "coordinates": [1, 2]}, "is no area"),
        ({"type": "Feature", "geometry": {}}, "is no area"),
        ({"coordinates": []}, "is no area"),
        ({"type": "Polygon"}, "has no ring"),
        ({"type": "MultiPolygon", "coordinates": []}, "no coordinates"),
        ({"type": "Polygon", "coordinates": []}, "has no ring"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 0]]]}, "is not closed"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}, "is not closed"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 91], [0, 0]]]}, "is no position"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [True, 1], [0, 0]]]}, "is no position"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], "north", [0, 0]]]}, "is no position"),
        ({"type": "Polygon", "coordinates": [[[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]]}, "180th meridian"),
    ],
)
def test_what_is_no_area_on_the_globe_is_refused(tmp_path: Path, area: object, said: str) -> None:
    one = {"id": "1", "state": "MEX", "from": "2020-01-01T00:00Z", "to": "2021-01-01T00:00Z", "platform": "*"}
    text = json.dumps({"authorisation": [one | {"area": area}]})
    with pytest.raises(FormatError) as fault:
        read_authorisations(written(tmp_path, text, "a.json"))
    assert 'authorisation 1: key "area"' in str(fault.value)
    assert said in str(fault.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "head each authorisation with [[authorisation]]"),
        ("{}", "head each authorisation with [[authorisation]]"),
        ("[authorisation]", "not a list of tables"),
        ('{"authorisation": {}}', "not a list of tables"),
        ('{"authorisation": [1]}', "authorisation 1: this is not a table"),
        ('[{"id": "1"}]', "this is a list"),
        ('{"authorisation": [', "this is not JSON"),
        ('{"authorisation": [{"ceiling_m": NaN}]}', "NaN is no number in JSON"),
        ('{"authorisation": [{"ceiling_m": 100, "ceiling_m": 9000}]}', "'ceiling_m' stands twice"),
        ('{"authorisation": [{"ceiling_m": 1e999}]}', "is not a height"),
        ('{"a": ' * 100_000, "this is not JSON"),
        ('{"authorisation": [{"area": ' + '{"a": ' * 200 + "1" + "}" * 200 + "}]}", "nests more than"),
        ("\x00\x01", "this is not TOML"),
    ],
)
def test_what_is_no_list_of_authorisations_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(FormatError) as fault:
        read_authorisations(written(tmp_path, text))
    assert said in str(fault.value)
    assert len(str(fault.value)) <= 400


def test_there_may_be_none(tmp_path: Path) -> None:
    assert read_authorisations(written(tmp_path, "authorisation = []")) == ()


def test_kosovo_is_a_state_of_the_borders(tmp_path: Path) -> None:
    (one,) = read_authorisations(written(tmp_path, ONE.replace('"MEX"', '"XKX"')))
    assert one.state == "XKX"


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"none\.toml"):
        read_authorisations(tmp_path / "none.toml")


def test_the_example_of_the_page_is_read(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "how-to" / "authorisations.md").read_text(encoding="utf-8")
    (one,) = read_authorisations(written(tmp_path, text.split("```toml\n")[1].split("```")[0]))
    assert (one.id, one.ceiling_m, one.special_use) == ("MEX-2020-7", 6000.0, True)
    assert one.area is not None
