"""Train the reader: a tagger of whose words a text holds, on the ranker's word vectors with six layers of its own.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/train_voice.py --out DIR

Of the documents labelled whole `train` and `debates-learn` are learned from; half `a` chose the limits in
`voice/listener.py`.
"""

import argparse
import json
import logging
import os
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import onnx
import torch
from rounding import pack, unpack
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from train_cross_encoder import ranker_weights
from training import BASE, Trunk, batches, fast, fit
from voice_examples import Told, labelled

from pullquote.models.ranker import BUNDLED, EMBEDDING
from pullquote.models.reader import (
    ANSWERS,
    CLOSE,
    FILE,
    KINDS,
    LEFT,
    PARTS,
    POINTERS,
    RIGHT,
    WINDOW,
    Tokens,
    tokens_of,
    windows,
)  # fmt: skip

TOKENS = 2_600  # in a step
WIDTH, LAYERS = 48, 6  # of a pointer; of the reader
STAGES = (
    (4, 2e-4),
    (3, 1.5e-4),
    (2, 1.5e-4),
)  # epochs and rate of each; the weights are the mean of their ends
HEADS = 5.0  # times as fast
QUIET = 0.5  # share of the windows with nobody but the author that an epoch sees
ALSO = 0.3  # of a label, what goes to the kinds that could also be defended
UNTOLD = -100  # a label that no loss counts
UNJUDGED, LIGHT = (
    -1,
    0.1,
)  # a sentence of which no reader said whether it judges the one before, and what it weighs


class Logits(NamedTuple):
    """Of the kinds of sentences, of each token's part, of its being a cue; what points; whether a sentence judges the one before."""

    kinds: Tensor
    parts: Tensor
    cues: Tensor
    pointers: Tensor
    verdicts: Tensor


class Reader(nn.Module):
    """Layers that begin as the ranker's, and a head for each answer."""

    def __init__(self, beneath: Trunk) -> None:
        super().__init__()
        width = beneath.width
        self.layers = deepcopy(beneath.encoder.layer)
        self.kind = nn.Linear(2 * width, len(KINDS))
        self.part, self.cue = nn.Linear(width, len(PARTS)), nn.Linear(width, 1)
        self.pointer = nn.Linear(width, POINTERS * WIDTH)
        self.verdict = nn.Linear(2 * width, 1)
        self.dropout = nn.Dropout(0.1)

    def logits(self, embedded: Tensor, attention_mask: Tensor, members: Tensor) -> Logits:
        """Of a batch; `members` (batch, sentences, tokens) tells which tokens are a sentence's, its mark first."""
        hidden = self.hidden(embedded, attention_mask)
        pooled = self.over(hidden, members)
        return Logits(self.kind(pooled), self.part(hidden), self.cue(hidden).squeeze(-1), self.pointer(hidden),
                      self.verdict(pooled).squeeze(-1))  # fmt: skip

    def pooled(self, embedded: Tensor, attention_mask: Tensor, members: Tensor) -> Tensor:
        """What stands for each sentence: (batch, sentences, twice the width)."""
        return self.over(self.hidden(embedded, attention_mask), members)

    def hidden(self, embedded: Tensor, attention_mask: Tensor) -> Tensor:
        """What the layers make of the tokens."""
        hidden = embedded
        kept = (1.0 - attention_mask[:, None, None, :].to(embedded.dtype)) * -1e4
        for layer in self.layers:
            hidden = through(layer, hidden, kept)
        found: Tensor = self.dropout(hidden)
        return found

    def over(self, hidden: Tensor, members: Tensor) -> Tensor:
        """The mean of each sentence's tokens beside its mark."""
        own = members.to(hidden.dtype)
        mean = own @ hidden / own.sum(-1, keepdim=True).clamp(min=1)
        mark = functional.one_hot(members.argmax(-1), members.shape[-1]).to(hidden.dtype) @ hidden
        return torch.cat([mean, mark], -1)

    def forward(
        self, embedded: Tensor, attention_mask: Tensor, members: Tensor
    ) -> tuple[Tensor, ...]:
        """The same as probabilities: what the exported graph answers."""
        given = self.logits(embedded, attention_mask, members)
        return (
            given.kinds.softmax(-1),
            given.parts.softmax(-1),
            given.cues.sigmoid(),
            given.pointers,
            given.verdicts.sigmoid(),
        )


def through(layer: Any, state: Tensor, kept: Tensor) -> Tensor:
    """One layer of the trunk, with the attention that a processor is fastest at."""
    own, rate = layer.attention.self, layer.output.dropout.p if layer.training else 0.0

    def headed(values: Tensor) -> Tensor:
        return values.unflatten(-1, (own.num_attention_heads, -1)).transpose(1, 2)

    found = functional.scaled_dot_product_attention(
        headed(own.query(state)), headed(own.key(state)), headed(own.value(state)), attn_mask=kept
    )
    after = layer.attention.output
    state = after.LayerNorm(
        state + functional.dropout(after.dense(found.transpose(1, 2).flatten(2)), rate)
    )
    wide = layer.output.dense(functional.gelu(layer.intermediate.dense(state)))
    done: Tensor = layer.output.LayerNorm(state + functional.dropout(wide, rate))
    return done


class Asked(NamedTuple):
    """A range of tokens that is not the author's, where it may be said whose it is, and what of that is right.

    Token 0 stands for nowhere; no places mean that nobody told.
    """

    start: int
    end: int
    within: tuple[int, int]
    places: tuple[
        tuple[tuple[int, int], ...], ...
    ]  # of the source in the sentence, of the speaker's name, of who is between


@dataclass(frozen=True)
class Row:
    """A window and what the reader should answer to it."""

    ids: tuple[int, ...]
    types: tuple[int, ...]
    sentences: tuple[tuple[int, int], ...]
    kinds: tuple[tuple[float, ...] | None, ...]
    parts: tuple[int, ...]
    cues: tuple[int, ...]
    asked: tuple[Asked, ...]
    verdicts: tuple[int, ...]  # 1, 0, UNJUDGED or UNTOLD


def rows_of(told: Told, tokens: Tokens, draw: random.Random) -> Iterator[Row]:
    """The windows of a document, cut anew each time; all sentences that stand whole in one are answered for."""
    size, left = draw.randint(WINDOW * 2 // 3, WINDOW), draw.randint(0, LEFT)
    for window in windows(tokens, size, left, RIGHT):
        row = row_of(told, tokens, window.start, window.end)
        tells = (
            any(kinds and kinds[0] < 1 for kinds in row.kinds)
            or max(row.verdicts, default=UNTOLD) >= 0
        )
        if tells or (any(row.kinds) and draw.random() < QUIET):
            yield row


def row_of(told: Told, tokens: Tokens, start: int, end: int) -> Row:
    """Tokens `start` to `end` of a document."""
    shift = len(tokens.lead) - start
    ids = (*tokens.lead, *tokens.ids[start:end], CLOSE)
    inside = [
        n
        for n in range(len(tokens.bounds) - 1)
        if start <= tokens.bounds[n] and tokens.bounds[n + 1] <= end
    ]
    sentences = tuple((tokens.bounds[n] + shift, tokens.bounds[n + 1] + shift) for n in inside)
    parts, cues = [UNTOLD] * len(ids), [UNTOLD] * len(ids)
    asked: list[Asked] = []

    def placed(letters: Sequence[int]) -> tuple[int, int] | None:
        """The first and last token of some letters."""
        found = [
            n
            for n in range(start, end)
            if tokens.places[n][0] < letters[1] and tokens.places[n][1] > letters[0]
        ]
        return (found[0] + shift, found[-1] + shift) if found else None

    for n, (low, high) in zip(inside, sentences, strict=True):
        if label := told.labels.get(n):
            places = tokens.places[tokens.bounds[n] + 1 : tokens.bounds[n + 1]]
            parts[low + 1 : high] = _parts(label, places)
            cues[low + 1 : high] = _cues(label, told.cues.get(n), places)
            asked += _asked(told, n, (low, high), placed) if label["kind"] != "author" else []
    kinds = tuple(_kinds(label) if (label := told.labels.get(n)) else None for n in inside)
    verdicts = tuple(told.verdicts.get(n, UNJUDGED) if told.verdicts else UNTOLD for n in inside)
    types = (*(0 for _ in tokens.lead), *(1 for _ in range(end - start + 1)))
    return Row(ids, types, sentences, kinds, tuple(parts), tuple(cues), tuple(asked), verdicts)


def _parts(label: Mapping[str, Any], places: Sequence[tuple[int, int]]) -> list[int]:
    """Whose each token of a sentence is; unknown where it is mixed and nobody told."""
    if known := label.get("parts"):
        held = [[kind for p, q, kind, *_ in known if p < b and q > a] for a, b in places]
        return [PARTS.index(kinds[-1]) if kinds else 0 for kinds in held]
    return [PARTS.index(label["kind"]) if label["kind"] in PARTS else UNTOLD] * len(places)


def _cues(
    label: Mapping[str, Any], cue: tuple[int, int] | None, places: Sequence[tuple[int, int]]
) -> list[int]:
    """Whether each token of a sentence tells of a report; an author's own has none."""
    if cue is None:
        return [0 if label["kind"] == "author" else UNTOLD] * len(places)
    return [int(a < cue[1] and b > cue[0]) for a, b in places]


def _asked(
    told: Told,
    n: int,
    sentence: tuple[int, int],
    placed: Callable[[Sequence[int]], tuple[int, int] | None],
) -> Iterator[Asked]:
    """A sentence and its parts, with the source that it names, the mentions of its speaker, and who is between."""
    label, whose = told.labels[n], told.labels[n].get("speaker_key")
    given = label.get("source", ())
    source = () if given is None else _places([given] if given else [], placed)
    via = _places(told.via.get(n, ()), placed)
    found = [
        (place[0], place[1] + 1, key)
        for p, q, _, *keys in label.get("parts") or ()
        for key in keys
        if key and (place := placed((p, q)))
    ]
    for low, high, key in [(*sentence, whose), *found]:
        names = _places(told.mentions.get(key, ()), placed) if key else ()
        names = ((0, 0),) if label.get("speaker") == "unclear" else names
        yield Asked(
            low, high, (sentence[0] + 1, sentence[1]), (source if key == whose else (), names, via)
        )


def _kinds(label: Mapping[str, Any]) -> tuple[float, ...]:
    also = set(label.get("kind_also", ())) - {label["kind"]}
    found = {label["kind"]: 1 - ALSO if also else 1.0} | {kind: ALSO / len(also) for kind in also}
    return tuple(found.get(kind, 0.0) for kind in KINDS)


def _places(
    mentions: Iterable[Sequence[int]], placed: Callable[[Sequence[int]], tuple[int, int] | None]
) -> tuple[tuple[int, int], ...]:
    """The tokens of mentions, or nowhere."""
    return tuple(place for mention in mentions if (place := placed(mention))) or ((0, 0),)


class Batch(NamedTuple):
    """Windows as tensors; `asked` is (batch row, Asked)."""

    ids: Tensor
    mask: Tensor
    types: Tensor
    members: Tensor
    kinds: Tensor
    parts: Tensor
    cues: Tensor
    asked: list[tuple[int, Asked]]
    verdicts: Tensor


def batch_of(rows: Sequence[Row]) -> Batch:
    """Windows padded to the longest."""
    most, sentences = max(len(row.ids) for row in rows), max(len(row.sentences) for row in rows)

    def padded(columns: Sequence[Sequence[int]], filler: int) -> Tensor:
        return torch.tensor([[*column, *[filler] * (most - len(column))] for column in columns])

    members = torch.zeros(len(rows), sentences, most)
    kinds = torch.zeros(len(rows), sentences, len(KINDS))
    verdicts = torch.full((len(rows), sentences), UNTOLD)
    for n, row in enumerate(rows):
        verdicts[n, : len(row.verdicts)] = torch.tensor(row.verdicts)
        for at, ((a, b), kind) in enumerate(zip(row.sentences, row.kinds, strict=True)):
            members[n, at, a:b] = 1
            if kind:
                kinds[n, at] = torch.tensor(kind)
    return Batch(
        padded([row.ids for row in rows], 0), padded([[1] * len(row.ids) for row in rows], 0),
        padded([row.types for row in rows], 0), members, kinds,
        padded([row.parts for row in rows], UNTOLD), padded([row.cues for row in rows], UNTOLD),
        [(n, one) for n, row in enumerate(rows) for one in row.asked], verdicts,
    )  # fmt: skip


def pointing_loss(pointers: Tensor, mask: Tensor, asked: Sequence[tuple[int, Asked]]) -> Tensor:
    """How far what points misses: the source inside the sentence, a mention of the speaker anywhere."""
    rows = torch.tensor([n for n, _ in asked])
    tokens = torch.arange(pointers.shape[1])
    bounds = torch.tensor([(one.start, one.end, *one.within) for _, one in asked])
    inside = ((tokens >= bounds[:, :1]) & (tokens < bounds[:, 1:2])).float()
    nowhere = tokens == 0
    near = (tokens >= bounds[:, 2:3]) & (tokens < bounds[:, 3:4]) | nowhere
    every = mask[rows].bool()
    split = pointers.unflatten(-1, (POINTERS, -1))[rows]
    loss = pointers.new_zeros(())
    for number in range(POINTERS // 2):
        queries, keys = split[:, :, 2 * number], split[:, :, 2 * number + 1]
        query = (inside.unsqueeze(1) @ queries).squeeze(1) / inside.sum(1, keepdim=True)
        scores = (keys @ query.unsqueeze(-1)).squeeze(-1) / WIDTH**0.5
        which, side = divmod(number, 2)
        may = every if which else near
        scores = scores.masked_fill(~may, -1e4).log_softmax(-1)
        right = torch.zeros_like(may)
        for n, (_, one) in enumerate(asked):
            for place in one.places[which]:
                right[n, place[side]] = True
        right &= may
        known = right.any(-1)
        if known.any():
            loss = loss - scores.masked_fill(~right, -1e4).logsumexp(-1)[known].mean()
    return loss


def loss_of(model: Reader, beneath: Trunk, batch: Batch) -> Tensor:
    """The kind whole, the others by half."""
    with torch.no_grad():
        embedded = beneath.embed(batch.ids, batch.types)
    with fast():
        given = Logits(
            *(logits.float() for logits in model.logits(embedded, batch.mask, batch.members))
        )
    told = batch.kinds.sum(-1) > 0
    loss = given.kinds.new_zeros(())
    if told.any():
        loss = functional.cross_entropy(given.kinds[told], batch.kinds[told], label_smoothing=0.05)
    if (batch.parts >= 0).any():
        loss = loss + 0.5 * functional.cross_entropy(
            given.parts.flatten(0, 1), batch.parts.flatten(), ignore_index=UNTOLD
        )
    if (cued := batch.cues >= 0).any():
        loss = loss + 0.5 * functional.binary_cross_entropy_with_logits(
            given.cues[cued], batch.cues[cued].float()
        )
    if batch.asked:
        loss = loss + 0.25 * pointing_loss(given.pointers, batch.mask, batch.asked)
    if (known := batch.verdicts != UNTOLD).any():
        loss = loss + verdicts_loss(given.verdicts[known], batch.verdicts[known])
    return loss


def verdicts_loss(logits: Tensor, told: Tensor) -> Tensor:
    """Right or wrong for each pair; readers judged some of a document's and not all, so what is unjudged counts little."""
    loss = functional.binary_cross_entropy_with_logits(
        logits, (told == 1).float(), reduction="none"
    )
    return (loss * torch.where(told == UNJUDGED, LIGHT, 1.0)).mean()


def epoch(material: Sequence[tuple[Told, Tokens]], draw: random.Random) -> list[list[Row]]:
    """The windows of one pass, in batches of like length."""
    rows = [row for told, tokens in material for row in rows_of(told, tokens, draw)]
    return batches(rows, TOKENS // WINDOW, lambda row: len(row.ids), draw)


def export(model: Reader, out: Path) -> None:
    """The graph that goes on from the ranker's word vectors, its weights in whole numbers."""
    embedded = torch.ones(1, 8, model.part.in_features)
    mask, members = torch.ones(1, 8, dtype=torch.long), torch.ones(1, 2, 8)
    axes = {
        name: {1: "tokens"} for name in ("embedded", "attention_mask", "parts", "cues", "pointers")
    }
    axes |= {
        "members": {1: "sentences", 2: "tokens"},
        "kinds": {1: "sentences"},
        "verdicts": {1: "sentences"},
    }
    torch.onnx.export(model.eval(), (embedded, mask, members), str(out / FILE), input_names=["embedded", "attention_mask", "members"],
                      dynamo=False, output_names=list(ANSWERS), dynamic_axes=axes, opset_version=17)  # fmt: skip
    graph = onnx.load(out / FILE)
    pack(graph.graph)
    onnx.checker.check_model(graph)
    onnx.save(graph, out / FILE)


def opened(start: Path | None) -> tuple[Reader, Trunk, Any]:
    """The reader as it begins, what it stands on, and the tokenizer."""
    tokenizer = Tokenizer.from_file(str(Path(BASE) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    beneath = Trunk(BASE, LAYERS)
    known = {
        name.removeprefix("trunk."): value
        for name, value in ranker_weights(BUNDLED).items()
        if name.startswith("trunk.")
    }
    beneath.load_state_dict(known)
    model = Reader(beneath)
    if start:
        model.load_state_dict(unpack(onnx.load(start / FILE).graph), strict=False)
    return model, beneath.eval(), tokenizer


def learn(args: argparse.Namespace) -> None:
    """Stage after stage, or the last one alone from a reader that is there; the mean of their ends is written."""
    torch.manual_seed(args.seed)
    model, beneath, tokenizer = opened(args.start)
    told_of = list(labelled(Path(os.environ["PULLQUOTE_EVAL_DATA"])))
    material = [(told, tokens_of(tokenizer, told.document, told.sentences)) for told in told_of]
    ends = []
    for stage in range(len(STAGES)) if not args.start else [len(STAGES) - 1]:
        epochs, rate = STAGES[stage]
        draw = random.Random(args.seed + stage)
        plan = [rows for _ in range(epochs) for rows in epoch(material, draw)]
        fit(model, plan, lambda rows: loss_of(model, beneath, batch_of(rows)), args.out / f"stage{stage}.pt", rate=rate,
            heads=HEADS, trunk="layers", minutes=args.minutes)  # fmt: skip
        ends.append(deepcopy(model.state_dict()))
    model.load_state_dict({name: sum(end[name] for end in ends) / len(ends) for name in ends[0]})
    export(model, args.out)
    card = config(args, sum(len(told.labels) for told in told_of))
    (args.out / "config.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")


def config(args: argparse.Namespace, sentences: int) -> dict[str, Any]:
    """The card of the weights."""
    beneath, own = BUNDLED / EMBEDDING, args.out / FILE
    return {
        "window": WINDOW,
        "beneath": {"file": "models/weights/ranker/embedding.onnx", "sha256": sha256(beneath.read_bytes()).hexdigest()},
        "weights": {"sha256": {FILE: sha256(own.read_bytes()).hexdigest()}, "bytes": {FILE: own.stat().st_size}},
        "training": {
            "sentences": sentences,
            "stages": [{"epochs": epochs, "rate": rate, "seed": args.seed + number} for number, (epochs, rate) in enumerate(STAGES)],
            "weights": "mean of the ends of the stages",
        },
        "data": {"benchmarks/voices, tests/gold/voice": "MIT; their texts: benchmarks/policy (MIT), ibm-claim-stance (CC BY-SA 3.0), clapnq-dev (CC BY-SA), squad2-dev-half (CC BY-SA 4.0), mtrag-un (Apache-2.0), demo-docs (public domain), the article (CC BY-ND)"},
        "figures": "docs/voice.md",
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--start", type=Path, help="go on from the reader in this folder: the last stage alone"
    )
    parser.add_argument("--minutes", type=float, default=1e9, help="of a stage")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    args.out.mkdir(parents=True, exist_ok=True)
    learn(args)


if __name__ == "__main__":
    main()
