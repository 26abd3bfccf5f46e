"""From one decision to the next: the next case is taken with one press, and says why it stands where it does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from makers.door import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path, "site-1", "site-2") as made:
        yield made


def shown(desk: Desk, who: str, method: str, path: str) -> tuple[str, str]:
    """Return where a browser ends, and what it shows."""
    headers = {"Authorization": f"Bearer {desk.tokens[who]}", "Accept": "text/html"}
    answer = desk.client.request(method, path, headers=headers)
    return answer.url.path, answer.text


def test_the_worthiest_free_case_is_taken_until_none_is_left(desk: Desk) -> None:
    ends = [shown(desk, "analyst-1", "POST", "/docket/next")[0] for _ in range(3)]
    assert sorted(ends) == ["/cases/site-1", "/cases/site-2", "/docket/next"]
    assert "nothing waits for you" in shown(desk, "analyst-1", "POST", "/docket/next")[1]
    assert "nothing waits for you" in shown(desk, "analyst-2", "POST", "/docket/next")[1]


def test_the_docket_says_what_is_ones_own_and_what_was_judged(desk: Desk) -> None:
    assert desk.judged("analyst-1", "site-1").status_code == 201
    assert shown(desk, "analyst-1", "POST", "/docket/next")[0] == "/cases/site-2"
    own, others = (shown(desk, who, "GET", "/docket")[1] for who in ("analyst-1", "analyst-2"))
    assert "<td>judged by you</td>" in own
    assert "<td>yours</td>" in own
    assert "<td>free</td>" in others
    assert "<td>leased</td>" in others
    assert "judged by you" not in others


def test_a_case_says_why_it_stands_where_it_does(desk: Desk) -> None:
    texts = [shown(desk, who, "GET", "/cases/site-1")[1] for who in desk.tokens if who.startswith(("analyst", "rev"))]
    told = [text for text in texts if "\N{MULTIPLICATION SIGN} 0.8" in text]
    withheld = [text for text in texts if "\N{MULTIPLICATION SIGN} 0.8" not in text]
    assert told
    assert all("last seen 0 days ago" in text and "not computed" in text for text in told)
    assert not any("last seen" in text for text in withheld)
