"""Export a sentence-transformers model to ONNX once, and prove that both give the same vectors."""

import json
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from pullquote.durable import sync_folder
from pullquote.errors import EncoderError
from pullquote.models.encoder import DRAFT
from pullquote.models.model import Model, file_sha256
from pullquote.models.onnx import CARD_FILE, MODEL_FILE, TOKENIZER_FILE, Card, OnnxEncoder
from pullquote.models.reference import SentenceTransformerEncoder

OPSET = 17
MIN_COSINE = 0.9999
# Short, long, empty-looking, foreign and repeated text: what a tokenizer or a mask could get wrong.
PARITY_TEXTS = (
    "Why might killing kingpins backfire?",
    "The senator asked for conditions on the aid.",
    "a",
    "48.5 million people, or 16.7 %, in 2023.",
    "Nicolás Maduro, el presidente de Venezuela, señaló otra cosa.",
    "“They’ve released their pictures”, she added.",
    "policy " * 400,
    "One sentence. " * 12,
)


def export(model: Model, folder: Path) -> Card:
    """Write the model as ONNX with its tokenizer and card into a new `folder`, whole or not at all.

    The folder above it must be there, and nobody else may write to it meanwhile.

    Raises:
        EncoderError: torch cannot export it, or the exported model disagrees.
    """
    reference = SentenceTransformerEncoder(model)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=DRAFT) as temporary:
        draft = Path(temporary) / "draft"
        draft.mkdir()
        inputs = _write_graph(reference.transformer, draft / MODEL_FILE)
        _fuse(draft / MODEL_FILE, reference.transformer)
        shutil.copyfile(model.folder / TOKENIZER_FILE, draft / TOKENIZER_FILE)
        card = _prove(model, reference, draft, inputs)
        (draft / CARD_FILE).write_text(card.to_json(), encoding="utf-8")
        _publish(draft, folder)
    return card


def _publish(draft: Path, folder: Path) -> None:
    for path in draft.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    sync_folder(draft)
    draft.rename(folder)
    sync_folder(folder.parent)


def _write_graph(transformer: Any, path: Path) -> tuple[str, ...]:
    import torch

    inputs = tuple(
        name
        for name in ("input_ids", "attention_mask", "token_type_ids")
        if name in transformer.tokenizer.model_input_names
    )

    class Graph(torch.nn.Module):  # type: ignore[misc]  # torch is not typed here
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, *columns: torch.Tensor) -> torch.Tensor:
            embedding = self.transformer(dict(zip(inputs, columns, strict=True)))["sentence_embedding"]
            return torch.nn.functional.normalize(embedding, dim=1)

    example = tuple(torch.ones(2, 9, dtype=torch.long) for _ in inputs)
    axes = {name: {0: "batch", 1: "tokens"} for name in inputs} | {"embedding": {0: "batch"}}
    with warnings.catch_warnings(), torch.no_grad():
        # torch announces its newer exporter, and notes a shape that the parity check proves harmless.
        for message in ("You are using the legacy TorchScript", "The feature will be removed",
                        "Converting a tensor to a Python", "Exporting aten::index operator"):  # fmt: skip
            warnings.filterwarnings("ignore", message=message)
        try:
            torch.onnx.export(
                Graph().eval(), example, str(path), dynamo=False, opset_version=OPSET,
                input_names=list(inputs), output_names=["embedding"], dynamic_axes=axes,
            )  # fmt: skip
        except (RuntimeError, torch.onnx.errors.OnnxExporterError) as error:
            raise EncoderError(f"this model cannot be exported to ONNX: {error}") from error
    return inputs


def _fuse(path: Path, transformer: Any) -> None:
    """Merge attention and normalisation into single operators: 1.8 times as fast, same result."""
    config = transformer[0].model.config
    if config.model_type != "bert":
        return
    from onnxruntime.transformers import optimizer

    fused = optimizer.optimize_model(
        str(path), model_type="bert", num_heads=config.num_attention_heads,
        hidden_size=config.hidden_size, opt_level=0,
    )  # fmt: skip
    fused.save_model_to_file(str(path))


def _prove(model: Model, reference: SentenceTransformerEncoder, draft: Path, inputs: tuple[str, ...]) -> Card:
    files = {name: file_sha256(draft / name) for name in (MODEL_FILE, TOKENIZER_FILE)}
    tokens = int(reference.transformer.max_seq_length)
    card = Card(model.identity, model.name, reference.dimension, tokens, inputs, files, len(PARITY_TEXTS), 0.0)
    (draft / CARD_FILE).write_text(card.to_json(), encoding="utf-8")
    exported = OnnxEncoder.open(draft).encode(PARITY_TEXTS)
    cosine = float(np.min(np.sum(exported * reference.encode(PARITY_TEXTS), axis=1)))
    if cosine < MIN_COSINE:
        raise EncoderError(f"the exported model disagrees with the original (least cosine {cosine:.6f})")
    return Card(**{**json.loads(card.to_json()), "inputs": inputs, "parity_cosine": round(min(cosine, 1.0), 7)})
