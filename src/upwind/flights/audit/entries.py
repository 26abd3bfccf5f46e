"""The audit: every entry of every flight into a state or an area of special use, and who allowed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from itertools import chain

import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.flights.audit.flown import Flown, flown_of, in_blocks, in_threads, parted
from upwind.flights.audit.heights import above, bounds, under
from upwind.flights.audit.places import Places, places
from upwind.flights.audit.runs import Hits, Runs, runs_of
from upwind.flights.audit.suspects import is_believed
from upwind.flights.borders.atlas import Atlas
from upwind.flights.borders.lookup import locate_points
from upwind.flights.permission.covering import Presence, covering, refusal
from upwind.records import Airspace, Authorisation, Datum, Entry, EntryKind, Refusal, Trajectory, Verdict
from upwind.render.leave import refusal_words

__all__ = ["ENTERED", "Audit", "Verdicts", "audit", "unauthorised"]

_KINDS = (EntryKind.LAND, EntryKind.SEA, EntryKind.SPECIAL_USE)
#: Kinds of special use that nobody may enter unasked; others are information.
ENTERED = ("prohibited", "restricted", "geofence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What was found at the samples of one trajectory, (pair,): a state each is inside or within error of.

    `sample` is the trajectory's own index; pairs stand in its order. What has no row is outside. `disputed`: it is in
    another state too. `distance` is that to the state's nearest edge, infinite where it is far. [m]
    """

    sample: IntArray
    state: IntArray
    at_sea: BoolArray
    inside: BoolArray
    disputed: BoolArray
    distance: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The audit of one trajectory: its entries, the verdict on each sample, and what is information only.

    `informed` are the entries into areas of special use that ask for no authorisation.
    """

    flown: Flown
    entries: tuple[Entry, ...]
    informed: tuple[Entry, ...]
    verdicts: Verdicts


def audit(trajectory: Trajectory, authorisations: Sequence[Authorisation], atlas: Atlas) -> Audit:
    """Return every entry of a trajectory.

    Parameters
    ----------
    trajectory
        As read.
    authorisations
        Each is compared with each entry; one must cover the whole of it.
    atlas
        Borders, land and areas of special use.
    """
    flown = flown_of(trajectory)
    parts = in_threads(parted(flown), lambda part: _part(part, authorisations, atlas))
    entries = [part[0] for part in parts] + [part[1] for part in parts]
    return Audit(
        flown=flown,
        entries=tuple(chain.from_iterable(entries)),
        informed=tuple(chain.from_iterable(part[2] for part in parts)),
        verdicts=_in_order([part[3] for part in parts]),
    )


_Entries = tuple[Entry, ...]


def _part(
    flown: Flown, authorisations: Sequence[Authorisation], atlas: Atlas
) -> tuple[_Entries, _Entries, _Entries, Verdicts]:
    """Return of some flights entries into states and into special use, what is information only, and verdicts."""
    over = places(atlas.borders, flown)
    at_sea = _at_sea(atlas, over)
    runs = runs_of(_hits(flown, over, at_sea, at_sea.astype(np.int64)))
    entries = tuple(_entries(flown, runs, [(state, "") for state in atlas.states], authorisations))
    return entries, *_special(flown, atlas, authorisations), _verdicts(flown, over, at_sea)


def _verdicts(flown: Flown, over: Places, at_sea: BoolArray) -> Verdicts:
    """Return what was found at the samples themselves."""
    sampled = np.flatnonzero(over.sample == over.following)
    return Verdicts(
        sample=flown.order[over.sample[sampled]],
        state=over.area[sampled],
        at_sea=at_sea[sampled],
        inside=over.inside[sampled],
        disputed=over.disputed[sampled],
        distance=over.distance[sampled],
    )


def _in_order(parts: Sequence[Verdicts]) -> Verdicts:
    """Return verdicts of all parts as one, in the order of the trajectory's samples."""
    columns = {field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Verdicts)}
    if (np.diff(columns["sample"]) < 0).any():
        order = np.argsort(columns["sample"], kind="stable")
        columns = {name: column[order] for name, column in columns.items()}
    return Verdicts(**columns)


def unauthorised(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries that nobody allowed."""
    return tuple(entry for entry in entries if not entry.authorised_by)


def _at_sea(atlas: Atlas, over: Places) -> BoolArray:
    """Return which places are not over land."""
    at_sea = np.ones(len(over.sample), dtype=np.bool_)

    def on_land(rows: slice) -> IntArray:
        found = locate_points(atlas.land, over.longitude[rows], over.latitude[rows])
        dry: IntArray = found.point[found.inside] + rows.start
        return dry

    at_sea[np.concatenate(in_blocks(len(at_sea), on_land))] = False
    return at_sea


def _hits(flown: Flown, over: Places, at_sea: BoolArray, kind: IntArray) -> Hits:
    """Return places as hits, with the heights that the samples about them can have had."""
    first, last = flown.order[over.sample], flown.order[over.following]
    low, high = bounds(flown.trajectory, first, at_sea, Datum.GROUND)
    between = np.flatnonzero(over.sample != over.following)
    other = bounds(flown.trajectory, last[between], at_sea[between], Datum.GROUND)
    low[between], high[between] = np.minimum(low[between], other[0]), np.maximum(high[between], other[1])
    return Hits(
        area=over.area,
        kind=kind,
        flight=flown.flight[over.sample],
        step=2 * flown.rank[over.sample] + (over.sample != over.following),
        sample=over.sample,
        begin=flown.time[over.sample],
        end=flown.time[over.following],
        longitude=over.longitude,
        latitude=over.latitude,
        lowest=low,
        highest=high,
        inside=over.inside,
        disputed=over.disputed,
        suspect=~is_believed(flown.flags)[over.sample],
    )


def _special(
    flown: Flown, atlas: Atlas, authorisations: Sequence[Authorisation]
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Return the entries into areas of special use that need an authorisation, and those that do not."""
    if not atlas.airspaces:
        return (), ()
    over = places(atlas.special, flown)
    at_sea = _at_sea(atlas, over)
    surely, maybe = _within_levels(flown, over, at_sea, atlas.airspaces)
    hits = _hits(flown, over, at_sea, np.full(len(at_sea), _KINDS.index(EntryKind.SPECIAL_USE)))
    hits.inside[:] &= surely
    hits.disputed[:] = False
    named = [(airspace.state, airspace.name or airspace.id) for airspace in atlas.airspaces]
    entered = np.array([airspace.kind in ENTERED for airspace in atlas.airspaces], dtype=np.bool_)[hits.area]
    entries = _entries(flown, runs_of(hits.taken(maybe & entered)), named, authorisations)
    informed = _entries(flown, runs_of(hits.taken(maybe & ~entered)), named, ())
    return tuple(entries), tuple(informed)


def _within_levels(
    flown: Flown, over: Places, at_sea: BoolArray, airspaces: Sequence[Airspace]
) -> tuple[BoolArray, BoolArray]:
    """Return which places are surely, and which may be, between floor and ceiling of their area."""
    surely, maybe = (np.ones(len(over.sample), dtype=np.bool_) for _ in range(2))
    order = np.argsort(over.area, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(over.area[order])) + 1) if len(order) else ():
        airspace = airspaces[over.area[rows[0]]]
        for sample in (over.sample[rows], over.following[rows]):
            for level, holds in ((airspace.floor, above), (airspace.ceiling, under)):
                sure, may = holds(level, bounds(flown.trajectory, flown.order[sample], at_sea[rows], level.datum))
                surely[rows] &= sure
                maybe[rows] &= may
    return surely, maybe


def _entries(
    flown: Flown, runs: Runs, named: Sequence[tuple[str, str]], authorisations: Sequence[Authorisation]
) -> Iterator[Entry]:
    """Yield runs as entries, each with those who allowed it; `named` gives an area's state and name."""
    trajectory, hits = flown.trajectory, runs.hits
    for run, (begin, end) in enumerate(zip(runs.first[:-1].tolist(), runs.first[1:].tolist(), strict=True)):
        state, name = named[hits.area[begin]]
        sample = flown.order[hits.sample[begin]]
        low, high = float(hits.lowest[begin:end].min()), float(hits.highest[begin:end].max())
        entry = Entry(
            state=state,
            kind=_KINDS[hits.kind[begin]],
            name=name,
            flight=trajectory.flights[trajectory.flight[sample]],
            platform=trajectory.platforms[trajectory.platform[sample]],
            track=trajectory.name,
            start=datetime.fromtimestamp(runs.start[run], UTC),
            end=datetime.fromtimestamp(runs.end[run], UTC),
            points=int(runs.points[run]),
            verdict=Verdict.INSIDE if runs.inside[run] else Verdict.WITHIN_ERROR,
            disputed=bool(runs.disputed[run]),
            suspect=bool(runs.suspect[run]),
            lowest_m=low if np.isfinite(low) else None,
            highest_m=high if np.isfinite(high) else None,
            authorised_by=(),
            why_not="",
        )
        yield _authorised(entry, runs, run, authorisations)


def _authorised(entry: Entry, runs: Runs, run: int, authorisations: Sequence[Authorisation]) -> Entry:
    """Return an entry with the authorisations that cover it, or with what keeps the nearest from doing so."""
    own = [one for one in authorisations if one.state == entry.state]
    if not own:
        refused: Refusal | None = Refusal(state=entry.state)
    else:
        presence = _presence(entry, runs, run)
        entry = replace(entry, authorised_by=covering(presence, own))
        refused = refusal(presence, own)
    return replace(entry, why_not="" if refused is None else refusal_words(refused, "en"), refused=refused)


def _presence(entry: Entry, runs: Runs, run: int) -> Presence:
    """Return a run as authorisations see it."""
    rows = slice(int(runs.first[run]), int(runs.first[run + 1]))
    hits = runs.hits
    return Presence(
        state=entry.state,
        kind=entry.kind,
        platform=entry.platform,
        start=float(runs.start[run]),
        end=float(runs.end[run]),
        time=hits.begin[rows],
        longitude=hits.longitude[rows],
        latitude=hits.latitude[rows],
        lowest=hits.lowest[rows],
        highest=hits.highest[rows],
    )
