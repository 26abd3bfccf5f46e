"""One mission through all stages: read, lay the wind on, locate, fuse, and keep on record what flew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from upwind import __version__
from upwind.errors import InputError
from upwind.flights.audit.entries import Audit, unauthorised
from upwind.flights.conformance.comparison import conformance_of
from upwind.flights.conformance.picture import kept_plan
from upwind.flights.register import register
from upwind.invert import Settings, locate
from upwind.pipeline.fusing import fused
from upwind.pipeline.reading import measured, require_near
from upwind.pipeline.recorded import audited, inputs_of, lasting
from upwind.readers import require_locatable
from upwind.readers.mission import Mission
from upwind.readers.trajectories import read_trajectory
from upwind.records import Conformance, Entry, Flight, FlightRecord, Track, Trajectory
from upwind.render.content import Analysis, AuditedTrack, Fused, KnownSource, Provenance
from upwind.render.kept import KeptPlan

__all__ = ["Result", "carry_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a mission: an analysis a flight or group, in its order, what they amount to, register and audit.

    `audits` are of what flew, a track each, and `drawn` are pictures of them; fixed sensors enter nobody's airspace.
    `conformances` say how far flights with a plan kept to it, and `kept` are pictures of that.
    """

    mission: Mission
    analyses: tuple[Analysis, ...]
    fused: Fused
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
    tracks = {flight.id: measured(flight) for flight in mission.flights}
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
        inputs=tuple(inputs_of(mission, trajectories)),
    )
    audits, drawn = audited(mission, trajectories)
    kept = tuple(_kept(flight, [trajectories[path] for path in flight.files]) for flight in mission.flights)
    return Result(
        mission=mission,
        analyses=tuple(analyses),
        fused=fused(mission, analyses, seed),
        provenance=provenance,
        register=tuple(lasting(row, tracks[row.flight]) for row in register(mission, trajectories)),
        audits=audits,
        drawn=drawn,
        conformances=tuple(one.conformance for one in kept if one is not None),
        kept=tuple(one for one in kept if one is not None),
    )


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
            gas=truth.gas,
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
