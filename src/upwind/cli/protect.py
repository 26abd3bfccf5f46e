"""`upwind protect`: a place and what it gives off in, hazard zones, people and a one-page safety sheet out."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from upwind import __version__, compounds
from upwind.cli.files import require_place, write_together
from upwind.cli.screen import table
from upwind.cli.values import interval_of, mass_of, moment_of, position_of, seed_of
from upwind.errors import InputError
from upwind.readers import read_wind
from upwind.readers.files import open_file
from upwind.readers.keys import nearest
from upwind.readers.leads import read_lead
from upwind.readers.places import places_of
from upwind.readers.population import read_population
from upwind.records import Emission, Lead, Place, Protection, Zone
from upwind.render.content import Input, Provenance
from upwind.render.geojson import written
from upwind.render.numbers import figure, interval, percent
from upwind.render.protection import protection_document
from upwind.render.sheet import LIMITS, counted, safety_sheet, scenario_word
from upwind.render.words import LANGUAGES, word
from upwind.safety import DRAWS, Scenario, Surroundings, protect
from upwind.safety.around import box_about, is_town, surroundings

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
the place: a Feature of sources.geojson or sites.geojson, or --at with --compound and --rate for each compound

examples:
  upwind protect out/mission/sites.geojson --id site-1 --wind wind.csv --map city.osm.pbf --people census.geojson \\
    --out protect
  upwind protect --at -100.31,25.67 --compound acetone --rate 0.1,0.36,1.2 --release 20 --out protect --lang es
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    add = parser.add_argument
    add("leads", type=Path, nargs="?", metavar="LEADS.geojson", help="sources or sites as upwind writes them")
    add("--id", metavar="ID", help="which of them: its id, or its number from 1")
    add("--at", type=position_of, metavar="LON,LAT", help="the place, in place of a file")
    add("--compound", action="append", default=[], metavar="NAME", help="with --at: what it gives off; may repeat")
    add(
        "--rate",
        action="append",
        default=[],
        type=interval_of,
        metavar="LOWER,MEDIUM,UPPER",
        help="its rate, kg/h, 90 %%",
    )
    add("--wind", type=Path, metavar="F", help="a wind file: its rows are taken as what the wind may be")
    add("--time", type=moment_of, metavar="TIME", help="only the wind file's rows within an hour of this time of day")
    add("--map", type=Path, metavar="PLACES", help="buildings, schools, clinics: .osm.pbf, GeoJSON or CSV")
    add("--people", type=Path, metavar="POPULATION", help="GeoJSON areas with persons, or GeoTIFF of persons a cell")
    add("--release", type=mass_of, metavar="KG", help="a scenario: so much of each compound is spilled")
    add("--terrain", choices=("town", "open"), help="over what it spreads (default: by the map; town without one)")
    add("--seed", type=seed_of, default=0, metavar="N", help="the same seed gives the same bytes")
    add("--lang", choices=LANGUAGES, default="en", help="the sheet's language")
    add(
        "--out",
        type=Path,
        required=True,
        metavar="OUT",
        help="a folder for protection.json and sheet.html; or F.json, and F.html beside",
    )


def run(arguments: argparse.Namespace) -> int:
    """Compute who is in harm's way and write the answer and the sheet."""
    lead = _lead(arguments)
    files = _files(arguments.out)
    folder = files[0].parent
    require_place(next(one for one in (folder, *folder.absolute().parents) if one.exists()) / files[0].name)
    wind = read_wind(arguments.wind) if arguments.wind else None
    around, inputs = _around(arguments, lead)
    town = arguments.terrain == "town" if arguments.terrain else is_town(around)
    asked = Scenario(
        time_s=arguments.time.timestamp() if arguments.time else None, release_kg=arguments.release, town=town
    )
    protection = protect(lead, wind, around, asked, np.random.default_rng(arguments.seed))
    provenance = Provenance(version=__version__, seed=arguments.seed, command="upwind protect", inputs=inputs)
    sheet = safety_sheet(protection, around.places, provenance, DRAWS, arguments.lang)
    folder.mkdir(parents=True, exist_ok=True)
    document = written(protection_document(protection, provenance))
    write_together(dict(zip(files, (document, sheet), strict=True)))
    _show(protection)
    print(f"Unreviewed lead, not for action. Results are in {folder}: {', '.join(file.name for file in files)}")
    return 0


def _files(out: Path) -> tuple[Path, Path]:
    """Return where the answer and the sheet go: into a folder, or the one as named and the other beside it."""
    if out.suffix in (".json", ".geojson"):
        return out, out.with_suffix(".html")
    return out / "protection.json", out / "sheet.html"


def _lead(arguments: argparse.Namespace) -> Lead:
    """Return the place that the options name."""
    if (arguments.leads is None) == (arguments.at is None):
        msg = "give either a file of sources or sites, or --at with --compound and --rate"
        raise InputError(msg)
    if arguments.at is None:
        return read_lead(arguments.leads, arguments.id)
    if not arguments.compound or len(arguments.rate) != len(arguments.compound):
        msg = f"--at needs a --rate for each --compound, not {len(arguments.rate)} for {len(arguments.compound)}"
        raise InputError(msg)
    for name in arguments.compound:
        if compounds.find(name) is None:
            msg = f"--compound: {name!r} is in no table; {nearest(name, [each.name for each in compounds.every()])}"
            raise InputError(msg)
    longitude, latitude = arguments.at
    return Lead(
        id=arguments.id or f"{latitude:.5f}, {longitude:.5f}",
        longitude=longitude,
        latitude=latitude,
        easting_90=(0.0, 0.0),
        northing_90=(0.0, 0.0),
        emissions=tuple(
            Emission(compound=compound, rate=rate)
            for compound, rate in zip(arguments.compound, arguments.rate, strict=True)
        ),
    )


def _around(arguments: argparse.Namespace, lead: Lead) -> tuple[Surroundings, tuple[Input, ...]]:
    """Return the map and the population about a place, and every file that was read."""
    files = {
        name: open_file(path, binary=True)
        for name in ("leads", "wind", "map", "people")
        if (path := getattr(arguments, name)) is not None
    }
    places: tuple[Place, ...] = places_of(files["map"]) if "map" in files else ()
    areas = read_population(arguments.people, box_about(lead)) if "people" in files else ()
    around = surroundings(lead, places, areas)
    return around, tuple(Input(name=file.name, sha256=file.sha256) for file in files.values())


def _show(protection: Protection) -> None:
    """Print a row a zone of an hour or of no time, and who is in harm's way."""
    precaution, exposure = protection.precaution, protection.exposure
    shown = [zone for zone in protection.zones if zone.limit.minutes in (None, 60.0) and zone.distance.upper > 0.0]
    heads = ("compound", "limit", "scenario", "reaches (90 %)", "residents in it (90 %)")
    title = f"Keep {figure(precaution.metres)} m away until the air has been measured"
    if shown:
        table(title, heads, [_row(protection, zone) for zone in shown])
    else:
        print(f"{title}; no limit is passed outdoors")
    if exposure is not None:
        within = f"{counted(exposure.within_distance)} within {figure(precaution.metres)} m"
        print(f"Exposed: {counted(exposure.in_zone)} residents in the warning zone, {within}")
    for each in protection.facilities[:1]:
        print(f"Nearest: {each.kind} {each.name} at {figure(each.distance_m)} m, in the zone in {percent(each.chance)}")
    for key, compound in protection.notes:
        print(word(key, "en", compound=compound))


def _row(protection: Protection, zone: Zone) -> tuple[str, ...]:
    marks = ("; stands in" if zone.limit.stands_in else "") + ("" if zone.limit.verified else "; unverified")
    return (
        zone.compound,
        word(LIMITS[zone.limit.kind], "en") + marks,
        scenario_word(protection, zone.scenario, "en"),
        interval(zone.distance) + ("; all round" if zone.is_all_round else ""),
        "-" if zone.exposed is None else counted(zone.exposed),
    )
