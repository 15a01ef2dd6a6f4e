"""Tells systemd that the kiosk is ready and that its event loop still turns (sd_notify(3)); silent elsewhere.

The ping comes from a timer of the GUI thread, so a hung screen stops it and systemd restarts the kiosk.
"""

from __future__ import annotations

import os
import socket
from typing import Final

from PySide6.QtCore import QTimer

MICROSECONDS_A_MS: Final = 1000
PINGS_A_PERIOD: Final = 3


def notify(message: str) -> None:
    """Send one state to the supervisor named by NOTIFY_SOCKET; nothing where there is none."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    target = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(message.encode(), target)


class Watchdog(QTimer):
    """READY=1 at the first turn of the loop, then WATCHDOG=1 three times a period of WATCHDOG_USEC."""

    def __init__(self) -> None:
        super().__init__()
        period_us = os.environ.get("WATCHDOG_USEC", "")
        self.setInterval(int(period_us) // MICROSECONDS_A_MS // PINGS_A_PERIOD if period_us.isdigit() else 60_000)
        self.timeout.connect(lambda: notify("WATCHDOG=1"))
        QTimer.singleShot(0, lambda: notify("READY=1"))
