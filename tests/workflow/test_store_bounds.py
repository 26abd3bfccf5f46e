"""What an operator sets and asks of a store: how many cases one person may have, and the key of what lies sealed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from upwind.cli import main
from upwind.store.sealing import VARIABLE


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.delenv(VARIABLE, raising=False)
    made = f"sqlite:///{tmp_path / 'upwind.db'}"
    assert main(["user", "add", "a", "--role", "analyst", "--store", made]) == 0
    return made


def test_a_lost_key_is_said_in_a_line_and_the_way_back(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["store", "key", "--store", url]) == 0
    assert "no key as yet" in capsys.readouterr().out
    assert main(["user", "totp", "a", "--store", url]) == 0
    key = tmp_path / "upwind.db.key"
    assert main(["store", "key", "--store", url]) == 0
    said = capsys.readouterr().out
    name = re.search(r"^([0-9a-f]{12}): .*upwind\.db\.key$", said, re.MULTILINE)
    assert name is not None
    assert f"one-time codes of a: key {name[1]}" in said
    assert key.read_text().strip() not in said
    key.unlink()
    for command in (["store", "key"], ["user", "totp", "a"]):
        assert main([*command, "--store", url]) == 1
        fault = capsys.readouterr().err
        assert fault.count("\n") == 1
        assert f"one-time codes of a: this is sealed with key {name[1]}" in fault
        assert "upwind store key --new" in fault
    assert main(["store", "key", "--new", "--store", url]) == 1  # the codes of a are still lost
    assert "holds another" in capsys.readouterr().err
    assert main(["user", "totp", "a", "--store", url]) == 0
    assert main(["store", "key", "--store", url]) == 0
    assert main(["log", "verify", "--store", url]) == 0


def test_a_broken_key_is_no_key(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "upwind.db.key").write_text("nonsense")
    assert main(["user", "totp", "a", "--store", url]) == 1
    assert "upwind.db.key: this is no key of a store" in capsys.readouterr().err


def test_how_many_cases_one_person_may_have_is_set_and_logged(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["store", "leases", "0", "--store", url]) == 1
    assert "give 1 to 100" in capsys.readouterr().err
    assert main(["store", "leases", "5", "--store", url]) == 0
    out = tmp_path / "log.jsonl"
    assert main(["log", "export", "--out", str(out), "--store", url]) == 0
    said = [json.loads(line).get("body", {}).get("command") for line in out.read_text().splitlines()]
    assert "store leases 5" in said
