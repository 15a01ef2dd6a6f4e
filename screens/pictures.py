"""Pictures that QML asks for: live views, taken pictures, the slip. Forgotten when the visit ends."""

from __future__ import annotations

from threading import Lock

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickImageProvider

from hardware.camera import Frame


class Pictures(QQuickImageProvider):
    """`image://kiosk/<name>/<counter>`: the newest picture of that name; the counter only defeats caching."""

    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._lock = Lock()
        self._pictures: dict[str, QImage] = {}

    def put(self, name: str, picture: QImage) -> None:
        """Keep a picture under a name."""
        with self._lock:
            self._pictures[name] = picture

    def picture(self, name: str) -> QImage:
        """The picture of that name, or a blank one."""
        with self._lock:
            return self._pictures.get(name, _nothing())

    def wipe(self) -> None:
        """Forget every picture."""
        with self._lock:
            self._pictures = {}

    def names(self) -> list[str]:
        """What is kept now."""
        with self._lock:
            return list(self._pictures)

    def requestImage(self, id: str, size: QSize, requestedSize: QSize) -> QImage:  # noqa: ARG002, N803 - Qt's
        """Qt asks for a picture."""
        return self.picture(id.partition("/")[0])


def _nothing() -> QImage:
    blank = QImage(8, 8, QImage.Format.Format_RGB32)
    blank.fill(0xFF0E222B)
    return blank


def live_picture(frame: Frame, *, width: int, height: int, mirrored: bool) -> QImage:
    """A camera frame cut to the shape of its view; the copy is Qt's own, so no Python buffer is left to it."""
    whole = QImage(frame.pixels, frame.width, frame.height, 3 * frame.width, QImage.Format.Format_BGR888)
    across = min(frame.width, round(frame.height * width / height))
    cut = whole.copy(QRect((frame.width - across) // 2, 0, across, frame.height))
    return cut.flipped(Qt.Orientation.Horizontal) if mirrored else cut
