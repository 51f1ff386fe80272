"""Label by sentence numbers: print a document with its sentences numbered, and turn a reader's rows into offsets.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/label.py view DOCUMENT...
    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/label.py convert --half HALF ROWS.jsonl... > labels.jsonl

A DOCUMENT is named as in `voices/documents.jsonl`. A row is `{"doc", "n", "kind", "speaker", "key", "source", "cue",
"parts": [[words, kind, key]], "also", "accept", "via", "turn"}`: `n` is the sentence's number, `source`, `cue` and the
words of `parts` stand letter for letter in it. `{"doc", "n": -1}` says that a document was read to its end. What does not
fit is printed to stderr, and nothing is written then.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from voice_examples import texts

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Kind, split_sentences

KINDS = {"quoted", "reported", "mixed", "author"}
KEPT = {"also": "kind_also", "accept": "accept", "via": "via", "turn": "turn"}


def view(document: Document) -> Iterator[str]:
    """The document's facts, then each sentence behind its number, with an empty line before a paragraph."""
    source, paragraph = document.source, 0
    yield f"# title: {source.title}\n# author: {source.author}\n# publisher: {source.publisher}\n"
    for number, sentence in enumerate(split_sentences(document)):
        if sentence.paragraph != paragraph:
            yield ""
        paragraph = sentence.paragraph
        yield f"[{number}]{' (heading)' if sentence.kind is Kind.HEADING else ''} {sentence.span.cut(document.text)}"


def placed(words: str, text: str, start: int, end: int) -> list[int]:
    """Where words stand within a sentence; nowhere where there are none."""
    if not words:
        return []
    at = text.find(words, start, end)
    if at < 0:
        raise ValueError(f"{words!r} does not stand in the sentence")
    return [at, at + len(words)]


def label_of(row: Mapping[str, Any], document: Document) -> dict[str, Any]:
    """A row by offsets."""
    span = split_sentences(document)[row["n"]].span
    if row["kind"] not in KINDS or (row["kind"] == "mixed" and not row.get("parts")):
        raise ValueError("a kind is quoted, reported, mixed (with its parts) or author")
    told: dict[str, Any] = {"start": span.start, "end": span.end, "kind": row["kind"]}
    told |= {new: row[old] for old, new in KEPT.items() if row.get(old)}
    if row["kind"] == "author":
        return told
    told |= {"speaker": row["speaker"], "speaker_key": row.get("key") or row["speaker"].split()[-1]}
    told["source"] = placed(row.get("source", ""), document.text, span.start, span.end)
    if row.get("cue"):
        told["cue"] = placed(row["cue"], document.text, span.start, span.end)
    parts = [
        [*placed(words, document.text, span.start, span.end), kind, key]
        for words, kind, key in row.get("parts", [])
    ]
    return told | ({"parts": parts} if parts else {})


def converted(
    rows: list[dict[str, Any]], documents: Mapping[str, Document], half: str
) -> tuple[list[dict[str, Any]], list[str]]:
    """The documents that were read to their end, and what does not fit."""
    found, wrong = [], []
    for name in sorted({row["doc"] for row in rows if row["n"] == -1}):
        labels, document = [], documents[name]
        for row in sorted(
            (row for row in rows if row["doc"] == name and row["n"] >= 0), key=lambda one: one["n"]
        ):
            try:
                labels.append(label_of(row, document))
            except (KeyError, IndexError, ValueError) as error:
                wrong.append(f"{name} {row['n']}: {error}")
        digest = sha256(document.text.encode()).hexdigest()
        count = len(split_sentences(document))
        found.append(
            {"doc_id": name, "half": half, "sha256": digest, "sentences": count, "labels": labels}
        )
    return found, wrong


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=["view", "convert"])
    parser.add_argument("given", nargs="+", metavar="DOCUMENT|ROWS")
    parser.add_argument("--half", default="train")
    told = parser.parse_args()
    documents = texts(Path(os.environ["PULLQUOTE_EVAL_DATA"]))
    if told.action == "view":
        for name in told.given:
            print(f"# {name}", *view(documents[name]), sep="\n")
        return
    rows = [
        json.loads(line)
        for path in told.given
        for line in Path(path).read_text("utf-8").split("\n")
        if line
    ]
    found, wrong = converted(rows, documents, told.half)
    if wrong:
        sys.exit("\n".join(wrong))
    for one in found:
        print(json.dumps(one, ensure_ascii=False))


if __name__ == "__main__":
    main()
