"""Tells when the machine's network changes, so that a line that comes back is used at once and not at the next look."""

import os
import select
import socket
import threading
from collections.abc import Callable
from typing import Any, Final

# rtnetlink(7): RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_ROUTE
_GROUPS: Final = 0x1 | 0x10 | 0x100 | 0x40 | 0x400
_SETTLE_S: Final = 0.2


class LinkWatch:
    """Calls `changed` from its own thread after each burst of changes to links, addresses or routes; Linux only."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE)
        self._socket.bind((0, _GROUPS))
        self._wake_read, self._wake_write = os.pipe()
        self._thread = threading.Thread(target=self._run, name="link-watch", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End and join."""
        os.write(self._wake_write, b"x")
        if self._thread.is_alive():
            self._thread.join()
        for descriptor in (self._wake_read, self._wake_write):
            os.close(descriptor)
        self._socket.close()

    def _run(self) -> None:
        while self._wait(None):
            self._drop_messages()
            # A cable plugged in is a dozen messages: wait for the last of them.
            while self._ready(_SETTLE_S) == [self._socket]:
                self._drop_messages()
            self._changed()

    def _wait(self, timeout_s: float | None) -> bool:
        return self._wake_read not in self._ready(timeout_s)

    def _ready(self, timeout_s: float | None) -> list[Any]:
        sources: list[Any] = [self._socket, self._wake_read]
        ready, _, _ = select.select(sources, [], [], timeout_s)
        return ready

    def _drop_messages(self) -> None:
        """What exactly changed does not matter; an overrun of the kernel's buffer is a change too."""
        try:
            while self._socket.recv(65536):
                continue
        except OSError:
            return
