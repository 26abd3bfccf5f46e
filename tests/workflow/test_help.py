"""The command line as a person meets it: help, faults, exit codes, and speed by not importing."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from upwind import __version__
from upwind.cli import COMMANDS, main
from upwind.errors import FindingError, FormatError

pytestmark = pytest.mark.usefixtures("one_command")

HEAVY = {"numpy", "numba", "pyarrow", "pyproj", "rich", "pint", "netCDF4", "contourpy", "difflib", "importlib.metadata"}


class Command:
    """A stand-in for a command's module: it raises what it is given."""

    fault: BaseException | None = None

    def add_arguments(self, parser: object) -> None:
        """Take none."""

    def run(self, arguments: object) -> int:
        """Raise, or be done."""
        del arguments
        if self.fault:
            raise self.fault
        return 0


COMMAND = Command()


@pytest.fixture
def one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "upwind.cli.stand_in", COMMAND)  # type: ignore[arg-type]
    monkeypatch.setitem(COMMANDS, "stand_in", "raise what a test asks for")
    monkeypatch.delenv("UPWIND_DEBUG", raising=False)


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    whole = {**os.environ, **environment}
    return subprocess.run([sys.executable, "-P", *arguments], capture_output=True, text=True, check=False, env=whole)


def test_help_lists_every_command_and_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    for name, line in COMMANDS.items():
        assert f"  {name}" in said
        assert line in said
    assert "upwind run missions/prairie-grass" in said
    assert max(map(len, said.splitlines())) <= 100


def test_help_imports_nothing_heavy() -> None:
    done = python("-X", "importtime", "-m", "upwind", "--help")
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert done.returncode == 0
    assert "argparse" in imported
    assert not imported & HEAVY


def test_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"upwind {__version__}\n"


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ([], "no command given"),
        (["locat"], "did you mean 'locate'?"),
        (["--wrong"], "unknown option '--wrong'"),
        (["zzzzzz"], "unknown command 'zzzzzz'"),
    ],
)
def test_a_usage_fault_is_one_line_and_exit_2(argv: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert said.err.startswith("upwind: ")
    assert words in said.err


def test_an_unknown_option_of_a_command_is_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stand_in", "--no-such-option"]) == 2
    assert "--no-such-option" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (FormatError("track.csv", "row 812", "95.2 is not a latitude", "-90 to 90"), 1, "track.csv: row 812: 95.2"),
        (FindingError("one entry is not authorised"), 3, "one entry is not authorised"),
        (FileNotFoundError(2, "No such file or directory", "gone.csv"), 1, "gone.csv: No such file or directory"),
        (ZeroDivisionError("division by zero"), 1, "internal fault: ZeroDivisionError"),
        (ValueError("many\nlines\n" * 200), 1, "many lines many"),
        (MemoryError(), 1, "out of memory"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_a_fault_is_one_line_and_its_exit_code(
    fault: BaseException, code: int, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(COMMAND, "fault", fault)
    assert main(["stand_in"]) == code
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert len(said) <= 401
    assert words in said


def test_the_trace_is_shown_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPWIND_DEBUG", "1")
    monkeypatch.setattr(COMMAND, "fault", ZeroDivisionError("division by zero"))
    with pytest.raises(ZeroDivisionError):
        main(["stand_in"])


@pytest.mark.parametrize("argv", ["--help", "locate --help"])
def test_a_closed_pipe_is_no_fault(argv: str) -> None:
    program = f"{sys.executable} -P -m upwind {argv} | true"
    done = subprocess.run(["/bin/sh", "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_a_closed_output_is_no_fault() -> None:
    program = f"{sys.executable} -P -m upwind --help >&-"
    done = subprocess.run(["/bin/sh", "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_poor_terminal_is_no_fault() -> None:
    done = python("-m", "upwind", "ünknown", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 2
    assert "?nknown" in done.stderr


@pytest.mark.parametrize("name", ["run", "locate", "exercise"])
def test_a_command_says_what_it_takes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    if not (Path(main.__globals__["__file__"]).parent / f"{name}.py").exists():
        pytest.skip(f"{name} is not built yet")
    command = import_module(f"upwind.cli.{name}")
    assert command.run.__doc__
    assert main([name, "--help"]) == 0
    assert f"usage: upwind {name}" in capsys.readouterr().out
