"""Measure "Who disputes this?" on tests/gold/disputes: is what is shown a clash, and is one shown where there is one?

The propositions and the documents' sides on them are an operator's: those of tests/gold/sides, and of half b of the
whole debates in benchmarks/policy.

    python benchmarks/disputes.py [--model FOLDER]

Needs PULLQUOTE_EVAL_DATA for the demonstration documents.
"""

import argparse
import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from sides import labelled_corpus
from sides_debates import corpus_of as debates_of
from sides_debates import labelled

from pullquote.corpus.corpus import Corpus
from pullquote.corpus.quote import Quote, quote_span
from pullquote.index import build_index
from pullquote.index.generation import Draft
from pullquote.index.layout import STANCES
from pullquote.models.encoder import Encoder, prepare_encoder
from pullquote.models.onnx import Vectors
from pullquote.models.ranker import BUNDLED, OnnxRanker
from pullquote.models.reader import bundled
from pullquote.settings import Settings
from pullquote.sides.book import StanceBook
from pullquote.sides.debater import Dispute, dispute_of
from pullquote.sides.judging import dump_stances
from pullquote.span import Span
from pullquote.voice.book import VoiceBook, line_of

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "tests" / "gold" / "disputes" / "labels.jsonl"
SETS = ("debate", "policy")


def corpus_of(name: str, settings: Settings) -> Corpus:
    """The documents of a set with an operator's labels."""
    return (
        labelled_corpus(settings, labels=True)
        if name == "debate"
        else debates_of(settings, labelled("b"), labels=True)
    )


def debater(name: str, settings: Settings, encoder: Encoder, judge: OnnxRanker) -> StanceBook:
    """An index of one of the sets, the operator's propositions judged."""
    own = replace(settings, index=settings.index / "eval" / f"disputes-{name}")

    def encode(text: str) -> Vectors:
        return encoder.encode([text])[0]

    def enrich(draft: Draft) -> None:
        draft.add(STANCES, dump_stances(draft, lambda: judge, encode, {}))

    generation = build_index(
        own,
        encoder,
        enrich,
        corpus=corpus_of(name, settings),
        attribute=partial(line_of, bundled()),
    ).generation
    return StanceBook(generation, VoiceBook(generation), encode, lambda: judge)


def quote_of(debates: StanceBook, row: Mapping[str, Any]) -> Quote:
    """The quote that a label is about."""
    number = debates.generation.number(row["doc_id"])
    document, sentences = debates.generation.document(number), debates.generation.sentences(number)
    quote = quote_span(document, sentences, Span(row["start"], row["end"]))
    if quote is None:
        raise ValueError(f"no sentence at {row['start']} of {row['doc_id']}")
    return quote


def mark(row: Mapping[str, Any], shown: Dispute | None) -> str:
    """What the reader said of what is shown: plain, part, no; "unread" where it was not among the candidates."""
    if shown is None:
        return "silent"
    quote = shown.citation.quote
    for document, start, end, label in row["candidates"]:
        if document == quote.document.id and start < quote.span.end and quote.span.start < end:
            return str(label)
    return "unread"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=BUNDLED)
    parser.add_argument("--quotes", action="store_true", help="print what is shown")
    given = parser.parse_args()
    settings = Settings.read(os.environ)
    encoder, judge = prepare_encoder(settings.model, settings.index), OnnxRanker.open(given.model)
    rows = [json.loads(line) for line in GOLD.read_bytes().decode().split("\n") if line]
    print(
        "| set | plainly clash | in part | do not | not among the candidates | silent | plain clashes found |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in SETS:
        debates = debater(name, settings, encoder, judge)
        count: Counter[str] = Counter()
        there = found = 0
        for row in (row for row in rows if row["set"] == name):
            quote = quote_of(debates, row)
            shown = dispute_of(debates, quote)
            told = mark(row, shown)
            count[told] += 1
            exists = any(candidate[3] == "plain" for candidate in row["candidates"])
            there += exists
            found += exists and told == "plain"
            if given.quotes and shown is not None:
                print(f"{told}: {quote.text!r} <- {shown.citation.quote.text!r}")
        cells = " | ".join(
            str(count[label]) for label in ("plain", "part", "no", "unread", "silent")
        )
        print(f"| {name} | {cells} | {found} of {there} |")


if __name__ == "__main__":
    main()
