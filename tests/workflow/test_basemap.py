"""The operator's own basemap, from the file to the map and away again; its archives are made by PMTiles' library."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from makers.tileset import archive
from pmtiles.tile import TileType
from starlette.testclient import TestClient

from upwind.cli import main
from upwind.cli.basemap import LAYERS, own_basemap
from upwind.readers.pmtiles import read_tileset
from upwind.store import accounts
from upwind.store.accounts import Role
from upwind.store.places import open_store
from upwind.store.shelf import Shelf
from upwind.web.app import application
from upwind.web.basemap import WORLD, credit

SHIPPED = Path(__file__).parents[2] / "src" / "upwind" / "web" / WORLD.removeprefix("/")


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with open_store(f"sqlite:///{tmp_path / 's.db'}") as store:
        store.write(partial(accounts.add_account, who="test", name="a", roles=[Role.ANALYST]))
        token = store.write(partial(accounts.make_token, who="test", name="a"))
        inside = application(store, Shelf(tmp_path / "e"), None, own_basemap())
        with TestClient(inside, headers={"Authorization": f"Bearer {token}"}) as made:
            yield made


def asked(client: TestClient, first: int, last: int) -> Any:
    return client.get(WORLD, headers={"Range": f"bytes={first}-{last}"})


def test_the_map_gets_it_by_ranges_until_it_is_removed(
    tmp_path: Path, client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    made = archive(tmp_path / "sonora.pmtiles", "land", "roads", attribution='<a href="x">© Somebody &amp; Co</a>')
    shipped, own = SHIPPED.read_bytes(), made.read_bytes()
    assert asked(client, 0, 126).content == shipped[:127]
    assert main(["import", "basemap", str(made)]) == 0
    said = capsys.readouterr().out
    assert "MB, 3 tiles, zooms 0-2" in said
    assert "west -115.0000, south 26.3000, east -109.0000, north 32.5000; layers land, roads" in said
    made.unlink()
    for first, last in ((0, 126), (127, 200)):
        answer = asked(client, first, last)
        assert answer.status_code == 206
        assert answer.content == own[first : last + 1]
        assert answer.headers["content-range"].startswith(f"bytes {first}-")
    assert client.get(WORLD, headers={"Authorization": ""}).status_code == 401
    assert main(["import", "basemap", "--remove"]) == 0
    assert "built-in basemap is drawn again" in capsys.readouterr().out
    assert asked(client, 0, 126).content == shipped[:127]
    assert client.get(WORLD, headers={"Authorization": ""}).status_code == 200
    assert main(["import", "basemap", "--remove"]) == 0
    assert list(own_basemap().parent.iterdir()) == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_whose_data_they_are_stands_under_the_map(tmp_path: Path, client: TestClient, language: str) -> None:
    request: Any = type("Request", (), {"app": client.app})
    assert "Natural Earth" in credit(request, language)
    archive(tmp_path / "a.pmtiles", "land", attribution='<a href="x">© Somebody &amp; Co</a>')
    assert main(["import", "basemap", str(tmp_path / "a.pmtiles")]) == 0
    assert "© Somebody & Co. " in credit(request, language)
    assert "OpenStreetMap" in credit(request, language)
    assert "Natural Earth" not in credit(request, language)


def test_the_one_that_is_shipped_is_one() -> None:
    found = read_tileset(SHIPPED)
    assert set(found.layers) == set(LAYERS)
    assert found.zooms == (0, 8)
    assert main(["import", "basemap", str(SHIPPED)]) == 0


def patched(path: Path, at: int, octets: bytes) -> Path:
    content = bytearray(path.read_bytes())
    content[at : at + len(octets)] = octets
    path.write_bytes(content)
    return path


def bad(folder: Path, what: str) -> Path:
    path = folder / "bad.pmtiles"
    if what == "pictures":
        return archive(path, "land", kind=TileType.PNG)
    if what == "strange layers":
        return archive(path, "earth", "water")
    archive(path, "land")
    if what == "cut off":
        path.write_bytes(path.read_bytes()[:-20])
    elif what == "no archive":
        path.write_bytes(b"SQLite format 3\x00" + b"\x00" * 200)
    elif what == "short":
        path.write_bytes(path.read_bytes()[:90])
    place, octets = {"version 2": (7, b"\x02"), "brotli": (98, b"\x03"), "empty": (72, struct.pack("<Q", 0)),
                     "bad metadata": (24, struct.pack("<QQ", 0, 50))}.get(what, (0, b""))  # fmt: skip
    return patched(path, place, octets)


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("no archive", "this is no PMTiles archive"),
        ("short", "this is no PMTiles archive"),
        ("version 2", "this is version 2 of PMTiles"),
        ("pictures", "its tiles are PNG pictures"),
        ("brotli", "it is packed in a way that not every browser unpacks"),
        ("cut off", "it is cut off: it has"),
        ("empty", "it holds no tile"),
        ("bad metadata", "metadata: they cannot be read"),
        ("strange layers", "its layers are earth, water, and the map draws none; rename some to labels, lakes, land"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_a_line_and_nothing_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str, says: str
) -> None:
    good = archive(tmp_path / "good.pmtiles", "land")
    assert main(["import", "basemap", str(good)]) == 0
    capsys.readouterr()
    assert main(["import", "basemap", str(bad(tmp_path, what))]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "bad.pmtiles: " in said
    assert says in said
    assert own_basemap().read_bytes() == good.read_bytes()


def test_it_takes_a_file_or_an_order_to_remove(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], [str(tmp_path / "a.pmtiles"), "--remove"], [str(tmp_path / "nowhere.pmtiles")]):
        assert main(["import", "basemap", *words]) == 1
        assert capsys.readouterr().err.count("\n") == 1
