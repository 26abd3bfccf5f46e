"""`upwind audit`: tracks against the borders of every state, special-use airspace, and who allowed it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from upwind import __version__
from upwind.cli.conformance import add_plan, show_conformances
from upwind.cli.entries import finding_of, show_cycle, show_entries
from upwind.cli.files import require_apart, require_place, write_together
from upwind.cli.screen import progress
from upwind.errors import FindingError
from upwind.flights.audit.document import audit_document, points_table
from upwind.flights.audit.entries import Audit, audit, unauthorised
from upwind.flights.audit.flown import named
from upwind.flights.audit.picture import pictures
from upwind.flights.borders.airspace import shipped_airspaces
from upwind.flights.borders.atlas import atlas_of
from upwind.flights.conformance.comparison import conform
from upwind.flights.permission.draft import draft
from upwind.flights.register import counts
from upwind.readers.airspaces import read_airspaces
from upwind.readers.authorisations import read_authorisations
from upwind.readers.files import open_file
from upwind.readers.plans import read_plan
from upwind.readers.trajectories import read_trajectory
from upwind.render.audit import audit_page
from upwind.render.content import NOTICE, AuditedTrack, Input, Provenance
from upwind.render.geojson import provenance_json, written
from upwind.render.words import LANGUAGES

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
examples:
  upwind audit flight.csv --out audit.json
  upwind audit *.json.gz --authorisations authorisations.toml --out audit.json
  upwind audit flight.ulg --plan survey.plan --out audit.json
  upwind audit flight.ulg --platform quadcopter --airspace germany.txt --airspace fence.geojson --out audit.json

exit codes: 0 every entry is authorised, 3 one is not (the results are written all the same)
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    parser.add_argument(
        "tracks",
        type=Path,
        nargs="+",
        metavar="TRACK",
        help="where flights were: track tables, ADS-B, Mode S, ULog, DataFlash, tlog, KLV, IWG1, GPX, KML, CoT",
    )
    parser.add_argument("--authorisations", type=Path, metavar="F", help="who allowed what, as TOML or JSON")
    parser.add_argument(
        "--airspace",
        type=Path,
        action="append",
        default=[],
        metavar="F",
        help="areas of special use in place of those brought along: ARINC 424, OpenAir, GeoJSON; may stand again",
    )
    parser.add_argument("--platform", default="", metavar="NAME", help="what flew, for tracks that do not say")
    add_plan(parser)
    parser.add_argument("--points", type=Path, metavar="F.csv", help="the verdict on each sample, too")
    parser.add_argument(
        "--draft",
        type=Path,
        metavar="F.toml",
        help="what to ask states for, too: an authorisation an entry without one",
    )
    parser.add_argument("--report", type=Path, metavar="F.html", help="a page with maps and tables, too")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="the page's first language (default en)")
    parser.add_argument("--out", type=Path, required=True, metavar="F.json", help="where the audit goes")


def run(arguments: argparse.Namespace) -> int:
    """Audit all tracks, write what was found, and stop a script where an entry is unauthorised."""
    results = [*filter(None, (arguments.out, arguments.points, arguments.draft, arguments.report))]
    for path in results:
        require_place(path)
    given = filter(None, (arguments.authorisations, arguments.plan))
    require_apart(results, [*arguments.tracks, *arguments.airspace, *given])
    authorisations = read_authorisations(arguments.authorisations) if arguments.authorisations else ()
    route = read_plan(arguments.plan) if arguments.plan else None
    airspaces = [one for path in arguments.airspace for one in read_airspaces(path)]
    with progress("auditing") as advance:
        atlas = atlas_of(airspaces or shipped_airspaces())
        audits = []
        for number, path in enumerate(arguments.tracks):
            audits.append(audit(named(read_trajectory(path), "", arguments.platform), authorisations, atlas))
            advance((number + 1) / len(arguments.tracks))
        kept = [conform(route, one.flown.trajectory, arguments.tolerance) for one in audits] if route else []
    provenance = _provenance(arguments, audits)
    document = {"status": NOTICE, **audit_document(audits, kept), "upwind": provenance_json(provenance)}
    contents: dict[str | Path, bytes | str] = {arguments.out: written(document)}
    if arguments.points:
        contents[arguments.points] = points_table(audits, atlas.states)
    if arguments.report:
        drawn = pictures(audits, authorisations, atlas)
        contents[arguments.report] = _page(arguments, drawn, provenance)
    refused = unauthorised([entry for one in audits for entry in one.entries])
    if arguments.draft:
        contents[arguments.draft] = "\n".join(map(draft, refused))
    write_together(contents)
    show_entries(audits)
    show_conformances(kept)
    if not airspaces:
        show_cycle(audits)
    print(f"Results are in {' and '.join(map(str, contents))}")
    if refused:
        raise FindingError(finding_of(refused))
    return 0


def _page(arguments: argparse.Namespace, drawn: Sequence[AuditedTrack], provenance: Provenance) -> str:
    """Return the page of the audit, under the name of its first track."""
    title = arguments.tracks[0].name + (f" + {more:,}" if (more := len(drawn) - 1) else "")
    seen = counts([entry for track in drawn for entry in track.entries])
    return audit_page(title, drawn, seen, provenance, arguments.language)


def _provenance(arguments: argparse.Namespace, audits: Sequence[Audit]) -> Provenance:
    """Return what it takes to make the same audit again."""
    inputs = [Input(name=one.flown.trajectory.name, sha256=one.flown.trajectory.sha256) for one in audits]
    others = [*arguments.airspace, *filter(None, (arguments.authorisations, arguments.plan))]
    inputs += [Input(name=path.name, sha256=open_file(path).sha256) for path in others]
    said = ["upwind audit", *(path.name for path in arguments.tracks)]
    said += [f"--airspace {path.name}" for path in arguments.airspace]
    if arguments.authorisations:
        said.append(f"--authorisations {arguments.authorisations.name}")
    if arguments.plan:
        said.append(f"--plan {arguments.plan.name} --tolerance {arguments.tolerance:g}")
    if arguments.platform:
        said.append(f"--platform {arguments.platform!r}")
    return Provenance(version=__version__, seed=0, command=" ".join(said), inputs=tuple(inputs))
