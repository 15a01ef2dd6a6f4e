"""Where pictures come from: a V4L2 camera, a film file, a folder of pictures; `synthetic` has its own module."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from hardware.camera import controls
from hardware.camera.controls import AUTOMATIC, Profile, Setting
from hardware.camera.frame import MAX_FILE_BYTES, Frame, FrameSource, load_cv2
from hardware.camera.jpeg import decode_image, decode_jpeg
from hardware.device import Fault
from hardware.late import np

Sleep = Callable[[float], None]


@runtime_checkable
class Adjustable(Protocol):
    """A source whose exposure and focus can be set."""

    def settings(self) -> tuple[Setting, ...]:
        """How exposure and focus stand now; from any thread while pictures come."""


class V4l2Source:
    """A camera of the Linux kernel, read as raw MJPEG and decoded here.

    OpenCV's own decoder answers a truncated frame with the picture before it; ours sees the damage.
    """

    still = False

    def __init__(
        self,
        device: int | Path,
        *,
        width: int = 1280,
        height: int = 720,
        fps: int = 30,
        profile: Profile = AUTOMATIC,
    ) -> None:
        self._device, self._width, self._height, self._fps = device, width, height, fps
        self._profile = profile
        self._capture: Any = None
        self._count = 0

    @property
    def path(self) -> Path:
        """The device node, or the lasting name in /dev/v4l/by-id that points at it."""
        return self._device if isinstance(self._device, Path) else Path(f"/dev/video{self._device}")

    def missing(self) -> Fault | None:
        """`camera_missing` while no device node has this name."""
        if self._node() is not None:
            with controls.opened(self.path) as camera:
                if camera is not None:
                    return None
        return Fault("camera_missing", detail=self.path.name)

    def open(self) -> Fault | None:
        """Open the device node at the asked size; a camera may choose another, which each frame then shows."""
        cv2 = load_cv2()
        self.close()
        node = self._node()
        if node is None:
            return Fault("camera_missing", detail=self.path.name)
        capture = cv2.VideoCapture(node, cv2.CAP_V4L2)
        if not capture.isOpened():
            capture.release()
            return Fault("camera_missing", detail=self.path.name)
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter_fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._height)
        capture.set(cv2.CAP_PROP_FPS, self._fps)
        capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
        controls.apply(self.path, self._profile)  # at each opening: a camera that lost power has forgotten it
        self._capture = capture
        return None

    def settings(self) -> tuple[Setting, ...]:
        """How exposure and focus stand now; may be called from any thread while pictures come."""
        return controls.settings(self.path, self._profile)

    def _node(self) -> int | None:
        """The number of the device node now; a camera in another socket may get another one."""
        if isinstance(self._device, int):
            return self._device
        name = self._device.resolve().name
        number = name.removeprefix("video")
        return int(number) if name.startswith("video") and number.isdigit() else None

    def read(self, timeout_s: float) -> Frame | Fault:  # noqa: ARG002 - paced by the source
        """The next frame; after an unplug OpenCV still says "opened", so a missing node decides what is lost."""
        if self._capture is None:
            return Fault("camera_lost")
        began_s = time.monotonic()
        came, raw = self._capture.read()
        now_s = time.monotonic()
        if not came:
            return Fault("camera_stalled" if now_s - began_s > 0.5 else "camera_lost", detail=self.path.name)
        image = self._picture(raw)
        if isinstance(image, Fault):
            return image
        self._count += 1
        return Frame.of(self._count, now_s, image)

    def close(self) -> None:
        """Release the device node."""
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.release()

    def _picture(self, raw: Any) -> Any:
        """Pixels from what the driver gave: MJPEG bytes as a rule, YUYV from cameras that know nothing better."""
        cv2 = load_cv2()
        if raw.ndim == 2 and raw.shape[0] == 1:
            return decode_jpeg(raw.tobytes())
        if raw.ndim == 3 and raw.shape[2] == 2:
            return np.asarray(cv2.cvtColor(raw, cv2.COLOR_YUV2BGR_YUYV), np.uint8)
        if raw.ndim == 3 and raw.shape[2] == 3:
            return np.asarray(raw, np.uint8)
        return Fault("image_corrupt", detail="unknown pixel format")


class FilmSource:
    """A film file, looped at its own pace."""

    still = False

    def __init__(self, path: Path, *, sleep: Sleep = time.sleep) -> None:
        self._path, self._sleep = path, sleep
        self._capture: Any = None
        self._pace = Pace(30.0, sleep)
        self._count = 0

    def missing(self) -> Fault | None:
        """`camera_missing` where there is no such file."""
        return None if self._path.is_file() else Fault("camera_missing", detail=self._path.name)

    def open(self) -> Fault | None:
        """Open the film."""
        cv2 = load_cv2()
        self.close()
        if (fault := self.missing()) is not None:
            return fault
        self._capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        if not self._capture.isOpened():
            self.close()
            return Fault("image_corrupt", retriable=False, detail=self._path.name)
        fps = float(self._capture.get(cv2.CAP_PROP_FPS))
        self._pace = Pace(fps if 1 <= fps <= 120 else 30.0, self._sleep)
        return None

    def read(self, timeout_s: float) -> Frame | Fault:  # noqa: ARG002 - paced by the source
        """The next frame of the film, the first again after the last."""
        if self._capture is None:
            return Fault("camera_lost")
        came, image = self._capture.read()
        if not came:
            self._capture.set(load_cv2().CAP_PROP_POS_FRAMES, 0)
            came, image = self._capture.read()
        if not came or image is None:
            return Fault("image_corrupt", detail=self._path.name)
        self._count += 1
        return Frame.of(self._count, self._pace.wait(), np.asarray(image, np.uint8))

    def close(self) -> None:
        """Close the film."""
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.release()


class FolderSource:
    """The JPEG and PNG files of a folder, in name order, looped; each is one frame, a bad one a fault."""

    still = True

    def __init__(self, folder: Path, *, fps: float = 30.0, sleep: Sleep = time.sleep) -> None:
        self._folder = folder
        self._pace = Pace(fps, sleep)
        self._files: list[Path] = []
        self._count = 0

    def missing(self) -> Fault | None:
        """`camera_missing` where there is no such folder."""
        return None if self._folder.is_dir() else Fault("camera_missing", detail=self._folder.name)

    def open(self) -> Fault | None:
        """List the folder."""
        if (fault := self.missing()) is not None:
            return fault
        self._files = sorted(
            path for path in self._folder.iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png")
        )
        return None if self._files else Fault("camera_missing", detail=f"{self._folder.name} has no pictures")

    def read(self, timeout_s: float) -> Frame | Fault:  # noqa: ARG002 - paced by the source
        """The next file's picture."""
        if not self._files:
            return Fault("camera_lost")
        path = self._files[self._count % len(self._files)]
        self._count += 1
        now_s = self._pace.wait()
        try:
            with path.open("rb") as file:
                picture = decode_image(file.read(MAX_FILE_BYTES + 1))
        except OSError:
            return Fault("camera_lost", detail=path.name)
        return picture if isinstance(picture, Fault) else Frame.of(self._count, now_s, picture)

    def close(self) -> None:
        """Forget the list."""
        self._files = []


class Pace:
    """Holds a source that could be faster to its frame rate."""

    def __init__(self, fps: float, sleep: Sleep, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._period_s = 1.0 / fps
        self._sleep, self._monotonic = sleep, monotonic
        self._due_s = 0.0

    def wait(self) -> float:
        """Sleep until the next frame is due; the monotonic time then."""
        now_s = self._monotonic()
        if now_s < self._due_s:
            self._sleep(self._due_s - now_s)
            now_s = self._monotonic()
        in_step = now_s - self._due_s < self._period_s
        self._due_s = (self._due_s if in_step else now_s) + self._period_s
        return now_s


class TurnedSource:
    """Another source's pictures turned clockwise, for a camera that is mounted on its side."""

    def __init__(self, source: FrameSource, degrees: int) -> None:
        if degrees not in (90, 180, 270):
            raise ValueError("a picture turns by 90, 180 or 270 degrees")
        self.source, self.degrees = source, degrees
        self.still = source.still

    def settings(self) -> tuple[Setting, ...]:
        """How exposure and focus of the source stand."""
        return settings_of(self.source)

    def missing(self) -> Fault | None:
        """As the source says."""
        return self.source.missing()

    def open(self) -> Fault | None:
        """Open the source."""
        return self.source.open()

    def read(self, timeout_s: float) -> Frame | Fault:
        """The next picture, turned."""
        came = self.source.read(timeout_s)
        if isinstance(came, Fault):
            return came
        turned = np.rot90(came.image, -self.degrees // 90)
        return Frame.of(came.number, came.mono_s, turned)

    def close(self) -> None:
        """Close the source."""
        self.source.close()


def settings_of(source: FrameSource) -> tuple[Setting, ...]:
    """How exposure and focus of a source stand; empty for one that has neither, such as a film."""
    return source.settings() if isinstance(source, Adjustable) else ()


def source_for(spec: str, profile: Profile = AUTOMATIC) -> FrameSource | Fault:
    """The source a specification names, not yet open; `profile` says how its exposure and focus are to be set.

    v4l2:N or v4l2:/dev/v4l/by-id/NAME, file:PATH, images:FOLDER, synthetic, synthetic:document; "@90", "@180" or
    "@270" behind it turns the pictures clockwise.
    """
    stem, _, turn = spec.rpartition("@")
    if stem and turn in ("90", "180", "270"):
        source = source_for(stem, profile)
        return source if isinstance(source, Fault) else TurnedSource(source, int(turn))
    return _straight_source(spec, profile)


def _straight_source(spec: str, profile: Profile) -> FrameSource | Fault:
    from hardware.camera.synthetic import SyntheticSource

    kind, _, rest = spec.partition(":")
    if spec in ("synthetic", "synthetic:document"):
        return SyntheticSource("document" if rest else "face", profile=profile)
    if kind == "v4l2" and rest.isascii() and rest.isdigit() and len(rest) < 4:
        return V4l2Source(int(rest), profile=profile)
    if kind == "v4l2" and rest.startswith("/dev/"):
        return V4l2Source(Path(rest), profile=profile)
    if kind == "file" and rest:
        return FilmSource(Path(rest))
    if kind == "images" and rest:
        return FolderSource(Path(rest))
    return Fault("camera_unsupported", retriable=False, detail="v4l2:N, file:PATH, images:FOLDER or synthetic")


def open_source(spec: str, profile: Profile = AUTOMATIC) -> FrameSource | Fault:
    """The source a specification names, open and ready to read."""
    source = source_for(spec, profile)
    if isinstance(source, Fault):
        return source
    fault = source.open()
    if fault is not None:
        source.close()
        return fault
    return source
