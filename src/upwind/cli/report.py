"""`upwind report`: the oversight report, and the check that counts it again."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from upwind.cli.files import require_place, write_beside, write_together
from upwind.cli.stored import add_store, opened
from upwind.cli.values import metres_of, moment_of
from upwind.errors import FindingError, FormatError, InputError
from upwind.outcomes.effect import FEWEST_SITES, effect
from upwind.outcomes.hotspots import LEAST_CELL_M, hotspots
from upwind.outcomes.oversight import AUDIENCES, Told
from upwind.outcomes.report import as_csv, as_json, as_pdf, mismatches
from upwind.outcomes.tallies import as_toml, taught
from upwind.render.words import LANGUAGES
from upwind.review.log import Head, moment
from upwind.sites.ratios import ratios
from upwind.store.flown_over import confirmed_places, months
from upwind.store.learnt import places_with_outcomes
from upwind.store.ledger import every_entry, head_at, verify
from upwind.store.session import Session

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
examples:
  upwind report --from 2026-01-01T00:00:00Z --to 2026-07-01T00:00:00Z --out oversight.pdf
  upwind report --audience public --language es --out publico.pdf
  upwind report check oversight.json
  upwind report hotspots --cell-m 20000 --out hotspots.geojson
  upwind report effect
  upwind report ratios --out ratios.toml

Beside the PDF stand the same figures as CSV and JSON. exit codes: 0 done, 3 a figure is not what the log gives
"""
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    parser.add_argument(
        "--from", dest="start", type=moment_of, metavar="TIME", help="first moment (default: the first)"
    )
    parser.add_argument("--to", dest="end", type=moment_of, metavar="TIME", help="end, not within (default: now)")
    parser.add_argument(
        "--audience", choices=list(AUDIENCES), default="house", help="whose edition (default: %(default)s)"
    )
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="the PDF's language (default %(default)s)")
    parser.add_argument("--out", type=Path, metavar="F.pdf", help="where it goes; F.csv and F.json beside it")
    parser.add_argument(
        "--cell-m",
        type=metres_of,
        default=20_000.0,
        metavar="M",
        help="side of a hotspot's cell (default: %(default)g)",
    )
    parser.add_argument(
        "check",
        nargs="*",
        metavar="check F.json | hotspots | effect | ratios",
        help="count a report's figures again from the log; map where confirmed sites concentrate; say whether sites "
        "emit less after their release; write what outcomes teach of kinds of report, for a mission's `ratios`",
    )
    add_store(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the report, or check one."""
    match arguments.check:
        case ["check", path] if arguments.out is None:
            return _check(arguments, Path(path))
        case ["hotspots"] if arguments.out is not None:
            return _map(arguments)
        case ["effect"] if arguments.out is None:
            return _tell_effect(arguments)
        case ["ratios"] if arguments.out is not None:
            return _learn(arguments)
        case [] if arguments.out is not None:
            return _write(arguments)
    msg = (
        "give --out F.pdf; or check and the JSON of a report; or hotspots and --out F.geojson; or effect; "
        "or ratios and --out F.toml"
    )
    raise InputError(msg)


def _write(arguments: argparse.Namespace) -> int:
    out: Path = arguments.out
    if out.suffix != ".pdf":
        msg = f"{out.name}: the report is a PDF; name it such as oversight.pdf"
        raise InputError(msg)
    places = {kind: out.with_suffix(f".{kind}") for kind in ("pdf", "csv", "json")}
    for place in places.values():
        require_place(place)
    start, end = arguments.start or _FIRST, arguments.end or datetime.now(UTC)
    if end <= start:
        msg = "--to is not after --from; give a later time"
        raise InputError(msg)
    with opened(arguments, "report", arguments.audience) as store:
        told, head = store.read(lambda session: _told(session, start, end, 0))
    text = as_json(told, arguments.audience, head)
    said = json.loads(text)
    write_together({places["pdf"]: as_pdf(said, arguments.language), places["csv"]: as_csv(said), places["json"]: text})
    print(f"{len(said['figures'])} figures; results are in {', '.join(place.name for place in places.values())}")
    return 0


def _map(arguments: argparse.Namespace) -> int:
    """Write where confirmed sites concentrate."""
    if arguments.cell_m < LEAST_CELL_M:
        msg = f"--cell-m {arguments.cell_m:g} would tell places; give {LEAST_CELL_M:g} or more"
        raise InputError(msg)
    require_place(arguments.out)
    with opened(arguments, "report", "hotspots") as store:
        said = hotspots(store.read(confirmed_places), arguments.cell_m)
    write_beside(arguments.out, json.dumps(said, indent=1) + "\n")
    print(f"{len(said['features'])} cells hold enough sites to be shown; results are in {arguments.out}")
    return 0


def _tell_effect(arguments: argparse.Namespace) -> int:
    """Print whether sites emit less after their release."""
    with opened(arguments, "report", "effect") as store:
        found = effect(store.read(months))
    if found is None:
        print(f"not enough data: fewer than {FEWEST_SITES} sites were flown over both before and after their release")
        return 0
    print(
        f"after a release the share of passes that see a site emit changes by {found.median:+.2f} "
        f"({found.lower:+.2f} to {found.upper:+.2f}, {found.level:.0%}); sites are not released by lot"
    )
    return 0


def _learn(arguments: argparse.Namespace) -> int:
    """Write the ratios of kinds of report after outcomes."""
    require_place(arguments.out)
    with opened(arguments, "report", "ratios") as store:
        places = store.read(places_with_outcomes)
    found = taught(ratios(), places)
    write_beside(arguments.out, as_toml(found))
    counted = next(iter(found.values()))[1]
    print(
        f"places with outcomes, with a site: {counted.sites}, without: {counted.none}; only what was released has any"
    )
    print(f"Results are in {arguments.out}; a mission takes it by its key `ratios`")
    return 0


def _check(arguments: argparse.Namespace, path: Path) -> int:
    said = _read(path)
    start, end, size = moment(said["from"]), moment(said["to"]), int(said["log"]["size"])
    with opened(arguments, "report", "check") as store:
        told, head = store.read(lambda session: _told(session, start, end, size))
    if head.as_json() != said["log"]:
        msg = f"the log's first {size} entries are not those that {path.name} was made from"
        raise FindingError(msg)
    wrong = mismatches(said, told)
    for line in wrong:
        print(line)
    if wrong:
        msg = f"{len(wrong)} of {len(said['figures'])} figures are not what the log gives"
        raise FindingError(msg)
    print(f"all {len(said['figures'])} figures are what the log gives")
    return 0


def _told(session: Session, start: datetime, end: datetime, size: int) -> tuple[Told, Head]:
    """Return the verified entries of the log, or its first `size`, and their head."""
    whole = verify(session)
    known = min(size or whole.size, whole.size)
    entries = [entry for entry in every_entry(session) if entry.seq <= known]
    return Told(every=entries, start=start, end=end), head_at(session, known)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        if said["audience"] in AUDIENCES and all({"section", "figure", "group"} <= set(row) for row in said["figures"]):
            return {**said, "from": str(said["from"]), "to": str(said["to"])}
    except (ValueError, KeyError, TypeError):
        pass
    raise FormatError(path.name, "", "this is no oversight report", "give the JSON that `upwind report` writes")
