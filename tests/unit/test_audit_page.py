"""What is shown of an audit: the answer first, no verdict lost by thinning, nothing from a network, two languages."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from makers.audited import COUNT, PROVENANCE, make_entry, make_track
from makers.pages import Page, read_in, same_words

from upwind.render import words
from upwind.render.audit import audit_page, land_and_sea
from upwind.render.content import (
    Mark,
)
from upwind.render.legs import legs_of, thinned
from upwind.render.profile import profile_of
from upwind.render.report import Flown, report_page
from upwind.render.route import route_of
from upwind.render.stays import answer_of

WHEN = "2020-09-13 12:28:20\N{EN DASH}12:29:20 UTC"


class Spoken(HTMLParser):
    """Keeps what a page shows of one language, as its style does."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.hidden, self.open, self.said = {"en": "es", "es": "en"}[language], [False], ""

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(self.open[-1] or dict(attrs).get("class") == self.hidden)

    def handle_endtag(self, _: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.said += "" if self.open[-1] else data

    @classmethod
    def of(cls, markup: str, language: str) -> str:
        spoken = cls(language)
        spoken.feed(markup)
        return spoken.said


@pytest.fixture(scope="module")
def page() -> str:
    return audit_page("x", [make_track()], [COUNT], PROVENANCE)


def test_the_page_asks_nothing_of_a_network(page: str) -> None:
    assert re.findall(r"""(?:src|href|url\()\s*=?\s*["']?\s*(?:https?:)?//""", page) == []
    assert set(re.findall(r"url\(([^)]*)\)", page)) <= set(re.findall(r"url\((#hatch-[0-9a-f]+)\)", page))


def test_the_page_is_well_formed_and_what_files_say_is_no_markup(page: str) -> None:
    parser = Page()
    parser.feed(page)
    assert parser.open == []
    assert "<Q>" not in page
    assert "R<1>" not in page


def test_no_word_is_left_in_the_other_language() -> None:
    track = make_track()
    heard = tuple(replace(one, state=state) for one in track.authorisations for state in ("USA", "MEX"))
    said = audit_page("x", [replace(track, authorisations=heard)], [COUNT], PROVENANCE)
    assert "no la cubre: su plataforma es <Q>, no P" in read_in(said, "es")
    alike = same_words(read_in(said, "en"), read_in(said, "es"))
    names = {"upwind", "odbl", "open", "database", "license", "openstreetmap", "range", "utc", "hpa"}
    assert alike <= {"bytes", "decide", "error", "territorial", "use"} | names


def test_the_policy_holds_the_digests_of_style_and_script(page: str) -> None:
    for kind in ("style", "script"):
        text = re.search(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL)
        assert text is not None
        digest = base64.b64encode(hashlib.sha256(text[1].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in page
    assert "style=" not in page.split("<body>")[1]


def test_the_answer_stands_first_and_names_who_was_not_allowed(page: str) -> None:
    body = page.split("<body>")[1]
    answer = body.index("2 of 3 entries are unauthorised")
    assert answer < body.index("<table") < body.index('class="map route"')
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    firsts = ["Mexico" in row for row in rows[1:4]]
    assert firsts == [True, True, False]


def test_one_unauthorised_entry_is_said_whole() -> None:
    allowed = make_entry(10, 60, "USA", ("USA-1",))
    said = Spoken.of(answer_of([allowed, make_entry(100, 160)]), "en")
    assert said == f"1 of 2 entries is unauthorised: Mexico, territorial sea, {WHEN}."
    said = Spoken.of(answer_of([allowed, make_entry(100, 160)]), "es")
    assert said == f"1 de 2 entradas no está autorizada: México, mar territorial, {WHEN}."


def test_no_entry_and_only_allowed_ones_have_their_answers() -> None:
    assert "No state" in answer_of([])
    allowed = make_entry(10, 60, "USA", ("USA-1",))
    assert "Every entry is authorised" in answer_of([allowed, allowed])


def test_a_table_may_be_long_but_unauthorised_entries_all_stand_open() -> None:
    entries = tuple(make_entry(n, n) for n in range(0, 200, 2)) + tuple(
        make_entry(n, n, "USA", ("USA-1",)) for n in range(201, 301, 2)
    )
    page = audit_page("x", [make_track(400, entries)], [], PROVENANCE)
    shown = page[: page.index("<details>")]
    assert shown.count('class="why"') == 100


def test_thinning_keeps_every_change_of_verdict_and_every_entry() -> None:
    track = make_track(200_000)
    rows = thinned(track, 1500)
    assert len(rows) <= 1500
    changes = np.flatnonzero(np.diff(track.mark))
    assert set(changes) <= set(rows)
    assert set(changes + 1) <= set(rows)
    assert set(track.entered_at) <= set(rows)
    assert {0, len(track.time) - 1} <= set(rows)


def test_more_changes_of_verdict_than_marks_are_kept_all_the_same() -> None:
    entries = tuple(make_entry(n, n) for n in range(2, 8000, 4))
    track = make_track(8002, entries)
    rows = thinned(track, 1500)
    assert set(track.entered_at) - set(np.flatnonzero(track.suspect)) <= set(rows)
    drawn = [leg for leg in legs_of(track) if leg.mark == Mark.UNAUTHORISED]
    assert len(drawn) == len(entries) - int(track.suspect[track.entered_at].sum())


def test_legs_never_join_two_flights() -> None:
    track = make_track(1000, ())
    track = replace(track, flight=(np.arange(1000) >= 400).astype(np.int64), flights=("f", "g"))
    for leg in legs_of(track, 100):
        assert set(track.flight[leg.rows]) == {leg.flight}


def test_a_page_of_a_long_track_stays_small() -> None:
    track = make_track(2_000_000)
    assert len(audit_page("x", [track], [], PROVENANCE)) < 400_000


def test_the_map_tells_verdicts_by_more_than_colour() -> None:
    track = make_track()
    around = track.surroundings
    assert around is not None
    svg = route_of(track, around, [3, 1, 2]).svg
    assert svg.count('class="leg refused core"') == svg.count('class="leg refused"') > 0
    assert 'class="leg allowed"' in svg
    assert 'class="suspect outside"' in svg
    assert re.search(r'<text[^>]*class="entry">1<', svg) or re.search(r'<text[^>]*class="entry"[^>]*>1', svg)
    for kind in ("land", "coast", "border", "limit", "area entered", "scale"):
        assert f'class="{kind}"' in svg


def test_the_profile_says_its_datum_and_draws_what_was_allowed() -> None:
    svg = profile_of(make_track())
    assert "pressure altitude" in svg
    assert svg.count('class="window"') == 2
    assert 'class="bar refused"' in svg
    assert "says nothing of its height" in profile_of(
        replace(make_track(), datum="", height=np.full(4000, np.nan), authorisations=())
    )


def test_tracks_that_are_not_drawn_are_in_the_table_and_the_page_says_so() -> None:
    page = audit_page("x", [make_track(), replace(make_track(), name="y", surroundings=None)], [], PROVENANCE)
    assert page.count('class="map route"') == 1
    assert "1 of 2 tracks are drawn" in page


def test_a_track_without_anything_found_has_a_page() -> None:
    track = replace(make_track(50, ()), authorisations=())
    assert "No state" in audit_page("x", [track], [], PROVENANCE, "es")


def test_the_report_of_a_run_has_the_same_panel() -> None:
    track = make_track()
    page = report_page("drill", [], PROVENANCE, flown=Flown(audited=[track]))
    for section in land_and_sea([track]):
        assert section in page
    assert "Whose land and sea" not in report_page("drill", [], PROVENANCE)


def test_states_are_named_in_both_languages_and_a_strange_code_as_it_is() -> None:
    assert "México" in words.state_name("MEX")
    assert "Mexico" in words.state_name("MEX")
    assert words.state_name("<X>") == "&lt;X&gt;"
