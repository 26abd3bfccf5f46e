"""`upwind locate`: tracks in, a GeoJSON of sources out."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from upwind import __version__
from upwind.cli.files import require_place, write_together
from upwind.cli.follow import Watch, follow, in_words
from upwind.cli.screen import progress, standing
from upwind.cli.values import area_of, seconds_of, seed_of, sources_of
from upwind.invert import Settings, locate
from upwind.pipeline import read_flight, require_near
from upwind.readers import require_locatable
from upwind.readers.files import open_file
from upwind.records import Track
from upwind.render.content import Analysis, Input, Provenance
from upwind.render.geojson import located_collection, written
from upwind.render.report import report_page

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
examples:
  upwind locate flight.csv --out sources.geojson
  upwind locate flight.csv --gas methane --wind mast.csv --seed 7 --out sources.geojson
  upwind locate flight.csv --follow --idle-timeout 120 --out sources.geojson
"""
_NEGATIVE = re.compile(r"-[\d.]")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    parser._negative_number_matcher = _NEGATIVE  # noqa: SLF001 - or `--area -98.6,…` would be taken for an option
    parser.add_argument("tracks", type=Path, nargs="+", metavar="TRACK", help="track tables, all fitted jointly")
    parser.add_argument(
        "--gas", action="append", default=[], help="a gas column's name; may stand again (default: all)"
    )
    parser.add_argument("--wind", type=Path, metavar="FILE", help="wind columns against time, for tracks without them")
    parser.add_argument("--area", type=area_of, metavar="W,S,E,N", help="where sources may be, in degrees")
    parser.add_argument("--max-sources", type=sources_of, default=5, metavar="N", help="no more than so many")
    parser.add_argument("--seed", type=seed_of, default=0, metavar="N", help="the same seed gives the same bytes")
    parser.add_argument("--report", type=Path, metavar="F.html", help="a page of the fit and its diagnosis, too")
    parser.add_argument("--follow", action="store_true", help="read on while the tracks grow, and rewrite the sources")
    parser.add_argument(
        "--idle-timeout",
        type=seconds_of,
        default=60.0,
        metavar="S",
        help="end --follow after so long without a row (default: 60)",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="F.geojson", help="where the sources go")


def run(arguments: argparse.Namespace) -> int:
    """Locate the sources of all tracks together and write them; with `--follow`, again and again while they grow."""
    for path in filter(None, (arguments.out, arguments.report)):
        require_place(path)
    settings = Settings(
        gases=tuple(dict.fromkeys(arguments.gas)),
        area=arguments.area,
        max_sources=arguments.max_sources,
        seed=arguments.seed,
    )
    tracks = _followed(arguments, settings) if arguments.follow else read_flight(arguments.tracks, arguments.wind)
    if tracks is None:
        return _stopped(arguments.out)
    require_locatable(tracks)
    if arguments.area is not None:
        require_near(arguments.area, tracks)
    try:
        with progress("locating") as advance:
            located = locate(tracks, settings, advance)
    except KeyboardInterrupt:
        if arguments.follow:
            return _stopped(arguments.out)
        raise
    names = tuple(path.name for path in arguments.tracks)
    provenance = Provenance(
        version=__version__, seed=arguments.seed, command=_command(arguments), inputs=_inputs(arguments)
    )
    contents: dict[str | Path, bytes | str] = {arguments.out: written(located_collection(located, provenance))}
    if arguments.report is not None:
        analysis = Analysis(name=names[0], flights=names, platform="", tracks=tuple(tracks), located=located, known=())
        contents[arguments.report] = report_page(", ".join(names), [analysis], provenance)
    write_together(contents)
    for answer in located:
        print(in_words(answer))
    print(f"Results are in {' and '.join(map(str, contents))}")
    return 0


def _stopped(out: Path) -> int:
    print(f"Stopped; the results so far are in {out}")
    return 0


def _followed(arguments: argparse.Namespace, settings: Settings) -> list[Track] | None:
    """Return the tracks as they are when they have stopped growing; None where a person stopped it."""
    watch = Watch(
        tracks=tuple(arguments.tracks),
        wind=arguments.wind,
        out=arguments.out,
        idle_timeout_s=arguments.idle_timeout,
    )
    with standing() as say:
        return follow(watch, settings, say)


def _inputs(arguments: argparse.Namespace) -> tuple[Input, ...]:
    paths = [*arguments.tracks, *([arguments.wind] if arguments.wind is not None else [])]
    return tuple(Input(name=path.name, sha256=open_file(path).sha256) for path in paths)


def _command(arguments: argparse.Namespace) -> str:
    """Return the command without folders, so that the same files give the same bytes anywhere."""
    said = ["upwind locate", *(path.name for path in arguments.tracks)]
    said += [f"--gas {gas!r}" for gas in arguments.gas]
    if arguments.wind is not None:
        said.append(f"--wind {arguments.wind.name}")
    if arguments.area is not None:
        said.append("--area=" + ",".join(f"{edge:g}" for edge in arguments.area))
    return " ".join([*said, f"--max-sources {arguments.max_sources}", f"--seed {arguments.seed}"])
