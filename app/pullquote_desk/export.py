"""Decisions as a labelled set in the format of docs/quality.md, with sides and speakers beside it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pullquote.corpus.decisions import DecisionKind, Desk, EditorDecision
from pullquote.errors import SettingsError
from pullquote.index.generation import Generation
from pullquote.index.lexical import in_words
from pullquote.span import Span

Holding = Sequence[tuple[EditorDecision, Sequence[tuple[int, Span]]]]
Rows = Iterable[dict[str, Any]]


def export(generation: Generation, folder: Path) -> dict[str, int]:
    """Write the decisions that hold as a set into a new or empty folder; rows by file.

    A question with a pin is answerable, and the pinned ranges answer it; one for which quotes are
    only hidden is undecided, and these have a relevance of 0.

    Raises:
        SettingsError: there is something in the folder, or no decision holds.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise SettingsError(f"{folder} is not empty; name another folder")
    desk = generation.desk
    failing = {id(decision) for decision, _ in desk.unfit}
    holding = [entry for entry in desk.holding if id(entry[0]) not in failing]
    if not holding:
        raise SettingsError("no decision holds, so there is nothing to export; make one first")
    queries, qrels = _questions(generation, holding)
    tables: dict[str, Rows] = {
        "corpus.jsonl": _texts(generation, holding),
        "queries.jsonl": queries,
        "qrels.jsonl": qrels,
        "sides.jsonl": _sides(generation, desk),
        "voices.jsonl": _speakers(generation, desk),
    }
    folder.mkdir(parents=True, exist_ok=True)
    return {name: _write(folder / name, rows) for name, rows in tables.items()}


def _write(path: Path, rows: Rows) -> int:
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    path.write_bytes("".join(lines).encode("utf-8", "surrogatepass"))
    return len(lines)


def _texts(generation: Generation, holding: Holding) -> Iterator[dict[str, Any]]:
    """Every document of a debate that was decided on: what does not answer is looked for there too."""
    debates = sorted({decision.debate for decision, _ in holding})
    for number in (number for debate in debates for number in generation.documents_of(debate)):
        document = generation.document(number)
        facts = {"title": document.name, "author": document.source.author or ""}
        yield {"id": document.id, **facts, "debate": document.debate, "text": document.text}


def _questions(generation: Generation, holding: Holding) -> tuple[Rows, Rows]:
    """Each wording with what answers it, by the last decision, and what an editor does not show for it."""
    wordings: dict[tuple[str, str], str] = {}
    marks: dict[tuple[str, str], dict[tuple[int, Span], int]] = defaultdict(dict)
    for decision, ranges in holding:
        pinned = decision.kind is DecisionKind.PIN
        for wording in filter(None, (decision.question, *decision.rewordings)):
            key = decision.debate, in_words(wording)
            wordings.setdefault(key, wording)
            if pinned:
                marks[key] = {
                    location: 0 for location, relevance in marks[key].items() if not relevance
                }
            marks[key] |= dict.fromkeys(ranges, int(pinned))
    queries, qrels = [], []
    for number, ((debate, words), text) in enumerate(wordings.items(), start=1):
        name, relevances = f"desk-{number}", marks[debate, words]
        answerable = True if any(relevances.values()) else None
        queries.append({"id": name, "text": text, "answerable": answerable, "debate": debate})
        for (document, span), relevance in relevances.items():
            location = {"query_id": name, "doc_id": generation.rows[document].id}
            evidence = [{"start": span.start, "end": span.end}]
            qrels.append({**location, "relevance": relevance, "evidence": evidence})
    return queries, qrels


def _sides(generation: Generation, desk: Desk) -> Iterator[dict[str, Any]]:
    sentences: dict[tuple[str, str], list[list[object]]] = defaultdict(list)
    for number, entries in desk.sides.items():
        row = generation.rows[number]
        for entry in entries:
            location = [row.id, entry.span.start, entry.span.end, entry.side]
            sentences[row.debate, entry.proposition].append(location)
    for (debate, proposition), rows in sentences.items():
        yield {"debate": debate, "proposition": proposition, "sentences": rows}


def _speakers(generation: Generation, desk: Desk) -> Iterator[dict[str, Any]]:
    for number, entries in desk.speakers.items():
        labels = [
            {
                "start": span.start,
                "end": span.end,
                "speaker": speaker,
                "kind": None if speaker else "author",
            }
            for span, speaker in entries
        ]
        yield {"doc_id": generation.rows[number].id, "labels": labels}
