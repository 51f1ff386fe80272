"""Receipts: each fact is held against the stored document it names, and against no other text."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from conftest import Settle
from fakes import HashEncoder, open_with_fake
from test_verify import KNOWN, SPOKEN, receipt, verdict_of

from pullquote.answers.explainer import Explainer
from pullquote.errors import ReceiptError
from pullquote.upkeep.indexing import index_corpus
from pullquote.verify.match import Result
from pullquote.verify.receipt import check, hearing, read_receipt


@pytest.fixture
def hall(settle: Settle) -> Explainer:
    """An explainer over documents in which several people speak."""
    settings = settle(SPOKEN)
    index_corpus(settings, HashEncoder())
    return open_with_fake(settings)


def test_voices_that_were_heard_in_another_text_of_the_document_are_not_compared(hall: Explainer):
    generation = hall.generation
    now = replace(generation.document(generation.number("unsigned")), text="“Fares will fall in May,” said Cy Dow.")
    voice = {"speaker": "Cy Dow", "kind": "quoted", "sure": True}
    [claim] = read_receipt(json.dumps(receipt(now, 1, 23, voice=voice)).encode())
    found = check(claim, [now], hear=hearing(generation))
    assert (found.result, found.wrong, found.unchecked) == (Result.VERBATIM, (), ("speaker", "kind", "sure"))


@pytest.mark.parametrize("end", [True, 4.0, "4", None])
def test_the_end_of_a_quote_in_a_receipt_is_a_whole_number_too(end: object):
    with pytest.raises(ReceiptError, match="whole numbers"):
        read_receipt(json.dumps(receipt(KNOWN[0], 0, 4, end=end)).encode())


def _leads_elsewhere(quote: dict[str, Any]) -> None:
    quote["links"]["reader"] = quote["links"]["reader"].replace("/hall", "/unsigned")


def _says_nothing_of_the_publisher(quote: dict[str, Any]) -> None:
    quote["byline"] = "Senator Tom Barlow"


def _names_another_publisher(quote: dict[str, Any]) -> None:
    quote["source"]["publisher"] = "The Bridge Review"


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (_leads_elsewhere, "links.reader"),
        (_says_nothing_of_the_publisher, "byline"),
        (_names_another_publisher, "publisher"),
    ],
)
def test_a_receipt_that_sends_the_reader_elsewhere_or_hides_or_changes_the_publisher_is_wrong(
    hall: Explainer, change: Callable[[dict[str, Any]], None], wrong: str
):
    [quote] = verdict_of(hall, quote="Fares will rise in May", document_id="hall")["matches"]
    change(quote)
    generation = hall.generation
    [claim] = read_receipt(json.dumps(quote).encode())
    known = [generation.document(number) for number in range(len(generation.rows))]
    assert check(claim, known, hear=hearing(generation)).wrong == (wrong,)
