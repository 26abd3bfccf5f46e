"""Reports from other sources: read whole, or refused with the line and what would be right."""

from pathlib import Path

import pytest

from upwind.errors import FormatError
from upwind.readers.files import open_file
from upwind.readers.reports import reports_of
from upwind.records import Report

HEAD = "id,time,longitude,latitude,radius_m,kind,reliability,credibility,origin,text"
ROW = 'R1,2026-03-01T08:00:00Z,-98.5,20.1,60,tip,B,2,caller 1,"it smells, at night"'


def read(tmp_path: Path, *lines: str) -> tuple[Report, ...]:
    path = tmp_path / "reports.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return reports_of(open_file(path))


def test_a_report_is_read_as_written(tmp_path: Path) -> None:
    (one,) = read(tmp_path, HEAD, ROW)
    assert (one.id, one.time.isoformat(), one.radius_m) == ("R1", "2026-03-01T08:00:00+00:00", 60.0)
    assert (one.reliability, one.credibility, one.origin, one.text) == ("B", 2, "caller 1", "it smells, at night")


def test_what_nobody_graded_cannot_be_judged(tmp_path: Path) -> None:
    (one,) = read(tmp_path, "id,time,longitude,latitude,radius_m,kind,note", "R1,2026-03-01T08:00Z,1,2,0,tip,x")
    assert (one.reliability, one.credibility, one.origin, one.text) == ("F", 6, "", "")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((HEAD.replace("radius_m", "radius"), ROW), 'there is no column "radius_m"'),
        ((HEAD, ROW, ROW), ":3: column \"id\": 'R1' stands twice"),
        ((HEAD, ROW.replace("R1,", ",")), ':2: column "id": the cell is empty'),
        ((HEAD, ROW.replace("20.1", "98.5")), "'98.5' is not a latitude (-90 to 90)"),
        ((HEAD, ROW.replace(",60,", ",-1,")), "'-1' is not a distance of 0 m or more"),
        ((HEAD, ROW.replace(",60,", ",nan,")), "'nan' is not a distance of 0 m or more"),
        ((HEAD, ROW.replace(",B,", ",G,")), "'G' is no grade; give A to F"),
        ((HEAD, ROW.replace(",2,c", ",7,c")), "'7' is no grade; give 1 to 6"),
        ((HEAD, ROW.replace("2026-03-01T08:00:00Z", "yesterday")), '"yesterday" is not a time'),
        ((HEAD, ROW + ",more"), ":2: 11 cells, the header has 10"),
        ((HEAD, ROW[:-1]), "the cells cannot be read"),
        (("",), 'there is no column "id"'),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, lines: tuple[str, ...], said: str) -> None:
    with pytest.raises(FormatError) as fault:
        read(tmp_path, *lines)
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)
