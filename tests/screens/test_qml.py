"""Every QML file linted against the Python view models: a property that is not there is found here, not on a kiosk."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from kiosk.app import ROOT

TOOLS = Path(sys.executable).parent
MODELS = sorted((ROOT / "screens" / "models").glob("*.py"))


def described(model: Path) -> list[dict[str, object]]:
    """What Qt's tools say of one module; they do not see that a model of ours is a QObject by its base class."""
    done = subprocess.run([TOOLS / "pyside6-metaobjectdump", model], capture_output=True, text=True, check=True)
    found: list[dict[str, object]] = json.loads(done.stdout)
    for module in found:
        for kind in module["classes"]:  # type: ignore[attr-defined]
            kind.update(object=True, superClasses=[{"access": "public", "name": "QObject"}])
            for prop in kind.get("properties", []):
                prop["type"] = "QVariantList" if prop["type"] == "list" else prop["type"]
    return found


def test_qml_uses_only_what_the_view_models_have(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "screens" / "qml", tmp_path, dirs_exist_ok=True)
    module = tmp_path / "Kiosk"
    module.mkdir()
    dumps = []
    for model in MODELS:
        found = [entry for entry in described(model) if entry["classes"]]
        dump = tmp_path / f"{model.stem}.json"
        dump.write_text(json.dumps(found))
        if found:
            dumps.append(str(dump))
    subprocess.run(
        [
            TOOLS / "pyside6-qmltyperegistrar",
            "--generate-qmltypes",
            module / "Kiosk.qmltypes",
            "-o",
            tmp_path / "registrations.cpp",
            "--import-name",
            "Kiosk",
            "--major-version",
            "1",
            "--minor-version",
            "0",
            *dumps,
        ],
        capture_output=True,
        check=True,
    )
    (module / "qmldir").write_text("module Kiosk\ntypeinfo Kiosk.qmltypes\n")
    files = sorted(str(path) for path in tmp_path.rglob("*.qml"))
    done = subprocess.run(
        [TOOLS / "pyside6-qmllint", "-W", "0", "-I", tmp_path, *files], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[:6000]


def test_a_section_of_a_pager_says_by_shown_whether_it_is_there() -> None:
    """The pager sets `visible`: a section that binds it as well loses its binding, and shows when it should not."""
    found = []
    for path in sorted((ROOT / "screens" / "qml").rglob("*.qml")):
        around: list[str] = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            opened = re.match(r"\s*(?:[\w.]+: )?([A-Z]\w*) \{", line)
            owners = [each for each in around[:-1] if each != "Repeater"]
            if re.match(r"\s*visible:", line) and owners and owners[-1] == "Pager":
                found.append(f"{path.name}:{number}")
            around += [opened[1] if opened else ""] * line.count("{")
            del around[len(around) - line.count("}") :]
    assert found == []
