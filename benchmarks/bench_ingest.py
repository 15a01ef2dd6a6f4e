"""What the portal takes in a second, beside what it answers in a second without writing anything, on both databases."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

from benchmarks.portal_node import portal_command, portal_node
from benchmarks.row import Row
from offline_queue.bundle import whole_packet
from offline_queue.trust import PortalTrust
from tests.offline_queue.samples import Bench, payload
from tests.portal.postgres_server import postgres_server

CLIENTS: Final = 8
CALLS: Final = 200
TURNS: Final = 9
NOTE: Final = "specimen " * 60  # with it an envelope is about 2 KiB


def _a_second(ports: Sequence[int], calls: Sequence[tuple[str, str, bytes]]) -> float:
    """Calls a second by clients that each keep one connection to one node."""

    def client(n: int) -> None:
        connection = HTTPConnection("127.0.0.1", ports[n % len(ports)])
        for method, address, body in calls[n::CLIENTS]:
            connection.request(method, address, body)
            answer = connection.getresponse()
            answer.read()
            assert answer.status < 300, answer.status
        connection.close()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(calls) / (time.perf_counter() - began)


def _envelopes(bench: Bench, count: int) -> list[tuple[str, str, bytes]]:
    sealed = [bench.sealed(payload(note=NOTE)) for _ in range(count)]
    return [("PUT", f"/v1/envelopes/{each.head.id}", whole_packet(each).encode()) for each in sealed]


def _rows(folder: Path, name: str, database: str) -> list[Row]:
    arguments = ["--data", str(folder), *(["--database", database] if database else [])]
    portal_command("init", *arguments)
    trust = PortalTrust.load(folder / "portal-public.json")
    assert isinstance(trust, PortalTrust)
    bench = Bench(recipients=trust.seal_to)
    key = bench.device.public_bytes.hex()
    portal_command("enrol", *arguments, "--kiosk-id", bench.kiosk_id, "--public-key", key)
    rows = []
    for nodes in (1, 3):
        with ExitStack() as stack:
            ports = [stack.enter_context(portal_node(folder, database)) for _ in range(nodes)]
            _a_second(ports, _envelopes(bench, CALLS))  # warm
            hello = [("GET", "/v1/hello", b"")] * CALLS
            turns = [(_a_second(ports, _envelopes(bench, CALLS)), _a_second(ports, hello)) for _ in range(TURNS)]
        ratio = statistics.median(taken / read for taken, read in turns)
        where = f"{name}, {nodes} node{'s' * (nodes > 1)}"
        rows.append(Row(f"ingest / read-only call, {where}", ratio, "ratio of speed", ">= 0.30"))
        rows.append(Row(f"ingest, {where}", statistics.median(taken for taken, _ in turns), "envelopes/s", ""))
    return rows


def run() -> list[Row]:
    """All rows: medians of short turns side by side in one run, for no machine is equally quiet all along."""
    with tempfile.TemporaryDirectory(dir=".") as name, postgres_server() as server:
        return [
            *_rows(Path(name) / "sqlite", "SQLite", ""),
            *_rows(Path(name) / "postgresql", "PostgreSQL", server.database()),
        ]


if __name__ == "__main__":
    for row in run():
        print(f"{row.name:52} {row.value:9.2f} {row.unit_or_ratio:14} {row.target}")
