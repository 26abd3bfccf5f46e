"""A PostgreSQL server of the tests' own: made in a new folder, on a socket there, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

#: Where Debian puts the programs of its versions, and what is on the PATH.
FOLDERS = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), *map(Path, os.get_exec_path())]
BIN = next((folder for folder in FOLDERS if (folder / "initdb").exists()), None)

PORT = 5432


class Server:
    """A server that can be killed and started again."""

    def __init__(self, folder: Path, owner: str | None, settings: Sequence[str]) -> None:
        self.folder, self.owner, self.settings = folder, owner, settings
        self.process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)

    def start(self) -> None:
        """Start it and wait until it answers; the children of a killed one may hold its memory for a moment yet."""
        for number in range(600):
            if number == 0 or (self.process is not None and self.process.poll() is not None):
                self._launch()
            try:
                Connection("postgres", database="postgres", unix_sock=f"{self.folder}/.s.PGSQL.{PORT}").close()
            except (DatabaseError, InterfaceError, OSError):
                time.sleep(0.1)
            else:
                return
        raise TimeoutError((self.folder / "log").read_text())

    def _launch(self) -> None:
        assert BIN is not None
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        command = [BIN / "postgres", "-D", self.folder / "data", "-k", self.folder, "-c", "listen_addresses="]
        command += [part for setting in self.settings for part in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, user=self.owner, start_new_session=True)

    def kill(self) -> None:
        """Kill it and all its children at once, as a power cut would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop it without waiting for anybody; its folder goes too."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)

    def new_url(self) -> str:
        """Return the URL of a new, empty schema; a new database would take a second."""
        name = f"store{next(self._numbers)}"
        self._run(f"CREATE SCHEMA {name}")
        return f"postgresql://postgres@/postgres?host={self.folder}&port={PORT}&search_path={name}"

    def analyse(self) -> None:
        """Count what tables hold and tidy indexes, as the server does by itself within a minute of much that is new."""
        self._run("VACUUM ANALYZE")

    def _run(self, command: str) -> None:
        connection = Connection("postgres", database="postgres", unix_sock=f"{self.folder}/.s.PGSQL.{PORT}")
        connection.run(command)
        connection.close()


@contextmanager
def running(*settings: str) -> Iterator[Server]:
    """Give a running server; where root runs the tests it belongs to the user postgres.

    Parameters
    ----------
    settings
        Such as ``fsync=off``, where nothing needs to outlive a power cut.
    """
    assert BIN is not None
    owner = "postgres" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="upwind-pg-"))
    try:
        if owner:
            shutil.chown(folder, owner)
        command = [BIN / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*command, "--locale=C"], check=True, capture_output=True, user=owner)
        server = Server(folder, owner, settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
