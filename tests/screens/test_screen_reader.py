"""Five journeys through AT-SPI: a real X server, a session bus of its own, and a reader outside the kiosk's process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.app import ROOT

JOURNEYS: tuple[tuple[str, ...], ...] = (
    ("Hello", "Welfare", "Application for Senior Citizen Card", "Start", "Type instead"),
    ("你好", "福利", "申請長者咭", "開始辦理"),
    ("您好", "求助"),
    ("Hello", "Guangdong", "Social insurance"),
    ("Hello", "Search"),
)
SCRIPT = """
/usr/libexec/at-spi-bus-launcher --launch-immediately & A=$!
Xvfb -displayfd 5 -screen 0 1080x1920x24 -nolisten tcp 5>display 2>/dev/null & X=$!
while [ ! -s display ]; do sleep 0.1; done
DISPLAY=:$(cat display); QT_QPA_PLATFORM=xcb; export DISPLAY QT_QPA_PLATFORM
cd "$ROOT" && "$PYTHON" -m kiosk run --config "$CONFIG" --windowed 1080x1920 2>/dev/null & K=$!
timeout 80 /usr/bin/python3 "$ROOT/tests/screens/outside_reader.py" "$@"; DONE=$?
kill $K; wait $K; kill $X $A; exit $DONE
"""


def read(folder: Path, *names: str) -> list[list[tuple[str, str]]]:
    """What the reader saw after each press."""
    config = folder / "kiosk.toml"
    config.write_text("[screen]\nfullscreen = false\nmotion = false\n", encoding="utf-8")
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(folder), "ROOT": str(ROOT)}
    environment |= {"PYTHON": sys.executable, "CONFIG": str(config), "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", SCRIPT, "sh", *names],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen: list[list[tuple[str, str]]] = json.loads(done.stdout.splitlines()[-1])
    return seen


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: f"{journey[0]}-{journey[-1]}")
def test_a_reader_outside_the_kiosk_hears_and_presses_its_way(tmp_path: Path, journey: tuple[str, ...]) -> None:
    views = read(tmp_path, *journey)
    assert len(views) == len(journey)
    for view in views:
        roles = [role for role, _ in view]
        assert "heading" in roles
        assert all(name.strip() for _, name in view)
    assert views[-1] != views[0]
