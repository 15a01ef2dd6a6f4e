"""A private PC/SC service with two virtual readers, for as long as a `with CardLab()` lasts.

    with CardLab() as lab:
        lab.slots[0].insert(DemoCard(people.ELDER))
        …  # PC/SC programs of this process now see the lab's readers, and no others

Needs Debian's pcscd and vsmartcard-vpcd, and a kernel that grants a network namespace (root, or user namespaces).
The PC/SC library remembers the service's socket for the life of a process, so all labs of one process share one
folder and follow one another; other programs join by the variable in `lab.environment`.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from hardware.cards.pcsc import Context
from hardware.cards.sim.namespace import PCSCD
from hardware.cards.sim.vpcd import CardSlot

VPCD_DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
FIRST_PORT = 0x8C7B  # vpcd's own; each further reader is one port up
SLOTS = 2
SOCKET_VARIABLE = "PCSCLITE_CSOCK_NAME"
REPLY_TIMEOUT_S = 10.0
ROOT = Path(__file__).parents[3]


class LabError(Exception):
    """The lab cannot run on this machine; the message says what is missing."""


@cache
def _folder() -> Path:
    """The folder of this process's labs, for its socket, configuration and pcscd's log."""
    folder = Path(tempfile.mkdtemp(prefix="card-lab-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "readers").mkdir()
    (folder / "no-readers").mkdir()
    (folder / "readers" / "vpcd").write_text(
        f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x{FIRST_PORT:X}\n'
        f"LIBPATH {VPCD_DRIVER}\nCHANNELID 0x{FIRST_PORT:X}\n"
    )
    return folder


class CardLab:
    """The lab: `slots` take cards, `kill` and `start` do to the service what a bad day does."""

    def __init__(self) -> None:
        self.slots = tuple(CardSlot(lambda port=FIRST_PORT + n: self._connect(port)) for n in range(SLOTS))  # type: ignore[misc]
        self.running = False

    @property
    def environment(self) -> dict[str, str]:
        """What another program's environment needs to join."""
        return {SOCKET_VARIABLE: str(_folder() / "pcscd.comm")}

    @property
    def log(self) -> str:
        """What pcscd has written so far."""
        path = _folder() / "pcscd.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def __enter__(self) -> CardLab:
        for needed, package in ((Path(PCSCD), "pcscd"), (VPCD_DRIVER, "vsmartcard-vpcd")):
            if not needed.exists():
                raise LabError(f"{needed} is missing: install the package {package}")
        self._before = os.environ.get(SOCKET_VARIABLE)
        os.environ.update(self.environment)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(REPLY_TIMEOUT_S)
        with theirs:
            self._keeper = self._start_keeper(theirs.fileno())
        self._reply()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for slot in self.slots:
            slot.remove()
        self._control.close()
        self._keeper.wait(REPLY_TIMEOUT_S)
        self.running = False
        if self._before is None:
            os.environ.pop(SOCKET_VARIABLE, None)
        else:
            os.environ[SOCKET_VARIABLE] = self._before

    def start(self, *, readers: bool = True) -> int:
        """Start pcscd, with its two readers or with none; its process id as the namespace sees it.

        Returns when it serves. Before, it waits for each reader's first look, and for ever if that finds a card that
        gives no answer to reset: its driver waits for a message of no length until another one comes.
        """
        reply = self._ask(do="start", config=str(_folder() / ("readers" if readers else "no-readers")))
        with Context():
            self.running = True
        return int(reply["pid"])

    def kill(self, number: int = signal.SIGKILL) -> int:
        """End pcscd by a signal; cards in the readers lose their connection. The exit code."""
        reply = self._ask(do="kill", signal=int(number))
        self.running = False
        for slot in self.slots:
            slot.remove()
        return int(reply["exit"])

    def _start_keeper(self, descriptor: int) -> subprocess.Popen[bytes]:
        folder = _folder()
        return subprocess.Popen(
            [sys.executable, "-m", "hardware.cards.sim.namespace", str(descriptor),
             str(folder / "pcscd.comm"), str(folder / "pcscd.log")],
            pass_fds=[descriptor],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def _connect(self, port: int) -> socket.socket:
        self._control.send(json.dumps({"do": "connect", "port": port}).encode())
        reply, descriptors, _, _ = socket.recv_fds(self._control, 4096, 1)
        self._refuse(json.loads(reply))
        return socket.socket(fileno=descriptors[0])

    def _ask(self, **request: object) -> dict[str, Any]:
        self._control.send(json.dumps(request).encode())
        return self._reply()

    def _reply(self) -> dict[str, Any]:
        reply: dict[str, Any] = json.loads(self._control.recv(4096) or b'{"error": "it ended at once"}')
        self._refuse(reply)
        return reply

    def _refuse(self, reply: dict[str, Any]) -> None:
        if "error" in reply:
            raise LabError(f"the namespace of the card lab: {reply['error']}")
