"""What staff did at this kiosk: one line each, with time, card and act. Nothing of a resident can stand in it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path


class StaffLog:
    """Appends to one file; a disk that refuses does not stop anybody's work."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, now: datetime, serial: str, act: str, detail: str = "") -> bool:
        """Append one act; false when the disk refused it."""
        line = json.dumps(
            {"at": now.isoformat(timespec="seconds"), "card": serial, "act": act, "detail": detail}, ensure_ascii=False
        )
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError:
            return False
        return True

    def last(self, count: int) -> list[dict[str, str]]:
        """The newest acts, newest first; a line that is damaged is left out."""
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()[-count:]
        except OSError:
            return []
        found = []
        for line in reversed(lines):
            try:
                found.append(dict(json.loads(line)))
            except ValueError:
                continue
        return found
