"""Print what is suggested, for a strict reader to judge: the first five questions of a debate, and the next three after ten answers.

    PULLQUOTE_CORPUS=FOLDER PULLQUOTE_INDEX=FOLDER python benchmarks/suggestions.py [QUESTIONS.jsonl] [--answers 10] [--kept]

QUESTIONS has a question a line, as "text" or "question", those of other debates left out; without it the proven ones are
asked. Under each suggestion stands the first quote that it gets. The questions are proven anew on the index as it is,
unless those kept in it are asked for, and how many were asked and how long that took is told last.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.answers.ready import Ready
from pullquote.answers.reply import Proof, prover
from pullquote.answers.suggestions import FIRST
from pullquote.settings import Settings
from pullquote.upkeep.questions import prove


def questions(path: Path, debates: tuple[str, ...]) -> Iterator[str]:
    """The questions of a file that stand alone and are put to these debates."""
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        if (
            row.get("debate") in (None, *debates)
            and not row.get("history")
            and row.get("answerable", True)
        ):
            yield row.get("text") or row["resolved_question"]


def shown(explainer: Explainer, question: str) -> str:
    """A question with its first quote and whose it is."""
    answer = explainer.ask(Query(question=question))
    first = answer.citations[0] if answer.citations else None
    told = f"{answer.parts[0].text} “{first.quote.text}”" if first else "SILENCE"  # type: ignore[union-attr]
    return f"  {question}\n      {answer.confidence:.2f} {' '.join(told.split())[:330]}"


def proven_anew(explainer: Explainer) -> None:
    """Prove what is suggested with the program as it is, and tell how many questions were asked for it."""
    ready: Ready = explainer.ready
    asked, ask = [], prover(ready, explainer.settings.threshold)

    def counting(question: str, debate: str) -> Proof | None:
        asked.append(question)
        return ask(question, debate)

    start = time.process_time()
    ready.suggestions = prove(ready.generation, ready.voices, ready.encoder.encode, counting)
    taken = time.process_time() - start
    print(
        f"{len(asked)} asked, {len(ready.suggestions)} kept, {taken:.1f} s of processor time",
        file=sys.stderr,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path, nargs="?")
    parser.add_argument("--answers", type=int, default=10)
    parser.add_argument("--kept", action="store_true")
    given = parser.parse_args()
    explainer = Explainer.open(Settings.read(os.environ))
    if not given.kept:
        proven_anew(explainer)
    known = explainer.suggestions()
    print("first page", *(shown(explainer, one) for one in known[:FIRST]), sep="\n")
    print("\nkept", *known[FIRST:], sep="\n  ", flush=True)
    held = (
        list(questions(given.questions, explainer.generation.debates))
        if given.questions
        else list(known)
    )
    for question in held[:: max(1, len(held) // given.answers)][: given.answers]:
        answer = explainer.ask(Query(question=question))
        print(
            f"\nafter: {question}",
            *(shown(explainer, one) for one in answer.suggestions),
            sep="\n",
            flush=True,
        )


if __name__ == "__main__":
    main()
