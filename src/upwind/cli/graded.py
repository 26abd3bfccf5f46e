"""What `upwind exercise score` says: sources, sites and search maps against the truth of a mission."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from upwind.cli.files import write_beside
from upwind.cli.screen import table
from upwind.errors import FormatError, InputError
from upwind.exercise.leads import HIDDEN, Leads, leads_of, searched
from upwind.exercise.parts import parts_of
from upwind.exercise.score import Release, Score, read_truth, releases_of, score, summary
from upwind.readers.geotiff import read_search_map

__all__ = ["grade"]

_REMEDY = "give the GeoJSON that `upwind locate` or `upwind run` writes"
_MAPS = {".tif", ".tiff"}
_HIGH = 0.5


def grade(truth_path: Path, found: Sequence[Path], gas: str | None, out: Path | None) -> int:
    """Print how well every answer fits the truth, and write it where asked; return the exit code."""
    truth = read_truth(truth_path)
    written: dict[str, Any] = {}
    sources: list[tuple[str, Score]] = []
    for path in found:
        if path.suffix.lower() in _MAPS:
            written.setdefault("search_maps", []).append(_map(path, truth))
            continue
        document = _answer(path)
        try:
            if "number_of_sources" in document:
                sources += _scores(path, document, truth, gas)
            else:
                written.setdefault("sites", []).append(_leads(path, leads_of(document, truth)))
        except (KeyError, IndexError, TypeError, ValueError):
            raise FormatError(path.name, "", "a Feature or number_of_sources lacks a property", _REMEDY) from None
    if sources:
        together = summary([one for _, one in sources])
        written |= {"answers": [one.as_json() for _, one in sources], "summary": together}
        _show(sources, together)
    if out is not None:
        write_beside(out, json.dumps(written, indent=1, allow_nan=False) + "\n")
    return 0


def _answer(path: Path) -> dict[str, Any]:
    """Return the FeatureCollection in a file."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise FormatError(path.name, "", "is no JSON", _REMEDY) from None
    if not isinstance(document, dict) or "features" not in document:
        raise FormatError(path.name, "", "has no features", _REMEDY)
    if "number_of_sources" not in document and not all("id" in each["properties"] for each in document["features"]):
        raise FormatError(path.name, "", "has no number_of_sources and is not of sites, for they have ids", _REMEDY)
    return document


def _scores(path: Path, document: dict[str, Any], truth: Sequence[Release], gas: str | None) -> list[tuple[str, Score]]:
    """Return the score of an answer, or of each of its parts where the truth tells flights and gases apart."""
    if not any(one.flight for one in truth):
        return [(path.name, score(document, releases_of(document, truth), gas))]
    return [(part.name, score(part.document, part.releases, part.gas)) for part in parts_of(document, truth, gas)]


def _leads(path: Path, leads: Leads) -> dict[str, Any]:
    """Print how well sites fit, and return it as it is written."""
    if leads.hidden_rank is None:
        print(f"{path.name}: none of {leads.sites} sites lies on the hidden source")
    else:
        of = f"site {leads.hidden_rank} of {leads.sites} lies on the hidden source, {leads.error_m:.0f} m off"
        called = f", called {leads.called}" if leads.called else ", which it does not explain"
        rests = f"; reports {', '.join(leads.reports)}" if leads.reports else ""
        print(f"{path.name}: {of}, probability {leads.probability:.2f}{called}{rests}")
    rows = [(one.source, str(one.rank), f"{one.error_m:.0f}", _says(held=one.called_benign)) for one in leads.confusers]
    if rows:
        table("", ("benign source", "site", "off by [m]", "called benign"), rows, right=("site", "off by [m]"))
    return {"file": path.name, **leads.as_json()}


def _map(path: Path, truth: Sequence[Release]) -> dict[str, Any]:
    """Print what a search map says of the hidden source's cell, and return it as it is written."""
    hidden = next((one for one in truth if one.kind == HIDDEN), None)
    if hidden is None:
        msg = "the truth knows no hidden source to hold a search map against; give the truth of a city"
        raise InputError(msg)
    said = searched(read_search_map(path), hidden)
    if said is None:
        print(f"{path.name}: does not reach the hidden source")
        return {"file": path.name, "at_hidden": None}
    shown = "would have shown it" if said.shown > _HIGH else "would hardly have shown it"
    higher = f"{100 * said.higher:.0f} % of the cells are held likelier to hide one"
    print(f"{path.name}: flights {shown} ({said.shown:.2f}); {higher}; {said.expected:.2g} expected undiscovered")
    return {"file": path.name, "at_hidden": asdict(said)}


def _show(scores: Sequence[tuple[str, Score]], together: dict[str, Any]) -> None:
    """Print a row a true source, and what all say together."""
    rows = []
    for name, one in scores:
        head = (name, f"{one.most_probable} of {one.true}", str(one.phantoms))
        rows += [
            (
                *head,
                match.source,
                f"{match.error_m:.1f}",
                "none" if match.rate_ratio is None else f"{match.rate_ratio:.2f}",
                _says(held=match.rate_held),
                _says(held=match.region_held),
            )
            for match in one.matches
        ] or [(*head, "none found" if one.true else "no true source", "", "", "", "")]
    heads = ("answer", "number", "phantoms", "source", "off by [m]", "rate ratio", "rate holds", "region holds")
    table("", heads, rows, right=("off by [m]", "rate ratio"))
    print(f"number right {_percent(together['number_right'])}, found {_percent(together['found_within_30_m'])}")


def _says(*, held: bool | None) -> str:
    return "none" if held is None else "yes" if held else "no"


def _percent(share: float | None) -> str:
    return "not applicable" if share is None else f"{100 * share:.0f} %"
