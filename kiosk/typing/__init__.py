"""Typing what no key says: Chinese by shape or sound, rare characters by their number. No Qt; nothing is learnt."""

from kiosk.typing.composition import (
    CHINESE_METHODS,
    EMPTY,
    LATIN,
    Composition,
    InputEngine,
    Method,
    default_method,
    methods_for,
)
from kiosk.typing.engines import Engines

__all__ = [
    "CHINESE_METHODS",
    "EMPTY",
    "LATIN",
    "Composition",
    "Engines",
    "InputEngine",
    "Method",
    "default_method",
    "methods_for",
]
