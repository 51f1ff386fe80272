"""What grows with the passages, and how: building, opening, finding, answering, one change; a table and a plot.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/scale.py [--passages 1000 10000 100000 1000000] [--write]
        [--folder FOLDER] [--only find] [--again] [--encoded 1000]

Four windows a passage, ten passages a document, a debate's documents side by side (`composed.py`). Up to `--encoded` passages all
texts are really encoded; past that vectors are put together of encoded ones, and the table says so. Each step runs in a
process of its own; what was measured is kept in FOLDER by size and step, so that a run that was cut short goes on.
"""

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import composed
import numpy as np
from peers import ONE_THREAD

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.answers.ready import Ready
from pullquote.index import build_index, open_index, vectors
from pullquote.index.generation import Generation
from pullquote.index.lexical import terms
from pullquote.index.search import (
    NEAR_WINDOWS,
    NEAR_WORDS,
    PASSAGES_OPENED,
    Sought,
    retrieve,
    search_vector,
    search_windows,
)
from pullquote.index.shard import Grain
from pullquote.models import interaction
from pullquote.models.encoder import prepare_encoder
from pullquote.settings import Settings

ROOT = Path(__file__).parents[1]
PAGE, PLOT = ROOT / "benchmarks" / "results" / "scale.md", ROOT / "docs" / "scale.svg"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
ASKED, WARM, ANSWERED, COMPARED = (
    500,
    50,
    100,
    100,
)  # questions: found, asked before that, answered whole, compared
K = 20  # of recall
SHARES = (1_000, 10, 2)  # a filter leaves one document of so many, drawn evenly: a year is a tenth
VOICE = 1_000  # a voice holds one window of so many
FOREIGN = "¿Por qué sería contraproducente?"  # the first that does not look English loads what tells languages, .6 s once
STEPS = ("build", "find", "change")
Figures = dict[str, Any]


class Size:
    """A corpus of so many passages, its index, and what was measured on it."""

    def __init__(self, folder: Path, passages: int, encoded: int) -> None:
        self.place, self.passages = folder / f"{passages}", passages
        self.settings = Settings(
            corpus=self.place / "corpus",
            index=self.place / "index",
            min_confidence=0.0,
            reranker=None,
        )
        self.models, self.real = folder / "models", passages <= encoded

    def figures(self, step: str) -> Path:
        """Where a step's figures are kept."""
        return self.place / f"{step}.json"

    def makers(self, halves: composed.Halves) -> tuple[Any, Any]:
        """What encodes the corpus, and its tokens."""
        real, network = prepare_encoder(self.settings.model, self.models), interaction.bundled()
        if self.real:
            return real, network
        made = composed.Composed(halves, real, self.models)
        return made, composed.ComposedTokens(halves, made, network, self.models)


def halves() -> composed.Halves:
    folder = Path(os.environ.get("PULLQUOTE_EVAL_DATA") or os.devnull) / "real-debates"
    if not folder.is_dir():
        raise SystemExit("set PULLQUOTE_EVAL_DATA to the folder that holds real-debates/")
    return composed.Halves.of(folder)


def build(size: Size) -> Figures:
    """Lay out the corpus where it is not yet, and build its index."""
    known = halves()
    if not size.settings.corpus.is_dir():
        draft = size.place / "corpus-draft"
        composed.write(known, draft, size.passages)
        draft.rename(size.settings.corpus)
    encoder, tokens = size.makers(known)
    start, before = time.perf_counter(), cpu()
    built = build_index(size.settings, encoder, interaction=tokens).generation
    taken = {
        "seconds": time.perf_counter() - start,
        "cpu": cpu() - before,
        "peak": peak(),
        "disk": disk(size),
    }
    return taken | {name: built.card.counts[name] for name in ("documents", "passages", "windows")}


def change(size: Size) -> Figures:
    """Change one document, build again, and take the change back."""
    encoder, tokens = size.makers(halves())
    paths = sorted(size.settings.corpus.rglob("*.txt"))
    path, was = paths[len(paths) // 2], disk(size)
    content = path.read_bytes()
    path.write_bytes(content + f"\nThe committee met again, at {time.time()}.\n".encode())
    start, before = time.perf_counter(), cpu()
    try:
        build_index(size.settings, encoder, interaction=tokens)
    finally:
        path.write_bytes(content)
    taken = {"seconds": time.perf_counter() - start, "cpu": cpu() - before, "peak": peak()}
    return taken | {"disk": max(0, disk(size) - was)}


def find(size: Size) -> Figures:
    """Open the index, ask, and compare with comparing all."""
    empty = anonymous()
    start = time.perf_counter()
    opened = open_index(size.settings)
    figures: Figures = {"open": time.perf_counter() - start}
    generation, known = opened.generation, halves()
    start = time.perf_counter()
    generation.check_ahead()  # beside, where it serves
    figures["ahead"] = time.perf_counter() - start
    encoder = prepare_encoder(size.settings.model, size.models)
    asked = composed.questions(known, ASKED + WARM + 2 * ANSWERED)
    network = interaction.bundled()
    of = {text: Sought(text, encoder.encode([text])[0], network.query(text)) for text in asked}
    finding, rest = asked[: ASKED + WARM], asked[ASKED + WARM :]
    del known
    figures |= parts(generation, finding, of)
    figures["resident"], figures["beside"] = anonymous(), empty
    for name, ranker, some in (("off", None, rest[:ANSWERED]), ("on", "on", rest[ANSWERED:])):
        settings = replace(size.settings, reranker=ranker)
        explainer = Explainer(settings, Ready.open(settings, opened))
        explainer.ask(Query(question=FOREIGN))
        figures[f"answer {name}"] = times(
            lambda text, it=explainer: it.ask(Query(question=text)), some, 10
        )
    figures["answering"] = anonymous()
    return figures | compared(generation, finding[-COMPARED:], of)


def parts(generation: Generation, asked: Sequence[str], of: dict[str, Sought]) -> Figures:
    """How long finding takes, whole and by part, in all debates and in one."""
    everything = generation.documents_of(None)
    one = generation.documents_of(generation.debates[len(generation.debates) // 2])
    windows, passages = generation.window_rows(everything), generation.passage_rows(everything)
    words, selection = generation.words, generation.selection(everything)
    narrowed = {
        f"find in 1 document of {share:,}": generation.narrowed(
            np.arange(0, len(everything), share)
        )
        for share in SHARES
    }
    spoken = np.arange(0, len(windows), VOICE)
    narrowed["find in a voice"] = generation.narrowed(np.zeros(0, np.int64), spoken)

    def nearest(sought: Sought) -> None:
        found = search_vector(generation, Grain.PASSAGES, sought.vector, PASSAGES_OPENED, passages)
        search_windows(generation, sought.vector, NEAR_WINDOWS, selection, found)

    weights = {text: words.weights(terms(text)) for text in asked}
    first = times(lambda text: retrieve(generation, of[text], everything), asked[:WARM], 0)
    best = {text: np.sort(words.search(weights[text], NEAR_WORDS, windows)) for text in asked}
    return {
        "find first": first,
        "find": times(lambda text: retrieve(generation, of[text], everything), asked, WARM),
        "find in a debate": times(lambda text: retrieve(generation, of[text], one), asked, WARM),
        **{
            name: times(
                lambda text, among=among: retrieve(generation, of[text], among), asked, WARM
            )
            for name, among in narrowed.items()
        },
        "nearest": times(lambda text: nearest(of[text]), asked, WARM),
        "best by words": times(
            lambda text: words.search(weights[text], NEAR_WORDS, windows), asked, WARM
        ),
        "weigh by words": times(lambda text: words.scores(weights[text], best[text]), asked, WARM),
    }


def compared(generation: Generation, asked: Sequence[str], of: dict[str, Sought]) -> Figures:
    """Recall of the nearest passages, and how often the first window is that of comparing all passages."""
    everything = generation.documents_of(None)
    passages = generation.passage_rows(everything)

    def found() -> list[tuple[set[int], int]]:
        each = []
        for text in asked:
            near = search_vector(
                generation, Grain.PASSAGES, of[text].vector, PASSAGES_OPENED, passages
            )[:K]
            hits = retrieve(generation, of[text], everything)
            each.append(({*near.tolist()}, hits[0].row if hits else -1))
        return each

    ours, usual = found(), vectors.EXACT
    vectors.EXACT = len(passages)  # all are compared
    exact = found()
    vectors.EXACT = usual
    pairs = list(zip(ours, exact, strict=True))
    recall = sum(len(one[0] & other[0]) for one, other in pairs) / sum(
        len(other[0]) for _, other in pairs
    )
    return {"recall": recall, "first": sum(one[1] == other[1] for one, other in pairs) / len(pairs)}


def times(work: Callable[[str], object], asked: Sequence[str], warm: int) -> tuple[float, ...]:
    """The median and the 99th percentile in milliseconds, and those of the CPU time, which a busy machine changes less."""
    taken, used = [], []
    for text in asked:
        start, before = time.perf_counter(), time.thread_time()
        work(text)
        used.append((time.thread_time() - before) * 1_000)
        taken.append((time.perf_counter() - start) * 1_000)
    return tuple(
        figure
        for found in (sorted(taken[warm:]), sorted(used[warm:]))
        for figure in (statistics.median(found), found[int(len(found) * 0.99)])
    )


def cpu() -> float:
    own, others = (
        resource.getrusage(resource.RUSAGE_SELF),
        resource.getrusage(resource.RUSAGE_CHILDREN),
    )
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def peak() -> float:
    """The most memory that this process had, or one that it started, in MB."""
    return (
        max(
            resource.getrusage(who).ru_maxrss
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        / 1_024
    )


def anonymous() -> float:
    """Resident memory but for mapped files, in MB."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("RssAnon:")[1].split()[0]) / 1_024


def disk(size: Size) -> float:
    """The index, in MB, a file with two names once."""
    files = {
        (found.st_dev, found.st_ino): found.st_size
        for found in map(os.stat, _files(size.settings.index))
    }
    return sum(files.values()) / 1e6


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def measured(size: Size, arguments: argparse.Namespace) -> dict[str, Figures]:
    """What each step gives, each in a process of its own; what is known already is not measured again."""
    for step in arguments.only or STEPS:
        if size.figures(step).exists() and not arguments.again:
            continue
        command = [sys.executable, __file__, "--step", step, "--passages", str(size.passages)]
        command += ["--folder", str(arguments.folder), "--encoded", str(arguments.encoded)]
        print(f"{size.passages:,}: {step}", file=sys.stderr, flush=True)
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        size.place.mkdir(parents=True, exist_ok=True)
        size.figures(step).write_text(done.stdout.splitlines()[-1], encoding="utf-8")
    return {
        step: json.loads(size.figures(step).read_text())
        for step in STEPS
        if size.figures(step).exists()
    }


def table(found: dict[int, dict[str, Figures]], real: int) -> str:
    """The figures in Markdown, a size a column, and how each grows when the passages double."""
    sizes = sorted(found)
    head = [f"{size:,}" + ("" if size <= real else " *") for size in sizes]
    lines = [_machine(), "", f"| passages | {' | '.join(head)} |", "|---|" + "--:|" * len(sizes)]
    for name, of, shape in ROWS:
        values = [_value(found[size], of) for size in sizes]
        if any(value is not None for value in values):
            told = ["" if value is None else shape(value) for value in values]
            lines.append(f"| {name} | {' | '.join(told)} |")
    if len(sizes) == 1:
        return "\n".join(lines) + "\n"
    lines += ["", "Each doubling of the passages multiplies, from one size to the next:", ""]
    lines += [f"| | {' | '.join(f'{a:,} to {b:,}' for a, b in pairwise(sizes))} |"]
    lines += ["|---|" + "--:|" * (len(sizes) - 1)]
    for name, of in (
        ("building, CPU", "build cpu"),
        ("finding, CPU p50", "find find 2"),
        ("answering, CPU p50", "find answer off 2"),
    ):
        unlike = (
            real if of.startswith("build") else 0
        )  # texts really encoded up to there cannot be held against others
        told = ["" if a <= unlike < b else _ratio(found, a, b, of) for a, b in pairwise(sizes)]
        lines.append(f"| {name} | {' | '.join(told)} |")
    return "\n".join(lines) + "\n"


def _pair(value: Any) -> str:
    return f"{value[0]:.1f} / {value[1]:.1f} ({value[2]:.1f} / {value[3]:.1f})"


def _share(value: Any) -> str:
    return f"{value:.4f}"


def _whole(value: Any) -> str:
    return f"{value:,.0f}"


def _tenths(value: Any) -> str:
    return f"{value:,.1f}"


ROWS: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("windows", "build windows", _whole), ("building, s", "build seconds", _whole), ("building, CPU s", "build cpu", _whole),
    ("most memory while building, MB", "build peak", _whole), ("index on disk, MB", "build disk", _whole),
    ("opening, s", "find open", lambda value: f"{value:.2f}"),
    ("checking vectors and postings ahead, s", "find ahead", lambda value: f"{value:.1f}"),
    (f"finding, p50 / p99 ms of {ASKED} (of CPU)", "find find", _pair),
    (f"the first {WARM} after that, which still check token vectors", "find find first", _pair), ("in one debate", "find find in a debate", _pair),
    *((f"where a filter leaves one document in {share:,}", f"find find in 1 document of {share:,}", _pair) for share in SHARES),
    (f"where it leaves one window in {VOICE:,}, as a voice does", "find find in a voice", _pair),
    ("of it: nearest by vector", "find nearest", _pair), ("of it: best by words", "find best by words", _pair),
    ("of it: 80 rows weighed by words", "find weigh by words", _pair),
    ("whole answer without ranker, p50 / p99 ms", "find answer off", _pair),
    ("whole answer with it", "find answer on", _pair),
    ("memory beside mapped files after finding, MB", "find resident", _whole),
    ("the same after answering, models included", "find answering", _whole),
    (f"recall@{K} against comparing all passages", "find recall", _share),
    ("first window the same as with comparing all", "find first", _share),
    ("one document changed, s", "change seconds", _tenths), ("the same, CPU s", "change cpu", _tenths),
    ("further disk for it, MB", "change disk", _tenths),
)  # fmt: skip


def _value(found: dict[str, Figures], of: str) -> Any:
    step, _, name = of.partition(" ")
    return found.get(step, {}).get(name)


def _ratio(found: dict[int, dict[str, Figures]], small: int, large: int, of: str) -> str:
    start, _, place = of.rpartition(" ")
    name, which = (start, int(place)) if place.isdigit() else (of, None)
    one, other = _value(found[small], name), _value(found[large], name)
    if one is None or other is None:
        return ""
    growth = (other[which] / one[which]) if which is not None else other / one
    return f"{growth ** (1 / np.log2(large / small)):.2f}"


def _machine() -> str:
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    name = info.split("model name")[1].split(":")[1].split("\n")[0].strip()
    kinds = ", ".join(kind for kind in ("avx2", "avx512f", "amx_bf16") if kind in info)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {name} ({kinds}), {len(os.sched_getaffinity(0))} cores with a load of "
        f"{os.getloadavg()[0]:.1f}, one thread a question. * vectors put together of encoded ones"
    )


def plot(found: dict[int, dict[str, Figures]], place: Path) -> None:
    """Four small plots, all by the passages and with both axes by tens."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "pullquote", "svg.fonttype": "none"}
    from matplotlib import pyplot

    kinds = (
        ("ms", (("finding, p50", "find find", 0), ("finding, p99", "find find", 1), ("whole answer, p50", "find answer off", 0))),
        ("s", (("building, CPU", "build cpu", None), ("one document changed", "change seconds", None), ("opening", "find open", None))),
        ("MB", (("disk", "build disk", None), ("memory while building", "build peak", None), ("memory beside mapped files", "find resident", None))),
    )  # fmt: skip
    figure, axes = pyplot.subplots(1, 3, figsize=(12, 4), layout="constrained")
    for axis, (unit, lines) in zip(axes, kinds, strict=True):
        for name, of, which in lines:
            known = [
                (size, value if which is None else value[which])
                for size in sorted(found)
                if (value := _value(found[size], of))
            ]
            if known:
                axis.loglog(*zip(*known, strict=True), marker="o", label=name)
        axis.set(xlabel="passages", ylabel=unit)
        axis.grid(visible=True, alpha=0.3)
        axis.legend(frameon=False)
    figure.savefig(place, metadata={"Date": None})


def put(tables: str) -> None:
    """Replace the tables of the page."""
    marks = re.compile(r"(<!-- figures -->\n).*?(<!-- end -->)", re.DOTALL)
    PAGE.write_text(
        marks.sub(lambda m: m[1] + tables + m[2], PAGE.read_text("utf-8")), encoding="utf-8"
    )


def main() -> None:
    if os.environ.get("OMP_NUM_THREADS") != "1":  # numpy's threads are fixed when it is imported
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ONE_THREAD})
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, nargs="+", default=SIZES)
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "pullquote-scale"
    )
    parser.add_argument(
        "--encoded",
        type=int,
        default=10_000,
        help="passages up to which all texts are really encoded",
    )
    parser.add_argument("--only", nargs="+", choices=STEPS, help="these steps")
    parser.add_argument("--again", action="store_true", help="measure what is known already")
    parser.add_argument(
        "--write", action="store_true", help="write benchmarks/results/scale.md and docs/scale.svg"
    )
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    sizes = [Size(arguments.folder, passages, arguments.encoded) for passages in arguments.passages]
    if arguments.step:
        print(
            json.dumps({"build": build, "find": find, "change": change}[arguments.step](sizes[0]))
        )
        return
    found = {size.passages: measured(size, arguments) for size in sizes}
    tables = table(found, arguments.encoded)
    print(tables)
    if arguments.write:
        put(tables)
        plot(found, PLOT)


if __name__ == "__main__":
    main()
