"""What the docket's search finds: the texts of each case as words, each findable by those alone who may read it.

A case has a passage for its site, one for its site with what the machine makes of it, and one for every entry that says
something. Words are letters and figures without case and accents; the database indexes them as they stand here, so that
every engine finds the same. Results come in the docket's own order: how well a text fits would tell of texts that are
kept from who asks.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from upwind.render.words import LANGUAGES, compound_name, kind_name
from upwind.review.kinds import What
from upwind.review.log import LogEntry
from upwind.review.standing import Standing, fold, kept_close
from upwind.store.ledger import entries_of
from upwind.store.session import Session

__all__ = ["MACHINES_WORD", "forget_site", "index_all", "keep_close", "note_entry", "note_site", "words_in"]

#: The properties of a site that say how likely the machine holds it to be one, or what it takes it for.
MACHINES_WORD = frozenset(
    {
        "probability",
        "probability_90",
        "terms",
        "explanations",
        "unexplained",
        "abstained",
        "why_abstained",
        "cannot_separate",
        "would_separate",
        "in_parts",
        "places",
        "in_words",
        "notes",
    }
)
#: What every site says alike, and geometry.
_SAID_BY_ALL = frozenset({"status", "units", "type", "marking", "region_90", "region_50"})
#: What of an entry is somebody's own words.
_TEXTS: Mapping[str, Sequence[str]] = {
    What.JUDGEMENT: ("reason", "benign", "hypotheses", "sources"),
    What.CORRECTION: ("reason", "benign", "hypotheses", "sources"),
    What.COMMENT: ("text",),
    What.HAND_OVER: ("text",),
    What.WATCH: ("why",),
    What.FLIGHT_REQUEST: ("why",),
    What.REOPENED: ("why",),
}
#: Bounds of what PostgreSQL's index takes of one text, and of what anybody types.
_MOST_WORDS, _LONGEST_WORD = 5_000, 64


def words_in(text: str, most: int = _MOST_WORDS) -> list[str]:
    """Return the words of a text in order, each once.

    Examples
    --------
    >>> words_in("Explicación: 2 nail-salons, EXPLICACION")
    ['explicacion', '2', 'nail', 'salons']
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    letters = "".join(sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign))
    return list(dict.fromkeys(word[:_LONGEST_WORD] for word in letters.split()))[:most]


def note_site(session: Session, case: str, number: int, feature: Mapping[str, Any]) -> None:
    """Let a site be found by what its Feature says, `number` being the site's own."""
    said = {name: value for name, value in feature["properties"].items() if name not in _SAID_BY_ALL}
    plain = [case, *_texts({name: value for name, value in said.items() if name not in MACHINES_WORD})]
    plain += [compound_name(text, language) for text in plain for language in LANGUAGES[1:]]
    machine = list(_texts({name: value for name, value in said.items() if name in MACHINES_WORD}))
    _put(session, (number, case, "site", ""), plain)
    spoken = [
        name(text, language) for text in machine for language in LANGUAGES[1:] for name in (compound_name, kind_name)
    ]
    _put(session, (-number, case, "machine", ""), [*plain, *machine, *spoken])


def forget_site(session: Session, case: str) -> None:
    """Let a site be found by its Feature no longer."""
    session.do("forget_passages", case_id=case)


def note_entry(session: Session, entry: LogEntry) -> None:
    """Let an entry be found by what somebody says in it."""
    if entry.what in _TEXTS:
        texts = _texts({name: entry.body.get(name) for name in _TEXTS[entry.what]})
        _put(session, (entry.seq, entry.case, "entry", entry.who), list(texts))


def keep_close(session: Session, standing: Standing, entries: Sequence[LogEntry]) -> None:
    """Let what stays with its author as a case stands be found by nobody else."""
    session.do("open_passages", case_id=standing.case)
    for seq in kept_close(entries, standing):
        session.do("keep_passage_close", number=seq)


def index_all(session: Session) -> None:
    """Let all be found that came before there was a search."""
    for case, number, feature in session.rows("site_numbers"):
        if feature is not None:
            note_site(session, case, number, json.loads(feature))
        entries = entries_of(session, case)
        standing = fold(case, entries)
        for entry in entries:
            note_entry(session, entry)
        keep_close(session, standing, entries)
        session.do("set_assignee", case_id=case, assignee=standing.assignee)


def _put(session: Session, of: tuple[int, str, str, str], texts: Sequence[str]) -> None:
    number, case, part, person = of
    words = " ".join(words_in(" ".join(texts)))
    session.do("put_passage", number=number, case_id=case, part=part, person=person, words=words)


def _texts(value: object, name: str = "") -> Iterator[str]:
    """Yield every text within a document."""
    if isinstance(value, str) and name not in _SAID_BY_ALL:
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner, name)
