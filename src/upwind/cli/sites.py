"""Ranked sites as a table on the screen."""

from __future__ import annotations

from collections.abc import Sequence

from upwind.cli.screen import table
from upwind.records import Site
from upwind.render.content import Fused
from upwind.render.numbers import coordinates, figure, percent

__all__ = ["show_sites"]


def show_sites(fused: Fused) -> None:
    """Print a row a site, the most probable first, and how many reports fit none."""
    if fused.sites:
        heads = ["site", "latitude, longitude", "90 %", "prob. (90 %)", "on", "compounds", "seen", "silent", "reports"]
        rows = [_row(number, site) for number, site in enumerate(fused.sites, start=1)]
        plural = "" if len(rows) == 1 else "s"
        right = ("90 %", "prob. (90 %)", "on", "seen", "silent", "reports")
        table(f"{len(rows)} candidate site{plural}, the most probable first", heads, rows, right=right)
    if (parting := fused.parting) is not None and parting.sites_if_fewer != parting.sites_if_more:
        emitters = parting.emitters
        print(
            f"That is at {figure(emitters.median)} emitters a km2: {parting.sites_if_fewer} if there are "
            f"{figure(emitters.lower)}, {parting.sites_if_more} if {figure(emitters.upper)}."
        )
    told = {report for site in fused.sites for report in site.reports}
    if len(told) < len(fused.reports):
        print(f"{len(fused.reports) - len(told)} of {len(fused.reports)} reports fit no site.")


def _row(number: int, site: Site) -> Sequence[str]:
    kinds = [term.kind for term in site.terms]
    ends = f"{percent(site.probability.lower)}-{percent(site.probability.upper)}"
    return [
        str(number),
        coordinates(site.longitude, site.latitude),
        f"{figure(site.radius_90_m)} m",
        f"{percent(site.probability.median)} ({ends})".replace(" %", "%"),
        percent(site.duty_cycle.median),
        ", ".join(site.compounds),
        str(kinds.count("seen")),
        str(kinds.count("silent")),
        str(len(site.reports)),
    ]
