"""Measure both sides on whole invented debates, in which every sentence is labelled for every proposition.

    python benchmarks/sides_debates.py [--half b] [--labels] [--model FOLDER]

`benchmarks/policy/written/sides.jsonl` says which sentences of all documents of a debate speak for or against a
proposition; all others take no side. Half a serves to choose, half b to report. With --labels each document whose
author plainly takes a side carries the operator's label, worked out from the same labels: at least LEAST sentences
that take a side, SHARE of them the same one.
"""

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from policy_examples import HOME, rows_of, sentences

from pullquote.corpus.corpus import Corpus
from pullquote.corpus.documents import Document, Position
from pullquote.index import build_index
from pullquote.models.encoder import Encoder, prepare_encoder
from pullquote.models.ranker import BUNDLED, OnnxRanker
from pullquote.models.reader import bundled
from pullquote.settings import Settings
from pullquote.sides.columns import Sides
from pullquote.sides.debater import Debater
from pullquote.sides.stance import Citation
from pullquote.upkeep.evaluate import load_dataset
from pullquote.upkeep.indexing import STANCES, VOICES, dump_voices
from pullquote.voice.book import VoiceBook

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


def labelled(half: str) -> list[dict[str, Any]]:
    """The propositions of a half, with what every document of their debates says on them."""
    return [row for row in rows_of(HOME / "written" / "sides.jsonl") if row["half"] == half]


def corpus_of(settings: Settings, rows: Sequence[Mapping[str, Any]], *, labels: bool) -> Corpus:
    """The documents of these debates, with the operator's labels or without."""
    debates = {row["debate"] for row in rows}
    documents = load_dataset(HOME / "written", settings).corpus.documents
    chosen = [document for document in documents if document.debate in debates]
    return Corpus(tuple(replace(one, positions=positions(one, rows) if labels else ()) for one in chosen))


def positions(document: Document, rows: Sequence[Mapping[str, Any]]) -> tuple[Position, ...]:
    """What an operator would write into the document's front matter."""
    found: list[Position] = []
    for row in rows:
        told = row["documents"].get(document.id, {"for": [], "against": []})
        least = max(LEAST, SHARE * sum(len(told[name]) for name in NAMES))
        found += [Position(row["proposition"], name) for name in NAMES if len(told[name]) >= least]
    return tuple(found)


def debater(settings: Settings, encoder: Encoder, judge: OnnxRanker, corpus: Corpus, name: str) -> Debater:
    """An index of these documents, in which nothing was judged before."""
    own = replace(settings, index=settings.index / "eval" / name)
    built = build_index(
        own, encoder, lambda generation: {VOICES: dump_voices(generation, bundled()), STANCES: b"[]"}, corpus=corpus
    )
    generation = built.generation
    return Debater(generation, VoiceBook(generation), lambda text: encoder.encode([text])[0], lambda: judge)


def told(row: Mapping[str, Any], citation: Citation) -> set[str]:
    """The sides that the sentences of a quote take."""
    document, span = citation.quote.document, citation.quote.span
    places = sentences(document.text)
    labels = row["documents"].get(document.id, {"for": [], "against": []})
    return {
        name for name in NAMES for place in labels[name]
        if places[place][0] < span.end and span.start < places[place][1]
    }  # fmt: skip


def outcome(row: Mapping[str, Any], found: Sides) -> Figures:
    """One proposition held against its labels."""
    shown = {"for": found.favour, "against": found.against}
    exists = {name: any(labels[name] for labels in row["documents"].values()) for name in NAMES}
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


def outcomes(debates: Debater, rows: Sequence[Mapping[str, Any]]) -> Iterator[Figures]:
    """Ask for both sides of each proposition in its debate."""
    for row in rows:
        yield outcome(row, debates.sides(row["proposition"], debate=row["debate"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=["a", "b"], default="b")
    parser.add_argument("--labels", action="store_true")
    parser.add_argument("--model", type=Path, default=BUNDLED)
    given = parser.parse_args()
    settings = Settings.read(os.environ)
    encoder, judge = prepare_encoder(settings.model, settings.index), OnnxRanker.open(given.model)
    rows = labelled(given.half)
    corpus = corpus_of(settings, rows, labels=given.labels)
    debates = debater(settings, encoder, judge, corpus, f"sides-{given.half}-{given.labels}")
    print(
        "| sides with a right quote | absent sides left empty | gaps said that are true | quotes right / wrong / idle |"
    )
    print("| --- | --- | --- | --- |")
    print(total(list(outcomes(debates, rows))).text)


if __name__ == "__main__":
    main()
