"""Ranked sites as a table on the screen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from upwind.cli.screen import table
from upwind.records import Explained, Site
from upwind.records.mapped import SearchMap
from upwind.render.content import Fused
from upwind.render.numbers import coordinates, figure, percent
from upwind.render.search_map import where_left

__all__ = ["show_sites"]


def show_sites(fused: Fused) -> None:
    """Print a row a site, as they are ranked, how many reports fit none, and where sites could still be."""
    if fused.sites:
        heads = ["site", "latitude, longitude", "90 %", "prob. (90 %)", "not benign", "compounds", "seen", "silent"]
        heads += ["reports"]
        rows = [_row(number, site, fused.explained[site.id]) for number, site in enumerate(fused.sites, start=1)]
        plural = "" if len(rows) == 1 else "s"
        right = ("90 %", "prob. (90 %)", "not benign", "seen", "silent", "reports")
        table(f"{len(rows)} candidate site{plural}, what most needs a look first", heads, rows, right=right)
    if (parting := fused.parting) is not None and parting.sites_if_fewer != parting.sites_if_more:
        emitters = parting.emitters
        print(
            f"That is at {figure(emitters.median)} emitters a km2: {parting.sites_if_fewer} if there are "
            f"{figure(emitters.lower)}, {parting.sites_if_more} if {figure(emitters.upper)}."
        )
    told = {report for site in fused.sites for report in site.reports}
    if len(told) < len(fused.reports):
        print(f"{len(fused.reports) - len(told)} of {len(fused.reports)} reports fit no site.")
    if fused.searched is not None:
        _show_left(fused.searched)


def _show_left(searched: SearchMap) -> None:
    """Print what the area may still hold, and where most of it is."""
    left = -np.expm1(np.log1p(-searched.undiscovered).sum())
    half, *about = where_left(searched.grid, searched.undiscovered)
    print(f"{percent(float(left))} that the area holds a site that nobody knows of; half of that lies in")
    print(f"{percent(half)} of the area, most about {coordinates(*about)}: upwind plan AREA.geojson --prior search.tif")


def _row(number: int, site: Site, answer: Explained) -> Sequence[str]:
    kinds = [term.kind for term in site.terms]
    ends = f"{percent(site.probability.lower)}-{percent(site.probability.upper)}"
    return [
        str(number),
        coordinates(site.longitude, site.latitude),
        f"{figure(site.radius_90_m)} m",
        f"{percent(site.probability.median)} ({ends})".replace(" %", "%"),
        percent(answer.unexplained.probability),
        ", ".join(site.compounds),
        str(kinds.count("seen")),
        str(kinds.count("silent")),
        str(len(site.reports)),
    ]
