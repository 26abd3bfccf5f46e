"""The report: one page that stands alone on a desk, in two languages, and asks nothing of any network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from upwind.geo import grid_reference
from upwind.records import Located, Source, Status
from upwind.render.audit import land_and_sea
from upwind.render.content import Analysis, AuditedTrack, Fused, KnownSource, Provenance
from upwind.render.geojson import reported
from upwind.render.kept import KeptPlan, kept_section
from upwind.render.map import radius_90
from upwind.render.numbers import NOTHING, coordinates, degrees_minutes_seconds, figure, interval, percent
from upwind.render.page import cells_table, exact, head, page_of, provenance_section
from upwind.render.panels import FEW_DRAWS, analysis_section, error_of, nearest_known
from upwind.render.site_panels import sites_sections
from upwind.render.words import Language, compound_called, likelihood, say

__all__ = ["Flown", "report_page"]

_STATUS = {
    Status.LOCATED: "status_located",
    Status.NO_SOURCE: "status_no_source",
    Status.NOT_ENOUGH_DATA: "status_not_enough",
    Status.TOO_CALM: "status_too_calm",
}
#: Why nothing was fitted; that no source was found the column of their number says.
_WHY = {Status.NOT_ENOUGH_DATA: "why_not_enough", Status.TOO_CALM: "why_too_calm"}


#: A number of sources less probable than this is left to the chart.
_LEAST_SHARE = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Flown:
    """Flights by whose land and sea they were over, and those that had a plan, beside it."""

    audited: Sequence[AuditedTrack] = ()
    kept: Sequence[KeptPlan] = ()


def report_page(
    title: str,
    analyses: Sequence[Analysis],
    provenance: Provenance,
    language: Language = "en",
    *,
    flown: Flown | None = None,
    fused: Fused | None = None,
) -> str:
    """Return the whole page as HTML; the same input gives the same text.

    Parameters
    ----------
    title
        The mission's name, or the track's.
    analyses
        In the order of the page.
    language
        The one shown first; a button switches.
    flown
        What is shown of the flights themselves; None: the page says nothing of it.
    fused
        What they amount to together; None: the page says nothing of it.
    """
    answers = [(analysis, answer) for analysis in analyses for answer in analysis.located]
    body = [
        head(title, say("notice_more")),
        *(sites_sections(fused) if fused is not None else ()),
        _answer(answers, fused),
        *(analysis_section(analysis, answer) for analysis, answer in answers),
        *(map(kept_section, flown.kept) if flown is not None else ()),
        *(land_and_sea(flown.audited) if flown is not None and flown.audited else ()),
        _reading(known=any(analysis.known for analysis in analyses)),
        provenance_section(provenance),
    ]
    return page_of(title, body, language)


def _answer(answers: Sequence[tuple[Analysis, Located]], fused: Fused | None) -> str:
    rows = [
        _source_row(analysis, number, source)
        for analysis, answer in answers
        for number, source in enumerate(reported(answer), start=1)
    ]
    key = ("found_none", "found_one")[len(rows)] if len(rows) <= 1 else "found_many"
    is_known = any(analysis.known for analysis, _ in answers)
    heads = ["flight", "gas", "source", "position", "within_90", "emission_rate", "height", "probability"]
    heads += ["known_error", "known_ratio"] if is_known else []
    parts = [f"<h2>{say('answer')}: {say(key, n=str(len(rows)))}</h2>"]
    if rows:
        parts.append(cells_table([say(head) for head in heads], rows))
    statuses = [_status_row(analysis, answer) for analysis, answer in answers]
    parts.append(cells_table([say(head) for head in ("flight", "gas", "status", "how_many_short")], statuses))
    if fused is None or not fused.explained:
        parts.append(f"<p><strong>{say('benign')}.</strong> {say('benign_none')}</p>")
    return f'<section id="answer">{"".join(parts)}</section>'


def _source_row(analysis: Analysis, number: int, source: Source) -> list[str]:
    rate = source.emission_rate
    row = [
        exact(", ".join(analysis.flights)),
        compound_called(source.gas),
        str(number),
        _place(source.longitude, source.latitude),
        f"{figure(radius_90(source))} m",
        exact(interval(rate)) if rate is not None else say("no_rate"),
        exact(interval(source.height)),
        f"{escape(percent(source.probability))}<br><small>{say(likelihood(source.probability))}</small>",
    ]
    known = nearest_known(source, analysis.known)
    return row + _against(source, known) if known is not None else row


def _place(longitude: float, latitude: float) -> str:
    """Return a position as maps, people and radios want it: decimal, in degrees, minutes and seconds, and MGRS."""
    others = [degrees_minutes_seconds(longitude, latitude), grid_reference(longitude, latitude)]
    small = "".join(f"<br><small>{escape(text)}</small>" for text in others if text)
    return exact(coordinates(longitude, latitude)) + small


def _against(source: Source, known: KnownSource) -> list[str]:
    off, ratio = error_of(source, known)
    return [f"{figure(off)} m", f"\N{MULTIPLICATION SIGN} {figure(ratio)}"]


def _status_row(analysis: Analysis, answer: Located) -> list[str]:
    numbers = " · ".join(
        f"{number}: {escape(percent(share))}" for number, share in answer.number_of_sources if share >= _LEAST_SHARE
    )
    posterior = answer.posterior
    rough = posterior is not None and posterior.effective_sample_size < FEW_DRAWS
    few = f"<br><strong>{say('diagnosis_few')}</strong>" if rough else ""
    why = f"<br><small>{say(_WHY[answer.status], **answer.figures)}</small>" if answer.figures else ""
    return [
        exact(", ".join(analysis.flights)),
        compound_called(answer.gas),
        say(_STATUS[answer.status]) + why + few,
        numbers or NOTHING,
    ]


def _reading(*, known: bool) -> str:
    said = [say("reading_region"), say("reading_vapour"), say("reading_absence"), say("reading_words")]
    if known:
        said.append(say("reading_known"))
    return f"<section><h2>{say('reading')}</h2>{''.join(f'<p>{line}</p>' for line in said)}</section>"
