"""The oversight report as JSON, CSV and PDF, an edition an audience, and the check that recomputes it."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from upwind.outcomes.figures import FEWEST, Figure
from upwind.outcomes.oversight import AUDIENCES, Told, figures, sums
from upwind.outcomes.suppression import held_back
from upwind.render.words import Language, compound_name
from upwind.review.log import Head, stamp

__all__ = ["as_csv", "as_json", "as_pdf", "edition", "mismatches"]

#: The one audience from which nothing is held back.
_INSIDE = "house"


def edition(told: Told, audience: str) -> list[Figure]:
    """Return the figures that an audience reads."""
    return [figure for figure in figures(told) if figure.section in AUDIENCES[audience]]


def as_json(told: Told, audience: str, head: Head) -> str:
    """Return the report as JSON, with the head of the log that it was made from."""
    every = edition(told, audience)
    held = {} if audience == _INSIDE else held_back(every, sums(every))
    rows = [_row(figure, held.get(figure.key), audience) for figure in every]
    said = {
        "from": stamp(told.start),
        "to": stamp(told.end),
        "audience": audience,
        "log": head.as_json(),
        "suppressed_below": None if audience == _INSIDE else FEWEST,
        "figures": rows,
    }
    return json.dumps(said, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _row(figure: Figure, held: str | None, audience: str) -> dict[str, Any]:
    """Return a figure as files spell it, or what stands in its place."""
    detail = f"; {figure.detail}" if figure.detail and audience == _INSIDE else ""
    return {
        "section": figure.section,
        "figure": figure.name,
        "group": figure.group,
        "value": held or figure.value,
        "lower": None if held else figure.lower,
        "upper": None if held else figure.upper,
        "query": f"{figure.query}{detail}",
    }


def as_csv(report: Mapping[str, Any]) -> str:
    """Return a report's figures as a table."""
    out = io.StringIO()
    columns = ["section", "figure", "group", "value", "lower", "upper", "query"]
    table = csv.DictWriter(out, columns, lineterminator="\n")
    table.writeheader()
    table.writerows(report["figures"])
    return out.getvalue()


def as_pdf(report: Mapping[str, Any], language: Language = "en") -> bytes:
    """Return a report as PDF; the same report gives the same bytes."""
    said = {**report, "language": language, "words": _words(report, language)}
    said["figures"] = [
        {**row, **{field: _named(row[field], language) for field in ("section", "figure", "group", "value")}}
        for row in report["figures"]
    ]
    sources = {
        "main": files("upwind.outcomes").joinpath("report.typ").read_bytes(),
        "report.json": json.dumps(said, ensure_ascii=False).encode(),
    }
    return typst.compile(sources, ignore_system_fonts=True)  # type: ignore[call-overload,no-any-return] # its types lack this


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(files("upwind.outcomes").joinpath("words.toml").read_text(encoding="utf-8"))


def _words(report: Mapping[str, Any], language: Language) -> dict[str, str]:
    """Return the sentences and heads of the page."""
    values = {
        "start": report["from"][:10],
        "end": report["to"][:10],
        "audience": _named(report["audience"], language),
        "size": report["log"]["size"],
        "most": (report["suppressed_below"] or 1) - 1,
    }
    return {key: text[language].format(**values) for key, text in _table()["page"].items()}


def _named(name: Any, language: Language) -> Any:  # noqa: ANN401 - a figure's value stays what it is
    """Return what a section, a figure or a group is called; the name, or the number, where it has no other."""
    if language == "en" or not isinstance(name, str):
        return name
    return _table()["names"].get(name) or compound_name(name, language)


def mismatches(report: Mapping[str, Any], told: Told) -> list[str]:
    """Return the figures of a report that the log does not give, each with what it gives."""
    again = json.loads(as_json(told, report["audience"], Head(size=0, root="")))["figures"]
    ours = {_key(row): row for row in again}
    theirs = {_key(row): row for row in report["figures"]}
    return [
        f"{' '.join(filter(None, key))}: {_said(theirs.get(key))} in the report, {_said(ours.get(key))} by the log"
        for key in dict.fromkeys([*theirs, *ours])
        if _said(theirs.get(key)) != _said(ours.get(key))
    ]


def _key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["section"], row["figure"], row["group"]


def _said(row: Mapping[str, Any] | None) -> str:
    return "nothing" if row is None else "/".join(str(row[name]) for name in ("value", "lower", "upper"))
