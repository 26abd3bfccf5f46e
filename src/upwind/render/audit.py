"""The page of an audit, and its part in the report of a run: whose land and sea, and who allowed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from upwind.records import EntryCount
from upwind.render.content import AuditedTrack, Mark, Provenance
from upwind.render.numbers import moment
from upwind.render.page import cells_table, head, page_of, provenance_section
from upwind.render.panels import movable
from upwind.render.profile import profile_of
from upwind.render.route import north_arrow, route_of
from upwind.render.stays import (
    Stay,
    answer_of,
    brief_table,
    counts_table,
    legend_mark,
    numbers_of,
    refused_list,
    stays_of,
    stays_table,
)
from upwind.render.svg import element
from upwind.render.words import Language, say

__all__ = ["audit_page", "land_and_sea", "rests_on"]

_MARKS = {
    Mark.UNAUTHORISED: "mark_refused",
    Mark.AUTHORISED: "mark_allowed",
    Mark.WITHIN_ERROR: "mark_near",
    Mark.OUTSIDE: "mark_outside",
}
_LAYERS = {
    "states": "layer_states",
    "land": "layer_land",
    "areas": "layer_shipped_areas",
    "areas of another time": "layer_other_time",
    "own areas": "layer_own_areas",
    "no areas": "layer_no_areas",
}
_FLAGS = {"no fix": "flag_no_fix", "jump": "flag_jump", "excursion": "flag_excursion"}


def audit_page(
    title: str,
    tracks: Sequence[AuditedTrack],
    counts: Sequence[EntryCount],
    provenance: Provenance,
    language: Language = "en",
) -> str:
    """Return the whole page of an audit as HTML; the same input gives the same text.

    Parameters
    ----------
    title
        What was audited.
    tracks
        In the order of the page.
    counts
        Of their entries, by state, platform and month.
    language
        The one shown first; a button switches.
    """
    body = [head(title, say("audit_more")), *land_and_sea(tracks)]
    if counts:
        body.append(f"<section><h2>{say('counts')}</h2>{counts_table(counts)}</section>")
    body += [_doubtful(tracks), rests_on(tracks), provenance_section(provenance, seeded=False)]
    return page_of(title, body, language)


def land_and_sea(tracks: Sequence[AuditedTrack]) -> Iterator[str]:
    """Yield the sections that say whose land and sea tracks were over: the answer, then a map a track."""
    stays = stays_of(tracks)
    every = [stay for own in stays for stay in own]
    entries = [entry for track in tracks for entry in track.entries]
    parts = [f"<h2>{say('whose')}: {answer_of(entries)}</h2>", refused_list(entries)]
    if entries and not any(track.authorisations for track in tracks):
        parts.append(f"<p>{say('no_authorisations')}</p>")
    if entries:
        parts.append(stays_table(every, several=len(tracks) > 1))
    drawn = [(track, own) for track, own in zip(tracks, stays, strict=True) if track.surroundings is not None]
    if len(drawn) < len(tracks):
        parts.append(f"<p>{say('maps_left', drawn=str(len(drawn)), all=f'{len(tracks):,}')}</p>")
    yield f'<section id="entries">{"".join(parts)}</section>'
    for track, own in drawn:
        yield _track(track, own)


def _track(track: AuditedTrack, stays: Sequence[Stay]) -> str:
    """Return the section of one track: its map, and its profile beside the same in words."""
    answer = f"<h2>{say('where_when')}: {escape(track.name)}</h2>"
    if not len(track.time) or track.surroundings is None:
        return f'<section class="analysis">{answer}</section>'
    profile = f"<figure><h3>{say('profile_title')}</h3>{profile_of(track)}{_profile_note(track)}</figure>"
    beside = _beside(stays)
    columns = f'<div class="columns">{profile}<div>{beside}</div></div>'
    return f'<section class="analysis">{answer}{_map(track, stays)}{columns}</section>'


def _map(track: AuditedTrack, stays: Sequence[Stay]) -> str:
    around = track.surroundings
    if around is None:
        return ""
    drawn = route_of(track, around, numbers_of(stays))
    notes = [say("flight_time", start=moment(float(track.time.min())), end=moment(float(track.time.max())))]
    notes.append(say("grid_of", step=f"{drawn.step:,.0f}"))
    if drawn.drawn < len(track.time):
        notes.append(say("route_thinned", drawn=f"{drawn.drawn:,}", all=f"{len(track.time):,}"))
    if drawn.suspect_off:
        notes.append(say("suspect_off", n=f"{drawn.suspect_off:,}"))
    notes.append(say("map_sources"))
    return (
        f"<figure>{movable(drawn.svg + north_arrow(), 'zoom_entries')}{_key(track)}<figcaption>{' · '.join(notes)} "
        f'<span class="screen">{say("map_help")}</span></figcaption></figure>'
    )


def _key(track: AuditedTrack) -> str:
    """Return what each mark of the map means; what the map does not have is left out."""
    seen = {int(mark) for mark in set(track.mark.tolist())}
    marks = [(legend_mark(mark), say(key)) for mark, key in _MARKS.items() if mark in seen]
    if track.gap.any():
        marks.append((_sample(element("path", class_="leg outside gap", d="M0,9H26")), say("mark_gap")))
    if track.suspect.any():
        marks.append((_sample(element("path", class_="suspect", d="M13,4L18,13L8,13Z")), say("mark_suspect")))
    around = track.surroundings
    kinds = {line.kind for line in around.lines} if around is not None else set()
    for kind, key in (("border", "line_border"), ("limit", "line_limit"), ("coast", "line_coast")):
        if kind in kinds:
            marks.append((_sample(element("path", class_=kind, d="M0,9H26")), say(key)))
    if around is not None and around.areas:
        marks.append(
            (_sample(element("path", class_="area", fill="none", d="M2,2H24V16H2Z"), _hatches()), say("line_area"))
        )
    return f'<ul class="key">{"".join(f"<li>{mark}<span>{said}</span></li>" for mark, said in marks)}</ul>'


def _hatches() -> str:
    return element("path", class_="hatch", d="M2,10L10,2M4,16L18,2M12,16L24,4M20,16L24,12")


def _sample(*marks: str) -> str:
    return element("svg", *marks, viewBox="0 0 26 18", aria_hidden="true")


def _profile_note(track: AuditedTrack) -> str:
    """Return how heights compare with those of authorisations, where they are not of the same sort."""
    if not track.authorisations or track.datum in ("ground", ""):
        return ""
    return f"<figcaption>{say('profile_datum')}</figcaption>"


def _beside(stays: Sequence[Stay]) -> str:
    """Return what the map shows, in words."""
    if not stays:
        return f"<p>{say('entered_none')}</p>"
    return f"<h3>{say('beside_title')}</h3>{brief_table(stays)}"


def _doubtful(tracks: Sequence[AuditedTrack]) -> str:
    """Return what of the tracks is not to be believed, or is missing."""
    heads = ["file", "samples", *_FLAGS.values(), "gaps"]
    rows = [
        [
            escape(track.name),
            f"{len(track.time):,}",
            *(f"{track.flags.get(flag, 0):,}" for flag in _FLAGS),
            f"{int(track.gap.sum()):,}",
        ]
        for track in tracks
    ]
    notes = [f"{escape(track.name)}: {escape(note)}" for track in tracks for note in track.notes]
    said = "".join(f'<li lang="en">{note}</li>' for note in notes)
    return (
        f"<section><h2>{say('doubtful')}</h2>{cells_table([say(one) for one in heads], rows)}"
        f"<p>{say('doubtful_more')}</p>{f'<ul>{said}</ul>' if said else ''}</section>"
    )


def rests_on(tracks: Sequence[AuditedTrack]) -> str:
    """Return layers with their sources, and the method in small print."""
    layers = list(dict.fromkeys(layer for track in tracks for layer in track.layers))
    rows = [
        [say(_LAYERS[layer.key]), f'<span lang="en">{escape(layer.source)}</span>', f"<code>{layer.sha256}</code>"]
        for layer in layers
    ]
    table = cells_table([say("layer"), say("where_from"), "SHA-256"], rows)
    method = "".join(f"<p>{say(key)}</p>" for key in ("method_states", "method_runs", "method_heights", "method_line"))
    return (
        f"<section><h2>{say('rests_on')}</h2>{table}<p>{say('attribution')}</p>"
        f'<div class="small">{method}</div></section>'
    )
