"""`upwind run`: every flight of a mission through the pipeline, to tables, a page and the files beside it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from upwind.cli.conformance import show_conformances
from upwind.cli.entries import finding_of, show_cycle, show_entries
from upwind.cli.files import require_place, write_together
from upwind.cli.screen import progress, table
from upwind.cli.sites import show_sites
from upwind.cli.stored import COMMAND_LINE, add_store, keep_sites, opened
from upwind.cli.values import seed_of
from upwind.errors import FindingError
from upwind.pipeline import Result, carry_out, documents
from upwind.readers.geotiff import read_search_map
from upwind.readers.mission import Mission, read_mission
from upwind.records import Located, Source, Status
from upwind.render.content import Analysis
from upwind.render.geojson import reported
from upwind.render.map import radius_90
from upwind.render.numbers import coordinates, figure, interval, percent
from upwind.render.panels import FEW_DRAWS, error_of, nearest_known
from upwind.render.words import LANGUAGES
from upwind.store.flown import record_flights
from upwind.store.places import shelf_of
from upwind.store.search_maps import record_search_map

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("mission", type=Path, metavar="MISSION", help="a mission's folder, or its mission.toml")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where results go (default: out/NAME of the mission)")
    parser.add_argument("--seed", type=seed_of, default=0, metavar="N", help="the same seed gives the same bytes")
    add_store(parser)
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="the report's first language")


def run(arguments: argparse.Namespace) -> int:
    """Carry the mission out, print its answer and write its files."""
    mission = read_mission(arguments.mission)
    folder = arguments.out or Path("out") / mission.name
    require_place(next(one for one in (folder, *folder.absolute().parents) if one.exists()) / "report.html")
    with progress(mission.name) as advance:
        result = carry_out(mission, arguments.seed, advance)
    folder.mkdir(parents=True, exist_ok=True)
    contents = documents(result, arguments.language)
    write_together({folder / name: text for name, text in contents.items()})
    _show(result)
    show_sites(result.fused)
    if result.audits:
        show_entries(result.audits)
        show_conformances(result.conformances)
        show_cycle(result.audits)
    if arguments.store:
        _keep(arguments, mission, folder / "sites.geojson", contents)
    print("Unreviewed leads, not for action.")
    print(f"Results are in {folder}: {_named(list(contents))}")
    if result.unauthorised:
        raise FindingError(finding_of(result.unauthorised))
    return 0


def _named(names: Sequence[str]) -> str:
    """Return the names of files in one line; of the sheets, of which there is one a site, how many."""
    sheets = sum(name.startswith("sheet-") for name in names)
    others = [name for name in names if not name.startswith("sheet-")]
    return ", ".join([*others, *[f"{sheets} sheet{'s' * (sheets > 1)}"] * bool(sheets)])


def _keep(arguments: argparse.Namespace, mission: Mission, sites: Path, contents: Mapping[str, str | bytes]) -> None:
    """Put flights and candidate sites into the store, and the flights' files and the search map beside it."""
    audit = json.loads(contents["audit.json"])
    with opened(arguments, "run", mission.name) as store:
        evidence = {flight.id: flight.files for flight in mission.flights}
        fresh, held = keep_sites(store, arguments.store, sites, evidence)
        store.write(lambda session: record_flights(session, COMMAND_LINE, audit))
        if "search.tif" in contents:
            file = sites.parent / "search.tif"
            searched, box = shelf_of(arguments.store).put(file.read_bytes()), read_search_map(file).grid.box
            store.write(lambda session: record_search_map(session, COMMAND_LINE, mission.name, searched, audit, box))
    print(f"{fresh} of {held} candidate sites are new or changed in the store")


def _show(result: Result) -> None:
    """Print a row a source, and a line for each gas without one."""
    answers = [(analysis, answer) for analysis in result.analyses for answer in analysis.located]
    gases = dict.fromkeys(answer.gas for _, answer in answers)
    is_known = any(analysis.known for analysis in result.analyses)
    heads = ["flight", "source", "latitude, longitude", "90 %", "rate (90 %)", "prob."]
    heads += ["off by", "rate/known"] if is_known else []
    rows = [
        _row(analysis, f"{answer.gas} {number}" if len(gases) > 1 else str(number), source, len(heads))
        for analysis, answer in answers
        for number, source in enumerate(reported(answer), start=1)
    ]
    if not answers:
        print(f"{result.mission.name}: no gas was measured, so there is nothing to locate; the flights are audited")
        return
    found = f"{len(rows)} source{'' if len(rows) == 1 else 's'} of {' and '.join(gases)}: {result.mission.name}"
    if rows:
        table(found, heads, rows, right=("90 %", "prob.", "off by", "rate/known"))
    else:
        print(found)
    for analysis, answer in answers:
        if answer.status is not Status.LOCATED:
            print(f"{', '.join(analysis.flights)}, {answer.gas}: {answer.status} ({answer.why})")
    for analysis in result.analyses:
        rough = [one.gas for one in analysis.located if _is_rough(one)]
        if rough:
            print(
                f"{', '.join(analysis.flights)}: few independent draws of {', '.join(rough)}; their intervals are rough"
            )
    if is_known:
        print("off by, rate/known: against the known release, which the computation never sees.")


def _is_rough(answer: Located) -> bool:
    return answer.posterior is not None and answer.posterior.effective_sample_size < FEW_DRAWS


def _row(analysis: Analysis, name: str, source: Source, heads: int) -> Sequence[str]:
    row = [
        ", ".join(analysis.flights),
        name,
        coordinates(source.longitude, source.latitude),
        f"{figure(radius_90(source))} m",
        interval(source.emission_rate) if source.emission_rate is not None else f"none: {source.why_no_rate}",
        percent(source.probability),
    ]
    known = nearest_known(source, analysis.known)
    if known is None:
        return [*row, *[""] * (heads - len(row))]
    off, ratio = error_of(source, known)
    return [*row, f"{figure(off)} m", figure(ratio) if np.isfinite(ratio) else ""]
