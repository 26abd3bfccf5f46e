"""Make .venv and install what a lock file pins: with uv if it is on PATH, with pip otherwise. Standard library only."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
VENV = TOP / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / "upwind-unfinished"
PATH_MARK = VENV / "upwind-path"


def say(line: str) -> None:
    """Tell the person in front of the terminal."""
    print(f"upwind: {line}", file=sys.stderr, flush=True)


def run(*command: str | Path) -> None:
    """Run a command silently; on failure say the end of what it said, and stop."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        lines = (done.stderr + done.stdout).strip().splitlines()
        errors = [line for line in lines if "error" in line.lower()] or lines or [f"exit status {done.returncode}"]
        say(f"set-up failed at {Path(command[0]).name}: " + " / ".join(line.strip() for line in errors[-2:]))
        sys.exit(1)


def is_fresh(lock: Path) -> bool:
    """Return whether .venv already holds what the lock file pins, here."""
    held = VENV / f"upwind-{lock.name}"
    return (
        not UNFINISHED.exists()
        and PYTHON.exists()
        and held.exists()
        and held.read_bytes() == lock.read_bytes()
        and PATH_MARK.exists()
        and PATH_MARK.read_text(encoding="utf-8") == f"{TOP}\n"
    )


def is_usable(uv: str | None) -> bool:
    """Return whether the .venv that is there was finished and can take packages."""
    if UNFINISHED.exists() or not PYTHON.exists():
        return False
    if PATH_MARK.exists() and PATH_MARK.read_text(encoding="utf-8") != f"{TOP}\n":
        return False
    probe = "import sys; sys.exit(sys.version_info < (3, 11))" if uv else "import pip"
    return subprocess.run([PYTHON, "-I", "-c", probe], capture_output=True, check=False).returncode == 0


def make(uv: str | None) -> None:
    """Make an empty .venv, with pip in it unless uv does pip's work."""
    if not uv:
        try:
            import ensurepip  # noqa: F401, PLC0415 (Debian ships it apart)
            import venv  # noqa: F401, PLC0415
        except ImportError:
            package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
            say(f"Python's venv is missing; on Debian: apt install python3-venv (or {package}), then run this again")
            sys.exit(1)
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir()
    UNFINISHED.touch()
    if uv:
        run(uv, "venv", "--quiet", "--no-config", "--allow-existing", "--python", sys.executable, VENV)
    else:
        run(sys.executable, "-m", "venv", VENV)


def install(lock: Path, uv: str | None) -> None:
    """Install what the lock file pins, byte-compiled, and put the project's own code on the path."""
    if uv:
        pip = [uv, "pip", "install", "--quiet", "--no-config", "--compile-bytecode", "--python", str(PYTHON)]
    else:
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    run(*pip, "--require-hashes", "--only-binary", ":all:", "--no-deps", "-r", lock)
    (site,) = VENV.glob("lib/python3.*/site-packages")
    (site / "upwind.pth").write_text(f"{TOP / 'src'}\n", encoding="utf-8")
    PATH_MARK.write_text(f"{TOP}\n", encoding="utf-8")


def mark(lock: Path) -> None:
    """Note which lock files .venv now meets: this one, and each that it contains."""
    pins = set(lock.read_text(encoding="utf-8").splitlines())
    for other in TOP.glob("requirements*.lock"):
        if pins.issuperset(other.read_text(encoding="utf-8").splitlines()):
            shutil.copyfile(other, VENV / f"upwind-{other.name}")


def main() -> None:
    """Leave a .venv that holds what the named lock file pins; two calls at once wait for each other."""
    lock = TOP / sys.argv[1]
    os.environ.pop("PYTHONPATH", None)
    gate = os.open(TOP, os.O_RDONLY)  # released when this process ends, however it ends
    fcntl.flock(gate, fcntl.LOCK_EX)
    if is_fresh(lock):
        return
    uv = shutil.which("uv")
    started = time.monotonic()
    count = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())
    with_ = "uv" if uv else "pip"
    say(f"setting up .venv: up to {count} packages of {lock.name} with {with_}, once; takes a minute or two")
    if not is_usable(uv):
        make(uv)
    UNFINISHED.touch()
    install(lock, uv)
    mark(lock)
    UNFINISHED.unlink()
    say(f"ready after {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        say("set-up interrupted; the next call starts it again")
        sys.exit(130)
    except OSError as error:
        say(f"set-up failed: {error}")
        sys.exit(1)
