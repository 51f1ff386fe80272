"""Eight-bit arithmetic: how the ranker's products are rounded, in training as in the exported graph.

Weights are whole numbers from -63 to 63 times a scale a column: with 7 bits no processor's 16-bit sums overflow, so
every machine computes the same. What they are multiplied with is rounded to 8 bits over its own range, a pair at a
time. A network that was trained with that rounding (Jacob et al. 2018, straight-through gradients) loses nothing by it.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional

MOST = 63
STEPS = 255  # of what the weights are multiplied with
ZERO = "zero"  # the weights' zero point


class Rounded(nn.Linear):
    """A linear layer whose input and weights are rounded; gradients pass as if they were not."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 -- torch's own name
        """Multiply what was rounded."""
        return functional.linear(_input(input), _weight(self.weight), self.bias)


def _input(values: Tensor) -> Tensor:
    """Each pair over its own range, as ONNX's DynamicQuantizeLinear does."""
    with torch.no_grad():
        low = values.float().amin((1, 2), keepdim=True).clamp(max=0)
        high = values.float().amax((1, 2), keepdim=True).clamp(min=0)
        scale = ((high - low) / STEPS).clamp(min=1e-8)
        zero = (-low / scale).round()
        rounded = ((values / scale).round() + zero).clamp(0, STEPS).sub(zero).mul(scale)
    return values + (rounded - values).detach()


def _weight(values: Tensor) -> Tensor:
    with torch.no_grad():
        scale = (values.abs().amax(1, keepdim=True) / MOST).clamp(min=1e-8)
        rounded = (values / scale).round() * scale
    return values + (rounded - values).detach()


def round_products(model: nn.Module, *, on: bool) -> None:
    """Let the layers of a network round, or multiply plainly (to be exported)."""
    for layer in model.modules():
        if isinstance(layer, nn.Linear):
            layer.__class__ = Rounded if on else nn.Linear


def pack(graph: Any) -> None:
    """Store the weights of an exported graph in whole numbers, and let it multiply these.

    Word vectors stay a table of 8-bit codes with a scale a row, of which the rows in use are made floats.
    """
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    large = {
        name
        for name, a in stored.items()
        if a.ndim == 2 and a.size > 10_000 and a.dtype == np.float32
    }
    bias = _biases(graph)
    nodes: list[Any] = []
    tables = [numpy_helper.from_array(np.zeros((), np.int8), ZERO)]
    packed: set[str] = set()
    rounded: set[str] = set()
    for node in graph.node:
        place = {"MatMul": 1, "Gather": 0}.get(node.op_type)
        if place is None or node.input[place] not in large:
            nodes.append(node)
            continue
        weights = stored[node.input[place]]
        packed.add(node.input[place])
        if node.op_type == "Gather":
            name = node.input[0]
            codes, scale = _codes(weights, 1, 127)
            nodes += _gathered(node, name)
        else:
            name = bias[node.output[0]].removesuffix("bias") + "weight"
            codes, scale = _codes(weights, 0, MOST)
            nodes += _multiplied(node, name, first=node.input[0] not in rounded)
            rounded.add(node.input[0])
        tables += [
            numpy_helper.from_array(codes, f"{name}.codes"),
            numpy_helper.from_array(scale, f"{name}.scale"),
        ]
    kept = [tensor for tensor in graph.initializer if tensor.name not in packed]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept + tables)
    graph.node.extend(nodes)


def _biases(graph: Any) -> dict[str, str]:
    """What is added to each product: the exporter drops the names of weights, and keeps those of biases."""
    added = [node.input for node in graph.node if node.op_type == "Add"]
    return {
        name: one for names in added for name in names for one in names if one.endswith(".bias")
    }


def _codes(
    weights: NDArray[np.float32], axis: int, most: int
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    scale = np.maximum(np.abs(weights).max(axis, keepdims=True) / most, 1e-8).astype(np.float32)
    return np.rint(weights / scale).astype(np.int8), scale


def _gathered(node: Any, name: str) -> Iterator[Any]:
    """The rows in use, as floats."""
    out = node.output[0]
    for table in ("codes", "scale"):
        yield helper.make_node("Gather", [f"{name}.{table}", node.input[1]], [f"{out}.{table}"])
    yield helper.make_node("Cast", [f"{out}.codes"], [f"{out}.float"], to=TensorProto.FLOAT)
    yield helper.make_node("Mul", [f"{out}.float", f"{out}.scale"], [out])


def _multiplied(node: Any, name: str, *, first: bool) -> Iterator[Any]:
    """A product in whole numbers, brought back to scale; an input that several share is rounded once."""
    given, out = node.input[0], node.output[0]
    if first:
        yield helper.make_node(
            "DynamicQuantizeLinear", [given], [f"{given}.{part}" for part in ("q", "s", "z")]
        )
    yield helper.make_node(
        "MatMulInteger", [f"{given}.q", f"{name}.codes", f"{given}.z", ZERO], [f"{out}.whole"]
    )
    yield helper.make_node("Cast", [f"{out}.whole"], [f"{out}.float"], to=TensorProto.FLOAT)
    yield helper.make_node("Mul", [f"{given}.s", f"{name}.scale"], [f"{out}.scale"])
    yield helper.make_node("Mul", [f"{out}.float", f"{out}.scale"], [out])


def unpack(graph: onnx.GraphProto) -> dict[str, Tensor]:
    """The state of the network behind a packed graph, so that training goes on from what is shipped."""
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    state = {
        name: value
        for name, value in stored.items()
        if name != ZERO and not name.startswith("onnx::")
    }
    state = {
        name: value for name, value in state.items() if not name.endswith((".codes", ".scale"))
    }
    for name in [name.removesuffix(".codes") for name in stored if name.endswith(".codes")]:
        values = stored[f"{name}.codes"] * stored[f"{name}.scale"]
        state[name] = values if "embeddings" in name else values.T
    bias = _biases(graph)
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in stored:
            state[bias[node.output[0]].removesuffix("bias") + "weight"] = stored[node.input[1]].T
    return {
        name: torch.from_numpy(np.array(value, dtype=np.float32)) for name, value in state.items()
    }
