"""Every entry of audited tracks as words and tables: the answer first, the unauthorised ones before all others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from upwind.records import Entry, EntryCount, EntryKind, Verdict
from upwind.render.content import AuditedTrack, Mark
from upwind.render.leave import refusal_said
from upwind.render.numbers import NOTHING, coordinates
from upwind.render.page import cells_table, exact
from upwind.render.profile import KINDS
from upwind.render.route import CLASSES, entry_mark
from upwind.render.svg import element
from upwind.render.words import say, state_name

__all__ = [
    "Stay",
    "answer_of",
    "brief_table",
    "counts_table",
    "legend_mark",
    "numbers_of",
    "refused_list",
    "stays_of",
    "stays_table",
]

#: Entries that are told one by one; every unauthorised one comes before the others, and all are in the file.
_MOST_ROWS = 300
_MOST_BRIEF = 20
#: Rows of a table that stand open, beside those that are unauthorised.
_MOST_OPEN = 12
#: States and kinds that the answer names before it says "and others".
_MOST_NAMED = 6
_VERDICTS = {Verdict.INSIDE: "verdict_inside", Verdict.WITHIN_ERROR: "verdict_near"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """An entry with the number that the page calls it by, and where its track was as it began [deg].

    `unheard`: no authorisation of that state was given at all.
    """

    number: int
    entry: Entry
    longitude: float
    latitude: float
    unheard: bool


def stays_of(tracks: Sequence[AuditedTrack]) -> list[list[Stay]]:
    """Return the stays of each track, numbered over all tracks: unauthorised and certain ones first, then by time."""
    every = [(place, number) for place, track in enumerate(tracks) for number in range(len(track.entries))]
    every.sort(key=lambda one: _weight(tracks[one[0]].entries[one[1]]))
    numbers = {one: number for number, one in enumerate(every, start=1)}
    return [
        [
            Stay(
                number=numbers[place, number],
                entry=entry,
                longitude=float(track.longitude[track.entered_at[number]]),
                latitude=float(track.latitude[track.entered_at[number]]),
                unheard=all(one.state != entry.state for one in track.authorisations),
            )
            for number, entry in enumerate(track.entries)
        ]
        for place, track in enumerate(tracks)
    ]


def numbers_of(stays: Sequence[Stay]) -> list[int]:
    """Return the numbers of stays."""
    return [stay.number for stay in stays]


def answer_of(entries: Sequence[Entry]) -> str:
    """Return the finding as markup: how many entries nobody allowed, into what and when."""
    if not entries:
        return say("entered_none")
    refused = sorted((entry for entry in entries if not entry.authorised_by), key=_weight)
    if not refused:
        return say("entered_allowed") if len(entries) > 1 else say("entered_allowed_one")
    named = _places(refused)
    only = f": {named[0]}" if len(named) == 1 else ""
    key = "entered_refused_one" if len(refused) == 1 else "entered_refused"
    return say(key, n=f"{len(refused):,}", all=f"{len(entries):,}", only=only)


def refused_list(entries: Sequence[Entry]) -> str:
    """Return what was entered without leave, a line a state and kind; "" where the answer says it all."""
    named = _places(sorted((entry for entry in entries if not entry.authorised_by), key=_weight))
    if len(named) < 2:  # noqa: PLR2004 - one is named in the answer
        return ""
    more = len(named) - _MOST_NAMED
    named = named[:_MOST_NAMED] + ([say("entered_more", n=f"{more:,}")] if more > 0 else [])
    return f'<ul class="found">{"".join(f"<li>{one}</li>" for one in named)}</ul>'


def _places(refused: Sequence[Entry]) -> list[str]:
    groups: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in refused:
        groups.setdefault((entry.state, KINDS[entry.kind], entry.name), []).append(entry)
    return [_named(group) for group in groups.values()]


def stays_table(stays: Sequence[Stay], *, several: bool) -> str:
    """Return the table of stays by their numbers; `several` says that they are of more than one track."""
    heads = [
        "number",
        "entered_what",
        "who_flew",
        "when_where",
        "points",
        "over_ground_short",
        "verdict",
        "authorised_by",
    ]
    ordered = sorted(stays, key=lambda stay: stay.number)[:_MOST_ROWS]
    refused = sum(not stay.entry.authorised_by for stay in ordered)
    left = len(stays) - len(ordered)
    table = _folded([say(head) for head in heads], [_row(stay, several=several) for stay in ordered], refused)
    return table + (f'<p class="small">{say("rows_left", n=f"{left:,}")}</p>' if left else "")


def _folded(heads: Sequence[str], rows: Sequence[Sequence[str]], least: int = 0) -> str:
    """Return a table of the first rows, at least so many, with the others in one that opens on demand."""
    cut = max(least, _MOST_OPEN)
    table = cells_table(heads, rows[:cut])
    if len(rows) <= cut:
        return table
    more = say("rows_folded", n=f"{len(rows) - cut:,}")
    return f"{table}<details><summary>{more}</summary>{cells_table(heads, rows[cut:])}</details>"


def brief_table(stays: Sequence[Stay]) -> str:
    """Return the table of one track's stays in the order flown, as short as it stands beside a picture."""
    shown = sorted(stays, key=lambda stay: stay.number)[:_MOST_BRIEF]
    shown.sort(key=lambda stay: stay.entry.start)
    rows = [
        [
            f'<span class="nowrap">{legend_mark(entry_mark(stay.entry))} {stay.number}</span>',
            f"{state_name(stay.entry.state)}, {_what(stay.entry)}",
            exact(f"{stay.entry.start:%m-%d %H:%M:%S}\N{EN DASH}") + exact(f"{stay.entry.end:%H:%M:%S}"),
            escape(", ".join(stay.entry.authorised_by)) or f"<strong>{say('nobody')}</strong>",
        ]
        for stay in shown
    ]
    left = len(stays) - len(shown)
    more = f'<p class="small">{say("rows_above", n=f"{left:,}")}</p>' if left else ""
    return cells_table([say(head) for head in ("number", "entered_what", "when", "authorised_by")], rows) + more


def counts_table(counts: Sequence[EntryCount]) -> str:
    """Return how many entries there were by state, platform and month."""
    heads = ["state", "platform", "month", "entries", "count_refused", "count_allowed", "verdict_near"]
    heads += ["disputed", "suspect"]
    rows = [
        [
            state_name(one.state),
            escape(one.platform) or NOTHING,
            one.month,
            *(
                f"{many:,}"
                for many in (
                    one.entries,
                    one.unauthorised,
                    one.authorised,
                    one.within_error,
                    one.disputed,
                    one.suspect,
                )
            ),
        ]
        for one in counts
    ]
    return _folded([say(head) for head in heads], rows)


def legend_mark(mark: Mark) -> str:
    """Return how entries with a mark are drawn, as a small picture."""
    shapes = {Mark.UNAUTHORISED: "M13,1L21,9L13,17L5,9Z", Mark.WITHIN_ERROR: "M8,4H18V14H8Z"}
    shape = element("path", d=shapes[mark]) if mark in shapes else element("circle", r=4.5, cx=13, cy=9)
    lines = [element("path", class_=f"leg {CLASSES[mark]}", d="M0,9H26")]
    if mark is Mark.UNAUTHORISED:
        lines.append(element("path", class_=f"leg {CLASSES[mark]} core", d="M0,9H26"))
    pinned = [element("g", shape, class_=f"entry {CLASSES[mark]}")] if mark is not Mark.OUTSIDE else []
    return element("svg", *lines, *pinned, viewBox="0 0 26 18", aria_hidden="true")


def _weight(entry: Entry) -> tuple[bool, bool, bool, float]:
    """Return what entries are sorted by: without leave, certain, of a state's own ground or sea, early."""
    unsure = entry.verdict is not Verdict.INSIDE or entry.suspect
    return bool(entry.authorised_by), unsure, entry.kind is EntryKind.SPECIAL_USE, entry.start.timestamp()


def _named(group: Sequence[Entry]) -> str:
    """Return what entries of one kind into one state are, and when, as markup."""
    first = group[0]
    what = f"{state_name(first.state)}, {_what(first)}"
    begin, end = min(entry.start for entry in group), max(entry.end for entry in group)
    until = f"{end:%H:%M:%S}" if begin.date() == end.date() else f"{end:%Y-%m-%d %H:%M:%S}"
    many = f" \N{MULTIPLICATION SIGN} {len(group)}" if len(group) > 1 else ""
    return f"{what}{many}, {exact(f'{begin:%Y-%m-%d %H:%M:%S}')}\N{EN DASH}{exact(f'{until} UTC')}"


def _what(entry: Entry) -> str:
    return say(KINDS[entry.kind]) + (f" {escape(entry.name, quote=False)}" if entry.name else "")


def _row(stay: Stay, *, several: bool) -> list[str]:
    entry = stay.entry
    who = [escape(entry.flight or entry.track)]
    who += [f"<small>{escape(text)}</small>" for text in (entry.platform, entry.track if several else "") if text]
    return [
        f'<span class="nowrap">{legend_mark(entry_mark(entry))} {stay.number}</span>',
        f'<strong class="exact">{state_name(entry.state)}</strong><br><span class="exact">{_what(entry)}</span>',
        "<br>".join(who),
        f"{_span(entry)}<br><small>{exact(coordinates(stay.longitude, stay.latitude))}</small>",
        f"{entry.points:,}" if entry.points else f"0<br><small>{say('points_none')}</small>",
        _heights(entry),
        "<br>".join(_verdict(entry)),
        _leave(stay),
    ]


def _span(entry: Entry) -> str:
    """Return from when to when an entry lasted as markup, without "UTC", which the column's head says."""
    form = "%H:%M:%S" if entry.start.date() == entry.end.date() else "%Y-%m-%d %H:%M:%S"
    begin, end = (
        f'<time datetime="{when:%Y-%m-%dT%H:%M:%SZ}">{when:{shape}}</time>'
        for when, shape in ((entry.start, "%Y-%m-%d %H:%M:%S"), (entry.end, form))
    )
    return f'<span class="exact">{begin}</span><br><span class="exact">\N{EN DASH} {end}</span>'


def _heights(entry: Entry) -> str:
    if entry.lowest_m is None or entry.highest_m is None:
        return NOTHING
    low, high = f"{entry.lowest_m:,.0f}", f"{entry.highest_m:,.0f}"
    return exact(f"{low} m" if low == high else f"{low}-{high} m")


def _verdict(entry: Entry) -> Iterator[str]:
    """Yield how sure it is that there was an entry."""
    yield say(_VERDICTS[entry.verdict])
    if entry.disputed:
        yield f"<strong>{say('disputed_more')}</strong>"
    if entry.suspect:
        yield f"<strong>{say('suspect_more')}</strong>"


def _leave(stay: Stay) -> str:
    """Return who allowed an entry, or that nobody did and why not."""
    entry = stay.entry
    if entry.authorised_by:
        return escape(", ".join(entry.authorised_by))
    why = say("no_leave_of", state=state_name(entry.state)) if stay.unheard else refusal_said(entry)
    return f'<strong>{say("count_refused")}</strong><br><small class="why">{why}</small>'
