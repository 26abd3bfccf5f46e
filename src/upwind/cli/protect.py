"""`upwind protect`: a place and what it gives off in, hazard zones, people and a one-page safety sheet out."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from upwind import __version__, compounds
from upwind.cli.files import require_place, write_together
from upwind.cli.screen import table
from upwind.cli.values import moment_of, position_of, seed_of
from upwind.readers import read_wind
from upwind.readers.files import open_file
from upwind.readers.leads import read_lead
from upwind.readers.places import read_places
from upwind.readers.population import read_population
from upwind.records import Emission, Estimate, Lead, Place, Protection
from upwind.render.content import Input, Provenance
from upwind.render.geojson import written
from upwind.render.numbers import figure, interval, percent
from upwind.render.protection import protection_document
from upwind.render.sheet import LIMITS, counted, safety_sheet, scenario_word
from upwind.render.words import LANGUAGES, word
from upwind.safety import DRAWS, Scenario, Surroundings, protect

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
the place: a Feature of sources.geojson or sites.geojson, or --at with --compound and --rate for each compound

examples:
  upwind protect out/mission/sites.geojson --id site-1 --wind wind.csv --map city.osm.pbf --people census.geojson \\
    --out protect
  upwind protect --at -100.31,25.67 --compound acetone --rate 0.1,0.36,1.2 --release 20 --out protect --lang es
"""

#: People are looked for as far as this from the place. [deg of latitude]
_BOX_DEG = 0.1
#: So many buildings within the box are a town.
_TOWN = 30
#: Spread of the log of a number of people: a census, and a grid that a model spread it over.
_CENSUS_ERROR, _GRID_ERROR = 0.1, 0.3
_FILES = ("protection.json", "sheet.html")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    add = parser.add_argument
    add("leads", type=Path, nargs="?", metavar="LEADS.geojson", help="sources or sites as upwind writes them")
    add("--id", metavar="ID", help="which of them: its id, or its number from 1")
    add("--at", type=position_of, metavar="LON,LAT", help="the place, in place of a file")
    add("--compound", action="append", default=[], metavar="NAME", help="with --at: what it gives off; may repeat")
    add("--rate", action="append", default=[], type=rate_of, metavar="LOWER,MEDIUM,UPPER", help="its rate, kg/h, 90 %%")
    add("--wind", type=Path, metavar="F", help="a wind file: its rows are taken as what the wind may be")
    add("--time", type=moment_of, metavar="TIME", help="only the wind file's rows within an hour of this time of day")
    add("--map", type=Path, metavar="PLACES", help="buildings, schools, clinics: .osm.pbf, GeoJSON or CSV")
    add("--people", type=Path, metavar="POPULATION", help="GeoJSON areas with persons, or GeoTIFF of persons a cell")
    add("--release", type=mass_of, metavar="KG", help="a scenario: so much of each compound is spilled")
    add("--terrain", choices=("town", "open"), help="over what it spreads (default: by the map; town without one)")
    add("--seed", type=seed_of, default=0, metavar="N", help="the same seed gives the same bytes")
    add("--lang", choices=LANGUAGES, default="en", help="the sheet's language")
    add("--out", type=Path, required=True, metavar="DIR", help="where protection.json and sheet.html go")
