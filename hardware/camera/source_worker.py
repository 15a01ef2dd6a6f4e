"""The process of one camera: `python -m hardware.camera.source_worker FD`, begun by `source_process.SourceProcess`.

FD is the shared memory that frames go to. The first line on its input says which source; every later one turns a knob
of the simulated camera, or says whether to rest. It answers {} when the source is open, then with one line a frame or
fault, and ends when its input does.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import zlib
from typing import Any, BinaryIO, Final, TextIO

from hardware.answering import begin, say
from hardware.camera.controls import Profile
from hardware.camera.frame import Frame, FrameSource, load_cv2
from hardware.camera.source_process import HEAD, REST, SLOTS, Glimpse
from hardware.camera.sources import TurnedSource, source_for
from hardware.camera.synthetic import SyntheticSource
from hardware.device import Fault

MEMORY_BYTES: Final = 2 * 1024**3  # of addresses; resident it stays under 120 MB
READ_S: Final = 0.1
RESTING_S: Final = 0.17  # from one picture to the next while nobody looks: five or six a second


def main() -> None:
    """Open the source and tell every frame until the input ends."""
    answers = begin(MEMORY_BYTES)
    asked = json.loads(sys.stdin.buffer.readline())
    source = source_for(asked["spec"], Profile(asked["exposure"], asked["focus"]))
    if isinstance(source, Fault):
        say(answers, _as_told(source))
        return
    knobs = Knobs(source)
    for _ in range(asked.get("knobs", 0)):
        knobs.turn(json.loads(sys.stdin.buffer.readline()), sys.stdin.buffer)
    threading.Thread(target=knobs.listen, args=(sys.stdin.buffer,), daemon=True).start()
    load_cv2().setNumThreads(1)
    fault = source.open()
    say(answers, {} if fault is None else _as_told(fault))
    if fault is None:
        _serve(source, Ring(int(sys.argv[1])), answers, knobs.awake)


def _serve(source: FrameSource, ring: Ring, answers: TextIO, awake: threading.Event) -> None:
    while True:
        awake.wait(RESTING_S)
        came = source.read(READ_S)
        if isinstance(came, Frame):
            say(answers, vars(ring.keep(came)))
            continue
        say(answers, _as_told(came))
        if came.code == "camera_lost":
            return


class Ring:
    """The newest frames, in memory that the other process reads: each behind its number, set before and after."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._room = 0
        self._next = 0

    def keep(self, frame: Frame) -> Glimpse:
        """Write a frame over the oldest one."""
        self._make_room(HEAD.size + len(frame.pixels))
        self._next = (self._next + 1) % SLOTS
        offset = self._next * self._room
        os.pwritev(self._memory, [HEAD.pack(frame.number, -1), frame.pixels], offset)
        os.pwrite(self._memory, HEAD.pack(frame.number, frame.number), offset)
        return glimpse_of(frame, offset)

    def _make_room(self, needed: int) -> None:
        """Slots that a frame fits in; where they grow, the old ones hold nothing any more."""
        if needed > self._room:
            for slot in range(SLOTS):
                os.pwrite(self._memory, HEAD.pack(-1, -1), slot * self._room)
            self._room = needed


def glimpse_of(frame: Frame, offset: int) -> Glimpse:
    """What the kiosk watches of each frame: the fingerprint and the light of every few pixels of it."""
    image = frame.image
    fingerprint, light = zlib.crc32(image[::8, ::8].tobytes()), float(image[::16, ::16].mean())
    return Glimpse(frame.number, frame.mono_s, fingerprint, light, offset, frame.width, frame.height)


class Knobs:
    """What is told while it runs: what a demonstrator turns on the simulated camera, and any source's rest."""

    def __init__(self, source: FrameSource) -> None:
        inner = source.source if isinstance(source, TurnedSource) else source
        self._source = inner if isinstance(inner, SyntheticSource) else None
        self.awake = threading.Event()
        self.awake.set()

    def listen(self, asked: BinaryIO) -> None:
        """Turn what is asked for until nobody asks any more; then this process has no reason to live."""
        while line := asked.readline():
            self.turn(json.loads(line), asked)
        os._exit(0)

    def turn(self, asked: dict[str, Any], payload: BinaryIO) -> None:
        """One knob; its picture, where it has one, follows on the pipe."""
        raw = payload.read(asked["bytes"])
        if asked["knob"] == REST:
            self.awake.clear() if asked["values"]["resting"] else self.awake.set()
        elif self._source is not None:
            self._source.turn(asked["knob"], asked["values"], raw)


def _as_told(fault: Fault) -> dict[str, Any]:
    return {"fault": fault.code, "retriable": fault.retriable, "detail": fault.detail}


if __name__ == "__main__":
    main()
