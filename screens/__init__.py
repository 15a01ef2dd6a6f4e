"""What a resident sees: PySide6 lives here alone."""

import builtins

import PySide6.QtCore  # noqa: F401 - puts its hook in


def _import_plainly() -> None:
    """Take out the hook by which PySide6 sees every import, for `from __feature__ import …`, which nobody here writes.

    It reads the source of each module that comes after it, in search of its own name, and Python's `linecache` keeps
    every line: 10 MB and a tenth of the start.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


_import_plainly()
