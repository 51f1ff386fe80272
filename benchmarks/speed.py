"""Measure speed: everything as a ratio to sentence-transformers in the same run, since machines are noisy.

    python benchmarks/speed.py [--index index]

One thread throughout; distinct questions unless a row says otherwise; medians.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false")

from pullquote.conversation import Query
from pullquote.encoder.model import locate_model
from pullquote.encoder.reference import SentenceTransformerEncoder
from pullquote.explainer import Explainer
from pullquote.passages import window_span
from pullquote.settings import Settings

RUNS = 5
PEER = (
    "from sentence_transformers import SentenceTransformer as S; import sys; "
    "S(sys.argv[1], device='cpu').encode(['why might killing kingpins backfire?'])"
)


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def process(*command: str) -> float:
    return statistics.median(
        seconds(lambda: subprocess.run(command, check=False, capture_output=True)) for _ in range(RUNS)
    )


def questions(explainer: Explainer) -> list[str]:
    """The openings of real sentences: distinct, and about what is there."""
    generation = explainer.generation
    found = []
    for number in range(len(generation.rows)):
        text = generation.document(number).text
        found += [" ".join(sentence.span.cut(text).split()[:9]) for sentence in generation.sentences(number)]
    return list(dict.fromkeys(question for question in found if len(question.split()) > 4))


def asked(explainer: Explainer, texts: Sequence[str]) -> tuple[float, float, float]:
    """Median and 99th percentile of the time, and mean CPU time, an answer, in milliseconds."""
    cpu = time.process_time()
    taken = sorted(seconds(lambda text=text: explainer.ask(Query(question=text))) * 1_000 for text in texts)
    cpu = (time.process_time() - cpu) * 1_000 / len(texts)
    return statistics.median(taken), taken[int(len(taken) * 0.99)], cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("index"))
    settings = replace(Settings.read(os.environ), index=parser.parse_args().index)
    model = locate_model(settings.model)
    explainer = Explainer.open(settings)
    texts = questions(explainer)
    cold = process(sys.executable, "-m", "pullquote", "ask", "why might killing kingpins backfire?")
    peer = process(sys.executable, "-c", PEER, str(model.folder))
    median, slowest, cpu = asked(explainer, texts)
    again, _, _ = asked(explainer, texts[:1] * 200)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    reference = SentenceTransformerEncoder(model)
    import torch

    torch.set_num_threads(1)
    passages = passage_texts(explainer)
    ours = len(passages) / seconds(lambda: [explainer.encoder.encode([text]) for text in passages])
    theirs = len(passages) / seconds(lambda: reference.encode(passages))
    rows = [
        ("first answer on a cold command line, s", f"{cold:.2f}", f"{peer:.2f}", f"{cold / peer:.2f}"),
        ("passages encoded a second, one thread", f"{ours:.1f}", f"{theirs:.1f}", f"{ours / theirs:.2f}"),
        (f"answer in process, {len(texts)} questions, p50 / p99 ms", f"{median:.1f} / {slowest:.1f}", "", ""),
        ("CPU an answer, ms", f"{cpu:.1f}", "", ""),
        ("the same question again, ms", f"{again:.2f}", "", ""),
        ("peak resident memory while answering, MB", f"{memory:.0f}", "", ""),
    ]
    print("| figure | pullquote | sentence-transformers | ratio |\n|---|---|---|---|")
    print("\n".join("| " + " | ".join(row) + " |" for row in rows))


def passage_texts(explainer: Explainer) -> list[str]:
    generation = explainer.generation
    found = []
    for document, first, end in generation.passages.tolist():
        base = generation.rows[document].first_sentence
        sentences = generation.sentences(document)
        found.append(window_span(sentences, first - base, end - base - 1).cut(generation.document(document).text))
    return found[:200]


if __name__ == "__main__":
    main()
