"""A real IPP printer (CUPS's ippeveprinter) and a real print server (cupsd), each in a folder and on a port of its own.

The printer's "engine" is a shell command that reads a knob file: what it says is wrong and how long a page takes.
ippeveprinter wants a D-Bus for DNS-SD even when told to register nothing, so it gets a private one that leads nowhere.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hardware.device import Fault
from hardware.printer.ipp_tool import IppTool

MISSING = [tool for tool in ("ippeveprinter", "ipptool", "dbus-daemon") if shutil.which(tool) is None]
CUPSD = shutil.which("cupsd", path=f"{os.environ['PATH']}:/usr/sbin")
STARTS_WITHIN_S = 60.0

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><listen>unix:path={folder}/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>
"""

ENGINE = """#!/bin/sh
# One job: say each trouble of the knob file, wait while there is one, then keep the document.
pages={folder}/pages
while [ -s {folder}/troubles ]; do
  while read -r trouble; do echo "STATE: +$trouble" >&2; done < {folder}/troubles
  [ -e {folder}/abort ] && exit 1
  sleep 0.05
done
echo "STATE: -media-empty-error,media-jam-error,cover-open-error,toner-empty-error" >&2
mkdir -p $pages
cp "$1" "$pages/$(basename "$1")"
"""

CUPSD_CONF = """
LogLevel warn
Listen 127.0.0.1:{port}
Browsing No
DefaultAuthType None
WebInterface No
JobRetryInterval 1
PreserveJobFiles No
PreserveJobHistory Yes
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  JobPrivateAccess default
  JobPrivateValues default
  SubscriptionPrivateAccess default
  SubscriptionPrivateValues default
  <Limit All>
    Order deny,allow
    Allow all
  </Limit>
</Policy>
"""

CUPS_FILES = """
SystemGroup root
ServerRoot {folder}/etc
StateDir {folder}/run
CacheDir {folder}/cache
RequestRoot {folder}/spool
TempDir {folder}/tmp
ErrorLog {folder}/log/error_log
AccessLog {folder}/log/access_log
PageLog {folder}/log/page_log
LogFilePerm 0644
"""


@dataclass
class LabPrinter:
    """A running ippeveprinter and its knobs."""

    address: str
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def papers(self) -> list[bytes]:
        """The documents that came out."""
        return [path.read_bytes() for path in sorted((self.folder / "pages").glob("*"))]

    def trouble(self, *reasons: str) -> None:
        """From the next job on, these printer-state-reasons stand; none mends it."""
        fresh = self.folder / "troubles.new"
        fresh.write_text("".join(f"{reason}\n" for reason in reasons))
        fresh.replace(self.folder / "troubles")

    def aborting(self) -> None:
        """A job with a trouble ends as aborted instead of waiting."""
        (self.folder / "abort").touch()


@contextmanager
def running(*command: str, log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={**os.environ, **environment}
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def wait_for_answer(address: str) -> None:
    """Until somebody at the address speaks IPP."""
    line, deadline_s = IppTool(address, answer_timeout_s=1), time.monotonic() + STARTS_WITHIN_S
    while isinstance(found := line.printer(), Fault) or not found.ok:
        if time.monotonic() > deadline_s:
            raise AssertionError(f"nobody answers at {address}: {found}")
        time.sleep(0.05)


def free_port() -> int:
    """A port nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def lab_printer(folder: Path, *, formats: str = "application/pdf") -> Iterator[LabPrinter]:
    """A real IPP Everywhere printer on loopback."""
    (folder / "spool").mkdir(parents=True)
    (folder / "troubles").touch()
    (folder / "bus.conf").write_text(BUS.format(folder=folder))
    engine = folder / "engine"
    engine.write_text(ENGINE.format(folder=folder))
    engine.chmod(0o755)
    port = free_port()
    bus = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder}/bus"}
    command = ("ippeveprinter", "-p", str(port), "-n", "localhost", "-r", "off", "-f", formats, "-c", str(engine),
               "-d", str(folder / "spool"), "-k", "Lab")  # fmt: skip
    with running("dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork", log=folder / "bus.log"):
        until(lambda: (folder / "bus").exists())
        with running(*command, log=folder / "printer.log", **bus) as process:
            address = f"ipp://localhost:{port}/ipp/print"
            wait_for_answer(address)
            yield LabPrinter(address, folder, process)


@contextmanager
def print_server(folder: Path, printer: str) -> Iterator[str]:
    """A cupsd of our own with one raw queue to a printer; the queue's address."""
    assert CUPSD is not None
    for name in ("etc/ppd", "run/certs", "cache", "spool/tmp", "tmp", "log"):
        (folder / name).mkdir(parents=True)
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
    port = free_port()
    (folder / "etc/cupsd.conf").write_text(CUPSD_CONF.format(port=port))
    (folder / "etc/cups-files.conf").write_text(CUPS_FILES.format(folder=folder))
    command = (CUPSD, "-f", "-c", str(folder / "etc/cupsd.conf"), "-s", str(folder / "etc/cups-files.conf"))
    server: Mapping[str, str] = {**os.environ, "CUPS_SERVER": f"127.0.0.1:{port}"}
    with running(*command, log=folder / "cupsd.log"):
        until(lambda: _listens(port))
        subprocess.run(
            ["lpadmin", "-p", "a4", "-E", "-v", printer, "-m", "raw", "-o", "printer-error-policy=retry-current-job"],
            env=server, check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        address = f"ipp://127.0.0.1:{port}/printers/a4"
        wait_for_answer(address)
        yield address


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(true: object, within_s: float = STARTS_WITHIN_S) -> None:
    """Wait for a condition."""
    assert callable(true)
    deadline_s = time.monotonic() + within_s
    while not true():
        if time.monotonic() > deadline_s:
            raise AssertionError("it never came true")
        time.sleep(0.02)
