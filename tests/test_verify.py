"""Verifying: verbatim, only typography differs, altered, or not there at all."""

import json

import pytest
from fakes import document_of
from hypothesis import given
from hypothesis import strategies as st

from pullquote.documents import Document
from pullquote.errors import ReceiptError, UnknownDocument
from pullquote.explainer import Explainer
from pullquote.span import Span
from pullquote.verify import Claim, Place, Result, check, compare, find, fold, read_receipt

TEXT = "“It’s a long–term plan”, she said.\r\n\r\nCafe\u0301 owners pay US$10,000. They pay. They pay."
KNOWN = [document_of(TEXT), document_of("They pay nothing.", id="other")]


def places(words: str) -> list[str]:
    return [place.span.cut(place.document.text) for place in find(words, KNOWN).places]


@pytest.mark.parametrize(
    ("words", "result"),
    [
        ("she said.", Result.VERBATIM),
        ("  she said.\n", Result.VERBATIM),
        ("“she said.”", Result.VERBATIM),
        ("“It’s a long–term plan”", Result.VERBATIM),
        ('"It\'s a long-term plan"', Result.TYPOGRAPHY_ONLY),
        ("she said. Cafe\u0301 owners", Result.TYPOGRAPHY_ONLY),
        ("Caf\u00e9 owners", Result.TYPOGRAPHY_ONLY),
        ("long\u00adterm", Result.NOT_FOUND),
        ("Cafe owners", Result.NOT_FOUND),
        ("Cafe", Result.NOT_FOUND),
        ("US$10.000", Result.NOT_FOUND),
        ("US$10,00", Result.NOT_FOUND),
        ("she  said", Result.TYPOGRAPHY_ONLY),
        ("She said.", Result.NOT_FOUND),
        ("he said", Result.NOT_FOUND),
        ("they pay.", Result.NOT_FOUND),
        ("", Result.NOT_FOUND),
        ("“”", Result.NOT_FOUND),
        ("\u200b", Result.NOT_FOUND),
    ],
)
def test_a_text_is_verbatim_or_differs_in_typography_or_is_not_there(words: str, result: Result):
    assert find(words, KNOWN).result is result


def test_every_place_of_a_repeated_text_is_given():
    assert places("They pay") == ["They pay", "They pay", "They pay"]


def test_a_place_found_by_typography_is_given_in_the_stored_letters():
    assert places('"It\'s a long-term plan", she said.') == ["“It’s a long–term plan”, she said."]
    assert places("Caf\u00e9") == ["Cafe\u0301"]


@given(st.text(max_size=60))
def test_folding_keeps_an_origin_for_every_letter(text: str):
    folded, origins = fold(text)
    assert len(folded) == len(origins)
    assert origins == sorted(origins)
    assert fold(folded)[0] == folded


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60), st.data())
def test_what_is_cut_between_two_words_is_found_verbatim_there(text: str, data: st.DataObject):
    document = document_of(f"Start {text} end.")
    verdict = find(f"Start {text} end.", [document])
    assert verdict.result is Result.VERBATIM
    assert verdict.places[0].span == Span(0, len(document.text))


def test_an_altered_text_is_told_word_by_word():
    place = Place(document_of("Drivers who use a road should pay for it."), Span(0, 41))
    verdict = compare("Drivers who use a road must pay for it.", place)
    assert verdict.result is Result.ALTERED
    assert verdict.diff == (
        ("same", "Drivers who use a road"),
        ("only_given", "must"),
        ("only_stored", "should"),
        ("same", "pay for it."),
    )


def test_another_text_is_no_alteration():
    assert compare("Soap is cheap.", Place(document_of("Drivers should pay."), Span(0, 19))) is None


@pytest.mark.parametrize(
    ("words", "options", "result"),
    [
        ("Nobody else should have to.", {}, Result.VERBATIM),
        ("Nobody else should have to.", {"document_id": "for-tolls"}, Result.VERBATIM),
        ("Wealthy drivers barely notice the charge.", {"document_id": "helmets"}, Result.MISATTRIBUTED),
        ("Drivers who use a road should pay for it.", {"speaker": "Ada Finch"}, Result.VERBATIM),
        ("Drivers who use a road should pay for it.", {"speaker": "Finch"}, Result.VERBATIM),
        ("Drivers who use a road should pay for it.", {"speaker": "Bo Gray"}, Result.MISATTRIBUTED),
        ("Drivers who use a road must pay for it.", {}, Result.ALTERED),
        ("Soap is cheap in winter.", {}, Result.NOT_FOUND),
        ("why", {}, Result.NOT_FOUND),
    ],
)
def test_the_explainer_also_says_who_is_meant_to_have_said_it(explainer: Explainer, words, options, result):
    assert explainer.verify(words, **options).result is result


def test_a_document_that_there_is_not_is_an_error(explainer: Explainer):
    with pytest.raises(UnknownDocument):
        explainer.verify("Nobody", document_id="nowhere")


def receipt(document: Document, first: int, last: int, **changes: object) -> dict[str, object]:
    quote = {
        "document_id": document.id,
        "source": {"sha256": document.sha256},
        "start": first,
        "end": last,
        "exact": document.text[first:last],
    }
    return {**quote, **changes}


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({}, Result.VERBATIM),
        ({"exact": "Tidy"}, Result.ALTERED),
        ({"start": 1}, Result.ALTERED),
        ({"start": -1}, Result.ALTERED),
        ({"end": 10**9}, Result.ALTERED),
        ({"source": {"sha256": "0" * 64}}, Result.NOT_FOUND),
        ({"document_id": "renamed"}, Result.VERBATIM),
    ],
)
def test_a_claim_is_held_against_the_text_of_the_hash_it_names(changes: dict[str, object], result: Result):
    content = json.dumps({"quotes": [receipt(KNOWN[0], 0, 4, **changes)]}).encode()
    [claim] = read_receipt(content)
    assert check(claim, KNOWN) is result


def test_a_receipt_may_be_an_answer_a_list_or_one_quote():
    quote = receipt(KNOWN[0], 0, 4)
    claims = [read_receipt(json.dumps(form).encode()) for form in ({"quotes": [quote]}, [quote], quote)]
    assert claims[0] == claims[1] == claims[2] == (Claim("page", KNOWN[0].sha256, 0, 4, "“It’"),)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"{}", "lacks 'document_id'"),
        (b"[]", "holds no quotes"),
        (b"7", "holds no quotes"),
        (b'{"quotes": {}}', "holds no quotes"),
        (b'{"quotes": [7]}', "lacks"),
        (b'{"quotes": [{"document_id": "a"}]}', "lacks 'source'"),
        (b'{"quotes": [{"document_id": "a", "source": "b"}]}', "lacks"),
    ],
)
def test_a_receipt_that_cannot_be_read_says_what_it_lacks(content: bytes, reason: str):
    with pytest.raises(ReceiptError, match=reason):
        read_receipt(content)


@pytest.mark.parametrize("start", [True, 1.5, "1", None])
def test_the_offsets_of_a_receipt_are_whole_numbers(start: object):
    with pytest.raises(ReceiptError, match="whole numbers"):
        read_receipt(json.dumps(receipt(KNOWN[0], 0, 4, start=start)).encode())
