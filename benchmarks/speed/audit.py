"""Time `upwind audit` over global tracks, beside shapely and geopandas, and write its section of docs/speed.md.

From the top of the checkout, on a machine that does nothing else, with the group "bench" installed::

    python -m benchmarks.speed.audit --date 2026-01-31

The large run (`--large 50_000_000` points) needs 2 GB of disk and 12 GB of memory; 0 leaves it out.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import shapely
from benchmarks.measure import Cost, cost_of
from benchmarks.speed.steps import replaced
from pyproj import Geod
from validation.ledger import CHECKOUT, commit

from upwind import __version__
from upwind.flights.borders.airspace import shipped_airspaces
from upwind.flights.borders.atlas import atlas_of
from upwind.flights.borders.grid import build
from upwind.flights.borders.lookup import locate_points
from upwind.flights.borders.polygons import Polygons, polygons_of
from upwind.flights.borders.shipped import land, states

HEADING = "## Auditing flights"
SEED = 4000
GEOD = Geod(ellps="WGS84")
#: Points of the comparison, and of one flight of the tracks.
BESIDE, PER_FLIGHT = 100_000, 10_000
#: Where aircraft fly: the tracks begin about cities like these. [deg]
CITIES = ((-74, 41), (-118, 34), (-99, 19), (-46, -23), (0, 51), (9, 48), (37, 56), (55, 25), (77, 28), (116, 40))
CITIES += ((140, 36), (151, -34), (28, -26), (3, 6), (-87, 42), (-80, 26), (104, 1), (127, 37), (-123, 49), (30, 31))


def tracks(seed: int, points: int, flights: int, *, at_home: bool = False) -> pa.Table:
    """Return flights of aircraft, a sample a second or so, on slowly turning ways about cities of the world.

    `at_home`: all begin over the United States, where the areas of special use are.
    """
    rng = np.random.default_rng(seed)
    each = points // flights
    parts = []
    for number in range(flights):
        x, y = CITIES[number % len(CITIES)]
        if at_home:
            x, y = -100.0, 38.0
        x, y = x + rng.normal(0.0, 12.0 if at_home else 3.0), y + rng.normal(0.0, 4.0 if at_home else 2.0)
        heading = rng.uniform(0.0, 2.0 * np.pi) + np.cumsum(rng.normal(0.0, 0.004, each))
        step = rng.uniform(60.0, 250.0) / 111_195.0
        latitude = np.clip(y + np.cumsum(step * np.cos(heading)), -80.0, 80.0)
        longitude = x + np.cumsum(step * np.sin(heading) / np.cos(np.radians(latitude)))
        parts.append(((longitude + 180.0) % 360.0 - 180.0, latitude, np.full(each, rng.uniform(300.0, 11_000.0))))
    longitude, latitude, altitude = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    start = np.datetime64("2026-07-15T00:00:00", "ms")
    seconds = np.tile(np.arange(each), flights)
    names = pa.array([f"F{number}" for number in range(flights)])
    flight = pa.DictionaryArray.from_arrays(np.repeat(np.arange(flights, dtype=np.int32), each), names)
    return pa.table(
        {
            "time": pa.array(start + seconds * np.timedelta64(1000, "ms"), pa.timestamp("ms", tz="UTC")),
            "longitude [deg]": np.round(longitude, 6),
            "latitude [deg]": np.round(latitude, 6),
            "altitude [m]": np.round(altitude, 1),
            "flight": flight,
        }
    )


def write(table: pa.Table, path: Path) -> Path:
    """Write a table as CSV or Parquet, as the name says."""
    if path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=1 << 20)
        return path
    texts = np.char.add(np.datetime_as_string(table.column("time").to_numpy().astype("datetime64[s]"), unit="s"), "Z")
    flight = table.column("flight").combine_chunks().dictionary_decode()
    table = table.set_column(0, "time", pa.array(texts)).set_column(4, "flight", flight)
    pcsv.write_csv(table, path, pcsv.WriteOptions(quoting_style="none"))
    return path


def audited(path: Path, *more: str) -> Cost:
    """Return what an audit of a file costs, from the start of the interpreter to its end."""
    out = path.with_name("audit.json")
    return cost_of(
        [sys.executable, "-c", _RUN, "audit", str(path), "--platform", "any", "--out", str(out), *more],
    )


#: As `upwind` itself, but an audit that finds what nobody allowed has done its work here.
_RUN = "import sys; from upwind.cli import main; sys.exit({3: 0}.get(code := main(), code))"


def wholes(folder: Path, arguments: argparse.Namespace) -> list[str]:
    """Return the table of whole processes."""
    many = arguments.points
    table = tracks(SEED, many, max(1, many // PER_FLIGHT))
    rows = []
    for suffix in ("csv", "parquet"):
        path = write(table, folder / f"tracks.{suffix}")
        audited(path)
        costs = [audited(path) for _ in range(arguments.runs)]
        rows.append((f"{many:,} points of {many // PER_FLIGHT} flights about the world, {suffix}", costs))
    if arguments.large:
        table = tracks(SEED + 1, arguments.large, arguments.large // PER_FLIGHT, at_home=True)
        path = write(table, folder / "large.parquet")
        del table
        rows.append((f"{arguments.large:,} points over the United States, parquet", [audited(path)]))
        path.unlink()
    return [
        "| `upwind audit` | runs | wall [s] | CPU [s] | peak memory [MB] |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {len(costs)} | {_spread([cost.wall_s for cost in costs])} "
            f"| {_spread([cost.cpu_s for cost in costs])} | {max(cost.peak_mb for cost in costs):,.0f} |"
            for name, costs in rows
        ),
        "",
    ]


def _spread(values: list[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.1f}"
    return " / ".join(f"{value:.1f}" for value in (min(values), statistics.median(values), max(values)))


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def indices() -> list[str]:
    """Return the table of how long the indices take."""
    atlas_of(())
    areas = shipped_airspaces()
    outlines = states(), land()
    rows = {
        "outlines of states and land from their files": _timed(lambda: (states(), land())),
        "indices of both, built; once a machine": _timed(lambda: [build(one) for one in outlines]),
        "indices of both, loaded": _timed(lambda: atlas_of(())),
        f"index of {len(areas):,} areas of special use, built; once a run": _timed(lambda: build(polygons_of(areas))),
    }
    return ["| index | wall [s] |", "|---|---|", *(f"| {name} | {wall:.2f} |" for name, wall in rows.items()), ""]


def beside() -> list[str]:
    """Return the table of points a second, beside shapely's tree of whole polygons and geopandas' join."""
    table = tracks(SEED + 2, BESIDE, BESIDE // 1000)
    x, y = (table.column(name).to_numpy() for name in ("longitude [deg]", "latitude [deg]"))
    whole = _polygons(states())
    atlas = atlas_of(())
    locate_points(atlas.borders, x[:10], y[:10])
    few = slice(0, BESIDE // 20)
    points = shapely.points(x, y)
    frame = geopandas.GeoDataFrame(geometry=points, crs=4326)
    nations = geopandas.GeoDataFrame(geometry=whole, crs=4326)
    tree = shapely.STRtree(whole)
    ours = _timed(lambda: locate_points(atlas.borders, x, y))
    rows = [
        ("upwind, with distances to edges, one thread", BESIDE, ours),
        ("geopandas sjoin", BESIDE, _timed(lambda: geopandas.sjoin(frame, nations, predicate="within"))),
        ("shapely STRtree, whole polygons", BESIDE // 20, _timed(lambda: tree.query(points[few], predicate="within"))),
    ]
    lines = [f"| {name} | {count:,} | {wall:.2f} | {count / wall:,.0f} |" for name, count, wall in rows]
    return ["| what holds each point | points | wall [s] | points a second |", "|---|---|---|---|", *lines, ""]


def _polygons(outlines: Polygons) -> list[shapely.Geometry]:
    """Return a geometry a state; a ring within another one of its state is a hole."""
    vertices = np.column_stack((outlines.longitude, outlines.latitude))
    rings: list[list[shapely.Polygon]] = [[] for _ in outlines.names]
    for number, area in enumerate(outlines.area.tolist()):
        rings[area].append(shapely.Polygon(vertices[outlines.start[number] : outlines.start[number + 1]]).buffer(0))
    return [_odd(each) for each in rings]


def _odd(rings: list[shapely.Polygon]) -> shapely.Geometry:
    """Return what lies in an odd number of rings."""
    rings.sort(key=lambda ring: -ring.area)
    whole = rings[0]
    for ring in rings[1:]:
        whole = whole.difference(ring) if whole.intersects(ring) else shapely.union(whole, ring)
    return whole


def section(arguments: argparse.Namespace) -> list[str]:
    """Measure, and return the section's lines."""
    with tempfile.TemporaryDirectory(prefix="upwind-audit-") as name:
        lines = wholes(Path(name), arguments)
    return [
        HEADING,
        "",
        f"Written by `python -m benchmarks.speed.audit` on {arguments.date}, upwind {__version__} at {commit()};",
        f"others kept {os.getloadavg()[2]:.1f} processes busy in the quarter of an hour before, this one included.",
        "Every point against all states, the world's land and all areas of special use of the United States; from the",
        "start of the interpreter to its end, kernels and indices made before, minimum / median / maximum.",
        "",
        *lines,
        *indices(),
        *beside(),
    ]


def main() -> int:
    """Measure, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--date", required=True, help="of the measurement, stands in the section")
    parser.add_argument("--points", type=int, default=2_000_000, metavar="N", help="of the tracks about the world")
    parser.add_argument("--large", type=int, default=50_000_000, metavar="N", help="of the large run; 0: leave out")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="of each process after one to warm up")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "docs" / "speed.md", metavar="F.md")
    arguments = parser.parse_args()
    lines = section(arguments)
    print("\n".join(lines))
    page = arguments.out.read_text(encoding="utf-8")
    arguments.out.write_text(replaced(page, lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
