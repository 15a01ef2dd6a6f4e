"""Converts a TFLite file to ONNX and writes the graph in one order: the converter's own differs from run to run.

Run as `python -m hardware.vision.canonical IN.tflite OUT.onnx`, in a process of its own: set-up only, never the kiosk.
"""

from __future__ import annotations

import heapq
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def ordered(nodes: list[Any]) -> list[Any]:
    """Nodes so that each stands after those it needs, and otherwise by the name of their first output."""
    makers = {output: at for at, node in enumerate(nodes) for output in node.output}
    waits = [{makers[name] for name in node.input if name in makers} for node in nodes]
    ready = [(node.output[0], at) for at, node in enumerate(nodes) if not waits[at]]
    heapq.heapify(ready)
    done: list[Any] = []
    while ready:
        _, at = heapq.heappop(ready)
        done.append(nodes[at])
        for other, needed in enumerate(waits):
            if at in needed:
                needed.discard(at)
                if not needed:
                    heapq.heappush(ready, (nodes[other].output[0], other))
    return done


def _replace(field: Any, items: Iterable[Any]) -> None:
    kept = [type(item).FromString(item.SerializeToString()) for item in items]  # the field owns what it holds
    del field[:]
    field.extend(kept)


def convert(tflite: Path, onnx_path: Path) -> None:
    """Write the model as ONNX: the same bytes each time."""
    import onnx
    import tflite2onnx

    tflite2onnx.convert(str(tflite), str(onnx_path))
    model = onnx.load(str(onnx_path))
    graph = model.graph
    _replace(graph.node, ordered(list(graph.node)))
    for field in (graph.initializer, graph.value_info):
        _replace(field, sorted(field, key=lambda item: item.name))
    onnx_path.write_bytes(model.SerializeToString(deterministic=True))


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
