"""What is wrong with the page that is shown, found by machine: names, sizes, gaps, cut text, order, contrast.

Everything is measured on what a resident gets: the accessible tree, the laid-out items and the picture itself.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QAccessible, QFontMetricsF, QImage
from PySide6.QtQuick import QQuickItem, QQuickWindow

from kiosk.catalogue import Language
from screens.glass import Seen, items

Pixels = npt.NDArray[np.float64]
GAP = 16
LONGEST_WORD = 24  # what is longer is a number or an address, which may break anywhere
RATIO = 7.0  # WCAG 2.2, 1.4.6 (AAA)
LARGE_RATIO = 4.5  # the same clause for text of 24 px bold or 32 px regular and more; we keep 7 for those as well
HAN = re.compile(r"[\u3400-\u9fff]")
LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
OWN_WORDS = re.compile(
    r"English|CHAN|EXAMPLE|HOUSE|STREET|CHEUNG SHA WAN|KOWLOON|PERSON|ROAD|FLAT|TB1|HK\$|ABC|TAI|MAN|Tai Man|Man|X{3,}"
    r"|iAM Smart|\.(?:com|org|net)\b|[A-Z]{2,4}\d+[A-Z]?",  # and the numbers that forms have on both sides
    re.I,
)
"""What stands in Latin letters on a Chinese page: languages' own names, what was typed, what a document says."""
OWN_HAN = re.compile("陳大文|陳小明|樣本")


@dataclass(frozen=True)
class Rules:
    """What a page is held to: least target in pixels, the page's language, whether it names other languages."""

    target: int
    language: Language
    many_tongues: bool = False


def audit(window: QQuickWindow, seen: Sequence[Seen], picture: QImage, rules: Rules) -> list[str]:
    """Every rule that the shown page breaks, as sentences; none is the aim."""
    root = window.contentItem()
    glass = QRect(0, 0, window.width(), window.height())
    scale = _scale(window)
    return [
        *_unnamed(seen, rules),
        *_small(seen, rules, scale),
        *_crowded(seen, scale),
        *_outside(seen, glass),
        *_without_heading_first(seen),
        *_cut(root, glass),
        *_overlapping(root),
        *_pale(root, picture),
    ]


def _scale(window: QQuickWindow) -> float:
    """How much the sheet is shrunk onto this window."""
    sheet = window.contentItem().childItems()[0]
    return float(sheet.scale())


def _unnamed(seen: Sequence[Seen], rules: Rules) -> Iterator[str]:
    for one in seen:
        if not one.name.strip():
            yield f"a {one.role} has no name"
        if rules.many_tongues:
            continue
        if rules.language == "en" and HAN.search(OWN_HAN.sub("", one.name)):
            yield f"{one.name!r} is Chinese on an English page"
        if rules.language != "en" and LATIN_WORD.search(OWN_WORDS.sub("", one.name)):
            yield f"{one.name!r} is English on a Chinese page"


def _small(seen: Sequence[Seen], rules: Rules, scale: float) -> Iterator[str]:
    for one in seen:
        least = 96 if one.key else rules.target
        if one.active and min(one.rect.width(), one.rect.height()) + 1 < least * scale:
            yield f"{one.name!r} is {one.rect.width()} x {one.rect.height()}"


def _crowded(seen: Sequence[Seen], scale: float) -> Iterator[str]:
    controls = [one for one in seen if one.active]
    for one, other in itertools.combinations(controls, 2):
        gap = distance(one.rect, other.rect)
        together = (one.key and other.key) or one.role == other.role == QAccessible.Role.PageTab
        if gap + 1 < (0 if together else GAP * scale):
            yield f"{one.name!r} and {other.name!r} are {gap} px apart"


def distance(one: QRect, other: QRect) -> int:
    """Pixels between two boxes, the larger of the two directions; negative when they overlap."""
    across = max(one.left(), other.left()) - min(one.right(), other.right()) - 1
    down = max(one.top(), other.top()) - min(one.bottom(), other.bottom()) - 1
    return max(across, down)


def _outside(seen: Sequence[Seen], glass: QRect) -> Iterator[str]:
    for one in seen:
        if one.active and not glass.contains(one.rect):
            yield f"{one.name!r} leaves the glass: {one.rect.getRect()}"


def _without_heading_first(seen: Sequence[Seen]) -> Iterator[str]:
    first = next((place for place, one in enumerate(seen) if one.role == QAccessible.Role.Heading), None)
    control = next((place for place, one in enumerate(seen) if one.active), len(seen))
    if first is None:
        yield "there is no heading"
    elif first > control:
        yield f"{seen[control].name!r} is read before the heading"


# ---- pages in parts ----


def sections(root: QQuickItem) -> list[tuple[str, bool]]:
    """What the page's pager has to show, in order: its first words, and whether it stands on the part that is shown."""
    pagers = [item for item in items(root) if item.property("mostMore") is not None]  # which Pager.qml alone has
    found = []
    for section in (each for pager in pagers for each in pager.childItems()[0].childItems()):
        if section.property("shown") is not False and not section.inherits("QQuickRepeater"):
            found.append((_first_words(section), section.isVisible()))
    return found


def _first_words(section: QQuickItem) -> str:
    """What stands first in it, shown or not."""
    if section.property("text"):
        return str(section.property("text"))
    return next((words for child in section.childItems() if (words := _first_words(child))), "")


# ---- text as it is laid out ----


def texts(root: QQuickItem) -> Iterator[tuple[QQuickItem, str]]:
    """Every text that is shown; the symbols of the icon font are none."""
    for item in items(root):
        text = item.property("text")
        if isinstance(text, str) and text.strip() and item.property("paintedWidth") is not None:
            if item.property("font").family() == "Material Icons" or item.objectName() == "field.value":
                continue  # the end of a long answer stays in sight while it is typed
            yield item, text


def painted(item: QQuickItem) -> QRectF:
    """Where a text's letters stand in the window."""
    return item.mapRectToScene(item.boundingRect())


def _cut(root: QQuickItem, glass: QRect) -> Iterator[str]:
    for item, text in texts(root):
        if (word := _broken(item, text)) is not None:
            yield f"{word!r} is broken between two lines"
        if item.property("paintedWidth") > item.width() + 1 or item.property("truncated"):
            yield f"{text!r} is wider than its box"
        place = painted(item)
        if not QRectF(glass).adjusted(-1, -1, 1, 1).contains(place):
            yield f"{text!r} leaves the glass"
        window = _clip(item)
        if window is not None and not window.adjusted(-1, -2, 1, 2).contains(place):
            yield f"{text!r} is cut by what it stands in"


def _broken(item: QQuickItem, text: str) -> str | None:
    """A Latin word that is wider than the box it stands in."""
    metrics = QFontMetricsF(item.property("font"))
    words = (
        word for word in text.split() if LATIN_WORD.search(word) and not HAN.search(word) and len(word) < LONGEST_WORD
    )
    return next((word for word in words if metrics.horizontalAdvance(word) > item.width() + 1), None)


def _clip(item: QQuickItem) -> QRectF | None:
    parent: QQuickItem | None = item.parentItem()
    while parent is not None:
        if parent.clip():
            return parent.mapRectToScene(parent.boundingRect())
        parent = parent.parentItem()
    return None


def _overlapping(root: QQuickItem) -> Iterator[str]:
    """Texts whose letters lie on each other; a line's empty leading may."""
    found = [(text, painted(item)) for item, text in texts(root)]
    for (one, here), (other, there) in itertools.combinations(found, 2):
        shared = here.intersected(there)
        if shared.width() > 6 and shared.height() > 0.3 * min(here.height(), there.height()):
            yield f"{one!r} lies on {other!r}"


# ---- contrast, measured on the picture ----


def _pale(root: QQuickItem, picture: QImage) -> Iterator[str]:
    pixels = luminance(picture)
    for item, text in texts(root):
        box = painted(item).toAlignedRect().intersected(QRect(0, 0, picture.width(), picture.height()))
        if box.width() < 8 or box.height() < 8:
            continue
        found = contrast(pixels[box.top() : box.bottom() + 1, box.left() : box.right() + 1])
        if found < RATIO - 0.05:
            yield f"{text!r} has a contrast of {found:.1f}"


def luminance(picture: QImage) -> Pixels:
    """The relative luminance of every pixel (WCAG 2.2, definition), rows by columns."""
    plain = picture.convertToFormat(QImage.Format.Format_RGB32)
    raw = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine() // 4, 4)
    blue, green, red = (_LINEAR[raw[:, : plain.width(), channel]] for channel in range(3))
    return np.asarray(0.2126 * red + 0.7152 * green + 0.0722 * blue, np.float64)


_CHANNEL = np.arange(256) / 255
_LINEAR = np.where(_CHANNEL <= 0.04045, _CHANNEL / 12.92, ((_CHANNEL + 0.055) / 1.055) ** 2.4)


def contrast(pixels: Pixels) -> float:
    """The ratio between what most of a box is filled with and the letters in it, whose cores are its farthest tone."""
    counts, edges = np.histogram(pixels, bins=256, range=(0.0, 1.0))
    ground = float((edges[counts.argmax()] + edges[counts.argmax() + 1]) / 2)
    around = pixels[(pixels >= ground - 1 / 256) & (pixels <= ground + 1 / 256)]
    ground = float(around.mean()) if around.size else ground
    low, high = float(np.quantile(pixels, 0.01)), float(np.quantile(pixels, 0.99))
    return max((max(tone, ground) + 0.05) / (min(tone, ground) + 0.05) for tone in (low, high))
