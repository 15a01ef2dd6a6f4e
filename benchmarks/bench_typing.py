"""Chinese typing: one key to its candidates, the slowest of every method; the plain table beside it."""

from __future__ import annotations

import time
from statistics import median

from benchmarks.row import Row
from kiosk.app import ROOT
from kiosk.typing import Engines, InputEngine, Method
from kiosk.typing.cangjie import CangjieEngine, CangjieTable

TEXTS: dict[Method, tuple[str, ...]] = {
    "quick": ("of", "hi", "ml"),
    "cangjie": ("onf", "hqi", "abme"),
    "stroke": ("hspnz", "hshsp", "ppnhs"),
    "jyutping": ("candaaiman", "hoenggonggaulungsamseoibou"),
    "pinyin": ("chendawen", "guangdongshengshenzhenshi"),
    "pinyin_hant": ("chendawen", "xianggangjiulongshenshuibu"),
}
ROUNDS = 10


def run() -> list[Row]:
    """Two seconds."""
    engines = Engines(ROOT / "var" / "typing")
    there = {*engines.methods("zh_Hant"), *engines.methods("zh_Hans")}
    times = [each for method in TEXTS if method in there for each in _times(engines.engine(method), TEXTS[method])]
    table = _times(CangjieEngine(CangjieTable()), TEXTS["cangjie"])
    by_shape = _times(engines.engine("cangjie"), TEXTS["cangjie"])
    return [
        Row("Chinese typing, a key to its candidates, slowest of every method", max(times) * 1000, "ms", "<= 30"),
        Row("Chinese typing, a key to its candidates (median)", median(times) * 1000, "ms", ""),
        Row("Cangjie by librime / by libcangjie's table", median(by_shape) / median(table), "ratio", ""),
    ]


def _times(engine: InputEngine, texts: tuple[str, ...]) -> list[float]:
    found = []
    for turn in range(ROUNDS + 1):
        for text in texts:
            engine.reset()
            for key in text:
                began = time.perf_counter()
                engine.feed(key)
                if turn:  # the first round reads the dictionaries from the disk
                    found.append(time.perf_counter() - began)
    engine.reset()
    return found
