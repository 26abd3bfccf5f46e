"""The page of a plan: how good it is, where it leads, whose leave it has or lacks, and what others must be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from upwind.records import Entry, Estimate, HeightOver
from upwind.render.apart import apart_section, craft_class, crew_heads, crew_row, crews_of
from upwind.render.audit import rests_on
from upwind.render.content import Mark, Provenance
from upwind.render.leave import refusal_said
from upwind.render.map import compass
from upwind.render.numbers import NOTHING, figure, percent, span
from upwind.render.page import cells_table, exact, head, page_of, provenance_section
from upwind.render.panels import movable
from upwind.render.plan_map import fences_of, is_barred, plan_map
from upwind.render.planned import Finding, PlannedSortie, PlanPicture, Secured
from upwind.render.profile import KINDS
from upwind.render.stays import legend_mark
from upwind.render.svg import element
from upwind.render.words import Language, say, state_name

__all__ = ["plan_page"]

_SEARCH_HEADS = ("find_chance", "finds_an_hour", "finds_even")


def plan_page(picture: PlanPicture, provenance: Provenance, language: Language = "en") -> str:
    """Return the whole page as HTML; the same input gives the same text.

    It is a picture: places stand in it as marks of a map, never as numbers that somebody could fly.
    """
    body = [
        head(picture.name, say("plan_more"), "plan_notice"),
        _answer(picture),
        _map(picture),
        *apart_section(picture),
        _leave(picture),
        _told(picture),
        *_legs(picture),
        _reading(picture),
        rests_on((picture.swept,)),
        provenance_section(provenance),
    ]
    return page_of(picture.name, body, language)


def _answer(picture: PlanPicture) -> str:
    """Return the finding: whether it may leave at all, what it is worth, and a row a sortie."""
    heads = ["plan_sortie", "plan_lines", "plan_km", "plan_time", "plan_from"]
    heads += _SEARCH_HEADS if picture.finding is not None else ()
    heads += crew_heads() if picture.apart is not None else ()
    rows = [_row(number, sortie) for number, sortie in enumerate(picture.sorties, start=1)]
    if len(rows) > 1:
        rows.append(_whole(picture))
    refused = f'<p class="stop"><strong>{say("plan_stopped")}</strong></p>' if picture.refused else ""
    table = cells_table([say(one) for one in heads], rows)
    return f'<section id="answer"><h2>{_title(picture)}</h2>{refused}{table}<p>{_best(picture)}</p></section>'


def _title(picture: PlanPicture) -> str:
    count, apart = len(picture.sorties), picture.apart
    seen = f"{100.0 * (picture.coverage or 0.0):.2f} %"
    if apart is not None:
        flying = str(len(crews_of(picture)))
        return say("plan_fleet", n=str(count), aircraft=flying, time=span(apart.makespan_s), seen=seen)
    said = {"n": str(count), "km": f"{picture.length_m / 1000.0:,.1f}", "time": span(picture.time_s)}
    if picture.finding is not None:
        return say("plan_search_one" if count == 1 else "plan_search", **said, chance=_chance(picture.finding.chance))
    return say("plan_survey_one" if count == 1 else "plan_survey", **said, seen=seen)


def _best(picture: PlanPicture) -> str:
    """Return how far from the best possible it is."""
    if picture.bound_s is None:
        return say("plan_bound_search", times=f"{1.0 + picture.gap:.2f}")
    if picture.apart is not None:
        bound = picture.apart.bound_s
        gap = f"{100.0 * (picture.apart.makespan_s / bound - 1.0):.2f} %"
        return say("plan_fleet_bound", time=span(bound), gap=gap)
    return say("plan_bound", time=span(picture.bound_s), gap=f"{100.0 * picture.gap:.2f} %")


def _row(number: int, sortie: PlannedSortie) -> list[str]:
    row = [
        str(number),
        str(len(sortie.lines)),
        f"{sortie.length_m / 1000.0:,.1f}",
        span(sortie.time_s),
        exact(f"{sortie.start:%Y-%m-%d %H:%M}"),
    ]
    row += _finding(sortie.finding) if sortie.finding is not None else []
    return row + (crew_row(sortie.crew) if sortie.crew is not None else [])


def _whole(picture: PlanPicture) -> list[str]:
    lines = sum(len(sortie.lines) for sortie in picture.sorties)
    row = [say("plan_all"), str(lines), f"{picture.length_m / 1000.0:,.1f}", span(picture.time_s), ""]
    row += _finding(picture.finding) if picture.finding is not None else []
    return row + ([""] * len(crew_heads()) if picture.apart is not None else [])


def _finding(finding: Finding) -> list[str]:
    return [exact(_chance(finding.chance)), exact(_an_hour(finding.an_hour)), exact(_an_hour(finding.even))]


def _chance(chance: Estimate) -> str:
    return f"{percent(chance.median)} ({100.0 * chance.lower:.0f}-{100.0 * chance.upper:.0f})"


def _an_hour(finds: Estimate) -> str:
    return f"{figure(finds.median)} ({figure(finds.lower)}-{figure(finds.upper)})"


def _map(picture: PlanPicture) -> str:
    drawn = plan_map(picture)
    wind = picture.weather
    said = (
        say("wind_still")
        if wind is None
        else say("wind_planned", **{"from": f"{wind.wind_from:.0f}", "speed": figure(wind.speed)})
    )
    notes = [said, say("plan_margin", metres=f"{picture.margin_m:.0f}"), say("grid_of", step=f"{drawn.step:,.0f}")]
    notes.append(say("map_sources"))
    return (
        f'<section class="analysis"><h2>{say("plan_where")}</h2>'
        f"<figure>{movable(drawn.svg + compass(wind), 'zoom_plan')}{_key(picture)}<figcaption>{' · '.join(notes)} "
        f'<span class="screen">{say("map_help")}</span></figcaption></figure></section>'
    )


def _key(picture: PlanPicture) -> str:
    """Return what each mark of the map means; what the map does not have is left out."""
    all_barred = is_barred(picture.swept)
    marks = [
        (
            _sample(element("path", class_=f"surveyed{craft_class(crew)}", d="M0,9H26")),
            say("plan_key_craft", n=str(crew.aircraft)),
        )
        for crew in crews_of(picture)
    ] or [
        (_sample(element("path", class_="surveyed", d="M0,9H26")), say("plan_key_line")),
        (_sample(element("path", class_="way", d="M0,9H26")), say("plan_key_way")),
    ]
    marks += [
        (
            _sample(element("path", class_="margin refused" if all_barred else "margin", d="M0,9H26", stroke_width=12)),
            say("plan_key_all_barred" if all_barred else "plan_key_margin"),
        ),
        (_sample(element("path", class_="aim", d="M2,2H24V16H2Z")), say("plan_key_area")),
    ]
    if picture.base is not None:
        house = element("path", class_="depot", d="M6,16V6L13,1L20,6V16Z")
        marks.append((_sample(house), say("plan_key_base")))
    if any(True for _ in fences_of(picture)):
        marks.append((_sample(element("path", class_="fence", d="M2,2H24V16H2Z")), say("plan_key_fence")))
    if picture.refused and not all_barred:
        marks.append((legend_mark(Mark.UNAUTHORISED), say("plan_key_barred")))
    around = picture.swept.surroundings
    kinds = {line.kind for line in around.lines} if around is not None else set()
    for kind, key in (("border", "line_border"), ("limit", "line_limit"), ("coast", "line_coast")):
        if kind in kinds:
            marks.append((_sample(element("path", class_=kind, d="M0,9H26")), say(key)))
    if around is not None and around.areas:
        marks.append((_sample(element("path", class_="area", fill="none", d="M2,2H24V16H2Z")), say("line_area")))
    return f'<ul class="key">{"".join(f"<li>{mark}<span>{said}</span></li>" for mark, said in marks)}</ul>'


def _sample(mark: str) -> str:
    return element("svg", mark, viewBox="0 0 26 18", aria_hidden="true")


def _leave(picture: PlanPicture) -> str:
    """Return the gate's verdict: what the plan may enter, and who allowed it."""
    if not picture.entered:
        return f"<section><h2>{say('plan_gate')}: {say('entered_none')}</h2></section>"
    refused = len(picture.refused)
    answer = say("plan_refused", n=str(refused), all=str(len(picture.entered))) if refused else say("plan_allowed")
    heads = [say(one) for one in ("plan_could_enter", "when", "over_ground_short", "authorised_by")]
    rows = [_entry_row(entry, picture) for entry in sorted(picture.entered, key=lambda one: bool(one.authorised_by))]
    unheard = picture.secured.unheard if picture.secured is not None else ()
    states = ", ".join(map(state_name, unheard))
    warned = f'<p class="stop"><strong>{say("plan_unheard", states=states)}</strong></p>' if unheard else ""
    said = f"{warned}{cells_table(heads, rows)}<p>{say('plan_swept')}</p>"
    return f"<section><h2>{say('plan_gate')}: {answer}</h2>{said}</section>"


def _entry_row(entry: Entry, picture: PlanPicture) -> list[str]:
    unheard = all(one.state != entry.state for one in picture.swept.authorisations)
    why = say("no_leave_of", state=state_name(entry.state)) if unheard else refusal_said(entry)
    what = say(KINDS[entry.kind]) + (f" {escape(entry.name, quote=False)}" if entry.name else "")
    heights = NOTHING
    if entry.lowest_m is not None and entry.highest_m is not None:
        low, high = f"{entry.lowest_m:,.0f}", f"{entry.highest_m:,.0f}"
        heights = exact(f"{low} m" if low == high else f"{low}-{high} m")
    who = (
        escape(", ".join(entry.authorised_by))
        if entry.authorised_by
        else f'<strong>{say("nobody")}</strong><br><small class="why">{why}</small>'
    )
    begin, end = (exact(f"{when:%Y-%m-%d %H:%M:%S}") for when in (entry.start, entry.end))
    return [f"<strong>{state_name(entry.state)}</strong>, {what}", f"{begin} \N{EN DASH} {end}", heights, who]


def _told(picture: PlanPicture) -> str:
    """Return what others must be told; what nobody filled in is seen to be missing."""
    told = picture.told
    begin, end = exact(f"{told.start:%Y-%m-%d %H:%M}"), exact(f"{told.end:%Y-%m-%d %H:%M} UTC")
    rows = [
        [say("plan_authority"), escape(told.authority) or _missing()],
        [say("plan_remote_id"), escape(told.remote_id) or _missing()],
        [say("plan_operator"), escape(told.operator) or _missing()],
        ["NOTAM", f"{begin} \N{EN DASH} {end}, 0-{told.upper_m:,.0f} m"],
        *(_secured(picture.secured) if picture.secured is not None else ()),
        [say("platform"), escape(picture.platform)],
        [say("plan_sensor"), escape(picture.sensor)],
    ]
    return f"<section><h2>{say('plan_told')}</h2>{cells_table([say('plan_item'), say('plan_value')], rows)}</section>"


def _secured(secured: Secured) -> Iterator[list[str]]:
    """Yield what an autopilot must be told: its fence, and the height of the way home."""
    lost = [home for home in secured.homes if home is not None]
    metres = ", ".join(dict.fromkeys(f"{home.height_m:,.0f}" for home in lost))
    datum = "plan_lost_ground" if lost and lost[0].over is HeightOver.GROUND else "plan_lost_base"
    yield [say("plan_lost_link"), say(datum, metres=metres) if lost else say("plan_lost_first")]
    is_held = all(fence is not None for fence in secured.fences)
    yield [say("plan_fence"), say("plan_fence_held") if is_held else f"<strong>{say('plan_fence_none')}</strong>"]


def _missing() -> str:
    return f"<strong>{say('plan_missing')}</strong>"


def _legs(picture: PlanPicture) -> Iterator[str]:
    """Yield the legs of a search with the chance of each, folded away: there are many."""
    if picture.finding is None:
        return
    rows: list[Sequence[str]] = [
        [str(number), str(leg), exact(_chance(chance))]
        for number, sortie in enumerate(picture.sorties, start=1)
        if sortie.finding is not None
        for leg, chance in enumerate(sortie.finding.legs, start=1)
    ]
    heads = [say("plan_sortie"), say("plan_line"), say("find_chance")]
    folded = (
        f"<details><summary>{say('plan_legs_more', n=str(len(rows)))}</summary>{cells_table(heads, rows)}</details>"
    )
    yield f"<section><h2>{say('plan_legs')}</h2>{folded}</section>"


def _reading(picture: PlanPicture) -> str:
    keys = ["plan_reading_way"] + (["plan_reading_find", "reading_absence"] if picture.finding is not None else [])
    return f"<section><h2>{say('reading')}</h2>{''.join(f'<p>{say(key)}</p>' for key in keys)}</section>"
