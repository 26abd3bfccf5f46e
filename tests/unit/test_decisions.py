"""What people decide about sites and what missions bring of ratios: read as written, or refused with what is wrong."""

from pathlib import Path

import pytest

from upwind.errors import FormatError
from upwind.readers.decisions import decisions_of
from upwind.readers.files import open_file
from upwind.readers.ratios import ratios_of
from upwind.records import Decision, SiteEvent

HEAD = "decision,site,other,evidence,who,why"
TIP = '[tip]\nratio = 4.0\nlower = 1.0\nupper = 9.0\nsource = "six outcomes"\n'


def read(tmp_path: Path, *lines: str) -> tuple[SiteEvent, ...]:
    path = tmp_path / "decisions.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return decisions_of(open_file(path))


def test_decisions_are_read_in_their_order(tmp_path: Path) -> None:
    rows = ("merge,site-a,site-b,,analyst-1,one yard", "split,site-a,site-b,,,", "part,site-a,,R1 0f3a,,")
    assert read(tmp_path, HEAD, *rows) == (
        SiteEvent(decision=Decision.MERGED, site="site-a", other="site-b"),
        SiteEvent(decision=Decision.SPLIT, site="site-a", other="site-b"),
        SiteEvent(decision=Decision.PARTED, site="site-a", evidence=("R1", "0f3a")),
    )


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("decision,site,other", "merge,a,b"), 'there is no column "evidence"'),
        ((HEAD, "join,a,b,,,"), ":2: column \"decision\": 'join' is no decision; give one of merge, split, part"),
        ((HEAD, "merge,,b,,,"), 'column "site": the cell is empty'),
        ((HEAD, "merge,a,a,,,"), 'column "other": this names no other site'),
        ((HEAD, "part,a,,,,"), 'column "evidence": the cell is empty'),
    ],
)
def test_a_decision_that_says_too_little_is_refused(tmp_path: Path, lines: tuple[str, ...], said: str) -> None:
    with pytest.raises(FormatError) as fault:
        read(tmp_path, *lines)
    assert said in str(fault.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TIP.replace("lower = 1.0", "lower = 5.0"), "lower, ratio, upper are not in order"),
        (TIP.replace("upper = 9.0", "upper = 0"), "a ratio, more than 0"),
        (TIP.replace("source", "sauce"), "sauce"),
        ("tip = 3\n", "this is not a table"),
        ("[tip\n", "this is not TOML"),
    ],
)
def test_ratios_that_are_none_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "ratios.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError) as fault:
        ratios_of(open_file(path))
    assert said in str(fault.value)
