"""The store as a person uses it from the command line: accounts, sites, proofs, backup."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from makers.candidates import feature

from upwind.cli import main
from upwind.store import cases, docket
from upwind.store.places import open_store

ROOT = Path(__file__).parents[2]


def upwind(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "upwind", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'folder' / 'upwind.db'}"


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    path = tmp_path / "sites.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature("s1"), feature("s2", 0.3)]}))
    return path


def log(url: str, tmp_path: Path) -> list[dict[str, object]]:
    out = tmp_path / "exported.jsonl"
    assert main(["log", "export", "--out", str(out), "--store", url]) == 0
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_accounts_by_many_processes_at_once(url: str) -> None:
    """None is lost and none is doubled, on a store that is not there yet."""
    with ThreadPoolExecutor(8) as pool:
        done = list(
            pool.map(lambda n: upwind("user", "add", f"analyst-{n}", "--role", "analyst", "--store", url), range(8))
        )
        same = list(pool.map(lambda _: upwind("user", "add", "one", "--role", "analyst", "--store", url), range(4)))
    assert [each.returncode for each in done] == [0] * 8
    answers = [json.loads(each.stdout) for each in done]
    assert {answer["name"] for answer in answers} == {f"analyst-{n}" for n in range(8)}
    assert len({answer["token"] for answer in answers}) == 8
    assert sorted(each.returncode for each in same) == [0, 1, 1, 1]
    assert all("already" in each.stderr for each in same if each.returncode)
    listed = upwind("user", "list", "--store", url).stdout.splitlines()
    assert len(listed) == 9
    assert upwind("log", "verify", "--store", url).returncode == 0


def test_the_default_store_is_in_the_data_folder(tmp_path: Path) -> None:
    done = upwind("user", "add", "a", "--role", "auditor", XDG_DATA_HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    made = tmp_path / "upwind" / "upwind.db"
    assert made.stat().st_mode & 0o777 == 0o600


def test_roles_that_may_not_go_together_are_refused(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["user", "add", "a", "--role", "auditor", "--role", "analyst", "--store", url]) == 1
    assert "auditor holds no other role" in capsys.readouterr().err
    assert main(["user", "add", "a", "--role", "king", "--store", url]) == 2


def test_a_link_is_a_url_and_never_the_same(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["user", "add", "a", "--role", "analyst", "--store", url])
    capsys.readouterr()
    for _ in range(2):
        assert main(["user", "link", "a", "--url", "https://upwind.example/", "--store", url]) == 0
    links = capsys.readouterr().out.split()
    assert len(set(links)) == 2
    assert all(link.startswith("https://upwind.example/link/") for link in links)
    assert main(["user", "link", "nobody", "--store", url]) == 1


def test_sites_come_in_once_and_each_use_is_logged(
    url: str, sites: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for says in ("2 of 2", "0 of 2"):
        assert main(["import", "sites", str(sites), "--store", url]) == 0
        assert says in capsys.readouterr().out
    *entries, head = log(url, tmp_path)
    told = [(entry["what"], entry["case"]) for entry in entries]
    assert told == [("command", ""), ("site", "s1"), ("site", "s2"), ("command", ""), ("command", "")]
    assert {entry["who"] for entry in entries} == {"command line"}
    assert head["head"]["size"] == len(entries)  # type: ignore[index]


def test_the_words_of_reports_beside_the_sites_come_with_them(url: str, tmp_path: Path) -> None:
    """`upwind run` writes reports beside the sites; what they say is to be read and found with the case."""
    reports = [
        {"id": "R1", "kind": "tip", "text": "barrels behind the dairy", "site": "s1"},
        {"id": "R2", "kind": "tip", "text": "  ", "site": "s1"},
        {"id": "R3", "kind": "tip", "text": "no site has this one", "site": None},
        "no report",
    ]
    document = {"type": "FeatureCollection", "reports": reports, "features": [feature("s1"), feature("s2")]}
    path = tmp_path / "sites.geojson"
    path.write_text(json.dumps(document))
    assert main(["import", "sites", str(path), "--store", url]) == 0
    with open_store(url) as store:
        said = store.read(partial(cases.view, person="a", case="s1")).feature
        assert said is not None
        assert said["properties"]["report_texts"] == [{"id": "R1", "kind": "tip", "text": "barrels behind the dairy"}]
        found = store.read(partial(docket.cases, person="a", wanted=docket.Wanted(search="dairy barrels")))
        assert [row.id for row in found] == ["s1"]
        other = store.read(partial(cases.view, person="a", case="s2")).feature
        assert other is not None
        assert "report_texts" not in other["properties"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("no json", "not JSON"),
        ("[]", "no JSON object"),
        ("{}", "no FeatureCollection"),
        (json.dumps({"type": "FeatureCollection", "features": [feature("s"), feature("s")]}), "stands twice"),
        (json.dumps({"type": "FeatureCollection", "features": [feature("s", 2.0)]}), "no probability"),
        (json.dumps({"type": "FeatureCollection", "features": [feature("s", place=(0, 91))]}), "on the globe"),
        (json.dumps({"type": "FeatureCollection", "features": [feature("")]}), "is no id"),
        ('{"type": "FeatureCollection", "features": [{"type": "Feature"}]}', "no Feature with properties"),
        (json.dumps({"type": "FeatureCollection", "features": [feature("s", seen="2026-01-01")]}), "no time"),
        (json.dumps({"type": "FeatureCollection", "features": [feature("s", people_at_risk=-1)]}), "-1 cannot be"),
        (json.dumps({"type": "FeatureCollection", "features": [feature("s", unexplained=1.5)]}), "1.5 cannot be"),
        ('{"type": "FeatureCollection", "features": [NaN]}', "NaN"),
    ],
)
def test_a_bad_file_adds_nothing(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, says: str
) -> None:
    path = tmp_path / "bad.geojson"
    path.write_text(content)
    assert main(["import", "sites", str(path), "--store", url]) == 1
    said = capsys.readouterr().err
    assert says in said
    assert "bad.geojson" in said
    assert said.count("\n") == 1
    assert [entry["what"] for entry in log(url, tmp_path)[:-1]] == ["command", "command"]


@pytest.mark.parametrize(
    "tampering",
    ["UPDATE log SET who = 'x' WHERE seq = 3", "DELETE FROM log WHERE seq = 3", "DELETE FROM log WHERE seq > 2"],
)
def test_a_log_that_was_tampered_with_is_named(url: str, sites: Path, tampering: str) -> None:
    assert upwind("import", "sites", sites, "--store", url).returncode == 0
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    connection.execute(tampering)
    connection.commit()
    connection.close()
    for _ in range(2):  # to look at it does not heal it
        done = upwind("log", "verify", "--store", url)
        assert done.returncode == 3
        assert "log entry 3:" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_log_proves_itself_in_a_file_and_against_a_head(
    url: str, sites: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", "sites", str(sites), "--store", url])
    capsys.readouterr()
    assert main(["log", "verify", "--store", url]) == 0
    head = capsys.readouterr().out.split()[-1]
    main(["user", "add", "a", "--role", "analyst", "--store", url])
    assert main(["log", "verify", "--head", head, "--store", url]) == 0
    other = f"{head[:-1]}{'0' if head[-1] != '0' else '1'}"
    assert main(["log", "verify", "--head", other, "--store", url]) == 3
    exported = tmp_path / "log.jsonl"
    assert main(["log", "export", "--out", str(exported), "--store", url]) == 0
    assert main(["log", "verify", str(exported)]) == 0
    lines = exported.read_text().splitlines(keepends=True)
    for wrong in (
        [*lines[:2], *lines[3:]],
        lines[1:],
        [*lines[:-2], lines[-1]],
        [lines[0].replace("import", "export")],
    ):
        exported.write_text("".join([*wrong, *([lines[-1]] if len(wrong) == 1 else [])]))
        assert main(["log", "verify", str(exported)]) == 3


def test_a_backup_is_taken_and_restored(url: str, sites: Path, tmp_path: Path) -> None:
    assert upwind("import", "sites", sites, "--store", url).returncode == 0
    assert upwind("store", "backup", "--out", tmp_path / "b.zip", "--store", url).returncode == 0
    other = f"sqlite:///{tmp_path / 'other.db'}"
    done = upwind("store", "restore", tmp_path / "b.zip", "--store", other)
    assert done.returncode == 0, done.stderr
    assert upwind("log", "verify", "--store", other).returncode == 0
    assert "0 of 2" in upwind("import", "sites", sites, "--store", other).stdout
    again = upwind("store", "restore", tmp_path / "b.zip", "--store", other)
    assert (again.returncode, "already" in again.stderr) == (1, True)
    assert upwind("store", "restore", sites, "--store", f"sqlite:///{tmp_path / 'third.db'}").returncode == 1
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".upwind")]


@pytest.mark.parametrize(
    "wrong", ["nonsense", "sqlite:///", "mysql://a@b/c", "postgresql://host", "postgresql://h:x/d"]
)
def test_what_is_no_store_is_said_in_a_line(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "verify", "--store", wrong]) == 1
    assert "postgresql://USER@HOST" in capsys.readouterr().err


def test_a_password_of_a_server_is_never_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "verify", "--store", "postgresql://u:secret@127.0.0.1:1/d"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "secret" not in said


@pytest.mark.slow
def test_a_run_puts_its_sites_and_their_tracks_into_the_store_once(url: str, tmp_path: Path) -> None:
    for name in ("run57.csv", "truth.csv"):
        shutil.copy(ROOT / "missions" / "prairie-grass" / name, tmp_path)
    (tmp_path / "mission.toml").write_text(
        'name = "one"\n[[flight]]\nid = "run 57"\nfiles = ["run57.csv"]\nplatform = "fixed"\n'
    )
    for says in ("1 of 1", "0 of 1"):
        done = upwind("run", tmp_path, "--out", tmp_path / "out", "--store", url)
        assert done.returncode == 0, done.stderr
        assert f"{says} candidate sites are new" in done.stdout
        assert done.stdout.splitlines()[-1].startswith("Results are in")
    kept = [file.read_bytes() for file in Path(f"{url.removeprefix('sqlite:///')}.evidence").glob("??/*")]
    whole = [file.read_bytes() for file in (tmp_path / "run57.csv", tmp_path / "out" / "search.tif")]
    assert sorted(kept) == sorted(whole)
