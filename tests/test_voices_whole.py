"""Documents labelled whole with their voices: the labels hold together, and what docs/voice.md says of them is true."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from fakes import CHECKOUT, load_benchmark

from pullquote.models.reader import bundled

HOME = CHECKOUT / "benchmarks" / "voices"
EVAL_DATA = os.environ.get("PULLQUOTE_EVAL_DATA")  # read here: a test sees none of the operator's settings
KINDS = {"author", "quoted", "reported", "mixed"}


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_bytes().decode().split("\n") if line]


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
            for start, end, *_ in (*label.get("parts", []), *([label["source"]] if label.get("source") else [])):
                assert label["start"] <= start < end <= label["end"]


def test_nothing_that_is_measured_was_learned_from():
    halves = Counter(row["half"] for row in rows(HOME / "documents.jsonl"))
    assert set(halves) == {"train", "a", "b", "c"}
    single = rows(CHECKOUT / "tests" / "gold" / "voice" / "labels.jsonl")
    measured = {row["doc_id"] for row in rows(HOME / "documents.jsonl") if row["half"] != "train"}
    assert not {row["doc_id"] for row in single} & measured


@pytest.mark.slow
@pytest.mark.parametrize(
    ("half", "sentences", "least", "most"),
    [
        ("b", (1_088, 335), (1_012, 293, 314, 285, 149), (20, 1, 1)),
        ("c", (846, 249), (806, 159, 225, 159, 61), (54, 1, 4)),
    ],
)
def test_whole_documents_that_nothing_was_fitted_to_are_heard_as_well_as_the_docs_say(
    half: str, sentences: tuple[int, int], least: tuple[int, ...], most: tuple[int, ...]
):
    hearing = load_benchmark("hearing")
    if not EVAL_DATA:
        pytest.skip("set PULLQUOTE_EVAL_DATA to the folder with eval/ to measure voices on whole documents")
    counts = hearing.count(hearing.judged(hearing.texts(Path(EVAL_DATA)), half, bundled()))
    assert (counts["own"], counts["others"]) == sentences
    told = ("own kind", "others kind", "others defensible", "speaker", "speaker stated")
    assert all(counts[name] >= count for name, count in zip(told, least, strict=True))
    assert counts["taken"] <= most[0]
    assert counts["taken stated"] <= most[1]
    assert counts["own wrong"] + counts["others wrong"] <= most[2]
