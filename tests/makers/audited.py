"""A track as an audit marks it, and what lies about it: enough to draw a page from."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from makers.flown import authorisation

from upwind.records import Airspace, Datum, Entry, EntryCount, EntryKind, Level, Refusal, Shortfall, Verdict
from upwind.render.content import AuditedTrack, Input, Layer, Line, Mark, Provenance, StateLabel, Surroundings

__all__ = ["COUNT", "PROVENANCE", "START", "make_entry", "make_surroundings", "make_track"]

START = 1_600_000_000.0
PROVENANCE = Provenance(version="0.1.0", seed=0, command="upwind audit x", inputs=(Input(name="x", sha256="0" * 64),))
COUNT = EntryCount(
    state="MEX",
    platform="P",
    month="2020-09",
    entries=2,
    authorised=1,
    unauthorised=1,
    within_error=0,
    disputed=0,
    suspect=0,
)


def make_entry(first: int, last: int, state: str = "MEX", by: tuple[str, ...] = ()) -> Entry:
    short = Shortfall(says="platform", said={"platform": "<Q>", "flown": "P"})
    return Entry(
        state=state,
        kind=EntryKind.SEA,
        name="",
        flight="f",
        platform="P",
        track="x",
        start=datetime.fromtimestamp(START + first, UTC),
        end=datetime.fromtimestamp(START + last, UTC),
        points=last - first + 1,
        verdict=Verdict.INSIDE,
        disputed=False,
        suspect=False,
        lowest_m=0.0,
        highest_m=900.0,
        authorised_by=by,
        why_not="" if by else '"Q-1" does not cover it: its platform is <Q>, not P',
        refused=None if by else Refusal(state=state, authorisation="Q-1", shortfalls=(short,)),
    )


def make_surroundings() -> Surroundings:
    square = np.array([[-117.0, 32.0], [-116.0, 32.0], [-116.0, 33.0], [-117.0, 33.0], [-117.0, 32.0]])
    area = Airspace(
        id="R<1>",
        name="RANGE",
        state="USA",
        kind="restricted",
        rings=(square,),
        floor=Level(metres=0.0, datum=Datum.GROUND),
        ceiling=Level(metres=np.inf, datum=Datum.SEA),
        active="always",
        schedule="",
    )
    return Surroundings(
        land=(square,),
        lines=tuple(Line(kind=kind, places=square[:3]) for kind in ("coast", "border", "limit")),
        states=(StateLabel(state="MEX", longitude=-116.5, latitude=32.5),),
        areas=(area,),
        entered=(True,),
    )


def make_track(samples: int = 4000, entries: tuple[Entry, ...] | None = None) -> AuditedTrack:
    along = np.arange(samples)
    if entries is None:
        entries = (make_entry(10, 60, "USA", ("USA-1",)), make_entry(1000, 1000), make_entry(3000, 3200))
    mark = np.full(samples, Mark.OUTSIDE.value)
    for entry in entries:
        first, last = (int(when.timestamp() - START) for when in (entry.start, entry.end))
        mark[first : last + 1] = Mark.AUTHORISED if entry.authorised_by else Mark.UNAUTHORISED
    first, last = (datetime.fromtimestamp(START + at, UTC) for at in (0.0, 500.0))
    window = authorisation("USA", first, last, floor_m=0.0, ceiling_m=1200.0)
    suspect = np.zeros(samples, dtype=bool)
    suspect[samples // 2] = True
    return AuditedTrack(
        name="x",
        time=START + along.astype(float),
        longitude=-117.2 + 0.4 * along / samples,
        latitude=32.5 + 0.05 * np.sin(along / 300),
        flight=np.zeros(samples, dtype=np.int64),
        flights=("f",),
        height=500 + 100 * np.cos(along / 200),
        datum="pressure",
        mark=mark,
        gap=np.zeros(samples, dtype=bool),
        suspect=suspect,
        entries=entries,
        entered_at=np.array([int(one.start.timestamp() - START) for one in entries], dtype=np.int64),
        authorisations=(window,),
        surroundings=make_surroundings(),
        flags={"no fix": 0, "jump": 1, "excursion": 0},
        notes=("the last block is cut short",),
        layers=(Layer(key="states", source="borders", sha256="1" * 64),),
    )
