"""The same questions from our own files and from engines that others run, over one generation: are the first quotes the same?

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/engines.py [--passages 10000] [--questions 500] [--folder FOLDER]
        [--ranker off] ADDRESS...

An address is what PULLQUOTE_INDEX takes, without `files`: postgresql://pullquote@127.0.0.1:5433/postgres or
milvus+http://127.0.0.1:19530/bench. The servers run already; docs/scale.md tells how to start each. The corpus and its
vectors are those of `scale.py`: past 1,000 passages the vectors are put together of encoded ones (`composed.py`), those of
questions are really encoded. Whatever was put into an engine before, for this generation, is put there anew.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import composed
import numpy as np
import scale
from peers import ONE_THREAD

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.errors import EngineError
from pullquote.index.engine import open_engine
from pullquote.index.lexical import terms
from pullquote.index.search import NEAR_WORDS, PASSAGES_OPENED
from pullquote.index.shard import Grain
from pullquote.models.encoder import prepare_encoder
from pullquote.settings import Address, Settings
from pullquote_eval.evaluate import chosen
from pullquote_scale.hosting import BUILDING, REST, ProvenEngine

WARM = 20  # questions asked before any is counted
SAME = 1e-3  # how far the scores of two first quotes may lie apart where the quotes differ
Asked = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class First:
    """The first quote of an answer, and its score; none where nothing was found."""

    place: tuple[str, int, int] | None
    score: float


def first(explainer: Explainer, asked: Asked) -> First:
    """The first quote for a question about a debate, or about all (None)."""
    choices = chosen(explainer, Query(question=asked[0], debate=asked[1]))[1]
    if not choices:
        return First(None, 0.0)
    quote = choices[0].quote
    return First((quote.document.id, quote.span.start, quote.span.end), choices[0].score)


REFUSED: list[str] = []  # what an engine did not answer, and was asked again


def patient(ask: Callable[[Any], Any], question: Any) -> Any:
    """What is answered, however often it takes to ask; each refusal is counted."""
    while True:
        try:
            return ask(question)
        except EngineError as error:
            REFUSED.append(str(error))
            time.sleep(REST)


def times(ask: Callable[[Any], object], questions: Sequence[Any]) -> list[float]:
    """The median and the 99th of a hundred, in ms."""
    taken = []
    for question in questions:
        start = time.perf_counter()
        patient(ask, question)
        taken.append((time.perf_counter() - start) * 1_000)
    return [float(value) for value in np.percentile(taken[WARM:], [50, 99])]


def measured(
    settings: Settings,
    asked: Sequence[Asked],
    vectors: dict[str, Any],
    ours: Sequence[First] | None,
) -> dict[str, Any]:
    """What an engine, or our own files, give for these questions, and how long that takes."""
    explainer = Explainer.open(settings)
    generation = explainer.generation
    documents = {name: generation.documents_of(name) for _, name in asked}
    engine, shard = generation.engine, generation.numbering.shards[0]
    windows = {name: generation.window_rows(found) for name, found in documents.items()}
    passages = {name: generation.passage_rows(found) for name, found in documents.items()}
    weights = {text: generation.words.weights(terms(text)) for text, _ in asked}
    figures: dict[str, Any] = {}
    REFUSED.clear()
    for scope, some in (
        ("all", [one for one in asked if one[1] is None]),
        ("a debate", [one for one in asked if one[1]]),
    ):
        figures[f"near, {scope}"] = times(
            lambda one: engine.search_vector(
                shard, Grain.PASSAGES, vectors[one[0]], PASSAGES_OPENED, passages[one[1]]
            ),
            some,
        )
        figures[f"worded, {scope}"] = times(
            lambda one: engine.search_text(shard, weights[one[0]], NEAR_WORDS, windows[one[1]]),
            some,
        )
    found = []
    figures["answers"] = times(lambda one: found.append(first(explainer, one)), asked)
    figures |= {"firsts": found, "refused": len(REFUSED)}
    if ours:
        other = [(one, two) for one, two in zip(ours, found, strict=True) if one.place != two.place]
        figures["same"] = 1 - len(other) / len(ours)
        figures["apart"] = max((abs(one.score - two.score) for one, two in other), default=0.0)
        figures["further"] = sum(abs(one.score - two.score) > SAME for one, two in other)
    return figures


def filled(settings: Settings, generation: Any) -> float:
    """Seconds that it takes to put a generation into an engine."""
    assert settings.engine
    engine = open_engine(replace(settings, engine_seconds=BUILDING))
    assert isinstance(engine, ProvenEngine)
    start = time.perf_counter()
    for shard in generation.numbering.shards:
        engine.database.put(shard)
    return time.perf_counter() - start


def table(found: dict[str, dict[str, Any]], size: scale.Size, questions: int) -> str:
    """The figures, a column an engine."""
    lines = [
        f"{scale._machine()}. {size.passages:,} passages, {questions} questions about all and as many about one debate.", "",  # noqa: SLF001
        "| | " + " | ".join(found) + " |", "|---|" + "--:|" * len(found),
    ]  # fmt: skip

    def row(name: str, shape: Callable[[dict[str, Any]], str]) -> None:
        lines.append(
            f"| {name} | " + " | ".join(shape(figures) for figures in found.values()) + " |"
        )

    row("filling it, s", lambda of: f"{of['filled']:.0f}" if "filled" in of else "")
    for name, of in (
        (f"{PASSAGES_OPENED} nearest passages of all, p50 / p99 ms", "near, all"), ("the same in one debate", "near, a debate"),
        (f"{NEAR_WORDS} windows by words of all", "worded, all"), ("the same in one debate", "worded, a debate"),
        ("choosing an answer, encoding included", "answers"),
    ):  # fmt: skip
        row(name, lambda figures, of=of: f"{figures[of][0]:.1f} / {figures[of][1]:.1f}")
    row("times that it did not answer, and was asked again", lambda of: str(of["refused"]))
    row(
        "first quote the same as from our own files",
        lambda of: f"{of['same']:.2%}" if "same" in of else "",
    )
    row(
        "where not, scores apart by at most",
        lambda of: f"{of['apart']:.4f}" if "apart" in of else "",
    )
    row(f"of these by more than {SAME:g}", lambda of: str(of["further"]) if "further" in of else "")
    return "\n".join(lines) + "\n"


def main() -> None:
    if os.environ.get("OMP_NUM_THREADS") != "1":  # numpy's threads are fixed when it is imported
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ONE_THREAD})
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("addresses", nargs="+", metavar="ADDRESS")
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "pullquote-scale"
    )
    parser.add_argument("--ranker", default="off")
    arguments = parser.parse_args()
    size = scale.Size(arguments.folder, arguments.passages, 1_000)
    if not size.settings.index.is_dir():
        print(json.dumps(scale.build(size)), file=sys.stderr)
    settings = replace(
        size.settings,
        reranker=None if arguments.ranker == "off" else arguments.ranker,
        answer_cache=0,
    )
    known = composed.questions(scale.halves(), arguments.questions)
    encoder = prepare_encoder(settings.model, size.models)
    vectors = {text: encoder.encode([text])[0] for text in known}
    opened = Explainer.open(settings).generation
    debates = [opened.debates[number % len(opened.debates)] for number in range(len(known))]
    asked: list[Asked] = [*((text, None) for text in known), *zip(known, debates, strict=True)]
    found = {"our own files": measured(settings, asked, vectors, None)}
    for address in arguments.addresses:
        name = address.partition(":")[0]
        other = replace(settings, engine=Address(address), engine_seconds=BUILDING)
        taken = filled(other, opened)
        found[name] = measured(other, asked, vectors, found["our own files"]["firsts"]) | {
            "filled": taken
        }
        print(table(found, size, len(known)), flush=True)


if __name__ == "__main__":
    main()
