"""The house keeps its own rules: who imports whom, what start-up loads, what the lock and the documents say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import LONG

ROOT = Path(__file__).parent.parent
SOURCES = ("kiosk", "hardware", "screens", "offline_queue", "portal")


def ran(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_rooms_import_only_whom_they_may() -> None:
    done = ran(str(Path(sys.executable).parent / "lint-imports"), "--no-cache")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("module", ["kiosk.app", "kiosk.cli", "hardware.camera", "hardware.printer"])
def test_start_up_loads_neither_opencv_nor_qt(module: str) -> None:
    code = f"import sys, {module}; print([name for name in ('cv2', 'PySide6', 'onnxruntime') if name in sys.modules])"
    assert ran(sys.executable, "-c", code).stdout.strip() == "[]"


def test_exactly_one_opencv_is_installed_and_it_is_the_headless_one() -> None:
    from importlib.metadata import distributions

    found = [dist.metadata["Name"] for dist in distributions() if dist.metadata["Name"].lower().startswith("opencv")]
    assert found == ["opencv-python-headless"]


def test_the_lock_holds_names_versions_and_hashes_and_no_address() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert lines
    for line in lines:
        assert not line or re.fullmatch(
            r"#[\w ,.:'/-]*|[A-Za-z0-9_.\-]+==[^\s;]+ \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line
        ), line


def test_every_dependency_that_is_imported_is_declared() -> None:
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    names = {
        "PySide6": "PySide6-Essentials",
        "smartcard": "pyscard",
        "cv2": "opencv-python-headless",
        "escpos": "python-escpos",
        "PIL": "pillow",
        "zxingcpp": "zxing-cpp",
        "opencc": "OpenCC",
        "serial": "pyserial",
        "starlette": "fastapi",
        "sqlite_utils": "sqlite-utils",
        "urllib3": "requests",
        "nacl": "pynacl",
    }
    found: set[str] = set()
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            found |= set(re.findall(r"^\s*(?:from|import) ([a-zA-Z_0-9]+)", text, re.M))
    third_party = found - set(sys.stdlib_module_names) - {*SOURCES, "__future__"}
    missing = [name for name in sorted(third_party) if f'"{names.get(name, name)}' not in declared]
    assert missing == []


def test_no_text_names_a_machine_or_a_registry() -> None:
    hosts = "py" + r"pi\.org|python" + r"hosted|registry\.npm" + r"js|deb\.deb" + "ian"
    bad = re.compile(rf"/ro{'ot'}/|/wo{'rk'}/|{hosts}")
    listed = ran("git", "ls-files").stdout.splitlines()
    for name in listed:
        path = ROOT / name
        if path.suffix in (".png", ".jpg", ".ttf") or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not bad.search(text), name


def test_no_item_is_asked_for_its_metaobject_which_pyside_would_keep_longer_than_qt() -> None:
    asked = "metaObject" + "("
    paths = [path for folder in (*SOURCES, "tests") for path in (ROOT / folder).rglob("*.py")]
    assert [str(path) for path in paths if asked in path.read_text(encoding="utf-8")] == []


def test_every_file_that_is_left_out_of_the_short_run_is_there() -> None:
    assert [name for name in LONG if not (ROOT / "tests" / f"{name}.py").is_file()] == []


def test_except_exception_stands_only_in_supervisors() -> None:
    allowed = {"hardware/device.py", "screens/stage.py", "screens/models/slip.py", "screens/models/capture.py"}
    allowed |= {"hardware/cards/reader_worker.py"}  # it hands a defect on to the thread that a supervisor guards
    allowed |= {
        "screens/models/waiting.py",
        "screens/models/paper.py",
        "screens/models/scan.py",
        "screens/models/tray.py",
        "screens/models/zone_reading.py",
    }
    found = set()
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*.py"):
            if re.search(r"except (Exception|BaseException)\b|except:", path.read_text(encoding="utf-8")):
                found.add(path.relative_to(ROOT).as_posix())
    assert found <= allowed | {name for name in found if name.startswith(("portal/", "offline_queue/"))}, found
