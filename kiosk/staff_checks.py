"""What a technician can try on each part of a running kiosk, and what came of it. Every check may block for seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from hardware.camera.controls import CONTROLS, Setting
from hardware.device import Fault, State
from hardware.printer import Result, Rule, Text
from hardware.voice import Utterance
from kiosk.app import Kiosk
from kiosk.catalogue import Language
from kiosk.take_home import Paper, Printer
from offline_queue.envelope import uuid7

WATCH_S: Final = 1.5
ANSWER_S: Final = 5.0


@dataclass(frozen=True)
class Tried:
    """What a check found: well or not, a text id below `technician.tried`, and the values of its sentence."""

    ok: bool
    text: str
    values: Mapping[str, object]


def check(kiosk: Kiosk, part: str, language: Language) -> Tried:
    """Try one part: a device by its name, or `line`."""
    return _CHECKS.get(part, _start_again)(kiosk, part, language)


def _camera(kiosk: Kiosk, part: str, language: Language) -> Tried:
    camera = kiosk.devices.face_camera if part == "face_camera" else kiosk.devices.document_camera
    if camera is None or not kiosk.devices.working(part):
        return _start_again(kiosk, part, language)
    report = kiosk.devices.looker.examine(camera, WATCH_S)
    if isinstance(report, Fault):
        return Tried(False, "silent", {"code": report.code})
    say = partial(kiosk.catalogue.texts.say, language)
    settings = {each.name: each for each in camera.settings()}
    stands: dict[str, object] = {name: said(say, settings.get(name)) for name in CONTROLS}
    values = {"width": report.width, "height": report.height, "fps": round(report.fps), **stands}
    if report.findings:
        return Tried(False, f"camera_{report.findings[0]}", values)
    if not all(each.met for each in settings.values()):
        return Tried(False, "camera_not_set", values)
    return Tried(True, "camera", values)


def said(say: Callable[..., str], setting: Setting | None) -> str:
    """How one control of a camera stands, and which numbers it takes."""
    if setting is None or not setting.offered:
        return say("technician.control.none")
    if setting.value is None:
        return say("technician.control.automatic" if setting.automatic else "technician.control.off")
    key = "technician.control.auto" if setting.automatic else "technician.control.set"
    return say(key, value=setting.value, least=setting.least, most=setting.most)


def _printer(kiosk: Kiosk, part: str, language: Language) -> Tried:
    """A test slip, with proof; its words are the technician's."""
    say = kiosk.catalogue.texts.say
    now, title = kiosk.now(), say(language, "technician.test_slip")
    blocks = (
        Text(title, bold=True),
        Rule(),
        Text(f"{kiosk.config.site.id}  {now:%Y-%m-%d %H:%M}"),
        Text("ABC abc 0123 㗎䶮𨋢 龍龙"),
    )
    paper = Paper(f"test-{uuid7(now)}", title, language, blocks, Printer(part), "", say(language, "a4.code"))
    outcome = kiosk.devices.print(paper, Printer(part))
    if outcome.result is Result.PRINTED:
        return Tried(True, "printed", {})
    code = outcome.fault.code if outcome.fault else "uncertain"
    return Tried(False, "not_printed", {"code": code})


def _voice(kiosk: Kiosk, part: str, language: Language) -> Tried:
    if kiosk.devices.voice is None or not kiosk.devices.working(part):
        return _start_again(kiosk, part, language)
    kiosk.devices.voice.say(Utterance(kiosk.catalogue.texts.say(language, "technician.spoken"), language))
    return Tried(True, "spoken", {})


def _line(kiosk: Kiosk, part: str, language: Language) -> Tried:
    del part, language
    kiosk.sync.wake()
    up = _in_time(lambda: kiosk.line_up, ANSWER_S)
    return Tried(up, "line_up" if up else "line_down", {"code": kiosk.sync.state.code or "–"})


def _start_again(kiosk: Kiosk, part: str, language: Language) -> Tried:
    """Have a device taken in hand anew, and see whether it answers."""
    del language
    supervisor = kiosk.devices.supervisors[part]
    supervisor.retry()
    well = _in_time(lambda: supervisor.status.state in (State.READY, State.BUSY), ANSWER_S)
    fault = supervisor.status.fault
    return Tried(well, "answers" if well else "silent", {"code": fault.code if fault else "–"})


def _in_time(true: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        threading.Event().wait(0.05)
    return true()


_CHECKS: Final[Mapping[str, Callable[[Kiosk, str, Language], Tried]]] = {
    "face_camera": _camera,
    "document_camera": _camera,
    "printer": _printer,
    "a4_printer": _printer,
    "voice": _voice,
    "line": _line,
}
