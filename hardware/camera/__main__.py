"""`python -m hardware.camera`: the technician's and the developer's tool for cameras."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

import click

from hardware.camera import document
from hardware.camera.controls import Profile, Wish, wish_of
from hardware.camera.device import BACKOFF_S, Camera
from hardware.camera.frame import MAX_FILE_BYTES, Frame, FrameSource, Image
from hardware.camera.jpeg import decode_image, encode_jpeg
from hardware.camera.mrz import MrzFault, parse_mrz
from hardware.camera.sources import open_source, settings_of
from hardware.device import Fault, Status, Supervisor

PORTRAIT_S = 2.0

source_option = click.option(
    "--source", "spec", default="v4l2:0", show_default=True, envvar="KIOSK_CAMERA",
    help="v4l2:N, v4l2:/dev/v4l/by-id/NAME, file:PATH, images:FOLDER, synthetic or synthetic:document; @90 turns it.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@click.group()
def main() -> None:
    """Cameras: find them, take a picture, watch the stream, judge portraits and papers, read codes and zones."""


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
    verdict = _judge(check)(frame)
    _say(as_json, file=str(out), width=frame.image.shape[1], height=frame.image.shape[0], verdict=verdict)


def _first_frame(source: FrameSource, patience_s: float = 5.0) -> Frame | Fault:
    """The first good frame: cameras often begin with a few bad ones."""
    deadline_s = time.monotonic() + patience_s
    while True:
        came = source.read(1.0)
        if isinstance(came, Frame) or came.code == "camera_lost" or time.monotonic() > deadline_s:
            return came


def _judge(check: str | None) -> Callable[[Frame], str | None]:
    """What judges frames as asked; models are loaded once."""
    if check == "portrait":
        from hardware.vision.models import Sessions
        from hardware.vision.photographer import Photographer

        photographer = Photographer(Sessions())
        return lambda frame: photographer.look(frame).code
    if check == "document":
        return lambda frame: document.assess(frame.image).code
    return lambda _: None


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


def _picture_of(spec: str, picture: Path | None, as_json: bool) -> Image:
    """A file's picture, or the first good frame of a source."""
    if picture is not None:
        found: Image | Fault = decode_image(picture.read_bytes()[: MAX_FILE_BYTES + 1])
    else:
        source = _opened(spec, as_json)
        try:
            frame = _first_frame(source)
        finally:
            source.close()
        found = frame if isinstance(frame, Fault) else frame.image
    if isinstance(found, Fault):
        _say(as_json, fault=found.code, detail=found.detail)
        raise SystemExit(1)
    return found


picture_option = click.option(
    "--picture", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Judge this file instead."
)


@main.command(name="portrait")
@source_option
@picture_option
@click.option("--against", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Also compare with the portrait in this file.")  # fmt: skip
@json_option
def judge_portrait(spec: str, picture: Path | None, against: Path | None, as_json: bool) -> None:
    """Judge a portrait, live for two seconds at most: verdict and figures; exit code 1 unless it is ready."""
    from hardware.vision.match import Comparison, Matcher
    from hardware.vision.models import Sessions
    from hardware.vision.photographer import Photographer

    sessions = Sessions()
    photographer = Photographer(sessions)
    image = _picture_of(spec, picture, as_json)
    look = photographer.look(Frame.of(1, 0.0, image))
    deadline_s = time.monotonic() + PORTRAIT_S
    while picture is None and look.code != "ready" and time.monotonic() < deadline_s:
        image = _picture_of(spec, None, as_json)  # somebody blinks every few seconds
        look = photographer.look(Frame.of(1, 0.0, image))
    figures = vars(look.measures) if look.measures else {}
    _say(as_json, verdict=look.code, fault=look.fault.code if look.fault else None, **_rounded(figures))
    if against is not None:
        found = Matcher(sessions).compare(image, _picture_of(spec, against, as_json))
        said = vars(found) if isinstance(found, Comparison) else {"fault": found.code}
        _say(as_json, **_rounded(said))
    raise SystemExit(0 if look.code == "ready" else 1)


def _rounded(figures: Mapping[str, object]) -> dict[str, object]:
    return {
        name: round(value, 3) if isinstance(value, float)
        else [round(each, 3) for each in value] if isinstance(value, tuple) else value
        for name, value in figures.items()
    }  # fmt: skip


@main.command(name="document")
@source_option
@picture_option
@click.option("--read", is_flag=True, help="Also read the words; about three seconds.")
@click.option("--show", is_flag=True, help="Also say what was read: personal data.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Keep the flattened sheet as a JPEG.")
@json_option
def judge_document(spec: str, picture: Path | None, read: bool, show: bool, out: Path | None, as_json: bool) -> None:
    """Find the sheet on the tray, judge and flatten it; exit code 1 unless it is ready."""
    image = _picture_of(spec, picture, as_json)
    verdict = document.assess(image)
    sheet = document.capture(image, verdict)
    if out is not None:
        out.write_bytes(sheet)
    _say(as_json, verdict=verdict.code, corners=verdict.corners, bytes=len(sheet))
    if read:
        _read_words(sheet, show, as_json)
    raise SystemExit(0 if verdict.code == "ready" else 1)


def _read_words(sheet: bytes, show: bool, as_json: bool) -> None:
    from hardware.papers.mrz_lines import zone
    from hardware.papers.ocr import OcrReader

    reader = OcrReader()
    try:
        page = reader.read(sheet)
    finally:
        reader.stop()
    if isinstance(page, Fault):
        _say(as_json, fault=page.code)
        return
    for line in page.lines:
        said = {"text": line.text} if show else {"characters": len(line.text)}
        _say(as_json, sure=round(line.sure, 3), corners=line.corners, **said)
    found = zone([line.text for line in page.lines])
    _say(as_json, lines=len(page.lines), turned=page.turned, sure=round(page.sure, 3),
         zone=found.mrz.format if found else None)  # fmt: skip


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


class WishType(click.ParamType[Wish]):
    """auto, keep or a number."""

    name = "auto|keep|NUMBER"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Wish:
        """The wish that was typed."""
        wish = wish_of(str(value))
        if wish is None:
            self.fail(f"{value!r} is neither auto, keep nor a number", param, ctx)
        return wish


@main.command(name="controls")
@source_option
@click.option("--exposure", type=WishType(), default="keep", show_default=True, help="In the camera's units, or auto.")
@click.option("--focus", type=WishType(), default="keep", show_default=True, help="In the camera's units, or auto.")
@json_option
def show_controls(spec: str, exposure: Wish, focus: Wish, as_json: bool) -> None:
    """Set exposure and focus, and say how they stand; exit code 1 if the camera does not take it."""
    source = open_source(spec, Profile(exposure, focus))
    if isinstance(source, Fault):
        _say(as_json, fault=source.code, detail=source.detail)
        raise SystemExit(1)
    try:
        found = settings_of(source)
    finally:
        source.close()
    for each in found:
        takes = f"{each.least} to {each.most}, step {each.step}" if each.value is not None else None
        _say(as_json, control=each.name, offered=each.offered, value=each.value, automatic=each.automatic,
             takes=takes, as_wished=each.met)  # fmt: skip
    if not found:
        _say(as_json, fault="camera_unsupported", detail="this source has no controls")
    raise SystemExit(0 if found and all(each.met for each in found) else 1)


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

    camera, judge = Camera(spec), _judge(check)
    supervisor = Supervisor(camera, tell, backoff_s=BACKOFF_S)
    supervisor.start()
    end_s = time.monotonic() + seconds if seconds is not None else None
    try:
        before: Frame | None = None
        while end_s is None or time.monotonic() < end_s:
            second_s = time.monotonic() + 1.0
            while before is None and time.monotonic() < second_s:
                time.sleep(0.01)
                before = camera.latest()  # the first rate is not that of the opening
            time.sleep(max(0.0, second_s - time.monotonic()))
            frame = camera.latest()
            if frame is not None and before is not None:
                _say(as_json, fps=_rate(before, frame), verdict=judge(frame))
            before = frame
    except KeyboardInterrupt:
        pass
    finally:
        supervisor.stop()


def _rate(one: Frame, other: Frame) -> int:
    """Frames a second between two of them; 0 when the camera was opened anew between them."""
    return max(0, round((other.number - one.number) / max(other.mono_s - one.mono_s, 1e-6)))


if __name__ == "__main__":
    main()
