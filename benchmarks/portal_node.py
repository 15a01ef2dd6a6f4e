"""Portal processes for benchmarks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def portal_node(folder: Path, database: str = "") -> Iterator[int]:
    """One ingest node that limits nobody; its port."""
    command = [sys.executable, "-m", "portal", "serve", "--data", str(folder), "--without-worker", "--rate", "1000000"]
    command += ["--database", database] if database else []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(json.loads(process.stdout.readline())["port"])
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def portal_command(*arguments: str) -> None:
    """One portal command, to its end."""
    subprocess.run([sys.executable, "-m", "portal", *arguments], check=True, stdout=subprocess.DEVNULL)
