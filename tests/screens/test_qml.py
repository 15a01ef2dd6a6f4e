"""Every QML file linted against the Python view models: a property that is not there is found here, not on a kiosk."""

from __future__ import annotations

import json
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
