"""The wire to a printer: a socket, or what python-escpos opens; we move the bytes, so that every wait has an end.

python-escpos opens serial ports and USB; on TCP it would add nothing to a socket but 10 MB. Alone it waits 60 s on TCP
and for ever on USB, and takes an empty answer for "paper plenty"; here a write ends by its deadline with the number of
bytes that left, and a read ends with what came, even if that is nothing.
"""

from __future__ import annotations

import contextlib
import select
import socket
import termios
import time
from typing import Any, Protocol

from hardware.device import Fault

GONE = (OSError, termios.error)
"""What a serial port that was pulled raises; termios has an error of its own."""


class Transport(Protocol):
    """A byte line to one printer."""

    def open(self) -> Fault | None:
        """Connect, within the transport's own time limit."""

    def write(self, part: bytes, deadline_s: float) -> int:
        """Send until the monotonic `deadline_s`; the number of bytes taken by the line (fewer: late or lost)."""

    def read(self, deadline_s: float) -> bytes | None:
        """Whatever comes before the monotonic `deadline_s`: b"" for nothing in time, None when the line is gone."""

    def close(self) -> None:
        """Let the line go; harmless when it is not open."""


class TcpTransport:
    """A printer on the network, port 9100 as a rule."""

    def __init__(self, host: str, port: int = 9100, *, connect_timeout_s: float = 3.0) -> None:
        self.host, self.port = host, port
        self._connect_timeout_s = connect_timeout_s
        self._socket: socket.socket | None = None

    def open(self) -> Fault | None:
        """Connect; `printer_offline` when nobody answers at the address."""
        self.close()
        try:
            self._socket = socket.create_connection((self.host, self.port), self._connect_timeout_s)
        except OSError as error:
            return Fault("printer_offline", detail=type(error).__name__)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)
        return None

    def write(self, part: bytes, deadline_s: float) -> int:
        """Send until the deadline; a line that stops taking bytes ends the write, not the visit."""
        sent = 0
        line = self._socket
        while line is not None and sent < len(part):
            try:
                sent += line.send(memoryview(part)[sent:])
            except BlockingIOError:
                if not _ready(line, deadline_s, to_write=True):
                    break
            except OSError:
                break
        return sent

    def read(self, deadline_s: float) -> bytes | None:
        """The next bytes, up to 256."""
        line = self._socket
        if line is None:
            return None
        try:
            if not _ready(line, deadline_s, to_write=False):
                return b""
            return line.recv(256) or None
        except BlockingIOError:
            return b""
        except (OSError, ValueError):
            return None

    def close(self) -> None:
        """Close the connection."""
        line, self._socket = self._socket, None
        if line is not None:
            with contextlib.suppress(OSError):  # the other end is gone
                line.shutdown(socket.SHUT_RDWR)
            line.close()


def _ready(line: socket.socket, deadline_s: float, *, to_write: bool) -> bool:
    wait_s = max(0.0, deadline_s - time.monotonic())
    waiting: tuple[list[socket.socket], list[socket.socket]] = ([], [line]) if to_write else ([line], [])
    readable, writable, _ = select.select(*waiting, [], wait_s)
    return bool(readable or writable)


class SerialTransport:
    """A printer on RS-232 or a USB serial adapter (8N1)."""

    def __init__(self, path: str, baudrate: int = 115_200) -> None:
        self.path, self.baudrate = path, baudrate
        self._escpos: Any = None

    def open(self) -> Fault | None:
        """Open the port; `printer_offline` when it is not there or not ours."""
        from escpos.exceptions import DeviceNotFoundError
        from escpos.printer import Serial

        self.close()
        printer = Serial(self.path, baudrate=self.baudrate, timeout=0, dsrdtr=False)
        try:
            printer.open()
            printer.device.reset_input_buffer()
        except (DeviceNotFoundError, *GONE) as error:
            return Fault("printer_offline", detail=type(error).__name__)
        self._escpos = printer
        return None

    def write(self, part: bytes, deadline_s: float) -> int:
        """Send until the deadline."""
        sent = 0
        while self._escpos is not None and sent < len(part):
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                break
            chunk = part[sent : sent + 512]  # pySerial does not say how much of a late write left: keep it small
            try:
                self._escpos.device.write_timeout = left_s
                sent += int(self._escpos.device.write(chunk) or 0)
            except GONE:
                break
        return sent

    def read(self, deadline_s: float) -> bytes | None:
        """The next bytes, up to 256."""
        if self._escpos is None:
            return None
        try:
            self._escpos.device.timeout = max(0.0, deadline_s - time.monotonic())
            first = bytes(self._escpos.device.read(1))
            return first + bytes(self._escpos.device.read(min(255, self._escpos.device.in_waiting)))
        except (*GONE, TypeError):  # TypeError: pySerial, when closed meanwhile
            return None

    def close(self) -> None:
        """Close the port without waiting for bytes that will never leave."""
        printer, self._escpos = self._escpos, None
        if printer is not None:
            with contextlib.suppress(*GONE):
                printer.device.reset_output_buffer()
            with contextlib.suppress(*GONE):
                printer.device.close()
            printer.device = None


class UsbTransport:
    """A printer on USB by vendor and product number, through python-escpos and pyusb (not run against hardware yet)."""

    def __init__(self, vendor: int, product: int) -> None:
        self.vendor, self.product = vendor, product
        self._escpos: Any = None

    def open(self) -> Fault | None:
        """Claim the printer; `printer_unsupported` without pyusb, `printer_offline` when it is not plugged in."""
        from escpos.exceptions import DeviceNotFoundError
        from escpos.printer import Usb

        self.close()
        if not Usb.is_usable():
            return Fault("printer_unsupported", retriable=False, detail="pyusb is not installed")
        printer = Usb(self.vendor, self.product, timeout=1000)
        try:
            printer.open()
        except (DeviceNotFoundError, OSError, ValueError) as error:
            return Fault("printer_offline", detail=type(error).__name__)
        self._escpos = printer
        return None

    def write(self, part: bytes, deadline_s: float) -> int:
        """Send until the deadline."""
        sent = 0
        while self._escpos is not None and sent < len(part):
            left_ms = int((deadline_s - time.monotonic()) * 1000)
            if left_ms <= 0:
                break
            try:
                sent += int(self._escpos.device.write(self._escpos.out_ep, part[sent : sent + 512], left_ms))
            except OSError:
                break
        return sent

    def read(self, deadline_s: float) -> bytes | None:
        """The next bytes, up to 64."""
        if self._escpos is None:
            return None
        left_ms = max(1, int((deadline_s - time.monotonic()) * 1000))
        try:
            return bytes(self._escpos.device.read(self._escpos.in_ep, 64, left_ms))
        except TimeoutError:
            return b""
        except OSError as error:
            return b"" if error.errno == 110 else None  # pyusb's time-out is an OSError of its own

    def close(self) -> None:
        """Release the interface."""
        printer, self._escpos = self._escpos, None
        if printer is not None:
            with contextlib.suppress(OSError):
                printer.close()


def transport_for(address: str) -> Transport | Fault:
    """The transport for "tcp:HOST:PORT" (or "HOST:PORT"), "serial:PATH[@BAUD]" or "usb:VVVV:PPPP", not yet open."""
    kind, _, rest = address.partition(":")
    try:
        if kind == "serial":
            path, _, baud = rest.partition("@")
            return SerialTransport(path, int(baud or 115_200))
        if kind == "usb":
            vendor, product = rest.split(":")
            return UsbTransport(int(vendor, 16), int(product, 16))
        host, _, port = (rest if kind == "tcp" else address).rpartition(":")
        if not host or not 0 < int(port) < 65536:
            raise ValueError(address)
        return TcpTransport(host, int(port))
    except ValueError:
        return Fault(
            "printer_unsupported", retriable=False, detail="address is not tcp:HOST:PORT, serial:PATH, usb:V:P"
        )
