"""A real PostgreSQL server of the tests' own: its data and its socket in a temporary folder, no port, no password."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]
_names = itertools.count(1)


class PostgresServer:
    """Started once, it hands out databases; `stop` and `start` as often as wanted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "portal", "-E", "UTF8", "--no-sync")
        self.start()

    def start(self) -> None:
        settings = f"-k {self.folder} -c listen_addresses='' -c shared_buffers=32MB -c max_connections=60"
        self._run(
            "pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), "-o", settings, "start"
        )

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", mode, "stop")

    def url(self, database: str) -> str:
        return f"postgresql://portal@/{database}?host={self.folder}"

    def database(self) -> str:
        """The URL of a fresh, empty database."""
        name = f"portal_{os.getpid()}_{next(_names)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as db:
            db.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(BINARIES[0] / program), *arguments]
        if os.geteuid() == 0:  # the server refuses to run as root
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60, cwd="/")


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server for as long as the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    server = None
    try:
        server = PostgresServer(folder)
        yield server
    finally:
        if server is not None:
            with suppress(subprocess.CalledProcessError):
                server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)
