"""Converts a TFLite file to ONNX and writes the graph in one order: the converter's own differs from run to run.

A PRelu becomes the sum it stands for, which ONNX Runtime 1.32 computes in a third of the time.

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


def with_prelu(graph: Any) -> None:
    """Call what MobileFaceNet writes in five steps, max(x, 0) + half * (x - |x|), by its name: PRelu of slope 2 * half.

    `half` stands there as a row that a Reshape turns; a graph without such steps stays as it is.
    """
    from onnx import helper, numpy_helper

    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    makers = {node.output[0]: node for node in graph.node}
    nodes: list[Any] = []
    for node in graph.node:
        half = _half(node, makers)
        if half is None:
            nodes.append(node)
            continue
        slope, (y,) = f"{node.output[0]}.slope", node.output
        doubled = 2 * values[half.input[0]].reshape(values[half.input[1]])
        graph.initializer.append(numpy_helper.from_array(doubled, slope))
        nodes.append(helper.make_node("PRelu", [makers[node.input[0]].input[0], slope], [y]))
    _replace(graph.node, _needed(nodes, [output.name for output in graph.output]))


def _half(add: Any, makers: dict[str, Any]) -> Any | None:
    """The Reshape of Add(Relu(x), Mul(Reshape, Sub(x, Abs(x)))); None for any other node."""
    relu, product = _two(add, "Add", makers)
    half, difference = _two(product, "Mul", makers)
    _, size = _two(difference, "Sub", makers)
    if [step.op_type if step else "" for step in (relu, half, size)] != ["Relu", "Reshape", "Abs"]:
        return None
    return half if relu.input[0] == difference.input[0] == size.input[0] else None


def _two(node: Any, kind: str, makers: dict[str, Any]) -> tuple[Any, Any]:
    """The nodes that make the two inputs of a node of one kind."""
    if node is None or node.op_type != kind:
        return None, None
    first, second = node.input
    return makers.get(first), makers.get(second)


def _needed(nodes: list[Any], outputs: Iterable[str]) -> list[Any]:
    """The nodes that something of the outputs comes from, in their order."""
    makers = {output: node for node in nodes for output in node.output}
    wanted, waiting = set(), list(outputs)
    while waiting:
        name = waiting.pop()
        if name in makers and name not in wanted:
            wanted.add(name)
            waiting += makers[name].input
    return [node for node in nodes if wanted.intersection(node.output)]


def without_prelu(graph: Any) -> None:
    """Write every PRelu of a graph, max(x, 0) + slope * min(x, 0), as slope * x + (1 - slope) * Relu(x)."""
    from onnx import helper, numpy_helper

    slopes = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    nodes: list[Any] = []
    for node in graph.node:
        if node.op_type != "PRelu":
            nodes.append(node)
            continue
        (x, slope), (y,) = node.input, node.output
        rest = f"{slope}.rest"
        graph.initializer.append(numpy_helper.from_array(1 - slopes[slope], rest))
        nodes += [
            helper.make_node("Mul", [x, slope], [f"{y}.whole"]),
            helper.make_node("Relu", [x], [f"{y}.positive"]),
            helper.make_node("Mul", [f"{y}.positive", rest], [f"{y}.more"]),
            helper.make_node("Add", [f"{y}.whole", f"{y}.more"], [y]),
        ]
    _replace(graph.node, nodes)


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
    with_prelu(graph)
    without_prelu(graph)
    used = {name for node in graph.node for name in node.input}
    _replace(graph.initializer, [tensor for tensor in graph.initializer if tensor.name in used])
    _replace(graph.node, ordered(list(graph.node)))
    for field in (graph.initializer, graph.value_info):
        _replace(field, sorted(field, key=lambda item: item.name))
    onnx_path.write_bytes(model.SerializeToString(deterministic=True))


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
