"""Verdicts: whose words they are in the document that is named, and no more places than are shown."""

import pytest
from conftest import Settle
from fakes import HashEncoder, document_of, open_with_fake
from test_verify import SPOKEN

from pullquote.upkeep.indexing import index_corpus
from pullquote.verify.match import MATCHES, Result, find


@pytest.mark.parametrize(
    ("speaker", "result", "attribution"),
    [("Bo Reed", Result.MISATTRIBUTED, "wrong"), ("Tom Barlow", Result.VERBATIM, "right")],
)
def test_a_document_that_is_named_makes_nobody_right_who_does_not_speak_there(
    settle: Settle, speaker: str, result: Result, attribution: str
):
    settings = settle(SPOKEN)
    index_corpus(settings, HashEncoder())
    verdict = open_with_fake(settings).verify("Fares will rise in May", document_id="hall", speaker=speaker)
    assert (verdict.result, verdict.attribution) == (result, attribution)


def test_altered_words_are_held_against_the_document_that_is_named(settle: Settle):
    settings = settle({f"d/{name}.txt": "The council built nine homes for old miners last winter." for name in "abc"})
    index_corpus(settings, HashEncoder())
    words = "The council built ten homes for old miners last winter."
    verdict = open_with_fake(settings).verify(words, document_id="c")
    assert (verdict.result, verdict.attribution) == (Result.ALTERED, "right")
    assert verdict.places[0].document.id == "c"


def test_no_more_places_are_given_than_are_shown_however_many_documents_hold_the_words():
    documents = [document_of("They pay. " * 4, id=name) for name in "abcd"]
    assert len(find("They pay.", lambda: documents).places) == MATCHES
