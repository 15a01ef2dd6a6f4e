"""What all tests share: nothing is left behind, and every warning of Qt is a failure."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
