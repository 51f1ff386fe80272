"""Documents labelled whole with their voices: the labels hold together, and voices are as right as docs/voice.md says."""

import json
import os
from pathlib import Path

import pytest
from fakes import CHECKOUT, load_benchmark

from pullquote.models.reader import bundled

HOME = CHECKOUT / "benchmarks" / "voices"
EVAL_DATA = os.environ.get(
    "PULLQUOTE_EVAL_DATA"
)  # read here: a test sees none of the operator's settings
KINDS = {"author", "quoted", "reported", "mixed"}
SLACK = 2  # points below the figure of the docs
# Of each half: percent of the author's sentences and of others' with the right kind, of others' with the right speaker, and
# with the right one surely; most that are surely taken for the author's, and most that surely name a wrong one.
FIGURES = {
    "a": (95.2, 79.4, 83.6, 36.3, 1.0, 1.0),
    "b": (94.0, 84.5, 89.3, 41.8, 1.0, 1.0),
    "c": (95.6, 68.3, 71.1, 23.7, 1.0, 1.0),
}


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_label_lies_in_its_document_and_its_parts_lie_in_it():
    written = {f"voices/{row['id']}": row["text"] for row in rows(HOME / "written.jsonl")}
    documents = rows(HOME / "documents.jsonl")
    assert len({row["doc_id"] for row in documents}) == len(documents)
    for row in documents:
        length = len(written.get(row["doc_id"], "")) or None
        for label in row["labels"]:
            assert label["kind"] in KINDS
            assert 0 <= label["start"] < label["end"]
            assert length is None or label["end"] <= length
            for start, end, *_ in (
                *label.get("parts", []),
                *([label["source"]] if label.get("source") else []),
            ):
                assert label["start"] <= start < end <= label["end"]


def test_nothing_that_is_measured_was_learned_from():
    halves = {row["doc_id"]: row["half"] for row in rows(HOME / "documents.jsonl")}
    learned = {
        row["doc_id"] for row in rows(CHECKOUT / "tests" / "gold" / "voice" / "labels.jsonl")
    }
    learned |= {row["doc_id"] for row in rows(HOME / "cues.jsonl")}
    assert not {name for name, half in halves.items() if half != "train"} & learned


@pytest.mark.quality
@pytest.mark.parametrize("half", FIGURES)
def test_voices_are_as_right_as_the_docs_say(half: str):
    hearing = load_benchmark("hearing")
    if not EVAL_DATA:
        pytest.skip(
            "set PULLQUOTE_EVAL_DATA to the folder with eval/ to measure voices on whole documents"
        )
    counts = hearing.count(hearing.judged(hearing.texts(Path(EVAL_DATA)), half, bundled()))
    told = [
        counts["own kind"] / counts["own"],
        *(counts[name] / counts["others"] for name in ("others kind", "speaker", "speaker stated")),
    ]
    assert all(
        100 * share >= figure - SLACK for share, figure in zip(told, FIGURES[half], strict=False)
    )
    taken, wrong = counts["taken stated"], counts["own wrong"] + counts["others wrong"]
    assert 100 * taken / counts["others"] <= FIGURES[half][4] + SLACK
    assert 100 * wrong / counts["others"] <= FIGURES[half][5] + SLACK
