"""NumPy, loaded when something is first computed and not when a module names it: the first picture waits for nothing.

Modules of cameras in the kiosk's own process name it and compute nothing there: processes of their own do.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
else:

    class _Late(ModuleType):
        """Stands for a module of that name; from any thread, for Python itself lets only one of them load it."""

        def __getattr__(self, name: str) -> Any:
            found = getattr(import_module(self.__name__), name)
            setattr(self, name, found)  # asked for once: from then on it costs what it always did
            return found

    np = _Late("numpy")

__all__ = ["np"]
