"""An audit as what a page draws: each track with what it was in, and what lies about it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache

import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.flights.audit.document import BORDERS, gaps_in
from upwind.flights.audit.entries import Audit
from upwind.flights.audit.flown import Flown
from upwind.flights.audit.surroundings import box_about, surroundings
from upwind.flights.audit.suspects import DUPLICATE, EXCURSION, FLAGS, JUMP, NO_FIX, is_believed
from upwind.flights.borders.airspace import CYCLE, VALID_FROM, VALID_TO, shipped_airspaces
from upwind.flights.borders.atlas import Atlas
from upwind.flights.borders.shipped import octets
from upwind.geo import frame_of
from upwind.records import Authorisation, Entry, EntryKind, Trajectory, Verdict
from upwind.render.content import AuditedTrack, Layer, Mark, Surroundings

__all__ = ["pictures"]

#: More maps than this make a page that nobody looks through.
_MOST_MAPS = 12
#: Samples of a long track that stand for it where its surroundings are measured.
_STAND_INS = 4_096


def pictures(
    audits: Sequence[Audit], authorisations: Sequence[Authorisation], atlas: Atlas
) -> tuple[AuditedTrack, ...]:
    """Return audited tracks as a page draws them, in the order given.

    Of many tracks, those with an unauthorised entry are drawn first, then those with any.

    Parameters
    ----------
    audits
        One a track.
    authorisations
        All that the audits were given.
    atlas
        The one that the audits asked.
    """
    order = sorted(range(len(audits)), key=lambda number: _weight(audits[number]))
    drawn = set(order[:_MOST_MAPS])
    return tuple(
        _picture(one, authorisations, _about(one, atlas) if number in drawn else None, _layers(atlas, one.flown))
        for number, one in enumerate(audits)
    )


def _weight(one: Audit) -> tuple[bool, bool]:
    return all(entry.authorised_by for entry in one.entries), not one.entries


def _picture(
    one: Audit,
    authorisations: Sequence[Authorisation],
    about: Surroundings | None,
    layers: tuple[Layer, ...],
) -> AuditedTrack:
    flown, trajectory = one.flown, one.flown.trajectory
    height, datum = _heights(trajectory)
    rows = [_rows_of(flown, entry) for entry in one.entries]
    return AuditedTrack(
        name=trajectory.name,
        time=flown.time,
        longitude=flown.longitude,
        latitude=flown.latitude,
        flight=flown.flight,
        flights=trajectory.flights,
        height=height[flown.order],
        datum=datum,
        mark=_marks(one, rows),
        gap=_gaps(flown),
        suspect=(flown.flags & (NO_FIX | JUMP | EXCURSION)) > 0,
        entries=one.entries,
        entered_at=np.array([rows.start for rows in rows], dtype=np.int64),
        authorisations=tuple(authorisations),
        surroundings=about,
        flags={name: int(np.count_nonzero(flown.flags & flag)) for flag, name in FLAGS.items() if flag != DUPLICATE},
        notes=trajectory.notes,
        layers=layers,
    )


def _about(one: Audit, atlas: Atlas) -> Surroundings:
    believed = is_believed(one.flown.flags)
    believed = believed if believed.any() else np.ones_like(believed)
    longitude, latitude = one.flown.longitude[believed], one.flown.latitude[believed]
    ends = [extreme(column) for column in (longitude, latitude) for extreme in (np.argmin, np.argmax)]
    rows = np.append(np.arange(0, len(longitude), len(longitude) // _STAND_INS + 1), ends)
    longitude, latitude = longitude[rows], latitude[rows]
    frame = frame_of(longitude, latitude)
    box = box_about(frame, *frame.to_local(longitude, latitude))
    return surroundings(atlas, box, longitude, latitude, (*one.entries, *one.informed))


def _rows_of(flown: Flown, entry: Entry) -> slice:
    """Return the samples of an entry's flight from its first to its last time."""
    number = flown.trajectory.flights.index(entry.flight)
    first, last = np.searchsorted(flown.flight, [number, number + 1])
    time = flown.time[first:last]
    begin = int(np.searchsorted(time, entry.start.timestamp() - 1e-6))
    end = int(np.searchsorted(time, entry.end.timestamp() + 1e-6))
    return slice(int(first) + min(begin, len(time) - 1), int(first) + max(end, begin + 1))


def _marks(one: Audit, rows: Sequence[slice]) -> IntArray:
    """Return what each sample and the way on from it is drawn as.

    What a sample itself is within error of stays so, though the entry that it belongs to is certain; and what is
    outside stays so, though the entry was found on the way on from it.
    """
    own_code = np.full(len(one.flown.time), Mark.OUTSIDE.value)
    own_code[one.verdicts.sample] = Mark.WITHIN_ERROR
    own_code[one.verdicts.sample[one.verdicts.inside]] = Mark.UNAUTHORISED
    most = own_code[one.flown.order]
    mark = np.full(len(most), Mark.OUTSIDE.value)
    for entry, own in zip(one.entries, rows, strict=True):
        between = entry.points == 0
        part = slice(own.start, own.stop - 1 if between else own.stop)
        code = Mark.AUTHORISED if entry.authorised_by else Mark.UNAUTHORISED
        code = code if entry.verdict is Verdict.INSIDE else Mark.WITHIN_ERROR
        whole = between or entry.kind is EntryKind.SPECIAL_USE
        drawn = np.full(part.stop - part.start, code.value) if whole else np.minimum(most[part], code.value)
        mark[part] = np.maximum(mark[part], drawn)
    return mark


def _gaps(flown: Flown) -> BoolArray:
    """Return after which samples nothing was recorded for long, or where a flight ends."""
    gap = np.zeros(len(flown.time), dtype=np.bool_)
    starts = np.flatnonzero(np.diff(flown.flight, prepend=-1))
    for begin, end in zip(starts, np.append(starts[1:], len(gap)), strict=True):
        gap[begin + gaps_in(flown.time[begin:end])] = True
    return gap


def _heights(trajectory: Trajectory) -> tuple[FloatArray, str]:
    """Return the heights that most samples have, and over what; those that verdicts rest on come first where equal."""
    columns = {
        "ground": trajectory.height,
        "sea": trajectory.altitude,
        "ellipsoid": trajectory.ellipsoidal_height,
        "pressure": trajectory.pressure_altitude,
    }
    known = {datum: np.count_nonzero(np.isfinite(column)) for datum, column in columns.items()}
    most = max(known.values())
    if not most:
        return trajectory.height, ""
    datum = next(datum for datum, many in known.items() if many >= most / 2)
    return columns[datum], datum


def _layers(atlas: Atlas, flown: Flown) -> tuple[Layer, ...]:
    """Return what verdicts rest on."""
    layers = (
        Layer(key="states", source=str(BORDERS["states"]), sha256=_digest("borders")),
        Layer(key="land", source=str(BORDERS["land"]), sha256=_digest("land")),
    )
    if not atlas.airspaces:
        return (*layers, Layer(key="no areas", source="", sha256=""))
    if {one.id for one in atlas.airspaces} != {one.id for one in shipped_airspaces()}:
        return (*layers, Layer(key="own areas", source=f"{len(atlas.airspaces):,}", sha256=""))
    in_force = VALID_FROM.timestamp() <= flown.time.min() and flown.time.max() < VALID_TO.timestamp()
    source = f"FAA CIFP, AIRAC {CYCLE}, {VALID_FROM:%Y-%m-%d} to {VALID_TO:%Y-%m-%d}"
    key = "areas" if in_force else "areas of another time"
    return (*layers, Layer(key=key, source=source, sha256=_digest("airspace")))


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(octets(name)).hexdigest()
