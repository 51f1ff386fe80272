"""Train the reader: whose words a sentence holds, on the ranker's word vectors with six layers of its own.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/train_voice.py --out DIR

Some fifteen minutes on two cores. Half `b` of the documents labelled whole and half `j` of the single sentences are never
learned from; half `a` chose the figures in `voice/reading.py`.
"""

import argparse
import json
import logging
import os
import random
from collections.abc import Sequence
from copy import deepcopy
from hashlib import sha256
from pathlib import Path

import onnx
import torch
from rounding import pack
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from train_ranker import BASE, Ranker, _kept, _through, batches, fast, weights
from voice_examples import Example, single, texts, whole

from pullquote.documents import Document, Source
from pullquote.reader import FILE, PARTS, Fed, feed
from pullquote.rerank import BUNDLED, EMBEDDING
from pullquote.voice.reading import KINDS

log = logging.getLogger("train")
BATCH = 24
EPOCHS = 4
RATE = 1.5e-4
HEADS = 5.0  # times as fast
QUIET = 0.5  # share of the author's sentences that an epoch sees
LEARNED = "a b c d e f g h i"  # halves of the single sentences
UNTOLD = -100  # a label that no loss counts
PLACES = {kind.value: place for place, kind in enumerate(PARTS)}
NAMED = 3.0  # weight of a token that names the speaker: few do


class Reader(nn.Module):
    """Layers that begin as the ranker's; heads for the kind, for each token's part, and for who is named."""

    def __init__(self, beneath: Ranker) -> None:
        super().__init__()
        width = beneath.trunk.config.hidden_size
        self.layers = deepcopy(beneath.trunk.encoder.layer)
        self.kind, self.part, self.name = (
            nn.Linear(2 * width, len(KINDS)),
            nn.Linear(width, len(PARTS)),
            nn.Linear(width, 1),
        )
        self.dropout = nn.Dropout(0.1)

    def logits(self, embedded: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Kinds of the sentences, then parts and names of their tokens."""
        hidden = self.dropout(_through(self.layers, embedded, _kept(attention_mask, embedded)))
        own = (attention_mask * token_type_ids).unsqueeze(-1).to(hidden.dtype)
        pooled = torch.cat([(hidden * own).sum(1) / own.sum(1), (hidden + (own - 1) * 1e4).max(1).values], 1)
        return self.kind(pooled), self.part(hidden), self.name(hidden).squeeze(-1)

    def forward(
        self, embedded: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The same as probabilities: what the exported graph answers."""
        kinds, parts, names = self.logits(embedded, attention_mask, token_type_ids)
        return kinds.softmax(-1), parts.softmax(-1), names.sigmoid()


def targets(example: Example, fed: Fed) -> tuple[list[int], list[int]]:
    """For each token its part, and whether it names the speaker."""
    parts, names = [UNTOLD] * len(fed.places), [UNTOLD] * len(fed.places)
    for number, place in enumerate(fed.places):
        if place is None:
            continue
        if example.parts is not None and (example.parts or example.kind == "author"):
            inside = [kind for start, end, kind in example.parts if place[0] < end and place[1] > start]
            parts[number] = PLACES[inside[-1]] if inside else 0
        if example.named is not None:
            names[number] = int(bool(example.named) and place[0] < example.named[1] and place[1] > example.named[0])
    return parts, names


class Batches:
    """Examples as tensors."""

    def __init__(self, examples: Sequence[Example]) -> None:
        tokenizer = Tokenizer.from_file(str(Path(BASE) / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self.rows = []
        for one in examples:
            fed = feed(tokenizer, one.document, one.sentences, one.position)
            kind = [str(known.value) for known in KINDS].index(one.kind)
            self.rows.append((fed, *targets(one, fed), kind))

    def epoch(self, draw: random.Random) -> list[list[int]]:
        """The rows of one pass, in batches of like length."""
        some = [n for n, row in enumerate(self.rows) if row[3] or draw.random() < QUIET]
        return batches(some, BATCH, lambda n: len(self.rows[n][0].ids), draw)

    def tensors(self, places: Sequence[int]) -> tuple[Tensor, ...]:
        """Ids, mask, types, parts, names and kinds."""
        rows = [self.rows[n] for n in places]
        most = max(len(fed.ids) for fed, *_ in rows)

        def padded(columns: Sequence[Sequence[int]], filler: int) -> Tensor:
            return torch.tensor([[*column, *[filler] * (most - len(column))] for column in columns])

        return (
            padded([fed.ids for fed, *_ in rows], 0),
            padded([[1] * len(fed.ids) for fed, *_ in rows], 0),
            padded([fed.types for fed, *_ in rows], 0),
            padded([parts for _, parts, _, _ in rows], UNTOLD),
            padded([names for _, _, names, _ in rows], UNTOLD),
            torch.tensor([kind for *_, kind in rows]),
        )


def loss_of(model: Reader, beneath: Ranker, columns: tuple[Tensor, ...]) -> Tensor:
    """The kind whole, parts and names by half."""
    ids, mask, types, parts, names, kinds = columns
    with fast():
        with torch.no_grad():
            embedded = beneath.embedding(ids, types)
        given = [logits.float() for logits in model.logits(embedded, mask, types)]
    loss = functional.cross_entropy(given[0], kinds, label_smoothing=0.05)
    if (parts >= 0).any():
        loss = loss + 0.5 * functional.cross_entropy(given[1].flatten(0, 1), parts.flatten(), ignore_index=UNTOLD)
    if (told := names >= 0).any():
        loss = loss + 0.5 * functional.binary_cross_entropy_with_logits(
            given[2][told], names[told].float(), pos_weight=torch.tensor(NAMED)
        )
    return loss


def fit(model: Reader, beneath: Ranker, material: Batches, seed: int) -> None:
    """AdamW, warm-up and linear decay; the word vectors stay as they are."""
    draw = random.Random(seed)
    plan = [places for _ in range(EPOCHS) for places in material.epoch(draw)]
    heads = [p for name, p in model.named_parameters() if not name.startswith("layers")]
    optimizer = torch.optim.AdamW(
        [{"params": model.layers.parameters(), "lr": RATE}, {"params": heads, "lr": HEADS * RATE}]
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


def export(model: Reader, out: Path) -> None:
    """The graph that goes on from the ranker's word vectors, its weights in whole numbers."""
    tokens, embedded = torch.ones(2, 8, dtype=torch.long), torch.ones(2, 8, model.kind.in_features // 2)
    names = ["embedded", "attention_mask", "token_type_ids"]
    axes = {name: {0: "batch", 1: "tokens"} for name in [*names, "parts", "names"]} | {"kinds": {0: "batch"}}
    torch.onnx.export(model.eval(), (embedded, tokens, tokens), str(out / FILE), input_names=names, dynamo=False,
                      output_names=["kinds", "parts", "names"], dynamic_axes=axes, opset_version=17)  # fmt: skip
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
    fit(model, beneath, Batches(examples), given.seed)
    torch.save(model.state_dict(), given.out / "model.pt")
    export(model, given.out)
    card = {
        "max_length": 128,
        "beneath": {"file": "models/ranker/embedding.onnx", "sha256": sha256((BUNDLED / EMBEDDING).read_bytes()).hexdigest()},
        "weights": {"sha256": sha256((given.out / FILE).read_bytes()).hexdigest(), "bytes": (given.out / FILE).stat().st_size},
        "training": {"sentences": len(examples), "documents labelled whole": given.halves, "single sentences": LEARNED,
                     "epochs": EPOCHS, "rate": RATE, "seed": given.seed},
        "data": {"benchmarks/voices, tests/gold/voice": "MIT; their texts: benchmarks/policy (MIT), ibm-claim-stance (CC BY-SA 3.0), clapnq-dev (CC BY-SA), squad2-dev-half (CC BY-SA 4.0), mtrag-un (Apache-2.0), demo-docs (public domain), the article (CC BY-ND)"},
        "figures": "docs/voice.md",
    }  # fmt: skip
    (given.out / "config.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
