from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hardware.device import Fault
from hardware.vision import canonical, make_models, models
from hardware.vision.face import FaceReader
from hardware.vision.match import Matcher
from hardware.vision.models import NAMES, Sessions, fault_of, pins
from tests.hardware.vision import heads


def test_every_made_model_is_the_pinned_one() -> None:
    assert {name: fault_of(name) for name in NAMES} == dict.fromkeys(NAMES)


def test_every_pin_names_its_licence_and_what_it_was_trained_on() -> None:
    for pin in pins().values():
        assert pin.licence
        assert pin.trained_on
        assert len(pin.sha256) == len(pin.source_sha256) == len(pin.package_sha256) == 64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES:
        shutil.copy(models.FOLDER / f"{name}.onnx", tmp_path)
    return tmp_path


def test_a_missing_model_is_a_named_fault(folder: Path) -> None:
    (folder / "face_mesh.onnx").unlink()
    found = FaceReader(Sessions(folder)).find(heads.astronaut())
    assert isinstance(found, Fault)
    assert (found.code, found.detail) == ("model_missing", "face_mesh.onnx")


def test_one_changed_byte_is_a_named_fault_and_nothing_is_loaded(folder: Path) -> None:
    path = folder / "mobilefacenet.onnx"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    found = Matcher(Sessions(folder)).compare(heads.astronaut(), heads.astronaut())
    assert isinstance(found, Fault)
    assert found.code == "model_altered"
    assert not found.retriable


def test_a_pinned_file_that_the_runtime_cannot_use_is_a_named_fault(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "iris.onnx").write_bytes(b"not a model")
    monkeypatch.setattr(models, "fault_of", lambda name, folder: None)
    found = Sessions(folder).get("iris")
    assert isinstance(found, Fault)
    assert found.code == "model_unusable"


def test_a_repaired_model_is_taken_without_a_restart(folder: Path) -> None:
    path = folder / "face_mesh.onnx"
    content = path.read_bytes()
    path.unlink()
    sessions = Sessions(folder)
    assert isinstance(sessions.get("face_mesh"), Fault)
    path.write_bytes(content)
    assert not isinstance(sessions.get("face_mesh"), Fault)


def test_finished_models_are_taken_from_another_folder_only_if_they_are_the_pinned_ones(folder: Path) -> None:
    from click.testing import CliRunner

    into = folder / "into"
    assert CliRunner().invoke(make_models.main, ["--folder", str(into), "--from", str(folder)]).exit_code == 0
    assert all(fault_of(name, into) is None for name in NAMES)
    (into / "iris.onnx").unlink()
    (folder / "iris.onnx").write_bytes(b"another")
    done = CliRunner().invoke(make_models.main, ["--folder", str(into), "--from", str(folder)])
    assert done.exit_code == 1
    assert "iris.onnx" in done.output
    assert not (into / "iris.onnx").exists()


def test_making_models_that_are_there_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    monkeypatch.setattr(make_models, "_run", lambda *arguments: pytest.fail("nothing needs to be fetched"))
    assert CliRunner().invoke(make_models.main, []).exit_code == 0


def test_nodes_are_ordered_by_need_and_then_by_name() -> None:
    class Node:
        def __init__(self, inputs: str, output: str) -> None:
            self.input, self.output = list(inputs), [output]

    nodes = [Node("cb", "d"), Node("x", "c"), Node("x", "b"), Node("d", "a")]
    assert ["".join(node.output) for node in canonical.ordered(nodes)] == ["b", "c", "d", "a"]


def test_importing_the_kiosk_and_its_screens_loads_neither_opencv_nor_a_model_runtime() -> None:
    code = (
        "import sys, kiosk, kiosk.app, screens.main, hardware.vision.photographer, hardware.vision.match;"
        "heavy = {'cv2', 'onnxruntime', 'rapidocr', 'zxingcpp', 'onnx'} & set(sys.modules);"
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=models.ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_vectors_have_length_one() -> None:
    vectors = Matcher(heads.sessions).embed([np.zeros((112, 112, 3), np.uint8)] * 2)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
