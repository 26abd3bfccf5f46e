"""The public-safety sheet: one page, in one language, for whoever goes to the place; it prints in black and white.

It tells how to keep people from harm and never how to act against anybody; what it says of violence is an empty field
for the partner authority alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from upwind.geo import grid_reference
from upwind.records import Estimate, Facility, Isolation, Opening, Place, Protection, Zone
from upwind.render.content import Provenance
from upwind.render.hazard_map import MOST_FACILITIES, hazard_map, shown_zone, wind_arrow
from upwind.render.numbers import NOTHING, coordinates, degrees_minutes_seconds, figure, interval, percent
from upwind.render.page import cells_table, exact, sheet_of
from upwind.render.words import Language, compound_name, word

__all__ = ["FACILITIES", "LIMITS", "SCENARIOS", "counted", "safety_sheet", "scenario_word"]

#: Kinds of limits, scenarios and facilities, each with the key of its words.
LIMITS = {
    "level 3": "sheet_level_3",
    "level 2": "sheet_level_2",
    "level 1": "sheet_level_1",
    "flammable 60 %": "sheet_flammable_60",
    "flammable 10 %": "sheet_flammable_10",
    "odour": "sheet_odour",
}
SCENARIOS = {
    "as measured": "sheet_measured",
    "spill outdoors": "sheet_spill_out",
    "spill indoors": "sheet_spill_in",
}
FACILITIES = {
    "school": "sheet_kind_school",
    "kindergarten": "sheet_kind_kindergarten",
    "hospital": "sheet_kind_hospital",
    "clinic": "sheet_kind_clinic",
    "home": "sheet_kind_home",
}
_WINDS = {"hour": "sheet_wind_hour", "all": "sheet_wind_all", "none": "sheet_wind_none"}
_WHYS = {
    "zone": "sheet_why_zone",
    "isolation": "sheet_why_isolation",
    "unidentified": "sheet_why_unidentified",
}
_NOTES = ("note_unknown", "note_no_rate", "note_no_vapour", "note_no_limits", "note_dense")
#: More compounds do not fit one page.
_MOST_COMPOUNDS = 3
_HOUR = 60.0
_STANDS_IN, _UNVERIFIED = "\N{DAGGER}", "\N{DOUBLE DAGGER}"


def safety_sheet(
    protection: Protection, places: Sequence[Place], provenance: Provenance, draws: int, language: Language
) -> str:
    """Return the page as HTML; the same input gives the same text.

    Parameters
    ----------
    protection
        What was computed.
    places
        The map, for the picture.
    draws
        How many draws stand behind the intervals.
    """
    lead = protection.lead
    title = word("sheet_title", language, name=lead.id)
    where = (coordinates(lead.longitude, lead.latitude), degrees_minutes_seconds(lead.longitude, lead.latitude))
    place = " · ".join(map(exact, filter(None, (*where, grid_reference(lead.longitude, lead.latitude)))))
    body = [
        _notice(language),
        f"<header><h1>{escape(title)}</h1><p>{place}</p></header>",
        _row("first", _keep(protection, language), _approach(protection, language), _people(protection, language)),
        _row("two", _picture(protection, places, language), _warn(protection, language)),
        _hazards(protection, language),
        _row("two", _door(protection, language), f"<div>{_published(protection, language)}{_guidance(language)}</div>"),
        f'<div class="partner"><strong>{_say("sheet_partner", language)}</strong></div>',
        _footer(protection, provenance, draws, language),
    ]
    return sheet_of(title, body, language)


def counted(estimate: Estimate) -> str:
    """Return a number of people as ``340 (210-520)``; less than half a person is nobody."""
    if estimate.upper < 0.5:  # noqa: PLR2004
        return "0"
    return f"{figure(estimate.median)} ({figure(estimate.lower)}-{figure(estimate.upper)})"


def scenario_word(protection: Protection, scenario: str, language: Language) -> str:
    """Return what a scenario is called."""
    key = SCENARIOS[scenario]
    kg = {} if protection.release_kg is None or key == "sheet_measured" else {"kg": figure(protection.release_kg)}
    return word(key, language, **kg)


def _row(kind: str, *parts: str) -> str:
    """Return parts side by side."""
    return f'<div class="{kind}">{"".join(parts)}</div>'


def _notice(language: Language) -> str:
    strong, more = _say("notice", language), _say("sheet_more", language)
    return f'<div class="notice" role="note"><strong>{strong}</strong><small>{more}</small></div>'


def _say(key: str, language: Language, **values: str) -> str:
    """Return words as markup."""
    return escape(word(key, language, **values), quote=False)


def _keep(protection: Protection, language: Language) -> str:
    precaution = protection.precaution
    why = word(_WHYS[precaution.cause], language, **_why(protection, language))
    return (
        f'<div class="keep"><strong>{_say("sheet_keep", language, distance=figure(precaution.metres))}</strong>'
        f"{_say('sheet_until', language)}. <small>{_say('sheet_set_by', language, why=why)}</small></div>"
    )


def _why(protection: Protection, language: Language) -> dict[str, str]:
    """Return the values in the words for what sets the distance."""
    precaution = protection.precaution
    if precaution.cause == "unidentified":
        return {}
    if precaution.cause == "isolation":
        return {"compound": compound_name(precaution.compound, language)}
    return {
        "limit": word(LIMITS[precaution.kind], language),
        "compound": compound_name(precaution.compound, language),
        "scenario": scenario_word(protection, precaution.scenario, language),
    }


def _approach(protection: Protection, language: Language) -> str:
    wind = protection.wind
    speed = exact(interval(wind.speed))
    if math.isfinite(wind.wind_from):
        side = _point(wind.wind_from, language)
        values = {"degrees": f"{wind.wind_from:.0f}", "spread": f"{wind.spread_deg:.0f}"}
        from_where = word("sheet_wind_from", language, **values, speed=speed)
    else:
        side = word("sheet_any_side", language)
        from_where = word("sheet_wind_any", language, speed=speed)
    return f"<div><strong>{_say('sheet_approach', language, side=side)}</strong>{from_where}</div>"


def _point(bearing: float, language: Language) -> str:
    points = word("sheet_points", language).split()
    return points[round(bearing / 45.0) % len(points)]


def _people(protection: Protection, language: Language) -> str:
    exposure = protection.exposure
    if exposure is None:
        said = [word("sheet_nobody_known", language)]
    else:
        distance = figure(protection.precaution.metres)
        within = word("sheet_within", language, distance=distance, count=counted(exposure.within_distance))
        said = [within, word("sheet_exposed", language, count=counted(exposure.in_zone))]
    said += [_nearest(each, language) for each in protection.facilities[:1]]
    return f"<div><strong>{_say('sheet_people', language)}</strong>{'<br>'.join(map(escape, said))}</div>"


def _nearest(facility: Facility, language: Language) -> str:
    kind = word(FACILITIES[facility.kind], language)
    values = {
        "kind": "" if facility.name.casefold().startswith(kind.casefold()) else kind,
        "name": facility.name,
        "distance": figure(facility.distance_m),
        "side": _point(facility.bearing_deg, language),
        "chance": percent(facility.chance),
    }
    return " ".join(word("sheet_at", language, **values).split())


def _picture(protection: Protection, places: Sequence[Place], language: Language) -> str:
    zone = shown_zone(protection)
    if zone is None:
        caption = word("sheet_map_no_zone", language)
    else:
        values = {"limit": word(LIMITS[zone.limit.kind], language), "compound": compound_name(zone.compound, language)}
        scenario = scenario_word(protection, zone.scenario, language)
        caption = word("sheet_map_zone", language, **values, scenario=scenario)
    caption = f"{caption}; {word('sheet_map_keep', language)}."
    picture = hazard_map(protection, places, language) + wind_arrow(protection)
    return f'<figure><div class="frame">{picture}</div><figcaption>{escape(caption)}</figcaption></figure>'


def _hazards(protection: Protection, language: Language) -> str:
    scenarios = [each for each in SCENARIOS if any(zone.scenario == each for zone in protection.zones)]
    shown = _compounds(protection)
    groups = [group for compound in shown for group in _groups(protection, compound)]
    rows = [_hazard(group, scenarios, language) for group in groups if _is_passed(group)]
    heads = [_say("sheet_limit", language), _say("sheet_concentration", language)]
    heads += [escape(scenario_word(protection, each, language)) for each in scenarios]
    heads += [_say("sheet_in_zone", language)]
    unpassed = "; ".join(_limit_name(group[0], language) for group in groups if not _is_passed(group))
    said = [f"{_say('sheet_not_passed', language)}: {unpassed}."] if unpassed else []
    said += [f"{_STANDS_IN} {_say('sheet_stands_in', language)} · {_UNVERIFIED} {_say('sheet_unverified', language)}."]
    if len({zone.compound for zone in protection.zones}) > len(shown):
        said.append(_say("sheet_other_compounds", language))
    for key in _NOTES:
        names = [compound_name(compound, language) for noted, compound in protection.notes if noted == key]
        said += [_say(key, language, compound=", ".join(names))] if names else []
    head, table = _say("sheet_hazards", language), cells_table(heads, rows) if rows else ""
    return f'<section class="hazards"><h2>{head}</h2>{table}<p class="small">{" ".join(said)}</p></section>'


def _compounds(protection: Protection) -> list[str]:
    """Return the compounds that reach farthest: by their level 2, or else whatever limit they have."""
    reach: dict[str, tuple[float, float]] = {}
    for zone in protection.zones:
        grave = zone.distance.upper if zone.limit.kind in ("level 2", "flammable 10 %") else 0.0
        before = reach.get(zone.compound, (0.0, 0.0))
        reach[zone.compound] = max(before[0], grave), max(before[1], zone.distance.upper)
    return sorted(reach, key=lambda compound: reach[compound], reverse=True)[:_MOST_COMPOUNDS]


def _groups(protection: Protection, compound: str) -> Iterator[list[Zone]]:
    """Yield the zones of each limit of a compound that the sheet tells of, one a scenario."""
    for kind in LIMITS:
        zones = [
            zone
            for zone in protection.zones
            if (zone.compound, zone.limit.kind) == (compound, kind) and zone.limit.minutes in (None, _HOUR)
        ]
        if zones and kind != "flammable 60 %":
            yield zones


def _is_passed(zones: Sequence[Zone]) -> bool:
    return any(zone.distance.upper > 0.0 for zone in zones)


def _limit_name(zone: Zone, language: Language) -> str:
    limit = zone.limit
    marks = (_STANDS_IN if limit.stands_in else "") + ("" if limit.verified else _UNVERIFIED)
    return (
        f"<strong>{escape(compound_name(zone.compound, language))}</strong> {_say(LIMITS[limit.kind], language)}{marks}"
    )


def _hazard(zones: Sequence[Zone], scenarios: Sequence[str], language: Language) -> list[str]:
    """Return one limit's row."""
    by_scenario = {zone.scenario: zone for zone in zones}
    concentration = exact(_cubed(f"{figure(zones[0].limit.mg_m3)} mg/m3"))
    reaches = [_reach(by_scenario.get(each), language) for each in scenarios]
    return [_limit_name(zones[0], language), concentration, *reaches, _most(zones)]


def _reach(zone: Zone | None, language: Language) -> str:
    """Return how far a zone reaches."""
    if zone is None:
        return NOTHING
    return exact(interval(zone.distance)) if zone.distance.upper > 0.0 else _say("sheet_nowhere", language)


def _most(zones: Sequence[Zone]) -> str:
    """Return how many are in the zone of the scenario that has most."""
    people = [zone.exposed for zone in zones if zone.exposed is not None]
    return exact(counted(max(people, key=lambda each: each.upper))) if people else NOTHING


def _door(protection: Protection, language: Language) -> str:
    shown = _compounds(protection)
    rows = [f"<li>{_opening(each, language)}</li>" for each in protection.openings if each.compound in shown]
    inside = f"<ul>{''.join(rows)}</ul>" if rows else f"<p>{_say('sheet_inside_none', language)}</p>"
    return (
        f"<section><h2>{_say('sheet_inside', language)}</h2>{inside}<p>{_say('sheet_ignition', language)}</p></section>"
    )


def _cubed(text: str) -> str:
    return text.replace("mg/m3", "mg/m\N{SUPERSCRIPT THREE}")


def _opening(opening: Opening, language: Language) -> str:
    said = [
        word(
            "sheet_inside_row",
            language,
            compound=compound_name(opening.compound, language),
            inside=_cubed(interval(opening.inside)),
        )
    ]
    for key, share in (
        ("sheet_inside_flammable", opening.of_flammable),
        ("sheet_inside_level_3", opening.of_level_3),
    ):
        if share is not None:
            said.append(word(key, language, share=interval(share)))
    return escape("; ".join(said))


def _warn(protection: Protection, language: Language) -> str:
    listed = "".join(f"<li>{escape(_nearest(each, language))}</li>" for each in protection.facilities[:MOST_FACILITIES])
    near = f"<ol>{listed}</ol>" if listed else f"<p>{_say('sheet_no_map', language)}</p>"
    ratio = protection.shelter[_HOUR]
    low, middle, high = (f"{100.0 * each:.0f}" for each in (ratio.lower, ratio.median, ratio.upper))
    shelter = _say("sheet_shelter", language, ratio=f"{middle} % ({low}-{high})")
    return (
        f"<section><h2>{_say('sheet_warn', language)}</h2><p>{_say('sheet_warn_who', language)}</p>{near}"
        f"<p>{shelter}</p></section>"
    )


def _published(protection: Protection, language: Language) -> str:
    rows = [f"<li>{_isolation(each, language)}</li>" for each in protection.isolations[:_MOST_COMPOUNDS]]
    listed = f"<ul>{''.join(rows)}</ul>" if rows else f"<p>{_say('sheet_why_unidentified', language)}: 100 m</p>"
    return f"<section><h2>{_say('sheet_published', language)}</h2>{listed}</section>"


def _isolation(isolation: Isolation, language: Language) -> str:
    values = {"compound": compound_name(isolation.compound, language), "un": isolation.un, "guide": isolation.guide}
    said = word("sheet_isolation", language, **values, distance=figure(isolation.isolation_m))
    if isolation.day_m is not None and isolation.night_m is not None:
        away = {"day": figure(isolation.day_m), "night": figure(isolation.night_m)}
        said = f"{said}; {word('sheet_downwind', language, **away)}"
    return escape(said)


def _guidance(language: Language) -> str:
    return (
        f"<section><h2>{_say('sheet_decontamination', language)}</h2>"
        f'<p class="small">{_say("sheet_documents", language)}</p></section>'
    )


def _footer(protection: Protection, provenance: Provenance, draws: int, language: Language) -> str:
    kg = protection.release_kg
    how = word(
        "sheet_how",
        language,
        ground=word("sheet_town" if protection.town else "sheet_country", language),
        draws=str(draws),
        wind=_rows_of_wind(protection, language),
        spill="" if kg is None else word("sheet_how_spill", language, kg=figure(kg)),
    )
    is_osm = any(each.name.endswith(".pbf") for each in provenance.inputs)
    how += f" {word('sheet_osm', language)}" if is_osm else ""
    inputs = " · ".join(f"{escape(each.name)} <code>{each.sha256[:12]}</code>" for each in provenance.inputs)
    made = f"upwind {escape(provenance.version)} · {_say('seed', language)} {provenance.seed}"
    return f"<footer><p>{escape(how)}</p><p>{made}{' · ' if inputs else ''}{inputs}</p></footer>"


def _rows_of_wind(protection: Protection, language: Language) -> str:
    wind = protection.wind
    rows = {} if wind.kind == "none" else {"rows": str(wind.rows)}
    return word(_WINDS[wind.kind], language, **rows)
