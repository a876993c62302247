"""The network of all-MiniLM-L6-v2 as an ONNX graph, from its published weights and nothing else."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

LAYERS = 6
HEADS = 12
WIDTH = 384
_HEAD_WIDTH = WIDTH // HEADS
_OPSET = 20
_IR_VERSION = 10
_MASKED = -10_000.0
"""Added to the attention score of padding: its weight is zero in float32 after the softmax."""

Weights = Mapping[str, NDArray[np.float32]]


class _Graph:
    """Collects nodes and weights; every method returns the name of the tensor it made."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self._constants: dict[str, str] = {}

    def op(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        name = f"{kind.lower()}_{len(self.nodes)}"
        names = [name] if outputs == 1 else [f"{name}_{n}" for n in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=name, **attributes))
        return names[0] if outputs == 1 else name

    def keep(self, name: str, value: NDArray[np.generic]) -> str:
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def constant(self, value: NDArray[np.generic]) -> str:
        key = f"const_{value.dtype}_{value.tolist()}"
        if key not in self._constants:
            self._constants[key] = self.keep(f"const_{len(self._constants)}", value)
        return self._constants[key]

    def linear(self, x: str, *names: str) -> str:
        """Apply one or several dense layers at once; their outputs lie side by side."""
        weight = np.concatenate([self.weights[f"{n}.weight"].T for n in names], axis=1)
        bias = np.concatenate([self.weights[f"{n}.bias"] for n in names])
        product = self.op("MatMul", x, self.keep(f"{names[0]}.weight", weight))
        return self.op("Add", product, self.keep(f"{names[0]}.bias", bias))

    def norm(self, x: str, name: str) -> str:
        scale = self.keep(f"{name}.weight", self.weights[f"{name}.weight"])
        bias = self.keep(f"{name}.bias", self.weights[f"{name}.bias"])
        return self.op("LayerNormalization", x, scale, bias, axis=-1, epsilon=1e-12)


def build(weights: Weights) -> onnx.ModelProto:
    """The float model: token ids and mask in, one unit vector of 384 numbers per text out.

    Inputs `input_ids` and `attention_mask` are int64 (texts, tokens); the output `embedding` is
    float32 (texts, 384). Mean pooling and the division by the length happen inside.
    """
    g = _Graph(weights)
    hidden = _embed(g)
    bias = _attention_bias(g)
    for layer in range(LAYERS):
        hidden = _layer(g, hidden, bias, f"encoder.layer.{layer}")
    g.op("Identity", _pool(g, hidden))
    g.nodes[-1].output[0] = "embedding"
    ids = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    out = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", WIDTH])
    graph = helper.make_graph(g.nodes, "all-MiniLM-L6-v2", ids, [out], g.initializers)
    model = helper.make_model(
        graph,
        producer_name="rapport",
        ir_version=_IR_VERSION,
        opset_imports=[helper.make_opsetid("", _OPSET)],
    )
    onnx.checker.check_model(model)
    return model


def _embed(g: _Graph) -> str:
    """Words plus positions. A text is one segment, so the segment's vector joins the position's."""
    positions = (
        g.weights["embeddings.position_embeddings.weight"]
        + g.weights["embeddings.token_type_embeddings.weight"][0]
    )
    words = g.keep("word_embeddings", g.weights["embeddings.word_embeddings.weight"])
    zero, one = (g.constant(np.array([n], dtype=np.int64)) for n in (0, 1))
    length = g.op("Shape", "input_ids", start=1, end=2)
    places = g.op("Slice", g.keep("positions", positions), zero, length, zero, one)
    return g.norm(g.op("Add", g.op("Gather", words, "input_ids"), places), "embeddings.LayerNorm")


def _attention_bias(g: _Graph) -> str:
    """Zero for tokens and a large negative number for padding, shaped to join the scores."""
    axes = g.constant(np.array([1, 2], dtype=np.int64))
    mask = g.op("Cast", g.op("Unsqueeze", "attention_mask", axes), to=TensorProto.FLOAT)
    absent = g.op("Sub", g.constant(np.array(1.0, dtype=np.float32)), mask)
    return g.op("Mul", absent, g.constant(np.array(_MASKED, dtype=np.float32)))


def _layer(g: _Graph, x: str, bias: str, name: str) -> str:
    """One encoder layer: attention, then the two dense layers, each with its shortcut."""
    own = f"{name}.attention.self"
    together = g.linear(x, f"{own}.query", f"{own}.key", f"{own}.value")
    parts = g.op("Split", together, outputs=3, axis=-1, num_outputs=3)
    shape = g.constant(np.array([0, 0, HEADS, _HEAD_WIDTH], dtype=np.int64))
    query, key, value = (
        g.op("Transpose", g.op("Reshape", f"{parts}_{n}", shape), perm=perm)
        for n, perm in enumerate(([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]))
    )
    scale = g.constant(np.array(1 / np.sqrt(_HEAD_WIDTH), dtype=np.float32))
    scores = g.op("Add", g.op("Mul", g.op("MatMul", query, key), scale), bias)
    mixed = g.op("MatMul", g.op("Softmax", scores, axis=-1), value)
    back = g.constant(np.array([0, 0, WIDTH], dtype=np.int64))
    joined = g.op("Reshape", g.op("Transpose", mixed, perm=[0, 2, 1, 3]), back)
    attended = g.norm(
        g.op("Add", g.linear(joined, f"{name}.attention.output.dense"), x),
        f"{name}.attention.output.LayerNorm",
    )
    wide = g.op("Gelu", g.linear(attended, f"{name}.intermediate.dense"))
    narrow = g.linear(wide, f"{name}.output.dense")
    return g.norm(g.op("Add", narrow, attended), f"{name}.output.LayerNorm")


def _pool(g: _Graph, hidden: str) -> str:
    """The mean over the tokens that are not padding, at length one."""
    last, first = (g.constant(np.array([n], dtype=np.int64)) for n in (2, 1))
    mask = g.op("Cast", g.op("Unsqueeze", "attention_mask", last), to=TensorProto.FLOAT)
    total = g.op("ReduceSum", g.op("Mul", hidden, mask), first, keepdims=0)
    count = g.op("ReduceSum", mask, first, keepdims=0)
    mean = g.op("Div", total, count)
    length = g.op("ReduceL2", mean, first, keepdims=1)
    tiny = g.constant(np.array(1e-12, dtype=np.float32))
    return g.op("Div", mean, g.op("Max", length, tiny))
