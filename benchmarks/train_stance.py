"""Train the stance head: what a sentence of a document says for or against a proposition or question as it was asked.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/train_stance.py gather --part learn --out CASES.pkl
    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/train_stance.py learn --cases CASES.pkl --held CASES.pkl --out W.pt

It stands on the first layers of the large ranker, which stay as they are, and has upper ones of its own. Of the real
debates it learns what finding brings for a proposition and its question, and every sentence that argues; of the public
sets (perspectrum, ibm-claim-stance, argkp) and the policy texts what is not held out.
"""

import argparse
import json
import logging
import os
import pickle
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from debates import HOME, Labelled
from policy_examples import HOME as POLICY
from policy_examples import dense_opinions, policy_opinions, sets, topic_opinions
from ranker_examples import AGAINST, FOR, NEITHER, Opinion, augment, opinions, read
from recipe import HELD
from torch import Tensor, nn
from torch.nn import functional
from train_cross_encoder import CrossEncoder, ranker_weights, write_layers
from training import DATA, SHARED, Pairs, Trunk, batches, export, fast, fit, log, stamps

from pullquote.corpus.quote import Quote
from pullquote.index import build_index
from pullquote.index.search import cut, lead
from pullquote.models.encoder import prepare_encoder
from pullquote.models.interaction import bundled
from pullquote.models.ranker import EMBEDDING, LOWER, MODEL, NAMES, STANCE
from pullquote.settings import Settings
from pullquote.sides.judging import candidates

LONGEST, LAYERS = 128, 6  # tokens of a pair; layers in all
PAIRS = 24  # a step
SIDES = {"for": FOR, "against": AGAINST}
COVERED = 0.8  # of a labelled sentence, from which a quote holds it
LED, ASKED = (
    0.6,
    0.5,
)  # share of the quotes read behind their author and title, and of the propositions read as a question
PUBLIC = {
    "perspectrum": 0.6,
    "ibm-claim-stance": 1.0,
    "argkp": 0.6,
    "policy": 0.4,
    "dense": 0.08,
    "topics": 0.1,
}


@dataclass(frozen=True, slots=True)
class Case:
    """A quote of a real debate and the side that it takes on a proposition; `lead` is its author and title."""

    debate: str
    proposition: str
    question: str
    lead: str
    text: str
    side: int


class StanceReader(nn.Module):
    """The mean of a pair's tokens says how much the second text argues for the first, against it, or neither."""

    def __init__(self, base: str, layers: int = LAYERS) -> None:
        super().__init__()
        self.trunk = Trunk(base, layers)
        self.stance = nn.Linear(self.trunk.width, 3)
        self.dropout = nn.Dropout(0.1)

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        """Logits (pairs, 3): for, against, neither."""
        return self.judge(self.trunk.embed(ids, types), mask)

    def judge(self, state: Tensor, mask: Tensor, first: int = 0) -> Tensor:
        """The same from the tokens' vectors, or from their state after the `first` layers."""
        hidden = self.trunk(state, mask, first)
        every = mask.unsqueeze(-1).to(hidden.dtype)
        found: Tensor = self.stance(self.dropout((hidden * every).sum(1) / every.sum(1)))
        return found


def side_of(quote: Quote, told: Sequence[tuple[int, int, int]]) -> int | None:
    """The side of a quote by the labelled sentences that it holds; None where it holds both sides, or a part of one."""
    touched = [
        (start, end, side)
        for start, end, side in told
        if start < quote.span.end and quote.span.start < end
    ]
    held = {
        side for start, end, side in touched
        if min(end, quote.span.end) - max(start, quote.span.start) >= COVERED * (end - start)
    }  # fmt: skip
    if not touched:
        return NEITHER
    return held.pop() if len(held) == 1 else None


def gather(part: str, settings: Settings) -> Iterator[Case]:
    """What finding brings for the propositions of a part, and the shortest window around each sentence that argues."""
    encoder, tokens = prepare_encoder(settings.model, settings.index), bundled()

    def build(dataset: Any, settings: Settings) -> Any:
        own = replace(settings, index=settings.index / "debates" / dataset.name)
        return build_index(own, encoder, corpus=dataset.corpus, interaction=tokens).generation

    generation = Labelled.open(part, settings, build).generation
    for row in read(HOME / part / "sides.jsonl"):
        told: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for name, start, end, side, _ in row["sentences"]:
            told[name].append((start, end, SIDES[side]))
        quotes = {}
        for wording in (row["proposition"], row["question"]):
            hits = candidates(
                generation,
                wording,
                lambda text: encoder.encode([text])[0],
                generation.documents_of(row["debate"]),
            )
            quotes |= {hit.row: cut(generation, hit) for hit in hits}
        for name, places in told.items():
            number = generation.number(name)
            near = [
                cut(generation, generation.window(n))
                for n in generation.window_rows(range(number, number + 1))
            ]
            for place in places:
                holding = [one for one in near if side_of(one, [place]) == place[2]]
                if holding:
                    shortest = min(holding, key=lambda one: len(one.text))
                    quotes.setdefault((name, shortest.span.start, shortest.span.end), shortest)
        seen = set()
        for quote in quotes.values():
            key, side = (quote.document.id, quote.span), side_of(quote, told[quote.document.id])
            if side is not None and key not in seen:
                seen.add(key)
                yield Case(
                    row["debate"],
                    row["proposition"],
                    row["question"],
                    lead(quote.document.source),
                    quote.text,
                    side,
                )


def others(data: Path) -> list[Opinion]:
    """What else there is to learn from."""
    found = opinions(data / "eval")
    finders: dict[str, Any] = defaultdict(lambda: None)
    draw = random.Random(7)
    for labelled in sets(data / "eval", finders):
        found += [*policy_opinions(labelled), *dense_opinions(labelled, draw)]
    return [one for one in [*found, *topic_opinions(POLICY / "topics")] if one.fold != HELD]


def epoch(cases: Sequence[Case], public: Sequence[Opinion], draw: random.Random) -> list[Opinion]:
    """One pass: each case as statement or question, with its lead or without, and a share of the others."""
    stated: list[Opinion] = []
    asked: list[Opinion] = []
    for case in cases:
        text = case.lead + case.text if draw.random() < LED else case.text
        asks = draw.random() < ASKED
        one = Opinion(case.question if asks else case.proposition, text, case.side, 0, "debates")
        (asked if asks else stated).append(one)
    some = [one for one in public if draw.random() < PUBLIC[one.source]]
    return [*augment([*stated, *some], draw), *asked]


def loss_of(model: StanceReader, pairs: Pairs, given: Sequence[Opinion]) -> Tensor:
    """Cross-entropy over the three."""
    batch = pairs([one.proposition for one in given], [one.sentence for one in given])
    del batch["places"]
    with fast():
        sides = model(**batch)
    return functional.cross_entropy(
        sides.float(), torch.tensor([one.side for one in given]), label_smoothing=0.05
    )


@torch.no_grad()
def logits(
    model: StanceReader, pairs: Pairs, rows: Sequence[tuple[str, str]], size: int = 32
) -> Tensor:
    """Of many pairs, in their order."""
    model.eval()
    order = sorted(range(len(rows)), key=lambda n: len(rows[n][0]) + len(rows[n][1]))
    found = torch.zeros(len(rows), 3)
    for n in range(0, len(order), size):
        part = order[n : n + size]
        batch = pairs([rows[m][0] for m in part], [rows[m][1] for m in part])
        del batch["places"]
        with fast():
            found[part] = model(**batch).float()
    return found


def measured(
    model: StanceReader, pairs: Pairs, cases: Sequence[Case], *, led: bool, asked: bool
) -> str:
    """Of held-out debates: for or against where there is a side, and how well sides are told from neither."""
    rows = [
        (c.question if asked else c.proposition, c.lead + c.text if led else c.text) for c in cases
    ]
    found, sides = logits(model, pairs, rows).softmax(-1), torch.tensor([c.side for c in cases])
    sided = sides != NEITHER
    right = (found[sided, 0] > found[sided, 1]) == (sides[sided] == FOR)
    taking = 1 - found[:, NEITHER]
    above = (taking[sided][:, None] > taking[~sided]).float().mean()
    surest = found[:, :2].max(-1)
    order = surest.values.argsort(descending=True)
    kept = [
        float((surest.indices == sides)[order[: len(order) // n]].float().mean())
        for n in (10, 5, 3)
    ]
    return (f"led {led} asked {asked}: right of sided {right.float().mean():.3f}, AUROC of neither {above:.3f}, right among the surest "
            f"tenth, fifth, third {kept[0]:.3f} {kept[1]:.3f} {kept[2]:.3f}")  # fmt: skip


def started(base: str, folder: Path) -> StanceReader:
    """The large ranker's layers, and a head that knows nothing."""
    model = StanceReader(base)
    known = {
        name: value for name, value in ranker_weights(folder).items() if name.startswith("trunk")
    }
    model.load_state_dict(known, strict=False)
    for name, value in model.named_parameters():
        layer = name.split("layer.")[1].split(".")[0] if "encoder.layer." in name else None
        learns = name.startswith("stance") or (layer is not None and int(layer) >= SHARED)
        value.requires_grad_(requires_grad=learns)
    return model


def temperature(model: StanceReader, pairs: Pairs, cases: Sequence[Case]) -> float:
    """What the logits are divided by so that they are as sure as they are right on debates that were not learned."""
    found = logits(model, pairs, [(c.proposition, c.lead + c.text) for c in cases])
    sides = torch.tensor([c.side for c in cases])
    tried = [0.5 + 0.05 * n for n in range(60)]
    return min(tried, key=lambda value: float(functional.cross_entropy(found / value, sides)))


def write(
    model: StanceReader,
    pairs: Pairs,
    base: str,
    folder: Path,
    out: Path,
    held: Sequence[Case],
    training: dict[str, Any],
) -> None:
    """The large ranker's folder with the judge in it; the ranker itself answers as before."""
    out.mkdir(parents=True, exist_ok=True)
    fitted = temperature(model, pairs, held[::3])
    ranker = CrossEncoder(base, LAYERS)
    ranker.load_state_dict(ranker_weights(folder), strict=False)
    for file in (EMBEDDING, "tokenizer.json"):
        (out / file).write_bytes((folder / file).read_bytes())
    write_layers(ranker, out)
    export(
        model,
        lambda *given: model.judge(*given, first=SHARED),
        out / STANCE,
        ("state", "mask"),
        ("stance",),
    )
    card = json.loads((folder / "config.json").read_text("utf-8"))
    card["weights"] = stamps(out, EMBEDDING, LOWER, MODEL, STANCE)
    card["stance"] = {"temperature": round(fitted, 2), "labels": ["for", "against", "neither"], "layers": [SHARED, LAYERS],
                      "training": training, "data": DATA | {"argkp": "CDLA-Sharing-1.0"}}  # fmt: skip
    (out / "config.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=["gather", "learn", "score", "write"])
    parser.add_argument("--part", default="learn")
    parser.add_argument("--cases", type=Path)
    parser.add_argument("--held", type=Path)
    parser.add_argument("--base")
    parser.add_argument(
        "--ranker",
        type=Path,
        default=NAMES["on"],
        help="folder of the large ranker whose layers it stands on",
    )
    parser.add_argument("--out", type=Path)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--rate", type=float, default=5e-5)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if args.action == "gather":
        args.out.write_bytes(pickle.dumps(list(gather(args.part, Settings.read(os.environ)))))
        return
    torch.manual_seed(args.seed)
    draw = random.Random(args.seed)
    model, pairs = started(args.base, args.ranker), Pairs(args.base, LONGEST)
    if args.start:
        model.load_state_dict(torch.load(args.start))
    if args.action == "learn":
        cases, public = (
            pickle.loads(args.cases.read_bytes()),
            others(Path(os.environ["PULLQUOTE_EVAL_DATA"])),
        )
        plan = [step for _ in range(args.epochs)
                for step in batches(epoch(cases, public, draw), PAIRS, lambda one: len(one.sentence), draw)]  # fmt: skip
        log.info("%d cases, %d others, %d steps", len(cases), len(public), len(plan))
        fit(
            model,
            plan,
            lambda batch: loss_of(model, pairs, batch),
            args.out,
            rate=args.rate,
            minutes=args.minutes,
        )
    held = pickle.loads(args.held.read_bytes())
    if args.action == "write":
        told = {name: getattr(args, name) for name in ("rate", "epochs", "minutes", "seed")}
        write(model, pairs, args.base, args.ranker, args.out, held, told)
        return
    for led, asked in ((True, False), (False, False), (True, True)):
        log.info("%s", measured(model, pairs, held, led=led, asked=asked))


if __name__ == "__main__":
    main()
