"""Parts of the benchmarks, each in a process of its own."""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.row import Row


def measured(modules: Sequence[str]) -> tuple[list[Row], list[str]]:
    """The rows of all modules in their order, and those modules that gave none because they failed or died.

    Each runs in a process of its own: what one has loaded and kept in memory is not measured along with the next.
    """
    rows: list[Row] = []
    failed = []
    for module in modules:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
            try:
                rows += apart.submit(_rows_of, module).result()
            except Exception:  # noqa: BLE001 - one part's defect; the others are still worth their figures
                traceback.print_exc()
                failed.append(module)
    return rows, failed


def _rows_of(module: str) -> list[Row]:
    return list(importlib.import_module(module).run())
