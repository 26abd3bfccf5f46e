"""The command line: a lazy table of commands, and the one place where faults become words and exit codes.

A command is a module `upwind.cli.<name>` with `add_arguments(parser)` and `run(arguments) -> int`; nothing but the
standard library is imported before one is chosen. Exit codes: 0 done, 1 bad input, 2 usage, 3 a finding that must
stop a script.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from upwind import __version__
from upwind.errors import UpwindError

__all__ = ["COMMANDS", "main"]

#: Every command and what it does, in one line.
COMMANDS = {
    "run": "take every flight of a mission through to sources, sites, audit and report",
    "audit": "say whose land, sea and airspace flights were in, to the second, and who allowed it",
    "plan": "lay flight lines over an area, and write them where they may be flown",
    "propose": "say which legs would teach the most of a source next; a person approves one",
    "locate": "find number, position and emission rate of the sources that tracks speak of",
    "explain": "say which benign sources explain the compounds of a sample, or that none does",
    "protect": "say who would be in harm's way of a place: zones, people, a one-page safety sheet",
    "exercise": "make a mission with known truth, and score answers against it",
    "import": "take in what others made: candidate sites, benign profiles, a basemap",
    "user": "make accounts and ways into them",
    "log": "prove that the log is whole, or write it to a file",
    "key": "make keys to sign and to read with",
    "partner": "say with whom what was agreed",
    "release": "build, sign, verify, open and recall packages for partners",
    "report": "tell those who oversee what was done, every figure counted from the log",
    "serve": "let people review cases in a browser, and programs through the API",
    "store": "back the store up, restore it, and forget what was rejected",
}

#: Where a command's own name cannot be a module's.
_MODULES = {"import": "imports"}

_USAGE = """\
usage: upwind [--version] [--help] COMMAND ...

Find hidden emissions from the air, and hand that knowledge on honestly and safely.

commands:
{commands}

examples:
  upwind run missions/prairie-grass
  upwind locate flight.csv --out sources.geojson
  upwind locate flight.csv --gas methane --wind mast.csv --seed 7 --out sources.geojson
  upwind locate flight.csv --follow --out sources.geojson
  upwind COMMAND --help

exit codes: 0 done, 1 bad input, 2 usage, 3 a finding that must stop a script
UPWIND_DEBUG=1 shows the trace of a fault.
"""

#: One thread for each call into BLAS: chains run in parallel over cores instead, and sums keep their order.
_ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
_LONGEST_LINE = 400
#: A place or box west of Greenwich, which argparse takes for an option unless a blank comes before it.
_PLACE = re.compile(r"\A-[\d.]+(?:,[-+]?[\d.]+)+\Z")
_INTERRUPTED = 130
_PIPE_CLOSED = 141


class _Command(Protocol):
    """What a command's module offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, arguments: argparse.Namespace) -> int: ...


def main(argv: Sequence[str] | None = None) -> int:
    """Return the exit code of the command that `argv` (default: the process's own) names."""
    os.environ.update(_ONE_THREAD)
    _forgive_encodings()
    debug = os.environ.get("UPWIND_DEBUG") == "1"
    try:
        code = _answer(list(sys.argv[1:] if argv is None else argv))
        print(end="", flush=True)  # a closed pipe shows here
    except KeyboardInterrupt:
        return _say("interrupted", _INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter's own flush would fail
        return _PIPE_CLOSED
    except Exception as error:
        if debug:
            raise
        return _say(*_words(error))
    return code


def _answer(argv: list[str]) -> int:
    try:
        return _dispatch(argv)
    except SystemExit as stop:  # argparse: 0 after help, 2 after a usage fault
        return stop.code if isinstance(stop.code, int) else 0


def _dispatch(argv: list[str]) -> int:
    name = argv[0] if argv else ""
    if name in {"-h", "--help", "help"}:
        print(_usage(), end="")
        return 0
    if name in {"-V", "--version"}:
        print(f"upwind {__version__}")
        return 0
    if name not in COMMANDS:
        return _say(f"{_fault(name)} (`upwind --help` lists the commands)", 2)
    command = cast("_Command", import_module(f"upwind.cli.{_MODULES.get(name, name)}"))
    parser = argparse.ArgumentParser(
        prog=f"upwind {name}",
        description=f"{COMMANDS[name].capitalize()}.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_arguments(parser)
    return command.run(parser.parse_args([_PLACE.sub(r" \g<0>", one) for one in argv[1:]]))


def _usage() -> str:
    width = max(map(len, COMMANDS))
    return _USAGE.format(commands="\n".join(f"  {name:{width}}  {line}" for name, line in COMMANDS.items()))


def _fault(name: str) -> str:
    """Return what is wrong with a command's name, and the nearest known one."""
    if not name:
        return "no command given"
    if name.startswith("-"):
        return f"unknown option {name!r} before the command"
    near = import_module("difflib").get_close_matches(name, COMMANDS, n=1, cutoff=0.5)
    return f"unknown command {name!r}" + (f", did you mean {near[0]!r}?" if near else "")


def _words(error: Exception) -> tuple[str, int]:
    """Return the line that tells a person of a fault, and the exit code."""
    if isinstance(error, UpwindError):
        return str(error), error.exit_code
    if isinstance(error, OSError):
        fault = error.strerror or str(error) or type(error).__name__
        return (f"{os.fsdecode(error.filename)}: {fault}" if error.filename else fault), 1
    if isinstance(error, MemoryError):
        return "out of memory; give fewer readings at once, or a smaller --area", 1
    return f"internal fault: {type(error).__name__}: {error} (UPWIND_DEBUG=1 shows the trace; please report it)", 1


def _say(line: str, code: int) -> int:
    """Say one line on stderr and return the exit code."""
    line = " ".join(f"upwind: {line}".split())
    line = line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"
    print(line, file=sys.stderr, flush=True)
    return code


def _forgive_encodings() -> None:
    """Let a terminal that cannot show a sign get a question mark, not a fault."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
