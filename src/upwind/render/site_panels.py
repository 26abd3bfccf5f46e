"""The report's panels of sites: the ranked table, each site's ledger of terms, reports, and the search map."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from upwind.geo import grid_reference
from upwind.records import Estimate, Explained, Parting, Protection, Report, Site, Term
from upwind.records.mapped import SearchMap
from upwind.render.content import Fused
from upwind.render.explained import remark_said
from upwind.render.numbers import coordinates, degrees_minutes_seconds, figure, interval, moment, percent
from upwind.render.page import cells_table, exact
from upwind.render.search_map import brightest, cell_m, place_on, probability_map, ramp, where_left
from upwind.render.sheet import FACILITIES, counted
from upwind.render.sites import site_of
from upwind.render.svg import element, words_of
from upwind.render.words import called, compound_called, likelihood, say, spoken

__all__ = ["sites_sections"]

#: Ledgers beyond the first so many are shut until somebody opens them.
_OPEN = 3
_TERMS = {"prior": "term_prior", "together": "term_together", "seen": "term_seen", "silent": "term_silent"}


def sites_sections(fused: Fused) -> list[str]:
    """Return the sections of sites, reports and the search map, as HTML."""
    sections = [_ranked(fused)]
    if fused.reports:
        sections.append(_reports(fused))
    if fused.searched is not None:
        sections.append(_searched(fused.searched, fused.sites))
    return sections


def _ranked(fused: Fused) -> str:
    count = len(fused.sites)
    key = ("sites_none", "sites_one")[count] if count <= 1 else "sites_many"
    parts = [f"<h2>{say(key, n=str(count))}</h2>"]
    if fused.sites:
        heads = [
            "site",
            "position",
            "site_compounds",
            "site_probability",
            "explanations",
            "duty_cycle",
            "site_protect",
            "site_flights",
        ]
        rows = [_row(number, site, fused) for number, site in enumerate(fused.sites, start=1)]
        parts.append(cells_table([say(head) for head in heads], rows))
        parts.append(f'<p class="small">{say("sites_reading")}</p>')
        if (parting := fused.parting) is not None and parting.sites_if_fewer != parting.sites_if_more:
            parts.append(f'<p class="small">{_parting(parting)}</p>')
        parts += [_ledger(number, site) for number, site in enumerate(fused.sites, start=1)]
    return f'<section id="sites">{"".join(parts)}</section>'


def _parting(parting: Parting) -> str:
    return say(
        "sites_parting",
        density=figure(parting.emitters.median),
        low=figure(parting.emitters.lower),
        high=figure(parting.emitters.upper),
        fewer=str(parting.sites_if_fewer),
        more=str(parting.sites_if_more),
    )


def _row(number: int, site: Site, fused: Fused) -> list[str]:
    answer = fused.explained.get(site.id)
    others = [degrees_minutes_seconds(site.longitude, site.latitude), grid_reference(site.longitude, site.latitude)]
    place = "".join(f"<br><small>{escape(text)}</small>" for text in others if text)
    within = f"<small>{say('site_within', metres=figure(site.radius_90_m))}</small>"
    silent = ", ".join(term.evidence for term in site.terms if term.kind == "silent")
    rates = (f"{compound_called(gas)}<br>{exact(interval(rate))}" for gas, rate in site.emission_rates.items())
    bare = (compound_called(gas) for gas in site.compounds if gas not in site.emission_rates)
    best, second = _explanations(answer)
    return [
        f'<a href="#{site.id}">{number}</a>',
        f"{exact(coordinates(site.longitude, site.latitude))}{place}<br>{within}",
        "<br>".join([*rates, *bare]),
        f"{_chance(site.probability)}<br><small>{say(likelihood(site.probability.median))}</small>",
        f"{say('explanation_best', what=best)}<br>{say('explanation_second', what=second)}{_mapped(answer)}",
        _chance(site.duty_cycle),
        _harm(number, fused.protected.get(site.id)),
        f"{say('site_seen', flights=_plain(', '.join(site.flights)))}"
        + (f"<br>{say('site_silent', flights=_plain(silent))}" if silent else ""),
    ]


def _harm(number: int, protection: Protection | None) -> str:
    """Return how far to keep away, who is within reach, and the way to the sheet."""
    if protection is None:
        return say("protect_not")
    parts = [say("protect_keep", metres=exact(f"{figure(protection.precaution.metres)} m"))]
    if protection.exposure is not None:
        parts.append(say("protect_exposed", people=counted(protection.exposure.in_zone)))
    parts += [
        say("protect_facility", kind=say(FACILITIES[each.kind]), metres=exact(f"{figure(each.distance_m)} m"))
        for each in protection.facilities[:1]
    ]
    return "<br>".join([*parts, f'<a href="sheet-{number}.html">{say("protect_sheet")}</a>'])


def _chance(estimate: Estimate) -> str:
    ends = f"{percent(estimate.lower)}-{percent(estimate.upper)}"
    return exact(f"{percent(estimate.median)} ({ends})")


def _explanations(answer: Explained | None) -> tuple[str, str]:
    """Return the two likeliest explanations; that there are none where nothing was computed, or nothing can be told."""
    if answer is None or answer.abstained:
        return _no_answer(answer), say("explanation_benign")
    ranked = [(each.probability, called(each.name)) for each in answer.explanations]
    ranked.append((answer.unexplained.probability, say("explanation_none")))
    ranked.sort(key=lambda one: -one[0])
    best, second = (f"{name} ({percent(share)})" for share, name in ranked[:2])
    return best, second


def _no_answer(answer: Explained | None) -> str:
    if answer is None or answer.why_abstained is None:
        return say("explanation_not" if answer is None else "explanation_abstained")
    return f"{say('explanation_abstained')}: {remark_said(answer.why_abstained)}"


def _mapped(answer: Explained | None) -> str:
    """Return the likeliest mapped source; "" where no map shows any."""
    if answer is None or not answer.places:
        return ""
    place = answer.places[0]
    said = {"name": _plain(place.name) or called(place.kind), "metres": figure(place.distance_m.median)}
    return f"<br>{say('explanation_mapped', percent=percent(place.probability), **said)}"


def _ledger(number: int, site: Site) -> str:
    heads = [say(head) for head in ("term", "evidence", "term_weight", "term_alone")]
    rows = [_term(term) for term in site.terms]
    total = sum(term.weight.median for term in site.terms)
    rows.append([f"<strong>{say('term_sum')}</strong>", "", _signed(total), ""])
    said = say("ledger", n=str(number), percent=percent(site.probability.median), id=site.id)
    opened = " open" if number <= _OPEN else ""
    return f'<details id="{site.id}"{opened}><summary>{said}</summary>{cells_table(heads, rows)}</details>'


def _term(term: Term) -> list[str]:
    name = called(term.name) if term.kind == "report" else say(_TERMS[term.kind])
    if term.counted_with:
        name += f"<br><small>{say('term_counted', id=_plain(term.counted_with))}</small>"
    ends = f"({_signed(term.weight.lower)}, {_signed(term.weight.upper)})"
    weight = exact(f"{_signed(term.weight.median)} {ends}")
    when = "" if term.time is None else f"<br><small>{moment(term.time.timestamp())}</small>"
    return [name, f"{escape(term.evidence)}{when}", weight, _signed(term.undiscounted)]


def _signed(value: float) -> str:
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "\N{MINUS SIGN}")


def _plain(text: str) -> str:
    """Return a text that may stand in a sentence of `say`."""
    return escape(text, quote=False).replace("{", "").replace("}", "")


def _reports(fused: Fused) -> str:
    heads = ("report_id", "time", "position", "report_radius", "report_kind", "report_grade", "report_origin")
    of = site_of(fused)
    ranks = {site.id: str(number) for number, site in enumerate(fused.sites, start=1)}
    rows = [_report(report, ranks.get(of.get(report.id, ""), "")) for report in fused.reports]
    table = cells_table([say(head) for head in (*heads, "report_text", "site")], rows)
    title = say("reports_title", n=str(len(of)), all=str(len(fused.reports)))
    return f'<section id="reports"><h2>{title}</h2>{table}<p class="small">{say("reports_reading")}</p></section>'


def _report(report: Report, site: str) -> list[str]:
    return [
        escape(report.id),
        moment(report.time.timestamp()),
        exact(coordinates(report.longitude, report.latitude)),
        f"{figure(report.radius_m)} m",
        called(report.kind),
        f"{report.reliability}{report.credibility}",
        escape(report.origin),
        escape(report.text),
        site or say("report_unmatched"),
    ]


def _searched(searched: SearchMap, sites: Sequence[Site]) -> str:
    grid, values = searched.grid, searched.undiscovered
    top = brightest(values)
    x, y = place_on(grid, np.array([one.longitude for one in sites]), np.array([one.latitude for one in sites]))
    marks = "".join(
        element("circle", cx=float(east), cy=float(south), r=4, class_="rimmed")
        + element("text", str(number), x=float(east) + 6, y=float(south) + 4, class_="rimmed")
        for number, (east, south) in enumerate(zip(x, y, strict=True), start=1)
        if grid.holds(sites[number - 1].longitude, sites[number - 1].latitude)
    )
    left = -np.expm1(np.log1p(-values).sum())
    shown = float(np.average(searched.shown))
    half, *about = where_left(grid, values)
    colours = ramp(
        words_of(say("search_most", most=figure(top))),
        words_of(say("search_cell", metres=figure(cell_m(grid)))),
        spoken("search_map"),
    )
    return (
        f'<section id="search"><h2>{say("search_title", left=percent(float(left)), shown=percent(shown))}</h2>'
        f"<figure>{probability_map(grid, values, top, marks, spoken('search_map'))}{colours}"
        f"<figcaption>{say('search_next', share=percent(half), place=coordinates(*about))} "
        f"{say('search_reading')}</figcaption></figure></section>"
    )
