"""Measure both sides on whole debates, in which every sentence is labelled for every proposition.

    python benchmarks/sides_debates.py PART [--labels] [--read]

PART is `a` or `b`, the halves of the invented debates (`benchmarks/policy/written/sides.jsonl`), or `choose` or
`report`, real ones (`benchmarks/debates`); a and choose serve to choose. Sentences that no label names take no side.
With --labels each document whose author plainly takes a side carries the operator's label, worked out from the same
labels: at least LEAST sentences that take a side, SHARE of them the same one. With --read quotes in which two readers
heard the same side (`read.jsonl`, of choose alone) count besides the labelled sentences.
"""

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from policy_examples import HOME, rows_of, sentences

from pullquote.corpus.corpus import Corpus
from pullquote.corpus.documents import Document, Position
from pullquote.index import build_index
from pullquote.index.layout import STANCES
from pullquote.models.encoder import Encoder, prepare_encoder
from pullquote.models.ranker import OnnxJudge
from pullquote.models.reader import bundled
from pullquote.settings import Settings
from pullquote.sides.book import StanceBook
from pullquote.sides.columns import Sides
from pullquote.sides.debater import sides_of
from pullquote.sides.stance import Citation
from pullquote.voice.book import VoiceBook, line_of
from pullquote_eval.datasets import load_dataset

REAL = HOME.parent / "debates"
LEAST, SHARE = 3, 0.75
NAMES = ("for", "against")


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over propositions: sides that exist and those with a right quote; sides that do not and those left empty;
    gaps said and those that are true; quotes shown on a side: right, of the other side, of none.
    """

    existing: int
    covered: int
    absent: int
    empty: int
    gaps: int
    true_gaps: int
    right: int
    wrong: int
    idle: int

    @property
    def text(self) -> str:
        """In one line of a table."""
        shown = self.right + self.wrong + self.idle
        return (
            f"| {self.covered} of {self.existing} ({self.covered / self.existing:.0%}) | {self.empty} of {self.absent} "
            f"| {self.true_gaps} of {self.gaps} | {self.right / shown:.0%} / {self.wrong / shown:.0%} / "
            f"{self.idle / shown:.0%} of {shown} |"
        )


@dataclass(frozen=True, slots=True)
class Contested:
    """A proposition and the sentences that argue: by document, start and end of each, its side, and whether it is the author's."""

    debate: str
    proposition: str
    documents: Mapping[str, Sequence[tuple[int, int, str, bool]]]


def labelled(part: str, corpus: Corpus) -> list[Contested]:
    """The propositions of a part, with what every document of their debates says on them."""
    if part not in ("a", "b"):
        return [real(row) for row in rows_of(REAL / part / "sides.jsonl")]
    texts = {document.id: document.text for document in corpus.documents}
    return [
        invented(row, texts)
        for row in rows_of(HOME / "written" / "sides.jsonl")
        if row["half"] == part
    ]


def heard(rows: Sequence[Contested], part: str) -> list[Contested]:
    """The same with the quotes besides in which two readers heard one side."""
    found: dict[str, dict[str, list[tuple[int, int, str, bool]]]] = {
        row.proposition: {} for row in rows
    }
    for one in rows_of(REAL / part / "read.jsonl"):
        (name, start, end), (side, other) = one["quote"], one["read"]
        if side == other and side in NAMES:
            found[one["proposition"]].setdefault(name, []).append((start, end, side, False))
    return [
        replace(row, documents={
            name: [*row.documents.get(name, ()), *found[row.proposition].get(name, ())]
            for name in {*row.documents, *found[row.proposition]}
        })
        for row in rows
    ]  # fmt: skip


def real(row: Mapping[str, Any]) -> Contested:
    """A proposition of a real debate."""
    found: dict[str, list[tuple[int, int, str, bool]]] = {}
    for name, start, end, side, whose in row["sentences"]:
        found.setdefault(name, []).append((start, end, side, whose == "author"))
    return Contested(row["debate"], row["proposition"], found)


def invented(row: Mapping[str, Any], texts: Mapping[str, str]) -> Contested:
    """A proposition of an invented one, whose sentences are told by number."""
    found = {}
    for name, told in row["documents"].items():
        places = sentences(texts[name])
        found[name] = [(*places[place], side, True) for side in NAMES for place in told[side]]
    return Contested(row["debate"], row["proposition"], found)


def corpus_of(part: str, settings: Settings, *, labels: bool) -> tuple[Corpus, list[Contested]]:
    """The documents of a part's debates, with the operator's labels or without, and what is contested in them."""
    folder = HOME / "written" if part in ("a", "b") else REAL / part
    every = load_dataset(folder, settings).corpus
    rows = labelled(part, every)
    debates = {row.debate for row in rows}
    chosen = [document for document in every.documents if document.debate in debates]
    return Corpus(
        tuple(replace(one, positions=positions(one, rows) if labels else ()) for one in chosen)
    ), rows


def positions(document: Document, rows: Sequence[Contested]) -> tuple[Position, ...]:
    """What an operator would write into the document's front matter."""
    found: list[Position] = []
    for row in rows:
        own = [side for _, _, side, author in row.documents.get(document.id, ()) if author]
        least = max(LEAST, SHARE * len(own))
        found += [Position(row.proposition, name) for name in NAMES if own.count(name) >= least]
    return tuple(found)


def debater(
    settings: Settings, encoder: Encoder, judge: OnnxJudge, corpus: Corpus, name: str
) -> StanceBook:
    """An index of these documents, in which nothing was judged before."""
    own = replace(settings, index=settings.index / "eval" / name)
    built = build_index(
        own,
        encoder,
        lambda draft: draft.add(STANCES, b"[]"),
        corpus=corpus,
        attribute=partial(line_of, bundled()),
    )
    generation = built.generation
    return StanceBook(
        generation, VoiceBook(generation), lambda text: encoder.encode([text])[0], lambda: judge
    )


def told(row: Contested, citation: Citation) -> set[str]:
    """The sides that the sentences of a quote take."""
    span = citation.quote.span
    labels = row.documents.get(citation.quote.document.id, ())
    return {side for start, end, side, _ in labels if start < span.end and span.start < end}


def outcome(row: Contested, found: Sides) -> Figures:
    """One proposition held against its labels."""
    shown = {"for": found.favour, "against": found.against}
    exists = {
        name: any(side == name for labels in row.documents.values() for _, _, side, _ in labels)
        for name in NAMES
    }
    hits = {name: [told(row, citation) for citation in shown[name]] for name in NAMES}
    other = {"for": "against", "against": "for"}
    silent = [name for name in NAMES if name in found.missing]
    every = [(name, sides) for name in NAMES for sides in hits[name]]
    return Figures(
        sum(exists.values()), sum(exists[name] and any(name in sides for sides in hits[name]) for name in NAMES),
        sum(not there for there in exists.values()), sum(not exists[name] and not shown[name] for name in NAMES),
        len(silent), sum(not exists[name] for name in silent),
        sum(name in sides for name, sides in every),
        sum(name not in sides and other[name] in sides for name, sides in every),
        sum(not sides for _, sides in every),
    )  # fmt: skip


def total(figures: Sequence[Figures]) -> Figures:
    """The sum of several."""
    return Figures(*(sum(getattr(one, name) for one in figures) for name in Figures.__slots__))


def outcomes(debates: StanceBook, rows: Sequence[Contested]) -> Iterator[Figures]:
    """Ask for both sides of each proposition in its debate."""
    for row in rows:
        yield outcome(row, sides_of(debates, row.proposition, debate=row.debate))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=["a", "b", "choose", "report"])
    parser.add_argument("--labels", action="store_true")
    parser.add_argument("--read", action="store_true")
    given = parser.parse_args()
    settings = Settings.read(os.environ)
    encoder, judge = prepare_encoder(settings.model, settings.index), OnnxJudge.open()
    corpus, rows = corpus_of(given.part, settings, labels=given.labels)
    debates = debater(settings, encoder, judge, corpus, f"sides-{given.part}-{given.labels}")
    rows = heard(rows, given.part) if given.read else rows
    print(
        "| sides with a right quote | absent sides left empty | gaps said that are true | quotes right / wrong / idle |"
    )
    print("| --- | --- | --- | --- |")
    print(total(list(outcomes(debates, rows))).text)


if __name__ == "__main__":
    main()
