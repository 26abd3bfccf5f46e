"""A search map is marked as all sites within it together, and is there only for who may know of them all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from makers.candidates import candidate
from makers.door import Desk, desk_in
from makers.views import CENTRE, search_map_file

from upwind.readers.geotiff import read_search_map
from upwind.store import clearances, search_maps, sites


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path, "site-1") as made:
        yield made


def kept(desk: Desk, box: Any = None) -> str:
    """Put a search map on the shelf and into the log; return its digest."""
    assert desk.shelf is not None
    digest = desk.shelf.put(search_map_file())
    where = box or read_search_map(desk.shelf.path(digest)).grid.box
    work = partial(
        search_maps.record_search_map, who="test", mission="m", digest=digest, audit={"flights": []}, box=where
    )
    desk.store.write(work)
    return digest


def arrive(desk: Desk, name: str, marking: str, place: tuple[float, float] = CENTRE) -> None:
    fresh = [candidate(name, place=place, marking=marking)]
    desk.store.write(partial(sites.arrive, who="test", candidates=fresh, origin="test"))


def page(desk: Desk, who: str, path: str) -> Any:
    return desk.client.get(path, headers={"Authorization": f"Bearer {desk.tokens[who]}", "Accept": "text/html"})


def test_a_map_of_what_is_unmarked_says_so_and_is_everybodys(desk: Desk) -> None:
    digest = kept(desk)
    arrive(desk, "far", "SECRET//NOFORN", (CENTRE[0] + 1.0, CENTRE[1]))
    assert page(desk, "analyst-2", "/search-map").text.count('<p class="marking">UNCLASSIFIED</p>') == 2
    assert page(desk, "analyst-2", f"/search-map/{digest}/cells").json()["marking"] == "UNCLASSIFIED"


@pytest.mark.parametrize(
    ("markings", "banner"),
    [
        (["SECRET//REL TO MEX", "RESTRICTED"], "SECRET//REL TO MEX"),
        (["RESTRICTED//REL TO MEX, USA", "SECRET//REL TO USA//TLP:AMBER"], "SECRET//REL TO USA//TLP:AMBER"),
        (["CONFIDENTIAL//REL TO MEX", "UNCLASSIFIED//REL TO USA"], "CONFIDENTIAL//NOFORN"),
    ],
)
def test_a_map_is_marked_as_all_sites_within_it_and_there_for_who_is_cleared(
    desk: Desk, markings: list[str], banner: str
) -> None:
    digest = kept(desk)
    for number, marking in enumerate(markings):
        arrive(desk, f"marked-{number}", marking)
    desk.store.write(partial(clearances.clear, who="test", name="analyst-1", clearance="SECRET"))
    cells, picture = f"/search-map/{digest}/cells", f"/search-map/{digest}/pictures/shown"
    assert page(desk, "analyst-1", "/search-map").text.count(f'<p class="marking">{banner}</p>') == 2
    assert page(desk, "analyst-1", cells).json()["marking"] == banner
    assert page(desk, "analyst-1", picture).status_code == 200
    assert [page(desk, "analyst-2", path).status_code for path in (cells, picture)] == [404, 404]
    assert page(desk, "analyst-2", f"/search-map?map={digest}").status_code == 404
    assert digest not in page(desk, "analyst-2", "/search-map").text


def test_a_marking_that_cannot_be_read_or_a_map_of_everywhere_shuts_more_not_less(desk: Desk) -> None:
    kept(desk, search_maps.EVERYWHERE)
    arrive(desk, "far", "RESTRICTED", (CENTRE[0] + 1.0, CENTRE[1]))
    desk.store.write(partial(clearances.clear, who="test", name="analyst-1", clearance="SECRET"))
    assert '<p class="marking">RESTRICTED</p>' in page(desk, "analyst-1", "/search-map").text
    assert "marking" not in page(desk, "analyst-2", "/search-map").text
    arrive(desk, "spoilt", "WHATEVER")
    assert "marking" not in page(desk, "analyst-1", "/search-map").text
