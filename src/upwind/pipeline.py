"""One mission through all stages: read, lay the wind on, locate, and say what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from upwind import __version__
from upwind.arrays import FloatArray
from upwind.errors import InputError
from upwind.geo import frame_of
from upwind.invert import Settings, locate
from upwind.readers import read_track, read_wind, require_locatable, with_wind
from upwind.readers.files import open_file
from upwind.readers.mission import Mission
from upwind.records import Flight, Track
from upwind.render.content import NOTICE, Analysis, Input, KnownSource, Provenance
from upwind.render.geojson import provenance_json, sites_collection, sources_collection, written
from upwind.render.report import report_page
from upwind.render.words import Language

__all__ = ["Result", "carry_out", "documents", "read_flight", "require_near"]

#: A pause longer than so many usual steps, and than this [s], is a gap.
_GAP_STEPS, _GAP_S = 10.0, 60.0
#: Nothing of the catalogue flies faster than sound. [m/s]
_FASTEST = 340.0
#: Positions this near to 0, 0 [deg] are what a receiver says without a fix.
_NULL_ISLAND = 1e-3
#: What is let out farther away than this reaches no reading. [m]
_FARTHEST_M = 50_000.0
#: An audit names so many gaps or jumps of a flight, and counts the others.
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a mission: an analysis a flight or group, in the mission's order, and what each flight is."""

    mission: Mission
    analyses: tuple[Analysis, ...]
    provenance: Provenance
    audit: tuple[dict[str, Any], ...]


def carry_out(mission: Mission, seed: int, progress: Callable[[float], None]) -> Result:
    """Return what the mission's flights say of its area.

    Parameters
    ----------
    mission
        As read.
    seed
        The same seed gives the same result, bit for bit.
    progress
        Called with the part done, 0 to 1.

    Raises
    ------
    InputError
        A file cannot be used, or holds none of the mission's gases.
    """
    groups = _groups(mission.flights)
    tracks = {flight.id: read_flight(flight.files, flight.wind) for flight in mission.flights}
    together = [[one for flight in flights for one in tracks[flight.id]] for flights in groups]
    gases = [_gases(mission, flights, one) for flights, one in zip(groups, together, strict=True)]
    analyses = []
    for number, flights in enumerate(groups):

        def advance(part: float, done: int = number) -> None:
            progress((done + part) / len(groups))

        settings = Settings(gases=gases[number], area=mission.area, max_sources=mission.max_sources, seed=seed)
        analyses.append(_analyse(mission, flights, together[number], settings, advance))
    provenance = Provenance(
        version=__version__,
        seed=seed,
        command=f"upwind run {mission.name} --seed {seed}",
        inputs=tuple(_inputs(mission, tracks)),
    )
    audit = tuple(_sanity(flight, tracks[flight.id]) for flight in mission.flights)
    return Result(mission=mission, analyses=tuple(analyses), provenance=provenance, audit=audit)


def documents(result: Result, language: Language) -> dict[str, str]:
    """Return every file that a run writes, by name."""
    audit = {
        "status": NOTICE,
        "not_checked": "borders, airspace and authorisations",
        "upwind": provenance_json(result.provenance),
        "flights": list(result.audit),
    }
    return {
        "sources.geojson": written(sources_collection(result.analyses, result.provenance)),
        "sites.geojson": written(sites_collection(result.analyses, result.provenance)),
        "audit.json": written(audit),
        "report.html": report_page(result.mission.name, result.analyses, result.provenance, language),
    }


def read_flight(files: Sequence[Path], wind: Path | None, *, growing: bool = False) -> list[Track]:
    """Return the tracks of one flight, with the wind of its own file laid on where it has one.

    Where the files are `growing`, a last line without its end is left for later.
    """
    weather = read_wind(wind, growing=growing) if wind is not None else None
    tracks = [read_track(path, growing=growing) for path in files]
    return tracks if weather is None else [with_wind(track, weather) for track in tracks]


def require_near(area: tuple[float, float, float, float], tracks: Sequence[Track]) -> None:
    """Raise `InputError` where an area (west, south, east, north [deg]) is one that no reading could speak of."""
    longitude = np.concatenate([track.longitude for track in tracks])
    latitude = np.concatenate([track.latitude for track in tracks])
    frame = frame_of(longitude, latitude)
    nearest = frame.to_local(np.clip(longitude, area[0], area[2]), np.clip(latitude, area[1], area[3]))
    east, north = frame.to_local(longitude, latitude)
    away = float(np.hypot(nearest[0] - east, nearest[1] - north).min())
    if away > _FARTHEST_M:
        box = ",".join(f"{edge:g}" for edge in area)
        remedy = "give west, south, east, north in degrees, longitude first"
        msg = f"the area {box} is {away / 1000:,.0f} km from the nearest reading; {remedy}"
        raise InputError(msg)


def _groups(flights: Sequence[Flight]) -> list[list[Flight]]:
    """Return the flights that are located jointly, in the order in which the first of each stands."""
    groups: dict[tuple[str, str], list[Flight]] = {}
    for flight in flights:
        groups.setdefault(("group", flight.group) if flight.group else ("flight", flight.id), []).append(flight)
    return list(groups.values())


def _gases(mission: Mission, flights: Sequence[Flight], tracks: Sequence[Track]) -> tuple[str, ...]:
    """Return the gases asked for that the tracks have; empty: all that they have."""
    require_locatable(tracks)
    if mission.area is not None:
        require_near(mission.area, tracks)
    present = {gas.name for track in tracks for gas in track.gases}
    gases = tuple(gas for gas in mission.gases if gas in present)
    if mission.gases and not gases:
        names = ", ".join(flight.id for flight in flights)
        msg = f"flight {names}: none of the mission's gases is in its files; there is {', '.join(sorted(present))}"
        raise InputError(msg)
    return gases


def _analyse(
    mission: Mission,
    flights: Sequence[Flight],
    tracks: Sequence[Track],
    settings: Settings,
    progress: Callable[[float], None],
) -> Analysis:
    names = tuple(flight.id for flight in flights)
    files = {path.name for flight in flights for path in flight.files}
    known = tuple(
        KnownSource(
            name=truth.name,
            longitude=truth.longitude,
            latitude=truth.latitude,
            height=truth.height,
            emission_rate=truth.emission_rate,
        )
        for truth in mission.truth
        if truth.file in files
    )
    return Analysis(
        name=flights[0].group or names[0],
        flights=names,
        platform=flights[0].platform,
        tracks=tuple(tracks),
        located=locate(tracks, settings, progress),
        known=known,
    )


def _inputs(mission: Mission, tracks: dict[str, list[Track]]) -> list[Input]:
    """Return every file that the answer depends on, each once."""
    named = list(mission.files)
    for flight in mission.flights:
        named += [(path.name, track.sha256) for path, track in zip(flight.files, tracks[flight.id], strict=True)]
        if flight.wind is not None:
            named.append((flight.wind.name, open_file(flight.wind).sha256))
    return [Input(name=name, sha256=digest) for name, digest in dict.fromkeys(named)]


def _sanity(flight: Flight, tracks: Sequence[Track]) -> dict[str, Any]:
    """Return where and when a flight was, and what of its track cannot be right."""
    time = np.concatenate([track.time for track in tracks])
    duration = np.concatenate([track.duration for track in tracks])
    height = np.concatenate([track.height for track in tracks])
    longitude = np.concatenate([track.longitude for track in tracks])
    latitude = np.concatenate([track.latitude for track in tracks])
    steps = [_steps(track, one) for track in tracks for one in range(len(track.sensors))]
    gaps = [row for gaps, _, _ in steps for row in gaps]
    jumps = [row for _, jumps, _ in steps for row in jumps]
    known = height[np.isfinite(height)]
    return {
        "id": flight.id,
        "platform": flight.platform,
        "sensor": flight.sensor,
        "authority": flight.authority,
        "files": [path.name for path in flight.files],
        "rows": len(time),
        "from": _instant(float(time.min())),
        "to": _instant(float(np.max(time + np.nan_to_num(duration)))),
        "box": [round(float(edge), 7) for edge in (longitude.min(), latitude.min(), longitude.max(), latitude.max())],
        "height_m": [round(float(edge), 2) for edge in (known.min(), known.max())] if known.size else None,
        "fastest_m_s": max((fastest for _, _, fastest in steps), default=0.0),
        "gaps": {"count": len(gaps), "first": gaps[:_MOST_NAMED]},
        "speed_jumps": {"count": len(jumps), "first": jumps[:_MOST_NAMED]},
        "positions_at_0_0": int(np.sum((np.abs(longitude) < _NULL_ISLAND) & (np.abs(latitude) < _NULL_ISLAND))),
    }


def _steps(track: Track, sensor: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]], float]:
    """Return the gaps and the impossible jumps of one sensor, and its greatest speed in m/s."""
    rows = np.flatnonzero(track.sensor == sensor)
    if len(rows) < 2:  # noqa: PLR2004 - a step has two ends
        return [], [], 0.0
    time = track.time[rows]
    frame = frame_of(track.longitude[rows], track.latitude[rows])
    east, north = frame.to_local(track.longitude[rows], track.latitude[rows])
    pause, way = np.diff(time), np.hypot(np.diff(east), np.diff(north))
    speed = np.divide(way, pause, out=np.zeros(len(way)), where=pause > 0)
    is_gap = pause > max(_GAP_STEPS * float(np.median(pause)), _GAP_S)
    named = {"sensor": track.sensors[sensor], "file": track.name}
    gaps = [named | _span(time, at) | {"seconds": float(pause[at])} for at in np.flatnonzero(is_gap)]
    jumps = [named | _span(time, at) | {"metres": round(float(way[at]), 1)} for at in np.flatnonzero(speed > _FASTEST)]
    return gaps, jumps, round(float(speed.max()), 2)


def _span(time: FloatArray, at: np.signedinteger[Any]) -> dict[str, str]:
    return {"from": _instant(float(time[at])), "to": _instant(float(time[at + 1]))}


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
