"""How well two readers of the same debates agree: python benchmarks/agreement.py FIRST.jsonl KEY.json SECOND.jsonl ...

Three files a topic: the first reader's rows, which of them the second was asked (`q` and `side`: line numbers), and the
second's rows `{"q", "a"}`, `{"side", "for", "against"}` and `{"d", "n", "kind", "key"}`.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from debates import PLACE

Rows = list[dict[str, Any]]


def sentences(places: Sequence[str]) -> set[tuple[int, int]]:
    """Document and number of each sentence."""
    found = set()
    for place in places:
        if match := PLACE.fullmatch(place):
            found |= {
                (int(match[1]), n) for n in range(int(match[2]), int(match[3] or match[2]) + 1)
            }
    return found


def rows_of(path: Path) -> Rows:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]


def f1(pairs: Sequence[tuple[set[Any], set[Any]]]) -> float:
    """Of all sentences that either names, twice the shared over both."""
    return (
        2
        * sum(len(one & other) for one, other in pairs)
        / max(1, sum(len(one) + len(other) for one, other in pairs))
    )


def kappa(pairs: Sequence[tuple[bool, bool]]) -> float:
    """Cohen's: agreement beyond chance."""
    same = sum(one == other for one, other in pairs) / len(pairs)
    first, second = (sum(pair[n] for pair in pairs) / len(pairs) for n in range(2))
    chance = first * second + (1 - first) * (1 - second)
    return (same - chance) / (1 - chance)


def compared(
    first: Rows, key: dict[str, list[int]], second: Rows
) -> Iterator[tuple[str, Any, Any]]:
    """What is compared, and either reader's word."""
    for row in second:
        if "q" in row:
            mine = first[key["q"][row["q"]]]
            yield "answers", sentences(mine.get("a", [])), sentences(row["a"])
            yield "shown", sentences([*mine.get("a", []), *mine.get("h", [])]), sentences(row["a"])
        elif "side" in row:
            mine = first[key["side"][row["side"]]]
            for side in ("for", "against"):
                yield "sides", sentences([place for place, _ in mine[side]]), sentences(row[side])
    read = {row["d"] for row in second if "n" in row}
    voices = [{(row["d"], row["n"]): row for row in rows if row.get("n", -1) >= 0 and row["d"] in read and row.get("t", "voice") == "voice"}
              for rows in (first, second)]  # fmt: skip
    yield "voices", set(voices[0]), set(voices[1])
    for place in voices[0].keys() & voices[1].keys():
        one, other = (each[place] for each in voices)
        yield "same kind", one["kind"], other["kind"]
        yield "same speaker", one["key"].lower().split()[-1], other["key"].lower().split()[-1]


def main() -> None:
    found: dict[str, list[tuple[Any, Any]]] = {}
    files = [Path(name) for name in sys.argv[1:]]
    for rows, key, second in zip(*(iter(files),) * 3, strict=True):
        for what, one, other in compared(
            rows_of(rows), json.loads(key.read_bytes()), rows_of(second)
        ):
            found.setdefault(what, []).append((one, other))
    both = [(one, other) for one, other in found["answers"] if one and other]
    print(
        f"{len(found['answers'])} questions; has an answer: kappa {kappa([(bool(a), bool(b)) for a, b in found['answers']]):.2f}"
    )
    print(f"sentences that answer: F1 {f1(both):.2f}; one of the second's is among the first's for "
          f"{sum(bool(a & b) for a, b in both) / len(both):.2f}, or helps, {sum(bool(a & b) for a, b in found['shown'] if b and a) / len(both):.2f}")  # fmt: skip
    print(
        f"sides: {len(found['sides'])}, sentences F1 {f1(found['sides']):.2f}; empty alike {sum(bool(a) == bool(b) for a, b in found['sides']) / len(found['sides']):.2f}"
    )
    print(f"voices: sentences F1 {f1(found['voices']):.2f}; of {len(found['same kind'])} that both name, "
          + ", ".join(f"{what} {sum(a == b for a, b in found[what]) / len(found[what]):.2f}" for what in ("same kind", "same speaker")))  # fmt: skip


if __name__ == "__main__":
    main()
