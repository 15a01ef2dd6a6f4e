"""The process that sets documents: `python -m hardware.printer.typesetter_worker`, asked by `typesetter.Typesetter`.

A request is one line of JSON, {"bytes": n}, and n bytes of HTML; the answer is one line, {"pdf": in Base64}.
"""

from __future__ import annotations

import base64
import json
import os
import sys

from hardware.bounded import bound
from hardware.printer.document import pdf

MEMORY_BYTES = 2 * 1024**3  # of addresses


def main() -> None:
    """Answer requests until the pipe closes."""
    bound(MEMORY_BYTES)
    answers = os.fdopen(os.dup(1), "w", encoding="ascii", buffering=1)
    os.dup2(2, 1)  # whatever a library prints must not look like an answer
    print(json.dumps({"ready": True}), file=answers, flush=True)
    while request := sys.stdin.buffer.readline():
        html = sys.stdin.buffer.read(json.loads(request)["bytes"]).decode()
        print(json.dumps({"pdf": base64.b64encode(pdf(html)).decode()}), file=answers, flush=True)


if __name__ == "__main__":
    main()
