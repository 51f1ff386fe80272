"""Train a ranker: a cross-encoder that reads a question and a window, and says how well the one answers the other.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/train_cross_encoder.py learn --base MODEL --layers 6 --groups G.pkl --out W.pt
    python benchmarks/train_cross_encoder.py score --base MODEL --layers 6 --start W.pt --groups G.pkl

Each question comes with a window that answers, if one does, and some of those that finding puts first and that do not.
The loss is right or wrong for each pair, and which of them answers, or none (a pair of logit 0 that always stands by).
"""

import json
import logging
import pickle
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import onnx
import torch
from ranker_examples import Group
from rounding import round_products, unpack
from torch import Tensor, nn
from torch.nn import functional
from training import DATA, SHARED, Pairs, Trunk, batches, export, fast, fit, log, parser_of, stamps

from pullquote.models.ranker import EMBEDDING, LOWER, MODEL, STANCE

LONGEST = 128  # tokens of a pair
QUESTIONS = 8  # a step
WRONG = 4  # windows of a question that do not answer it, drawn anew each time
LED = 0.7  # share of the windows that are read behind their author and title


class CrossEncoder(nn.Module):
    """The mean of a pair's tokens, and the best of the window's, say how well it answers."""

    def __init__(self, base: str, layers: int) -> None:
        super().__init__()
        self.trunk = Trunk(base, layers)
        self.relevance, self.token = nn.Linear(self.trunk.width, 1), nn.Linear(self.trunk.width, 1)
        self.weight = nn.Parameter(torch.tensor(0.3))

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of pairs (pairs,), and of tokens (pairs, tokens)."""
        return self.judge(self.trunk.embed(ids, types), mask, types)

    def judge(
        self, embedded: Tensor, mask: Tensor, types: Tensor, first: int = 0
    ) -> tuple[Tensor, Tensor]:
        """The same from the tokens' vectors, or from their state after the `first` layers."""
        hidden = self.trunk(embedded, mask, first)
        tokens = self.token(hidden).squeeze(-1)
        inside = (mask * types).to(hidden.dtype)
        best = (tokens * inside - 1e4 * (1 - inside)).max(1).values
        every = mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * every).sum(1) / every.sum(1)
        return self.relevance(pooled).squeeze(-1) + self.weight * best, tokens


def drawn(group: Group, draw: random.Random) -> Group:
    """A group with one window that answers and a few that do not."""
    right, wrong = (
        [one for one in group.candidates if one.answers is kind] for kind in (True, False)
    )
    chosen = [*draw.sample(right, min(1, len(right))), *draw.sample(wrong, min(WRONG, len(wrong)))]
    return replace(group, candidates=tuple(chosen))


def loss_of(
    model: CrossEncoder, pairs: Pairs, given: Sequence[Group], draw: random.Random
) -> Tensor:
    """Right or wrong for each pair, which of a question's it is or none, and the answer's tokens."""
    groups = [drawn(group, draw) for group in given]
    led = [draw.random() < LED for _ in groups]
    rows = [(g.question, f"{c.title}. " if keep and c.title else "", c)
            for g, keep in zip(groups, led, strict=True) for c in g.candidates]  # fmt: skip
    batch = pairs([row[0] for row in rows], [row[1] + row[2].text for row in rows])
    places = batch.pop("places")
    with fast():
        logits, tokens = (found.float() for found in model(**batch))
    labels = torch.tensor([float(row[2].answers) for row in rows])
    inside, marks = (batch["types"] * batch["mask"]).bool(), torch.zeros_like(tokens)
    for n, (_, lead, candidate) in enumerate(rows):
        if candidate.answer:
            start, end = (len(lead) + place for place in candidate.answer)
            marks[n] = ((places[n, :, 0] < end) & (places[n, :, 1] > start)).float()
        else:
            inside[n] &= not candidate.answers
    loss = functional.binary_cross_entropy_with_logits(logits, labels)
    if inside.any():
        loss = loss + 0.5 * functional.binary_cross_entropy_with_logits(
            tokens[inside], marks[inside]
        )
    sizes, none = [len(group.candidates) for group in groups], torch.zeros(1)
    for part, right in zip(logits.split(sizes), (labels > 0).split(sizes), strict=True):  # type: ignore[no-untyped-call]
        every = torch.logsumexp(torch.cat([part, none]), 0)
        good = torch.logsumexp(part[right], 0) if right.any() else none[0]
        loss = loss + (every - good) / len(groups)
    return loss


@torch.no_grad()
def scores(
    model: CrossEncoder, pairs: Pairs, rows: Sequence[tuple[str, str]], size: int = 32
) -> Tensor:
    """The logits of many pairs, in their order."""
    model.eval()
    order = sorted(range(len(rows)), key=lambda n: len(rows[n][0]) + len(rows[n][1]))
    found = torch.zeros(len(rows))
    for n in range(0, len(order), size):
        part = order[n : n + size]
        batch = pairs([rows[m][0] for m in part], [rows[m][1] for m in part])
        del batch["places"]
        with fast():
            found[part] = model(**batch)[0].float()
    return found


def measured(model: CrossEncoder, pairs: Pairs, groups: Sequence[Group]) -> str:
    """How often the best of a group's pairs answers, and how well the best logit tells those without an answer."""
    rows = [
        (g.question, f"{c.title}. {c.text}" if c.title else c.text)
        for g in groups
        for c in g.candidates
    ]
    found = scores(model, pairs, rows).split([len(g.candidates) for g in groups])
    first = [g.candidates[int(part.argmax())].answers for g, part in zip(groups, found, strict=True)
             if any(c.answers for c in g.candidates)]  # fmt: skip
    has = [any(c.answers for c in g.candidates) for g in groups]
    best = torch.tensor([float(part.max()) for part in found])
    yes, no = best[torch.tensor(has)], best[~torch.tensor(has)]
    above = (yes[:, None] > no).float().mean() if len(no) else torch.tensor(float("nan"))
    return f"first {sum(first) / max(1, len(first)):.3f} of {len(first)}, AUROC {above:.3f} with {len(no)}"


def write_layers(model: CrossEncoder, out: Path) -> None:
    """The layers that the judge of stance stands on too, and those of the ranker alone."""
    export(
        model,
        lambda *given: model.trunk(*given, last=SHARED),
        out / "lower.onnx",
        ("embedded", "mask"),
        ("state",),
    )
    export(model, lambda *given: model.judge(*given, first=SHARED)[0], out / "model.onnx", ("state", "mask", "types"),
           ("relevance",))  # fmt: skip


def tokenizer_of(base: str) -> dict[str, Any]:
    """The base's tokenizer, cutting pairs at the model's length and padding nothing; MPNet's marks the second text too."""
    tokenizer: dict[str, Any] = json.loads((Path(base) / "tokenizer.json").read_text("utf-8"))
    ends = {
        one["content"]: one["id"]
        for one in tokenizer["added_tokens"]
        if one["content"] in ("<s>", "</s>")
    }
    if len(ends) == 2:
        special = {
            token: {"id": token, "ids": [number], "tokens": [token]}
            for token, number in ends.items()
        }
        opens, closes = (
            {"SpecialToken": {"id": token, "type_id": 0}} for token in sorted(ends, reverse=True)
        )
        first, second = (
            {"Sequence": {"id": name, "type_id": kind}} for kind, name in enumerate("AB")
        )
        tokenizer["post_processor"] = {"type": "TemplateProcessing", "single": [opens, first, closes],
                                       "pair": [opens, first, closes, closes, second, closes], "special_tokens": special}  # fmt: skip
    tokenizer["padding"] = None
    tokenizer["truncation"] = {
        "direction": "Right",
        "max_length": LONGEST,
        "strategy": "LongestFirst",
        "stride": 0,
    }
    return tokenizer


def write(
    model: CrossEncoder, base: str, out: Path, told: dict[str, Any], start: Path | None
) -> None:
    """The ranker as it is shipped: word vectors (where it goes on from a folder, that one's), layers, tokenizer and card."""
    out.mkdir(parents=True, exist_ok=True)
    if start and start.is_dir():
        (out / EMBEDDING).write_bytes((start / EMBEDDING).read_bytes())
    else:
        export(model, model.trunk.embed, out / EMBEDDING, ("ids", "types"), ("embedded",))
    files = [EMBEDDING, MODEL]
    if model.trunk.types:
        export(
            model,
            lambda *given: model.judge(*given)[0],
            out / MODEL,
            ("embedded", "mask", "types"),
            ("relevance",),
        )
    else:
        write_layers(model, out)
        files.insert(1, LOWER)
    (out / "tokenizer.json").write_text(json.dumps(tokenizer_of(base), ensure_ascii=False), "utf-8")
    card = {
        "max_length": LONGEST, "reads": told.pop("reads"), "weight": told.pop("weight"), "relevance": {"scale": 1.0, "shift": 0.0},
        "second_text": "'AUTHOR: TITLE. WINDOW', without what the document lacks",
        "weights": stamps(out, *files),
        "base": {"name": Path(base).name, "layers": len(model.trunk.encoder.layer), "licence": "Apache-2.0"},
        "training": told, "data": DATA, "figures": "docs/quality.md",
    }  # fmt: skip
    (out / "config.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")


def standing(model: CrossEncoder, start: Path | None) -> list[nn.Module]:
    """What does not learn: the tokens' vectors, and whatever other networks stand on where it goes on from a folder."""
    if not (start and start.is_dir()):
        return [model.trunk.embeddings.word_embeddings]
    return [
        model.trunk.embeddings,
        *(model.trunk.encoder.layer[:SHARED] if (start / STANCE).is_file() else ()),
    ]


def ranker_weights(folder: Path) -> dict[str, Tensor]:
    """Those of a ranker's folder, of which the lower layers may lie in a file of their own."""
    files = [file for file in (EMBEDDING, LOWER, MODEL) if (folder / file).is_file()]
    return {
        name: value
        for file in files
        for name, value in unpack(onnx.load(folder / file).graph).items()
    }


def main() -> None:
    parser = parser_of(__doc__, 4e-5)
    parser.add_argument("action", choices=["learn", "score"])
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--held", type=Path)
    parser.add_argument("--reads", type=int, default=6, help="windows that it reads in an answer")
    parser.add_argument(
        "--weight",
        type=float,
        default=0.6,
        help="what its probability counts (`finding.py choose --fit`)",
    )
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(args.seed)
    draw = random.Random(args.seed)
    model, pairs = CrossEncoder(args.base, args.layers), Pairs(args.base, LONGEST)
    if args.start:
        folder = args.start.is_dir()
        model.load_state_dict(
            ranker_weights(args.start) if folder else torch.load(args.start), strict=not folder
        )
    groups: list[Group] = [one for path in args.groups for one in pickle.loads(path.read_bytes())]
    if args.action == "learn":
        for part in standing(model, args.start):
            part.requires_grad_(requires_grad=False)
        round_products(model.trunk, on=args.rounded)
        plan = [one for _ in range(args.epochs)
                for one in batches(groups, QUESTIONS, lambda g: sum(len(c.text) for c in g.candidates) // len(g.candidates), draw)]  # fmt: skip
        fit(
            model,
            plan,
            lambda batch: loss_of(model, pairs, batch, draw),
            args.out,
            rate=args.rate,
            minutes=args.minutes,
        )
        told = {
            name: getattr(args, name)
            for name in ("reads", "weight", "rate", "epochs", "minutes", "seed", "rounded")
        }
        write(model, args.base, args.out.with_suffix(""), told, args.start)
    if args.held:
        groups = pickle.loads(args.held.read_bytes())
    if args.held or args.action == "score":
        log.info("%s", measured(model, pairs, groups))


if __name__ == "__main__":
    main()
