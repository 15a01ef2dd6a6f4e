"""The process that sets documents: `python -m hardware.printer.typesetter_worker`, asked by `typesetter.Typesetter`.

A request is one line of JSON, {"bytes": n}, and n bytes of HTML; the answer is one line, {"pdf": in Base64}.
"""

from __future__ import annotations

import base64
from typing import Any

from hardware.answering import answer_all, begin
from hardware.printer.document import pdf

MEMORY_BYTES = 2 * 1024**3  # of addresses


def main() -> None:
    """Answer requests until the pipe closes."""
    answer_all(begin(MEMORY_BYTES), _answered)


def _answered(asked: dict[str, Any], html: bytearray) -> dict[str, Any]:
    del asked
    return {"pdf": base64.b64encode(pdf(html.decode())).decode()}


if __name__ == "__main__":
    main()
