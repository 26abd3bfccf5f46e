"""What others rely on of the API, line by line (FORMATS, "API and page details"), on a clock that the test holds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from makers.candidates import judgement
from makers.door import START, Desk, desk_in, marked
from makers.views import search_map_file, track
from starlette.testclient import TestClient

from upwind.review.log import Draft, moment
from upwind.store import ledger
from upwind.store.places import open_store
from upwind.store.search_maps import record_search_map
from upwind.store.shelf import Shelf
from upwind.store.sites import attach
from upwind.web.app import application
from upwind.web.routes import ROUTES


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path, "site-1", "site-2", "site-3") as made:
        yield made


def test_strangers_get_401_before_anything_else(desk: Desk) -> None:
    before = desk.size()
    for way in ROUTES:
        if way.right is None:
            continue
        for headers in ({}, {"Accept": "text/html"}, {"Authorization": "Bearer no"}, {"Sec-Fetch-Site": "cross-site"}):
            if "Accept" in headers and not way.path.startswith("/api/"):
                continue  # a browser is shown the way to the login
            answer = desk.client.request(
                way.method, way.path, headers=headers, content=b"\x00{", follow_redirects=False
            )
            assert answer.status_code == 401, (way, headers)
    assert desk.size() == before


def test_a_key_belongs_to_the_person(desk: Desk) -> None:
    mine = desk.ask("analyst-1", "POST", "/claims", key="same", json={})
    others = desk.ask("analyst-2", "POST", "/claims", key="same", json={})
    assert (mine.status_code, others.status_code) == (201, 201)
    assert mine.json()["case"] != others.json()["case"]
    assert desk.ask("analyst-1", "POST", "/claims", key="same", json={"case": "site-3"}).status_code == 409


def test_a_repeated_claim_gives_the_same_answer_also_after_a_restart(tmp_path: Path) -> None:
    with desk_in(tmp_path, "site-1") as desk:
        first = desk.ask("analyst-1", "POST", "/claims", key="k", json={})
        desk.clock[0] += timedelta(minutes=1)
        assert desk.ask("analyst-1", "POST", "/claims", key="k", json={}).json() == first.json()
        size, tokens = desk.size(), desk.tokens
    with (
        open_store(f"sqlite:///{tmp_path / 's.db'}", lambda: START + timedelta(hours=2)) as store,
        TestClient(application(store, Shelf(tmp_path / "evidence"))) as client,
    ):
        again = Desk(store=store, client=client, tokens=tokens, clock=[])
        assert again.ask("analyst-1", "POST", "/claims", key="k", json={}).json() == first.json()
        assert again.size() == size


def test_a_lease_lasts_a_minute_or_more_and_a_heartbeat_makes_it_longer(desk: Desk) -> None:
    until = moment(desk.ask("analyst-1", "POST", "/claims", json={"case": "site-1"}).json()["lease_until"])
    assert until - START >= timedelta(seconds=60)
    desk.clock[0] = until - timedelta(seconds=1)
    assert desk.ask("analyst-2", "POST", "/claims", json={"case": "site-1"}).status_code == 409
    later = desk.ask("analyst-1", "POST", "/cases/site-1/heartbeat")
    assert moment(later.json()["lease_until"]) > until
    desk.clock[0] += timedelta(hours=1)
    assert desk.ask("analyst-1", "POST", "/cases/site-1/heartbeat").status_code == 409
    assert desk.ask("analyst-1", "POST", "/cases/site-1/judgements", json=judgement()).status_code == 409
    assert desk.ask("analyst-2", "POST", "/claims", json={"case": "site-1"}).status_code == 201


def test_two_equal_verdicts_decide_and_different_ones_ask_a_third(desk: Desk) -> None:
    assert desk.judged("analyst-1", "site-1").status_code == 201
    assert desk.state("site-1") == "second"
    assert desk.ask("analyst-1", "POST", "/claims", json={"case": "site-1"}).status_code == 409
    desk.judged("analyst-2", "site-1")
    assert desk.state("site-1") == "confirmed"
    desk.judged("analyst-1", "site-2", "rejected")
    desk.judged("analyst-2", "site-2", "confirmed")
    assert desk.state("site-2") == "third"
    assert desk.ask("analyst-3", "POST", "/claims", json={"case": "site-2"}).json()["stage"] == 3
    desk.ask("analyst-3", "POST", "/cases/site-2/judgements", json=judgement("rejected"))
    assert desk.state("site-2") == "rejected"


def test_only_ones_own_judgement_is_read_until_the_case_is_decided(desk: Desk) -> None:
    desk.judged("analyst-1", "site-1", reason="The first one's words.")
    own = desk.ask("analyst-1", "GET", "/cases/site-1").json()["judgements"]
    assert [each["who"] for each in own] == ["analyst-1"]
    for who in ("analyst-2", "reviewer-1", "flight-manager-1"):
        answer = desk.ask(who, "GET", "/cases/site-1")
        assert answer.json()["judgements"] == []
        assert "first one's words" not in answer.text
    desk.judged("analyst-2", "site-1")
    told = desk.ask("reviewer-1", "GET", "/cases/site-1").json()["judgements"]
    assert [each["who"] for each in told] == ["analyst-1", "analyst-2"]


def test_who_has_seen_how_a_case_came_out_does_not_judge_it_again(desk: Desk) -> None:
    desk.judged("analyst-1", "site-1", "rejected")
    seq = desk.judged("analyst-2", "site-1", "confirmed").json()["seq"]
    assert desk.ask("analyst-2", "POST", "/cases/site-1/undo", json={"seq": seq}).status_code == 201
    assert desk.state("site-1") == "second"
    assert desk.ask("analyst-2", "POST", "/claims", json={"case": "site-1"}).status_code == 409
    assert desk.ask("analyst-2", "POST", "/claims", json={}).json()["case"] != "site-1"
    desk.judged("analyst-3", "site-1", "rejected")
    assert desk.state("site-1") == "rejected"
    desk.store.read(ledger.verify)
    seq = desk.judged("analyst-1", "site-2", "rejected").json()["seq"]  # the first one has seen nothing
    assert desk.ask("analyst-1", "POST", "/cases/site-2/undo", json={"seq": seq}).status_code == 201
    assert desk.judged("analyst-1", "site-2").status_code == 201


#: Whatever a second reviewer can ask of a case that somebody else has judged.
ASKED: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/api/v1/cases", None),
    ("GET", "/api/v1/cases?state=second", None),
    ("GET", "/api/v1/cases?state=confirmed", None),
    ("GET", "/api/v1/cases/site-1", None),
    ("GET", "/", None),
    ("GET", "/?state=second", None),
    ("GET", "/cases/site-1", None),
    ("GET", "/cases/site-1/map", None),
    ("GET", "/cases/site-1/passes", None),
    ("GET", "/search-map", None),
    ("GET", "/search-map/{digest}/cells", None),
    ("GET", "/search-map/{digest}/pictures/undiscovered", None),
    ("GET", "/statistics", None),
    ("GET", "/flights", None),
    ("POST", "/cases/site-1/step", {"step": "comment", "text": "seen by a form"}),
    ("POST", "/cases/site-1/undo", {"seq": "3"}),
    ("POST", "/api/v1/cases/site-1/steps/comment", {"text": "seen"}),
    ("POST", "/api/v1/cases/site-1/steps/watch", {"why": "again"}),
    ("POST", "/api/v1/cases/site-1/undo", {"seq": 14}),
    ("POST", "/api/v1/claims", {"case": "site-1"}),
    ("POST", "/api/v1/cases/site-1/heartbeat", {}),
    ("GET", "/api/v1/cases/site-1", None),
    ("GET", "/cases/site-1", None),
    ("POST", "/api/v1/cases/site-1/judgements", {"verdict": "perhaps"}),
    ("POST", "/api/v1/cases/site-1/steps/hand-over", {"to": "reviewer-1", "text": "yours"}),
    ("GET", "/api/v1/cases/site-1", None),
)


@pytest.mark.parametrize("last", [None, "unsure"])
def test_nothing_a_second_reviewer_reads_differs_by_the_first_verdict(tmp_path: Path, last: str | None) -> None:
    said = [everything_read(tmp_path, verdict, last) for verdict in ("confirmed", "rejected")]
    assert said[0] == said[1]
    assert len(said[0]) > len(ASKED)


def everything_read(folder: Path, verdict: str, last: str | None) -> list[Any]:
    """Return the bytes of all answers to a second reviewer; where `last` is given, to a third after that verdict."""
    place = folder / verdict
    place.mkdir()
    with desk_in(place, "site-1", "site-2", salt="the same") as desk:
        digests = [desk.shelf.put(content) for content in (track(place / "f1.csv").read_bytes(), search_map_file())]
        desk.store.write(lambda session: attach(session, "site-1", "F1", digests[0]))
        desk.store.write(lambda session: record_search_map(session, "test", "an exercise", digests[1], {"flights": []}))
        if last is None:
            desk.judged("analyst-1", "site-1", verdict, reason=f"It is {verdict}.", benign=[verdict])
        else:
            desk.judged("analyst-1", "site-1", last)
            desk.judged("analyst-3", "site-1", verdict, reason=f"It is {verdict}.")
        found: list[Any] = []
        for method, path, body in ASKED:
            headers = {"Authorization": f"Bearer {desk.tokens['analyst-2']}", "Idempotency-Key": path}
            sent = {"json" if path.startswith("/api/") else "data": body}
            answer = desk.client.request(method, path.format(digest=digests[1]), headers=headers, **sent)
            found.append((path, answer.status_code, without_digest(answer.text)))
        found.append(
            [(entry.seq, entry.case) for entry in desk.store.read(partial(ledger.entries_after, seq=0, most=99))]
        )
    return found


def without_digest(text: str) -> str:
    """Return an answer without the digest of an entry, which rests on a drawn nonce of each judgement before it."""
    try:
        said = json.loads(text)
    except ValueError:
        head, found, rest = text.partition('name="key" value="')  # drawn anew for each page
        return head + found + rest[22:]
    return json.dumps({key: value for key, value in said.items() if key != "entry"}) if isinstance(said, dict) else text


def test_a_judgements_digest_cannot_be_found_by_trying(tmp_path: Path) -> None:
    digests = set()
    for number in range(2):
        place = tmp_path / str(number)
        place.mkdir()
        with desk_in(place, "site-1", salt="the same") as desk:
            digests.add(desk.judged("analyst-1", "site-1").json()["entry"])
            (entry,) = desk.store.read(partial(ledger.entries_of_kind, what="judgement"))
            assert len(bytes.fromhex(entry.body["nonce"])) >= 16
            assert "nonce" not in desk.ask("analyst-1", "GET", "/cases/site-1").text
    assert len(digests) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"verdict": "perhaps"}, "verdict"),
        ({"verdict": ["confirmed"]}, "verdict"),
        ({"likelihood": "maybe"}, "likelihood"),
        ({"confidence": "huge"}, "confidence"),
        ({"confidence": None}, "confidence"),
        ({"reason": ""}, "reason"),
        ({"reason": "  \n"}, "reason"),
        ({"reason": "x" * 20_001}, "reason"),
        ({"reason": "nothing\x00"}, "reason"),
        ({"sources": [{"id": "F1", "reliability": "G", "credibility": 2}]}, "sources.0.reliability"),
        ({"sources": [{"id": "F1", "reliability": "A", "credibility": 7}]}, "sources.0.credibility"),
        ({"sources": [{"id": "F1", "reliability": "A", "credibility": True}]}, "sources.0.credibility"),
    ],
)
def test_what_is_wrong_is_422_and_nothing_is_logged(desk: Desk, change: Mapping[str, Any], field: str) -> None:
    desk.ask("analyst-1", "POST", "/claims", json={"case": "site-1"})
    before = desk.size()
    answer = desk.ask("analyst-1", "POST", "/cases/site-1/judgements", json={**judgement(), **change})
    assert answer.status_code == 422
    assert field in {fault["field"] for fault in answer.json()["faults"]}
    assert desk.size() == before


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_that_is_none_is_422(desk: Desk, key: str) -> None:
    assert desk.ask("analyst-1", "POST", "/claims", key=key, json={}).status_code == 422


def test_twenty_a_second_go_on_and_more_than_fifty_do_not(desk: Desk) -> None:
    ticks = [0.0]
    for limit in (desk.client.app.state.guard.asking, desk.client.app.state.guard.address):  # type: ignore[attr-defined]
        limit._clock = lambda: ticks[0]
    for _ in range(250):
        ticks[0] += 1 / 20
        assert desk.ask("analyst-1", "GET", "/cases?limit=1").status_code == 200
    ticks[0] += 1.0
    answers = [desk.ask("analyst-1", "GET", "/cases?limit=1") for _ in range(210)]
    assert [answer.status_code for answer in answers].count(429) == 10
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert desk.ask("analyst-2", "GET", "/cases?limit=1").status_code == 200
    ticks[0] += 1.0
    assert [desk.ask("analyst-1", "GET", "/cases?limit=1").status_code for _ in range(60)].count(200) == 50


@pytest.mark.parametrize("who", ["analyst-1", "analyst-2"])
def test_events_name_no_case_that_is_not_to_be_known(desk: Desk, who: str, sent: Callable[..., str]) -> None:
    marked(desk)
    told = sent(desk, who)
    assert "site-1" in told
    assert ("site-9" in told) is (who == "analyst-1")


@pytest.fixture
def sent() -> Callable[[Desk, str], str]:
    """Give what a stream says first; the test's client cannot leave one that never ends."""

    def first(desk: Desk, who: str) -> str:
        async def asked() -> str:
            told: list[str] = []

            async def receive() -> Any:
                for _ in range(50):
                    await asyncio.sleep(0.1)
                    if any("event" in each for each in told):
                        break
                return {"type": "http.disconnect"}

            async def send(message: Any) -> None:
                told.append(message.get("body", b"").decode())

            headers = [(b"authorization", f"Bearer {desk.tokens[who]}".encode()), (b"last-event-id", b"0")]
            scope = {"type": "http", "method": "GET", "path": "/api/v1/events", "query_string": b"", "headers": headers,
                     "scheme": "http", "server": ("test", 80), "client": ("test", 1), "root_path": "",
                     "http_version": "1.1", "raw_path": b"/api/v1/events"}  # fmt: skip
            await desk.client.app(scope, receive, send)
            return "".join(told)

        assert desk.client.portal is not None
        return str(desk.client.portal.call(asked))

    return first


def test_a_late_listener_misses_nothing(desk: Desk, sent: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("upwind.web.news._KEPT", 5)
    for number in range(20):
        draft = Draft(who="test", what="comment", case="site-1", body={"text": str(number), "mentions": []})
        desk.store.write(partial(ledger.append, draft=draft))
    assert "site-1" in sent(desk, "analyst-1")
