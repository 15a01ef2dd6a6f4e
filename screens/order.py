"""Whether ears and keypad can go through a page: order of reading, names a voice can say, a focus one sees."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtQuick import QQuickItem, QQuickWindow

from kiosk.catalogue import Language
from kiosk.speech import spoken
from screens.audit import Pixels
from screens.reading import Thing

BAR = "bar"
NEXT_KINDS = ("next", "wait")
RING_OUT, RING_IN = 10, 4
"""Pixels outside a control between which Main.qml draws the ring of the keypad."""
RING_RATIO = 3.0  # WCAG 2.2, 2.4.13: the same pixel with and without the focus
RING_SHARE = 0.8  # its corners are round
UNSPOKEN = frozenset({"Co", "Cn", "Cc"})


def audit_order(things: Sequence[Thing], bar: QRect, language: Language) -> list[str]:
    """Every break of order and every name that cannot be said, as sentences; `things` are in reading order."""
    body = [thing for thing in things if not bar.contains(thing.rect)]
    rest = [thing for thing in things if bar.contains(thing.rect)]
    return [*_late(things, bar), *_disordered(body), *_disordered_bar(rest), *_unspeakable(things, language)]


def bar_rect(window: QQuickWindow) -> QRect:
    """Where the bar stands in the window; nothing on a page without one."""
    bar = window.findChild(QQuickItem, BAR)
    if bar is None or not bar.isVisible():
        return QRect()
    return bar.mapRectToScene(bar.boundingRect()).toAlignedRect()


def _late(things: Sequence[Thing], bar: QRect) -> Iterator[str]:
    """The bar is read after the page."""
    places = [place for place, thing in enumerate(things) if bar.contains(thing.rect)]
    for thing in things[places[0] if places else len(things) :]:
        if not bar.contains(thing.rect):
            yield f"{thing.name!r} is read after the bar"


def _disordered(things: Sequence[Thing]) -> Iterator[str]:
    for one, later in itertools.combinations(things, 2):
        if before(later.rect, one.rect):
            yield f"{one.name!r} is read before {later.name!r}, which stands before it"


def before(one: QRect, other: QRect) -> bool:
    """Whether a reader meets `one` first: it stands above in the same column, or to the left in the same row."""
    if one.contains(other) or other.contains(one):
        return False
    across = min(one.right(), other.right()) - max(one.left(), other.left())
    down = min(one.bottom(), other.bottom()) - max(one.top(), other.top())
    above = across > min(one.width(), other.width()) / 2 and one.bottom() <= other.top() + 2
    left = down > min(one.height(), other.height()) / 2 and one.right() <= other.left() + 2
    return above or left


def _disordered_bar(things: Sequence[Thing]) -> Iterator[str]:
    """What leads on comes first, then the second action, Back, and the four words as they stand (LOOK.md, 7)."""
    acts = [thing for thing in things if _kind(thing)]
    words = [thing for thing in things if not _kind(thing)]
    if things != [*acts, *words]:
        yield "a word of the bar is read before its actions"
    if any(_leads(act) for act in acts[1:]):
        yield f"{acts[0].name!r} is read before what leads on"
    yield from _disordered(words)


def _kind(thing: Thing) -> str:
    found = thing.item.property("kind") if thing.item is not None else None
    return found if isinstance(found, str) else ""


def _leads(thing: Thing) -> bool:
    return _kind(thing) in NEXT_KINDS


def _unspeakable(things: Sequence[Thing], language: Language) -> Iterator[str]:
    for thing in things:
        said = spoken(thing.name, language)
        if not any(unicodedata.category(char)[0] in "LN" for char in said):
            yield f"{thing.name!r} has nothing that can be said"
        elif any(unicodedata.category(char) in UNSPOKEN and char != "\n" for char in said):
            yield f"{thing.name!r} holds a symbol that no voice knows"


# ---- the focus ----


def ring_seen(without: Pixels, with_ring: Pixels, control: QRect) -> bool:
    """Whether the ring round a control is seen: luminances of the same page without it and with it, rows by columns."""
    band = np.zeros(without.shape, bool)
    _fill(band, control, RING_OUT - 1, True)
    _fill(band, control, RING_IN + 1, False)
    if not band.any():
        return False
    one, other = without[band], with_ring[band]
    ratio = (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)
    return bool((ratio >= RING_RATIO).mean() >= RING_SHARE)


def _fill(band: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], control: QRect, by: int, value: bool) -> None:
    box = control.adjusted(-by, -by, by, by).intersected(QRect(0, 0, band.shape[1], band.shape[0]))
    band[box.top() : box.bottom() + 1, box.left() : box.right() + 1] = value
