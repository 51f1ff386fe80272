"""Train the late interaction: vectors of tokens by which windows are compared with a question, and one vector of each text.

    python benchmarks/train_interaction.py --base MODEL --groups G.pkl --out W.pt

A window's score is the weighted mean, over the question's tokens, of the best cosine among the window's tokens (Khattab
and Zaharia 2020, "ColBERT"); what a token of the question weighs is learned. All windows of a step stand against each of
its questions, those that finding puts first among them.
"""

import json
import logging
import pickle
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnx
import torch
from ranker_examples import Group
from rounding import round_products, unpack
from torch import Tensor, nn
from torch.nn import functional
from training import DATA, Pairs, Trunk, batches, export, fast, fit, log, parser_of, stamps

from pullquote.models.ranker import BUNDLED, EMBEDDING

DIMENSION = 64
LONGEST = 128  # tokens of a text
QUESTIONS = 12  # a step
SHARPNESS = 24.0  # what scores, which lie close together, are multiplied with
LED = 0.7


class Interaction(nn.Module):
    """A text's token vectors and their weights, and one vector of it all."""

    def __init__(self, base: str, layers: int = 6) -> None:
        super().__init__()
        self.trunk = Trunk(base, layers)
        self.reduce, self.weigh = (
            nn.Linear(self.trunk.width, DIMENSION, bias=True),
            nn.Linear(self.trunk.width, 1),
        )
        self.sharp = nn.Parameter(torch.tensor([SHARPNESS, 20.0]))

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Of each token a unit vector and a weight that is 0 at the padding, and of each text a unit vector."""
        return self.interact(self.trunk.embed(ids, types), mask)

    def interact(self, embedded: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The same from the tokens' vectors."""
        hidden = self.trunk(embedded, mask)
        every = mask.unsqueeze(-1).to(hidden.dtype)
        pooled = functional.normalize((hidden * every).sum(1) / every.sum(1), dim=-1)
        weights = functional.softplus(self.weigh(hidden)).squeeze(-1) * mask
        return functional.normalize(self.reduce(hidden), dim=-1), weights, pooled


def matched(asked: Tensor, weights: Tensor, told: Tensor, mask: Tensor) -> Tensor:
    """Scores (questions, windows) of token vectors (questions, tokens, dimension) and (windows, tokens, dimension)."""
    likeness = torch.einsum("qid,wjd->qwij", asked, told) + (mask[None, :, None, :] - 1.0) * 4
    best = likeness.amax(-1)
    found: Tensor = (best * weights[:, None, :]).sum(-1) / weights.sum(-1)[:, None]
    return found


def loss_of(
    model: Interaction, pairs: Pairs, groups: Sequence[Group], draw: random.Random
) -> Tensor:
    """Which of all windows of the step answers each question, by tokens and by the whole."""
    windows, labels = [], []
    for n, group in enumerate(groups):
        led = draw.random() < LED
        windows += [f"{c.title}. {c.text}" if led and c.title else c.text for c in group.candidates]
        labels += [n if c.answers else -1 for c in group.candidates]
    questions, told = pairs([g.question for g in groups]), pairs(windows)
    for batch in (questions, told):
        del batch["places"]
    with fast():
        asked_tokens, weights, asked = (found.float() for found in model(**questions))
        told_tokens, _, whole = (found.float() for found in model(**told))
    own = torch.tensor(labels)[None, :] == torch.arange(len(groups))[:, None]
    kept = own.any(1)
    if not kept.any():
        return (model.sharp * 0).sum()
    by_tokens = model.sharp[0] * matched(asked_tokens, weights, told_tokens, told["mask"])
    by_whole = model.sharp[1] * asked @ whole.T
    return sum(_chosen(scores[kept], own[kept]) for scores in (by_tokens, by_whole))  # type: ignore[return-value]


def _chosen(scores: Tensor, own: Tensor) -> Tensor:
    right = torch.logsumexp(scores.masked_fill(~own, -1e4), 1)
    return (torch.logsumexp(scores, 1) - right).mean()


def write(model: Interaction, out: Path, training: dict[str, Any]) -> None:
    """The network as it is shipped, with its card."""
    out.mkdir(parents=True, exist_ok=True)
    export(
        model,
        lambda embedded, mask: model.interact(embedded, mask)[:2],
        out / "model.onnx",
        ("embedded", "mask"),
        ("tokens", "weights"),
    )
    beneath = json.loads((BUNDLED / "config.json").read_text("utf-8"))["weights"]["sha256"][
        EMBEDDING
    ]
    card = {
        "beneath": {"file": "models/weights/ranker/embedding.onnx", "sha256": beneath},
        "dimension": DIMENSION, "max_length": LONGEST, "weights": stamps(out, "model.onnx"),
        "base": {"name": "all-MiniLM-L6-v2", "licence": "Apache-2.0"}, "training": training, "data": DATA, "figures": "docs/quality.md",
    }  # fmt: skip
    (out / "config.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")


def main() -> None:
    parser = parser_of(__doc__, 8e-5)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(args.seed)
    draw = random.Random(args.seed)
    model, pairs = Interaction(args.base), Pairs(args.base, LONGEST)
    model.load_state_dict(unpack(onnx.load(BUNDLED / EMBEDDING).graph), strict=False)
    if args.start:
        model.load_state_dict(torch.load(args.start))
    model.trunk.embeddings.requires_grad_(requires_grad=False)  # other networks stand on them too
    round_products(model.trunk, on=args.rounded)
    groups = [one for path in args.groups for one in pickle.loads(path.read_bytes())]
    groups = [one for one in groups if any(c.answers for c in one.candidates)]
    plan = [one for _ in range(args.epochs)
            for one in batches(groups, QUESTIONS, lambda g: sum(len(c.text) for c in g.candidates) // len(g.candidates), draw)]  # fmt: skip
    log.info("%d groups, %d steps", len(groups), len(plan))
    fit(
        model,
        plan,
        lambda batch: loss_of(model, pairs, batch, draw),
        args.out,
        rate=args.rate,
        minutes=args.minutes,
    )
    write(
        model,
        args.out.with_suffix(""),
        {name: getattr(args, name) for name in ("rate", "epochs", "minutes", "seed", "rounded")},
    )


if __name__ == "__main__":
    main()
