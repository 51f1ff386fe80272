"""Receipts: each fact is held against the stored document it names, and against no other text."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Run, Settle
from fakes import SPOKEN, built_below, cases, document_of, load_benchmark, open_with_fake

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.api.receipts import receipt_wire
from pullquote.api.wire import answer_wire, citation_wire, sides_wire
from pullquote.corpus.documents import Document
from pullquote.errors import ReceiptError
from pullquote.settings import Settings
from pullquote.span import Span
from pullquote.verify.match import Result
from pullquote.verify.receipt import Checked, Checker, Claim, read_receipt

TAMPERING = load_benchmark("tampering")
PAGE = document_of("“It’s a long–term plan”, she said.\r\n\r\nThey pay. They pay.")
KNOWN = [PAGE, document_of("They pay nothing.", id="other")]
MILLS = "Old mills stand empty. They could be homes."


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an index in which several people speak, which no test may change."""
    folder = tmp_path_factory.mktemp("spoken")
    return built_below(folder, SPOKEN)


@pytest.fixture
def fares(spoken: Settings) -> dict[str, Any]:
    """A quote of the index as it is sent."""
    explainer = open_with_fake(spoken)
    start = explainer.document("hall").text.index("“Fares")
    quoted = explainer.quote_at("hall", Span(start, start + 24))
    assert quoted is not None
    return citation_wire(quoted)


def receipt(document: Document, first: int, last: int, **changes: object) -> dict[str, Any]:
    source = {"sha256": document.sha256}
    quote = {
        "document_id": document.id,
        "source": source,
        "start": first,
        "end": last,
        "exact": document.text[first:last],
    }
    return quote | changes


def claims_of(quotes: object) -> tuple[Claim, ...]:
    return read_receipt(json.dumps(quotes).encode())


def checked(
    quote: object, documents: list[Document], explainer: Explainer | None = None
) -> Checked:
    [claim] = claims_of(quote)
    return Checker(documents, explainer and explainer.generation, citation_wire).check(claim)


def documents_of(explainer: Explainer) -> list[Document]:
    return [explainer.document(row.id) for row in explainer.generation.rows]


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({}, Result.VERBATIM),
        ({"exact": "Tidy"}, Result.ALTERED),
        ({"start": 1}, Result.ALTERED),
        ({"start": -1}, Result.ALTERED),
        ({"end": 10**9}, Result.ALTERED),
        ({"source": {"sha256": "0" * 64}}, Result.NOT_FOUND),
        ({"document_id": "renamed"}, Result.MISATTRIBUTED),
    ],
)
def test_a_claim_is_held_against_the_text_of_the_hash_it_names(
    changes: dict[str, object], result: Result
):
    assert checked(receipt(PAGE, 0, 4, **changes), KNOWN).result is result


def test_a_receipt_may_be_an_answer_both_sides_a_list_or_one_quote():
    quote = receipt(PAGE, 0, 4)
    sides = {"proposition": "It rains.", "for": [quote], "against": [], "context": [], "gap": None}
    claims = [claims_of(form) for form in ({"quotes": [quote]}, [quote], quote, sides)]
    assert claims[0] == claims[1] == claims[2]
    assert claims[3] == (replace(claims[0][0], side="for", proposition="It rains."),)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"{}", "lacks 'document_id'"),
        (b"7", "holds no quotes"),
        (b'{"quotes": {}}', "holds no quotes"),
        (b'{"for": [], "against": []}', "holds no quotes"),
        (b"[1]", "lacks 'document_id': it is no object"),
        (b'{"quotes": [{"document_id": "a"}]}', "lacks 'source'"),
        (b'{"quotes": [{"document_id": "a", "source": "b"}]}', "lacks"),
        (json.dumps(receipt(PAGE, 0, 4, start=True)).encode(), "whole numbers"),
        (json.dumps(receipt(PAGE, 0, 4, end=4.0)).encode(), "whole numbers"),
    ],
)
def test_a_receipt_that_cannot_be_read_says_what_it_lacks(content: bytes, reason: str):
    with pytest.raises(ReceiptError, match=reason):
        read_receipt(content)


@pytest.mark.parametrize(
    ("path", "value", "wrong"),
    cases("receipt", "a_receipt_whose_facts_are_not_those_stored_is_misattributed"),
)
def test_a_receipt_whose_facts_are_not_those_stored_is_misattributed(
    fares: dict[str, Any],
    spoken: Settings,
    path: tuple[str | int, ...],
    value: object,
    wrong: str | None,
):
    explainer, of = open_with_fake(spoken), fares
    for step in path[:-1]:
        of = of[step]
    of[path[-1]] = value
    found = checked(fares, documents_of(explainer), explainer)
    assert found.wrong == ((wrong,) if wrong else ())
    assert found.result is (Result.MISATTRIBUTED if wrong else Result.VERBATIM)


@pytest.mark.parametrize(
    ("files", "now", "told"),
    [
        ({"d/mills.txt": f"They could be homes. {MILLS}"}, ("mills", 44, 64),
         "the document's text is another now; these words stand at mills:44-64"),
        ({"d/mills.txt": "Old mills stand empty."}, None,
         "the document's text is another now; these words stand nowhere in it"),
        ({"d/mills.txt": "Old mills stand empty.", "d/quays.txt": "They could be homes. So could the quays."},
         ("quays", 0, 20), "the document's text is another now; these words stand at quays:0-20"),
        ({"d/quays.txt": "They could be homes. So could the quays."}, ("quays", 0, 20),
         "there is no such document now; these words stand at quays:0-20"),
    ],
)  # fmt: skip
def test_a_receipt_of_a_text_that_changed_says_where_its_words_stand_now(
    run: Run,
    settle: Settle,
    tmp_path: Path,
    files: dict[str, str],
    now: tuple[str, int, int] | None,
    told: str,
):
    (tmp_path / "receipt.json").write_text(
        json.dumps(receipt(document_of(MILLS, id="mills"), 23, 43)), encoding="utf-8"
    )
    settings = settle(files)
    done = run(settings, "verify", str(tmp_path / "receipt.json"), "--json")
    [row] = json.loads(done.stdout)["quotes"]
    assert (done.exit_code, row["result"], "sha256" in row["wrong"]) == (3, "not_found", True)
    assert row["now"] == (
        dict(zip(("document_id", "start", "end"), now, strict=True)) if now else None
    )
    assert (
        run(settings, "verify", str(tmp_path / "receipt.json")).stdout
        == f"not found  mills:23-43  ({told})\n"
    )


def test_a_receipt_cannot_drive_the_terminal_or_forge_a_line(
    run: Run, shared: Settings, tmp_path: Path
):
    quote = receipt(PAGE, 0, 4, document_id="a\x1b[2J\u202e\nverbatim  b")
    (tmp_path / "receipt.json").write_text(json.dumps(quote), encoding="utf-8")
    assert (
        run(shared, "verify", str(tmp_path / "receipt.json")).stdout
        == "not found  a\\u001b[2J\\u202e verbatim b:0-4\n"
    )


@pytest.mark.parametrize(
    ("below", "wrong"), [("for", ()), ("against", ("stance.side",)), ("context", ())]
)
def test_a_quote_that_stands_below_the_other_side_is_misattributed(
    below: str, wrong: tuple[str, ...]
):
    quote = receipt(PAGE, 0, 4, stance={"side": "for", "probability": 1.0, "basis": "label"})
    assert checked({"proposition": "It rains.", below: [quote]}, KNOWN).wrong == wrong


# The whole of a receipt
JUDGEMENTS = [
    "quotes[].disputed",
    "quotes[].n",
    "quotes[].role",
    "quotes[].score",
    "quotes[].stance",
]
ASKED = [
    "basis", "beyond", "confidence", "filter", "gap", "index", "nearest", "pointed", "proposition", "question", "sides_asked", "suggestions",
    "summary", "timings_ms",
]  # fmt: skip
ARGUED = ["against", "context", "debate", "filter", "for", "gap", "more", "proposition", "unclear"]


@pytest.fixture(scope="module")
def check(explainer: Explainer) -> Any:
    """Holds a receipt against the small debates."""
    documents = documents_of(explainer)
    return lambda content: receipt_wire(content, documents, explainer.generation)


def body_of(explainer: Explainer, kind: str) -> dict[str, Any]:
    if kind == "sides":
        return sides_wire(
            explainer.sides("A road should be paid for by tolls.", debate="road-tolls", each=1)
        )
    debate = None if kind == "of the corpus" else "road-tolls"
    return answer_wire(explainer.ask(Query(question=BODIES[kind], debate=debate, max_quotes=2)))


BODIES = {
    "answered": "Who should pay for a road?",
    "silent": "What is the capital of France?",
    "unaskable": "why?",
    "of the corpus": "What is this about?",
    "of authors": "Who wrote these?",
}


@pytest.mark.parametrize("kind", [*BODIES, "sides"])
def test_a_receipt_of_ours_always_verifies_and_says_what_it_does_not_cover(
    explainer: Explainer, check: Any, kind: str
):
    body = json.loads(json.dumps(body_of(explainer, kind)))
    found = check(json.dumps(body, sort_keys=True).encode())
    own = ARGUED if kind == "sides" else [*ASKED, *(["parts", "reason"] if body["reason"] else [])]
    quoted = JUDGEMENTS if found["quotes"] else []
    expected = {
        "ok": True,
        "wrong": [],
        "unknown": [],
        "missing": [],
        "not_covered": sorted([*own, *quoted]),
    }
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("kind", [*BODIES, "sides"])
def test_nothing_in_a_receipt_can_be_altered_unnoticed_but_what_it_says_is_not_covered(
    explainer: Explainer, check: Any, kind: str
):
    assert (
        set(TAMPERING.unnoticed(json.loads(json.dumps(body_of(explainer, kind))), check)) == set()
    )


def test_nothing_in_a_single_quote_can_be_altered_unnoticed(
    fares: dict[str, Any], spoken: Settings
):
    explainer = open_with_fake(spoken)
    documents = documents_of(explainer)

    def check(content: bytes) -> Any:
        return receipt_wire(content, documents, explainer.generation)

    assert check(json.dumps(fares).encode())["not_covered"] == JUDGEMENTS
    assert {name for name in TAMPERING.unnoticed([fares], check) if name} == set()
