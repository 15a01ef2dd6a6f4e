"""Coverage-guided fuzzing of everything a printer can say, beside what Hypothesis tries elsewhere.

Each run is a process of its own, as atheris wants: it ends at the first exception that is not a value.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent.parent

TARGETS = {
    "status": """
    ear = Ear()
    half = len(noise) // 2
    heard = ear.hear(noise[:half]) + ear.hear(noise[half:])
    counted = len(heard.realtime) + len(heard.plain) + 4 * len(heard.frames) + 7 * len(heard.tokens) + heard.junk
    assert counted <= len(noise)
    for found in (parse_asb(noise[:4]), parse_realtime(tuple((noise + bytes(4))[:4]))):
        assert found.fault is None or found.fault.code in FAULT_CODES
    """,
    "ipp": """
    found = parse_answer(noise)
    if isinstance(found, Answer):
        status = parse_printer(found)
        assert status.fault is None or status.fault.code in FAULT_CODES
        job_state(found)
    plist = HEAD + noise + TAIL
    found = parse_answer(plist)
    if isinstance(found, Answer):
        parse_printer(found)
    """,
    "layout": """
    text = noise.decode("utf-8", "surrogatepass" if noise[:1] > b"m" else "replace") if decodable(noise) else ""
    for width in (384, 576):
        slip = render([Text(text), Pair(text[:9], text[9:])], width_dots=width, fonts=NOTO, language="zh_Hant")
        assert slip.height <= MAX_HEIGHT
    """,
}

PROGRAM = """
import sys
import atheris
with atheris.instrument_imports(include=["hardware.printer"]):
    from hardware.printer.document_printer import job_state
    from hardware.printer.faces import NOTO
    from hardware.printer.ipp_answers import Answer, parse_answer, parse_printer
    from hardware.printer.layout import MAX_HEIGHT, Pair, Text, render
    from hardware.printer.status import FAULT_CODES, Ear, parse_asb, parse_realtime

HEAD = b'<?xml version="1.0"?><plist version="1.0"><dict><key>Tests</key><array><dict><key>StatusCode</key>'
TAIL = b"</dict></array></dict></plist>"


def decodable(noise):
    try:
        noise.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def one(noise):
{body}

atheris.Setup([sys.argv[0], "-max_total_time={seconds}", "-max_len=400", "-verbosity=0", "-rss_limit_mb=2048"], one)
atheris.Fuzz()
"""


def fuzz(target: str, seconds: int, folder: Path) -> subprocess.CompletedProcess[str]:
    program = folder / f"fuzz_{target}.py"
    program.write_text(PROGRAM.format(body=TARGETS[target], seconds=seconds))
    return subprocess.run(
        [sys.executable, str(program)], cwd=folder, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, timeout=seconds + 60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("target", ["ipp", "status"])  # the layout has Hypothesis every time
def test_no_bytes_raise(target: str, tmp_path: Path) -> None:
    done = fuzz(target, 1, tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.soak
@pytest.mark.parametrize("target", sorted(TARGETS))
def test_no_bytes_raise_for_a_minute(target: str, tmp_path: Path) -> None:
    done = fuzz(target, 60, tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_target_that_raises_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TARGETS, "wrong", "    assert len(noise) < 3")
    done = fuzz("wrong", 5, tmp_path)
    assert done.returncode != 0
    assert "AssertionError" in done.stdout + done.stderr
