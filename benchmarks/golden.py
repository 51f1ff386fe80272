"""The answers to forty questions, as a server gives them: their quotes' places, speakers and sides, not their texts."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from verify_cases import send

HOME = Path(__file__).parents[1] / "tests" / "gold" / "answers"


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_bytes().decode().split("\n") if line]


def kept(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What is held of an answer; a document's words only in the lines around the quotes."""
    return {
        **{
            key: answer[key]
            for key in ("status", "reason", "resolved_question", "proposition", "gap")
        },
        "frames": [part["text"] for part in answer["parts"] if part["kind"] == "frame"],
        "quotes": [_quote(quote) for quote in answer["quotes"]],
        "nearest": [_place(quote) for quote in answer["nearest"]],
        "about": [_place(place) for place in answer["about"]],
    }


def _place(quote: Mapping[str, Any]) -> str:
    return f"{quote['document_id']}:{quote['start']}-{quote['end']}"


def _quote(quote: Mapping[str, Any]) -> dict[str, Any]:
    voice, stance = quote["voice"], quote["stance"]
    return {
        "place": _place(quote), "sha256": quote["source"]["sha256"], "role": quote["role"], "leans": quote["leans"],
        "kind": voice["kind"], "speaker": voice["speaker"], "via": voice["via"], "sure": voice["sure"],
        "byline": quote["byline"], "side": stance and stance["side"], "basis": stance and stance["basis"],
    }  # fmt: skip


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """What differs, a line each; where other quotes are shown, nothing more of them."""
    for key in before:
        if key == "quotes":
            yield from _quotes(before[key], after[key])
        elif before[key] != after[key] and not (
            key == "frames" and _shown(before) != _shown(after)
        ):
            yield f"{key}: {before[key]} -> {after[key]}"


def _shown(answer: Mapping[str, Any]) -> list[str]:
    return [quote["place"] for quote in answer["quotes"]]


def _quotes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterator[str]:
    old, new = ({quote["place"]: quote for quote in quotes} for quotes in (before, after))
    if list(old) != list(new):
        yield f"quotes: {' '.join(old) or 'none'} -> {' '.join(new) or 'none'}"
    for place in old.keys() & new.keys():
        moved = [
            f"{key} {value} -> {new[place][key]}"
            for key, value in old[place].items()
            if value != new[place][key]
        ]
        if moved:
            yield f"{place}: {', '.join(moved)}"


def run(port: int, *, make: bool) -> int:
    """Ask every question of a server; keep what it says, or print what changed since. The number of changed answers."""
    asked = rows(HOME / "questions.jsonl")
    given = {}
    for row in asked:
        body = {"question": row["text"], "history": row.get("history", [])}
        given[row["id"]] = kept(send(port, "/v1/ask", body))
    path = HOME / "answers.jsonl"
    if make:
        lines = [
            json.dumps({"id": name, **answer}, ensure_ascii=False) for name, answer in given.items()
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return 0
    before = {row.pop("id"): row for row in rows(path)}
    moved = {row["id"]: list(changes(before[row["id"]], given[row["id"]])) for row in asked}
    for row in asked:
        for line in moved[row["id"]]:
            print(f"{row['id']} {row['text']!r}: {line}")
    changed = sum(map(bool, moved.values()))
    print(f"{changed} of {len(asked)} answers changed")
    return changed
