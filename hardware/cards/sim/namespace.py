"""The process that owns a private pcscd: `python -m hardware.cards.sim.namespace FD`, started by the lab.

vpcd listens on every address and on fixed ports, so it runs inside a network namespace of its own, where it meets
nobody. Only this small process lives in there. It starts and kills pcscd, and opens connections to vpcd whose
descriptors it hands to the lab over the unix socket FD; when that socket closes it takes pcscd down and ends.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1
PR_SET_PDEATHSIG = 1
PCSCD = "/usr/sbin/pcscd"
STOP_TIMEOUT_S = 5.0
CONNECT_TIMEOUT_S = 3.0

_libc = ctypes.CDLL(None, use_errno=True)


def enter_namespace() -> None:
    """Move this single-threaded process into a fresh network namespace whose loopback is up."""
    uid, gid = os.geteuid(), os.getegid()
    flags = CLONE_NEWNET if uid == 0 else CLONE_NEWUSER | CLONE_NEWNET
    if _libc.unshare(flags) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"unshare: {os.strerror(number)}")
    if uid != 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
        Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        fcntl.ioctl(plain, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def connect(port: int) -> socket.socket:
    """A connection to vpcd on this port of the namespace's loopback; waits for a vpcd that is still starting."""
    deadline_s = time.monotonic() + CONNECT_TIMEOUT_S
    while True:
        try:
            card = socket.create_connection(("127.0.0.1", port), CONNECT_TIMEOUT_S)
            card.settimeout(None)
            return card
        except ConnectionRefusedError:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(0.005)


class Pcscd:
    """One pcscd at a time, listening on a unix socket it was handed (systemd's socket activation, by hand)."""

    def __init__(self, path: str, log: str) -> None:
        self._path = path
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, config: str) -> int:
        """Start pcscd with this configuration folder; its process id. The socket is listening before it runs."""
        Path(self._path).unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener, Path(self._log).open("ab") as log:
            listener.bind(self._path)
            listener.listen(64)
            descriptor = listener.fileno()
            line = f'exec 3<&{descriptor}; LISTEN_PID=$$ LISTEN_FDS=1 exec {PCSCD} --foreground --config "$1"'
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", line, "sh", config],
                pass_fds=[descriptor],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM),  # no other thread here
            )
        return self._process.pid

    def kill(self, number: int) -> int:
        """Send this signal and wait for the end; the exit code."""
        if self._process is None:
            return 0
        self._process.send_signal(number)
        try:
            return self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def answer(pcscd: Pcscd, request: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
    """Do what the lab asks for; the reply and the descriptors that go with it."""
    verb = request["do"]
    if verb == "start":
        return {"pid": pcscd.start(request["config"])}, []
    if verb == "kill":
        return {"exit": pcscd.kill(request["signal"])}, []
    card = connect(request["port"])
    return {}, [card.detach()]


def serve(control: socket.socket, pcscd: Pcscd) -> None:
    """Answer the lab's requests, one datagram each, until it closes its end."""
    while request := control.recv(4096):
        try:
            reply, descriptors = answer(pcscd, json.loads(request))
        except OSError as error:
            reply, descriptors = {"error": str(error)}, []
        socket.send_fds(control, [json.dumps(reply).encode()], descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def main(arguments: list[str]) -> int:
    """Run until the lab is gone; the first reply says whether there is a namespace."""
    descriptor, path, log = arguments
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the console; the lab ends us by closing its end
    with socket.socket(fileno=int(descriptor)) as control:
        try:
            enter_namespace()
        except OSError as error:
            control.send(json.dumps({"error": str(error)}).encode())
            return 1
        control.send(b"{}")
        pcscd = Pcscd(path, log)
        try:
            serve(control, pcscd)
        finally:
            pcscd.kill(signal.SIGTERM)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
