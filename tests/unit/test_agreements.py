"""Agreements say how urgent answers are and to whom to turn; a bad one is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from upwind.errors import FormatError
from upwind.readers.agreements import read_agreement

AGREEMENT = """\
partner = "MEX"
from = 2026-01-01T00:00:00Z
to = 2026-12-31T00:00:00Z
legal_basis = "an exercise"
end_use_check = 2026-10-01
allow = []
location = "exact"
marking = "UNCLASSIFIED//REL TO MEX"
"""


def written(folder: Path, more: str) -> Path:
    place = folder / "agreement.toml"
    place.write_text(AGREEMENT + more, encoding="utf-8")
    return place


def test_urgency_and_focal_point_are_read(tmp_path: Path) -> None:
    found = read_agreement(written(tmp_path, 'urgency = 14\nfocal_point = " the office "\n'))
    assert (found.urgency_days, found.focal_point) == (14, "the office")
    plain = read_agreement(written(tmp_path, ""))
    assert (plain.urgency_days, plain.focal_point) == (30, "")


@pytest.mark.parametrize("wrong", ["urgency = 0", 'urgency = "soon"', "urgency = 9999", "focal_point = 7"])
def test_what_is_no_urgency_is_refused_by_name(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(FormatError, match=wrong.partition(" ")[0]):
        read_agreement(written(tmp_path, f"{wrong}\n"))
