"""The same authorisations are the same, whichever of their layouts they are written in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from upwind.readers.authorisations import read_authorisations

RING = [[-118, 32], [-117, 32], [-117, 33.5], [-118, 33], [-118, 32]]
HOLE = [[-117.8, 32.2], [-117.6, 32.2], [-117.6, 32.4], [-117.8, 32.2]]
TABLES: list[dict[str, Any]] = [
    {
        "id": "MEX-2020-7",
        "state": "MEX",
        "from": "2020-09-15T00:43:00Z",
        "to": "2020-09-15T00:50:00.25Z",
        "floor_m": 0,
        "ceiling_m": 6000.5,
        "platform": "PSWRD35",
        "special_use": True,
        "basis": "nota de 14 de septiembre, «sobrevuelo»",
        "recorded_by": "flight-manager",
        "area": {"type": "Polygon", "coordinates": [RING, HOLE]},
        "conditions": 'says "no lower than 300 m"',
    },
    {
        "id": "USA own",
        "state": "USA",
        "from": "2000-01-01T01:00:00+01:00",
        "to": "2099-12-31T23:59:59Z",
        "platform": "*",
        "area": {"type": "MultiPolygon", "coordinates": [[RING], [HOLE]]},
    },
]


def as_json(tables: list[dict[str, Any]]) -> str:
    return json.dumps({"authorisation": tables}, ensure_ascii=False, indent=1)


def as_json_with_nulls(tables: list[dict[str, Any]]) -> str:
    return as_json([dict.fromkeys(TABLES[0]) | table for table in tables])


def value(said: Any, *, own_times: bool = False) -> str:
    """Return a value as TOML writes it."""
    if isinstance(said, dict):
        return "{ " + ", ".join(f"{key} = {value(inner)}" for key, inner in said.items()) + " }"
    if own_times and isinstance(said, str) and said[:3] in ("200", "202", "209"):
        return said
    return json.dumps(said, ensure_ascii=False)


def as_toml(tables: list[dict[str, Any]], *, own_times: bool = True) -> str:
    lines = []
    for table in tables:
        lines.append("[[authorisation]]")
        lines += [f"{key} = {value(said, own_times=own_times)}" for key, said in table.items()]
    return "\n".join(lines) + "\n"


def as_toml_with_texts(tables: list[dict[str, Any]]) -> str:
    return as_toml(tables, own_times=False)


LAYOUTS = (as_toml, as_toml_with_texts, as_json, as_json_with_nulls)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("start", ["", "\ufeff", "\n\n \t"], ids=["plain", "with a mark of order", "after blanks"])
def test_every_layout_says_the_same(tmp_path: Path, layout: Any, start: str) -> None:
    (tmp_path / "a").write_text(start + layout(TABLES), encoding="utf-8")
    (tmp_path / "b").write_text(as_json(TABLES), encoding="utf-8")
    read = read_authorisations(tmp_path / "a")
    assert read == read_authorisations(tmp_path / "b")
    assert [one.id for one in read] == ["MEX-2020-7", "USA own"]
    assert read[0].area == TABLES[0]["area"]
    assert read[0].conditions == TABLES[0]["conditions"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_name_of_the_file_does_not_decide(tmp_path: Path, layout: Any) -> None:
    for name in ("a.toml", "a.json", "a"):
        (tmp_path / name).write_text(layout(TABLES), encoding="utf-8")
    assert len({repr(read_authorisations(tmp_path / name)) for name in ("a.toml", "a.json", "a")}) == 1
