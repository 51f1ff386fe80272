"""Measure all that must not get worse, into one file of figures, and hold it against another.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/nets.py [--only NAME...] [--write FILE] [--against FILE]
    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/nets.py --golden compare

The parts are `voices`, `answers`, `sides`, `debates`, `disputes`, `names`, `served` (speed, memory, indexing, verify).
Everything is measured from outside: by `pullquote eval --json`, by the scripts beside this one, whose tables are read,
and over HTTP. So `--checkout FOLDER` measures another checkout of the project, of whatever inner names.
`--write` keeps what the file already has of other parts; `--against` prints a table of both, in which `*` marks what
moved. What the data at hand does not have is left out, with a line that says so.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from golden import rows, run
from load import cpu, load, memory, post, serving
from verify_cases import cases, demonstration, send, write_corpus

ROOT = Path(__file__).parents[1]
PORT = 8_191
FOLDS, HELD = 4, 1  # of the public sets' articles; the ranker never learned fold 1
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
Figures = dict[str, dict[str, Any]]


class Absent(Exception):
    """What is to be measured is not there."""


@dataclass(frozen=True, slots=True)
class Net:
    """A checkout that is measured, the labelled data, and a folder for what is built."""

    checkout: Path
    data: Path
    folder: Path

    def environ(self, **more: str) -> dict[str, str]:
        """The environment of a command of that checkout, on one thread."""
        own = {
            "PYTHONPATH": str(self.checkout / "app"), "OMP_NUM_THREADS": "1", "PULLQUOTE_INDEX": str(self.folder / "index"),
            "PULLQUOTE_CORPUS": str(self.checkout / "corpus"), "PULLQUOTE_RATE_LIMIT": "off", "PULLQUOTE_ANSWER_CACHE": "0",
            "PULLQUOTE_EVAL_DATA": str(self.data),
        }  # fmt: skip
        return {**os.environ, **own, **more}

    def run(self, *arguments: str, **more: str) -> str:
        """What a command of that checkout prints.

        Raises:
            Absent: it fails; its last words.
        """
        done = subprocess.run(
            [sys.executable, *arguments], check=False, capture_output=True, text=True, cwd=self.checkout,
            env=self.environ(**more),
        )  # fmt: skip
        if done.returncode:
            raise Absent(
                f"{' '.join(arguments)}: {done.stderr.strip().splitlines()[-1:] or done.returncode}"
            )
        return done.stdout

    def script(self, name: str, *arguments: str) -> str:
        """What a script beside this one prints there."""
        return self.run(f"benchmarks/{name}.py", *arguments)


def tables(printed: str) -> Iterator[tuple[str, str, str]]:
    """First cell, head of the column and cell, of every Markdown table in a text."""
    heads: list[str] = []
    for line in printed.split("\n"):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            heads = []
        elif not heads:
            heads = cells
        elif set(line) - set("|-: "):
            yield from (
                (cells[0], head, cell) for head, cell in zip(heads[1:], cells[1:], strict=True)
            )


def value(cell: str) -> Any:
    """A cell as a number where it is one."""
    plain = cell.replace(",", "")
    return json.loads(plain) if NUMBER.fullmatch(plain) else cell


def voices(net: Net) -> Iterator[tuple[str, dict[str, Any]]]:
    """Whose words: documents labelled whole, by halves, and single sentences."""
    halves = {row["half"] for row in rows(net.checkout / "benchmarks/voices/documents.jsonl")} - {
        "train"
    }
    for half in [*sorted(halves | {"d"}), "single"]:
        if half in {*halves, "single"}:
            found = tables(net.script("hearing", "--half", half))
            yield (
                f"voices {half}",
                {row: value(cell) for row, head, cell in found if head == "with the reader"},
            )
        else:
            print(f"left out: voices, half {half}", file=sys.stderr)


SETS = {  # what is asked: the set's folder, and which half, or fold, of its questions
    "article": ("tests/gold/article", None), "debate": ("tests/gold/debate", None),
    "debate a": ("tests/gold/debate", "a"), "debate b": ("tests/gold/debate", "b"),
    "clapnq": ("$/eval/clapnq-dev", None), "clapnq fold 1": ("$/eval/clapnq-dev", "fold"),
    "mtrag": ("$/eval/mtrag-un", None), "squad2 fold 1": ("$/eval/squad2-dev-half", "fold"),
    "debates choose": ("benchmarks/debates/choose", None), "debates report": ("benchmarks/debates/report", None),
    "policy a": ("benchmarks/policy/written", "a"), "policy b": ("benchmarks/policy/written", "b"),
}  # fmt: skip


def chosen(folder: Path, half: str | None) -> list[dict[str, Any]]:
    """The questions of a half of a set; of its fold that the ranker never learned; or all."""
    asked = rows(folder / "queries.jsonl")
    if half != "fold":
        return [row for row in asked if half is None or row.get("half") == half]
    titles = {
        row["id"]: row.get("title", "").replace("_", " ") for row in rows(folder / "corpus.jsonl")
    }
    part = {title: number % FOLDS for number, title in enumerate(sorted(set(titles.values())))}
    home = {row["query_id"]: row["doc_id"] for row in rows(folder / "qrels.jsonl")}
    return [row for row in asked if part[titles[home[row["id"]]]] == HELD]


def lay(net: Net, name: str) -> Path:
    """A labelled set of these questions with all documents of theirs; those of one folder share a name and an index.

    Raises:
        OSError: there is no such set.
    """
    where, half = SETS[name]
    folder = net.data / where[2:] if where.startswith("$") else net.checkout / where
    asked = chosen(folder, half)
    place = net.folder / name.replace(" ", "-") / folder.name
    place.mkdir(parents=True, exist_ok=True)
    known = {row["id"] for row in asked}
    marks = [row for row in rows(folder / "qrels.jsonl") if row["query_id"] in known]
    for file, found in (("queries.jsonl", asked), ("qrels.jsonl", marks)):
        (place / file).write_text(
            "".join(json.dumps(row) + "\n" for row in found), encoding="utf-8"
        )
    if (folder / "corpus.jsonl").is_file():
        (place / "corpus.jsonl").unlink(missing_ok=True)
        (place / "corpus.jsonl").symlink_to(folder / "corpus.jsonl")
    else:
        named = json.loads((folder / "documents.json").read_bytes())
        absolute = [
            one if one.startswith("$") else str((folder / one).resolve())
            for one in named.get("folders", ())
        ]
        told = {"folders": absolute, "debates": named.get("debates", {})}
        (place / "documents.json").write_text(json.dumps(told), encoding="utf-8")
    return place


KEPT = {
    "questions": "questions", "hit@1": "hit_at_1", "hit@3": "hit_at_3", "AUROC": "auroc", "coverage": "coverage",
    "right when answered": "right_when_answered", "silence precision": "abstention_precision",
    "silence recall": "abstention_recall", "recall@5": "recall_at_5", "word-F1": "word_f1", "ms": "milliseconds",
}  # fmt: skip


def answers(net: Net) -> Iterator[tuple[str, dict[str, Any]]]:
    """Labelled questions."""
    for name in SETS:
        try:
            found = json.loads(net.run("-m", "pullquote", "eval", str(lay(net, name)), "--json"))[0]
        except (Absent, OSError) as error:
            print(f"left out: answers {name}: {error}", file=sys.stderr)
            continue
        kept = {title: found[key] for title, key in KEPT.items() if found.get(key) is not None}
        yield f"answers {name}", {title: round(number, 4) for title, number in kept.items()}


def sides(net: Net) -> Iterator[tuple[str, dict[str, Any]]]:
    """Both sides of the ten propositions, without the operator's labels and with them."""
    printed = net.script("sides")
    sums = re.findall(
        r"Side coverage (.+?); honest gaps (.+?);\s+shown quotes that the gold labels: (.+?)\.(?:\n|$)",
        printed,
    )
    for name, (covered, gaps, labelled) in zip(
        ("without labels", "with labels"), sums, strict=True
    ):
        yield (
            f"sides {name}",
            {"covered": covered, "honest gaps": gaps, "labelled quotes": labelled},
        )


def debates(net: Net) -> Iterator[tuple[str, dict[str, Any]]]:
    """Both sides on whole debates."""
    for half in "ab":
        for labels in ([], ["--labels"]):
            printed = net.script("sides_debates", half, *labels)
            found = tables(re.sub("^", "| ", printed, flags=re.MULTILINE))  # its rows have no name
            name = f"sides debates {half}, {'with' if labels else 'without'} labels"
            yield name, {head: value(cell) for _, head, cell in found}


def tabled(name: str) -> Callable[[Net], Iterator[tuple[str, dict[str, Any]]]]:
    """A part that is one script's table."""

    def part(net: Net) -> Iterator[tuple[str, dict[str, Any]]]:
        found: Figures = {}
        for row, head, cell in tables(net.script(name)):
            found.setdefault(f"{name} {row}", {})[head] = value(cell)
        yield from found.items()

    return part


@contextmanager
def demonstrated(net: Net) -> Iterator[tuple[int, dict[str, Any]]]:
    """A server over the article and the demonstration documents, and what indexing these took."""
    corpus, index = net.folder / "served" / "corpus", net.folder / "served" / "index"
    more = {"PULLQUOTE_CORPUS": str(corpus), "PULLQUOTE_INDEX": str(index)}
    documents = demonstration(net.checkout, net.data)
    write_corpus(corpus, documents[:1])
    net.run(
        "-m", "pullquote", "index", **more
    )  # with the model's export, which is not what is measured
    write_corpus(corpus, documents)
    before, start = os.times(), time.perf_counter()
    net.run("-m", "pullquote", "index", **more)
    after, taken = os.times(), time.perf_counter() - start
    used = sum(after[2:4]) - sum(before[2:4])  # of child processes
    new = len(documents) - 1
    figures = {
        "indexing s a document": round(taken / new, 3),
        "indexing CPU s a document": round(used / new, 3),
    }
    command = [sys.executable, "-m", "pullquote", "serve", "--port", str(PORT)]
    with serving(command, PORT, net.environ(**more), "/readyz") as process:
        yield process, figures


def served(net: Net) -> Iterator[tuple[str, dict[str, Any]]]:
    """Speed and memory of a server, and what it says of quotes of which it is known whether they are right."""
    asked = [row["text"] for row in rows(net.checkout / "tests/gold/debate/queries.jsonl")]
    with demonstrated(net) as (process, figures):
        load(PORT, [post(text) for text in asked[:16]], 1)
        before = cpu(process)
        found = load(PORT, [post(text) for text in asked[16:]], 1)
        used = (cpu(process) - before) / len(asked[16:]) * 1_000
        figures |= {
            "best: CPU ms over HTTP": round(used, 1),
            "best: p50 ms over HTTP": round(found.p50, 1),
        }
        figures["resident MB after"] = round(memory(process)["resident"])
        told: Figures = {}
        for case in cases(demonstration(net.checkout, net.data)):
            row = told.setdefault(case.kind, {"right": 0, "of": 0})
            row["of"] += 1
            row["right"] += case.holds(send(PORT, "/v1/verify", case.body))
    for name, ranker in (("best", "on"), ("fast", "off")):
        printed = net.run(
            "-m", "pullquote", "eval", str(lay(net, "debate")), "--json", PULLQUOTE_RERANKER=ranker
        )
        figures[f"{name}: CPU p50 ms, without encoding"] = round(
            json.loads(printed)[0]["milliseconds"], 1
        )
    yield "speed", figures
    yield "verify", {kind: f"{row['right']} of {row['of']}" for kind, row in told.items()}


PARTS: Mapping[str, Callable[[Net], Iterator[tuple[str, dict[str, Any]]]]] = {
    "voices": voices, "sides": sides, "debates": debates, "disputes": tabled("disputes"), "names": tabled("names"),
    "served": served, "answers": answers,
}  # fmt: skip


def measure(net: Net, chosen: Sequence[str], path: Path | None) -> Figures:
    """Part after part; what is measured is written at once, since the next may take long, and fail."""
    found: Figures = json.loads(path.read_bytes()) if path and path.is_file() else {}
    for name in chosen:
        try:
            for title, figures in PARTS[name](net):
                found[title] = figures
                print(title, json.dumps(figures), flush=True)
                if path:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(
                        json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8"
                    )
        except (Absent, OSError, ValueError, SystemExit) as error:
            print(f"left out: {name}: {error}", file=sys.stderr)
    return found


def compared(before: Figures, after: Figures) -> str:
    """A table of both, in Markdown."""
    lines = ["| | before | after | |", "|---|--:|--:|--:|"]
    for title in [*before, *(title for title in after if title not in before)]:
        old, new = before.get(title, {}), after.get(title, {})
        for name in [*old, *(name for name in new if name not in old)]:
            first, second = old.get(name), new.get(name)
            numbers = [NUMBER.match(str(one).replace(",", "")) for one in (first, second)]
            moved = (
                f"* {float(numbers[1][0]) - float(numbers[0][0]):+.4g}"
                if numbers[0] and numbers[1]
                else "*"
            )
            cells = ["-" if one is None else str(one) for one in (first, second)]
            lines.append(
                f"| {title}: {name} | {cells[0]} | {cells[1]} | {'' if first == second else moved} |"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--write", type=Path, help="keep the figures there")
    parser.add_argument(
        "--against", type=Path, help="print a table of that file's figures and these"
    )
    parser.add_argument(
        "--golden", choices=["make", "compare"], help="the golden answers, and nothing else"
    )
    parser.add_argument("--checkout", type=Path, default=ROOT, help="what is measured")
    given = parser.parse_args()
    if not os.environ.get("PULLQUOTE_EVAL_DATA"):
        parser.error("set PULLQUOTE_EVAL_DATA to the folder that holds eval/ and demo-docs/")
    with tempfile.TemporaryDirectory(prefix="pullquote-nets-") as folder:
        net = Net(given.checkout.resolve(), Path(os.environ["PULLQUOTE_EVAL_DATA"]), Path(folder))
        if given.golden:
            with demonstrated(net):
                sys.exit(run(PORT, make=given.golden == "make"))
        figures = measure(net, given.only, given.write)
    if given.against:
        print(compared(json.loads(given.against.read_bytes()), figures))


if __name__ == "__main__":
    main()
