"""What is kept on record of a mission's flights: register, audit, and every file that the answer depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from upwind.flights.audit.entries import Audit, audit
from upwind.flights.audit.flown import named
from upwind.flights.audit.picture import pictures
from upwind.flights.borders.airspace import shipped_airspaces
from upwind.flights.borders.atlas import atlas_of
from upwind.flights.catalogue import platform_of
from upwind.readers.authorisations import read_authorisations
from upwind.readers.files import open_file
from upwind.readers.mission import Mission
from upwind.records import FlightRecord, Track, Trajectory
from upwind.render.content import AuditedTrack, Input

__all__ = ["audited", "inputs_of", "lasting"]


def lasting(row: FlightRecord, tracks: Sequence[Track]) -> FlightRecord:
    """Return a row of the register that ends when the last reading does, not when it begins."""
    ends = [float(np.max(track.time + np.nan_to_num(track.duration))) for track in tracks]
    end = max([row.end.timestamp(), *ends])
    return replace(row, end=datetime.fromtimestamp(end, UTC), duration_s=end - row.start.timestamp())


def audited(
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


def inputs_of(mission: Mission, trajectories: Mapping[Path, Trajectory]) -> list[Input]:
    """Return every file that the answer depends on, each once."""
    named_files = list(mission.files)
    for flight in mission.flights:
        named_files += [(path.name, trajectories[path].sha256) for path in flight.files]
        if flight.wind is not None:
            named_files.append((flight.wind.name, open_file(flight.wind).sha256))
    for path in (mission.authorisations, mission.places, mission.population):
        if path is not None:
            named_files.append((path.name, open_file(path, binary=True).sha256))
    return [Input(name=name, sha256=digest) for name, digest in dict.fromkeys(named_files)]
