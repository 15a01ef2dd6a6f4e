"""What set-up writes of a converted graph says the same as the graph did."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from hardware.vision import canonical

SLOPES = np.array([0.25, -0.5, 1.08], np.float32)
PICTURE = np.random.default_rng(5).normal(0, 2, (1, 3, 8, 8)).astype(np.float32)


def model(nodes: list[Any], tensors: dict[str, Any]) -> Any:
    shape = [1, 3, 8, 8]
    graph = helper.make_graph(
        nodes,
        "steps",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(value, name) for name, value in tensors.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def in_five_steps() -> Any:
    """A PRelu as MobileFaceNet's converter writes it."""
    return model(
        [
            helper.make_node("Relu", ["x"], ["positive"]),
            helper.make_node("Abs", ["x"], ["size"]),
            helper.make_node("Sub", ["x", "size"], ["difference"]),
            helper.make_node("Reshape", ["row", "shape"], ["half"]),
            helper.make_node("Mul", ["half", "difference"], ["product"]),
            helper.make_node("Add", ["positive", "product"], ["y"]),
        ],
        {"row": SLOPES / 2, "shape": np.array([1, 3, 1, 1], np.int64)},
    )


def in_one_step() -> Any:
    return model([helper.make_node("PRelu", ["x", "slope"], ["y"])], {"slope": SLOPES.reshape(3, 1, 1)})


def said(made: Any) -> Any:
    onnx.checker.check_model(made)
    session = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": PICTURE})[0]


def kinds(made: Any) -> list[str]:
    return sorted(node.op_type for node in made.graph.node)


def test_a_prelu_written_as_a_sum_says_the_same() -> None:
    made, before = in_one_step(), said(in_one_step())
    canonical.without_prelu(made.graph)
    assert kinds(made) == ["Add", "Mul", "Mul", "Relu"]
    assert np.allclose(said(made), before, atol=1e-6)


def test_a_prelu_in_five_steps_is_known_and_says_the_same() -> None:
    made, before = in_five_steps(), said(in_five_steps())
    canonical.with_prelu(made.graph)
    assert kinds(made) == ["PRelu"]
    assert np.allclose(said(made), before, atol=1e-6)
    assert np.allclose(before, said(in_one_step()), atol=1e-6)


def test_steps_of_two_different_inputs_are_left_alone() -> None:
    made = in_five_steps()
    made.graph.node[0].input[0] = "size"
    canonical.with_prelu(made.graph)
    assert "PRelu" not in kinds(made)
