"""`upwind explain`: compounds of air samples in, ranked explanations out."""

from __future__ import annotations

import argparse
from pathlib import Path

from upwind import __version__
from upwind.cli.files import require_place, write_beside
from upwind.cli.profiles import IMPORTED, SHIPPED, chosen
from upwind.cli.screen import table
from upwind.cli.values import circle_of, direction_of, moment_of, zone_of
from upwind.errors import InputError
from upwind.explain import UNEXPLAINED, Moment, Neighbourhood, explain, explain_there
from upwind.explain.whereabouts import upwind_of, within
from upwind.readers.files import File, open_file
from upwind.readers.places import places_of
from upwind.readers.samples import read_samples
from upwind.records import Explained
from upwind.render.content import Input, Provenance
from upwind.render.explained import explained_document, likeliest_place
from upwind.render.geojson import written

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
columns of SAMPLES.csv: sample, compound, cas, value, unit, detection_limit, uncertainty, sensor
  compound and value and unit are needed; an empty value is below the detection limit
  units: ppb, ppm, ug/m3, mg/m3, or wt% of the whole gas mixture

examples:
  upwind explain samples.csv --out explained.json
  upwind explain samples.csv --map town.osm.pbf --at -110.5,31.25,60 --time 2026-03-02T18:00:00Z --out explained.json
  upwind explain samples.csv --map shops.csv --at -110.5,31.25,400 --wind-from 270 --out explained.json
"""

#: Samples shown on screen; all are in the file.
_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    parser.add_argument("samples", type=Path, metavar="SAMPLES.csv", help="a row a compound")
    parser.add_argument("--map", type=Path, metavar="PLACES", help="an .osm.pbf, GeoJSON or CSV of what stands there")
    parser.add_argument(
        "--at", type=circle_of, metavar="LON,LAT,RADIUS", help="the source is, nine times of ten, within so many metres"
    )
    parser.add_argument(
        "--wind-from",
        type=direction_of,
        metavar="DEG",
        help="the sample, not the source, is at --at: the source is upwind, within the radius",
    )
    parser.add_argument("--time", type=moment_of, metavar="TIME", help="when it was smelled: opening hours count")
    parser.add_argument("--zone", type=zone_of, metavar="NAME", help="local time there (default: by the longitude)")
    parser.add_argument("--holiday", action="store_true", help="it was a public holiday there")
    parser.add_argument(
        "--profiles",
        choices=(SHIPPED, IMPORTED),
        help="benign profiles to explain by (default: those of `upwind import profiles`, or else the shipped ones)",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="F.json", help="where the explanations go")


def run(arguments: argparse.Namespace) -> int:
    """Explain every sample and write the answers."""
    require_place(arguments.out)
    if (arguments.map is None) != (arguments.at is None):
        msg = "a map and a place go together: give both --map PLACES and --at LON,LAT,RADIUS, or neither"
        raise InputError(msg)
    samples = read_samples(arguments.samples)
    profiles, imported = chosen(arguments.profiles)
    files = [open_file(arguments.samples), *([] if imported is None else [imported])]
    if arguments.map is None:
        answers = [explain(sample, profiles) for sample in samples]
    else:
        files.append(open_file(arguments.map, binary=True))
        neighbourhood = _neighbourhood(arguments, files[-1])
        answers = [explain_there(sample, neighbourhood, profiles) for sample in samples]
    provenance = Provenance(
        version=__version__,
        seed=0,
        command=_command(arguments),
        inputs=tuple(Input(name=file.name, sha256=file.sha256) for file in files),
    )
    write_beside(arguments.out, written(explained_document(answers, provenance)))
    heads = ("sample", "best explanation", "probability", UNEXPLAINED, "listed in excess")
    table("", heads, [_row(answer) for answer in answers[:_SHOWN]], right=("probability", UNEXPLAINED))
    for words in filter(None, (likeliest_place(answer) for answer in answers[:_SHOWN])):
        print(words)
    print(f"Unreviewed leads, not for action: a vapour never proves anything. Results are in {arguments.out}")
    return 0


def _neighbourhood(arguments: argparse.Namespace, file: File) -> Neighbourhood:
    """Return the map, and where and when on it."""
    longitude, latitude, radius = arguments.at
    if arguments.wind_from is None:
        where = within(longitude, latitude, radius)
    else:
        where = upwind_of(longitude, latitude, radius, arguments.wind_from)
    moment = None
    if arguments.time is not None:
        moment = Moment(time=arguments.time, zone=arguments.zone, holiday=arguments.holiday)
    return Neighbourhood(places=places_of(file), whereabouts=where, moment=moment)


def _command(arguments: argparse.Namespace) -> str:
    """Return the command as the document shows it, without folders."""
    words = ["upwind explain", arguments.samples.name]
    if arguments.map is not None:
        words += ["--map", arguments.map.name, "--at", ",".join(f"{value:.7g}" for value in arguments.at)]
    words += [] if arguments.wind_from is None else ["--wind-from", f"{arguments.wind_from:g}"]
    words += [] if arguments.time is None else ["--time", arguments.time.isoformat()]
    words += [] if arguments.zone is None else ["--zone", str(arguments.zone)]
    words += [] if arguments.profiles is None else ["--profiles", arguments.profiles]
    return " ".join([*words, *(["--holiday"] if arguments.holiday else [])])


def _row(answer: Explained) -> tuple[str, ...]:
    """Return a sample's line on screen."""
    best = answer.explanations[0]
    words = "(abstains) " if answer.abstained else ""
    return (
        answer.sample or "-",
        f"{words}{best.name}",
        f"{best.probability:.0%}",
        f"{answer.unexplained.probability:.0%}",
        ", ".join(answer.unexplained.compounds) or "-",
    )
