"""Train the ranker: one small cross-encoder with two heads, relevance and stance.

The trunk is the bundled all-MiniLM-L6-v2. Relevance asks whether a window of whole sentences
answers a question; stance asks whether a sentence speaks for or against a proposition.

    python benchmarks/train_ranker.py --data eval --base MODEL --out first --epochs 3 --rate 1e-4

Then go on from there with the project's own policy texts, and a share of the public sets again:

    python benchmarks/train_ranker.py --data eval --base MODEL --out second --start first/model.pt
        --policy 1 --repeat 0.35 --epochs 3 --rate 6e-5 --heads 5
    python benchmarks/train_ranker.py --data eval --base MODEL --out third --start second/model.pt
        --policy 0.15 --broad 0.5 --repeat 0.08 --epochs 1 --rate 3e-5 --heads 3

Fold 1 of every set is held out of both, to calibrate and to measure.
"""

import argparse
import json
import logging
import random
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from policy_examples import policy_examples
from ranker_examples import AGAINST, FOR, NEITHER, Group, Opinion, augment, examples
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

T = TypeVar("T")
log = logging.getLogger("train")
MAX_LENGTH = 128
AMX = torch.cpu._is_amx_tile_supported()  # noqa: SLF001 -- the only way to ask
TOGETHER = 8  # steps after which workers take the mean of their weights
LABELS = {FOR: "for", AGAINST: "against", NEITHER: "neither"}


class Ranker(nn.Module):
    """MiniLM over a pair; the mean of its tokens feeds both heads, the best token the first."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.trunk = AutoModel.from_pretrained(base, attention_probs_dropout_prob=0.0, hidden_dropout_prob=0.0,
                                               add_pooling_layer=False, attn_implementation="eager")  # fmt: skip
        width = self.trunk.config.hidden_size
        self.relevance, self.stance, self.token = nn.Linear(width, 1), nn.Linear(width, 3), nn.Linear(width, 1)
        self.weight = nn.Parameter(torch.tensor(0.3))
        self.dropout = nn.Dropout(0.1)

    def score(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Relevance, stance and the token scores of a batch."""
        hidden = self.trunk(input_ids, attention_mask, token_type_ids).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        pooled = self.dropout((hidden * mask).sum(1) / mask.sum(1))
        tokens = self.token(hidden).squeeze(-1)
        inside = (attention_mask * token_type_ids).to(hidden.dtype)
        best = (tokens * inside - 1e4 * (1 - inside)).max(1).values
        return self.relevance(pooled).squeeze(-1) + self.weight * best, self.stance(pooled), tokens

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        """What the exported graph answers."""
        relevance, stance, _ = self.score(input_ids, attention_mask, token_type_ids)
        return relevance, stance


class Encoder:
    """Pairs of texts as the model reads them."""

    def __init__(self, base: str) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(base)

    def __call__(self, first: Sequence[str], second: Sequence[str]) -> Any:
        """A batch of tensors, with the characters that each token covers."""
        return self.tokenizer(list(first), list(second), padding=True, truncation="longest_first",
                              max_length=MAX_LENGTH, return_tensors="pt", return_offsets_mapping=True)  # fmt: skip


def score(model: Ranker, batch: Any) -> tuple[Tensor, Tensor, Tensor]:
    """A batch's scores, its products in bfloat16 where the processor has them."""
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=AMX):
        found = model.score(**batch)
    return found[0].float(), found[1].float(), found[2].float()


def group_loss(model: Ranker, encode: Encoder, groups: Sequence[Group], draw: random.Random) -> Tensor:
    """Right or wrong for each pair, the right one first in each group, the answer's tokens."""
    titled = [draw.random() < 0.7 for _ in groups]
    rows = [(g.question, f"{c.title}. " if keep and c.title else "", c)
            for g, keep in zip(groups, titled, strict=True) for c in g.candidates]  # fmt: skip
    batch = encode([row[0] for row in rows], [row[1] + row[2].text for row in rows])
    offsets = batch.pop("offset_mapping")
    logits, _, tokens = score(model, batch)
    labels = torch.tensor([float(row[2].answers) for row in rows])
    inside, marks = (batch["token_type_ids"] * batch["attention_mask"]).bool(), torch.zeros_like(tokens)
    for n, (_, lead, candidate) in enumerate(rows):
        if candidate.answer:
            start, end = (len(lead) + place for place in candidate.answer)
            marks[n] = ((offsets[n, :, 0] < end) & (offsets[n, :, 1] > start)).float()
        else:
            inside[n] &= not candidate.answers
    loss = functional.binary_cross_entropy_with_logits(logits, labels)
    if inside.any():
        loss = loss + functional.binary_cross_entropy_with_logits(tokens[inside], marks[inside])
    sizes = [len(group.candidates) for group in groups]
    for part, right in zip(logits.split(sizes), (labels > 0).split(sizes), strict=True):  # type: ignore[no-untyped-call]
        if right.any() and not right.all():
            loss = loss + 0.5 / len(groups) * (torch.logsumexp(part, 0) - torch.logsumexp(part[right], 0))
    return loss


def opinion_loss(model: Ranker, encode: Encoder, pairs: Sequence[Opinion]) -> Tensor:
    """Cross-entropy over the three sides."""
    batch = encode([p.proposition for p in pairs], [p.sentence for p in pairs])
    del batch["offset_mapping"]
    return functional.cross_entropy(score(model, batch)[1], torch.tensor([p.side for p in pairs]), label_smoothing=0.05)


def batches(items: Sequence[T], size: int, length: Callable[[T], int], draw: random.Random) -> list[list[T]]:
    """Shuffled batches of like length, so that little of a batch is padding."""
    order = sorted(draw.sample(list(items), len(items)), key=lambda item: length(item) + draw.random() * 20)
    found = [order[n : n + size] for n in range(0, len(order), size)]
    draw.shuffle(found)
    return found


def epoch(
    groups: Sequence[Group], pairs: Sequence[Opinion], draw: random.Random
) -> list[tuple[list[Group], list[Opinion]]]:
    """Steps of six questions, each with its share of the stance pairs."""
    few = [group for group in groups if group.whole or draw.random() < 0.5]
    left = batches(few, 6, lambda g: sum(len(c.text) for c in g.candidates) // len(g.candidates), draw)
    some = augment(pairs, draw)
    right = batches(some, -(-len(some) // len(left)), lambda p: len(p.sentence), draw)
    return list(zip(left, right + right[: len(left) - len(right)], strict=True))


def fit(
    model: Ranker, encode: Encoder, groups: Sequence[Group], pairs: Sequence[Opinion], args: argparse.Namespace
) -> None:
    """AdamW, warm-up and linear decay; the heads learn faster, the word vectors stay as they are."""
    draw = random.Random(args.seed)
    plan = [step for _ in range(args.epochs) for step in epoch(groups, pairs, draw)]
    plan = plan[args.worker : len(plan) - len(plan) % args.workers : args.workers]
    model.trunk.embeddings.word_embeddings.weight.requires_grad_(requires_grad=False)
    trunk = [p for p in model.trunk.parameters() if p.requires_grad]
    heads = [p for name, p in model.named_parameters() if not name.startswith("trunk")]
    optimizer = torch.optim.AdamW(
        [{"params": trunk, "lr": args.rate}, {"params": heads, "lr": args.heads * args.rate}], fused=True)  # fmt: skip
    warm = max(1, len(plan) // 16)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min((n + 1) / warm, (len(plan) - n) / (len(plan) - warm)))  # fmt: skip
    model.train()
    for number, (some, few) in enumerate(plan, 1):
        optimizer.zero_grad()
        losses = [group_loss(model, encode, some, draw), opinion_loss(model, encode, few)]
        for loss in losses:
            loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if args.workers > 1 and (number % TOGETHER == 0 or number == len(plan)):
            meet(model, args.workers)
        if number % 50 == 0:
            log.info("step %d of %d: relevance %.3f, stance %.3f", number, len(plan), *(loss.item() for loss in losses))


@torch.no_grad()
def meet(model: Ranker, workers: int) -> None:
    """Give every worker the mean of all workers' weights."""
    learning = [p for p in model.parameters() if p.requires_grad]
    flat = torch.cat([p.flatten() for p in learning])
    torch.distributed.all_reduce(flat)
    for p, mean in zip(learning, (flat / workers).split([p.numel() for p in learning]), strict=True):  # type: ignore[no-untyped-call]
        p.copy_(mean.view_as(p))


@torch.no_grad()
def logits(model: Ranker, encode: Encoder, first: Sequence[str], second: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Both heads over many pairs, in their order."""
    model.eval()
    relevance, stance = [], []
    for n in range(0, len(first), 16):
        batch = encode(first[n : n + 16], second[n : n + 16])
        del batch["offset_mapping"]
        found = model(**batch)
        relevance.append(found[0])
        stance.append(found[1])
    return torch.cat(relevance), torch.cat(stance)


def minimise(loss: Callable[[Tensor], Tensor], start: list[float]) -> list[float]:
    """The values that make the loss smallest."""
    values = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.LBFGS([values], max_iter=200)

    def closure() -> Tensor:
        optimizer.zero_grad()
        found = loss(values)
        found.backward()  # type: ignore[no-untyped-call]
        return found

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return [float(value) for value in values.detach()]


def calibrate(model: Ranker, encode: Encoder, groups: Sequence[Group], pairs: Sequence[Opinion]) -> dict[str, Any]:
    """Scale and shift of the relevance logit and the stance temperature, on text never trained on."""
    draw = random.Random(0)
    groups, pairs = draw.sample(groups, min(1_000, len(groups))), draw.sample(pairs, min(2_000, len(pairs)))
    rows = [
        (g.question, f"{c.title}. {c.text}" if c.title else c.text, c.answers) for g in groups for c in g.candidates
    ]
    relevance, _ = logits(model, encode, [row[0] for row in rows], [row[1] for row in rows])
    labels = torch.tensor([float(row[2]) for row in rows])
    loss = functional.binary_cross_entropy_with_logits
    scale, shift = minimise(lambda v: loss(v[0] * relevance + v[1], labels), [1.0, 0.0])
    _, stance = logits(model, encode, [p.proposition for p in pairs], [p.sentence for p in pairs])
    sides = torch.tensor([p.side for p in pairs])
    (inverse,) = minimise(lambda v: functional.cross_entropy(v[0] * stance, sides), [1.0])
    return {"relevance": {"scale": scale, "shift": shift}, "stance": {"temperature": 1 / inverse}}


def export(model: Ranker, path: Path) -> None:
    """One graph; its weights are stored as int8 with a scale a row or column, its sums stay float.

    A score therefore does not depend on the other pairs of its batch.
    """
    model.trunk.set_attn_implementation("eager")
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {name: {0: "batch", 1: "tokens"} for name in names} | {"relevance": {0: "batch"}, "stance": {0: "batch"}}
    sample = torch.ones(2, 8, dtype=torch.long)
    torch.onnx.export(model.eval(), (sample, sample, sample), str(path), input_names=names, dynamo=False,
                      output_names=["relevance", "stance"], dynamic_axes=axes, opset_version=17)  # fmt: skip
    graph = onnx.load(path)
    pack(graph.graph)
    onnx.checker.check_model(graph)
    onnx.save(graph, path)


def pack(graph: Any) -> None:
    """Replace each large weight by int8 codes and scales, and each use of it by their product."""
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    large = {name for name, a in weights.items() if a.ndim == 2 and a.size > 10_000 and a.dtype == np.float32}
    nodes, tables, packed = [], [], set()
    for node in graph.node:
        place = {"MatMul": 1, "Gather": 0}.get(node.op_type)
        if place is None or node.input[place] not in large:
            nodes.append(node)
            continue
        name, out = node.input[place], node.output[0]
        scale = np.maximum(np.abs(weights[name]).max(1 - place, keepdims=True) / 127, 1e-8)
        codes = np.rint(weights[name] / scale).astype(np.int8)
        tables += [numpy_helper.from_array(codes, f"{name}.codes"), numpy_helper.from_array(scale, f"{name}.scale")]
        nodes += unpacked(node, f"{name}.codes", f"{name}.scale", out)
        packed.add(name)
    kept = [tensor for tensor in graph.initializer if tensor.name not in packed]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept + tables)
    graph.node.extend(nodes)


def unpacked(node: Any, codes: str, scale: str, out: str) -> list[Any]:
    """The nodes that stand for a use of a packed weight: rows are picked before the product."""
    as_float, product = f"{out}.float", f"{out}.weight"
    if node.op_type == "Gather":
        rows = [helper.make_node("Gather", [table, node.input[1]], [f"{out}.{table}"]) for table in (codes, scale)]
        cast = helper.make_node("Cast", [f"{out}.{codes}"], [as_float], to=TensorProto.FLOAT)
        return [*rows, cast, helper.make_node("Mul", [as_float, f"{out}.{scale}"], [out])]
    cast = helper.make_node("Cast", [codes], [as_float], to=TensorProto.FLOAT)
    multiply = helper.make_node("Mul", [as_float, scale], [product])
    return [cast, multiply, helper.make_node("MatMul", [node.input[0], product], [out])]


def config(args: argparse.Namespace, calibration: dict[str, Any]) -> dict[str, Any]:
    """What a reader of the model must know, and where it comes from."""
    base = Path(args.base)
    return {
        "max_length": MAX_LENGTH,
        "stance_labels": [LABELS[n] for n in sorted(LABELS)],
        **calibration,
        "weights": {
            "storage": "int8 codes with a float32 scale a column (word vectors: a row); float32 sums",
            "sha256": sha256((args.out / "model.onnx").read_bytes()).hexdigest(),
        },
        "base": {"name": "all-MiniLM-L6-v2", "sha256": sha256((base / "model.safetensors").read_bytes()).hexdigest()},
        "training": {
            name: getattr(args, name) for name in ("epochs", "rate", "seed", "held", "policy", "broad", "repeat")
        },
    }


def save_tokenizer(base: str, path: Path) -> None:
    """The base's tokenizer, cutting pairs at the model's length and padding nothing."""
    tokenizer = json.loads((Path(base) / "tokenizer.json").read_text("utf-8"))
    tokenizer["padding"] = None
    tokenizer["truncation"] = {
        "direction": "Right", "max_length": MAX_LENGTH, "strategy": "LongestFirst", "stride": 0}  # fmt: skip
    path.write_text(json.dumps(tokenizer, ensure_ascii=False), "utf-8")


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--base", required=True, help="folder of the bundled all-MiniLM-L6-v2")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--held", type=int, default=1, help="fold (0-3) to keep out of training and to calibrate on")
    parser.add_argument("--start", type=Path, help="weights to go on from: model.pt of a run before")
    parser.add_argument(
        "--policy", type=float, default=0.0, help="share of the project's own policy texts that is used"
    )
    parser.add_argument("--broad", type=float, default=0.0, help="and of the broad questions made from them")
    parser.add_argument("--repeat", type=float, default=1.0, help="share of the public sets that is used")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rate", type=float, default=7e-5)
    parser.add_argument("--heads", type=float, default=10.0, help="how much faster the heads learn")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="processes that train together, started one by one")
    parser.add_argument("--worker", type=int, default=0, help="which of them this is, from 0; the first one writes")
    return parser.parse_args()


def main() -> None:
    """Train, calibrate, and write the files of the model."""
    args = arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    if args.workers > 1:
        torch.distributed.init_process_group("gloo", init_method=f"file://{(args.out / 'meeting').absolute()}",
                                             rank=args.worker, world_size=args.workers)  # fmt: skip
    groups, pairs = examples(args.data, args.seed)
    own, broad, opinions = policy_examples(args.data, args.seed) if args.policy else ([], [], [])
    model, encode = Ranker(args.base), Encoder(args.base)
    if args.start:
        model.load_state_dict(torch.load(args.start))
    draw = random.Random(args.seed)
    some = [group for group in groups if group.fold != args.held and draw.random() < args.repeat]
    few = [pair for pair in pairs if pair.fold != args.held and draw.random() < args.repeat]
    some += [group for group in own if group.fold != args.held and draw.random() < args.policy]
    some += [group for group in broad if group.fold != args.held and draw.random() < args.broad]
    few += [pair for pair in opinions if pair.fold != args.held and draw.random() < args.policy]
    fit(model, encode, some, few, args)
    if args.worker:
        return
    torch.save(model.state_dict(), args.out / "model.pt")
    held = [g for g in groups + own if g.fold == args.held], [p for p in pairs + opinions if p.fold == args.held]
    calibration = calibrate(model, encode, *held)
    export(model, args.out / "model.onnx")
    save_tokenizer(args.base, args.out / "tokenizer.json")
    (args.out / "config.json").write_text(json.dumps(config(args, calibration), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
