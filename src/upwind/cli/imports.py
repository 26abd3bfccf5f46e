"""`upwind import`: what others made, into the store or the user's data folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from upwind.cli.basemap import declare_basemap, keep_basemap
from upwind.cli.profiles import declare, keep
from upwind.cli.stored import add_store, keep_sites, opened, url_of
from upwind.review.judgement import Verdict

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
examples:
  upwind import sites out/prairie-grass/sites.geojson
  upwind import sites trial.geojson --known confirmed     # cases whose truth is known measure reviewers
  upwind import profiles speciate.zip
  upwind import basemap sonora.pmtiles                    # upwind import basemap --remove goes back
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    sites = kinds.add_parser(
        "sites", help="candidate sites, as `upwind run` writes them; the same file twice adds none"
    )
    sites.add_argument("file", type=Path, metavar="FILE.geojson")
    sites.add_argument("--known", choices=[*map(str, Verdict)], help="what the sites truly are; reviewers never see it")
    add_store(sites)
    declare(kinds)
    declare_basemap(kinds)


def run(arguments: argparse.Namespace) -> int:
    """Take in what the file holds."""
    if arguments.kind == "profiles":
        return keep(arguments.file)
    if arguments.kind == "basemap":
        return keep_basemap(arguments)
    truth = Verdict(arguments.known) if arguments.known else None
    with opened(arguments, "import", "sites", arguments.file.name) as store:
        fresh, held = keep_sites(store, url_of(arguments), arguments.file, {}, truth)
    print(f"{fresh} of {held} sites are new or changed")
    return 0
