"""What reports say of a site: matched by place, graded, each origin once, each kind discounted for what it shares.

A report that points to a place within a radius and lies d from the site counts as ``log[1 - g + g exp(l)]`` where l is
its log likelihood ratio and ``g = exp(-d^2 / 2s^2) min(1, R^2 / s^2)``; s joins the report's radius and the width of
the site's position, and R is the radius that the ratios are given for. So a report that could mean half a town says
little of any one house, and none is taken for more than its ratio.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray
from upwind.geo import frame_of
from upwind.records import Estimate, Report, Term
from upwind.sites.emission import LEVEL
from upwind.sites.ratios import Ratio, graded, kind_of

__all__ = ["RADIUS_M", "Hearing", "nearness", "terms_of"]

#: R: reports that place something so well count in full. [m]
RADIUS_M = 100.0
#: Half the width of a normal distribution's 90 % interval.
_HALF_90 = 1.6448536269514722


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """How reports are weighed: ratios by kind, a factor on their logarithms, and what reports share.

    Of two reports about one site the weaker counts less by `same_kind` or `other_kind`, once for each stronger one.
    """

    ratios: Mapping[str, Ratio]
    scale: float = 1.0
    same_kind: float = 0.9
    other_kind: float = 0.5


def nearness(reports: Sequence[Report], places: FloatArray) -> FloatArray:
    """Return g of each report, (report,), for a site's equally likely places (draw, 2). [deg]"""
    frame = frame_of(places[:, 0], places[:, 1])
    every = np.concatenate([places, np.array([(one.longitude, one.latitude) for one in reports]).reshape(-1, 2)])
    east, north = frame.to_local(every[:, 0], every[:, 1])
    own = slice(len(places))
    spread = 0.5 * (np.var(east[own]) + np.var(north[own]))
    square = np.maximum(np.array([one.radius_m for one in reports]) ** 2 + spread, 1.0)
    away = np.hypot(east[len(places) :] - np.median(east[own]), north[len(places) :] - np.median(north[own]))
    return np.asarray(np.exp(-0.5 * away**2 / square) * np.minimum(1.0, RADIUS_M**2 / square))


def terms_of(reports: Sequence[Report], near: FloatArray, hearing: Hearing) -> tuple[Term, ...]:
    """Return a term a report, the strongest first; reports of one origin after its strongest count nothing.

    `near` is the `nearness` of each to the site.
    """
    alone = {report.id: _alone(report, float(g), hearing) for report, g in zip(reports, near, strict=True)}
    ranked = sorted(reports, key=lambda report: (-abs(alone[report.id].median), report.id))
    first: dict[str, Report] = {}
    for report in ranked:
        first.setdefault(report.origin or report.id, report)
    heard = [report for report in ranked if first[report.origin or report.id] is report]
    kinds = [kind_of(report.kind) for report in heard]
    terms = []
    for report in ranked:
        counted = first[report.origin or report.id]
        stronger = kinds[: heard.index(counted)]
        same = stronger.count(kind_of(report.kind))
        kept = (1.0 - hearing.same_kind) ** same * (1.0 - hearing.other_kind) ** (len(stronger) - same)
        terms.append(
            Term(
                kind="report",
                name=report.kind,
                evidence=report.id,
                weight=_times(alone[report.id], kept if counted is report else 0.0),
                undiscounted=alone[report.id].median,
                counted_with="" if counted is report else counted.id,
                time=report.time,
            )
        )
    return tuple(terms)


def _alone(report: Report, near: float, hearing: Hearing) -> Estimate:
    """Return a report's log weight as though it were the only one."""
    ratio = graded(hearing.ratios[kind_of(report.kind)], report.reliability, report.credibility)
    ends = (ratio.log_mean - _HALF_90 * ratio.log_sd, ratio.log_mean, ratio.log_mean + _HALF_90 * ratio.log_sd)
    lower, median, upper = (math.log1p(near * math.expm1(hearing.scale * end)) for end in ends)
    return Estimate(median=median, lower=lower, upper=upper, level=LEVEL, units="nats")


def _times(estimate: Estimate, factor: float) -> Estimate:
    return Estimate(
        median=factor * estimate.median,
        lower=factor * estimate.lower,
        upper=factor * estimate.upper,
        level=estimate.level,
        units=estimate.units,
    )
