"""Train the reader: whose words a sentence holds, on the ranker's word vectors with six layers of its own.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/train_voice.py --out DIR

Some fifty minutes on two cores: two stages, and the mean of the weights at their ends. Halves `b` and `c` of the documents
labelled whole are never learned from; half `a` chose the figures in `voice/reading.py`.
"""

import argparse
import json
import logging
import os
import random
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import onnx
import torch
from rounding import pack
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from train_ranker import BASE, Ranker, _kept, _through, batches, fast, weights
from voice_examples import Example, single, texts, whole

from pullquote.corpus.documents import Document, Source
from pullquote.models.ranker import BUNDLED, EMBEDDING
from pullquote.models.reader import ANSWERS, FILE, LONGEST, PARTS, Fed, Place, feed
from pullquote.voice.reading import KINDS

log = logging.getLogger("train")
BATCH = 24
STAGES = ((3, 1.5e-4), (1, 8e-5))  # epochs and rate of each
HEADS = 5.0  # times as fast
QUIET = 0.5  # share of the sentences that may be the author's, if the rules are right about them, that an epoch sees
LEARNED = "a b c d e f g h i j"  # halves of the single sentences
ALSO = 0.3  # of a label, what goes to the kinds that could also be defended
UNTOLD = -100  # a label that no loss counts
PLACES = {kind.value: place for place, kind in enumerate(PARTS)}


class Logits(NamedTuple):
    """Of the kind, of each token's part, of where the name of who speaks begins and ends, and of whether the rules are right."""

    kinds: Tensor
    parts: Tensor
    starts: Tensor
    ends: Tensor
    right: Tensor


class Reader(nn.Module):
    """Layers that begin as the ranker's, and a head for each answer."""

    def __init__(self, beneath: Ranker) -> None:
        super().__init__()
        width = beneath.trunk.config.hidden_size
        self.layers = deepcopy(beneath.trunk.encoder.layer)
        self.kind, self.right = nn.Linear(2 * width, len(KINDS)), nn.Linear(2 * width, 1)
        self.part, self.name = nn.Linear(width, len(PARTS)), nn.Linear(width, 2)
        self.dropout = nn.Dropout(0.1)

    def logits(self, embedded: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Logits:
        """Of the sentences and of their tokens; a name may begin and end in the sentence, or nowhere: at the first token."""
        hidden = self.dropout(_through(self.layers, embedded, _kept(attention_mask, embedded)))
        inside = attention_mask * token_type_ids
        own = inside.unsqueeze(-1).to(hidden.dtype)
        pooled = torch.cat([(hidden * own).sum(1) / own.sum(1), (hidden + (own - 1) * 1e4).max(1).values], 1)
        first = functional.one_hot(torch.zeros_like(inside[:, 0]), inside.shape[1])
        closed = ((1 - inside - first) * -1e4).to(hidden.dtype).unsqueeze(-1)
        starts, ends = (self.name(hidden) + closed).unbind(-1)
        return Logits(self.kind(pooled), self.part(hidden), starts, ends, self.right(pooled))

    def forward(self, embedded: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, ...]:
        """The same as probabilities: what the exported graph answers."""
        given = self.logits(embedded, attention_mask, token_type_ids)
        return (*(logits.softmax(-1) for logits in given[:-1]), given.right.sigmoid())


@dataclass(frozen=True)
class Row:
    """What the reader is given of a sentence, and what it should answer."""

    fed: Fed
    kinds: tuple[float, ...]  # how much each is the right one
    parts: tuple[int, ...]
    name: tuple[int, int]  # first and last token
    right: float


def row_of(example: Example, tokenizer: Tokenizer) -> Row:
    """An example in tokens."""
    fed = feed(tokenizer, example.document, example.sentences, example.position, example.told)
    parts = [UNTOLD] * len(fed.places)
    for number, place in enumerate(fed.places):
        if place and example.parts is not None and (example.parts or example.kind == "author"):
            inside = [kind for start, end, kind in example.parts if place[0] < end and place[1] > start]
            parts[number] = PLACES[inside[-1]] if inside else 0
    also = set(example.also) - {example.kind}
    kinds = {example.kind: 1 - ALSO if also else 1.0} | {kind: ALSO / len(also) for kind in also}
    return Row(
        fed,
        tuple(kinds.get(str(kind.value), 0.0) for kind in KINDS),
        tuple(parts),
        _tokens(fed.places, example.named),
        UNTOLD if example.right is None else float(example.right),
    )


def _tokens(places: Sequence[Place | None], named: tuple[int, int] | tuple[()] | None) -> tuple[int, int]:
    """The first and last token of a name; (0, 0) where there is none."""
    if named == ():
        return 0, 0
    found = [
        number for number, place in enumerate(places) if named and place and place[0] < named[1] and place[1] > named[0]
    ]
    return (found[0], found[-1]) if found else (UNTOLD, UNTOLD)


class Batches:
    """Examples as tensors."""

    def __init__(self, examples: Sequence[Example]) -> None:
        tokenizer = Tokenizer.from_file(str(Path(BASE) / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self.rows = [row_of(example, tokenizer) for example in examples]

    def epoch(self, draw: random.Random) -> list[list[int]]:
        """The rows of one pass, in batches of like length."""
        some = [n for n, row in enumerate(self.rows) if not row.kinds[0] or not row.right or draw.random() < QUIET]
        return batches(some, BATCH, lambda n: len(self.rows[n].fed.ids), draw)

    def tensors(self, places: Sequence[int]) -> tuple[Tensor, ...]:
        """Ids, mask and types; kinds, parts, first and last tokens of names, and whether the rules are right."""
        rows = [self.rows[n] for n in places]
        most = max(len(row.fed.ids) for row in rows)

        def padded(columns: Sequence[Sequence[int]], filler: int) -> Tensor:
            return torch.tensor([[*column, *[filler] * (most - len(column))] for column in columns])

        return (
            padded([row.fed.ids for row in rows], 0),
            padded([[1] * len(row.fed.ids) for row in rows], 0),
            padded([row.fed.types for row in rows], 0),
            torch.tensor([row.kinds for row in rows]),
            padded([row.parts for row in rows], UNTOLD),
            torch.tensor([row.name[0] for row in rows]),
            torch.tensor([row.name[1] for row in rows]),
            torch.tensor([row.right for row in rows]),
        )


def loss_of(model: Reader, beneath: Ranker, columns: tuple[Tensor, ...]) -> Tensor:
    """The kind whole, the others by half."""
    ids, mask, types, kinds, parts, *places, right = columns
    with fast():
        with torch.no_grad():
            embedded = beneath.embedding(ids, types)
        given = Logits(*(logits.float() for logits in model.logits(embedded, mask, types)))
    loss = functional.cross_entropy(given.kinds, kinds, label_smoothing=0.05)
    if (parts >= 0).any():
        loss = loss + 0.5 * functional.cross_entropy(given.parts.flatten(0, 1), parts.flatten(), ignore_index=UNTOLD)
    for logits, place in zip((given.starts, given.ends), places, strict=True):
        if (place >= 0).any():
            loss = loss + 0.25 * functional.cross_entropy(logits, place, ignore_index=UNTOLD)
    if (known := right >= 0).any():
        loss = loss + 0.5 * functional.binary_cross_entropy_with_logits(given.right.squeeze(-1)[known], right[known])
    return loss


def fit(model: Reader, beneath: Ranker, material: Batches, seed: int, epochs: int, rate: float) -> dict[str, Tensor]:
    """AdamW, warm-up and linear decay; the word vectors stay as they are. The weights at the end."""
    draw = random.Random(seed)
    plan = [places for _ in range(epochs) for places in material.epoch(draw)]
    heads = [p for name, p in model.named_parameters() if not name.startswith("layers")]
    optimizer = torch.optim.AdamW(
        [{"params": model.layers.parameters(), "lr": rate}, {"params": heads, "lr": HEADS * rate}]
    )
    warm = max(1, len(plan) // 16)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min((n + 1) / warm, (len(plan) - n) / (len(plan) - warm)))  # fmt: skip
    for layer in model.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = 0.1
    model.train()
    beneath.eval()
    for number, places in enumerate(plan, 1):
        optimizer.zero_grad()
        loss = loss_of(model, beneath, material.tensors(places))
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if number % 100 == 0:
            log.info("step %d of %d: %.3f", number, len(plan), loss.item())
    return deepcopy(model.state_dict())


def export(model: Reader, out: Path) -> None:
    """The graph that goes on from the ranker's word vectors, its weights in whole numbers."""
    tokens, embedded = torch.ones(2, 8, dtype=torch.long), torch.ones(2, 8, model.kind.in_features // 2)
    names = ["embedded", "attention_mask", "token_type_ids"]
    tokenwise, wholly = {0: "batch", 1: "tokens"}, {0: "batch"}
    axes = dict.fromkeys([*names, "parts", "starts", "ends"], tokenwise) | dict.fromkeys(["kinds", "right"], wholly)
    torch.onnx.export(model.eval(), (embedded, tokens, tokens), str(out / FILE), input_names=names, dynamo=False,
                      output_names=list(ANSWERS), dynamic_axes=axes, opset_version=17)  # fmt: skip
    graph = onnx.load(out / FILE)
    pack(graph.graph)
    onnx.checker.check_model(graph)
    onnx.save(graph, out / FILE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--halves", default="train", help="of the documents labelled whole")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(given.seed)
    data = Path(os.environ["PULLQUOTE_EVAL_DATA"])
    documents = texts(data)
    words = (data / "corpus" / "cartels-misra-conversation.txt").read_bytes().decode("utf-8")
    article = Document(id="d", debate="d", path="d.txt", text=words, source=Source(author="Amalendu Misra"))
    examples = [*whole(documents, given.halves), *single(documents, article, LEARNED)]
    log.info("%d sentences", len(examples))
    beneath = Ranker(BASE)
    beneath.load(weights(BUNDLED))
    model = Reader(beneath)
    material = Batches(examples)
    ends = [fit(model, beneath, material, given.seed + number, *stage) for number, stage in enumerate(STAGES)]
    model.load_state_dict({name: sum(end[name] for end in ends) / len(ends) for name in ends[0]})
    torch.save(model.state_dict(), given.out / "model.pt")
    export(model, given.out)
    card = {
        "max_length": LONGEST,
        "beneath": {"file": "models/weights/ranker/embedding.onnx", "sha256": sha256((BUNDLED / EMBEDDING).read_bytes()).hexdigest()},
        "weights": {"sha256": sha256((given.out / FILE).read_bytes()).hexdigest(), "bytes": (given.out / FILE).stat().st_size},
        "training": {"stages": [{"sentences": len(examples), "epochs": epochs, "rate": rate, "seed": given.seed + number}
                                for number, (epochs, rate) in enumerate(STAGES)],
                     "weights": "mean of the ends of the stages",
                     "documents labelled whole": given.halves, "single sentences": LEARNED},
        "data": {"benchmarks/voices, tests/gold/voice": "MIT; their texts: benchmarks/policy (MIT), ibm-claim-stance (CC BY-SA 3.0), clapnq-dev (CC BY-SA), squad2-dev-half (CC BY-SA 4.0), mtrag-un (Apache-2.0), demo-docs (public domain), the article (CC BY-ND)"},
        "figures": "docs/voice.md",
    }  # fmt: skip
    (given.out / "config.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
