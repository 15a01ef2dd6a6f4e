"""The face models: where they lie, that they are the pinned ones, and their sessions, made when first asked for.

`make_models.py` puts them there at set-up. A model that is missing or altered is a `Fault`, never a crash: the kiosk
then goes on with the plain checks of light and focus, and with the ways that need no face.
"""

from __future__ import annotations

import hashlib
import os
import threading
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from hardware.device import Fault

Name = Literal["blazeface_back", "face_mesh", "iris", "mobilefacenet"]
NAMES: tuple[Name, ...] = get_args(Name)

PINS = Path(__file__).with_name("MODELS.toml")
ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("KIOSK_MODELS", ROOT / "build" / "models"))
"""Where made models lie; the environment's KIOSK_MODELS names another folder."""

FAULT_CODES = ("model_missing", "model_altered", "model_unusable")


@dataclass(frozen=True)
class Pin:
    """One model as MODELS.toml pins it: where it comes from and the SHA-256 of what comes in and what is made of it."""

    name: Name
    registry: Literal["pypi", "npm"]
    package: str
    version: str
    file: str
    package_sha256: str
    source_sha256: str
    sha256: str
    licence: str
    trained_on: str


@lru_cache(maxsize=1)
def pins() -> dict[Name, Pin]:
    """Every pin by the model's name."""
    table = tomllib.loads(PINS.read_text(encoding="utf-8"))
    return {name: Pin(name=name, **table[name]) for name in NAMES}


def sha256_of(path: Path) -> str:
    """The digest of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fault_of(name: Name, folder: Path | None = None) -> Fault | None:
    """What is wrong with a model's file, None when it is there and the pinned one."""
    path = (folder or FOLDER) / f"{name}.onnx"
    try:
        same = sha256_of(path) == pins()[name].sha256
    except OSError:
        return Fault("model_missing", retriable=False, detail=path.name)
    return None if same else Fault("model_altered", retriable=False, detail=path.name)


def present(folder: Path | None = None) -> bool:
    """Whether every model's file is there; whether it is the pinned one shows when it is opened."""
    return all(((folder or FOLDER) / f"{name}.onnx").is_file() for name in NAMES)


class Sessions:
    """Inference sessions by name, each made once, of files whose digest was checked; one thread each."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or FOLDER
        self._made: dict[Name, Any] = {}
        self._lock = threading.Lock()

    def get(self, name: Name) -> Any | Fault:
        """The session of a model, or why there is none; about 30 ms the first time."""
        with self._lock:
            if name not in self._made:
                made = self._make(name)
                if isinstance(made, Fault):
                    return made  # asked again after a repair, it may work
                self._made[name] = made
            return self._made[name]

    def _make(self, name: Name) -> Any | Fault:
        fault = fault_of(name, self._folder)
        if fault is not None:
            return fault
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as refused

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # a face is looked at for a minute; the memory is wanted back
        options.log_severity_level = 4
        content = (self._folder / f"{name}.onnx").read_bytes()
        try:
            return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except (refused.Fail, refused.InvalidGraph, refused.InvalidProtobuf, refused.RuntimeException) as error:
            return Fault("model_unusable", retriable=False, detail=f"{name}: {type(error).__name__}")

    def close(self) -> None:
        """Let every session go."""
        with self._lock:
            self._made = {}
