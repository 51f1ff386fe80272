"""Matching: verbatim, only typography differs, or not there; the work grows with the text and the words."""

import pytest
from fakes import cases, document_of
from growth import Work, assert_in_proportion
from hypothesis import given
from hypothesis import strategies as st

from pullquote.corpus.documents import Document
from pullquote.span import Span
from pullquote.verify import match
from pullquote.verify.match import MATCHES, Result, find
from pullquote.verify.words import Page, fold

TEXT = (
    "“It’s a long–term plan”, she said.\r\n\r\nCafe\u0301 owners pay US$10,000. They pay. They pay."
)
KNOWN = [document_of(TEXT), document_of("They pay nothing.", id="other")]
TAGGED = [
    document_of(
        "Rents fell by 3.1 percent. “The ban is wrong,” Lee said. She called the Polish vote “a folly” too."
    )
]


def found(words: str, documents: list[Document]) -> tuple[str, list[str]]:
    verdict = find(words, lambda: documents)
    return verdict.result.value, [place.span.cut(place.document.text) for place in verdict.places]


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
        ("she  said", Result.TYPOGRAPHY_ONLY),
        ("She said.", Result.TYPOGRAPHY_ONLY),
        ("they pay.", Result.TYPOGRAPHY_ONLY),
        ("it’s a long–term plan.", Result.TYPOGRAPHY_ONLY),
        ("they", Result.NOT_FOUND),
        ("long\u00adterm", Result.NOT_FOUND),
        ("Cafe", Result.NOT_FOUND),
        ("US$10.000", Result.NOT_FOUND),
        ("pay US$10", Result.NOT_FOUND),
        ("pay US$10,", Result.NOT_FOUND),
        ("000. They pay", Result.NOT_FOUND),
        ("She Said.", Result.NOT_FOUND),
        ("he said", Result.NOT_FOUND),
        ("", Result.NOT_FOUND),
        ("“”", Result.NOT_FOUND),
        ("\u200b", Result.NOT_FOUND),
    ],
)
def test_a_text_is_verbatim_or_differs_in_typography_or_is_not_there(words: str, result: Result):
    assert find(words, lambda: KNOWN).result is result


@pytest.mark.parametrize(
    ("words", "stored"),
    cases("match", "a_clause_may_be_set_as_an_editor_sets_it_and_is_given_as_it_is_stored"),
)
def test_a_clause_may_be_set_as_an_editor_sets_it_and_is_given_as_it_is_stored(
    words: str, stored: str | None
):
    assert found(words, TAGGED) == (("typography_only", [stored]) if stored else ("not_found", []))


@pytest.mark.parametrize(
    ("words", "stored"),
    cases("match", "no_apostrophe_point_or_sign_lets_a_part_of_a_word_or_number_pass"),
)
def test_no_apostrophe_point_or_sign_lets_a_part_of_a_word_or_number_pass(words: str, stored: str):
    assert found(words, [document_of(stored)])[0] == "not_found"


def test_every_place_of_a_repeated_text_is_given_in_the_stored_letters_and_no_more_than_are_shown():
    assert found("They pay", KNOWN) == ("verbatim", ["They pay"] * 3)
    assert found("Caf\u00e9", KNOWN) == ("typography_only", ["Cafe\u0301"])
    assert (
        len(found("They pay.", [document_of("They pay. " * 4, id=name) for name in "abcd"])[1])
        == MATCHES
    )


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_what_stands_in_a_text_is_found_verbatim_there(text: str):
    document = document_of(f"Start {text} end.")
    verdict = find(document.text, lambda: [document])
    assert (verdict.result, verdict.places[0].span) == (
        Result.VERBATIM,
        Span(0, len(document.text)),
    )


@given(st.text("aeKL19\u00e9\u0301\u00a0\u00ad\u200b\u212a –“.", max_size=20), st.data())
def test_a_text_that_holds_folded_words_is_never_passed_over(text: str, data: st.DataObject):
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded)))
    words = folded[start : data.draw(st.integers(start, len(folded)))]
    found = find(words, lambda: [document_of(text or "-")])
    assert (
        found.places
        or not words.strip()
        or not list(match.Variant(words.strip()).spans(Page(text, folded=True)))
    )


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("a", "a"), ("A" * 63 + "\n", "A" * 63), ("0,", "0,"), ("ab ", "ab "), ("a.b", "a.b"), ("e\u0301", "e\u0301"),
        ("a a a b", "a a a b"), ("It is ", "it is"),
    ],
)  # fmt: skip
def test_a_text_that_repeats_itself_and_words_that_do_cost_no_more_than_their_lengths(
    stored: str, words: str
):
    def prepare(size: int) -> Work:
        long = (words * size)[: size // 40]
        documents = [document_of(f"x{(stored * size)[:size]}")]
        return lambda: [
            find(f"{form}{end}", lambda: documents)
            for form in (long, long[1:])
            for end in ("", "c", "a")
        ]

    assert_in_proportion(prepare, 400_000)


def test_the_places_behind_a_run_are_found():
    for words in ("a" * 500, "ab " * 200 + "ab", "0,0" * 99):
        text = f"x{words * 9}y {words} {words * 3}z {words}"
        places = find(words, lambda text=text: [document_of(text)], most=9_999).places
        assert {text.index(f"y {words} ") + 2, len(text) - len(words)} <= {
            place.span.start for place in places
        }
