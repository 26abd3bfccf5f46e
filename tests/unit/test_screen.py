"""The terminal's table and progress."""

from __future__ import annotations

import io
import sys

import pytest

from upwind.cli import screen


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_table_fits_a_hundred_columns(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [["1", "word " * 40, "0.42 (0.21-0.90)"], ["2", "[bold]not markup[/bold]", "7"]]
    screen.table("Two sources of methane", ["source", "what", "rate [kg/h]"], rows, right=["rate [kg/h]"])
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 100
    assert "[bold]not markup[/bold]" in said
    assert "0.42 (0.21-0.90)" in said
    assert "\x1b" not in said


def test_short_work_shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with screen.progress("locating") as advance:
        advance(0.5)
    assert terminal.getvalue() == ""


def test_long_work_shows_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(screen, "PATIENCE_S", -1.0)
    with screen.progress("locating methane") as advance:
        advance(0.5)
        advance(2.0)
    assert "locating methane" in terminal.getvalue()


def test_a_file_gets_no_progress(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(screen, "PATIENCE_S", -1.0)
    with screen.progress("locating methane") as advance:
        advance(0.5)
    assert capsys.readouterr().err == ""


def test_a_row_of_the_main_job_stays_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    heads = ["flight", "source", "latitude, longitude", "90 %", "rate (90 %)", "prob.", "off by", "rate/known"]
    row = ["run 57", "1", "-49.75570, -127.52336", "140 m", "3.2 kg/h (0.79-6.6)", "> 99 %", "75 m", "1.7"]
    screen.table("", heads, [row])
    assert any(" ".join(line.split()) == " ".join(row) for line in capsys.readouterr().out.splitlines())
