"""`python -m hardware.camera`: the technician's and the developer's tool for cameras."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TextIO

import click

from hardware.camera import document, portrait
from hardware.camera.device import BACKOFF_S, Camera
from hardware.camera.frame import Frame, FrameSource
from hardware.camera.jpeg import encode_jpeg
from hardware.camera.mrz import MrzFault, parse_mrz
from hardware.camera.sources import open_source
from hardware.device import Fault, Status, Supervisor

source_option = click.option(
    "--source", "spec", default="v4l2:0", show_default=True, envvar="KIOSK_CAMERA",
    help="v4l2:N, v4l2:/dev/v4l/by-id/NAME, file:PATH, images:FOLDER, synthetic or synthetic:document; @90 turns it.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@click.group()
def main() -> None:
    """Cameras: find them, take a picture, watch the stream, read codes and machine-readable zones."""


def _say(as_json: bool, **facts: object) -> None:
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        click.echo("  ".join(f"{name}: {value}" for name, value in facts.items() if value is not None))


def _opened(spec: str, as_json: bool) -> FrameSource:
    source = open_source(spec)
    if isinstance(source, Fault):
        _say(as_json, fault=source.code, detail=source.detail)
        raise SystemExit(1)
    return source


@main.command(name="list")
@json_option
def list_cameras(as_json: bool) -> None:
    """List the cameras of this machine, by the names that survive a reboot where there are any."""
    by_id = {link.resolve(): link.name for link in _sorted(Path("/dev/v4l/by-id"), "*")}
    nodes = [node for node in _sorted(Path("/dev"), "video*") if node.name[5:].isdigit()]
    for node in nodes:
        name = by_id.get(node)
        lasting = f"v4l2:/dev/v4l/by-id/{name}" if name else None
        _say(as_json, source=f"v4l2:{node.name[5:]}", lasting_source=lasting)
    if not nodes:
        _say(as_json, fault="camera_missing")
        raise SystemExit(1)


def _sorted(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern)) if folder.is_dir() else []


@main.command()
@source_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("snap.jpg"), show_default=True)
@click.option("--check", type=click.Choice(["portrait", "document"]), help="Also judge the picture.")
@json_option
def snap(spec: str, out: Path, check: str | None, as_json: bool) -> None:
    """Take one picture."""
    source = _opened(spec, as_json)
    try:
        frame = _first_frame(source)
    finally:
        source.close()
    if isinstance(frame, Fault):
        _say(as_json, fault=frame.code, detail=frame.detail)
        raise SystemExit(1)
    out.write_bytes(encode_jpeg(frame.image))
    verdict = _verdict(check, frame)
    _say(as_json, file=str(out), width=frame.image.shape[1], height=frame.image.shape[0], verdict=verdict)


def _first_frame(source: FrameSource, patience_s: float = 5.0) -> Frame | Fault:
    """The first good frame: cameras often begin with a few bad ones."""
    deadline_s = time.monotonic() + patience_s
    while True:
        came = source.read(1.0)
        if isinstance(came, Frame) or came.code == "camera_lost" or time.monotonic() > deadline_s:
            return came


def _verdict(check: str | None, frame: Frame) -> str | None:
    if check == "portrait":
        return portrait.assess(frame.image).code
    return document.assess(frame.image).code if check == "document" else None


@main.command()
@source_option
@click.option("--seconds", type=float, default=10.0, show_default=True, help="Give up after this long.")
@click.option("--show", is_flag=True, help="Also say what the code says: it may be personal.")
@json_option
def codes(spec: str, seconds: float, show: bool, as_json: bool) -> None:
    """Read the first code held before the camera; exit code 1 when there is none in time."""
    from hardware.camera.codes import read_codes

    source = _opened(spec, as_json)
    deadline_s = time.monotonic() + seconds
    try:
        while time.monotonic() < deadline_s:
            frame = source.read(1.0)
            for code in read_codes(frame.image) if isinstance(frame, Frame) else ():
                said = {"text": code.text} if show else {"characters": len(code.text)}
                _say(as_json, kind=code.kind, corners=code.corners, cleaned=code.cleaned, **said)
                return
    finally:
        source.close()
    raise SystemExit(1)


@main.command()
@click.argument("lines", type=click.File("r"))
@click.option("--show", is_flag=True, help="Also say what the fields hold: personal data.")
@json_option
def mrz(lines: TextIO, show: bool, as_json: bool) -> None:
    """Check a machine-readable zone from a file ("-": the keyboard); exit code 1 if it is not valid."""
    result = parse_mrz(lines.read(1000).splitlines())
    if isinstance(result, MrzFault):
        _say(as_json, fault=result.code, line=result.line, column=result.column)
        raise SystemExit(1)
    held = {name: field.text if show else field.trust for name, field in result.fields.items()}
    _say(as_json, format=result.format, valid=result.valid, composite=result.composite, **held)
    raise SystemExit(0 if result.valid else 1)


@main.command()
@source_option
@click.option("--seconds", type=float, default=3.0, show_default=True)
@json_option
def selftest(spec: str, seconds: float, as_json: bool) -> None:
    """Measure rate, light, focus and damage for a few seconds; exit code 1 when a value is out of its limits."""
    from hardware.camera.selftest import examine

    source = _opened(spec, as_json)
    try:
        report = examine(source, seconds)
    finally:
        source.close()
    _say(as_json, **vars(report), findings=list(report.findings))
    raise SystemExit(1 if report.findings else 0)


@main.command()
@source_option
@click.option("--seconds", type=float, help="Stop after this long.")
@click.option("--check", type=click.Choice(["portrait", "document"]), help="Also judge each second's picture.")
@json_option
def watch(spec: str, seconds: float | None, check: str | None, as_json: bool) -> None:
    """Say every change of the camera's state, and each second the frame rate."""

    def tell(event: object) -> None:
        if isinstance(event, Status):
            _say(as_json, state=event.state.value, fault=event.fault.code if event.fault else None)

    camera = Camera(spec)
    supervisor = Supervisor(camera, tell, backoff_s=BACKOFF_S)
    supervisor.start()
    end_s = time.monotonic() + seconds if seconds is not None else None
    try:
        before = 0
        while end_s is None or time.monotonic() < end_s:
            time.sleep(1.0)
            frame = camera.latest()
            if frame is not None:
                _say(as_json, fps=max(0, frame.number - before), verdict=_verdict(check, frame))
                before = frame.number
    except KeyboardInterrupt:
        pass
    finally:
        supervisor.stop()


if __name__ == "__main__":
    main()
