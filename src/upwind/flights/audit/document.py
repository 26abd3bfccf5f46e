"""An audit as the files that leave: `audit.json`, and a table of the verdict on each sample."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv

from upwind.arrays import FloatArray, IntArray
from upwind.flights.audit.entries import Audit
from upwind.flights.audit.flown import Flown
from upwind.flights.audit.places import ERROR_M
from upwind.flights.audit.suspects import FLAGS
from upwind.flights.register import box_around, counts
from upwind.records import Conformance, Entry, EntryKind, Verdict

__all__ = ["BORDERS", "audit_document", "gaps_in", "points_table"]

#: What the verdicts rest on.
BORDERS = {
    "states": "land and territorial sea, OpenStreetMap maritime boundaries (npm @osm_borders/maritime_10m 1.1.0)",
    "land": "land polygons (npm @geo-maps/earth-lands-100m 0.6.0), coast within 100 m: decides the kind alone",
    "attribution": "© OpenStreetMap contributors, ODbL 1.0",
    "within_error_m": ERROR_M,
}
#: Of each track so many flights are told one by one, and of each flight so many gaps.
_MOST_FLIGHTS, _MOST_GAPS = 200, 20
#: What makes a cell of a CSV need quotes.
_QUOTED = frozenset(',"\r\n')
#: A pause longer than so many usual steps, and than this [s], is a gap.
_GAP_STEPS, _GAP_S = 10.0, 60.0


def audit_document(audits: Sequence[Audit], conformances: Sequence[Conformance] = ()) -> dict[str, Any]:
    """Return what `audit.json` says of tracks; an empty list of entries means clean.

    Parameters
    ----------
    audits
        One a track.
    conformances
        How far each track kept to its plan, one a track; empty where there is no plan.
    """
    entries = [entry for one in audits for entry in one.entries]
    return {
        "entries": [entry.as_json() for entry in entries],
        "unauthorised": sum(not entry.authorised_by for entry in entries),
        "counts": [count.as_json() for count in counts(entries)],
        "information": [_information(entry) for one in audits for entry in one.informed],
        "tracks": [
            _track(one.flown) | ({"conformance": kept.as_json()} if kept else {})
            for one, kept in zip_longest(audits, conformances)
        ],
        "borders": BORDERS,
    }


def points_table(audits: Sequence[Audit], states: Sequence[str]) -> bytes:
    """Return a CSV with a row for each sample and each state that it is inside, or within error of.

    The distance to the state's edge is empty where it is more than some 100 m.
    """
    table = pa.concat_tables([_points(one, states) for one in audits])
    plain = not any(set(one.flown.trajectory.name) & _QUOTED for one in audits)
    sink = pa.BufferOutputStream()
    sink.write(",".join(table.column_names).encode() + b"\n")
    pcsv.write_csv(table, sink, pcsv.WriteOptions(include_header=False, quoting_style="none" if plain else "needed"))
    return bytes(sink.getvalue())


def _points(one: Audit, states: Sequence[str]) -> pa.Table:
    found, trajectory = one.verdicts, one.flown.trajectory
    kinds = pa.array([EntryKind.LAND.value, EntryKind.SEA.value])
    verdicts = pa.array([Verdict.WITHIN_ERROR.value, Verdict.INSIDE.value])
    moments = np.rint(trajectory.time[found.sample] * 1e6).astype("datetime64[us]")
    whole = bool((moments == moments.astype("datetime64[s]")).all())
    texts = np.datetime_as_string(moments, unit="s" if whole else "us")
    return pa.table(
        {
            "track": pa.DictionaryArray.from_arrays(
                np.zeros(len(moments), dtype=np.int32), [trajectory.name]
            ).dictionary_decode(),
            "row": trajectory.row[found.sample],
            "time": pa.array(np.char.add(texts, "Z")),
            "state": pa.DictionaryArray.from_arrays(found.state.astype(np.int32), list(states)).dictionary_decode(),
            "kind": kinds.take(pa.array(found.at_sea.astype(np.int8))),
            "verdict": verdicts.take(pa.array(found.inside.astype(np.int8))),
            "disputed": found.disputed,
            "distance [m]": pa.array(np.round(found.distance, 1), mask=np.isinf(found.distance)),
        }
    )


def _information(entry: Entry) -> dict[str, Any]:
    """Return a stay in an area that asks for no authorisation."""
    said = entry.as_json()
    return {name: value for name, value in said.items() if name not in ("authorised_by", "why_not", "refused")}


def _track(flown: Flown) -> dict[str, Any]:
    """Return what a track is, and what of it is not to be believed."""
    trajectory = flown.trajectory
    first = np.flatnonzero(np.append(True, np.diff(flown.flight) != 0))
    ends = np.append(first[1:], len(flown.flight))
    rows = [_flight(flown, slice(begin, end)) for begin, end in zip(first[:_MOST_FLIGHTS], ends, strict=False)]
    return {
        "name": trajectory.name,
        "sha256": trajectory.sha256,
        "samples": len(flown.time),
        "notes": list(trajectory.notes),
        "suspect": _suspect(flown, slice(None)),
        "flights": {"count": len(first), "first": rows},
    }


def _flight(flown: Flown, rows: slice) -> dict[str, Any]:
    """Return where and when a flight was, with its gaps."""
    trajectory, time = flown.trajectory, flown.time[rows]
    gaps = gaps_in(time)
    sample = flown.order[rows.start]
    return {
        "flight": trajectory.flights[trajectory.flight[sample]],
        "platform": trajectory.platforms[trajectory.platform[sample]],
        "samples": len(time),
        "from": _zulu(time[0]),
        "to": _zulu(time[-1]),
        "box": [round(edge, 7) for edge in box_around(flown.longitude[rows], flown.latitude[rows])],
        "suspect": _suspect(flown, rows),
        "gaps": {
            "count": len(gaps),
            "first": [
                {"from": _zulu(time[at]), "to": _zulu(time[at + 1]), "seconds": float(time[at + 1] - time[at])}
                for at in gaps[:_MOST_GAPS]
            ],
        },
    }


def gaps_in(time: FloatArray) -> IntArray:
    """Return the samples of one flight after which nothing was recorded for long."""
    pause = np.diff(time)
    usual = float(np.median(pause)) if len(pause) else 0.0
    return np.flatnonzero(pause > max(_GAP_STEPS * usual, _GAP_S))


def _suspect(flown: Flown, rows: slice) -> dict[str, int]:
    """Return how many samples have each flag."""
    return {name: int(np.count_nonzero(flown.flags[rows] & flag)) for flag, name in FLAGS.items()}


def _zulu(seconds: float) -> str:
    """Return a time as ISO 8601 writes it, to the microsecond where it has any."""
    moment = np.datetime64(round(float(seconds) * 1e6), "us")
    return f"{np.datetime_as_string(moment, unit='s' if moment == moment.astype('datetime64[s]') else 'us')}Z"
