"""One mission through all stages: read, lay the wind on, locate, and say what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from upwind import __version__
from upwind.errors import InputError
from upwind.flights.audit.document import audit_document
from upwind.flights.audit.entries import Audit, audit, unauthorised
from upwind.flights.audit.flown import named
from upwind.flights.audit.picture import pictures
from upwind.flights.borders.airspace import shipped_airspaces
from upwind.flights.borders.atlas import atlas_of
from upwind.flights.catalogue import platform_of
from upwind.flights.conformance.comparison import conformance_of
from upwind.flights.conformance.picture import kept_plan
from upwind.flights.register import register
from upwind.geo import frame_of
from upwind.invert import Settings, locate
from upwind.readers import read_track, read_wind, require_locatable, speaks_of_gas, with_wind
from upwind.readers.authorisations import read_authorisations
from upwind.readers.files import open_file
from upwind.readers.mission import Mission
from upwind.readers.trajectories import is_telemetry, read_trajectory
from upwind.records import Conformance, Entry, Flight, FlightRecord, Track, Trajectory
from upwind.render.content import NOTICE, Analysis, AuditedTrack, Input, KnownSource, Provenance
from upwind.render.geojson import provenance_json, sites_collection, sources_collection, written
from upwind.render.kept import KeptPlan
from upwind.render.report import report_page
from upwind.render.words import Language

__all__ = ["Result", "carry_out", "documents", "read_flight", "require_near"]

#: What is let out farther away than this reaches no reading. [m]
_FARTHEST_M = 50_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a mission: an analysis a flight or group, in the mission's order; its register; and its audit.

    `audits` are of what flew, a track each, and `drawn` are pictures of them; fixed sensors enter nobody's airspace.
    `conformances` say how far flights with a plan kept to it, and `kept` are pictures of that.
    """

    mission: Mission
    analyses: tuple[Analysis, ...]
    provenance: Provenance
    register: tuple[FlightRecord, ...]
    audits: tuple[Audit, ...]
    drawn: tuple[AuditedTrack, ...]
    conformances: tuple[Conformance, ...]
    kept: tuple[KeptPlan, ...]

    @property
    def unauthorised(self) -> tuple[Entry, ...]:
        """The entries that nobody allowed."""
        return unauthorised([entry for one in self.audits for entry in one.entries])


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
    trajectories = {path: read_trajectory(path) for flight in mission.flights for path in flight.files}
    tracks = {flight.id: _measured(flight) for flight in mission.flights}
    groups = _groups([flight for flight in mission.flights if tracks[flight.id]])
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
        inputs=tuple(_inputs(mission, trajectories)),
    )
    audits, drawn = _audited(mission, trajectories)
    kept = tuple(_kept(flight, [trajectories[path] for path in flight.files]) for flight in mission.flights)
    return Result(
        mission=mission,
        analyses=tuple(analyses),
        provenance=provenance,
        register=tuple(_lasting(row, tracks[row.flight]) for row in register(mission, trajectories)),
        audits=audits,
        drawn=drawn,
        conformances=tuple(one.conformance for one in kept if one is not None),
        kept=tuple(one for one in kept if one is not None),
    )


def documents(result: Result, language: Language) -> dict[str, str]:
    """Return every file that a run writes, by name."""
    audit = {
        "status": NOTICE,
        **audit_document(result.audits),
        "flights": [row.as_json() for row in result.register],
        "conformance": [one.as_json() for one in result.conformances],
        "upwind": provenance_json(result.provenance),
    }
    return {
        "sources.geojson": written(sources_collection(result.analyses, result.provenance)),
        "sites.geojson": written(sites_collection(result.analyses, result.provenance)),
        "audit.json": written(audit),
        "report.html": report_page(
            result.mission.name, result.analyses, result.provenance, language, audited=result.drawn, kept=result.kept
        ),
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


def _kept(flight: Flight, trajectories: Sequence[Trajectory]) -> KeptPlan | None:
    """Return how far a flight kept to its plan; None where it has none."""
    compared = conformance_of(flight, trajectories)
    return None if compared is None else kept_plan(flight, trajectories, compared)


def _lasting(row: FlightRecord, tracks: Sequence[Track]) -> FlightRecord:
    """Return a row of the register that ends when the last reading does, not when it begins."""
    ends = [float(np.max(track.time + np.nan_to_num(track.duration))) for track in tracks]
    end = max([row.end.timestamp(), *ends])
    return replace(row, end=datetime.fromtimestamp(end, UTC), duration_s=end - row.start.timestamp())


def _audited(
    mission: Mission, trajectories: Mapping[Path, Trajectory]
) -> tuple[tuple[Audit, ...], tuple[AuditedTrack, ...]]:
    """Return audit and picture of every track that flew, under the mission's names where a track has none."""
    flying = [flight for flight in mission.flights if (known := platform_of(flight)) is None or known.flies]
    if not flying:
        return (), ()
    authorisations = read_authorisations(mission.authorisations) if mission.authorisations else ()
    atlas = atlas_of(shipped_airspaces())
    audits = tuple(
        audit(named(trajectories[path], flight.id, flight.platform), authorisations, atlas)
        for flight in flying
        for path in flight.files
    )
    return audits, pictures(audits, authorisations, atlas)


def _measured(flight: Flight) -> list[Track]:
    """Return the tracks of a flight that hold readings; telemetry says where it was, and no more."""
    files = [path for path in flight.files if not is_telemetry(path)]
    tracks = read_flight(files, flight.wind if files else None)
    return tracks if any(speaks_of_gas(track) for track in tracks) else []


def _inputs(mission: Mission, trajectories: Mapping[Path, Trajectory]) -> list[Input]:
    """Return every file that the answer depends on, each once."""
    named_files = list(mission.files)
    for flight in mission.flights:
        named_files += [(path.name, trajectories[path].sha256) for path in flight.files]
        if flight.wind is not None:
            named_files.append((flight.wind.name, open_file(flight.wind).sha256))
    if mission.authorisations is not None:
        named_files.append((mission.authorisations.name, open_file(mission.authorisations).sha256))
    return [Input(name=name, sha256=digest) for name, digest in dict.fromkeys(named_files)]
