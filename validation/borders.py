"""Points about the borders of every state, against an independent computation; writes docs/audit-figures.md.

From the top of the checkout, a minute or two on two cores::

    python -m validation.borders --date 2026-01-31

Truth is shapely's, ring by ring, for what is inside, and pyproj's geodesic for how far the nearest edge is.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from pyproj import Geod
from validation.ledger import CHECKOUT, commit

from upwind import __version__
from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.flights.audit.entries import audit
from upwind.flights.borders.atlas import atlas_of
from upwind.flights.borders.polygons import Polygons
from upwind.flights.borders.shipped import states
from upwind.records import Trajectory

GEOD = Geod(ellps="WGS84")
#: How far from a border points are drawn, and how far a sample within error may be from one. [m]
ABOUT_M, ALLOWED_M = 1000.0, 60.0
#: Outlines are laid into lines of so many edges, of which those near a point are sought.
PIECE = 32
#: So many degrees of latitude are more than the distances that are told apart.
NEAR_DEG = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Positions, (point,), and how they were drawn. [deg]"""

    longitude: FloatArray
    latitude: FloatArray
    by_length: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What holds for each point and state, (point, state); `distance` [m] is infinite beyond 100 m or so."""

    inside: BoolArray
    distance: FloatArray


def draw(outlines: Polygons, seed: int, count: int) -> Points:
    """Return points about borders, half of them drawn along the edges by their length, half by vertex."""
    rng = np.random.default_rng(seed)
    following = _following(outlines)
    x, y = outlines.longitude, outlines.latitude
    metres = GEOD.inv(x, y, x[following], y[following])[2]
    metres[_on_seam(outlines, following)] = 0.0
    drawn = [rng.choice(len(x), count // 2, p=metres / metres.sum()), rng.choice(len(x), count - count // 2)]
    first = np.concatenate(drawn)
    part = rng.uniform(0.0, 1.0, count)
    at = [values[first] + part * (values[following[first]] - values[first]) for values in (x, y)]
    longitude, latitude, _ = GEOD.fwd(*at, rng.uniform(0.0, 360.0, count), rng.uniform(0.0, ABOUT_M, count))
    return Points(longitude=longitude, latitude=latitude, by_length=np.arange(count) < count // 2)


def truth_of(outlines: Polygons, points: Points) -> Truth:
    """Return which states hold each point, and how far their nearest edge is."""
    shape = len(points.longitude), len(outlines.names)
    inside = np.zeros(shape, dtype=np.bool_)
    for area, ring in _rings(outlines):
        west, south, east, north = *ring.min(axis=0), *ring.max(axis=0)
        near = (points.longitude >= west) & (points.longitude <= east)
        near &= (points.latitude >= south) & (points.latitude <= north)
        if near.any():
            polygon = shapely.Polygon(ring)
            shapely.prepare(polygon)
            inside[near, area] ^= shapely.contains_xy(polygon, points.longitude[near], points.latitude[near])
    return Truth(inside=inside, distance=_distances(outlines, points, shape))


def _rings(outlines: Polygons) -> Iterator[tuple[int, FloatArray]]:
    vertices = np.column_stack((outlines.longitude, outlines.latitude))
    for number, area in enumerate(outlines.area.tolist()):
        yield area, vertices[outlines.start[number] : outlines.start[number + 1]]


def _following(outlines: Polygons) -> IntArray:
    following = np.arange(1, len(outlines.longitude) + 1)
    following[outlines.start[1:] - 1] = outlines.start[:-1]
    return following


def _on_seam(outlines: Polygons, following: IntArray) -> BoolArray:
    """Return which edges lie on the 180th meridian, within 4 m, where the source is cut and nothing ends."""
    cut = 180.0 - 4e-5
    near = (np.abs(outlines.longitude) >= cut) & (np.abs(outlines.longitude[following]) >= cut)
    on_seam: BoolArray = near & (np.abs(outlines.longitude - outlines.longitude[following]) < 1.0)
    return on_seam


def _distances(outlines: Polygons, points: Points, shape: tuple[int, int]) -> FloatArray:
    """Return the geodesic's length to the nearest point of the nearest edges. [m]"""
    following = _following(outlines)
    edges = np.flatnonzero(~_on_seam(outlines, following))
    owner = np.repeat(outlines.area, np.diff(outlines.start))[edges]
    start = np.column_stack((outlines.longitude, outlines.latitude))[edges]
    stop = np.column_stack((outlines.longitude, outlines.latitude))[following[edges]]
    firsts = np.arange(0, len(edges), PIECE)
    boxes = shapely.box(
        *np.minimum.reduceat(np.minimum(start, stop), firsts).T, *np.maximum.reduceat(np.maximum(start, stop), firsts).T
    )
    wide = NEAR_DEG / np.cos(np.radians(points.latitude))
    reach = shapely.box(
        points.longitude - wide, points.latitude - NEAR_DEG, points.longitude + wide, points.latitude + NEAR_DEG
    )
    point, piece = shapely.STRtree(boxes).query(reach)
    point = np.repeat(point, PIECE)
    edge = (firsts[piece][:, None] + np.arange(PIECE)).ravel()
    point, edge = point[edge < len(edges)], edge[edge < len(edges)]
    at = np.column_stack((points.longitude, points.latitude))[point]
    scale = np.column_stack((np.cos(np.radians(at[:, 1])), np.ones(len(at))))
    along, to = (stop[edge] - start[edge]) * scale, (at - start[edge]) * scale
    part = np.clip((along * to).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-30), 0.0, 1.0)
    foot = start[edge] + part[:, None] * (stop[edge] - start[edge])
    close = np.flatnonzero((np.abs(foot - at) * scale).max(axis=1) < NEAR_DEG)
    distance = np.full(shape, np.inf)
    metres = GEOD.inv(*foot[close].T, *at[close].T)[2]
    np.minimum.at(distance, (point[close], owner[edge[close]]), metres)
    return distance


def verdicts_of(points: Points) -> tuple[BoolArray, BoolArray]:
    """Return which states upwind says each point is inside, and within error of: (point, state)."""
    atlas = atlas_of(())
    count = len(points.longitude)
    unknown, each = np.full(count, np.nan), np.arange(count)
    found = audit(
        Trajectory(
            name="points",
            sha256="",
            time=np.arange(float(count)),
            longitude=points.longitude,
            latitude=points.latitude,
            height=unknown,
            altitude=unknown,
            ellipsoidal_height=unknown,
            pressure_altitude=unknown,
            row=each,
            flight=each,
            flights=tuple(map(str, range(count))),
            platform=np.zeros(count, dtype=np.int64),
            platforms=("",),
        ),
        (),
        atlas,
    ).verdicts
    inside, doubtful = (np.zeros((count, len(atlas.states)), dtype=np.bool_) for _ in range(2))
    inside[found.sample, found.state] = found.inside
    doubtful[found.sample, found.state] = ~found.inside
    return inside, doubtful


def table(points: Points, truth: Truth, said: tuple[BoolArray, BoolArray]) -> list[str]:
    """Return the table of what was right and wrong."""
    inside, doubtful = said
    rows = {"by length": points.by_length, "by vertex": ~points.by_length, "all": np.ones_like(points.by_length)}
    heads = ["drawn", "points", "inside a state", "within error", "wrong definite verdicts"]
    heads += [f"within error beyond {ALLOWED_M:g} m", "farthest within error [m]", "nearest definite [m]"]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for name, rows_of in rows.items():
        definite, doubt = inside[rows_of] | ~doubtful[rows_of], doubtful[rows_of]
        distance = truth.distance[rows_of]
        wrong = definite & ~doubt & (inside[rows_of] != truth.inside[rows_of])
        lines.append(
            f"| {name} | {rows_of.sum():,} | {inside[rows_of].any(axis=1).sum():,} | {doubt.any(axis=1).sum():,} "
            f"| {wrong.sum():,} | {(doubt & ~(distance <= ALLOWED_M)).sum():,} "
            f"| {np.where(doubt, distance, 0.0).max():.2f} | {np.where(doubt, np.inf, distance).min():.2f} |"
        )
    return lines


def main() -> int:
    """Draw points, compare, and write the page; 1 where a definite verdict is wrong or a doubtful one is far off."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--date", required=True, help="of the comparison, stands on the page")
    parser.add_argument("--points", type=int, default=20_000, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "docs" / "audit-figures.md", metavar="F.md")
    arguments = parser.parse_args()
    outlines = states()
    points = draw(outlines, arguments.seed, arguments.points)
    truth, said = truth_of(outlines, points), verdicts_of(points)
    lines = [
        "# Figures of the audit",
        "",
        f"Written by `python -m validation.borders` on {arguments.date}, upwind {__version__} at {commit()}, never by",
        "hand.",
        "",
        "## Points about borders",
        "",
        f"{arguments.points:,} points within {ABOUT_M / 1000:g} km of the borders of all {len(outlines.names)} states,",
        f"seed {arguments.seed}: half of them drawn along the edges by their length, half by vertex, where borders are",
        "most crooked. Truth is shapely's, ring by ring, and the geodesic of pyproj. A definite verdict is inside or",
        "outside a state.",
        "",
        *table(points, truth, said),
    ]
    print("\n".join(lines))
    arguments.out.write_text("\n".join([*lines, ""]), encoding="utf-8")
    inside, doubtful = said
    wrong = ~doubtful & (inside != truth.inside)
    return int(bool(wrong.any() or (doubtful & ~(truth.distance <= ALLOWED_M)).any()))


if __name__ == "__main__":
    sys.exit(main())
