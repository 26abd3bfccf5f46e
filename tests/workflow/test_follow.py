"""`upwind locate --follow` as a person runs it: a real process, a real file that grows, in pieces that end anywhere."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from upwind.cli import main

FLIGHT = Path(__file__).parents[2] / "missions" / "exercise-one" / "drone-12.csv"
LINES = FLIGHT.read_text(encoding="utf-8").splitlines(keepends=True)
AREA = "--area=-127.526,-49.758,-127.519,-49.753"
#: The longest that anything here may take, kernels compiled or not. [s]
PATIENCE_S = 180.0


@contextmanager
def following(track: Path, out: Path, idle_s: float) -> Iterator[subprocess.Popen[str]]:
    """Run `upwind locate --follow` as long as the block lasts."""
    options = ["--follow", "--idle-timeout", str(idle_s), AREA, "--max-sources", "2", "--out", str(out)]
    command = [sys.executable, "-P", "-m", "upwind", "locate", str(track), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def waited(is_so: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something is so, or fail with what the process said."""
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        if process.poll() is not None:
            pytest.fail(f"it ended with {process.returncode}: {process.communicate()}")
        assert time.monotonic() < end
        time.sleep(0.05)


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out, err


def inputs(out: Path) -> Any:
    return json.loads(out.read_text(encoding="utf-8"))["upwind"]["inputs"]


def shape(value: Any) -> Any:
    """Return the keys and kinds of a document, its numbers and how many there are of anything left out."""
    if isinstance(value, dict):
        return {key: shape(of) for key, of in value.items() if key != "coordinates"}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


@pytest.mark.slow
def test_a_growing_file_is_followed_to_the_answer_of_locate(tmp_path: Path) -> None:
    track, out, batch = tmp_path / "drone.csv", tmp_path / "sources.geojson", tmp_path / "batch.geojson"
    text = "".join(LINES[:401])
    pieces = [text[: len(text) * k // 5] for k in range(1, 6)]
    assert sum(not piece.endswith("\n") for piece in pieces) >= 3
    seen: list[Any] = []
    with track.open("w", encoding="utf-8") as file, following(track, out, 8.0) as process:
        done = 0
        for piece in pieces:
            file.write(piece[done:])
            file.flush()
            done, known = len(piece), inputs(out) if out.exists() else None
            waited(lambda known=known: out.exists() and inputs(out) != known, process)  # type: ignore[misc]
            seen.append(json.loads(out.read_text(encoding="utf-8")))
        code, said, err = ended(process)
    assert (code, err) == (0, "")
    assert said.splitlines()[-1] == f"Results are in {out}"
    assert main(["locate", str(track), AREA, "--max-sources", "2", "--out", str(batch)]) == 0
    assert out.read_bytes() == batch.read_bytes()
    last = json.loads(batch.read_text(encoding="utf-8"))
    for document in seen:
        assert shape(document) | {"features": []} == shape(last) | {"features": []}
        assert all(shape(feature) == shape(last["features"][0]) for feature in document["features"])
    assert seen[-1]["features"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["batch.geojson", "drone.csv", "sources.geojson"]


@pytest.mark.slow
def test_ctrl_c_ends_it_and_leaves_the_last_answer_be_it_of_a_shorter_file(tmp_path: Path) -> None:
    track, out = tmp_path / "drone.csv", tmp_path / "sources.geojson"
    track.write_text("".join(LINES[:61]), encoding="utf-8")
    with following(track, out, 600.0) as process:
        waited(out.exists, process)
        known = inputs(out)
        track.write_text("".join(LINES[:4]), encoding="utf-8")
        waited(lambda: bool(inputs(out) != known), process)
        process.send_signal(signal.SIGINT)
        code, said, err = ended(process)
    assert (code, err) == (0, "")
    assert said == f"Stopped; the results so far are in {out}\n"
    assert json.loads(out.read_text(encoding="utf-8"))["status"][0]["status"] == "not enough data"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["drone.csv", "sources.geojson"]


@pytest.mark.slow
def test_a_bad_row_ends_it_with_one_line_and_the_last_answer_stays(tmp_path: Path) -> None:
    track, out = tmp_path / "drone.csv", tmp_path / "sources.geojson"
    track.write_text("".join(LINES[:61]), encoding="utf-8")
    with following(track, out, 600.0) as process:
        waited(out.exists, process)
        answer = out.read_bytes()
        with track.open("a", encoding="utf-8") as file:
            file.write(LINES[61].replace(",-49.", ",-149."))
        code, said, err = ended(process)
    assert (code, said) == (1, "")
    assert err.count("\n") == 1
    assert 'drone.csv:62: column "latitude [deg]": -149.' in err
    assert out.read_bytes() == answer


def test_a_short_flight_says_that_there_is_not_enough(tmp_path: Path) -> None:
    track, out = tmp_path / "drone.csv", tmp_path / "sources.geojson"
    track.write_text("".join(LINES[:4]) + LINES[4][:30], encoding="utf-8")
    with following(track, out, 1.0) as process:
        code, _, err = ended(process)
    assert (code, err) == (0, "")
    document = json.loads(out.read_text(encoding="utf-8"))
    assert [row["status"] for row in document["status"]] == ["not enough data"]
    assert document["features"] == []


def test_a_file_that_stays_too_short_is_bad_input(tmp_path: Path) -> None:
    track, out = tmp_path / "drone.csv", tmp_path / "sources.geojson"
    track.write_text(LINES[0] + LINES[1], encoding="utf-8")
    with following(track, out, 1.0) as process:
        code, said, err = ended(process)
    assert (code, said) == (1, "")
    assert "drone.csv: 1 rows of readings, a track needs at least two" in err
    assert err.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "inf", "nan"])
def test_an_idle_time_that_is_none_is_a_usage_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], seconds: str
) -> None:
    out = str(tmp_path / "o.geojson")
    assert main(["locate", str(FLIGHT), "--follow", f"--idle-timeout={seconds}", "--out", out]) == 2
    assert "seconds above 0" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a pseudo terminal")
def test_a_terminal_sees_how_it_stands_on_one_line(tmp_path: Path) -> None:
    track, out = tmp_path / "drone.csv", tmp_path / "sources.geojson"
    track.write_text("".join(LINES[:4]), encoding="utf-8")
    ours, theirs = os.openpty()
    command = [sys.executable, "-P", "-m", "upwind", "locate", str(track), "--follow", "--idle-timeout", "1"]
    process = subprocess.Popen([*command, "--out", str(out)], stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)
    said, _ = process.communicate(timeout=PATIENCE_S)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert process.returncode == 0
    assert "\n" not in shown
    assert "3 readings; methane: not enough data" in shown
    assert shown.endswith("\r\x1b[2K")
    assert said.splitlines()[-1] == f"Results are in {out}"
